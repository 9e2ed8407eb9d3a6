package lib.onelayer.policies.process.cron_in_container_test

import data.lib.onelayer.policies.process.cron_in_container

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "web", "image": "shop/web:1"}, container)]}}},
}

_image(instructions, files) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "web", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {
		"refs": [],
		"files": files,
		"dockerfile": array.concat([{"cmd": "from", "value": ["node:22"]}], instructions),
	},
}

_cmd(words) := {"cmd": "cmd", "json": true, "value": words}

_found(obj) := _set(obj, {})

_set(obj, config) := {[f.severity, f.path] |
	some f in cron_in_container.violation with input as obj with data.lib.onelayer.config as config
}

_word := "spec.template.spec.containers[0].command[0]"

_text := "spec.template.spec.containers[0].command[2]"

_file(app) := _image([_cmd(["pm2-runtime", "start", "process.yml"])], {"process.yml": {"ecosystem": {"apps": [app]}}})

test_cron_daemon if {
	_found(_deployment({"command": ["crond", "-f"]})) == {["warning", _word]}
	_found(_deployment({"command": ["pm2-runtime", "app.js"]})) == set()
}

test_cron_of_pm2 if {
	path := "spec.files[\"process.yml\"].ecosystem.apps[0].cron_restart"
	_found(_file({"script": "a.js", "cron_restart": "0 3 * * *"})) == {["warning", path]}
	_found(_file({"script": "a.js", "cron_restart": "0"})) == set()
	_found(_file({"script": "a.js"})) == set()
}

test_loop_with_an_interval_in_a_variable if {
	known := {
		"env": [{"name": "EVERY", "value": "600"}],
		"command": ["sh", "-c", "while :; do node r.js; sleep $EVERY; done"],
	}
	unknown := {"command": ["sh", "-c", "while :; do node r.js; sleep $EVERY; done"]}
	said := {f.msg |
		some container in [known, unknown]
		some f in cron_in_container.violation with input as _deployment(container)
	}
	wanted := ["every 600 seconds in a", "again after each sleep in a"]
	{text | some msg in said; some text in wanted; contains(msg, text)} == {
		"every 600 seconds in a",
		"again after each sleep in a",
	}
	short := object.union(known, {"env": [{"name": "EVERY", "value": "6"}]})
	_found(_deployment(short)) == set()
}

test_sleeping_loop if {
	_found(_deployment({"command": ["sh", "-c", "while true; do node r.js; sleep 60; done"]})) == {["warning", _text]}
	_found(_deployment({"command": ["sh", "-c", "while true; do node r.js; sleep 5; done"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "while true; do node r.js; done"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "while true; do echo x; sleep 60; done"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "while true; do node r.js; sleep 60; done & exec node s.js"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "for i in 1 2; do node r.js; sleep 60; done"]})) == set()
	less := {"rules": {"process/cron-in-container": {"parameters": {"schedule_seconds": 5}}}}
	_set(_deployment({"command": ["sh", "-c", "while true; do node r.js; sleep 5; done"]}), less) == {["warning", _text]}
}
