# METADATA
# scope: package
# title: Malformed fields
# description: >-
#   Lists the fields of a mesh object that hold no value of their type - durations, numbers, ports. The API server
#   refuses the object for one of them, so that nothing in it counts. What a tool fills in later, as ${TIMEOUT}, is left
#   alone.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/virtual-service/
#   description: Istio, VirtualService
# - ref: https://istio.io/latest/docs/reference/config/networking/destination-rule/
#   description: Istio, DestinationRule
# - ref: https://gateway-api.sigs.k8s.io/geps/gep-2257/
#   description: Gateway API, the format of durations
package lib.onelayer.malformed

import data.lib.onelayer.destination
import data.lib.onelayer.duration
import data.lib.onelayer.resource

# METADATA
# description: >-
#   The malformed fields of an object of a group/Kind, as a list of {path, name, value, wanted}: the name of the field,
#   its value as a short text, and what stands there instead. None for kinds that are not of a mesh.
fields(kind, obj) := [field |
	some checked in _checked(kind, obj)
	value := object.get(checked.holder, checked.path, null)
	value != null
	not _later(value)
	not _read(checked.type, value)
	field := {
		"path": array.concat(checked.at, checked.path),
		"name": checked.path[count(checked.path) - 1],
		"value": _shown(value),
		"wanted": _wanted[checked.type],
	}
]

_wanted := {
	"go": "a duration such as 1.5s",
	"profile": "a duration such as 1.5s",
	"gateway": "a duration such as 1500ms",
	"number": "a whole number",
	"port": "the number of a port",
	"selector": "{number: PORT}",
}

_shown(value) := substring(resource.text(value), 0, 30) if {
	resource.text(value) != ""
} else := sprintf("(%s)", [type_name(value)])

_later(value) if {
	is_string(value)
	regex.match(`[${]`, value)
}

_read("go", value) if _of_go(value)

_of_go(value) if {
	is_string(value)
	regex.match(`^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$|^[+-]?0$`, value)
}

_read("profile", value) if {
	value == ""
} else if {
	_of_go(value)
}

_read("gateway", value) if {
	is_string(value)
	duration.of_gateway(value)
}

_read("number", value) if {
	is_number(value)
	value >= 0
	value == floor(value)
}

_read("port", value) if {
	is_number(value)
	value == floor(value)
	value >= 1
	value <= 65535
}

_read("selector", value) if is_object(value)

_checked("networking.istio.io/VirtualService", obj) := [checked |
	some index, route in obj.spec.http
	is_object(route)
	at := ["spec", "http", index]
	some [holder, under, path, type] in array.concat(
		[
			[route, [], ["timeout"], "go"],
			[route, [], ["retries", "perTryTimeout"], "go"],
			[route, [], ["retries", "attempts"], "number"],
			[route, [], ["fault", "delay", "fixedDelay"], "go"],
		],
		[[target, ["route", number], ["destination", "port", "number"], "port"] |
			some number, target in route.route
			is_object(target)
		],
	)
	checked := {"holder": holder, "at": array.concat(at, under), "path": path, "type": type}
]

_checked("networking.istio.io/DestinationRule", obj) := [checked |
	some policy in destination.policies(obj)
	some section, types in _of_policies
	policy.value[section] != null
	some [path, type] in types
	object.get(policy.value, path, null) != null
	checked := {"holder": policy.value, "at": policy.path, "path": path, "type": type}
]

_checked("gateway.networking.k8s.io/HTTPRoute", obj) := array.concat(_of_rules(obj, _of_http), _of_parents(obj))

_checked("gateway.networking.k8s.io/GRPCRoute", obj) := array.concat(_of_rules(obj, []), _of_parents(obj))

_checked("policy.linkerd.io/HTTPRoute", obj) := array.concat(_of_rules(obj, _of_http), _of_parents(obj))

_checked("linkerd.io/ServiceProfile", obj) := array.concat(
	[{"holder": route, "at": ["spec", "routes", index], "path": ["timeout"], "type": "profile"} |
		some index, route in obj.spec.routes
		is_object(route)
	],
	[{"holder": obj, "at": [], "path": ["spec", "retryBudget", "ttl"], "type": "go"}],
)

_of_policies := {
	"outlierDetection": [
		[["outlierDetection", "interval"], "go"],
		[["outlierDetection", "baseEjectionTime"], "go"],
		[["outlierDetection", "consecutive5xxErrors"], "number"],
		[["outlierDetection", "consecutiveGatewayErrors"], "number"],
		[["outlierDetection", "maxEjectionPercent"], "number"],
		[["outlierDetection", "minHealthPercent"], "number"],
	],
	"connectionPool": [
		[["connectionPool", "tcp", "connectTimeout"], "go"],
		[["connectionPool", "tcp", "idleTimeout"], "go"],
		[["connectionPool", "tcp", "maxConnections"], "number"],
		[["connectionPool", "http", "idleTimeout"], "go"],
		[["connectionPool", "http", "maxRetries"], "number"],
		[["connectionPool", "http", "http1MaxPendingRequests"], "number"],
		[["connectionPool", "http", "http2MaxRequests"], "number"],
	],
	"port": [
		[["port"], "selector"],
		[["port", "number"], "port"],
	],
}

_of_http := [
	[["timeouts", "request"], "gateway"],
	[["timeouts", "backendRequest"], "gateway"],
	[["retry", "attempts"], "number"],
	[["retry", "backoff"], "gateway"],
]

_of_rules(obj, fields_of_rules) := [checked |
	some index, rule in obj.spec.rules
	is_object(rule)
	some [holder, under, path, type] in array.concat(
		[[rule, [], path, type] | some [path, type] in fields_of_rules],
		[[backend, ["backendRefs", number], ["port"], "port"] |
			some number, backend in rule.backendRefs
			is_object(backend)
		],
	)
	checked := {
		"holder": holder,
		"at": array.concat(["spec", "rules", index], under),
		"path": path,
		"type": type,
	}
]

_of_parents(obj) := [{"holder": parent, "at": ["spec", "parentRefs", index], "path": ["port"], "type": "port"} |
	some index, parent in obj.spec.parentRefs
	is_object(parent)
]
