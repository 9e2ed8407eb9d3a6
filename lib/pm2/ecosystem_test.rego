package lib.onelayer.pm2_test

import data.lib.onelayer.pm2

test_ecosystem_shapes if {
	app := {"name": "a", "script": "app.js"}
	served := {"path": ["static", 0], "app": {"name": "docs", "script": "serve"}}
	pm2.ecosystem_apps({"apps": [app, {"name": "no script"}, 3, {"$expr": "other"}]}) == [
		{"path": ["apps", 0], "app": app},
		{"path": ["apps", 3], "app": {"$expr": "other"}},
	]
	pm2.ecosystem_apps({"apps": app}) == [{"path": ["apps"], "app": app}]
	pm2.ecosystem_apps({"apps": {"$expr": "list()"}}) == [{"path": ["apps"], "app": {"$expr": "list()"}}]
	pm2.ecosystem_apps({"pm2": [app]}) == [{"path": ["pm2", 0], "app": app}]
	pm2.ecosystem_apps({"apps": null, "pm2": app}) == [{"path": ["pm2"], "app": app}]
	pm2.ecosystem_apps([app]) == [{"path": [0], "app": app}]
	pm2.ecosystem_apps(app) == [{"path": [], "app": app}]
	pm2.ecosystem_apps({"apps": [], "static": [{"name": "docs"}, 1]}) == [served]
	pm2.ecosystem_apps({"static": [{"path": ".", "port": 80}, {"name": ""}]}) == [
		{"path": ["static", 0], "app": {"name": "static-page-server-80", "script": "serve"}},
		{"path": ["static", 1], "app": {"name": "static-page-server-", "script": "serve"}},
	]
}

test_ecosystem_of_anything if {
	every value in [null, 1, "apps", true, [], {}, {"apps": 3}, {"apps": "x", "static": {"a": 1}}, [[1]], {"static": 1}] {
		pm2.ecosystem_apps(value) == []
	}
}

test_normalise if {
	pm2.normalise({
		"exec": "a.js",
		"maxMemoryRestart": "300M",
		"out": "o.log",
		"err_file": "e.log",
		"merge_logs": false,
		"combine_logs": true,
		"kill_timeout": 0,
		"interpreterArgs": "--x",
		"env_test": {},
		"other": 1,
	}) == {
		"script": "a.js",
		"max_memory_restart": "300M",
		"out_file": "o.log",
		"error_file": "e.log",
		"merge_logs": true,
		"kill_timeout": 0,
		"node_args": "--x",
		"env_test": {},
	}
	pm2.normalise({"script": "", "cmd": "b.js", "exec": "c.js", "windowsHide": true}) == {
		"script": "b.js",
		"windowsHide": true,
	}
	every value in [null, 1, "x", []] {
		pm2.normalise(value) == {}
	}
}

test_process_files if {
	every value in [
		{"apps": [{"script": "a.js"}]},
		{"apps": {"script": {"$expr": "entry"}}},
		{"name": "shop", "version": "1.0.0", "pm2": [{"script": "a.js"}]},
		{"apps": [{"command": "node a.js", "instances": 2}], "deploy": {}},
		[{"name": "a", "script": "a.js", "env_production": {}}],
		{"name": "a", "script": "a.js", "static": []},
		{"script": "a.js", "exec_mode": "cluster"},
	] {
		pm2.is_process_file(value) == true
	}
}

test_other_files if {
	every value in [
		null, "apps", 3, [], [1], {}, {"apps": []}, {"apps": [{"name": "a"}]}, {"apps": [{"name": "a", "command": "run"}]},
		{"apps": {"web": {"script": "a.js"}}},
		{"apiVersion": "v1", "kind": "ConfigMap", "apps": [{"script": "a.js"}]},
		{"language": "node_js", "script": "npm test"},
		{"name": "shop", "version": "1.0.0", "script": "a.js"},
		{"script": "npm test"},
		[{"name": "a", "script": "a.js"}, {"name": "b"}],
		{"name": 3, "script": "a.js"},
	] {
		pm2.is_process_file(value) == false
	}
}

test_spellings_and_attributes_agree if {
	{spelling: name | some name, list in pm2._spellings; some spelling in list} == pm2._attribute_of
	pm2._spellings.out_file == ["out_file", "out_log", "output", "out", "outFile"]
	every name, list in pm2._spellings {
		list[0] == name
	}
}
