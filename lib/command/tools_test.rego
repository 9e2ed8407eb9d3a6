package lib.onelayer.command_test

import data.lib.onelayer.command

test_chamber if {
	result := command.run(_spec(
		["chamber", "exec", "a", "b", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | chamber | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_chamber_open if {
	result := command.run(_spec(
		["chamber", "exec", "a"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"chamber exec a | chamber chamber 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_wait_for if {
	result := command.run(_spec(
		["./wait-for-it.sh", "db:5432", "-t", "30", "--", "./wait-for", "x:1", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | wait-for-it.sh wait-for | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_wait_for_alone if {
	result := command.run(_spec(
		["wait-for", "db:5432"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"wait-for db:5432 | wait-for wait-for 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_dockerize if {
	result := command.run(_spec(
		["dockerize", "-wait", "tcp://db:1", "-timeout", "5s", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node dockerize 0 | dockerize | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_dotenvx if {
	result := command.run(_spec(
		["dotenvx", "run", "-f", ".env", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node dotenvx 0 | dotenvx | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_dotenv if {
	result := command.run(_spec(
		["dotenv", "-e", ".env", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node dotenv 0 | dotenv | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_cross_env if {
	result := command.run(_spec(
		["cross-env", "A=b", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node cross-env 0 | cross-env | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_cross_env_shell if {
	result := command.run(_spec(
		["cross-env-shell", "A=b", "node x && node y"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node cross-env-shell 1 | cross-env-shell | ",
		"node y | node cross-env-shell 1 | cross-env-shell | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npx if {
	result := command.run(_spec(
		["npx", "--yes", "pm2@latest", "start", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start x | pm2 npx 1 | npx | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npx_scope if {
	result := command.run(_spec(
		["npx", "-p", "y", "@scope/tool@1.2.3"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"tool | tool npx 1 | npx | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npx_text if {
	result := command.run(_spec(
		["npx", "-c", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node npx 1 | npx | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bin_path if {
	result := command.run(_spec(
		["./node_modules/.bin/pm2", "start", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"./node_modules/.bin/pm2 start x | pm2 pm2 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bin_cmd if {
	result := command.run(_spec(
		["C/pm2.cmd", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"C/pm2.cmd start | pm2 pm2 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_node_bin if {
	result := command.run(_spec(
		["node", "--max-old-space-size=4", "-r", "x", "node_modules/pm2/bin/pm2.js", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node_modules/pm2/bin/pm2.js start | pm2 pm2 0 | node | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_node_usr if {
	result := command.run(_spec(
		["node", "/usr/local/bin/pm2-runtime", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"/usr/local/bin/pm2-runtime x | pm2-runtime pm2-runtime 0 | node | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_node_dir if {
	result := command.run(_spec(
		["node", "node_modules/x/index.js"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node node_modules/x/index.js | node node 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_five_wrappers if {
	result := command.run(_spec(
		["tini", "--", "env", "nice", "nohup", "time", "stdbuf", "-oL", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"more than four wrappers in a row",
	]
}

test_three_wrappers if {
	result := command.run(_spec(
		["tini", "--", "env", "nice", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node | node tini 0 | tini env nice | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_four_wrappers if {
	result := command.run(_spec(
		["tini", "--", "env", "nice", "nohup", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node | node tini 0 | tini env nice nohup | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_busybox if {
	result := command.run(_spec(
		["busybox", "sh", "-c", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 0 | busybox | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_entrypoint_unknown if {
	result := command.run(_spec(
		["docker-entrypoint.sh", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | docker-entrypoint.sh | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_entrypoint_known if {
	result := command.run(_spec(
		["docker-entrypoint.sh", "node", "x"],
		{
			"docker-entrypoint.sh": {
				"script": [
					"#!/bin/sh",
					"exec tini -- \"$@\"",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node tini 0 | exec tini | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_setarch if {
	result := command.run(_spec(
		["setarch", "x86_64", "-R", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node | node node 0 | setarch | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_exec_alone if {
	result := command.run(_spec(
		["sh", "-c", "exec >log\nnode x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | ; last",
	]
	[entry.note | some entry in result.unknown] == []
}
