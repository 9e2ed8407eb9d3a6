package lib.onelayer.policies.traffic.session_affinity_test

import data.lib.onelayer.policies.traffic.session_affinity

_service(spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "cart", "namespace": "shop"},
	"spec": object.union({"sessionAffinity": "ClientIP", "selector": {"app": "cart"}}, spec),
}

_deployment(name, labels) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"labels": labels},
		"spec": {"containers": [{"name": "cart", "image": "shop/cart:1"}]},
	}},
}

_namespace(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Namespace",
	"metadata": {"name": "shop", "labels": labels, "annotations": annotations},
}

_sidecar := _namespace({"istio-injection": "enabled"}, {})

_found(service, namespace, workloads) := found if {
	inventory := {
		"cluster": {"v1": {"Namespace": {"shop": namespace}}},
		"namespace": {"shop": {"apps/v1": {"Deployment": {obj.metadata.name: obj | some obj in workloads}}}},
	}
	found := session_affinity.violation with input as service with data.inventory as inventory
}

_brief(service, namespace, workloads) := {[f.severity, f.path, count(f.related)] |
	some f in _found(service, namespace, workloads)
}

_place := "spec.sessionAffinity"

_cart := _deployment("cart", {"app": "cart"})

test_every_mesh if {
	_brief(_service({}), _sidecar, [_cart]) == {["warning", _place, 1]}
	_brief(_service({}), _namespace({"istio.io/dataplane-mode": "ambient"}, {}), [_cart]) == {["warning", _place, 1]}
	_brief(_service({}), _namespace({}, {"linkerd.io/inject": "enabled"}), [_cart]) == {["warning", _place, 1]}
	_brief(_service({}), _namespace({}, {}), [_cart]) == set()
}

test_without_the_workload if {
	_brief(_service({}), _sidecar, []) == {["warning", _place, 0]}
	_brief(_service({"selector": null}), _sidecar, [_cart]) == set()
	session_affinity.violation == set() with input as _service({})
}

test_clients_from_outside if {
	_brief(_service({"type": "LoadBalancer"}), _sidecar, [_cart]) == {["info", _place, 1]}
	_brief(_service({"type": "NodePort"}), _sidecar, [_cart]) == {["info", _place, 1]}
}

test_what_is_no_stickiness if {
	_brief(_service({"sessionAffinity": "None"}), _sidecar, [_cart]) == set()
	_brief(_service({"clusterIP": "None"}), _sidecar, [_cart]) == set()
	_brief(object.remove(_service({}), ["spec"]), _sidecar, [_cart]) == set()
	out := _deployment("cart", {"app": "cart", "sidecar.istio.io/inject": "false"})
	_brief(_service({}), _sidecar, [out]) == set()
}

test_workloads_of_two_minds if {
	out := _deployment("old", {"app": "cart", "sidecar.istio.io/inject": "false"})
	_brief(_service({}), _sidecar, [_cart, out]) == set()
	_brief(_service({}), _sidecar, [_cart, _deployment("cart2", {"app": "cart"})]) == {["warning", _place, 2]}
}

test_messages if {
	prefix := concat("", [
		"traffic/session-affinity: sessionAffinity ClientIP holds for clients outside of the mesh only, ",
		"because ",
	])
	{f.msg | some f in _found(_service({}), _sidecar, [_cart])} == {concat("", [
		prefix,
		"Istio's sidecar balances here; use consistentHash in a DestinationRule",
	])}
	{f.related | some f in _found(_service({}), _sidecar, [_cart])} == {[{
		"note": "Deployment receives this traffic",
		"object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "cart"},
		"path": "spec.template.spec",
	}]}
}
