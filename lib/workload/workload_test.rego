package lib.onelayer.workload_test

import data.lib.onelayer.config
import data.lib.onelayer.workload

_template := {"metadata": {"labels": {"app": "web"}}, "spec": {
	"containers": [{"name": "web"}, "odd"],
	"initContainers": [{"name": "setup"}, {"name": 7, "restartPolicy": "Always"}],
	"ephemeralContainers": [{"name": "debug"}],
}}

_cron_job := {
	"apiVersion": "batch/v1",
	"kind": "CronJob",
	"metadata": {"name": "nightly"},
	"spec": {"jobTemplate": {"spec": {"template": _template}}},
}

_pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}}

test_cron_job if {
	pods := workload.pods with input as _cron_job
	pods == [{
		"obj": _cron_job,
		"kind": "batch/CronJob",
		"file": "",
		"spec": _template.spec,
		"path": ["spec", "jobTemplate", "spec", "template", "spec"],
		"meta": {"labels": {"app": "web"}},
		"meta_path": ["spec", "jobTemplate", "spec", "template", "metadata"],
		"job": true,
	}]
}

test_roles_and_paths if {
	found := workload.containers with input as _cron_job
	base := ["spec", "jobTemplate", "spec", "template", "spec"]
	[[entry.name, entry.role, entry.path] | some entry in found] == [
		["web", "main", array.concat(base, ["containers", 0])],
		["setup", "init", array.concat(base, ["initContainers", 0])],
		["7", "sidecar", array.concat(base, ["initContainers", 1])],
		["debug", "ephemeral", array.concat(base, ["ephemeralContainers", 0])],
	]
}

test_pod_is_its_own_template if {
	pods := workload.pods with input as _pod
	pods[0].path == ["spec"]
	pods[0].meta_path == ["metadata"]
	pods[0].job == false
}

_made_by(owners) := object.union(_pod, {"metadata": {"name": "web-1", "ownerReferences": owners}})

_replica_set := {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "controller": true}

_count_of(doc) := [count(pods), count(containers)] if {
	pods := workload.pods with input as doc
	containers := workload.containers with input as doc
}

test_a_pod_that_a_controller_made_is_judged_there if {
	_count_of(_made_by([_replica_set])) == [0, 0]
	_count_of(_made_by([3, object.union(_replica_set, {"apiVersion": "v1", "kind": "ReplicationController"})])) == [0, 0]
	_count_of([{"path": "a.yaml", "contents": _made_by([_replica_set])}, {"path": "b.yaml", "contents": _pod}]) == [1, 1]
	_count_of(_made_by([_replica_set])) == [1, 1] with config as {"skip_owned": false}
	_count_of(_made_by([_replica_set])) == [0, 0] with config as {"skip_owned": "false"}
	every owners in [
		[],
		null,
		"odd",
		["odd"],
		[object.remove(_replica_set, ["controller"])],
		[object.union(_replica_set, {"controller": "true"})],
		[object.union(_replica_set, {"kind": "Node"})],
		[object.union(_replica_set, {"apiVersion": ["odd"]})],
	] {
		_count_of(_made_by(owners)) == [1, 1]
	}
	job := object.union(_cron_job, {"metadata": {"name": "nightly", "ownerReferences": [_replica_set]}})
	_count_of(job) == [1, 4]
}

test_odd_shapes_hold_no_pods if {
	workload.pods == [] with input as {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": "x"}}
	workload.pods == [] with input as {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": []}}}
	workload.pods == [] with input as {"apiVersion": "v1", "kind": "Service"}
	workload.containers == [] with input as object.union(_pod, {"spec": {"containers": null}})
}

test_kinds if {
	"apps/Deployment" in workload.kinds
	not "/Service" in workload.kinds
}
