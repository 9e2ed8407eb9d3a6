package lib.onelayer.pm2_test

import data.lib.onelayer.pm2

_client := {
	"binary": "pm2",
	"verb": "start",
	"written": "start",
	"target": "",
	"targets": [],
	"is_config": false,
	"options": {},
	"words": {},
	"swallowed": [],
	"rejected": [],
	"exits": false,
	"implicit": false,
	"app_args": [],
}

_runtime := object.union(_client, {"binary": "pm2-runtime", "written": "", "implicit": true})

_script(name) := {"target": name, "targets": [name]}

_file(name) := {"target": name, "targets": [name], "is_config": true}

_differences(cases) := [{"argv": case.argv, "got": got, "want": case.want} |
	some case in cases
	got := pm2.parse(case.argv)
	got != case.want
]

test_container_binaries if {
	cases := [
		{"argv": ["pm2-runtime", "app.js"], "want": object.union(_runtime, _script("app.js"))},
		{
			"argv": ["/usr/bin/pm2-docker", "start", "app.js"],
			"want": object.union_n([
				_runtime,
				_script("app.js"),
				{"binary": "pm2-docker", "written": "start", "implicit": false},
			]),
		},
		{
			"argv": ["pm2-runtime", "app.js", "-i", "max", "--env", "--web"],
			"want": object.union_n([_runtime, _script("app.js"), {
				"options": {"--instances": "max", "--env": true, "--web": true},
				"words": {"--instances": 2, "--env": 4, "--web": 5},
			}]),
		},
		{
			"argv": ["pm2-runtime", "--web", "app.js"],
			"want": object.union(_runtime, {
				"verb": "",
				"implicit": false,
				"options": {"--web": "app.js"},
				"words": {"--web": 1},
			}),
		},
		{
			"argv": ["pm2-runtime", "--restart-delay", "1000", "lib/index.js"],
			"want": object.union_n([
				_runtime,
				_script("lib/index.js"),
				{"swallowed": ["--restart-delay", "1000"]},
			]),
		},
		{
			"argv": ["pm2-runtime", "start", "--restart-delay", "1000", "app.js"],
			"want": object.union_n([_runtime, _script("app.js"), {
				"written": "start",
				"implicit": false,
				"swallowed": ["--restart-delay", "1000"],
				"rejected": ["--restart-delay"],
			}]),
		},
		{
			"argv": ["pm2-runtime", "--foo", "app.js"],
			"want": object.union(_runtime, {"verb": "", "implicit": false, "swallowed": ["--foo", "app.js"]}),
		},
		{
			"argv": ["pm2-docker", "start", "--auto-exit", "--raw", "ecosystem.config.json"],
			"want": object.union_n([_runtime, _file("ecosystem.config.json"), {
				"binary": "pm2-docker",
				"written": "start",
				"implicit": false,
				"options": {"--auto-exit": true, "--raw": true},
				"words": {"--auto-exit": 2, "--raw": 3},
			}]),
		},
		{
			"argv": ["pm2-runtime", "app.js", "-n", "-i", "2"],
			"want": object.union_n([
				_runtime,
				_script("app.js"),
				{"options": {"--name": "-i"}, "words": {"--name": 2}},
			]),
		},
		{
			"argv": ["pm2-runtime", "npm", "-i", "2", "--", "start", "-i", "3"],
			"want": object.union_n([_runtime, _script("npm"), {
				"options": {"--instances": "2"},
				"words": {"--instances": 2},
				"app_args": ["start", "-i", "3"],
			}]),
		},
		{
			"argv": ["pm2-runtime", "--", "app.js"],
			"want": object.union_n([_runtime, _script("app.js"), {"app_args": ["app.js"]}]),
		},
		{
			"argv": ["pm2-runtime", "start", "app.js", "-h", "1"],
			"want": object.union_n([
				_runtime,
				_script("app.js"),
				{"written": "start", "implicit": false, "swallowed": ["-h", "1"], "exits": true},
			]),
		},
		{
			"argv": ["pm2-runtime", "app.js", "-h", "0.0.0.0"],
			"want": object.union_n([_runtime, _script("app.js"), {"swallowed": ["-h", "0.0.0.0"]}]),
		},
		{
			"argv": ["pm2-dev", "app.js", "--ignore", "logs"],
			"want": object.union_n([_runtime, _script("app.js"), {
				"binary": "pm2-dev",
				"options": {"--ignore": "logs"},
				"words": {"--ignore": 2},
			}]),
		},
		{
			"argv": ["pm2-runtime", "app.js", "--env", "-"],
			"want": object.union_n([_runtime, _script("app.js"), {"options": {"--env": "-"}, "words": {"--env": 2}}]),
		},
		{
			"argv": ["pm2-runtime"],
			"want": object.union(_runtime, {"verb": "", "implicit": false}),
		},
		{
			"argv": ["pm2-runtime", "-i"],
			"want": object.union(_runtime, {
				"verb": "",
				"implicit": false,
				"options": {"--instances": true},
				"words": {"--instances": 1},
			}),
		},
	]
	_differences(cases) == []
}

test_client if {
	cases := [
		{
			"argv": ["pm2", "start", "app.js", "--no-daemon"],
			"want": object.union_n([
				_client,
				_script("app.js"),
				{"options": {"--no-daemon": true}, "words": {"--no-daemon": 3}},
			]),
		},
		{
			"argv": ["pm2", "start"],
			"want": object.union(_client, _file("ecosystem.config.js")),
		},
		{
			"argv": ["pm2", "start", "--watch", "app.js"],
			"want": object.union_n([
				_client,
				_file("ecosystem.config.js"),
				{"options": {"--watch": "app.js"}, "words": {"--watch": 2}},
			]),
		},
		{
			"argv": ["pm2", "start", "app.js", "-i2"],
			"want": object.union_n([
				_client,
				_script("app.js"),
				{"options": {"--instances": "-2"}, "words": {"--instances": 3}},
			]),
		},
		{
			"argv": ["pm2", "--silent", "start", "app.js", "--instances=2", "--node-args=--max=1"],
			"want": object.union_n([_client, _script("app.js"), {
				"options": {"--silent": true, "--instances": "2", "--node-args": "--max=1"},
				"words": {"--silent": 1, "--instances": 4, "--node-args": 5},
			}]),
		},
		{
			"argv": ["pm2", "start", "app.js", "--foo", "bar", "--baz"],
			"want": object.union_n([
				_client,
				_script("app.js"),
				{"swallowed": ["--foo", "bar", "--baz"], "rejected": ["--foo", "--baz"]},
			]),
		},
		{
			"argv": ["pm2", "start", "--container", "app.js", "--node-version", "20"],
			"want": object.union_n([_client, _script("app.js"), {
				"options": {"--container": true, "--node-version": "20"},
				"words": {"--container": 2, "--node-version": 4},
			}]),
		},
		{
			"argv": ["pm2", "start", "npm", "--name", "web", "--", "start"],
			"want": object.union_n([
				_client,
				_script("npm"),
				{"options": {"--name": "web"}, "words": {"--name": 3}, "app_args": ["start"]},
			]),
		},
		{
			"argv": ["pm2", "start", "npm", "--", "npm"],
			"want": object.union_n([_client, _file("ecosystem.config.js"), {"app_args": ["npm"]}]),
		},
		{
			"argv": ["pm2", "start", "app.js", "--"],
			"want": object.union(_client, _file("ecosystem.config.js")),
		},
		{
			"argv": ["pm2", "start", "app.js", "other.json", "-n", "a", "-n", "b"],
			"want": object.union(_client, {
				"target": "app.js",
				"targets": ["app.js", "other.json"],
				"is_config": true,
				"options": {"--name": "b"},
				"words": {"--name": 6},
			}),
		},
		{
			"argv": ["pm2", "start", "-"],
			"want": object.union(_client, _file("-")),
		},
		{
			"argv": ["pm2", "startOrReload", "process.js", "extra"],
			"want": object.union_n([
				_client,
				_file("process.js"),
				{"verb": "startOrReload", "written": "startOrReload"},
			]),
		},
		{
			"argv": ["pm2", "startOrRestart"],
			"want": object.union(_client, {"verb": "startOrRestart", "written": "startOrRestart"}),
		},
		{
			"argv": ["pm2", "reload", "ecosystem.config.js"],
			"want": object.union_n([
				_client,
				_file("ecosystem.config.js"),
				{"verb": "reload", "written": "reload"},
			]),
		},
		{
			"argv": ["pm2", "log", "web", "--lines", "10", "--raw"],
			"want": object.union_n([_client, _script("web"), {
				"verb": "logs",
				"written": "log",
				"options": {"--lines": "10", "--raw": true},
				"words": {"--lines": 3, "--raw": 5},
			}]),
		},
		{
			"argv": ["pm2", "save"],
			"want": object.union(_client, {"verb": "dump", "written": "save"}),
		},
		{
			"argv": ["pm2", "app.js"],
			"want": object.union(_client, {"verb": "", "written": "app.js"}),
		},
		{
			"argv": ["pm2"],
			"want": object.union(_client, {"verb": "", "written": ""}),
		},
		{
			"argv": ["pm2", "start", "app.js", "--version"],
			"want": object.union_n([
				_client,
				_script("app.js"),
				{"options": {"--version": true}, "words": {"--version": 3}, "exits": true},
			]),
		},
		{
			"argv": ["pm2", "start", "app.js", "--help"],
			"want": object.union_n([_client, _script("app.js"), {"swallowed": ["--help"], "exits": true}]),
		},
		{
			"argv": ["pm2", "start", "app.js", "-i", 2, "-x", true, null],
			"want": object.union(_client, {
				"target": "app.js",
				"targets": ["app.js", "true", ""],
				"options": {"--instances": "2", "--execute-command": true},
				"words": {"--instances": 3, "--execute-command": 5},
			}),
		},
	]
	_differences(cases) == []
}

test_binary if {
	names := ["pm2", "/usr/local/bin/pm2-runtime", "node_modules\\.bin\\pm2.cmd", "pm2-daemon"]
	[pm2.binary(name) | some name in names] == ["pm2", "pm2-runtime", "pm2", "pm2-daemon"]
	not pm2.binary("pm2-gui")
	not pm2.binary("tpm2_getcap")
	not pm2.binary(3)
}

test_no_command_line if {
	every argv in [[], ["node", "app.js"], "pm2 start", null, {"a": 1}, [["pm2"]]] {
		not pm2.parse(argv)
	}
}

test_verb_topic if {
	verbs := ["start", "save", "startup", "logs", "ping", "ls", "link", "web", "serve", "install", "set", "foo"]
	[pm2.verb_topic(pm2.parse(["pm2", verb])) | some verb in verbs] == [
		"start", "host", "host", "logs", "status", "status", "telemetry", "metrics", "serve", "module", "config", "",
	]
	pm2.verb_topic({}) == ""
}

test_config_name if {
	yes := [
		"ecosystem.config.js", "pm2.config.cjs", "start.config.js", "ecosystem.docker.config.js", "foo.json5",
		"process.yml", "a.yaml", "package.json", "x.config.mjs", "./conf.json.d/app.js",
	]
	no := [
		"ecosystem.docker.cjs", "ecosystem.config.docker.cjs", "ecosystem.js", "pm2.process.js", "ecosystem.config.ts", "",
		4,
	]
	{name | some name in array.concat(yes, no); pm2.config_name(name)} == {name | some name in yes}
}
