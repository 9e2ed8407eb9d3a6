package lib.onelayer.command_test

import data.lib.onelayer.command

test_yarn if {
	result := command.run(_spec(
		["yarn", "start", "--", "-x"],
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
		"node x -x | node yarn 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_args if {
	result := command.run(_spec(
		["yarn", "start", "a", "--", "b"],
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
		"node x a -- b | node yarn 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_run if {
	result := command.run(_spec(
		["yarn", "run", "start"],
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
		"node x | node yarn 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_run_bin if {
	result := command.run(_spec(
		["yarn", "pm2", "start"],
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
		"pm2 start | pm2 yarn 1 | yarn | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_bin_unknown if {
	result := command.run(_spec(
		["yarn", "pm2-runtime", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2-runtime x | pm2-runtime yarn 1 | yarn | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_missing if {
	result := command.run(_spec(
		["yarn", "start:prod"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"yarn start:prod | yarn yarn 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"package.json is not in the input",
	]
}

test_yarn_install if {
	result := command.run(_spec(
		["yarn", "install"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"yarn install | yarn yarn 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_alone if {
	result := command.run(_spec(
		["yarn"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"yarn | yarn yarn 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_cwd if {
	result := command.run(_spec(
		["yarn", "--cwd", "web", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
			"web/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node yarn 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_workspace if {
	result := command.run(_spec(
		["yarn", "workspace", "web", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
			"web/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node x",
					},
					"name": "web",
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node yarn 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_yarn_workspace_missing if {
	result := command.run(_spec(
		["yarn", "workspace", "web", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"yarn workspace web start | yarn yarn 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"workspace web is not in the input",
	]
}

test_yarn_node if {
	[_brief(process) | some process in command.run(_spec(["yarn", "node", "--inspect", "x"], {})).processes] == [
		"node --inspect x | node yarn 1 | yarn | last",
	]
	tool := _spec(["yarn", "--cwd", "a", "node", "node_modules/pm2/bin/pm2-runtime", "x"], {})
	[process.name | some process in command.run(tool).processes] == ["pm2-runtime"]
}
