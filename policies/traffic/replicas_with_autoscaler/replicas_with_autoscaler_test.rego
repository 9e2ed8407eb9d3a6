package lib.onelayer.policies.traffic.replicas_with_autoscaler_test

import data.lib.onelayer.policies.traffic.replicas_with_autoscaler

_of(api, kind, spec) := _live(api, kind, {}, spec)

_live(api, kind, meta, spec) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": object.union({"name": "web", "namespace": "shop"}, meta),
	"spec": spec,
}

_deployment(replicas) := _of("apps/v1", "Deployment", {"replicas": replicas})

_hpa(kind, name) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name}, "maxReplicas": 9},
}

_beside(obj, other) := {[f.severity, f.path] |
	some f in replicas_with_autoscaler.violation with input as [
		{"path": "a.yaml", "contents": obj},
		{"path": "b.yaml", "contents": other},
	]
}

_fixed := {["warning", "spec.replicas"]}

test_fixed_replicas if {
	_beside(_deployment(3), _hpa("Deployment", "web")) == _fixed
	_beside(_of("apps/v1", "StatefulSet", {"replicas": 1}), _hpa("StatefulSet", "web")) == _fixed
	_beside(_of("argoproj.io/v1alpha1", "Rollout", {"replicas": 1}), _hpa("Rollout", "web")) == _fixed
}

test_one_owner if {
	_beside(_deployment(3), _hpa("Deployment", "api")) == set()
	_beside(_deployment(3), _hpa("StatefulSet", "web")) == set()
	_beside(_deployment(0), _hpa("Deployment", "web")) == set()
	_beside(_deployment("3"), _hpa("Deployment", "web")) == set()
	_beside(_of("apps/v1", "Deployment", {}), _hpa("Deployment", "web")) == set()
	_beside(_of("apps/v1", "DaemonSet", {"replicas": 3}), _hpa("DaemonSet", "web")) == set()
	count(replicas_with_autoscaler.violation) == 0 with input as _deployment(3)
}

_applied(text) := {"uid": "1", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": text}}

_managed(operation, fields) := {"uid": "1", "managedFields": [{"operation": operation, "fieldsV1": fields}]}

_in_cluster(meta) := _beside(_live("apps/v1", "Deployment", meta, {"replicas": 3}), _hpa("Deployment", "web"))

test_what_a_cluster_shows if {
	_in_cluster({"uid": "1"}) == set()
	_in_cluster(_applied(`{"spec": {"replicas": 3}}`)) == _fixed
	_in_cluster(_applied(`{"spec": {}}`)) == set()
	_in_cluster(_applied("no json")) == set()
	fields := {"f:spec": {"f:replicas": {}}}
	_in_cluster(_managed("Apply", fields)) == _fixed
	_in_cluster(_managed("Update", fields)) == set()
	_in_cluster(_managed("Apply", {"f:spec": {}})) == set()
}

test_message if {
	some f in replicas_with_autoscaler.violation with input as [
		{"path": "a.yaml", "contents": _deployment(3)},
		{"path": "b.yaml", "contents": _hpa("Deployment", "web")},
	]
	f.msg == concat("", [
		"traffic/replicas-with-autoscaler: replicas 3 is fixed, but HorizontalPodAutoscaler web owns the number, and every ",
		"apply resets it; remove replicas",
	])
	f.related == [{
		"note": "owns the number of replicas",
		"object": {
			"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "namespace": "shop",
			"name": "web",
		},
		"path": "spec",
	}]
}
