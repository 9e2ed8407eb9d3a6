package lib.onelayer.policies.resilience.probe_of_wrong_layer_test

import data.lib.onelayer.policies.resilience.probe_of_wrong_layer

_with(meta, container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": object.union({"labels": {"app": "web"}}, meta),
		"spec": {"containers": [object.union(
			{"name": "web", "ports": [{"name": "http", "containerPort": 8080}]},
			container,
		)]},
	}},
}

_rewriting := "sidecar.istio.io/rewriteAppHTTPProbers"

_off(container) := _with({"annotations": {_rewriting: "false"}}, container)

_sidecar := {"labels": {"istio-injection": "enabled"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_peer(mode) := {
	"apiVersion": "security.istio.io/v1",
	"kind": "PeerAuthentication",
	"metadata": {"name": "default", "namespace": "shop"},
	"spec": {"mtls": {"mode": mode}},
}

_found(obj, namespace, peers) := found if {
	found := probe_of_wrong_layer.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}},
		"namespace": {"shop": {"security.istio.io/v1": {"PeerAuthentication": {sprintf("%d", [index]): peer |
			some index, peer in peers
		}}}},
	}
}

_brief(obj, namespace, peers) := [[f.severity, f.path] | some f in _found(obj, namespace, peers)]

_at(field, how) := sprintf("spec.template.spec.containers[0].%s.%s.port", [field, how])

_get(port) := {"readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": port}}}

_warned := [["warning", _at("readinessProbe", "httpGet")]]

test_ports_of_proxies if {
	every port in [15020, 15021] {
		_brief(_with({}, _get(port)), _sidecar, []) == _warned
		_brief(_with({}, _get(port)), _linkerd, []) == []
		_brief(_with({}, _get(port)), {}, []) == []
	}
	_brief(_with({}, _get(4191)), _linkerd, []) == _warned
	_brief(_with({}, _get(4191)), _sidecar, []) == []
	_brief(_with({}, _get(8080)), _sidecar, []) == []
	_brief(_with({}, _get("http")), _sidecar, []) == []
	_brief(_with({}, _get("nowhere")), _sidecar, []) == []
	every field in ["readinessProbe", "livenessProbe", "startupProbe"] {
		every how in ["httpGet", "tcpSocket", "grpc"] {
			_brief(_with({}, {field: {how: {"port": 15021}}}), _sidecar, []) == [["warning", _at(field, how)]]
		}
	}
	_brief(_with({}, {"readinessProbe": {"httpGet": "odd"}}), _sidecar, []) == []
	_brief(_with({}, {"readinessProbe": {"odd": {"port": 15021}}}), _sidecar, []) == []
	_brief(_with({}, {"odd": {"httpGet": {"port": 15021}}}), _sidecar, []) == []
	_unknown(_with({}, _get(15021))) == ["warning"]
}

_unknown(obj) := [f.severity | some f in probe_of_wrong_layer.violation with input as obj]

test_ports_that_only_look_so if {
	_brief(_with({}, object.union(_get(15020), {"name": "istio-proxy", "image": "auto"})), _sidecar, []) == []
	_brief(_with({}, object.union(_get(4191), {"name": "linkerd-proxy"})), _linkerd, []) == []
	rewritten := {"readinessProbe": {"httpGet": {"path": "/app-health/web/readyz", "port": 15020}}}
	_brief(_with({}, rewritten), _sidecar, []) == []
	own := object.union(_get(4191), {"ports": [{"containerPort": 4191}]})
	_brief(_with({}, own), _linkerd, []) == []
}

_socket := {"livenessProbe": {"tcpSocket": {"port": 8080}}}

test_sockets_that_are_not_rewritten if {
	_brief(_off(_socket), _sidecar, []) == [["warning", _at("livenessProbe", "tcpSocket")]]
	_brief(_off(_socket), _sidecar, [_peer("STRICT")]) == [["warning", _at("livenessProbe", "tcpSocket")]]
	_unknown(_off(_socket)) == ["warning"]
	_brief(_off(_socket), _linkerd, []) == []
	_brief(_with({}, _socket), _sidecar, []) == []
	_brief(_with({"annotations": {_rewriting: "true"}}, _socket), _sidecar, []) == []
	_brief(_with({"annotations": {_rewriting: false}}, _socket), _sidecar, []) == [[
		"warning",
		_at("livenessProbe", "tcpSocket"),
	]]
}

test_requests_that_mtls_refuses if {
	every probe in [_get(8080), _get("http")] {
		_brief(_off(probe), _sidecar, [_peer("STRICT")]) == [["error", _at("readinessProbe", "httpGet")]]
		_brief(_off(probe), _sidecar, [_peer("PERMISSIVE")]) == []
		_brief(_off(probe), _sidecar, []) == []
		_brief(_with({}, probe), _sidecar, [_peer("STRICT")]) == []
	}
	grpc := {"readinessProbe": {"grpc": {"port": 8080}}}
	_brief(_off(grpc), _sidecar, [_peer("STRICT")]) == [["error", _at("readinessProbe", "grpc")]]
}

_excluding(key, value) := _with(
	{"annotations": {_rewriting: "false", sprintf("traffic.sidecar.istio.io/%s", [key]): value}},
	object.union(_socket, _get(8080)),
)

test_ports_past_the_sidecar if {
	_brief(_excluding("excludeInboundPorts", "8080"), _sidecar, [_peer("STRICT")]) == []
	_brief(_excluding("includeInboundPorts", "9090"), _sidecar, [_peer("STRICT")]) == []
	_brief(_excluding("includeInboundPorts", ""), _sidecar, [_peer("STRICT")]) == []
	every pair in [
		["excludeInboundPorts", "9090"], ["includeInboundPorts", "*"], ["includeInboundPorts", "8080"],
		["excludeInboundPorts", ""],
	] {
		count(_brief(_excluding(pair[0], pair[1]), _sidecar, [_peer("STRICT")])) == 2
	}
}

test_messages if {
	some f in _found(_with({}, _get(15021)), _sidecar, [])
	f.msg == concat("", [
		`resilience/probe-of-wrong-layer: readinessProbe of container "web" asks port 15021 of the sidecar, so nobody `,
		"learns whether the application is well; ask the application",
	])
	some socket in _found(_off(_socket), _sidecar, [])
	socket.msg == concat("", [
		`resilience/probe-of-wrong-layer: livenessProbe of container "web" is not rewritten, so the sidecar answers for `,
		"the socket always; remove rewriteAppHTTPProbers",
	])
	[place.path | some place in socket.related] == [
		`spec.template.metadata.annotations["sidecar.istio.io/rewriteAppHTTPProbers"]`,
	]
	some refused in _found(_off(_get(8080)), _sidecar, [_peer("STRICT")])
	refused.msg == concat("", [
		`resilience/probe-of-wrong-layer: readinessProbe of container "web" is not rewritten, and PeerAuthentication `,
		"default refuses the kubelet; remove rewriteAppHTTPProbers",
	])
	[place.note | some place in refused.related] == ["switches the rewriting of probes off", "takes mTLS only"]
}

_pair(own, probe, other) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": object.union(
		{"containers": [
			object.union({"name": "app", "image": "shop/app:1", "ports": own}, probe),
			{"name": "side", "image": other, "ports": [{"name": "web", "containerPort": 8080}]},
		]},
		{"initContainers": [{"name": "init", "image": "nginx:1", "ports": [{"containerPort": 7070}]}]},
	)}},
}

_pairs_found(own, probe, other) := {[f.severity, f.path] |
	some f in probe_of_wrong_layer.violation with input as _pair(own, probe, other)
}

test_a_port_of_a_proxy_in_the_pod if {
	own := [{"name": "http", "containerPort": 3000}]
	asked := {["warning", "spec.template.spec.containers[0].readinessProbe.httpGet.port"]}
	_pairs_found(own, _get(8080), "x/nginx:1.27") == asked
	_pairs_found([], _get(8080), "haproxy") == asked
	_pairs_found(own, _get(3000), "x/nginx:1.27") == set()
	_pairs_found(own, _get("http"), "x/nginx:1.27") == set()
	_pairs_found(own, _get(9090), "x/nginx:1.27") == set()
	_pairs_found(own, _get(7070), "x/nginx:1.27") == set()
	_pairs_found(own, _get(8080), "x/exporter:1") == set()
	_pairs_found([{"containerPort": 8080}], _get(8080), "x/nginx:1.27") == set()
	proxies := object.union(_pair(own, {}, "x"), {"spec": {"template": {"spec": {"containers": [
		object.union({"name": "nginx", "image": "nginx:1", "ports": own}, _get(8080)),
		{"name": "haproxy", "image": "haproxy:1", "ports": [{"containerPort": 8080}]},
	]}}}})
	count(probe_of_wrong_layer.violation) == 0 with input as proxies
	some f in probe_of_wrong_layer.violation with input as _pair(own, _get(8080), "nginx:1")
	f.msg == concat("", [
		`resilience/probe-of-wrong-layer: readinessProbe of container "app" asks port 8080 of the proxy "side", `,
		"so nobody learns whether the application is well; ask the application",
	])
	f.related == [{
		"note": "listens there",
		"object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
		"path": "spec.template.spec.containers[1]",
	}]
}
