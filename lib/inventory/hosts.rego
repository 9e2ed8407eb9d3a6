package lib.onelayer.inventory

import data.lib.onelayer.hostname
import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.synced

# METADATA
# title: What a host means
# description: >-
#   What a host means to an object of a namespace, as {kind, form, namespace, name, objects}. kind is service for a
#   Service that is known (objects are its candidates), wildcard for all Services of one namespace or of all (name and
#   perhaps namespace are *), entry for a host of known ServiceEntries, outside for a name that no Service of the
#   cluster has, and unknown for a name that a Service may have that the inventory does not hold. form is short (the
#   name alone), fqdn, svc (name.namespace.svc) or namespaced (name.namespace), empty for others; Istio reads short and
#   fqdn only.
host(text, namespace) := object.union(address, {"kind": "service", "objects": found}) if {
	address := hostname.address(text, namespace)
	found := service_at(address.namespace, address.name)
	count(found) > 0
} else := object.union(address, {"kind": "wildcard", "objects": []}) if {
	address := hostname.address(text, namespace)
	address.name == "*"
} else := {"kind": "entry", "form": "", "namespace": "", "name": "", "objects": found} if {
	found := _entries_of(text)
	count(found) > 0
} else := object.union(address, {"kind": "unknown", "objects": []}) if {
	address := hostname.address(text, namespace)
} else := {"kind": "outside", "form": "", "namespace": "", "name": "", "objects": []}

# METADATA
# title: The Services of a name
# description: The Service objects of a name in a namespace; several where a unit holds it more than once.
service_at(namespace, name) := known if {
	known := object.get(prepared.named_services, concat("/", [namespace, name]), [])
} else := [obj |
	obj := synced.namespaces[namespace].v1.Service[name]
	is_object(obj)
]

# METADATA
# title: The VirtualServices of a name
# description: The VirtualService objects of a name in a namespace; several where a unit holds it more than once.
virtual_service_at(namespace, name) := known if {
	known := object.get(prepared.virtual_services, concat("/", [namespace, name]), [])
} else := [obj |
	some version, kinds in synced.namespaces[namespace]
	startswith(version, "networking.istio.io/")
	not resource.foreign(version)
	obj := kinds.VirtualService[name]
	is_object(obj)
]

# METADATA
# title: The policies of a mesh that speak of a Service
# description: >-
#   What VirtualServices, DestinationRules, routes with a Service as parent, ServiceProfiles and TrafficSplits say of
#   the Service of a name in a namespace, as a list of {role, kind, form, path, obj, wide, alone}. role is host (a
#   VirtualService for calls in the mesh), rule (a DestinationRule), route (HTTPRoute, GRPCRoute), profile or split;
#   wide tells that a wildcard names the Service, alone that the unit holds no other object of that kind and name, as
#   where files are alternatives to each other.
policies_of(namespace, name) := array.concat(
	[object.union(policy, {"wide": false}) |
		some policy in object.get(_known_policies, concat("/", [namespace, name]), [])
	],
	[object.union(policy, {"wide": true}) |
		some key in [concat("/", [namespace, "*"]), "*/*"]
		some policy in object.get(_known_policies, key, [])
	],
)

# METADATA
# title: The Service of a ServiceProfile
# description: The namespace and name of the Service that a ServiceProfile is named after, as name.namespace.svc.domain.
profiled(profile) := address if {
	address := hostname.address(resource.ref(profile).name, "")
	address.form == "fqdn"
}

# METADATA
# title: ServiceProfiles that decide
# description: >-
#   True when a ServiceProfile has routes or targets, by which the proxies of Linkerd follow it and nothing else that is
#   said of its Service.
profile_decides(profile) if {
	profile.spec.routes[0]
} else if {
	profile.spec.dstOverrides[0]
}

# METADATA
# title: Parents that are Services
# description: >-
#   The parents of a route that are Services, as a list of {namespace, name, port, path}; port is null where any.
parents(route) := [parent |
	some index, given in route.spec.parentRefs
	given.kind == "Service"
	resource.text(object.get(given, "group", "")) in {"", "core"}
	parent := {
		"namespace": resource.text(object.get(given, "namespace", resource.ref(route).namespace)),
		"name": resource.text(object.get(given, "name", "")),
		"port": object.get(given, "port", null),
		"path": ["spec", "parentRefs", index],
	}
]

# METADATA
# title: VirtualServices for calls in the mesh
# description: True when a VirtualService speaks of calls between workloads and not only of those through gateways.
in_mesh(obj) if {
	not obj.spec.gateways
} else if {
	obj.spec.gateways == []
} else if {
	some gateway in obj.spec.gateways
	gateway == "mesh"
}

_entries_of(text) := [entry |
	some key in _matching(text)
	some entry in object.get(_known_entries, key, [])
]

_matching(text) := array.concat([text], [wildcard |
	parts := split(text, ".")
	some at in numbers.range(1, min([count(parts), 16]))
	wildcard := concat(".", array.concat(["*"], array.slice(parts, at, count(parts))))
])

_known_entries := known if {
	known := prepared.entries
} else := _entries

_known_policies := known if {
	known := prepared.policies
} else := _policies

_policy_kinds := {
	"VirtualService", "DestinationRule", "HTTPRoute", "GRPCRoute", "ServiceProfile", "ServiceEntry",
	"TrafficSplit",
}

_policy_objects := array.concat(
	[obj |
		some versions in _namespaces
		some version, kinds in versions
		not resource.foreign(version)
		some kind in _policy_kinds
		some obj in kinds[kind]
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.obj.kind in _policy_kinds
		not resource.foreign(record.obj.apiVersion)
	],
)

_named_services := {key: found |
	some key in {entry.key | some entry in _service_names}
	found := [entry.obj | some entry in _service_names; entry.key == key]
}

_service_names := [{"key": concat("/", [resource.ref(obj).namespace, resource.ref(obj).name]), "obj": obj} |
	some obj in _service_objects
]

_virtual_services := {key: found |
	some key in {entry.key | some entry in _virtual_service_names}
	found := [entry.obj | some entry in _virtual_service_names; entry.key == key]
}

_virtual_service_names := [{"key": concat("/", [resource.ref(obj).namespace, resource.ref(obj).name]), "obj": obj} |
	some obj in _policy_objects
	resource.group_kind(obj) == "networking.istio.io/VirtualService"
]

_entries := {key: found |
	some key in {entry.key | some entry in _entry_hosts}
	found := [entry.obj | some entry in _entry_hosts; entry.key == key]
}

_entry_hosts := [{"key": hostname.text(text), "obj": obj} |
	some obj in _policy_objects
	resource.group_kind(obj) == "networking.istio.io/ServiceEntry"
	some text in obj.spec.hosts
]

_policies := {key: found |
	some key in {claim.key | some claim in _claims}
	found := [claim.policy | some claim in _claims; claim.key == key]
}

_claims := [{"key": concat("/", [claim.namespace, claim.name]), "policy": policy} |
	some obj in _policy_objects
	kind := resource.group_kind(obj)
	some claim in _claims_of(kind, obj)
	policy := {
		"role": claim.role,
		"kind": kind,
		"form": claim.form,
		"path": claim.path,
		"obj": obj,
		"alone": _alone(obj),
	}
]

_alone(obj) := false if {
	_policy_key(obj) in _ambiguous
} else := true

_ambiguous := {key |
	some key in {entry.key | some entry in _policy_keys}
	count([true | some entry in _policy_keys; entry.key == key]) > 1
}

_policy_keys := [{"key": _policy_key(obj)} |
	some obj in _policy_objects
	not resource.meta(obj).uid
]

_policy_key(obj) := concat("/", [resource.group_kind(obj), resource.ref(obj).namespace, resource.ref(obj).name])

_claims_of("networking.istio.io/VirtualService", obj) := [object.union(address, {"role": "host", "path": path}) |
	in_mesh(obj)
	some index, text in obj.spec.hosts
	address := hostname.address(hostname.text(text), resource.ref(obj).namespace)
	path := ["spec", "hosts", index]
]

_claims_of("networking.istio.io/DestinationRule", obj) := [object.union(address, {"role": "rule", "path": path}) |
	address := hostname.address(hostname.text(obj.spec.host), resource.ref(obj).namespace)
	path := ["spec", "host"]
]

_claims_of("gateway.networking.k8s.io/HTTPRoute", obj) := _claims_of_route(obj)

_claims_of("gateway.networking.k8s.io/GRPCRoute", obj) := _claims_of_route(obj)

_claims_of("policy.linkerd.io/HTTPRoute", obj) := _claims_of_route(obj)

_claims_of("linkerd.io/ServiceProfile", obj) := [object.union(profiled(obj), {"role": "profile", "path": path}) |
	path := ["metadata", "name"]
]

_claims_of("split.smi-spec.io/TrafficSplit", obj) := [object.union(address, {"role": "split", "path": path}) |
	address := hostname.address(hostname.text(obj.spec.service), resource.ref(obj).namespace)
	path := ["spec", "service"]
]

_claims_of_route(obj) := [object.union(parent, {"role": "route", "form": ""}) | some parent in parents(obj)]
