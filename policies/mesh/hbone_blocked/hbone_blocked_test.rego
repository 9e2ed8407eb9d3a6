package lib.onelayer.policies.mesh.hbone_blocked_test

import data.lib.onelayer.policies.mesh.hbone_blocked

_policy(name, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "NetworkPolicy",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": object.union({"podSelector": {"matchLabels": {"app": "web"}}}, spec),
}

_found(policy, labels, others) := found if {
	found := hbone_blocked.violation with input as policy with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": {"name": "shop", "labels": labels},
		}}}},
		"namespace": {"shop": {"networking.k8s.io/v1": {"NetworkPolicy": {sprintf("%d", [index]): other |
			some index, other in others
		}}}},
	}
}

_ambient := {"istio.io/dataplane-mode": "ambient"}

_places(spec) := [[f.severity, f.path] | some f in _found(_policy("web", spec), _ambient, [])]

_http := {"port": 8080}

_pods := [{"podSelector": {"matchLabels": {"app": "api"}}}]

_in(ports) := {"ingress": [{"from": _pods, "ports": ports}]}

_out(ports) := {"egress": [{"to": _pods, "ports": ports}]}

_blocked := [["warning", "spec.ingress[0].ports"]]

_shut := [["warning", "spec.egress[0].ports"]]

test_ports_of_the_application_only if {
	_places(_in([_http])) == _blocked
	_places(_in([{"port": "http", "protocol": "TCP"}])) == _blocked
	_places({"ingress": [{"ports": [_http]}]}) == _blocked
	_places({"ingress": [{"from": [], "ports": [_http]}]}) == _blocked
	_places({"ingress": [{"from": [{"namespaceSelector": {}}], "ports": [_http]}]}) == _blocked
	_places(_out([_http])) == _shut
	_places({"egress": [{"to": [{"namespaceSelector": {}}], "ports": [_http]}]}) == _shut
	first := {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [_http]}
	_places({"ingress": [first, {"ports": [_http]}]}) == [["warning", "spec.ingress[1].ports"]]
}

test_only_ambient_pods if {
	_found(_policy("web", _in([_http])), {"istio-injection": "enabled"}, []) == set()
	_found(_policy("web", _in([_http])), {}, []) == set()
	out := {"podSelector": {"matchLabels": {"istio.io/dataplane-mode": "none"}}}
	_found(_policy("web", object.union(_in([_http]), out)), _ambient, []) == set()
	every choice in [{}, {"matchLabels": 3}, {"matchExpressions": []}] {
		policy := object.union(object.remove(_policy("web", {}), ["spec"]), {"spec": object.union(
			{"podSelector": choice},
			_in([_http]),
		)})
		count(_found(policy, _ambient, [])) == 1
	}
	hbone_blocked.violation == set() with input as _policy("web", _in([_http]))
}

test_the_tunnel_is_let_in if {
	every ports in [
		[_http, {"port": 15008}], [_http, {"port": 15000, "endPort": 15100}], [_http, {"protocol": "TCP"}],
		[{"port": 15008, "endPort": 15008}], [{"port": 15008, "protocol": "TCP"}], [],
	] {
		_places(_in(ports)) == []
	}
	_places({"ingress": [{"ports": [_http]}, {"from": _pods}]}) == []
	_places({"ingress": [{"ports": [_http]}, {"ports": []}]}) == []
	every ports in [
		[_http, {"port": 15008, "protocol": "UDP"}], [_http, {"port": 15009, "endPort": 15100}],
		[_http, {"port": 15000, "endPort": 15007}], [_http, {"port": 15000}], [_http, {"port": "a", "endPort": "b"}],
		[_http, {"port": "15008"}], [_http, "odd"], [_http, {"port": 15000, "endPort": "x"}],
	] {
		_places(_in(ports)) == _blocked
	}
}

test_what_is_no_traffic_of_the_mesh if {
	every peers in [[{"ipBlock": {"cidr": "10.0.0.0/8"}}], [{"podSelector": 3}], "odd"] {
		_places({"ingress": [{"from": peers, "ports": [_http]}]}) == []
		_places({"egress": [{"to": peers, "ports": [_http]}]}) == []
	}
	_places({"egress": [{"ports": [_http]}]}) == []
	every port in [53, "53", "dns", "dns-tcp"] {
		_places(_out([{"port": port}])) == []
	}
	_places(_out([{"port": 8080, "protocol": "UDP"}])) == []
	_places({"ingress": []}) == []
	_places({}) == []
	_places({"ingress": "odd"}) == []
}

test_types if {
	_places(object.union(_in([_http]), {"policyTypes": ["Egress"]})) == []
	_places(object.union(_in([_http]), {"policyTypes": ["Ingress"]})) == _blocked
	_places(object.union(_out([_http]), {"policyTypes": ["Ingress"]})) == []
	_places(object.union(_out([_http]), {"policyTypes": ["Ingress", "Egress"]})) == _shut
}

test_policies_add_up if {
	policy := _policy("web", _in([_http]))
	opened := {"ingress": [{"ports": [{"port": 15008}]}]}
	count(_found(policy, _ambient, [policy, _policy("hbone", opened)])) == 0
	count(_found(policy, _ambient, [policy, _policy("web", opened)])) == 1
	count(_found(policy, _ambient, [policy, _policy("other", _in([_http]))])) == 1
	count(_found(policy, _ambient, [policy, _policy("out", _out([{"port": 15008}]))])) == 1
	egress_only := object.union(opened, {"policyTypes": ["Egress"]})
	count(_found(policy, _ambient, [policy, _policy("typed", egress_only)])) == 1
}

test_messages if {
	some f in _found(_policy("web", _in([_http])), _ambient, [])
	f.msg == concat("", [
		"mesh/hbone-blocked: ingress lists ports without 15008, so Kubernetes drops what the mesh tunnels to these Pods; ",
		"add 15008/TCP",
	])
	some other in _found(_policy("web", _out([_http])), _ambient, [])
	contains(other.msg, "egress lists ports without 15008, so Kubernetes drops what the mesh tunnels from these Pods")
}
