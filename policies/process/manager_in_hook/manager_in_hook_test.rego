package lib.onelayer.policies.process.manager_in_hook_test

import data.lib.onelayer.policies.process.manager_in_hook
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_in_hook.violation}

_id := "process/manager-in-hook"

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

_compose(test) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Compose",
	"metadata": {"name": "compose", "annotations": {"onelayer.dev/source": "compose.yaml"}},
	"spec": {"services": {"api": {"image": "shop/api:1.0", "healthcheck": {"test": test}}}},
}

_at(below) := sprintf("spec.template.spec.containers[0].%s.exec.command", [below])

test_other_fields_are_no_hooks if {
	asked := {"exec": {"command": ["pm2", "ping"]}}
	_all == set() with input as _deployment({"command": ["node", "x.js"], "resizePolicy": asked})
	_all == set() with input as _deployment({"command": ["node", "x.js"], "lifecycle": {"stopSignal": asked}})
}

test_probes if {
	every field in ["livenessProbe", "readinessProbe", "startupProbe"] {
		_all == {[_id, "warning", _at(field)]} with input as _deployment({field: {"exec": {"command": ["pm2", "ping"]}}})
	}
	every list in [["node", "health.js", "pm2"], "pm2 ping", [1, true], [], {"a": "pm2", "b": "ping"}] {
		_all == set() with input as _deployment({"livenessProbe": {"exec": {"command": list}}})
	}
}

test_hooks if {
	every field in ["preStop", "postStart"] {
		doc := _deployment({"lifecycle": {field: {"exec": {"command": ["sh", "-c", "sv status x; sleep 1"]}}}})
		_all == {[_id, "warning", _at(sprintf("lifecycle.%s", [field]))]} with input as doc
	}
	_all == set() with input as _deployment({"lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}}})
}

test_words_that_are_no_text_are_left_out if {
	doc := _deployment({"livenessProbe": {"exec": {"command": [7, "pm2", "ping"]}}})
	_all == {[_id, "warning", _at("livenessProbe")]} with input as doc
	_all == {[_id, "warning", "spec.services.api.healthcheck.test"]} with input as _compose(["CMD", 7, "pm2", "ping"])
}

test_compose if {
	every test in ["pm2 ping", ["CMD", "pm2", "ping"], ["CMD-SHELL", "true && supervisorctl status"]] {
		_all == {[_id, "warning", "spec.services.api.healthcheck.test"]} with input as _compose(test)
	}
	every test in [
		"curl -f localhost/pm2", ["NONE"], ["CMD", "curl", "pm2"], ["CMD", "pm2 ping; true"], 5,
		{"a": "pm2", "b": "ping"},
	] {
		_all == set() with input as _compose(test)
	}
}

test_images if {
	check := object.union(_step("healthcheck", false, ["pm2 ping"]), {"sub": "CMD"})
	_all == {[_id, "warning", "spec.dockerfile[1].value[0]"]} with input as _image({}, [check])
	_all == set() with input as _image({}, [_step("cmd", true, ["node", "x.js"])])
	_all == set() with input as _deployment({}) with prepared as _joined(_image({}, [check]))
}

test_what_the_finding_says if {
	probe := {"livenessProbe": {"exec": {"command": ["pm2", "ping"]}}}
	found := manager_in_hook.violation with input as _deployment(probe)
	{[item.msg, item.related] | some item in found} == {[
		concat("", [
			"process/manager-in-hook: container \"api\" asks pm2 in its livenessProbe, not the application; ",
			"probe the application itself",
		]),
		[],
	]}
}
