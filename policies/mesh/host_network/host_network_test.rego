package lib.onelayer.policies.mesh.host_network_test

import data.lib.onelayer.policies.mesh.host_network

_of(kind, spec) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": object.union({"containers": [{"name": "web"}]}, spec)}},
}

_found(obj, config) := {[f.severity, f.path] |
	some f in host_network.violation with input as obj with data.lib.onelayer.config as config
}

_in(namespace, obj) := _found(obj, {"namespaces": {"shop": namespace}})

_injects := {"labels": {"istio-injection": "enabled"}}

_host := {"hostNetwork": true}

_path := "spec.template.spec.hostNetwork"

test_meshed_namespaces if {
	_in(_injects, _of("Deployment", _host)) == {["warning", _path]}
	_in({"labels": {"istio.io/dataplane-mode": "ambient"}}, _of("StatefulSet", _host)) == {["warning", _path]}
	_in({"annotations": {"linkerd.io/inject": "enabled"}}, _of("Deployment", _host)) == {["warning", _path]}
	_found(_of("Deployment", _host), {"mesh": {"assume_mesh": "linkerd"}}) == {["warning", _path]}
}

test_other_namespaces if {
	_in({}, _of("Deployment", _host)) == set()
	_found(_of("Deployment", _host), {}) == set()
	_in(_injects, _of("Deployment", {})) == set()
	_in(_injects, _of("Deployment", {"hostNetwork": "true"})) == set()
	_in(_injects, _of("Deployment", {"hostNetwork": false})) == set()
}

test_agents_of_the_node if {
	_in(_injects, _of("DaemonSet", _host)) == {["info", _path]}
	critical := object.union(_host, {"priorityClassName": "system-node-critical"})
	_in(_injects, _of("DaemonSet", critical)) == set()
	_in(_injects, _of("Deployment", critical)) == {["warning", _path]}
	_in(_injects, _of("DaemonSet", object.union(_host, {"priorityClassName": "high"}))) == {["info", _path]}
}

test_message if {
	some f in host_network.violation with input as _of("Deployment", _host)
		with data.lib.onelayer.config as {"namespaces": {"shop": _injects}}
	f.msg == concat("", [
		"mesh/host-network: hostNetwork hides this Pod from Istio's sidecar that its namespace gives, so no layer owns its ",
		"mTLS; remove hostNetwork or leave the namespace",
	])
}
