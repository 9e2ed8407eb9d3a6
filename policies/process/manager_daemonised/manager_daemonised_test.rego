package lib.onelayer.policies.process.manager_daemonised_test

import data.lib.onelayer.policies.process.manager_daemonised
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_daemonised.violation}

_id := "process/manager-daemonised"

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

_script := "spec.template.spec.containers[0].command[2]"

test_daemons if {
	every line in [
		"pm2 start x.js && pm2 logs", "pm2 start x.js; tail -f /dev/null", "forever start x.js; sleep infinity",
		"pm2 start x.js", "pm2-runtime x.js & wait",
	] {
		_all == {[_id, "error", _script]} with input as _command(["sh", "-c", line])
	}
	_all == {[_id, "error", _place]} with input as _command(["pm2", "start", "x.js"])
	_all == {[_id, "error", _script]} with input as _command(["sh", "-c", "supervisord & wait"])
	_all == {[_id, "warning", _script]} with input as _command(["sh", "-c", "test -f x || supervisord & wait"])
	_all == {[_id, "error", _script]} with input as _command(["sh", "-c", "forever start a.js; sleep infinity"])
}

test_in_front if {
	every line in [
		"pm2-runtime x.js", "pm2 start x.js --no-daemon", "tail -f x", "pm2 logs", "pm2 start x.js; exec node y.js",
	] {
		_all == set() with input as _command(["sh", "-c", line])
	}
}

test_image if {
	img := _image({"start.sh": {"script": ["#!/bin/sh", "pm2 start x.js", "tail -f /dev/null"]}}, [
		_step("workdir", false, ["/app"]),
		_step("copy", false, [".", "."]),
		_step("cmd", true, ["./start.sh"]),
	])
	_all == {[_id, "error", `spec.files["start.sh"].script[1]`]} with input as img
	_all == set() with input as _deployment({}) with prepared as _joined(img)
}

test_what_the_finding_says if {
	found := manager_daemonised.violation with input as _command(["pm2", "start", "x.js"])
	{item.msg | some item in found} == {concat("", [
		"process/manager-daemonised: container \"api\" starts pm2 in the background, ",
		"so Kubernetes watches an idle process; run the program in front",
	])}
	{item.related | some item in found} == {[]}
}
