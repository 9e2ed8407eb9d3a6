package lib.onelayer.claims

import data.lib.onelayer.destination
import data.lib.onelayer.hostname
import data.lib.onelayer.resource

_policies("networking.istio.io/VirtualService", obj) := [policy |
	namespace := resource.ref(obj).namespace
	some index, route in obj.spec.http
	is_object(route)
	policy := {
		"role": "route",
		"ref": resource.ref(obj),
		"within": sprintf("spec.http[%d]", [index]),
		"keys": {key |
			some host in array.concat(
				[entry.destination.host | some entry in route.route],
				[host | some host in obj.spec.hosts; _in_mesh(obj)],
			)
			key := _addressed(host, namespace)
		},
		"marks": _route_marks(obj, index, route),
		"retries": _route_retries(route, ["spec", "http", index]),
		"limit": null,
		"in_mesh": _in_mesh(obj),
		"gateways": [gateway | some gateway in _list(object.get(obj.spec, "gateways", [])); gateway != "mesh"],
	}
]

_policies("networking.istio.io/DestinationRule", obj) := [object.union(_plain(obj, "rule"), {
	"keys": {key | key := _addressed(obj.spec.host, resource.ref(obj).namespace)},
	"marks": [mark |
		some policy in destination.policies(obj)
		some [field, concern, note] in [
			["loadBalancer", "load-balancing", "says how the mesh balances"],
			["outlierDetection", "circuit-breaking", "takes failing Pods out of the balancing"],
			["connectionPool", "circuit-breaking", "bounds the connections and requests in flight"],
		]
		is_object(policy.value[field])
		mark := {
			"concern": concern,
			"path": array.concat(policy.path, [field]),
			"note": sprintf("DestinationRule %s %s", [resource.ref(obj).name, note]),
		}
	],
})]

_policies("gateway.networking.k8s.io/HTTPRoute", obj) := _gateway_routes(obj)

_policies("gateway.networking.k8s.io/GRPCRoute", obj) := _gateway_routes(obj)

_policies("policy.linkerd.io/HTTPRoute", obj) := _gateway_routes(obj)

_policies("linkerd.io/ServiceProfile", obj) := [object.union(_plain(obj, "profile"), {
	"keys": {key | key := _addressed(resource.ref(obj).name, "")},
	"marks": [mark |
		some index, route in obj.spec.routes
		some [field, concern] in [["isRetryable", "retries"], ["timeout", "timeouts"]]
		not object.get(route, field, null) in [null, false, ""]
		mark := {
			"concern": concern,
			"path": ["spec", "routes", index, field],
			"note": sprintf("ServiceProfile %s sets %s", [resource.ref(obj).name, field]),
		}
	],
})]

_policies("networking.k8s.io/Ingress", obj) := [object.union(_plain(obj, "ingress"), {"keys": {key |
	some rule in obj.spec.rules
	some path in rule.http.paths
	key := _key(resource.ref(obj).namespace, resource.text(path.backend.service.name))
}})]

_policies("networking.istio.io/ServiceEntry", obj) := [object.union(_plain(obj, "entry"), {"keys": {key |
	some host in obj.spec.hosts
	key := _addressed(host, resource.ref(obj).namespace)
}})]

_plain(obj, role) := {
	"role": role,
	"ref": resource.ref(obj),
	"within": "",
	"marks": [],
	"retries": null,
	"limit": null,
	"in_mesh": true,
	"gateways": [],
}

_gateway_routes(obj) := [policy |
	some index, rule in obj.spec.rules
	is_object(rule)
	policy := object.union(_plain(obj, "route"), {
		"within": sprintf("spec.rules[%d]", [index]),
		"keys": {key |
			some target in array.concat(
				[backend | some backend in rule.backendRefs],
				[parent | some parent in obj.spec.parentRefs; parent.kind == "Service"],
			)
			is_string(target.name)
			key := _key(resource.text(object.get(target, "namespace", resource.ref(obj).namespace)), target.name)
		},
		"marks": array.concat(_rule_marks(obj, index, rule), _annotation_marks(obj)),
		"retries": _rule_retries(rule, ["spec", "rules", index, "retry"]),
		"limit": _linkerd_limit(obj),
	})
]

_rule_retries(rule, path) := {
	"retries": _whole(object.get(rule.retry, "attempts", 2)),
	"classes": _classes_of_codes(rule.retry),
	"path": path,
	"limit": null,
} if {
	is_object(rule.retry)
} else := null

_classes_of_codes(retry) := ["connect", "server-error"] if {
	count(_list(object.get(retry, "codes", []))) > 0
} else := ["connect"]

_rule_marks(obj, index, rule) := [mark |
	some [field, concern] in [["retry", "retries"], ["timeouts", "timeouts"]]
	is_object(rule[field])
	mark := {
		"concern": concern,
		"path": ["spec", "rules", index, field],
		"note": sprintf("%s %s sets %s", [obj.kind, resource.ref(obj).name, field]),
	}
]

_annotation_marks(obj) := [mark |
	some key, _ in resource.annotations(obj)
	some concern, prefixes in _linkerd_annotations
	some prefix in prefixes
	startswith(key, prefix)
	mark := {
		"concern": concern,
		"path": ["metadata", "annotations", key],
		"note": sprintf("%s on %s %s", [key, obj.kind, resource.ref(obj).name]),
	}
]

_route_marks(obj, index, route) := [mark |
	some [field, concern] in [["retries", "retries"], ["timeout", "timeouts"]]
	object.get(route, field, null) != null
	mark := {
		"concern": concern,
		"path": ["spec", "http", index, field],
		"note": sprintf("VirtualService %s sets %s", [resource.ref(obj).name, field]),
	}
]

_in_mesh(obj) if {
	not obj.spec.gateways
} else if {
	obj.spec.gateways == []
} else if {
	some gateway in obj.spec.gateways
	gateway == "mesh"
} else := false

_addressed(host, namespace) := _key(address.namespace, address.name) if {
	address := hostname.address(hostname.text(host), namespace)
}
