package lib.onelayer.policies.traffic.capture_exclusion_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.traffic.capture_exclusion

_with(meta, container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": object.union({"labels": {"app": "web"}}, meta),
		"spec": {"containers": [object.union(
			{"name": "web", "image": "shop/web:1", "ports": [{"name": "http", "containerPort": 8080}]},
			container,
		)]},
	}},
}

_of(key, value) := _with({"annotations": {key: value}}, {})

_service(spec, ports) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"selector": {"app": "web"}, "ports": ports}, spec),
}

_http := _service({}, [{"name": "http", "port": 80, "targetPort": "http"}])

_found(obj, namespace, services) := found if {
	found := capture_exclusion.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}},
		"namespace": {"shop": {"v1": {"Service": {sprintf("%d", [index]): obj | some index, obj in services}}}},
	}
}

_levels(obj, namespace, services) := [f.severity | some f in _found(obj, namespace, services)]

_sidecar := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_out := "traffic.sidecar.istio.io/excludeInboundPorts"

_in := "traffic.sidecar.istio.io/includeInboundPorts"

_skip := "config.linkerd.io/skip-inbound-ports"

_bypass := "ambient.istio.io/bypass-inbound-capture"

test_ports_that_services_serve if {
	_levels(_of(_out, "8080"), _sidecar, [_http]) == ["error"]
	_levels(_of(_out, " 9000, 8080 "), _sidecar, [_http]) == ["error"]
	_levels(_of(_out, 8080), _sidecar, [_http]) == ["error"]
	_levels(_of(_skip, "8000-8100"), _linkerd, [_http]) == ["error"]
	_levels(_of(_out, "8080"), _sidecar, []) == ["warning"]
	_levels(_of(_out, "9000"), _sidecar, [_http]) == ["warning"]
	_levels(_of(_skip, "9000-9100"), _linkerd, [_http]) == ["warning"]
	_levels(_of(_out, "8080"), _sidecar, [_service({"clusterIP": "None"}, [{"port": 8080}])]) == ["warning"]
}

test_ports_of_the_proxy_and_allowed_ones if {
	every value in ["15020", "15021,15090", "", "4567,4568"] {
		_levels(_of(_out, value), _sidecar, [_http]) == []
	}
	every value in ["http", "15000-15099"] {
		_levels(_of(_skip, value), _linkerd, [_http]) == []
	}
	every value in ["14999-15020", "15090-15100"] {
		_levels(_of(_skip, value), _linkerd, [_http]) == ["warning"]
	}
	rules := {"traffic/capture-exclusion": {"parameters": {"allow_excluded_inbound_ports": [8080]}}}
	_levels(_of(_out, "8080"), _sidecar, [_http]) == [] with config as {"rules": rules}
}

test_ports_that_callers_outside_need if {
	every name in ["webhook", "https-admission", "metrics", "http-prom", "healthz", "probe", "admin", "debug"] {
		_levels(_of(_out, "8080"), _sidecar, [_service({}, [{"name": name, "port": 8080}])]) == ["warning"]
		container := {"ports": [{"name": name, "containerPort": 8080}]}
		obj := _with({"annotations": {_out: "8080"}}, container)
		_levels(obj, _sidecar, [_service({}, [{"port": 8080}])]) == ["warning"]
	}
	odd := _with({"annotations": {_out: "8080"}}, {"ports": [{"name": 3, "containerPort": 8080}]})
	_levels(odd, _sidecar, [_service({}, [{"port": 8080}])]) == ["error"]
	other := _with({"annotations": {_out: "8080"}}, {"ports": [{"name": "metrics", "containerPort": 9090}]})
	_levels(other, _sidecar, [_service({}, [{"port": 8080}])]) == ["error"]
}

test_only_what_is_listed if {
	_levels(_of(_in, "*"), _sidecar, [_http]) == []
	_levels(_of(_in, "8080"), _sidecar, [_http]) == []
	_levels(_of(_in, ""), _sidecar, [_http]) == ["error"]
	_levels(_of(_in, ""), _sidecar, []) == ["warning"]
	_levels(_of(_in, "9000"), _sidecar, [_http]) == ["error"]
	_levels(_of(_in, "9000"), _sidecar, []) == ["warning"]
	_levels(_with({"annotations": {_in: "9000"}}, {"ports": []}), _sidecar, []) == []
	_levels(_with({"annotations": {_in: "9000"}}, {"ports": [{"containerPort": "x"}]}), _sidecar, []) == []
	init := {"spec": {"template": {"spec": {"initContainers": [{"name": "init", "ports": [{"containerPort": 7}]}]}}}}
	_levels(object.union(_of(_in, "8080"), init), _sidecar, [_http]) == []
}

test_the_edge_needs_it if {
	every image in ["registry.k8s.io/ingress-nginx/controller:v1.12", "traefik:v3", "kong:3"] {
		every pair in [[_out, "8080", _sidecar], [_in, "", _sidecar], [_skip, "80", _linkerd], [_bypass, "true", _ambient]] {
			obj := _with({"annotations": {pair[0]: pair[1]}}, {"image": image})
			_levels(obj, pair[2], [_http]) == []
		}
	}
	_levels(_with({"annotations": {_out: "8080"}}, {"image": 3}), _sidecar, [_http]) == ["error"]
}

test_ambient if {
	_levels(_of(_bypass, "true"), _ambient, [_http]) == ["error"]
	_levels(_of(_bypass, "true"), _ambient, []) == ["warning"]
	_levels(_of(_bypass, "false"), _ambient, [_http]) == []
	_levels(_of("ambient.istio.io/other", "true"), _ambient, [_http]) == []
	_levels(_of("traffic.sidecar.istio.io/other", "true"), _sidecar, [_http]) == []
	_levels(_of("traffic.sidecar.istio.io/other", "NONE"), _sidecar, [_http]) == []
	_levels(_of("linkerd.io/inject", "enabled"), _linkerd, [_http]) == []
	_levels(_of("traffic.sidecar.istio.io/kubevirtInterfaces", ""), _sidecar, [_http]) == []
}

test_calls if {
	_levels(_of("sidecar.istio.io/interceptionMode", "NONE"), _sidecar, []) == ["error"]
	_levels(_of("sidecar.istio.io/interceptionMode", "TPROXY"), _sidecar, []) == []
	ranges := "traffic.sidecar.istio.io/includeOutboundIPRanges"
	_levels(_of(ranges, ""), _sidecar, []) == ["error"]
	_levels(_of(ranges, "*"), _sidecar, []) == []
	_levels(_of(ranges, "10.0.0.0/8"), _sidecar, []) == ["warning"]
	called := "traffic.sidecar.istio.io/excludeOutboundPorts"
	_levels(_of(called, "3306,6379"), _sidecar, []) == []
	_levels(_of(called, "3306,8080"), _sidecar, []) == ["warning"]
	_levels(_of("config.linkerd.io/skip-outbound-ports", "8080-8090"), _linkerd, []) == ["warning"]
	addresses := "traffic.sidecar.istio.io/excludeOutboundIPRanges"
	_levels(_of(addresses, "169.254.169.254/32"), _sidecar, []) == []
	_levels(_of(addresses, ""), _sidecar, []) == []
	_levels(_of(addresses, "169.254.169.254/32, 10.1.0.0/16"), _sidecar, []) == ["warning"]
	_levels(_of("config.linkerd.io/skip-subnets", "10.1.0.0/16"), _linkerd, []) == ["warning"]
	_levels(_of("traffic.sidecar.istio.io/excludeInterfaces", "eth1"), _sidecar, []) == ["warning"]
	_levels(_of("traffic.sidecar.istio.io/excludeInterfaces", ""), _sidecar, []) == []
	_levels(_of("traffic.sidecar.istio.io/excludeInterfaces", "NONE"), _sidecar, [_http]) == ["warning"]
	_levels(_of("traffic.sidecar.istio.io/excludeInterfaces", "true"), _sidecar, [_http]) == ["warning"]
	_levels(_of("traffic.sidecar.istio.io/includeOutboundPorts", "80"), _sidecar, []) == []
}

test_an_interface_is_no_network if {
	interface := _of("traffic.sidecar.istio.io/excludeInterfaces", "10.0.0.0/8")
	contains(_said(interface, _sidecar), " keeps interface 10.0.0.0/8 from")
}

test_lists_that_the_injector_refuses if {
	every value in ["http", "8080,", "8080,,9000", "70000", "8000-9000", "-1"] {
		_said(_of(_in, value), _sidecar) == concat("", [
			sprintf("traffic/capture-exclusion: includeInboundPorts lists %q, which is no port, ", [_odd[value]]),
			"so Istio refuses to inject and no Pod starts; correct it",
		])
		_levels(_of(_out, value), _sidecar, [_http]) == ["error"]
		_levels(_of("traffic.sidecar.istio.io/excludeOutboundPorts", value), _sidecar, []) == ["error"]
		_levels(_of("traffic.sidecar.istio.io/includeOutboundPorts", value), _sidecar, []) == ["error"]
		_unknown(_of(_out, value)) == ["error"]
		_levels(_of(_out, value), {}, [_http]) == []
		_levels(_of(_out, value), _linkerd, [_http]) == []
	}
	every key in ["excludeOutboundIPRanges", "includeOutboundIPRanges"] {
		annotation := concat("/", ["traffic.sidecar.istio.io", key])
		every value in ["10.0.0.0/99", "10.0.0.0/8,everything", "10.0.0"] {
			_levels(_of(annotation, value), _sidecar, []) == ["error"]
		}
		_levels(_of(annotation, "${RANGES}"), _sidecar, []) in [[], ["warning"]]
	}
	every value in ["*", " * ", "${PORTS}", "{{ .Values.ports }}", " 8080 , 9000"] {
		_levels(_of("traffic.sidecar.istio.io/includeOutboundPorts", value), _sidecar, []) == []
	}
	every value in ["10.1.2.3", "fd00::1", "fd00::/8"] {
		_levels(_of("traffic.sidecar.istio.io/excludeOutboundIPRanges", value), _sidecar, []) in [[], ["warning"]]
	}
	gateway := _with(
		{"annotations": {_out: "x", "inject.istio.io/templates": "gateway"}, "labels": {"sidecar.istio.io/inject": "true"}},
		{},
	)
	_levels(gateway, {}, []) == ["error"]
	_levels(_with({"annotations": {_out: ["x"]}}, {}), _sidecar, []) == []
}

_odd := {"http": "http", "8080,": "", "8080,,9000": "", "70000": "70000", "8000-9000": "8000-9000", "-1": "-1"}

test_only_the_mesh_that_reads_it if {
	_levels(_of(_out, "8080"), {}, [_http]) == []
	_levels(_of(_out, "8080"), _ambient, [_http]) == []
	_levels(_of(_out, "8080"), _linkerd, [_http]) == []
	_levels(_of(_skip, "8080"), _sidecar, [_http]) == []
	_levels(_of(_bypass, "true"), _sidecar, [_http]) == []
	control := _with(
		{
			"annotations": {_skip: "8080"},
			"labels": {"linkerd.io/control-plane-component": "destination"},
		},
		{},
	)
	_unknown(control) == []
	_unknown(_of(_skip, "8080")) == ["warning"]
}

_unknown(obj) := [f.severity | some f in capture_exclusion.violation with input as obj]

_inherited(deployments, services) := _given(_skip, deployments, services)

_given(key, deployments, services) := [[f.severity, f.path, count(f.related)] |
	meta := {"name": "shop", "annotations": {"linkerd.io/inject": "enabled", key: "8080"}}
	namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
	some f in capture_exclusion.violation with input as namespace with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": namespace}}},
		"namespace": {"shop": {
			"v1": {"Service": {sprintf("%d", [index]): obj | some index, obj in services}},
			"apps/v1": {"Deployment": {sprintf("%d", [index]): obj | some index, obj in deployments}},
		}},
	}
]

test_ports_of_a_namespace_that_services_serve if {
	path := `metadata.annotations["config.linkerd.io/skip-inbound-ports"]`
	_inherited([_with({}, {})], [_http]) == [["error", path, 1]]
	_inherited([_with({}, {}), _with({}, {})], [_http]) == [["error", path, 1]]
	every meta in [
		{"annotations": {_skip: "9000"}},
		{"annotations": {"linkerd.io/inject": "disabled"}},
		{"labels": {"gateway.istio.io/managed": "istio.io-gateway-controller"}},
	] {
		_inherited([_with(meta, {})], [_http]) == [["warning", path, 0]]
	}
	_inherited([_with({}, {"image": "traefik:3"})], [_http]) == [["warning", path, 0]]
	_inherited([_with({}, {"ports": [{"name": "http", "containerPort": 9000}]})], [_http]) == [["warning", path, 0]]
	_inherited([_with({}, {})], [_service({}, [{"name": "metrics", "port": 8080}])]) == [["warning", path, 0]]
	_inherited([], [_http]) == [["warning", path, 0]]
	_given("config.linkerd.io/skip-outbound-ports", [_with({}, {})], [_http]) == [[
		"warning",
		`metadata.annotations["config.linkerd.io/skip-outbound-ports"]`, 0,
	]]
	_inherited([_with({}, {})], []) == [["warning", path, 0]]
}

test_namespaces if {
	meta := {"name": "shop", "annotations": {_skip: "8080", "config.linkerd.io/skip-outbound-ports": "4567", _out: "80"}}
	namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
	{[f.severity, f.path] | some f in capture_exclusion.violation with input as namespace} == {[
		"warning",
		`metadata.annotations["config.linkerd.io/skip-inbound-ports"]`,
	]}
	control := {"labels": {"linkerd.io/is-control-plane": "true"}}
	_unknown(object.union(namespace, {"metadata": control})) == []
	_unknown(object.union(namespace, {"metadata": {"annotations": {"linkerd.io/inject": "enabled"}}})) == ["warning"]
}

test_messages if {
	some f in _found(_of(_out, "8080"), _sidecar, [_http])
	f.msg == concat("", [
		"traffic/capture-exclusion: excludeInboundPorts keeps port 8080 of Service web from the sidecar, so no layer owns ",
		"its mTLS and metrics; remove it, and open what callers need by policy",
	])
	f.path == `spec.template.metadata.annotations["traffic.sidecar.istio.io/excludeInboundPorts"]`
	f.related == [{
		"note": "sends traffic to port 8080 of the Pod",
		"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
		"path": "spec.ports[0]",
	}]
	_said(_of(_skip, "9000, 9100"), _linkerd) == concat("", [
		"traffic/capture-exclusion: skip-inbound-ports keeps port 9000, port 9100 from Linkerd, so no layer owns its mTLS ",
		"and metrics; use opaque-ports, which keeps mTLS",
	])
	contains(_said(_of(_bypass, "true"), _ambient), " keeps all calls to it from ztunnel")
	contains(_said(_of(_in, "9000"), _sidecar), " keeps port 8080 from the sidecar")
	contains(_said(_of("sidecar.istio.io/interceptionMode", "NONE"), _sidecar), " keeps all traffic from")
	ranges := "traffic.sidecar.istio.io/includeOutboundIPRanges"
	contains(_said(_of(ranges, ""), _sidecar), " keeps all its calls from")
	contains(_said(_of(ranges, "10.0.0.0/8"), _sidecar), " keeps calls to all but 10.0.0.0/8 from")
}

_said(obj, namespace) := concat("|", [f.msg | some f in _found(obj, namespace, [])])
