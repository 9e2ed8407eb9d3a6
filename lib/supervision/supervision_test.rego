package lib.onelayer.supervision_test

import data.lib.onelayer.container
import data.lib.onelayer.supervision

_image(source, spec) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "img", "annotations": {"onelayer.dev/source": source}},
	"spec": spec,
}

_list_form(cmd, words) := {"cmd": cmd, "json": true, "value": words}

_text_form(cmd, text) := {"cmd": cmd, "json": false, "value": [text]}

_built(instructions, files) := _image("Dockerfile", {
	"refs": ["shop/api:1"],
	"dockerfile": array.concat([_text_form("from", "node:20")], instructions),
	"files": files,
})

_runs(words, files) := _built([_list_form("cmd", words)], files)

_pod(container) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "api"},
	"spec": {"containers": [object.union({"name": "main", "image": "shop/api:1"}, container)]},
}

_inventory(img) := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"img": img}}}}

_entries(obj) := found if {
	found := supervision.entries with input as obj
}

_entry(obj) := found[0] if {
	found := _entries(obj)
	count(found) == 1
}

_brief(entry) := [[supervision.label(item), item.manager.name, count(item.apps)] | some item in entry.found]

_verdicts(obj) := [[chosen.verdict, supervision.label(chosen.item), supervision.severity(chosen.record, chosen.item)] |
	some chosen in found
] if {
	found := supervision.primary with input as obj
}

_groups(obj) := [[group.count, group.by, group.severity, group.path] | some group in supervision.groups(_entry(obj))]

_pairs(text) := supervision.pairs(found[0]) if {
	found := container.records with input as _runs(["/bin/sh", "-c", text], {})
}

_programs(obj) := [[program.name, [word.v | some word in program.words], program.path] |
	entry := _entry(obj)
	some program in supervision.programs(entry.record, entry.found[0])
]

_supervisor(programs) := object.union(
	{"supervisord": {"nodaemon": "true"}},
	{concat(":", ["program", name]): {"command": text} | some name, text in programs},
)

_two := {"supervisord.conf": {"supervisor": _supervisor({"api": "node 'a b.js'", "web": "nginx -g x"})}}

_apps := {"ecosystem.config.js": {"ecosystem": {"apps": [
	{"name": "a", "script": "a.js"},
	{"name": "b", "script": "b.js", "instances": 2},
]}}}

test_entries if {
	_entries(_runs(["node", "server.js"], {})) == []
	_brief(_entry(_runs(["pm2-runtime", "start", "ecosystem.config.js"], _apps))) == [["pm2-runtime", "pm2", 2]]
}

test_hidden_where_the_image_is_reported if {
	img := _runs(["pm2-runtime", "server.js"], {})
	hidden := supervision.entries with input as _pod({}) with data.inventory as _inventory(img)
	[entry.hidden | some entry in hidden] == [true]
	none := supervision.answerable with input as _pod({}) with data.inventory as _inventory(img)
	none == []
	review := {"review": {"object": _pod({})}}
	asked := supervision.answerable with input as review with data.inventory as _inventory(img)
	[entry.hidden | some entry in asked] == [false]
	itself := supervision.answerable with input as img
	[entry.hidden | some entry in itself] == [false]
}

test_verdicts if {
	_verdicts(_pod({"command": ["pm2-runtime", "a.js"]})) == [["entrypoint", "pm2-runtime", "error"]]
	_verdicts(_pod({"command": ["sh", "-c", "pm2 start a.js; tail -f /dev/null"]})) == [["daemonised", "pm2", "error"]]
	_verdicts(_pod({"command": ["sh", "-c", "pm2 start a.js; pm2 logs"]})) == [["daemonised", "pm2", "error"]]
	_verdicts(_pod({"command": ["sh", "-c", "pm2 start a.js; node b.js"]})) == [["entrypoint", "pm2", "error"]]
	_verdicts(_pod({"command": ["sh", "-c", "pm2-runtime a.js & sleep infinity"]})) == [[
		"daemonised", "pm2-runtime",
		"error",
	]]
	_verdicts(_pod({"command": ["sh", "-c", "pm2-runtime a.js & wait"]})) == [["daemonised", "pm2-runtime", "error"]]
	_verdicts(_pod({"command": ["nodemon", "a.js"]})) == []
	_verdicts(_pod({"command": ["pm2", "logs"]})) == []
	job := {
		"apiVersion": "batch/v1",
		"kind": "Job",
		"metadata": {"name": "once"},
		"spec": {"template": {"spec": {"containers": [{"name": "main", "command": ["pm2-runtime", "a.js"]}]}}},
	}
	_verdicts(job) == [["job", "pm2-runtime", "error"]]
}

test_the_most_telling_manager if {
	both := ["sh", "-c", "supervisord -n; pm2 start a.js; exec pm2-runtime b.js"]
	_verdicts(_pod({"command": both})) == [["entrypoint", "pm2-runtime", "error"]]
	started := ["sh", "-c", "supervisord -n; pm2 start a.js; node c.js"]
	_verdicts(_pod({"command": started})) == [["entrypoint", "pm2", "error"]]
	branch := ["sh", "-c", "if [ -n \"$X\" ]; then pm2-runtime a.js; else node a.js; fi"]
	_verdicts(_pod({"command": branch})) == [["entrypoint", "pm2-runtime", "warning"]]
}

test_severity_of_supervisord if {
	_verdicts(_runs(["supervisord", "-n"], _two)) == [["entrypoint", "supervisord", "error"]]
	one := {"supervisord.conf": {"supervisor": _supervisor({"api": "node a.js"})}}
	_verdicts(_runs(["supervisord", "-n"], one)) == [["entrypoint", "supervisord", "warning"]]
	_verdicts(_runs(["runsvdir", "/etc/service"], {})) == [["entrypoint", "runsvdir", "error"]]
}

test_label_of_what_an_interpreter_runs if {
	_verdicts(_pod({"command": ["python3", "-m", "supervisor.supervisord", "-n"]}))[0][1] == "supervisord"
	_verdicts(_pod({"command": ["node", "node_modules/.bin/pm2-runtime", "a.js"]}))[0][1] == "pm2-runtime"
}

test_supervisord_in_the_background if {
	one := {"program:api": {"command": "node a.js"}}
	said := {"supervisord": {"nodaemon": "false"}}
	silent := {"supervisord": {"logfile": "/x"}}
	in_front := {"supervisord": {"nodaemon": "True"}}
	every sections in [object.union(one, said), object.union(one, silent)] {
		file := {"s.conf": {"supervisor": sections}}
		_verdicts(_runs(["supervisord", "-c", "s.conf"], file))[0][0] == "daemonised"
		_verdicts(_runs(["/bin/sh", "-c", "supervisord && tail -f x"], file))[0][0] == "daemonised"
		_verdicts(_runs(["/bin/sh", "-c", "supervisord && node b.js"], file))[0][0] == "entrypoint"
		_verdicts(_runs(["supervisord", "-n", "-c", "s.conf"], file))[0][0] == "entrypoint"
	}
	every sections in [object.union(one, in_front), one] {
		_verdicts(_runs(["supervisord", "-c", "s.conf"], {"s.conf": {"supervisor": sections}}))[0][0] == "entrypoint"
	}
	_verdicts(_runs(["supervisord", "-c", "s.conf"], {}))[0][0] == "entrypoint"
}

test_programs_of_supervisord if {
	path := ["spec", "files", "supervisord.conf", "supervisor"]
	expected := [
		["api", ["node", "a b.js"], array.concat(path, ["program:api", "command"])],
		["web", ["nginx", "-g", "x"], array.concat(path, ["program:web", "command"])],
	]
	_programs(_runs(["supervisord", "-n"], _two)) == expected
	more := object.union(_two, {"other.conf": {"supervisor": _supervisor({"c": "c"})}})
	_programs(_runs(["supervisord", "-c", "/etc/supervisord.conf"], more)) == expected
	[program[0] | some program in _programs(_runs(["supervisord"], more))] == ["c", "api", "web"]
	including := {
		"supervisord.conf": {"supervisor": {"include": {"files": "*.conf"}, "program:a": {"command": "a"}, "x": {}}},
		"other.conf": {"supervisor": {"program:b": {"command": "b"}, "program:odd": {"command": 3}}},
	}
	found := _programs(_runs(["supervisord", "--configuration", "supervisord.conf"], including))
	[program[0] | some program in found] == ["b", "a"]
	_programs(_runs(["supervisord", "-c"], _two)) == expected
}

test_nested_managers if {
	files := {"supervisord.conf": {"supervisor": _supervisor({"api": "pm2-runtime a.js", "web": "nginx"})}}
	entry := _entry(_runs(["supervisord", "-n"], files))
	_brief(entry) == [["supervisord", "supervisord", 0], ["pm2-runtime under supervisord", "pm2", 1]]
	path := ["spec", "files", "supervisord.conf", "supervisor", "program:api", "command"]
	[step | some step in entry.found[1].process.chain; step.path == path][0] == {
		"path": path,
		"note": "supervisord starts api",
	}
	entry.found[1].process.from == "image"
}

test_programs_of_a_procfile if {
	files := {"Procfile": {"procfile": {"web": "node a.js", "worker": "node b.js", "odd": 3}}}
	img := _runs(["honcho", "start"], files)
	path := ["spec", "files", "Procfile", "procfile"]
	_programs(img) == [
		["web", ["/bin/sh", "-c", "node a.js"], array.concat(path, ["web"])],
		["worker", ["/bin/sh", "-c", "node b.js"], array.concat(path, ["worker"])],
	]
	_groups(img) == [[2, "honcho", "error", array.concat(path, ["worker"])]]
	_verdicts(img) == [["entrypoint", "honcho", "error"]]
}

test_programs_of_services if {
	files := {
		"services/api/run": {"script": ["#!/bin/sh", "exec node a.js"]},
		"services/web/run": {"script": ["#!/bin/sh", "exec nginx"]},
		"services/web/finish": {"script": ["#!/bin/sh"]},
		"start.json": {"packageJSON": {}},
	}
	expected := [
		["api", ["/bin/sh", "/services/api/run"], ["spec", "files", "services/api/run", "script", 0]],
		["web", ["/bin/sh", "/services/web/run"], ["spec", "files", "services/web/run", "script", 0]],
	]
	every binary in ["runsvdir", "s6-svscan", "my_init"] {
		_programs(_runs([binary], files)) == expected
	}
	_programs(_runs(["monit"], files)) == []
}

test_init_of_s6 if {
	service := {"etc/s6-overlay/api/type": {"script": ["longrun"]}}
	_brief(_entry(_runs(["/init"], service))) == [["init", "s6", 0]]
	_brief(_entry(_runs(["/init"], {}))) == [["init", "init", 0]]
	installed := _built([_text_form("run", "curl s6-overlay.tar.gz | tar x"), _list_form("cmd", ["/init"])], {})
	_brief(_entry(installed)) == [["init", "s6", 0]]
	copied := _built([{"cmd": "copy", "value": ["docker/services.d", "/etc/"]}, _list_form("cmd", ["/init"])], {})
	_brief(_entry(copied)) == [["init", "s6", 0]]
	based := _image("Dockerfile", {"dockerfile": [_text_form("from", "linuxserver/nginx"), _list_form("cmd", ["/init"])]})
	_brief(_entry(based)) == [["init", "s6", 0]]
}

test_groups if {
	second := ["spec", "files", "ecosystem.config.js", "ecosystem", "apps", 1]
	_groups(_runs(["pm2-runtime", "start", "ecosystem.config.js"], _apps)) == [[2, "pm2-runtime", "error", second]]
	_groups(_runs(["pm2-runtime", "a.js"], {})) == []
	_groups(_runs(["supervisord", "-n"], _two)) == [[
		2,
		"supervisord",
		"error",
		["spec", "files", "supervisord.conf", "supervisor", "program:web", "command"],
	]]
	_groups(_runs(["concurrently", "node a.js", "node b.js"], {})) == [[
		2,
		"concurrently",
		"warning",
		["spec", "dockerfile", 1, "value", 0],
	]]
	_groups(_runs(["pm2", "logs"], {})) == []
}

test_pairs if {
	cases := {
		"node a.js & node b.js": [["a.js", "node"]],
		"node a.js & python b.py & wait": [["a.js", "python"]],
		"node a.js & wait": [],
		"sleep 5 & node b.js": [],
		"node a.js & exec nginx": [],
		"node a.js & python b.py & exec nginx": [],
		"pm2-runtime a.js & node b.js": [],
		"node a.js & concurrently 'node b.js' 'node c.js'": [],
		"node a.js": [],
	}
	every text, expected in cases {
		[[pair.behind.argv[1], pair.front] | some pair in _pairs(text)] == expected
	}
}

test_certainty if {
	maybe := {"process": {"maybe": true}}
	[supervision.certainty(maybe, severity) | some severity in ["error", "info"]] == ["warning", "info"]
	supervision.certainty({"process": {"maybe": false}}, "error") == "error"
}

test_app_path if {
	entry := _entry(_runs(["pm2-runtime", "start", "ecosystem.config.js"], _apps))
	item := entry.found[0]
	supervision.app_path(entry.record, item, ["apps", 1]) == [
		"spec", "files", "ecosystem.config.js", "ecosystem",
		"apps", 1,
	]
	supervision.app_path(entry.record, item, []) == ["spec", "dockerfile", 1, "value", 0]
	direct := _entry(_runs(["pm2-runtime", "a.js"], {}))
	supervision.app_path(direct.record, direct.found[0], ["x"]) == ["spec", "dockerfile", 1, "value", 0]
}

test_multiplied if {
	every app in [{"instances": "max", "declared": true}, {"instances": 2}] {
		supervision.multiplied(app)
	}
	every app in [{"instances": "max", "declared": false}, {"instances": 1}, {"instances": "3"}] {
		not supervision.multiplied(app)
	}
}

test_process_file if {
	by_name := _entry(_runs(["pm2-runtime", "start", "ecosystem.config.js"], _apps))
	by_name.found[0].config == {
		"key": "ecosystem.config.js",
		"value": _apps["ecosystem.config.js"].ecosystem,
		"kind": "ecosystem",
	}
	without_name := _entry(_runs(["pm2", "start"], _apps))
	without_name.found[0].config.key == "ecosystem.config.js"
	reloaded := _entry(_runs(["pm2", "startOrReload"], _apps))
	reloaded.found[0].config == by_name.found[0].config
	other_verb := _entry(_runs(["pm2", "logs"], _apps))
	other_verb.found[0].config.key == ""
	in_package := _entry(_runs(["pm2-runtime", "package.json"], {"package.json": {"packageJSON": {"apps": []}}}))
	in_package.found[0].config == {"key": "package.json", "value": {"apps": []}, "kind": "packageJSON"}
	missing := _entry(_runs(["pm2-runtime", "start", "other.config.js"], _apps))
	missing.found[0].config == {"key": "", "value": null, "kind": ""}
}

test_build_processes if {
	img := _built([_text_form("run", "npm i -g pm2 && pm2 install pm2-logrotate"), _text_form("run", "npm ci")], {})
	found := container.records with input as img
	[process.argv | some record in found; some process in supervision.build_processes(record)] == [
		["npm", "i", "-g", "pm2"],
		["pm2", "install", "pm2-logrotate"],
	]
	pods := container.records with input as _pod({})
	[supervision.build_processes(record) | some record in pods] == [[]]
}

test_home_mounts if {
	mounts := [{"mountPath": "/root/.pm2"}, {"mountPath": "/data"}, {"mountPath": 3}, {"mountPath": "/h/.pm2/logs"}]
	pods := container.records with input as _pod({"volumeMounts": mounts})
	path := ["spec", "containers", 0, "volumeMounts"]
	[supervision.home_mounts(record) | some record in pods] == [[
		{"mount": "/root/.pm2", "path": array.concat(path, [0, "mountPath"])},
		{"mount": "/h/.pm2/logs", "path": array.concat(path, [3, "mountPath"])},
	]]
	images := container.records with input as _runs(["node"], {})
	[supervision.home_mounts(record) | some record in images] == [[]]
}

test_helpers if {
	{"sleep", "tail", "trap", "node"} & supervision.helpers == {"sleep", "tail", "trap"}
}

test_a_manager_that_a_variable_names if {
	run := {"command": ["sh", "-c", "exec $RUN a.js"], "env": [{"name": "RUN", "value": "pm2-runtime"}]}
	_verdicts(_pod(run)) == [["entrypoint", "pm2-runtime", "error"]]
	_verdicts(_pod({"command": ["sh", "-c", "exec $RUN a.js"], "env": [{"name": "RUN", "value": "node"}]})) == []
	_verdicts(_pod({"command": ["node", "a.js"], "args": [null, 3]})) == []
}
