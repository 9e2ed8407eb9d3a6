package lib.onelayer.policies.traffic.undeclared_protocol_test

import data.lib.onelayer.policies.traffic.undeclared_protocol

_service(meta, ports) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, meta),
	"spec": {"selector": {"app": "web"}, "ports": ports},
}

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"labels": {"app": "web"}},
		"spec": {"containers": [object.union({"name": "web"}, container)]},
	}},
}

_sidecar := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_waypoint := {"labels": {"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_found(service, namespace, workloads) := found if {
	found := undeclared_protocol.violation with input as service with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}},
		"namespace": {"shop": {"apps/v1": {"Deployment": {sprintf("%d", [index]): obj | some index, obj in workloads}}}},
	}
}

_of(port, namespace, workloads) := [[f.severity, f.path] | some f in _found(_service({}, [port]), namespace, workloads)]

_protocol := "spec.ports[0].appProtocol"

test_what_linkerd_takes_for_opaque if {
	every value in [
		"grpc", "GRPC", "grpc-web", "http2", "h2c", "http/2", "http/1.1", "HTTP", "kubernetes.io/ws", "kubernetes.io/http",
		"kubernetes.io/grpc", "kubernetes.io/http2",
	] {
		_of({"name": "x", "port": 80, "appProtocol": value}, _linkerd, []) == [["error", _protocol]]
	}
	every value in [
		"http", "kubernetes.io/h2c", "linkerd.io/opaque", "linkerd.io/tcp", "tcp", "tls", "https", "redis",
		"kubernetes.io/wss", "", 3, null,
	] {
		_of({"name": "x", "port": 80, "appProtocol": value}, _linkerd, []) == []
	}
	_of({"name": "x", "port": 80}, _linkerd, []) == []
	_of({"name": "x", "port": 80, "appProtocol": "grpc"}, _sidecar, []) == []
	_of({"name": "x", "port": 80, "appProtocol": "grpc"}, {}, []) == []
	some f in _found(_service({}, [{"port": 1}, {"port": 80, "appProtocol": "grpc"}]), _linkerd, [])
	f.path == "spec.ports[1].appProtocol"
}

test_what_is_opaque_on_purpose if {
	port := {"name": "x", "port": 80, "appProtocol": "grpc"}
	_found(_service({"annotations": {"config.linkerd.io/opaque-ports": "80"}}, [port]), _linkerd, []) == set()
	count(_found(_service({"annotations": {"config.linkerd.io/opaque-ports": "90"}}, [port]), _linkerd, [])) == 1
}

test_ports_without_a_protocol if {
	_of({"port": 80}, _sidecar, []) == [["info", "spec.ports[0]"]]
	_of({"name": "web", "port": 80}, _sidecar, []) == [["info", "spec.ports[0].name"]]
	_of({"name": "web", "port": 80, "protocol": "TCP"}, _sidecar, []) == [["info", "spec.ports[0].name"]]
	_of({"name": "http", "port": 80, "appProtocol": "x"}, _sidecar, []) == [["info", _protocol]]
	_of({"port": 80}, _waypoint, []) == [["info", "spec.ports[0]"]]
	_of({"port": 80}, _ambient, []) == []
	_of({"port": 80}, {"labels": {"istio.io/use-waypoint": "waypoint"}}, []) == []
	_of({"name": "http", "port": 80, "appProtocol": 3}, _sidecar, []) == [["info", "spec.ports[0].name"]]
	_of({"name": 3, "port": 80}, _sidecar, []) == [["info", "spec.ports[0]"]]
	_of({"port": 80}, {}, []) == []
	_of({"port": 80, "protocol": "UDP"}, _sidecar, []) == []
	every number in [25, 53, 3306, 27017] {
		_of({"port": number}, _sidecar, []) == []
	}
}

test_declared_ports if {
	every name in [
		"http", "HTTP-api", "http2", "https-ui", "grpc-x", "grpc-web", "tcp-x", "tls", "mongo", "mysql", "redis", "udp",
		"hbone",
	] {
		_of({"name": name, "port": 80}, _sidecar, []) == []
	}
	every value in ["kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss", "HTTP"] {
		_of({"port": 80, "appProtocol": value}, _sidecar, []) == []
	}
}

test_services_that_lead_elsewhere if {
	service := _service({}, [{"port": 80}])
	_found(object.union(service, {"spec": {"type": "ExternalName"}}), _sidecar, []) == set()
	_found(object.union(service, {"spec": {"ports": {"odd": {"port": 80}}}}), _sidecar, []) == set()
	_found(object.union(service, {"spec": {"ports": "odd"}}), _sidecar, []) == set()
	_found(_service({}, [3]), _sidecar, []) == set()
}

_tcp := {"name": "tcp", "port": 80, "targetPort": 8080}

_listening(listener) := [_deployment({"ports": [listener]})]

_probed(probe, field) := [_deployment({"ports": [{"name": "web", "containerPort": 8080}], field: probe})]

_warned := [["warning", "spec.ports[0].name"]]

test_tcp_that_is_http if {
	every name in ["http", "http2-x", "grpc", "HTTP-api"] {
		_of(_tcp, _sidecar, _listening({"name": name, "containerPort": 8080})) == _warned
	}
	every name in ["https", "web", "tcp-http", "httpd", 3] {
		_of(_tcp, _sidecar, _listening({"name": name, "containerPort": 8080})) == []
	}
	_of(_tcp, _sidecar, _listening({"containerPort": 8080})) == []
	_of(_tcp, _sidecar, _listening({"name": "http", "containerPort": 9090})) == []
	_of(_tcp, _ambient, _listening({"name": "http", "containerPort": 8080})) == []
	_of(_tcp, _waypoint, _listening({"name": "http", "containerPort": 8080})) == _warned
	_of(_tcp, _sidecar, []) == []
	declared := object.union(_tcp, {"name": "web", "appProtocol": "TCP"})
	_of(declared, _sidecar, _listening({"name": "http", "containerPort": 8080})) == [["warning", _protocol]]
	_of({"name": "http", "port": 8080}, _sidecar, _listening({"name": "http", "containerPort": 8080})) == []
}

test_probes_tell if {
	every field in ["readinessProbe", "livenessProbe", "startupProbe"] {
		_of(_tcp, _sidecar, _probed({"httpGet": {"port": 8080}}, field)) == _warned
		_of(_tcp, _sidecar, _probed({"httpGet": {"port": "web"}}, field)) == _warned
		_of(_tcp, _sidecar, _probed({"grpc": {"port": 8080}}, field)) == _warned
	}
	_of(_tcp, _sidecar, _probed({"httpGet": {"port": 8080, "scheme": "HTTP"}}, "readinessProbe")) == _warned
	_of(_tcp, _sidecar, _probed({"httpGet": {"port": 8080, "scheme": "HTTPS"}}, "readinessProbe")) == []
	_of(_tcp, _sidecar, _probed({"httpGet": {"port": 9090}}, "readinessProbe")) == []
	_of(_tcp, _sidecar, _probed({"httpGet": "odd"}, "readinessProbe")) == []
	_of(_tcp, _sidecar, _probed({"httpGet": {"port": 8080}}, "odd")) == []
	_of(_tcp, _sidecar, _probed({"tcpSocket": {"port": 8080}}, "readinessProbe")) == []
}

test_messages if {
	_said({"name": "api", "port": 80, "appProtocol": "grpc"}, _linkerd, []) == concat("", [
		"traffic/undeclared-protocol: appProtocol grpc of port api is opaque to Linkerd, so it balances and retries no ",
		"request; use kubernetes.io/h2c",
	])
	every value in ["HTTP", "http/1.1", "kubernetes.io/ws", "kubernetes.io/http", "grpc-web"] {
		endswith(_said({"name": "api", "port": 80, "appProtocol": value}, _linkerd, []), "; use http")
	}
	_said({"port": 80}, _sidecar, []) == concat("", [
		"traffic/undeclared-protocol: port 80 names no protocol, so Istio guesses what it may balance and retry; ",
		"set appProtocol",
	])
	_said(_tcp, _sidecar, _listening({"name": "http", "containerPort": 8080})) == concat("", [
		`traffic/undeclared-protocol: port tcp says tcp, but container "web" calls it http, so the mesh owns no request `,
		"of it; say http or grpc",
	])
	_said(_tcp, _sidecar, _probed({"httpGet": {"port": 8080}}, "livenessProbe")) == concat("", [
		`traffic/undeclared-protocol: port tcp says tcp, but the livenessProbe of "web" asks it by httpGet, so the mesh `,
		"owns no request of it; say http or grpc",
	])
	some f in _found(_service({}, [_tcp]), _sidecar, _probed({"httpGet": {"port": 8080}}, "livenessProbe"))
	[place.path | some place in f.related] == ["spec.template.spec.containers[0].livenessProbe"]
	some other in _found(_service({}, [_tcp]), _sidecar, _listening({"name": "http", "containerPort": 8080}))
	[place.path | some place in other.related] == ["spec.template.spec.containers[0].ports[0]"]
}

_said(port, namespace, workloads) := concat("|", [f.msg |
	some f in _found(_service({}, [port]), namespace, workloads)
])
