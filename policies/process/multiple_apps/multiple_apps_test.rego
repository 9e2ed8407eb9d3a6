package lib.onelayer.policies.process.multiple_apps_test

import data.lib.onelayer.policies.process.multiple_apps
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in multiple_apps.violation}

_id := "process/multiple-apps"

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

_apps(names) := _image(
	{"process.yml": {"ecosystem": {"apps": [{"name": name, "script": name} | some name in names]}}},
	[
		_step("workdir", false, ["/app"]),
		_step("copy", false, [".", "."]),
		_step("cmd", true, ["pm2-runtime", "process.yml"]),
	],
)

_script := "spec.template.spec.containers[0].command[2]"

test_process_file if {
	_all == {[_id, "error", `spec.files["process.yml"].ecosystem.apps[1]`]} with input as _apps(["a.js", "b.js"])
	_all == set() with input as _apps(["a.js"])
	_all == set() with input as _deployment({}) with prepared as _joined(_apps(["a.js", "b.js"]))
}

test_programs_of_supervisord if {
	files := {"supervisord.conf": {"supervisor": {
		"program:api": {"command": "node x.js"},
		"program:queue": {"command": "node y.js"},
	}}}
	place := `spec.files["supervisord.conf"].supervisor["program:queue"].command`
	_all == {[_id, "error", place]} with input as _image(files, [_step("cmd", true, ["supervisord", "-n"])])
}

test_parallel_runners if {
	_all == {[_id, "warning", _place]} with input as _command(["concurrently", "node a.js", "node b.js"])
	_all == set() with input as _command(["concurrently", "--raw", "node a.js"])
}

test_background if {
	doc := _command(["sh", "-c", "node a.js & node b.js"])
	_all == {[_id, "warning", _script]} with input as doc
	every line in ["node a.js & exec node b.js", "node a.js", "sleep 5 & node b.js", "pm2-runtime a.js"] {
		_all == set() with input as _command(["sh", "-c", line])
	}
}

test_what_the_findings_say if {
	ending := "give each one a container of its own"
	grouped := multiple_apps.violation with input as _apps(["a.js", "b.js"])
	{[item.msg, item.root, item.evidence, item.related] | some item in grouped} == {[
		sprintf("%s: image Dockerfile holds 2 applications started by pm2-runtime; %s", [_id, ending]),
		"process/manager-entrypoint",
		[],
		[],
	]}
	paired := multiple_apps.violation with input as _command(["sh", "-c", "node a.js & python b.py"])
	{item.msg | some item in paired} == {
		sprintf("%s: container \"api\" starts node in the background beside python; %s", [_id, ending]),
	}
}
