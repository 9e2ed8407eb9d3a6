package lib.onelayer.policies.process.signals_swallowed_test

import data.lib.onelayer.policies.process.signals_swallowed
import data.lib.onelayer.prepared

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
	some f in signals_swallowed.violation with input as obj with data.lib.onelayer.config as config
}

_word := "spec.template.spec.containers[0].command[0]"

_text := "spec.template.spec.containers[0].command[2]"

_sh(text) := _deployment({"command": ["sh", "-c", text]})

test_program_below_a_shell if {
	_found(_sh("node migrate.js; node server.js")) == {["warning", _text]}
	_found(_sh("node migrate.js; exec node server.js")) == set()
	_found(_deployment({"command": ["node", "server.js"]})) == set()
}

test_what_is_no_program if {
	_found(_sh("node server.js & wait")) == set()
	_found(_sh("echo a; sleep 10")) == set()
	_found(_sh("while true; do node server.js; done")) == set()
	_found(_sh("echo a; supervisord -n")) == set()
}

test_one_of_two_branches if {
	_found(_sh("if [ -f a ]; then node a.js; else node b.js; fi")) == set()
}

test_cause_in_an_image if {
	img := _image([_cmd(["sh", "-c", "node migrate.js; node server.js"])], {})
	joined := {
		"images": {"shop/web:1": [{"name": "web", "assumed": false}]}, "bases": {"shop/web:1": img}, "consumers": {},
		"autoscalers": {}, "mesh": false,
	}
	_found(img) == {["warning", "spec.dockerfile[1].value[2]"]}
	silent := signals_swallowed.violation with input as _deployment({}) with prepared as joined
	silent == set()
}

test_package_manager if {
	files := {"package.json": {"packageJSON": {"scripts": {"start": "node server.js"}}}}
	path := "spec.files[\"package.json\"].packageJSON.scripts.start"
	_found(_image([_cmd(["npm", "start"])], files)) == {["warning", path]}
	alone := {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Image",
		"metadata": {"name": "x", "annotations": {"onelayer.dev/source": "package.json"}},
		"spec": {"refs": [], "files": files},
	}
	_found(alone) == set()
}

test_pm2 if {
	_found(_deployment({"command": ["pm2-runtime", "a.js"]})) == {["warning", _word]}
	_found(_deployment({"command": ["forever", "a.js"]})) == set()
	found := signals_swallowed.violation with input as _deployment({"command": ["pm2", "start", "a.js"]})
	{f.root | some f in found} == {"process/manager-daemonised"}
}

test_ends_by_itself if {
	job := object.union(_sh("node a.js; node b.js"), {"apiVersion": "batch/v1", "kind": "Job"})
	_found(job) == set()
	pm2 := _deployment({"command": ["pm2-runtime", "a.js"]})
	_found(object.union(pm2, {"apiVersion": "batch/v1", "kind": "Job"})) == set()
	init := {"containers": [], "initContainers": [{"name": "i", "command": ["sh", "-c", "node a.js; node b.js"]}]}
	_found({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": init}) == set()
}
