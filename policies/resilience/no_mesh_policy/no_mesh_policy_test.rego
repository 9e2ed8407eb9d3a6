package lib.onelayer.policies.resilience.no_mesh_policy_test

import data.lib.onelayer.policies.resilience.no_mesh_policy

_of(api_version, kind, annotations, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": "cart", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_ports(port) := {"ports": [port]}

_service(annotations, spec) := _of("v1", "Service", annotations, object.union(
	{"selector": {"app": "cart"}, "ports": [{"name": "http", "port": 80}]},
	spec,
))

_deployment := _of("apps/v1", "Deployment", {}, {"template": {
	"metadata": {"labels": {"app": "cart"}},
	"spec": {"containers": [{"name": "main"}]},
}})

_istio := {"labels": {"istio-injection": "enabled"}}

_found(service, others, namespace) := found if {
	inventory := {"namespace": {"shop": {other.apiVersion: {other.kind: {other.metadata.name: other}} |
		some other in others
	}}}
	found := no_mesh_policy.violation with input as service with data.inventory as inventory
		with data.lib.onelayer.config as {"namespaces": {"shop": namespace}}
}

_brief(service, others) := {[f.severity, f.path, count(f.related)] |
	some f in _found(service, array.concat([_deployment], others), _istio)
}

_bare := {["info", "spec", 1]}

test_nothing_declared if {
	_brief(_service({}, {}), []) == _bare
	_found(_service({}, {}), [_deployment], {"annotations": {"linkerd.io/inject": "enabled"}}) != set()
	_found(_service({}, {}), [_deployment], {}) == set()
	_found(_service({}, {}), [_deployment], null) == set()
	_found(_service({}, {}), [], _istio) == set()
	_brief(_service({}, {"clusterIP": "None"}), []) == set()
}

test_a_waypoint_reads_policies if {
	ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}
	_found(_service({}, {}), [_deployment], ambient) == set()
	{f.msg | some f in _found(_service({}, {}), [_deployment], {"labels": {
		"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint",
	}})} == {concat("", [
		"resilience/no-mesh-policy: the mesh carries calls to this Service, and nothing declares a timeout or breaker; ",
		"add a VirtualService with a timeout and a DestinationRule with outlierDetection",
	])}
}

_rollout(strategy) := object.union(_deployment, {
	"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
	"spec": {"strategy": strategy},
})

test_services_that_a_rollout_routes_to if {
	every strategy in [{"canary": {"canaryService": "cart"}}, {"blueGreen": {"previewService": "cart"}}] {
		_found(_service({}, {}), [_rollout(strategy)], _istio) == set()
	}
	every strategy in [{"canary": {"canaryService": "other"}}, {"canary": {"stableService": "cart"}}, {}] {
		count(_found(_service({}, {}), [_rollout(strategy)], _istio)) == 1
	}
}

test_ports if {
	every port in [{"name": "http-web"}, {"name": "GRPC"}, {"appProtocol": "http"}, {"name": "x", "appProtocol": "grpc"}] {
		_brief(_service({}, _ports(port)), []) == _bare
	}
	every port in [{"name": "tcp"}, {"name": "httpx"}, {"name": "http", "appProtocol": "tcp"}, {"port": 80}] {
		_brief(_service({}, _ports(port)), []) == set()
	}
}

test_what_declares if {
	_brief(_service({"timeout.linkerd.io/request": "5s"}, {}), []) == set()
	_brief(_service({"balancer.linkerd.io/failure-accrual": "consecutive"}, {}), []) == set()
	_brief(_service({"retry.linkerd.io/limit": "2"}, {}), []) == _bare
	virtual := {"hosts": ["cart"], "http": [{"timeout": "5s"}]}
	_brief(_service({}, {}), [_of("networking.istio.io/v1", "VirtualService", {}, virtual)]) == set()
	untimed := object.union(virtual, {"http": [{}]})
	_brief(_service({}, {}), [_of("networking.istio.io/v1", "VirtualService", {}, untimed)]) == _bare
	rule := {"host": "cart", "trafficPolicy": {"outlierDetection": {}}}
	_brief(_service({}, {}), [_of("networking.istio.io/v1", "DestinationRule", {}, rule)]) == set()
	other := {"host": "cart", "trafficPolicy": {"tls": {}}}
	_brief(_service({}, {}), [_of("networking.istio.io/v1", "DestinationRule", {}, other)]) == _bare
	parents := [{"group": "", "kind": "Service", "name": "cart"}]
	route := {"parentRefs": parents, "rules": [{"timeouts": {"request": "5s"}}]}
	_brief(_service({}, {}), [_of("gateway.networking.k8s.io/v1", "HTTPRoute", {}, route)]) == set()
	unbound := object.union(route, {"rules": [{"retry": {}}]})
	_brief(_service({}, {}), [_of("gateway.networking.k8s.io/v1", "HTTPRoute", {}, unbound)]) == _bare
	annotated := {"timeout.linkerd.io/request": "5s"}
	_brief(_service({}, {}), [_of(
		"gateway.networking.k8s.io/v1", "GRPCRoute", annotated,
		{"parentRefs": parents},
	)]) == set()
	profile := _of("linkerd.io/v1alpha2", "ServiceProfile", {}, {"routes": [{"timeout": "1s"}]})
	named := object.union(profile, {"metadata": {"name": "cart.shop.svc.cluster.local"}})
	_brief(_service({}, {}), [named]) == set()
	_brief(_service({}, {}), [object.union(named, {"spec": {"routes": [{"isRetryable": true}]}})]) == _bare
}

test_two_memberships if {
	out := json.patch(_deployment, [
		{"op": "replace", "path": "/metadata/name", "value": "old"},
		{"op": "add", "path": "/spec/template/metadata/labels/sidecar.istio.io~1inject", "value": "false"},
		{"op": "replace", "path": "/kind", "value": "StatefulSet"},
	])
	inventory := {"namespace": {"shop": {"apps/v1": {"Deployment": {"cart": _deployment}, "StatefulSet": {"old": out}}}}}
	no_mesh_policy.violation == set() with input as _service({}, {}) with data.inventory as inventory
		with data.lib.onelayer.config as {"namespaces": {"shop": _istio}}
}

test_message if {
	{f.msg | some f in _found(_service({}, {}), [_deployment], _istio)} == {concat("", [
		"resilience/no-mesh-policy: the mesh carries calls to this Service, and nothing declares a timeout or breaker; ",
		"add a VirtualService with a timeout and a DestinationRule with outlierDetection",
	])}
}
