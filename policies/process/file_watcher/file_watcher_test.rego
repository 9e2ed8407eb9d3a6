package lib.onelayer.policies.process.file_watcher_test

import data.lib.onelayer.policies.process.file_watcher

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
	some f in file_watcher.violation with input as obj with data.lib.onelayer.config as config
}

_word := "spec.template.spec.containers[0].command[0]"

_text := "spec.template.spec.containers[0].command[2]"

_file(app) := _image([_cmd(["pm2-runtime", "start", "process.yml"])], {"process.yml": {"ecosystem": {"apps": [app]}}})

_watch := "spec.files[\"process.yml\"].ecosystem.apps[0].watch"

test_watchers if {
	_found(_deployment({"command": ["nodemon", "server.js"]})) == {["warning", _word]}
	_found(_deployment({"command": ["node", "--watch", "server.js"]})) == {["warning", _word]}
	_found(_deployment({"command": ["node", "server.js", "--watch"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "exec nodemon server.js"]})) == {["warning", _text]}
}

test_watch_of_pm2 if {
	_found(_file({"script": "a.js", "watch": true})) == {["error", _watch]}
	_found(_file({"script": "a.js", "watch": ["src"]})) == {["error", _watch]}
	_found(_file({"script": "a.js", "watch": false})) == set()
	_found(_file({"script": "a.js"})) == set()
}

test_option_of_pm2 if {
	_found(_deployment({"command": ["pm2-runtime", "app.js", "--watch"]})) == {["error", _word]}
	_found(_deployment({"command": ["sh", "-c", "[ -f x ] && pm2-runtime app.js --watch"]})) != set()
}
