package lib.onelayer.policies.process.manager_entrypoint_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.process.manager_entrypoint
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_entrypoint.violation}

_id := "process/manager-entrypoint"

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]}}},
}

_step(cmd, json, value) := {
	"cmd": cmd,
	"sub": "",
	"json": json,
	"flags": [],
	"value": value,
	"heredocs": [],
	"stage": 0,
}

_image(files, steps) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": files, "dockerfile": array.concat([_step("from", false, ["node:22"])], steps)},
}

_joined(img) := {
	"images": {"shop/api:1.0": [{"name": "api", "assumed": false}]},
	"bases": {"shop/api:1.0": img},
	"consumers": {},
	"autoscalers": {},
	"mesh": false,
}

_command(words) := _deployment({"command": words})

_place := "spec.template.spec.containers[0].command[0]"

_from_cmd := "spec.dockerfile[1].value[0]"

test_managers_in_the_command if {
	every words in [["pm2-runtime", "x.js"], ["forever", "x.js"], ["circusd", "circus.ini"], ["god", "-D"]] {
		_all == {[_id, "error", _place]} with input as _command(words)
	}
	every words in [["/sbin/my_init"], ["passenger", "start"], ["supervisord", "-n"]] {
		_all == {[_id, "warning", _place]} with input as _command(words)
	}
}

test_ordinary_programs if {
	every words in [
		["node", "x.js"], ["tini", "--", "node", "x.js"], ["nginx", "-g", "daemon off;"], ["pm2", "ls"],
		["gunicorn", "-w", "4", "app"], ["node", "forever"], ["sh", "-c", "pm2 start x.js && pm2 logs"],
	] {
		_all == set() with input as _command(words)
	}
}

test_a_branch_is_a_warning if {
	doc := _command(["sh", "-c", "if [ -n \"$P\" ]; then exec pm2-runtime x.js; fi; exec node x.js"])
	_all == {[_id, "warning", "spec.template.spec.containers[0].command[2]"]} with input as doc
}

test_image if {
	img := _image({}, [_step("cmd", true, ["pm2-runtime", "x.js"])])
	_all == {[_id, "error", _from_cmd]} with input as img
	_all == set() with input as _deployment({}) with prepared as _joined(img)
}

test_programs_of_supervisord if {
	one := {"supervisord": {"nodaemon": "true"}, "program:api": {"command": "node x.js"}}
	two := object.union(one, {"program:queue": {"command": "node y.js"}})
	severities := {name: found |
		some name, sections in {"one": one, "two": two}
		img := _image({"supervisord.conf": {"supervisor": sections}}, [_step("cmd", true, ["supervisord", "-n"])])
		found := _all with input as img
	}
	severities == {"one": {[_id, "warning", _from_cmd]}, "two": {[_id, "error", _from_cmd]}}
}

test_allowed_managers if {
	settings := {"rules": {_id: {"parameters": {"allowed_managers": ["forever"]}}}}
	_all == set() with input as _command(["forever", "x.js"]) with config as settings
	_all == {[_id, "error", _place]} with input as _command(["pm2-runtime", "x.js"]) with config as settings
}

test_what_the_finding_says if {
	found := manager_entrypoint.violation with input as _command(["pm2-runtime", "x.js"])
	ref := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api"}
	text := "a second supervisor inside Kubernetes; start the program itself"
	found == {{
		"id": _id,
		"severity": "error",
		"msg": sprintf("%s: container \"api\" runs under pm2-runtime, %s", [_id, text]),
		"object": ref,
		"path": _place,
		"evidence": [],
		"related": [],
	}}
}

test_home_of_pm2 if {
	mounts := {"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "pm2", "mountPath": "/root/.pm2/logs"}]}
	place := "spec.template.spec.containers[0].volumeMounts[1].mountPath"
	_all == {[_id, "warning", place]} with input as _deployment(mounts)
	_all == set() with input as _deployment(object.union(mounts, {"command": ["node", "x.js"]}))
}
