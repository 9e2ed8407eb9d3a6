package lib.onelayer.policies.traffic.headless_service_test

import data.lib.onelayer.policies.traffic.headless_service

_http := {"name": "http", "port": 80}

_service(name, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": object.union({"clusterIP": "None", "selector": {"app": "web"}, "ports": [_http]}, spec),
}

_web := _service("web", {})

_workload(api, kind, labels) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"labels": object.union({"app": "web"}, labels)},
		"spec": {"containers": [{"name": "web"}]},
	}},
}

_deployment := _workload("apps/v1", "Deployment", {})

_sidecar := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_beside(api, kind, objects) := {"namespace": {"shop": {api: {kind: {sprintf("%d", [index]): obj |
	some index, obj in objects
}}}}}

_found(service, namespace, workload, others) := found if {
	inventory := object.union(
		object.union(_beside(workload.apiVersion, workload.kind, [workload]), others),
		{"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}}},
	)
	found := headless_service.violation with input as service with data.inventory as inventory
}

_brief(service, namespace, workload, others) := [[f.severity, f.path, count(f.related)] |
	some f in _found(service, namespace, workload, others)
]

_warned := [["warning", "spec.clusterIP", 1]]

test_every_mesh if {
	_brief(_web, _sidecar, _deployment, {}) == _warned
	_brief(_web, _ambient, _deployment, {}) == _warned
	_brief(_web, _linkerd, _deployment, {}) == _warned
	_brief(_web, {}, _deployment, {}) == []
	opted_out := _workload("apps/v1", "Deployment", {"sidecar.istio.io/inject": "false"})
	_brief(_web, _sidecar, opted_out, {}) == []
	_brief(_web, _sidecar, _deployment, _beside("apps/v1", "ReplicaSet", [object.union(
		opted_out,
		{"kind": "ReplicaSet"},
	)])) == []
	headless_service.violation == set() with input as _web
}

test_stateless_workloads if {
	every pair in [
		["extensions/v1beta1", "Deployment"], ["apps/v1", "ReplicaSet"], ["argoproj.io/v1alpha1", "Rollout"],
		["apps.openshift.io/v1", "DeploymentConfig"], ["v1", "ReplicationController"],
	] {
		_brief(_web, _sidecar, _workload(pair[0], pair[1], {}), {}) == _warned
	}
	every kind in ["StatefulSet", "DaemonSet"] {
		_brief(_web, _sidecar, _workload("apps/v1", kind, {}), {}) == []
	}
	stateful := _beside("apps/v1", "StatefulSet", [_workload("apps/v1", "StatefulSet", {})])
	_brief(_web, _sidecar, _deployment, stateful) == []
	other := object.union(_deployment, {"spec": {"template": {"metadata": {"labels": {"app": "api"}}}}})
	_brief(_web, _sidecar, other, {}) == []
}

test_which_services if {
	_brief(_service("web", {"clusterIP": "10.0.0.1"}), _sidecar, _deployment, {}) == []
	_brief(_service("web", {"publishNotReadyAddresses": true}), _sidecar, _deployment, {}) == []
	_brief(_service("web", {"publishNotReadyAddresses": false}), _sidecar, _deployment, {}) == _warned
	every port in [
		{"name": "HTTP2-api", "port": 80}, {"name": "grpc", "port": 80}, {"name": "x", "appProtocol": "kubernetes.io/h2c"},
		{"port": 80, "appProtocol": "GRPC"},
	] {
		_brief(_service("web", {"ports": [port]}), _sidecar, _deployment, {}) == _warned
	}
	every port in [
		{"port": 80}, {"name": "tcp-api"}, {"name": "http", "appProtocol": "tcp"}, {"name": "http-metrics"}, "odd",
		{"name": "grpc-health"}, {"name": 3}, {"appProtocol": ["http"]},
	] {
		_brief(_service("web", {"ports": [port]}), _sidecar, _deployment, {}) == []
	}
	two := _service("web", {"ports": [{"name": "tcp", "port": 1}, _http]})
	_brief(two, _sidecar, _deployment, {}) == _warned
}

_services(objects) := _beside("v1", "Service", objects)

test_a_twin_is_the_path_of_the_mesh if {
	_brief(_web, _sidecar, _deployment, _services([_service("twin", {"clusterIP": "10.0.0.1"})])) == []
	_brief(_web, _sidecar, _deployment, _services([_web, object.remove(_service("twin", {}), ["spec"])])) == _warned
	twin := _service("twin", {"clusterIP": "10.0.0.1", "selector": {"app": "api"}})
	_brief(_web, _sidecar, _deployment, _services([twin])) == _warned
}

_rule(host, spec) := _beside("networking.istio.io/v1", "DestinationRule", [{
	"apiVersion": "networking.istio.io/v1",
	"kind": "DestinationRule",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"host": host}, spec),
}])

_failed := [["error", "spec.clusterIP", 2]]

test_rules_without_effect if {
	balanced := {"loadBalancer": {"simple": "LEAST_REQUEST"}}
	every spec in [
		{"trafficPolicy": balanced}, {"trafficPolicy": {"outlierDetection": {}}},
		{"subsets": [{"name": "v1"}, {"name": "v2", "trafficPolicy": balanced}]},
		{"trafficPolicy": {"portLevelSettings": [{"port": {"number": 80}}, balanced]}},
	] {
		_brief(_web, _sidecar, _deployment, _rule("web", spec)) == _failed
		_brief(_web, _ambient, _deployment, _rule("web", spec)) == _warned
		_brief(_web, _linkerd, _deployment, _rule("web", spec)) == _warned
	}
	every spec in [
		{}, {"subsets": [{"name": "v1"}]}, {"trafficPolicy": {"portLevelSettings": [{"port": {"number": 80}}]}},
		{"trafficPolicy": {"connectionPool": {"http": {}}}}, {"trafficPolicy": {"outlierDetection": 3}},
		{"trafficPolicy": {"loadBalancer": {"simple": "PASSTHROUGH"}}}, {"trafficPolicy": {"loadBalancer": 3}},
	] {
		_brief(_web, _sidecar, _deployment, _rule("web", spec)) == _warned
	}
	_brief(_web, _sidecar, _deployment, _rule("api", {"trafficPolicy": balanced})) == _warned
	_brief(_web, _sidecar, _deployment, _rule("*.shop.svc.cluster.local", {"trafficPolicy": balanced})) == _warned
	twin := _services([_service("twin", {"clusterIP": "10.0.0.1"})])
	_brief(_web, _sidecar, _deployment, object.union(twin, _rule("web", {"trafficPolicy": balanced}))) == _failed
}

_profile := _beside("linkerd.io/v1alpha2", "ServiceProfile", [{
	"apiVersion": "linkerd.io/v1alpha2",
	"kind": "ServiceProfile",
	"metadata": {"name": "web.shop.svc.cluster.local", "namespace": "shop"},
}])

_route := _beside("gateway.networking.k8s.io/v1", "HTTPRoute", [{
	"apiVersion": "gateway.networking.k8s.io/v1",
	"kind": "HTTPRoute",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"parentRefs": [{"kind": "Service", "name": "web"}]},
}])

test_what_linkerd_does_not_read if {
	_brief(_web, _linkerd, _deployment, _profile) == _failed
	_brief(_web, _linkerd, _deployment, _route) == _failed
	_brief(_web, _sidecar, _deployment, _route) == _warned
	every key in ["retry.linkerd.io/http", "timeout.linkerd.io/request", "balancer.linkerd.io/failure-accrual"] {
		annotated := object.union(_web, {"metadata": {"annotations": {key: "1"}}})
		_brief(annotated, _linkerd, _deployment, {}) == _failed
		_brief(annotated, _sidecar, _deployment, {}) == _warned
	}
	other := object.union(_web, {"metadata": {"annotations": {"linkerd.io/inject": "enabled"}}})
	_brief(other, _linkerd, _deployment, {}) == _warned
}

test_messages if {
	_said(_web, _linkerd, {}) == concat("", [
		"traffic/headless-service: each client picks a Pod of a headless Service, so Linkerd balances nothing; ",
		"give clients a ClusterIP",
	])
	_said(_web, _sidecar, _rule("web", {"trafficPolicy": {"outlierDetection": {}}})) == concat("", [
		"traffic/headless-service: the sidecar cannot balance a headless Service, so DestinationRule web has no effect; ",
		"give clients a ClusterIP",
	])
	annotated := object.union(_web, {"metadata": {"annotations": {"retry.linkerd.io/http": "5xx"}}})
	contains(_said(annotated, _linkerd, {}), ", so retry.linkerd.io/http has no effect")
	contains(_said(_web, _linkerd, _route), ", so HTTPRoute web has no effect")
	some f in _found(_web, _linkerd, _deployment, _profile)
	[[place.note, place.object.kind, place.path] | some place in f.related] == [
		["has no effect", "ServiceProfile", "metadata.name"],
		["receives this traffic", "Deployment", "spec.template.spec"],
	]
	contains(_said(_web, _ambient, {}), ", so ztunnel balances nothing")
}

_said(service, namespace, others) := concat("|", [f.msg | some f in _found(service, namespace, _deployment, others)])
