package lib.onelayer.claims

import data.lib.onelayer.duration
import data.lib.onelayer.resource
import data.lib.onelayer.retries

_calls(subject) := [edge |
	some record in _records(subject)
	some name, variable in record.env
	target := _target(subject, variable)
	edge := _edge({
		"from": subject.ref,
		"to": target,
		"path": variable.path,
		"object": resource.ref(record.obj),
		"note": sprintf("%s in %s names Service %s", [name, record.label, target.name]),
		"mode": subject.mode,
		"application": _repeats(record),
	})
]

_entrances(subject) := [edge |
	some service in subject.services
	some policy in policies_of(service)
	policy.role == "route"
	some gateway in policy.gateways
	edge := _edge({
		"from": _gateway(gateway, policy.ref),
		"to": resource.ref(service),
		"path": ["spec", "gateways"],
		"object": policy.ref,
		"note": sprintf("VirtualService %s routes from the gateway", [policy.ref.name]),
		"mode": "gateway",
		"application": [],
	})
]

_gateway(name, ref) := {
	"apiVersion": ref.apiVersion,
	"kind": "Gateway",
	"namespace": array.concat([ref.namespace], array.slice(parts, 0, count(parts) - 1))[count(parts) - 1],
	"name": parts[count(parts) - 1],
} if {
	parts := split(resource.text(name), "/")
	count(parts) < 3
}

_edge(call) := {
	"from": call.from,
	"to": call.to,
	"layers": layers,
	"connect": _product(layers, "connect"),
	"server_error": _product(layers, "server-error"),
	"certain": call.mode != "unknown",
	"bound_ms": _bound(layers),
	"evidence": [object.union({"layer": "kubernetes"}, object.filter(call, ["object", "path", "note"]))],
} if {
	layers := array.concat(call.application, _tries_of_mesh(call))
}

_product(layers, class) := product([layer.tries | some layer in layers; class in layer.classes])

_bound(layers) := min(bounds) if {
	outer := product([layer.tries | some layer in layers; layer.layer == "container"])
	bounds := [bound |
		some layer in layers
		layer.bound_ms != null
		bound := layer.bound_ms * outer
	]
	count(bounds) > 0
} else := null

_target(subject, variable) := target if {
	variable.from == "manifest"
	is_string(variable.value)
	host := _host(variable.value)
	key := _addressed(host, subject.ref.namespace)
	target := _places.services[key].ref
	not target in [resource.ref(service) | some service in subject.services]
}

_host(value) := groups[0][1] if {
	groups := regex.find_all_string_submatch_n(_address_with_scheme, value, 1)
	count(groups) > 0
} else := groups[0][1] if {
	groups := regex.find_all_string_submatch_n(`^([A-Za-z0-9.-]+):[0-9]{1,5}$`, value, 1)
	count(groups) > 0
} else := value if {
	regex.match(`^[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.[a-z.]+)?$`, value)
}

_address_with_scheme := `^[a-z][a-z0-9+.-]*://(?:[^@/?#]*@)?([A-Za-z0-9.-]+)(?:[:/?#]|$)`

_repeats(record) := [layer |
	counted := [entry |
		some name, variable in record.env
		entry := _repeat(name, variable)
	]
	tries := max([entry.tries | some entry in counted])
	layer := {
		"layer": "container",
		"tries": tries,
		"classes": ["connect", "server-error"],
		"bound_ms": null,
		"object": resource.ref(record.obj),
		"path": [entry.path | some entry in counted; entry.tries == tries][0],
		"note": sprintf("the application in %s says that it tries %d times", [record.label, tries]),
	}
]

_repeat(name, variable) := {"tries": found.tries, "path": variable.path} if {
	variable.from == "manifest"
	found := retries.of_variable(name, resource.text(variable.value))
}

_tries_of_mesh(call) := [layer] if {
	call.mode in {"sidecar", "gateway", "proxyless"}
	layer := _layer(_told(call))
} else := [layer] if {
	call.mode == "ambient"
	_places.services[_key(call.to.namespace, call.to.name)].waypoint
	layer := _layer(_told(call))
} else := [layer] if {
	call.mode == "linkerd"
	layer := _layer(_linkerd_told(call))
} else := []

_layer(told) := {
	"layer": "mesh",
	"tries": told.retries + 1,
	"classes": told.classes,
	"bound_ms": told.limit,
	"object": told.object,
	"path": told.path,
	"note": told.note,
}

_told(call) := object.union(told, {
	"object": policy.ref,
	"note": sprintf("%s %s lets the proxy try %d times", [policy.ref.kind, policy.ref.name, told.retries + 1]),
}) if {
	routes := [policy |
		some policy in object.get(_places.policies, _key(call.to.namespace, call.to.name), [])
		policy.role == "route"
		policy.retries != null
		_concerned(policy, call.mode)
	]
	most := max([policy.retries.retries | some policy in routes])
	policy := [candidate | some candidate in routes; candidate.retries.retries == most][0]
	told := policy.retries
} else := {
	"object": call.object,
	"path": call.path,
	"retries": retries.of_istio_by_default,
	"classes": ["connect"],
	"limit": null,
	"note": sprintf("no route speaks of it, so the proxy tries %v times when the connection fails", [
		retries.of_istio_by_default + 1,
	]),
}

_concerned(policy, "gateway") if count(policy.gateways) > 0

_concerned(policy, mode) if {
	mode != "gateway"
	policy.in_mesh
}

_linkerd_told(call) := {
	"retries": told.limit,
	"classes": ["server-error"],
	"limit": null,
	"object": told.ref,
	"path": ["metadata", "annotations"],
	"note": sprintf("%s %s lets Linkerd try %d times", [told.ref.kind, told.ref.name, told.limit + 1]),
} if {
	told := _linkerd_says(_key(call.to.namespace, call.to.name))
}

_linkerd_says(key) := routes[count(routes) - 1][1] if {
	routes := sort([[policy.limit, {"limit": policy.limit, "ref": policy.ref}] |
		some policy in object.get(_places.policies, key, [])
		policy.limit != null
	])
	count(routes) > 0
} else := service if {
	service := _places.services[key]
	service.limit != null
}

_route_retries(route, path) := {
	"retries": attempts,
	"classes": _classes(resource.text(object.get(route.retries, "retryOn", ""))),
	"path": array.concat(path, ["retries"]),
	"limit": _limit(route, attempts),
} if {
	is_object(route.retries)
	attempts := _whole(object.get(route.retries, "attempts", 0))
} else := {"retries": more, "classes": ["connect"], "path": path, "limit": _limit(route, more)} if {
	route.timeout
	more := retries.of_istio_by_default
} else := null

_whole(value) := value if {
	is_number(value)
	value >= 0
	value <= 1000
	floor(value) == value
} else := 0

_classes("") := ["connect"]

_classes(text) := array.concat([class | some class in ["connect"]; _on_connect(text)], [class |
	some class in ["server-error"]
	_on_answer(text)
]) if {
	text != ""
}

_on_connect(text) if regex.match(`connect-failure|refused-stream|unavailable|cancelled|reset|5xx|gateway-error`, text)

_on_answer(text) if regex.match(`5xx|gateway-error|retriable-status-codes|(?:^|,)\s*5[0-9][0-9]`, text)

_limit(route, attempts) := min(limits) if {
	limits := array.concat(
		[given | given := duration.of_go(route.timeout)],
		[all_tries |
			each := duration.of_go(route.retries.perTryTimeout)
			all_tries := ((attempts + 1) * each) + (25 * attempts)
		],
	)
	count(limits) > 0
} else := null
