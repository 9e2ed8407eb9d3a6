package lib.onelayer.policies.traffic.mesh_balancer_disabled_test

import data.lib.onelayer.policies.traffic.mesh_balancer_disabled

_rule(spec) := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "DestinationRule",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"host": "web"}, spec),
}

_entry(spec) := {
	"apiVersion": "networking.istio.io/v1beta1",
	"kind": "ServiceEntry",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_service(annotations) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": {"ports": [{"port": 80}]},
}

_found(obj) := _with(obj, {})

_with(obj, parameters) := {[f.severity, f.path] |
	some f in mesh_balancer_disabled.violation with input as obj
		with data.lib.onelayer.config as {"rules": {"traffic/mesh-balancer-disabled": {"parameters": parameters}}}
}

_said(obj) := concat("|", [f.msg | some f in mesh_balancer_disabled.violation with input as obj])

_through := {"loadBalancer": {"simple": "PASSTHROUGH"}}

_ports := {"portLevelSettings": [{"port": {"number": 80}}, _through]}

_local := "web.shop.svc.cluster.local"

test_everywhere_in_a_destination_rule if {
	_found(_rule({"trafficPolicy": _through})) == {["warning", "spec.trafficPolicy.loadBalancer.simple"]}
	_found(_rule({"trafficPolicy": _ports})) == {
		["warning", "spec.trafficPolicy.portLevelSettings[1].loadBalancer.simple"],
	}
	_found(_rule({"subsets": [{"name": "v1"}, {"name": "v2", "trafficPolicy": _through}]})) == {
		["warning", "spec.subsets[1].trafficPolicy.loadBalancer.simple"],
	}
	_found(_rule({"subsets": [{"name": "v1", "trafficPolicy": _ports}]})) == {
		["warning", "spec.subsets[0].trafficPolicy.portLevelSettings[1].loadBalancer.simple"],
	}
}

test_balancers_that_balance if {
	every simple in ["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "passthrough", 7] {
		_found(_rule({"trafficPolicy": {"loadBalancer": {"simple": simple}}})) == set()
	}
	_found(_rule({})) == set()
	_found(_rule({"trafficPolicy": "odd", "subsets": [7, {"trafficPolicy": []}]})) == set()
	_found({"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "spec": []}) == set()
	_with(_rule({"trafficPolicy": _through}), {"allowed_hosts": ["web"]}) == set()
	_with(_rule({"trafficPolicy": _through}), {"allowed_hosts": ["db"]}) != set()
}

test_hosts_of_the_cluster if {
	_found(_entry({"hosts": [_local], "resolution": "NONE"})) == {["warning", "spec.resolution"]}
	_found(_entry({"hosts": [_local]})) == {["warning", "spec"]}
	_found(_entry({"hosts": [_local], "resolution": "STATIC"})) == set()
	_found(_entry({"hosts": ["api.example.com", 7], "resolution": "NONE"})) == set()
	_found(_entry({"hosts": "odd"})) == set()
	_found(_entry("odd")) == set()
	_with(_entry({"hosts": [_local]}), {"allowed_hosts": [_local]}) == set()
	_found(_entry({"hosts": ["*.shop.svc.cluster.local"]})) == {["warning", "spec"]}
	other := {"mesh": {"cluster_domain": "shop.example.com"}}
	every host, findings in {_local: 0, "web.shop.svc.shop.example.com": 1} {
		count(mesh_balancer_disabled.violation) == findings with data.lib.onelayer.config as other
			with input as _entry({"hosts": [host]})
	}
}

test_services_that_are_exported_to_nobody if {
	_found(_service({"networking.istio.io/exportTo": "~"})) == {
		["warning", `metadata.annotations["networking.istio.io/exportTo"]`],
	}
	_found(_service({"networking.istio.io/exportTo": "."})) == set()
	_found(_service({"networking.istio.io/exportTo": 7})) == set()
	_found(_service({})) == set()
}

test_messages if {
	_said(_rule({"trafficPolicy": _through})) == concat("", [
		"traffic/mesh-balancer-disabled: PASSTHROUGH for host web takes balancing of requests from the mesh and gives it to ",
		"nobody; use ",
		"LEAST_REQUEST or list the host in allowed_hosts",
	])
	_said(_entry({"hosts": [_local]})) == concat("", [
		"traffic/mesh-balancer-disabled: resolution NONE for host web.shop.svc.cluster.local of the cluster bypasses its ",
		"Service, so the mesh does not balance; remove the host",
	])
	_said(_service({"networking.istio.io/exportTo": "~"})) == concat("", [
		"traffic/mesh-balancer-disabled: exportTo ~ hides this Service from every proxy, so the mesh does not balance calls ",
		"to it; remove it or use .",
	])
}
