package lib.onelayer.policies.mesh.client_tls_override_test

import data.lib.onelayer.policies.mesh.client_tls_override

_rule(host, policy) := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "DestinationRule",
	"metadata": {"name": "cart", "namespace": "shop"},
	"spec": object.union({"host": host}, policy),
}

_tls(mode) := {"trafficPolicy": {"tls": {"mode": mode}}}

_service(labels) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "cart", "namespace": "shop"},
	"spec": {"selector": labels},
}

_entry := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "ServiceEntry",
	"metadata": {"name": "bank", "namespace": "shop"},
	"spec": {"hosts": ["bank.example.com"]},
}

_cart := _service({"app": "cart"})

_sidecar := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_found(obj, service, namespace, parameters) := found if {
	inventory := {"namespace": {"shop": {
		"v1": {"Service": {"cart": service}},
		"networking.istio.io/v1": {"ServiceEntry": {"bank": _entry}},
	}}}
	config := {
		"namespaces": {"shop": namespace},
		"rules": {"mesh/client-tls-override": {"parameters": parameters}},
	}
	found := client_tls_override.violation with input as obj with data.inventory as inventory
		with data.lib.onelayer.config as config
}

_brief(obj, namespace) := {[f.severity, f.path] | some f in _found(obj, _cart, namespace, {})}

_main := "spec.trafficPolicy.tls.mode"

test_modes if {
	_brief(_rule("cart", _tls("DISABLE")), _sidecar) == {["error", _main]}
	_brief(_rule("cart", _tls("SIMPLE")), _sidecar) == {["warning", _main]}
	_brief(_rule("cart", _tls("MUTUAL")), _sidecar) == {["warning", _main]}
	_brief(_rule("cart", _tls("ISTIO_MUTUAL")), _sidecar) == set()
	_brief(_rule("cart", {}), _sidecar) == set()
}

test_four_places if {
	spec := {
		"trafficPolicy": {"portLevelSettings": [{"tls": {"mode": "DISABLE"}}, "odd"]},
		"subsets": ["odd", object.union(_tls("DISABLE"), {"trafficPolicy": {"portLevelSettings": [
			{},
			{"tls": {"mode": "DISABLE"}},
		]}})],
	}
	_brief(_rule("cart", spec), _sidecar) == {
		["error", "spec.trafficPolicy.portLevelSettings[0].tls.mode"],
		["error", "spec.subsets[1].trafficPolicy.tls.mode"],
		["error", "spec.subsets[1].trafficPolicy.portLevelSettings[1].tls.mode"],
	}
}

test_membership_of_the_service if {
	_brief(_rule("cart", _tls("DISABLE")), _ambient) == {["warning", _main]}
	_brief(_rule("cart", _tls("SIMPLE")), _ambient) == {["warning", _main]}
	_brief(_rule("cart", _tls("DISABLE")), {}) == set()
	_brief(_rule("cart", _tls("DISABLE")), null) == {["warning", _main]}
	_brief(_rule("cart", _tls("SIMPLE")), null) == set()
	_found(_rule("cart", _tls("DISABLE")), _service({}), _sidecar, {}) == set()
	out := _service({"sidecar.istio.io/inject": "false"})
	_found(_rule("cart", _tls("DISABLE")), out, _sidecar, {}) == set()
}

test_hosts if {
	every host in ["*.local", "*", "*.shop.svc.cluster.local", "cart.shop.svc.cluster.local"] {
		_brief(_rule(host, _tls("DISABLE")), _sidecar) == {["error", _main]}
	}
	every host in ["basket", "x.pay.svc.cluster.local", "*.pay.svc.cluster.local"] {
		_brief(_rule(host, _tls("DISABLE")), _sidecar) == {["warning", _main]}
	}
	every host in [
		"bank.example.com", "other.example.com", "basket.pay", "kubernetes.default.svc.cluster.local",
		"metrics.kube-system.svc.cluster.local", "x.kube-public.svc.cluster.local", "", 3,
	] {
		_brief(_rule(host, _tls("DISABLE")), _sidecar) == set()
	}
	_brief(_rule("basket", _tls("DISABLE")), {}) == set()
	_brief(_rule("*.shop.svc.cluster.local", _tls("DISABLE")), {}) == set()
	_brief(_rule("basket", _tls("SIMPLE")), _sidecar) == set()
}

test_allowed_hosts if {
	_found(_rule("cart", _tls("DISABLE")), _cart, _sidecar, {"allowed_hosts": ["cart"]}) == set()
	_found(_rule("cart", _tls("DISABLE")), _cart, _sidecar, {"allowed_hosts": ["other"]}) != set()
}

test_messages if {
	{f.msg | some f in _found(_rule("cart", _tls("DISABLE")), _cart, _sidecar, {})} == {concat("", [
		"mesh/client-tls-override: TLS mode DISABLE for cart sends plain text, though the mesh owns encryption; remove ",
		"the tls block",
	])}
	{f.msg | some f in _found(_rule("cart", _tls("DISABLE")), _cart, null, {})} == {concat("", [
		"mesh/client-tls-override: TLS mode DISABLE for cart sends plain text, if it is in the mesh, though the mesh ",
		"owns encryption; remove the tls block",
	])}
}

test_workloads_of_two_minds if {
	deployment := {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
		"metadata": {"name": "new", "namespace": "shop"},
		"spec": {"template": {"metadata": {"labels": {"app": "cart"}}, "spec": {}}},
	}
	out := object.union(deployment, {
		"metadata": {"name": "old"},
		"spec": {"template": {"metadata": {"labels": {"sidecar.istio.io/inject": "false"}}}},
	})
	inventory := {"namespace": {"shop": {
		"v1": {"Service": {"cart": _cart}},
		"apps/v1": {"Deployment": {"new": deployment, "old": out}},
	}}}
	client_tls_override.violation == set() with input as _rule("cart", _tls("DISABLE")) with data.inventory as inventory
		with data.lib.onelayer.config as {"namespaces": {"shop": _sidecar}}
}
