package lib.onelayer.policies.process.manager_in_job_test

import data.lib.onelayer.policies.process.manager_in_job
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_in_job.violation}

_id := "process/manager-in-job"

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

_job(words) := {
	"apiVersion": "batch/v1",
	"kind": "Job",
	"metadata": {"name": "import", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [{"name": "import", "image": "shop/api:1.0", "command": words}]}}},
}

test_jobs if {
	_all == {[_id, "error", _place]} with input as _job(["pm2-runtime", "x.js"])
	_all == {[_id, "warning", _place]} with input as _job(["supervisord", "-n"])
	every words in [["node", "x.js"], ["node", "x.js", "pm2"], ["pm2", "start", "x.js"], ["pm2", "ls"]] {
		_all == set() with input as _job(words)
	}
}

test_cron_job if {
	doc := {
		"apiVersion": "batch/v1",
		"kind": "CronJob",
		"metadata": {"name": "import"},
		"spec": {"jobTemplate": {"spec": _job(["forever", "x.js"]).spec}},
	}
	_all == {[_id, "error", sprintf("spec.jobTemplate.%s", [_place])]} with input as doc
}

test_others_are_no_jobs if {
	_all == set() with input as _command(["pm2-runtime", "x.js"])
}

test_image_of_a_job if {
	img := _image({}, [_step("cmd", true, ["pm2-runtime", "x.js"])])
	use := {
		"object": {"apiVersion": "batch/v1", "kind": "Job", "namespace": "shop", "name": "import"},
		"path": ["spec", "template", "spec", "containers", 0, "image"],
		"note": "runs in Job import",
		"job": true,
		"assumed": false,
	}
	known := object.union(_joined(img), {"consumers": {"api": [use]}})
	_all == {[_id, "error", "spec.dockerfile[1].value[0]"]} with input as img with prepared as known
	_all == set() with input as img
}

test_what_the_finding_says if {
	found := manager_in_job.violation with input as _job(["pm2-runtime", "x.js"])
	{[item.msg, item.evidence, item.related] | some item in found} == {[
		concat("", [
			"process/manager-in-job: container \"import\" runs a Job under pm2-runtime, ",
			"which hides the program's exit code; start the program itself",
		]),
		[],
		[],
	]}
}
