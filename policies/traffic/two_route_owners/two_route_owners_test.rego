package lib.onelayer.policies.traffic.two_route_owners_test

import data.lib.onelayer.policies.traffic.two_route_owners

_of(api_version, kind, name, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

_route_on(port) := _of("gateway.networking.k8s.io/v1", "HTTPRoute", "cart", {"parentRefs": [object.union(
	{"group": "", "kind": "Service", "name": "cart"},
	{"port": port},
)]})

_route := _of("gateway.networking.k8s.io/v1", "HTTPRoute", "cart", {"parentRefs": [{
	"group": "",
	"kind": "Service",
	"name": "cart",
}]})

_virtual(spec) := _of("networking.istio.io/v1", "VirtualService", "cart", object.union({"hosts": ["cart"]}, spec))

_split := _of("split.smi-spec.io/v1alpha2", "TrafficSplit", "cart", {"service": "cart"})

_profile(spec) := _of("linkerd.io/v1alpha2", "ServiceProfile", "cart.shop.svc.cluster.local", spec)

_routed := _profile({"routes": [{"name": "GET /"}]})

_grpc(port) := _of("gateway.networking.k8s.io/v1", "GRPCRoute", "calls", {"parentRefs": [object.union(
	{"group": "core", "kind": "Service", "name": "cart"},
	port,
)]})

_moved(obj, namespace) := object.union(obj, {"metadata": {"namespace": namespace}})

_beside(obj, others) := found if {
	inventory := {"namespace": {namespace: versions |
		some namespace in {other.metadata.namespace | some other in others}
		versions := {other.apiVersion: {other.kind: {other.metadata.name: other}} |
			some other in others
			other.metadata.namespace == namespace
		}
	}}
	found := two_route_owners.violation with input as obj with data.inventory as inventory
}

_brief(obj, others) := {[f.severity, f.path, count(f.related)] | some f in _beside(obj, others)}

_one := {["error", "spec.parentRefs[0]", 1]}

_any := {"http": [{"route": []}]}

test_virtual_service if {
	_brief(_route, [_virtual(_any)]) == _one
	_brief(_route, [_virtual(object.union(_any, {"hosts": ["cart.shop.svc.cluster.local"]}))]) == _one
	_brief(_grpc({}), [_virtual(_any)]) == _one
	_brief(_route, [_virtual(object.union(_any, {"hosts": ["cart.shop"]}))]) == set()
	_brief(_route, [_virtual(object.union(_any, {"hosts": ["*.shop.svc.cluster.local"]}))]) == set()
	_brief(_route, [_virtual(object.union(_any, {"gateways": ["edge"]}))]) == set()
	_brief(_route, [_virtual({"tcp": []})]) == set()
	_brief(object.union(_route, {"apiVersion": "policy.linkerd.io/v1beta3"}), [_virtual(_any)]) == set()
}

test_what_only_looks_like_an_owner if {
	rule := _of("networking.istio.io/v1", "DestinationRule", "cart", {"host": "cart", "http": [{}], "routes": [{}]})
	_brief(_route, [rule]) == set()
	others := [{"kind": "Service", "name": "cart", "port": 81}, {"kind": "Service", "name": "x", "port": 80}]
	_brief(_route_on(80), [object.union(_grpc({}), {"spec": {"parentRefs": others}})]) == set()
}

test_alternatives if {
	twin := object.union(_virtual(_any), {"apiVersion": "networking.istio.io/v1beta1"})
	_brief(_route, [_virtual(_any), twin]) == set()
	_brief(_route, [_virtual(_any), _moved(twin, "other")]) == _one
	stored := object.union(_virtual(_any), {"metadata": {"uid": "u1"}})
	_brief(_route, [stored, object.union(twin, {"metadata": {"uid": "u1"}})]) == {["error", "spec.parentRefs[0]", 2]}
	calls := object.union(_grpc({}), {"apiVersion": "gateway.networking.k8s.io/v1alpha2"})
	_brief(_route, [_grpc({}), calls]) == set()
}

test_another_mesh if {
	namespaces := {"shop": {"annotations": {"linkerd.io/inject": "enabled"}}}
	_brief(_route, [_virtual(_any)]) == set() with data.lib.onelayer.config as {"namespaces": namespaces}
}

test_ports if {
	on_80 := _virtual({"http": [{"match": [{"port": 80}]}, {"match": [{"port": 81}]}]})
	_brief(_route, [on_80]) == _one
	_brief(_route_on(81), [on_80]) == _one
	_brief(_route_on(82), [on_80]) == set()
	_brief(_route_on(82), [_virtual(_any)]) == _one
	_brief(_route_on(82), [_virtual({"http": [{"match": [{"uri": {"prefix": "/"}}]}]})]) == _one
}

test_profiles if {
	_brief(_route, [_routed]) == _one
	_brief(_route, [_profile({"dstOverrides": [{"authority": "a"}]})]) == _one
	_brief(_route, [_profile({"routes": []})]) == set()
	_brief(_route, [_moved(_routed, "other")]) == set()
	consumer := _moved(
		object.union(_route, {"spec": {"parentRefs": [{
			"group": "core",
			"kind": "Service",
			"name": "cart",
			"namespace": "shop",
		}]}}),
		"other",
	)
	_brief(consumer, [_moved(_routed, "other")]) == _one
}

test_splits if {
	_brief(_route, [_split]) == _one
	_brief(_route, [_split, _routed]) == {["error", "spec.parentRefs[0]", 2]}
}

test_two_kinds_of_route if {
	_brief(_route, [_grpc({})]) == {["info", "spec.parentRefs[0]", 1]}
	_brief(_route_on(80), [_grpc({"port": 80})]) == {["info", "spec.parentRefs[0]", 1]}
	_brief(_route_on(80), [_grpc({"port": 81})]) == set()
	_brief(_route, [_grpc({"port": 81})]) == {["info", "spec.parentRefs[0]", 1]}
	_brief(_route, [_moved(_grpc({"namespace": "shop"}), "other")]) == set()
	_brief(_route, [_route]) == set()
}

test_messages if {
	{f.msg | some f in _beside(_route, [_virtual(_any)])} == {concat("", [
		"traffic/two-route-owners: VirtualService cart also routes calls to Service cart, and the mesh follows only ",
		"one of both; keep one of them",
	])}
	{f.msg | some f in _beside(_route, [_routed])} == {concat("", [
		"traffic/two-route-owners: ServiceProfile cart.shop.svc.cluster.local also routes calls to Service cart, and ",
		"the mesh follows it and ignores this route; keep one of them",
	])}
	{f.msg | some f in _beside(_route, [_grpc({})])} == {concat("", [
		"traffic/two-route-owners: GRPCRoute calls has Service cart as a parent too, and a mesh may follow only one of ",
		"them; keep one API",
	])}
}

test_an_owner_speaks_for_both if {
	_brief(_route, [_grpc({}), _virtual(_any)]) == _one
	{f.severity | some f in _beside(_route, [_grpc({})])} == {"info"}
}
