package lib.onelayer.policies.traffic.cluster_with_autoscaler_test

import data.lib.onelayer.policies.traffic.cluster_with_autoscaler
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in cluster_with_autoscaler.violation}

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]}}},
}

_image(files, words) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": files, "dockerfile": [
		{"cmd": "from", "sub": "", "json": false, "flags": [], "value": ["node:22"], "heredocs": [], "stage": 0},
		{"cmd": "cmd", "sub": "", "json": true, "flags": [], "value": words, "heredocs": [], "stage": 0},
	]},
}

_id := "traffic/cluster-with-autoscaler"

_workers := {"command": ["pm2-runtime", "start", "x.js", "-i", "4"]}

_replicated(container, replicas) := object.union(_deployment(container), {"spec": {"replicas": replicas}})

_scaler := {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "namespace": "shop", "name": "api"}

_scaled := {"images": {}, "bases": {}, "autoscalers": {"shop/Deployment/api": [{"ref": _scaler, "double": false}]}}

_full := {[found.severity, found.path, found.msg, found.related] | some found in cluster_with_autoscaler.violation}

test_an_autoscaler_goes_before_replicas if {
	_full == {[
		"error", "metadata.name",
		concat("", [
			`traffic/cluster-with-autoscaler: container "api" scales by PM2 (4 workers) and by `,
			"HorizontalPodAutoscaler api; keep one process per container",
		]),
		[{"note": "scales the workload", "object": _scaler, "path": "spec"}],
	]} with input as _replicated(_workers, 3) with prepared as _scaled
}

test_replicas_are_a_scaler if {
	_all == {[_id, "error", "spec.replicas"]} with input as _replicated(_workers, 2)
	_full == {[
		"error", "spec.replicas",
		concat("", [
			`traffic/cluster-with-autoscaler: container "api" scales by PM2 (4 workers) and by replicas 2; `,
			"keep one process per container",
		]),
		[],
	]} with input as _replicated(_workers, 2)
}

test_one_replica_or_none_written_is_one_scaler if {
	every replicas in [0, 1, "3", null] {
		_all == set() with input as _replicated(_workers, replicas)
	}
	_all == set() with input as _deployment(_workers)
}

test_one_process_is_one_scaler if {
	_all == set() with input as _replicated({"command": ["pm2-runtime", "start", "x.js"]}, 3) with prepared as _scaled
	_all == set() with input as _replicated({"command": ["node", "x.js"]}, 3) with prepared as _scaled
}

test_other_containers_and_images_are_left_alone if {
	obj := {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
		"metadata": {"name": "api"},
		"spec": {
			"replicas": 3,
			"template": {"spec": {
				"initContainers": [object.union(_workers, {"name": "init"})],
				"containers": [{"name": "api", "command": ["node", "x.js"]}],
			}},
		},
	}
	_all == set() with input as obj
	img := object.union(_image({}, _workers.command), {"spec": {"replicas": 3}})
	_all == set() with input as img
}

test_a_branch_is_no_certainty if {
	command := ["sh", "-c", "if test -f x; then pm2-runtime start x.js -i 4; fi"]
	_all == {[_id, "warning", "spec.replicas"]} with input as _replicated({"command": command}, 2)
}
