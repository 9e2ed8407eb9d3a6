package lib.onelayer.command_test

import data.lib.onelayer.command

test_script if {
	result := command.run(_spec(
		["/usr/local/bin/start.sh", "node", "x"],
		{
			"docker/start.sh": {
				"script": [
					"#!/bin/bash",
					"set -e",
					"# x",
					"if [ -n \"$1\" ]; then",
					"  exec \"$@\"",
					"fi",
					"pm2-runtime start x.js",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | exec | maybe",
		"pm2-runtime start x.js | pm2-runtime bash 1 |  | ; last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_missing if {
	result := command.run(_spec(
		["./start.sh"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"./start.sh | start.sh start.sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"script ./start.sh is not in the input",
	]
}

test_script_named if {
	result := command.run(_spec(
		["/entrypoint", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"/entrypoint x | entrypoint entrypoint 0 |  | last",
		"x | x x 0 |  | maybe last",
	]
	[entry.note | some entry in result.unknown] == [
		"script /entrypoint is not in the input",
	]
}

test_unknown_entrypoint_runs_its_arguments_through_wrappers if {
	result := command.run(_spec(["/docker/my-entrypoint.sh", "tini", "--", "node", "x"], {}))
	[_brief(process) | some process in result.processes] == [
		"/docker/my-entrypoint.sh tini -- node x | my-entrypoint.sh my-entrypoint.sh 0 |  | last",
		"node x | node tini 0 | tini | maybe last",
	]
}

test_unknown_entrypoint_with_options_only if {
	every words in [["/entrypoint.sh"], ["/entrypoint.sh", "--port", "80"], ["./start.sh", "node", "x"]] {
		count(command.run(_spec(words, {})).processes) == 1
	}
}

test_script_in_folder if {
	result := command.run(_spec(
		["/opt/run"],
		{
			"docker/run": {
				"script": [
					"node x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_in_copied_folder if {
	result := command.run(_spec(
		["/scripts/a.sh"],
		{
			"docker/a.sh": {
				"script": [
					"#!/usr/bin/env -S bash -e",
					"node x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node bash 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_in_root if {
	result := command.run(_spec(
		["/etc/svc.sh"],
		{
			"rootfs/etc/svc.sh": {
				"script": [
					"node x",
				],
			},
			"svc.sh": {
				"script": [
					"node no",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_by_workdir if {
	result := command.run(_spec(
		["./bin/../a.sh"],
		{
			"a.sh": {
				"script": [
					"#!/bin/sh",
					"node x",
				],
			},
			"b/a.sh": {
				"script": [
					"node no",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_by_name if {
	result := command.run(_spec(
		["go.sh"],
		{
			"docker/go.sh": {
				"script": [
					"node x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_ambiguous if {
	result := command.run(_spec(
		["/x/go.sh"],
		{
			"a/go.sh": {
				"script": [
					"node x",
				],
			},
			"b/go.sh": {
				"script": [
					"node y",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"/x/go.sh | go.sh go.sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"script /x/go.sh is not in the input",
	]
}

test_script_in_open_folder if {
	result := command.run(_spec(
		["sh", "-c", "$DIR/start.sh a; ${X}/bin/pm2 start; $Y/$Z; `x`"],
		{
			"docker/start.sh": {
				"script": [
					"node x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 2 |  | ",
		"${X}/bin/pm2 start | pm2 sh 1 |  | ; symbolic",
		"x | x sh 1 |  | substitution",
	]
	[entry.note | some entry in result.unknown] == [
		"the command word $Y/$Z is not known",
		"the command word `x` is not known",
	]
}

test_script_python if {
	result := command.run(_spec(
		["./x.py", "a"],
		{
			"x.py": {
				"script": [
					"#!/usr/bin/env python3",
					"import x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"./x.py a | x.py x.py 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_contenv if {
	result := command.run(_spec(
		["/etc/run"],
		{
			"run": {
				"script": [
					"#!/usr/bin/with-contenv sh",
					"npm start",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm start | npm sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"package.json is not in the input",
	]
}

test_script_empty if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"./a.sh | a.sh a.sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_types if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					3,
					null,
					"node x",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"3 | 3 sh 1 |  | ",
		"node x | node sh 1 |  | ; last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_unread if {
	result := command.run(_spec(
		["sh", "a.sh"],
		{
			"a.sh": {
				"script": [
					"node x",
					"if y",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"a.sh line 2: the text cannot be read from here on",
	]
}

test_script_sources if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					". ./b.sh",
					"exec node x",
				],
			},
			"b.sh": {
				"script": [
					"node y",
					"export Z=1",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node y | node sh 1 |  | ",
		"node x | node node 0 | exec | ; last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_sources_exec if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					"source b.sh",
				],
			},
			"b.sh": {
				"script": [
					"exec node y",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node y | node node 0 | exec | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_sources_missing if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					". ./c.sh",
					". $X",
					"node y",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node y | node sh 1 |  | ; last",
	]
	[entry.note | some entry in result.unknown] == [
		"script ./c.sh is not in the input",
		"script $X is not in the input",
	]
}

test_script_to_script if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					"./b.sh &",
					"sh c.sh",
				],
			},
			"b.sh": {
				"script": [
					"#!/bin/sh",
					"node y",
				],
			},
			"c.sh": {
				"script": [
					"node z",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node y | node sh 2 |  | background",
		"node z | node sh 2 |  | & last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_itself if {
	result := command.run(_spec(
		["./a.sh"],
		{
			"a.sh": {
				"script": [
					"./a.sh",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"shells are nested too deep",
	]
}

test_script_function if {
	result := command.run(_spec(
		["./a.sh", "node", "x"],
		{
			"a.sh": {
				"script": [
					"run() {",
					"  gosu app \"$@\"",
					"}",
					"run \"$@\"",
				],
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 | gosu | ; last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_script_files_other if {
	result := command.run(_spec(
		["node", "x"],
		{
			"a.sh": {
				"script": [
					"no",
				],
			},
			"node": {
				"other": 1,
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}
