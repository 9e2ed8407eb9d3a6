package lib.onelayer.policies.traffic.edge_bypass_test

import data.lib.onelayer.policies.traffic.edge_bypass

_of(api_version, kind, labels, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop", "labels": labels},
	"spec": spec,
}

_service(labels, spec) := _of("v1", "Service", labels, object.union(
	{"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80}]},
	spec,
))

_workload(kind, labels, ports) := _of("apps/v1", kind, {}, {"template": {
	"metadata": {"labels": object.union({"app": "web"}, labels)},
	"spec": {"containers": [{"name": "main", "ports": ports}]},
}})

_istio := {"labels": {"istio-injection": "enabled"}}

_found_with(obj, others, namespace, parameters) := found if {
	inventory := {"namespace": {"shop": {other.apiVersion: {other.kind: {other.metadata.name: other}} |
		some other in others
	}}}
	config := {
		"namespaces": {"shop": namespace},
		"rules": {"traffic/edge-bypass": {"parameters": parameters}},
	}
	found := edge_bypass.violation with input as obj with data.inventory as inventory
		with data.lib.onelayer.config as config
}

_brief(obj, others, namespace) := {[f.severity, f.path] | some f in _found_with(obj, others, namespace, {})}

_web := _workload("Deployment", {}, [])

_type := {["warning", "spec.type"]}

test_services if {
	_brief(_service({}, {}), [_web], _istio) == _type
	_brief(_service({}, {"type": "LoadBalancer"}), [], _istio) == _type
	_brief(_service({}, {"type": "ClusterIP", "externalIPs": ["192.0.2.7"]}), [_web], _istio) == {[
		"warning",
		"spec.externalIPs",
	]}
	_brief(_service({}, {"type": "ClusterIP"}), [_web], _istio) == set()
	_brief(_service({}, {"type": "ClusterIP", "externalIPs": []}), [_web], _istio) == set()
	_brief(_service({}, {"ports": [{"port": 53, "protocol": "UDP"}]}), [_web], _istio) == set()
	{count(f.related) | some f in _found_with(_service({}, {}), [_web], _istio, {})} == {1}
}

test_meshes if {
	_brief(_service({}, {}), [_web], {"labels": {"istio.io/dataplane-mode": "ambient"}}) == _type
	_brief(_service({}, {}), [_web], {"annotations": {"linkerd.io/inject": "enabled"}}) == _type
	_brief(_service({}, {}), [_web], {}) == set()
	_brief(_service({}, {}), [_web], null) == set()
	_brief(_service({}, {"selector": null}), [_web], _istio) == set()
}

test_gateways if {
	_brief(_service({}, {"selector": {"istio": "ingressgateway"}}), [], _istio) == set()
	_brief(_service({"app": "ingress-nginx"}, {}), [_web], _istio) == set()
	_brief(_service({"gateway.networking.k8s.io/gateway-name": "edge"}, {}), [_web], _istio) == set()
	_brief(_service({}, {}), [_workload("Deployment", {"app.kubernetes.io/name": "traefik"}, [])], _istio) == set()
	_found_with(_service({}, {}), [_web], _istio, {"gateways": ["web"]}) == set()
	_brief(_service({}, {}), [_workload("Deployment", {"tier": "traefik"}, [])], _istio) == _type
}

test_workloads_of_two_minds if {
	out := _workload("StatefulSet", {"sidecar.istio.io/inject": "false"}, [])
	inventory := {"namespace": {"shop": {"apps/v1": {"Deployment": {"web": _web}, "StatefulSet": {"web": out}}}}}
	edge_bypass.violation == set() with input as _service({}, {}) with data.inventory as inventory
		with data.lib.onelayer.config as {"namespaces": {"shop": _istio}}
}

_port := {"containerPort": 80, "hostPort": 80}

_host_port := {["warning", "spec.template.spec.containers[0].ports[0].hostPort"]}

test_ports_of_the_host if {
	_brief(_workload("Deployment", {}, [_port]), [], _istio) == _host_port
	_brief(_workload("Deployment", {}, [{"containerPort": 80}]), [], _istio) == set()
	_brief(_workload("Deployment", {}, [object.union(_port, {"hostPort": 0})]), [], _istio) == set()
	_brief(_workload("Deployment", {}, [object.union(_port, {"protocol": "UDP"})]), [], _istio) == set()
	_brief(_workload("Deployment", {"istio": "ingressgateway"}, [_port]), [], _istio) == set()
	_brief(_workload("Deployment", {"k8s-app": "istio-cni-node"}, [_port]), [], _istio) == set()
	_brief(_workload("Deployment", {}, [_port]), [], {}) == set()
	bare := json.patch(_workload("Deployment", {}, [_port]), [{"op": "remove", "path": "/spec/template/metadata"}])
	_brief(bare, [], _istio) == _host_port
	_brief(_workload("Deployment", {}, ["80", {"hostPort": "80"}]), [], _istio) == set()
	_brief(_service({}, {"ports": ["80"]}), [_web], _istio) == set()
	init := json.patch(_workload("Deployment", {}, [_port]), [{
		"op": "move",
		"from": "/spec/template/spec/containers",
		"path": "/spec/template/spec/initContainers",
	}])
	_brief(init, [], _istio) == set()
}

test_messages if {
	{f.msg | some f in _found_with(_service({}, {}), [_web], _istio, {})} == {concat("", [
		"traffic/edge-bypass: type NodePort lets clients past the gateway that owns routes, limits and TLS of what comes ",
		"in; use ClusterIP",
	])}
	{f.msg | some f in _found_with(_workload("Deployment", {}, [_port]), [], _istio, {})} == {concat("", [
		"traffic/edge-bypass: hostPort 80 of container \"main\" lets clients past the gateway that owns what comes in; ",
		"remove it",
	])}
}
