package lib.onelayer.command_test

import data.lib.onelayer.command

test_npm_prefix if {
	result := command.run(_spec(
		["npm", "--prefix", "server", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"server/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_prefix_equals if {
	result := command.run(_spec(
		["npm", "--prefix=server", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"server/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_workspace if {
	result := command.run(_spec(
		["npm", "-w", "@x/api", "run", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"apps/api/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
					"name": "@x/api",
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_workspaces if {
	result := command.run(_spec(
		["npm", "run", "start", "--workspaces"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"a/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node a",
					},
				},
			},
			"b/package.json": {
				"packageJSON": {
					"scripts": {
						"x": "y",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node npm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_cycle if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "npm start",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"the command line is nested too deep",
	]
}

test_npm_chain if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "npm run build && npm run serve",
						"build": "tsc",
						"serve": "./node_modules/.bin/pm2-runtime x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"tsc | tsc npm 3 |  | build",
		"./node_modules/.bin/pm2-runtime x | pm2-runtime npm 3 |  | && last serve",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_cd if {
	result := command.run(_spec(
		["sh", "-c", "cd web && npm start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"web/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node sh 2 |  | && last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_cd_inside if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "cd web && cd .. && cd web && npm start",
					},
				},
			},
			"web/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node npm 3 |  | && last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_cd_absolute if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "cd x; cd /app/web; npm start",
					},
				},
			},
			"web/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node yes",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node yes | node npm 3 |  | ; last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_one if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"deep/down/package.json": {
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

test_npm_shallow if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"deep/down/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node no",
					},
				},
			},
			"up/package.json": {
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

test_npm_shell_script if {
	result := command.run(_spec(
		["npm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "bash scripts/run.sh",
					},
				},
			},
			"scripts/run.sh": {
				"script": [
					"forever app.js",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"forever app.js | forever npm 2 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}
