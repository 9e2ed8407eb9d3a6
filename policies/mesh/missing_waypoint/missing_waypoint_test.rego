package lib.onelayer.policies.mesh.missing_waypoint_test

import data.lib.onelayer.policies.mesh.missing_waypoint

_of(api, kind, name, spec) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

_service(labels) := object.union(
	_of("v1", "Service", "web", {"selector": {"app": "web"}}),
	{"metadata": {"labels": labels}},
)

_gateway(labels) := object.union(
	_of("gateway.networking.k8s.io/v1", "Gateway", "waypoint", {"gatewayClassName": "istio-waypoint"}),
	{"metadata": {"labels": labels}},
)

_hosts(hosts, spec) := _of(
	"networking.istio.io/v1", "VirtualService", "web",
	object.union({"hosts": hosts, "http": [{"route": []}]}, spec),
)

_rule(policy) := _of("networking.istio.io/v1", "DestinationRule", "web", {"host": "web", "trafficPolicy": policy})

_route(kind, parent) := _of("gateway.networking.k8s.io/v1", kind, "web", {"parentRefs": [parent]})

_web := _hosts(["web"], {})

_ambient := {"istio.io/dataplane-mode": "ambient"}

_used := {"istio.io/use-waypoint": "waypoint"}

_found(obj, namespace, services, gateways) := found if {
	found := missing_waypoint.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": {"name": "shop", "labels": namespace},
		}}}},
		"namespace": {"shop": {
			"v1": {"Service": services},
			"gateway.networking.k8s.io/v1": {"Gateway": gateways},
		}},
	}
}

_places(obj, namespace, services) := [[f.severity, f.path] | some f in _found(obj, namespace, services, {})]

_bare := {"web": _service({})}

_host := [["warning", "spec.hosts[0]"]]

test_routes_that_nobody_reads if {
	_places(_web, _ambient, _bare) == _host
	_places(_hosts(["web.shop.svc.cluster.local"], {}), _ambient, _bare) == _host
	_places(_hosts(["web"], {"http": [], "tls": [{}]}), _ambient, _bare) == _host
	_places(_hosts(["api", "web"], {}), _ambient, _bare) == [["warning", "spec.hosts[1]"]]
	_places(_hosts(["web"], {"gateways": ["edge"]}), _ambient, _bare) == []
	_places(_hosts(["web"], {"http": []}), _ambient, _bare) == []
	_places(_hosts(["web"], {"http": "odd"}), _ambient, _bare) == []
	_places(_hosts(["shop.example.com"], {}), _ambient, _bare) == []
	_places(_web, _ambient, {}) == []
	_places(_web, {"istio-injection": "enabled"}, _bare) == []
	_places(_web, {}, _bare) == []
}

test_waypoints if {
	_places(_web, _ambient, {"web": _service(_used)}) == []
	_places(_web, object.union(_ambient, _used), _bare) == []
	_places(_web, object.union(_ambient, _used), {"web": _service({"istio.io/use-waypoint": "none"})}) == _host
}

test_waypoints_that_are_missing if {
	served := {"web": _service(_used)}
	count(_found(_web, _ambient, served, {})) == 0
	count(_found(_web, _ambient, served, {"waypoint": _gateway({})})) == 0
	other := object.union(_gateway({}), {"metadata": {"name": "other"}})
	count(_found(_web, _ambient, served, {"other": other})) == 1
	count(_found(_web, {}, served, {"other": other})) == 0
	every class in ["istio", "", 3] {
		edge := object.union(other, {"spec": {"gatewayClassName": class}})
		count(_found(_web, _ambient, served, {"other": edge})) == 0
	}
}

test_waypoints_for_something_else if {
	served := {"web": _service(_used)}
	every purpose in ["workload", "none"] {
		gateway := _gateway({"istio.io/waypoint-for": purpose})
		count(_found(_web, _ambient, served, {"waypoint": gateway})) == 1
		count(_found(_web, {}, served, {"waypoint": gateway})) == 0
		count(_found(_web, _ambient, served, {"waypoint": gateway, "waypoint#2": _gateway({})})) == 0
	}
	every purpose in ["service", "all"] {
		count(_found(_web, _ambient, served, {"waypoint": _gateway({"istio.io/waypoint-for": purpose})})) == 0
	}
}

test_rules_about_requests if {
	prefix := "spec.trafficPolicy"
	_places(_rule({"outlierDetection": {}}), _ambient, _bare) == [[
		"warning",
		concat(".", [prefix, "outlierDetection"]),
	]]
	_places(_rule({"connectionPool": {"http": {}}}), _ambient, _bare) == [[
		"warning",
		concat(".", [prefix, "connectionPool.http"]),
	]]
	every key in ["httpHeaderName", "httpCookie", "httpQueryParameterName"] {
		_places(_rule({"loadBalancer": {"consistentHash": {key: "x"}}}), _ambient, _bare) == [[
			"warning",
			concat(".", [prefix, "loadBalancer.consistentHash"]),
		]]
	}
	every policy in [
		{}, "odd", {"connectionPool": {"tcp": {}}}, {"tls": {"mode": "ISTIO_MUTUAL"}}, {"outlierDetection": "odd"},
		{"loadBalancer": {"consistentHash": {"useSourceIp": true}}}, {"connectionPool": {"http": 3}},
	] {
		_places(_rule(policy), _ambient, _bare) == []
	}
	_places(_rule({"outlierDetection": {}}), _ambient, {"web": _service(_used)}) == []
	_places(_rule({"outlierDetection": {}}), _ambient, {}) == []
}

test_routes_of_services if {
	every kind in ["HTTPRoute", "GRPCRoute"] {
		_places(_route(kind, {"kind": "Service", "name": "web"}), _ambient, _bare) == [["warning", "spec.parentRefs[0]"]]
		_places(_route(kind, {"kind": "Gateway", "name": "web"}), _ambient, _bare) == []
		_places(_route(kind, {"kind": "Service", "name": "api"}), _ambient, _bare) == []
	}
}

test_candidates_that_differ if {
	_places(_web, _ambient, {"web": _service({}), "web#2": _service({})}) == _host
	both := {"web": _service({}), "web#2": _service(_used)}
	_prepared(_web, both) == []
	_prepared(_web, {"web": _service({}), "web#2": _service({})}) == _host
}

_prepared(obj, services) := places if {
	inventory := {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": {"name": "shop", "labels": _ambient},
		}}}},
		"namespace": {"shop": {"v1": {"Service": services}}},
	}
	computed := data.lib.onelayer.inventory.computed with data.inventory as inventory
	places := [[f.severity, f.path] |
		some f in missing_waypoint.violation
	] with input as obj with data.inventory as inventory with data.lib.onelayer.prepared as computed
}

test_unknown_namespaces if {
	pod := object.union(
		_of("v1", "Pod", "web", {"containers": []}),
		{"metadata": {"labels": {"app": "web"}, "annotations": {"ambient.istio.io/redirection": "enabled"}}},
	)
	inventory := {"namespace": {"shop": {"v1": {"Service": _bare, "Pod": {"web": pod}}}}}
	count(missing_waypoint.violation) == 0 with input as _web with data.inventory as inventory
}

_policy(kind, spec) := _of("security.istio.io/v1", kind, "web", spec)

_allowing(rule) := _policy("AuthorizationPolicy", {"rules": [rule]})

test_policies_without_a_waypoint if {
	every field in ["methods", "notMethods", "paths", "notPaths", "hosts", "notHosts"] {
		_places(_allowing({"to": [{"operation": {field: ["x"]}}]}), _ambient, {}) == [[
			"warning",
			concat(".", ["spec.rules[0].to[0].operation", field]),
		]]
	}
	every field in ["requestPrincipals", "notRequestPrincipals"] {
		_places(_allowing({"from": [{"source": {field: ["*"]}}]}), _ambient, {}) == [[
			"warning",
			concat(".", ["spec.rules[0].from[0].source", field]),
		]]
	}
	_places(_allowing({"when": [{"key": "request.headers[x]"}]}), _ambient, {}) == [[
		"warning",
		"spec.rules[0].when[0].key",
	]]
	every rule in [
		{"to": [{"operation": {"ports": ["80"]}}]}, {"from": [{"source": {"principals": ["*"]}}]}, "odd",
		{"when": [{"key": "source.namespace"}]}, {"when": ["odd"]},
	] {
		_places(_allowing(rule), _ambient, {}) == []
	}
	_places(_policy("RequestAuthentication", {"jwtRules": []}), _ambient, {}) == [["warning", "spec"]]
	_places(_of("extensions.istio.io/v1alpha1", "WasmPlugin", "web", {"url": "x"}), _ambient, {}) == [["warning", "spec"]]
	_places(_policy("PeerAuthentication", {}), _ambient, {}) == []
}

test_policies_that_are_read if {
	every field in [{"targetRefs": [{"kind": "Gateway"}]}, {"targetRef": {"kind": "Gateway"}}] {
		_places(_policy("RequestAuthentication", field), _ambient, {}) == []
	}
	_places(_policy("RequestAuthentication", {}), {"istio-injection": "enabled"}, {}) == []
	out := {"selector": {"matchLabels": {"istio.io/dataplane-mode": "none"}}}
	_places(_policy("RequestAuthentication", out), _ambient, {}) == []
	_places(_policy("RequestAuthentication", {"selector": "odd"}), _ambient, {}) == [["warning", "spec"]]
}

test_messages if {
	_said(_web, _bare, {}) == concat("", [
		"mesh/missing-waypoint: this VirtualService for Service web has no waypoint, and ztunnel reads no request; ",
		"label it istio.io/use-waypoint",
	])
	contains(_said(_rule({"outlierDetection": {}}), _bare, {}), ": outlierDetection for Service web has no waypoint")
	contains(_said(_route("GRPCRoute", {"kind": "Service", "name": "web"}), _bare, {}), ": this GRPCRoute for")
	_said(_policy("RequestAuthentication", {}), _bare, {}) == concat("", [
		"mesh/missing-waypoint: RequestAuthentication is not attached to a waypoint, and ztunnel reads no request; ",
		"attach it by targetRefs",
	])
	served := {"web": _service(_used)}
	other := object.union(_gateway({}), {"metadata": {"name": "other"}})
	_said(_web, served, {"other": other}) == concat("", [
		"mesh/missing-waypoint: this VirtualService for Service web has waypoint waypoint, which is not there, and ztunnel ",
		"reads no request; make that Gateway",
	])
	pods := {"waypoint": _gateway({"istio.io/waypoint-for": "workload"})}
	_said(_web, served, pods) == concat("", [
		"mesh/missing-waypoint: this VirtualService for Service web has waypoint waypoint, which takes calls to Pods only, ",
		"and ztunnel reads no request; label that Gateway istio.io/waypoint-for: service",
	])
	some f in _found(_web, _ambient, served, pods)
	f.related == [{
		"note": "uses the waypoint by the label of its Service",
		"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
		"path": "metadata",
	}]
}

_said(obj, services, gateways) := concat("|", [f.msg | some f in _found(obj, _ambient, services, gateways)])
