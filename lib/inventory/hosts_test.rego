package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_plain_service(namespace, name) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": name, "namespace": namespace},
	"spec": {},
}

_of(api_version, kind, name, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

_virtual(name, spec) := _of("networking.istio.io/v1", "VirtualService", name, spec)

_parent := {"group": "", "kind": "Service", "name": "cart", "port": 80}

_mesh_objects := [
	_plain_service("shop", "cart"),
	_plain_service("pay", "api"),
	_plain_service("", "bare"),
	_virtual("cart", {"hosts": ["cart", 3, "cart.shop.svc.cluster.local."]}),
	_virtual("edge", {"hosts": ["cart"], "gateways": ["edge"]}),
	_virtual("both", {"hosts": ["*.shop.svc.cluster.local"], "gateways": ["edge", "mesh"]}),
	_virtual("none", {"hosts": ["*"], "gateways": []}),
	_virtual("odd", {"hosts": ["api.pay"], "gateways": 3}),
	_of("networking.istio.io/v1", "DestinationRule", "api", {"host": "api.pay.svc.cluster.local"}),
	_of("networking.istio.io/v1", "DestinationRule", "local", {"host": "*.local"}),
	_of("networking.istio.io/v1", "DestinationRule", "bad", {"host": ["x"]}),
	_of("networking.istio.io/v1", "ServiceEntry", "mail", {"hosts": ["mail.example.com", "*.example.org"]}),
	_of("gateway.networking.k8s.io/v1", "HTTPRoute", "cart", {"parentRefs": [{"kind": "Gateway", "name": "x"}, _parent]}),
	_of("gateway.networking.k8s.io/v1", "GRPCRoute", "api", {"parentRefs": [{
		"group": "core",
		"kind": "Service",
		"name": "api",
		"namespace": "pay",
	}]}),
	_of("policy.linkerd.io/v1beta3", "HTTPRoute", "cart", {"parentRefs": [{
		"group": "core",
		"kind": "Service",
		"name": "cart",
	}]}),
	_of("linkerd.io/v1alpha2", "ServiceProfile", "cart.shop.svc.cluster.local", {}),
	_of("linkerd.io/v1alpha2", "ServiceProfile", "cart.shop", {}),
	_of("split.smi-spec.io/v1alpha2", "TrafficSplit", "cart", {"service": "cart"}),
	_of("example.com/v1", "HTTPRoute", "other", {"parentRefs": [_parent]}),
]

_hosts := {"namespace": {namespace: versions |
	some namespace in {obj.metadata.namespace | some obj in _mesh_objects}
	versions := {version: kinds |
		some version in {obj.apiVersion | some obj in _mesh_objects; obj.metadata.namespace == namespace}
		kinds := {kind: objects |
			some kind in {obj.kind | some obj in _mesh_objects; obj.apiVersion == version}
			objects := {obj.metadata.name: obj |
				some obj in _mesh_objects
				obj.metadata.namespace == namespace
				obj.apiVersion == version
				obj.kind == kind
			}
		}
	}
}}

_ready := object.union(computed, {}) if {
	computed := inventory.computed with data.inventory as _hosts
}

_meaning(text, namespace) := [found.kind, found.form, found.namespace, found.name, count(found.objects)] if {
	found := inventory.host(text, namespace)
}

_meanings := [
	["cart", "shop", ["service", "short", "shop", "cart", 1]],
	["cart", "pay", ["unknown", "short", "pay", "cart", 0]],
	["bare", "", ["service", "short", "", "bare", 1]],
	["api.pay", "shop", ["service", "namespaced", "pay", "api", 1]],
	["api.pay.svc", "shop", ["service", "svc", "pay", "api", 1]],
	["api.pay.svc.cluster.local", "shop", ["service", "fqdn", "pay", "api", 1]],
	["api.svc.svc.cluster.local", "shop", ["unknown", "fqdn", "svc", "api", 0]],
	["api.pay.svc.example.com", "shop", ["outside", "", "", "", 0]],
	["*", "shop", ["wildcard", "", "*", "*", 0]],
	["*.local", "shop", ["wildcard", "", "*", "*", 0]],
	["*.svc.cluster.local", "shop", ["wildcard", "", "*", "*", 0]],
	["*.pay.svc.cluster.local", "shop", ["wildcard", "fqdn", "pay", "*", 0]],
	["*.pay", "shop", ["outside", "", "", "", 0]],
	["*.example.com", "shop", ["outside", "", "", "", 0]],
	["mail.example.com", "shop", ["entry", "", "", "", 1]],
	["a.b.example.org", "shop", ["entry", "", "", "", 1]],
	["example.com", "shop", ["unknown", "namespaced", "com", "example", 0]],
	["shop.example.com", "shop", ["outside", "", "", "", 0]],
	["10.0.0.1", "shop", ["outside", "", "", "", 0]],
	["", "shop", ["outside", "", "", "", 0]],
]

test_meaning_of_hosts if {
	every case in _meanings {
		_meaning(case[0], case[1]) == case[2] with data.inventory as _hosts
		_meaning(case[0], case[1]) == case[2] with data.lib.onelayer.prepared as _ready
	}
}

test_another_domain if {
	config := {"mesh": {"cluster_domain": "example.com"}}
	_meaning("api.pay.svc.example.com", "shop") == ["service", "fqdn", "pay", "api", 1] with data.inventory as _hosts
		with data.lib.onelayer.config as config
	_meaning("api.pay.svc.cluster.local", "shop")[0] == "outside" with data.inventory as _hosts
		with data.lib.onelayer.config as config
	_meaning("api.pay.svc.cluster.local", "shop")[0] == "service" with data.inventory as _hosts
		with data.lib.onelayer.config as {"mesh": {"cluster_domain": ""}}
}

test_nothing_is_known if {
	_meaning("cart", "shop") == ["unknown", "short", "shop", "cart", 0]
	inventory.policies_of("shop", "cart") == []
}

_said(namespace, name) := {[policy.role, policy.obj.metadata.name, concat(".", texts), policy.wide] |
	some policy in inventory.policies_of(namespace, name)
	texts := [text | some part in policy.path; text := sprintf("%v", [part])]
}

_everywhere := {
	["host", "none", "spec.hosts.0", true],
	["rule", "local", "spec.host", true],
}

_about_cart := {
	["host", "cart", "spec.hosts.0", false],
	["host", "cart", "spec.hosts.2", false],
	["host", "both", "spec.hosts.0", true],
	["route", "cart", "spec.parentRefs.1", false],
	["route", "cart", "spec.parentRefs.0", false],
	["profile", "cart.shop.svc.cluster.local", "metadata.name", false],
	["split", "cart", "spec.service", false],
} | _everywhere

_about_api := {["rule", "api", "spec.host", false], ["route", "api", "spec.parentRefs.0", false]} | _everywhere

test_policies_of_a_service if {
	_said("shop", "cart") == _about_cart with data.inventory as _hosts
	_said("shop", "cart") == _about_cart with data.lib.onelayer.prepared as _ready
	_said("pay", "api") == _about_api with data.inventory as _hosts
	_said("pay", "none") == _everywhere with data.inventory as _hosts
}

test_policies_beside_each_other if {
	computed := inventory.computed with input as {"kind": "List", "items": _mesh_objects}
	_said("shop", "cart") == _about_cart with data.lib.onelayer.prepared as computed
	object.keys(computed.policies) == object.keys(_ready.policies)
	computed.named_services == _ready.named_services
	computed.virtual_services == _ready.virtual_services
	computed.entries == _ready.entries
}

test_virtual_services_of_a_name if {
	every known in [{"inventory": _hosts, "prepared": {}}, {"inventory": {}, "prepared": _ready}] {
		found := [[obj.kind, obj.metadata.name] | some obj in inventory.virtual_service_at("shop", "cart")]
			with data.inventory as known.inventory
			with data.lib.onelayer.prepared as known.prepared
		found == [["VirtualService", "cart"]]
	}
	inventory.virtual_service_at("shop", "lost") == [] with data.inventory as _hosts
	inventory.virtual_service_at("shop", "lost") == [] with data.lib.onelayer.prepared as _ready
	foreign := {"namespace": {"shop": {"networking.istio.io/v7": {"VirtualService": {"cart": {}}}}}}
	inventory.virtual_service_at("shop", "cart") == [] with data.inventory as foreign
}

test_alternatives if {
	twin := object.union(_virtual("cart", {"hosts": ["cart"]}), {"apiVersion": "networking.istio.io/v1beta1"})
	computed := inventory.computed with input as {"kind": "List", "items": array.concat(_mesh_objects, [twin])}
	not_alone := {policy.obj.metadata.name |
		some policy in inventory.policies_of("shop", "cart")
		policy.alone == false
	} with data.lib.onelayer.prepared as computed
	not_alone == {"cart"}
	kinds := {policy.kind |
		some policy in inventory.policies_of("shop", "cart")
		policy.alone == false
	} with data.lib.onelayer.prepared as computed
	kinds == {"networking.istio.io/VirtualService"}
}

test_profiles_that_decide if {
	inventory.profile_decides({"spec": {"routes": [{"name": "GET /"}]}})
	inventory.profile_decides({"spec": {"routes": [], "dstOverrides": [{"authority": "x"}]}})
	not inventory.profile_decides({"spec": {"routes": [], "retryBudget": {}}})
	not inventory.profile_decides({})
}
