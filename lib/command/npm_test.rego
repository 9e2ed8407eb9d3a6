package lib.onelayer.command_test

import data.lib.onelayer.command

test_npm_missing if {
	result := command.run(_spec(
		["npm", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"npm start | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"package.json is not in the input",
	]
}

test_npm_alone if {
	result := command.run(_spec(
		["npm"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"npm | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_other if {
	result := command.run(_spec(
		["npm", "ci"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"npm ci | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_start if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_hooks if {
	result := command.run(_spec(
		["npm", "run", "prod", "--", "--port", "3 0"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"preprod": "tsc",
						"prod": "A=1 node x",
						"postprod": "echo x && done2",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"tsc | tsc npm 1 |  | preprod",
		"node x --port 3 0 | node npm 1 |  | last prod",
		"done2 | done2 npm 2 |  | && postprod",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_args if {
	result := command.run(_spec(
		["npm", "run", "--silent", "prod", "a", "--prefix", ".", "$X"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prod": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x a $X | node npm 1 |  | last prod",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_quote if {
	result := command.run(_spec(
		["npm", "run", "prod", "--", "it's"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prod": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x it's | node npm 1 |  | last prod",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_args_open if {
	result := command.run(_spec(
		["sh", "-c", "npm run prod -- \"$X\""],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prod": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x $X | node sh 1 |  | last symbolic prod",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_run_alone if {
	result := command.run(_spec(
		["npm", "run"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prod": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm run | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_no_script if {
	result := command.run(_spec(
		["npm", "run", "no"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prod": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm run no | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"package.json has no script no",
	]
}

test_npm_start_default if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node server.js | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_bad_scripts if {
	result := command.run(_spec(
		["npm", "run", "x"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"x": 3,
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm run x | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"package.json has no script x",
	]
}

test_npm_exec if {
	result := command.run(_spec(
		["npm", "exec", "--", "pm2", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start | pm2 npm 1 | npm | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_exec_nothing if {
	result := command.run(_spec(
		["npm", "exec", "--"],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == []
}

test_npm_args_early if {
	result := command.run(_spec(
		["npm", "run", "x", "a", "--", "b"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"x": "node",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node a b | node npm 1 |  | last x",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_exec_alone if {
	result := command.run(_spec(
		["npm", "exec"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"npm exec | npm npm 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}
