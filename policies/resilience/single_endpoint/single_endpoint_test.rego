package lib.onelayer.policies.resilience.single_endpoint_test

import data.lib.onelayer.policies.resilience.single_endpoint

_of(api, kind, spec, template) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union(
		{"template": {
			"metadata": {"labels": {"app": "web"}},
			"spec": object.union({"containers": [{"name": "web", "image": "shop/web:1"}]}, template),
		}},
		spec,
	),
}

_deployment(spec, template) := _of("apps/v1", "Deployment", spec, template)

_service(name) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"selector": {"app": "web"}, "ports": [{"name": name, "port": 80}]},
}

_scaler := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
}

_meshed := {"networking.istio.io/v1": {"VirtualService": {}}}

_found(obj, others) := found if {
	found := single_endpoint.violation with input as obj with data.inventory as {"namespace": {"shop": others}}
}

_brief(obj, others) := [[f.severity, f.path] | some f in _found(obj, others)]

_served := {"v1": {"Service": {"web": _service("http")}}}

_noted := [["info", "spec"]]

test_one_replica if {
	_brief(_deployment({}, {}), _served) == _noted
	_brief(_deployment({"replicas": 1}, {}), _served) == [["info", "spec.replicas"]]
	_brief(_deployment({"replicas": 1}, {}), object.union(_served, _meshed)) == [["warning", "spec.replicas"]]
	others := [
		["argoproj.io/v1", "Rollout"], ["extensions/v1", "Deployment"],
		["apps.openshift.io/v1", "DeploymentConfig"],
	]
	every pair in others {
		_brief(_of(pair[0], pair[1], {}, {}), _served) == _noted
	}
}

test_other_workloads_behind_the_service if {
	other := object.union(_deployment({}, {}), {"metadata": {"name": "web-v2"}})
	beside := {"apps/v1": {"Deployment": {"web": _deployment({}, {}), "web-v2": other}}}
	_brief(_deployment({}, {}), object.union(_served, beside)) == []
	idle := object.union(beside, {"apps/v1": {"Deployment": {"web-v2": {"spec": {"replicas": 0}}}}})
	_brief(_deployment({}, {}), object.union(_served, idle)) == _noted
	_brief(_deployment({}, {}), object.union(_served, {"apps/v1": {"Deployment": {"web": _deployment({}, {})}}})) == _noted
}

test_several_or_none if {
	every replicas in [0, 2, "1", null] {
		_brief(_deployment({"replicas": replicas}, {}), _served) == []
	}
	_brief(_deployment({}, {}), {}) == []
	scaled := object.union(_served, _scaled(2))
	_brief(_deployment({}, {}), scaled) == []
	every kind in ["StatefulSet", "DaemonSet", "ReplicaSet"] {
		_brief(_of("apps/v1", kind, {}, {}), _served) == []
	}
}

_scaled(minimum) := {"autoscaling/v2": {"HorizontalPodAutoscaler": {"web": scaler}}} if {
	scaler := object.union(_scaler, {"spec": {"minReplicas": minimum}})
}

test_an_autoscaler_without_a_second if {
	_brief(_deployment({}, {}), object.union(_served, _scaled(1))) == _noted
	_brief(_deployment({"replicas": 1}, {}), object.union(_served, _scaled(null))) == [["info", "spec.replicas"]]
	some f in _found(_deployment({}, {}), object.union(_served, _scaled(1)))
	f.msg == concat("", [
		"resilience/single-endpoint: one replica may answer for Service web, so every restart is an outage that no mesh ",
		"can route around; set minReplicas to 2 or more",
	])
	[[place.object.kind, place.path] | some place in f.related] == [
		["Service", "spec.ports[0]"],
		["HorizontalPodAutoscaler", "spec"],
	]
	event := {
		"apiVersion": "keda.sh/v1alpha1",
		"kind": "ScaledObject",
		"metadata": {"name": "web", "namespace": "shop"},
		"spec": {"scaleTargetRef": {"name": "web"}},
	}
	some g in _found(_deployment({}, {}), object.union(_served, {"keda.sh/v1alpha1": {"ScaledObject": {"web": event}}}))
	endswith(g.msg, "; set minReplicaCount to 2 or more")
}

test_singletons if {
	_brief(_deployment({"strategy": {"type": "Recreate"}}, {}), _served) == []
	_brief(_deployment({"strategy": {"type": "RollingUpdate"}}, {}), _served) == _noted
	claimed := {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
	_brief(_deployment({}, claimed), _served) == []
	_brief(_deployment({}, {"volumes": [{"name": "tmp", "emptyDir": {}}]}), _served) == _noted
}

test_ports_without_traffic if {
	every name in ["webhook", "admission", "conversion", "metrics", "http-prom", "health", "probe"] {
		_brief(_deployment({}, {}), {"v1": {"Service": {"web": _service(name)}}}) == []
	}
}

test_the_mesh_itself if {
	labels := {"spec": {"template": {"metadata": {"labels": {"linkerd.io/control-plane-component": "web"}}}}}
	_brief(object.union(_deployment({}, {}), labels), _served) == []
}

_pm2 := {"containers": [{"name": "web", "command": ["pm2-runtime", "-i", "4", "server.js"]}]}

test_redundancy_inside_the_pod if {
	_brief(_deployment({}, _pm2), _served) == [["warning", "spec"]]
	_brief(_deployment({}, {}), _served) == _noted
	_brief(_deployment({}, _pm2), {}) == []
	honcho := {"containers": [{"name": "web", "command": ["honcho", "start"]}]}
	_brief(_deployment({}, honcho), _served) == [["warning", "spec"]]
	_brief(_deployment({}, {"containers": [{"name": "web", "command": ["pm2", "ls"]}]}), _served) == _noted
	_brief(_deployment({}, {"containers": [{"name": "web", "command": ["nodemon", "x.js"]}]}), _served) == _noted
	init := object.union({"initContainers": [{"name": "init", "command": ["pm2-runtime", "x.js"]}]}, {})
	_brief(_deployment({}, init), _served) == _noted
}

test_messages if {
	some f in _found(_deployment({}, {}), _served)
	f.msg == concat("", [
		"resilience/single-endpoint: one replica answers for Service web, so every restart is an outage that no mesh can ",
		"route around; set replicas to 2 or more",
	])
	f.related == [{
		"note": "sends traffic to this one Pod",
		"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
		"path": "spec.ports[0]",
	}]
	some other in _found(_deployment({}, _pm2), _served)
	other.msg == concat("", [
		"resilience/single-endpoint: one replica answers for Service web, and a process manager inside it replaces no Pod; ",
		"set replicas to 2 or more",
	])
}
