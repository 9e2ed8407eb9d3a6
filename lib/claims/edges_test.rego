package lib.onelayer.claims_test

import data.lib.onelayer.claims

_api := {
	"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api", "namespace": "shop"},
	"spec": {"selector": {"app": "api"}},
}

_calling(variables) := _deployment({"containers": [object.union(_web, {"env": [
{"name": name, "value": value} | some name, value in variables]})]})

_edges(variables, mode, objects) := _entry(_calling(variables), mode, object.union(
	{"v1": {"Service": {
		"api": _api, "web": _service({}, {}),
	}}},
	objects,
)).edges

_tries(edge) := [edge.connect, edge.server_error, edge.bound_ms]

_to_api(spec) := _of("VirtualService", "networking.istio.io/v1", "api", object.union({"hosts": ["api"]}, spec))

test_calls_by_variables if {
	every value in [
		"http://api:8080/v1", "http://api", "grpc://user:word@api.shop:50051", "api:8080",
		"https://api.shop.svc.cluster.local/x?y", "api.shop.svc", "api.shop.svc.cluster.local",
	] {
		[edge] := _edges({"API_URL": value}, "none", {})
		edge.to.name == "api"
		edge.from.name == "web"
		edge.certain
		edge.layers == []
		_tries(edge) == [1, 1, null]
	}
	every value in ["api", "http://other:80", "http://web:80", "postgres", "http://api.example.com", ""] {
		_edges({"API_URL": value}, "none", {}) == []
	}
}

test_tries_of_istio if {
	[plain] := _edges({"A": "http://api"}, "sidecar", {})
	_tries(plain) == [3, 1, null]
	plain.layers[0].path == ["spec", "template", "spec", "containers", 0, "env", 0]
	[own] := _edges({"A": "http://api", "HTTP_RETRIES": "3"}, "sidecar", {})
	_tries(own) == [12, 4, null]
	[layer.layer | some layer in own.layers] == ["container", "mesh"]
	answers := _to_api({"http": [{"retries": {"attempts": 3, "retryOn": "5xx", "perTryTimeout": "1s"}, "timeout": "3s"}]})
	[routed] := _edges({"A": "http://api", "MAX_RETRIES": "3"}, "sidecar", answers)
	_tries(routed) == [16, 16, 12000]
	routed.layers[1].object.kind == "VirtualService"
	routed.layers[1].path == ["spec", "http", 0, "retries"]
	each := _to_api({"http": [{"retries": {"attempts": 3, "retryOn": "503", "perTryTimeout": "1s"}}]})
	[bound] := _edges({"A": "http://api"}, "sidecar", each)
	_tries(bound) == [1, 4, 4075]
	[off] := _edges({"A": "http://api"}, "sidecar", _to_api({"http": [{"retries": {"attempts": 0}}]}))
	_tries(off) == [1, 1, null]
	[odd] := _edges({"A": "http://api"}, "sidecar", _to_api({"http": [{"retries": {"attempts": "many"}}]}))
	_tries(odd) == [3, 1, null]
	[endless] := _edges({"A": "http://api"}, "sidecar", _to_api({"http": [{"retries": {"attempts": 100000}}]}))
	_tries(endless) == [1, 1, null]
	[timed] := _edges({"A": "http://api"}, "sidecar", _to_api({"http": [{"timeout": "2s"}]}))
	_tries(timed) == [3, 1, 2000]
	several := _to_api({"http": [{"retries": {"attempts": 1}}, {"retries": {"attempts": 4}}]})
	[most] := _edges({"A": "http://api"}, "sidecar", several)
	_tries(most) == [5, 1, null]
	edge := _to_api({"gateways": ["public"], "http": [{
		"retries": {"attempts": 9},
		"route": [{"destination": {"host": "api"}}],
	}]})
	[inside] := _edges({"A": "http://api"}, "sidecar", edge)
	_tries(inside) == [3, 1, null]
}

_waypointed(name) := object.union(_api, {"metadata": {"labels": {"istio.io/use-waypoint": name}}})

test_tries_by_waypoints if {
	[without] := _edges({"A": "http://api"}, "ambient", {})
	_tries(without) == [1, 1, null]
	[within] := _edges({"A": "http://api"}, "waypoint", {})
	_tries(within) == [3, 1, null]
	[opted] := _edges({"A": "http://api"}, "waypoint", {"v1": {"Service": {"api": _waypointed("none")}}})
	_tries(opted) == [1, 1, null]
	[labelled] := _edges({"A": "http://api"}, "ambient", {"v1": {"Service": {"api": _waypointed("edge")}}})
	_tries(labelled) == [3, 1, null]
}

test_tries_of_the_application if {
	every given in [
		["RETRIES", "2", 3], ["RETRY_COUNT", "1", 2], ["AXIOS_RETRY_LIMIT", "5", 6], ["KAFKA_RETRIES", "5", 1],
		["RETRIES", "0", 1], ["RETRIES", "many", 1], ["RETRY_DELAY", "5", 1],
	] {
		[edge] := _edges({"A": "http://api", given[0]: given[1]}, "none", {})
		_tries(edge) == [given[2], given[2], null]
	}
	[edge] := _edges({"A": "http://api", "RETRIES": "2", "GRPC_RETRIES": "4"}, "none", {})
	_tries(edge) == [5, 5, null]
}

_annotated_api(annotations) := {"v1": {"Service": {
	"api": object.union(_api, {"metadata": {"annotations": annotations}}),
	"web": _service({}, {}),
}}}

test_tries_of_linkerd if {
	[plain] := _edges({"A": "http://api"}, "linkerd", {})
	_tries(plain) == [1, 1, null]
	[once] := _edges({"A": "http://api"}, "linkerd", _annotated_api({"retry.linkerd.io/http": "5xx"}))
	_tries(once) == [1, 2, null]
	[limited] := _edges({"A": "http://api"}, "linkerd", _annotated_api({"retry.linkerd.io/limit": "4"}))
	_tries(limited) == [1, 5, null]
	route := {"gateway.networking.k8s.io/v1": {"HTTPRoute": {"api": {
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
		"metadata": {"name": "api", "namespace": "shop", "annotations": {"retry.linkerd.io/limit": "2"}},
		"spec": {"parentRefs": [{"kind": "Service", "name": "api"}], "rules": [{"retry": {"attempts": 8}}]},
	}}}}
	[routed] := _edges({"A": "http://api"}, "linkerd", object.union(
		_annotated_api({"retry.linkerd.io/limit": "4"}),
		route,
	))
	_tries(routed) == [1, 3, null]
	routed.layers[0].note == "HTTPRoute api lets Linkerd try 3 times"
}

_by_rule(retry) := edges[0] if {
	edges := _edges({"A": "http://api"}, "sidecar", _of("HTTPRoute", "gateway.networking.k8s.io/v1", "api", {
		"parentRefs": [{"kind": "Service", "name": "api"}],
		"rules": [{"retry": retry}],
	}))
}

test_tries_of_routes_of_the_gateway_api if {
	_tries(_by_rule({})) == [3, 1, null]
	_tries(_by_rule({"attempts": 4, "codes": [503]})) == [5, 5, null]
	_tries(_by_rule({"attempts": 0})) == [1, 1, null]
}

test_a_caller_whose_mesh_is_unknown if {
	entries := claims.workloads with input as _calling({"A": "http://api"})
		with data.inventory as {"namespace": {"shop": {"v1": {"Service": {"api": _api}}}}}
	[edge] := entries[0].edges
	not edge.certain
	_tries(edge) == [1, 1, null]
}

_entering(gateway) := entry.edges if {
	entry := _entry(_deployment(_plain), "sidecar", _routed({
		"hosts": ["shop.example.com"],
		"gateways": [gateway],
		"http": [{
			"retries": {"attempts": 2, "retryOn": "connect-failure"},
			"route": [{"destination": {"host": "web"}}],
		}],
	}))
}

test_entrances_by_gateways if {
	[near] := _entering("public")
	near.from == {"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "namespace": "shop", "name": "public"}
	near.to.name == "web"
	_tries(near) == [3, 1, null]
	[far] := _entering("edge/public")
	far.from.namespace == "edge"
	_entering("a/b/c") == []
}
