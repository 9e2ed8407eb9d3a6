package lib.onelayer.pm2_test

import data.lib.onelayer.pm2

_summary(argv, value) := [[app.name, app.exec_mode, app.instances, app.offset] |
	some app in pm2.apps(pm2.parse(argv), value)
]

_of_app(app) := _summary(["pm2-runtime", "e.config.js"], {"apps": [named]}) if {
	named := object.union({"name": "a", "script": "app.js"}, app)
}

_wrong(cases) := [object.union(case, {"got": got}) |
	some case in cases
	got := _summary(case.argv, case.value)
	got != case.want
]

test_measured_on_pm2 if {
	file := ["pm2", "start", "e.config.js"]
	cases := [
		{"argv": file, "value": {"apps": [{"script": "app.js", "instances": 1}]}, "want": [["app", "cluster", 1, 0]]},
		{"argv": file, "value": {"apps": [{"script": "app.js"}]}, "want": [["app", "fork", 1, 0]]},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.js", "instances": "auto"}]},
			"want": [["app", "cluster", "max", 0]],
		},
		{"argv": file, "value": {"apps": [{"script": "app.js", "instances": -2}]}, "want": [["app", "fork", "max", -2]]},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.js", "instances": "-1"}]},
			"want": [["app", "cluster", "max", -1]],
		},
		{"argv": file, "value": {"apps": [{"script": "app.js", "instances": ""}]}, "want": [["app", "cluster", "max", 0]]},
		{"argv": file, "value": {"apps": [{"script": "app.js", "instances": 0.5}]}, "want": [["app", "fork", "max", 0]]},
		{
			"argv": file,
			"value": {"apps": [{"script": "npm", "args": "start", "instances": 2}]},
			"want": [["npm", "cluster", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "node app.js", "instances": 2}]},
			"want": [["node app", "fork", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.js", "interpreter": "/usr/bin/ts-node", "instances": 2}]},
			"want": [["app", "cluster", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "sleep", "args": "1000", "instances": 2}]},
			"want": [["sleep", "fork", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.js", "instances": 2, "execute_command": true}]},
			"want": [["app", "fork", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "run.sh", "exec_mode": "cluster", "instances": 2}]},
			"want": [["run", "cluster", 2, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.mjs", "instances": "3 workers"}]},
			"want": [["app", "cluster", 3, 0]],
		},
		{
			"argv": file,
			"value": {"apps": [{"script": "app.js", "instances": null, "exec_mode": null}]},
			"want": [["app", "fork", 1, 0]],
		},
		{"argv": file, "value": {"apps": {"script": "app.js"}}, "want": [["app", "fork", 1, 0]]},
		{"argv": file, "value": {"pm2": [{"cmd": "app.js", "execMode": "cluster"}]}, "want": [["app", "cluster", 1, 0]]},
		{"argv": file, "value": {"command": "app.js"}, "want": [["app", "fork", 1, 0]]},
		{"argv": file, "value": [{"exec": "app.js", "name": "arr"}], "want": [["arr", "fork", 1, 0]]},
		{
			"argv": file,
			"value": {
				"apps": [{"script": "app.js", "name": "a"}, {"script": "e.js", "name": "b"}, {"name": "no script"}],
				"static": [{"path": ".", "port": 9123}],
			},
			"want": [["a", "fork", 1, 0], ["b", "fork", 1, 0], ["static-page-server-9123", "fork", 1, 0]],
		},
		{
			"argv": ["pm2", "start", "e.config.js", "-i", "3"],
			"value": {"apps": [{"script": "app.js", "instances": 1}]},
			"want": [["app", "cluster", 1, 0]],
		},
		{"argv": ["pm2", "start", "app.js", "-i", "1"], "value": null, "want": [["app", "cluster", 1, 0]]},
		{"argv": ["pm2", "start", "app.js", "-i", "-1"], "value": null, "want": [["app", "cluster", "max", -1]]},
		{"argv": ["pm2", "start", "app.js", "-i2"], "value": null, "want": [["app", "fork", "max", -2]]},
		{"argv": ["pm2", "start", "app.js", "--instances=2"], "value": null, "want": [["app", "cluster", 2, 0]]},
		{"argv": ["pm2", "start", "node app.js", "-i", "2"], "value": null, "want": [["node app", "fork", 2, 0]]},
		{
			"argv": ["pm2", "start", "app.js", "--only", "ZZZ", "-i", "2"],
			"value": null,
			"want": [["app", "cluster", 2, 0]],
		},
		{"argv": ["pm2", "start", "x.docker.cjs"], "value": null, "want": [["x.docker", "fork", 1, 0]]},
		{"argv": ["pm2", "start", "run.sh", "-i", "2"], "value": null, "want": [["run", "fork", 2, 0]]},
		{"argv": ["pm2", "start", "npm", "-i", "2", "--", "start"], "value": null, "want": [["npm", "cluster", 2, 0]]},
		{
			"argv": ["pm2", "start", "app.js", "e.config.js"],
			"value": {"apps": [{"script": "app.js", "name": "a", "instances": 1}]},
			"want": [["app", "fork", 1, 0], ["a", "cluster", 1, 0]],
		},
		{
			"argv": ["pm2-runtime", "e.config.js", "--only=b,c"],
			"value": {"apps": [{"script": "a.js"}, {"script": "b.js"}, {"script": "c.js"}]},
			"want": [["b", "fork", 1, 0], ["c", "fork", 1, 0]],
		},
		{"argv": ["pm2-runtime", "app.js", "-i", "max", "-n", "web"], "value": null, "want": [["web", "cluster", "max", 0]]},
		{"argv": ["pm2-runtime", "--foo", "app.js"], "value": null, "want": []},
	]
	_wrong(cases) == []
}

test_what_starts if {
	value := {"apps": [{"script": "app.js"}]}
	started := [["app", "fork", 1, 0]]
	cases := [
		{"argv": ["pm2", "startOrRestart", "process.js"], "value": value, "want": started},
		{"argv": ["pm2", "reload", "e.json"], "value": value, "want": started},
		{"argv": ["pm2", "restart", "all"], "value": value, "want": []},
		{"argv": ["pm2", "stop", "e.json"], "value": value, "want": []},
		{"argv": ["pm2", "start", "-"], "value": value, "want": started},
		{"argv": ["pm2", "start", "e.json", "--version"], "value": value, "want": []},
		{"argv": ["pm2", "start", "e.json"], "value": null, "want": []},
		{"argv": ["pm2", "ls"], "value": value, "want": []},
		{"argv": ["pm2-runtime", "e.json", "--only", "$APP"], "value": value, "want": started},
		{
			"argv": ["pm2-runtime", "e.json", "--only", "x"],
			"value": {"apps": [{"script": "a.js", "name": {"$expr": "process.env.NAME"}}]},
			"want": [["", "fork", 1, 0]],
		},
	]
	_wrong(cases) == []
	lines := [
		"pm2 start a", "pm2 resurrect", "pm2 serve dist", "pm2 ls", "pm2 resurrect -v", "pm2 restart a",
		"pm2-runtime", "pm2-runtime -V", "pm2-dev a.js",
	]
	[pm2.starts(pm2.parse(split(line, " "))) | some line in lines] == [
		true, true, true, false, false, false, true, false, true,
	]
}

test_foreground if {
	lines := ["pm2 start a", "pm2 start a --no-daemon", "pm2 start a --attach", "pm2-runtime a", "pm2-daemon"]
	[pm2.foreground(pm2.parse(split(line, " "))) | some line in lines] == [false, true, true, true, true]
}

test_record_of_a_file if {
	value := {"apps": [{
		"name": "web",
		"script": "dist/main.js",
		"args": `--port=3000 "a b" 'c d' --x="1 2"`,
		"instances": "max",
		"execMode": "cluster",
		"env_production": {"A": "b"},
		"unknown": 1,
	}]}
	pm2.apps(pm2.parse(["pm2-runtime", "e.json"]), value) == [{
		"index": 0,
		"path": ["apps", 0],
		"from": "config",
		"name": "web",
		"script": "dist/main.js",
		"args": ["--port=3000", "a b", "c d", `--x="1 2"`],
		"interpreter": "node",
		"exec_mode": "cluster",
		"instances": "max",
		"offset": 0,
		"maybe": false,
		"declared": true,
		"where": {"instances": ["apps", 0, "instances"], "exec_mode": ["apps", 0, "execMode"]},
		"raw": {
			"name": "web",
			"script": "dist/main.js",
			"args": `--port=3000 "a b" 'c d' --x="1 2"`,
			"instances": "max",
			"exec_mode": "cluster",
			"env_production": {"A": "b"},
		},
		"keys": {
			"name": "name",
			"script": "script",
			"args": "args",
			"instances": "instances",
			"exec_mode": "execMode",
		},
	}]
}

test_record_of_a_script if {
	argv := ["pm2-runtime", "./bin/www", "-i", "4", "--no-autorestart", "--watch", "--", "--port", "1"]
	pm2.apps(pm2.parse(argv), null) == [{
		"index": 0,
		"path": [],
		"from": "option",
		"name": "www",
		"script": "./bin/www",
		"args": ["--port", "1"],
		"interpreter": "",
		"exec_mode": "unknown",
		"instances": 4,
		"offset": 0,
		"maybe": false,
		"declared": true,
		"where": {"instances": "option"},
		"raw": {
			"script": "./bin/www",
			"args": ["--port", "1"],
			"instances": "4",
			"autorestart": false,
			"watch": true,
		},
		"keys": {"instances": "--instances", "autorestart": "--no-autorestart", "watch": "--watch"},
	}]
}

test_environment_has_no_say if {
	_of_app({"env": {"instances": 4, "exec_mode": "cluster"}}) == [["a", "fork", 1, 0]]
}

test_modes if {
	modes := [
		{"exec_mode": "fork", "instances": 4}, {"exec_mode": "fork_mode"}, {"exec_mode": "cluster_mode"},
		{"exec_mode": "clustered"}, {"exec_mode": {"$expr": "mode()"}}, {"exec_mode": "", "instances": 2},
		{"exec_mode": {"$expr": "process.env.NODE_ENV === 'production' ? 'cluster' : 'fork'"}},
		{"exec_mode": {"$expr": "process.env.MODE || 'fork'"}}, {"instances": true}, {"instances": {"$expr": "n"}},
		{"instances": {"$expr": "n"}, "interpreter": "python3"}, {"instances": -3}, {"exec_mode": 7},
	]
	[[app[0][1], app[0][2]] | some mode in modes; app := _of_app(mode)] == [
		["fork", 4], ["fork", 1], ["cluster", 1], ["unknown", 1], ["unknown", 1], ["cluster", 2], ["cluster", 1],
		["fork", 1], ["unknown", "unknown"], ["unknown", "unknown"], ["fork", "unknown"], ["fork", "max"],
		["unknown", 1],
	]
}

test_interpreters if {
	apps := [
		{"script": "a.ts"}, {"script": "a.py"}, {"script": "a.jar"}, {"script": "./node_modules/.bin/next"},
		{"script": "bash"}, {"script": "npm start"}, {"script": "$APP"}, {"script": "server"}, {"script": "a.xyz"},
		{"interpreter": "node@18"}, {"interpreter": "/opt/bin/bun"}, {"interpreter": "none"},
		{"interpreter": {"$expr": "process.execPath"}}, {"script": {"$expr": "entry"}},
		{"script": "node_modules/x/cli.js"},
	]
	entries := [pm2.file_app({"path": [], "app": object.union({"script": "a.js", "instances": 2}, app)}) |
		some app in apps
	]
	[[entry.interpreter, entry.exec_mode] | some entry in entries] == [
		["bun", "cluster"], ["python", "fork"], ["none", "fork"], ["node", "cluster"], ["none", "fork"],
		["none", "fork"], ["", "unknown"], ["", "unknown"], ["", "unknown"], ["node@18", "cluster"],
		["/opt/bin/bun", "cluster"], ["none", "fork"], ["", "unknown"], ["", "unknown"], ["node", "cluster"],
	]
}

test_known_value if {
	texts := [
		"process.env.PM2_INSTANCES || 'max'", "process.env.N ?? 2", "parseInt(process.env.N, 10) || 4",
		"parseInt(process.env.N || '3', 10)", "Number(process.env.N || 1)", "require('os').cpus().length",
		"process.env.N || os.cpus().length", "process.env.NODE_ENV === 'production' ? 'max' : 1",
		"process.env.NODE_ENV !== 'production' ? 1 : \"max\"", "isProd ? -1 : 1", "process.env.W || true",
		"process.env.W || false", "process.env.W || undefined", "process.env.W || fallback", "count",
		"os.availableParallelism()", "process.env.NODE_ENV === 'production' ? false : ['/api']", "!isProd ? ['/a'] : 2",
		"process.env.NODE_ENV !== 'production'", `env === "development"`, "process.env.NODE_ENV == 'production'",
	]
	[[known.value, known.maybe] | some text in texts; known := pm2.known_value({"$expr": text})] == [
		["max", true], [2, true], [4, true], ["3", true], [1, true], ["max", false], ["max", true], ["max", true],
		["max", true], [-1, true], [true, true], [false, true], [null, true], [{}, true], [{}, true], ["max", true],
		[false, true], [2, true],
		[false, true], [false, true], [true, true],
	]
	plain := [1, "max", null, [1], {"a": 1}, "${N:-2}", "$N", "$(nproc)", "`nproc`", {"$expr": 3}]
	[[known.value, known.maybe] | some value in plain; known := pm2.known_value(value)] == [
		[1, false], ["max", false], [null, false], [[1], false], [{"a": 1}, false], ["2", true], [{}, true],
		["max", false], ["max", false], [{}, true],
	]
}

test_maybe if {
	entry := {"path": ["apps", 1], "app": {"script": "a.js", "instances": {"$expr": "process.env.N || 2"}}}
	app := pm2.file_app(entry)
	[app.exec_mode, app.instances, app.maybe, app.where] == [
		"cluster", 2, true, {"instances": ["apps", 1, "instances"]},
	]
	pm2.apps(pm2.parse(["pm2-runtime", "a.js", "-i", "${N:-2}"]), null)[0].maybe
}

test_arguments_of_other_types if {
	lists := [["a", 1], "a 'b'", null, {"$expr": "args"}, 3]
	[pm2.file_app({"path": [], "app": {"script": "a.js", "args": list}}).args | some list in lists] == [
		["a"], ["a", "b"], [], [], [],
	]
}
