package lib.onelayer.policies.process.host_era_command_test

import data.lib.onelayer.policies.process.host_era_command

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
	some f in host_era_command.violation with input as obj with data.lib.onelayer.config as config
}

_word := "spec.template.spec.containers[0].command[0]"

_text := "spec.template.spec.containers[0].command[2]"

test_verbs if {
	_found(_deployment({"command": ["pm2", "resurrect"]})) == {["warning", _word]}
	_found(_deployment({"command": ["pm2", "save"]})) == {["warning", _word]}
	_found(_deployment({"command": ["pm2", "start", "a.js"]})) == set()
	_found(_deployment({"command": ["node", "save"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "pm2 save; node a.js"]})) == {["warning", _text]}
}

test_verbs_while_building if {
	run := {"cmd": "run", "value": ["npm install -g pm2 && pm2 startup"]}
	_found(_image([run, _cmd(["node", "a.js"])], {})) == {["warning", "spec.dockerfile[1].value[0]"]}
	_found(_image([{"cmd": "run", "value": ["npm install -g pm2"]}], {})) == set()
}

test_home_in_a_volume if {
	path := "spec.template.spec.containers[0].volumeMounts[0].mountPath"
	_found(_deployment({"volumeMounts": [{"name": "a", "mountPath": "/root/.pm2/logs"}]})) == {["warning", path]}
	_found(_deployment({"volumeMounts": [{"name": "a", "mountPath": "/data"}, 3]})) == set()
	said := {folder: count(_found(_deployment(container))) |
		some folder in ["/data/pm2", "/data/pm2/logs", "/data/pm2x", "/data"]
		container := {
			"env": [{"name": "PM2_HOME", "value": "/data/pm2/"}],
			"volumeMounts": [{"name": "a", "mountPath": folder}],
		}
	}
	said == {"/data/pm2": 1, "/data/pm2/logs": 1, "/data/pm2x": 0, "/data": 0}
	nowhere := {"env": [{"name": "PM2_HOME", "value": ""}], "volumeMounts": [{"name": "a", "mountPath": "/data"}]}
	_found(_deployment(nowhere)) == set()
}
