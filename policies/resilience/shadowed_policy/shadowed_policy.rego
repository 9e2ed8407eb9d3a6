# METADATA
# scope: package
# title: A resilience policy stands where nothing reads it
# description: >-
#   Timeouts, retries or circuit breaking are written in a place that the mesh does not read - annotations beside a
#   ServiceProfile, the retry field of an HTTPRoute under Linkerd, a delegate of a delegate or one with hosts - or with
#   a value that is none, such as a duration without a unit, for which the object is refused or the value dropped with
#   a log line. The mesh owns these concerns, the author believes that it does what the manifest says, and the
#   application has no policy.
# related_resources:
# - ref: https://linkerd.io/2/reference/retries/
#   description: Linkerd, retries
# - ref: https://linkerd.io/2/reference/timeouts/
#   description: Linkerd, timeouts
# - ref: https://linkerd.io/2/reference/circuit-breaking/
#   description: Linkerd, circuit breaking
# custom:
#   id: resilience/shadowed-policy
#   severity: error
#   severities: [error, warning, info]
#   group: resilience
#   concerns: [retries, timeouts, circuit-breaking]
#   layers: [mesh]
#   applies_to: [
#     /Service, gateway.networking.k8s.io/HTTPRoute, gateway.networking.k8s.io/GRPCRoute, policy.linkerd.io/HTTPRoute,
#     linkerd.io/ServiceProfile, networking.istio.io/VirtualService, networking.istio.io/DestinationRule
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "retry", "retries", "timeout", "failure-accrual", "outlierDetection", "connectionPool", "delegate"
#   ]
#   remediation:
#     default: >-
#       Write the policy where the mesh reads it, once, and delete what is ignored.
#     linkerd: >-
#       Use the annotations retry.linkerd.io, timeout.linkerd.io and balancer.linkerd.io on the Service or route, with
#       valid values, and delete the ServiceProfile; or keep the ServiceProfile and delete the annotations.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.shadowed_policy

import data.lib.onelayer.destination
import data.lib.onelayer.duration
import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.inventory
import data.lib.onelayer.malformed
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.retries

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("Linkerd takes the policy of this Service from ServiceProfile %s and ignores %s; keep one of them", [
		resource.ref(profiles[0]).name,
		keys[0],
	]),
	"path": _at(keys[0]),
	"related": [{"note": "owns the policy instead", "object": resource.ref(profile), "path": ["spec"]} |
		some profile in profiles
	],
}) if {
	some record in resource.of({"/Service"})
	keys := [key | some key, _ in resource.annotations(record.obj); mesh.policy_of_linkerd(key)]
	profiles := _profiles(resource.ref(record.obj))
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("Linkerd does not read %s of an HTTPRoute, so the policy is not there; use the annotation %s", [
		concat(".", field),
		instead,
	]),
	"severity": severity,
	"path": array.concat(["spec", "rules", index], field),
}) if {
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute", "policy.linkerd.io/HTTPRoute"})
	mesh.linkerd_reads(record.obj)
	some index, rule in record.obj.spec.rules
	some [field, instead, severity] in [
		[["retry"], "retry.linkerd.io/http", "error"],
		[["timeouts", "backendRequest"], "retry.linkerd.io/timeout", "warning"],
	]
	is_object(rule)
	object.get(rule, field, null) != null
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s=%s goes before timeouts.request %s in Linkerd, so the field is ignored; keep one", [
		_request,
		duration.text(annotated),
		duration.text(declared),
	]),
	"severity": "warning",
	"path": ["spec", "rules", index, "timeouts", "request"],
}) if {
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute", "policy.linkerd.io/HTTPRoute"})
	annotated := duration.of_linkerd(resource.annotations(record.obj)[_request])
	some index, rule in record.obj.spec.rules
	declared := duration.of_gateway(rule.timeouts.request)
	declared != annotated
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("Linkerd cannot read %s=%s and %s; write %s", [
		key,
		substring(value, 0, 30),
		_answer(record.kind),
		wanted,
	]),
	"path": _at(key),
}) if {
	some record in resource.of({"/Service"} | _routes)
	_for_services(record)
	some key, given in resource.annotations(record.obj)
	wanted := _wanted[_type[key]]
	value := resource.text(given)
	not regex.match(`[${]`, value)
	not _readable(_type[key], trim_space(value))
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s says nothing to Linkerd, because %s %s; set it to %s", [keys[0], _accrual, reason, mode]),
	"path": _at(keys[0]),
}) if {
	some record in resource.of({"/Service"})
	annotations := resource.annotations(record.obj)
	some [prefix, given, reason, mode] in [
		[_prefix, "", "is not set", "consecutive"],
		[_rate, "", "is not set", "unified"],
		[_rate, "consecutive", "is consecutive", "unified"],
	]
	object.get(annotations, _accrual, "") == given
	keys := _under(annotations, prefix)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("Linkerd does not read %s on a %s, so these retries never happen; use %s", [
		key,
		record.obj.kind,
		instead,
	]),
	"path": _at(key),
}) if {
	some [kinds, key, instead] in [
		[{"gateway.networking.k8s.io/GRPCRoute"}, _http, _grpc],
		[{"gateway.networking.k8s.io/HTTPRoute", "policy.linkerd.io/HTTPRoute"}, _grpc, _http],
	]
	some record in resource.of(kinds)
	resource.annotations(record.obj)[key]
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s here replaces all %s annotations of Service %s, so its %s is lost; repeat it on the route", [
		own[0],
		prefix,
		parent.name,
		lost[0],
	]),
	"severity": "warning",
	"path": _at(own[0]),
	"related": [{"note": "is replaced for this route", "object": resource.ref(service), "path": _at(lost[0])} |
		some service in services
	],
}) if {
	some record in resource.of(_routes)
	annotations := resource.annotations(record.obj)
	some prefix in ["retry.linkerd.io", "timeout.linkerd.io"]
	own := _under(annotations, prefix)
	some parent in inventory.parents(record.obj)
	services := inventory.service_at(parent.namespace, parent.name)
	lost := [key |
		some key in _under(resource.annotations(services[0]), prefix)
		not key in own
		not key in retries.unread[record.obj.kind]
	]
	every service in services {
		every key in lost {
			resource.annotations(service)[key]
		}
	}
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s %s=%s of this %s, so %s; write %s", [
		_refusal[record.kind].who,
		field.name,
		field.value,
		record.obj.kind,
		_refusal[record.kind].effect,
		field.wanted,
	]),
	"path": field.path,
}) if {
	some record in resource.of(object.keys(_refusal))
	some field in malformed.fields(record.kind, record.obj)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s, and Istio follows one level of delegates, so nothing reads the policy behind it; %s", [
		reason,
		"name the last delegate in the first VirtualService",
	]),
	"path": ["spec", "http", index, "delegate"],
}) if {
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	is_object(route.delegate)
	reason := _delegated_on(record.obj, route.delegate)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("VirtualService %s has hosts, so it is no delegate and Istio drops this route; remove its hosts", [
		substring(resource.text(route.delegate.name), 0, 40),
	]),
	"path": ["spec", "http", index, "delegate"],
	"related": [{"note": "has hosts of its own", "object": resource.ref(named), "path": ["spec", "hosts"]} |
		some named in _named(record.obj, route.delegate)
	],
}) if {
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	is_object(route.delegate)
	not _delegated_on(record.obj, route.delegate)
	named := _named(record.obj, route.delegate)
	named != []
	every other in named {
		other.spec.hosts[0]
	}
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("Istio does not know host %s, so nothing takes this policy; write %s", [
		substring(aimed.host, 0, 40),
		concat(".", [address.name, address.namespace, "svc.DOMAIN"]),
	]),
	"severity": "warning",
	"path": aimed.path,
}) if {
	some record in resource.of(_of_istio)
	some aimed in _aimed(record.kind, record.obj)
	address := inventory.host(hostname.text(aimed.host), resource.ref(record.obj).namespace)
	address.form in {"svc", "namespaced"}
	address.kind == "service"
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("no Service and no ServiceEntry that is known is called %s, so nothing takes this policy; %s", [
		substring(aimed.host, 0, 40),
		"correct the host",
	]),
	"severity": "info",
	"path": aimed.path,
}) if {
	some record in resource.of(_of_istio)
	some aimed in _aimed(record.kind, record.obj)
	address := inventory.host(hostname.text(aimed.host), resource.ref(record.obj).namespace)
	address.kind == "unknown"
	address.form in {"short", "fqdn"}
	inventory.namespace(address.namespace)
}

_refusal := object.union(
	{kind: {"who": "the API server refuses", "effect": "nothing in it counts"} | some kind in _known_to_the_api},
	{"linkerd.io/ServiceProfile": {"who": "Linkerd cannot read", "effect": "it does not count"}},
)

_known_to_the_api := _routes | _of_istio

_of_istio := {"networking.istio.io/VirtualService", "networking.istio.io/DestinationRule"}

_delegated_on(obj, delegate) := "a delegate cannot delegate on" if {
	not obj.spec.hosts[0]
} else := "this VirtualService delegates to itself" if {
	resource.text(delegate.name) == resource.ref(obj).name
	_namespace(obj, delegate) == resource.ref(obj).namespace
}

_named(obj, delegate) := inventory.virtual_service_at(_namespace(obj, delegate), resource.text(delegate.name))

_namespace(obj, delegate) := resource.text(object.get(delegate, "namespace", resource.ref(obj).namespace))

_aimed("networking.istio.io/DestinationRule", obj) := [{"host": host, "path": ["spec", "host"]} |
	host := resource.text(obj.spec.host)
	_bounds(obj)
]

_aimed("networking.istio.io/VirtualService", obj) := [aimed |
	some index, route in obj.spec.http
	_repeats(route)
	some number, target in route.route
	host := resource.text(target.destination.host)
	aimed := {"host": host, "path": ["spec", "http", index, "route", number, "destination", "host"]}
]

_bounds(rule) if {
	some policy in destination.policies(rule)
	some field in ["outlierDetection", "connectionPool"]
	is_object(policy.value[field])
}

_repeats(route) if {
	is_object(route.retries)
} else if {
	is_string(route.timeout)
}

_answer(kind) := "drops it with a log line only" if {
	kind == "/Service"
} else := "refuses the route"

_for_services(record) if {
	record.kind == "/Service"
} else if {
	count(inventory.parents(record.obj)) > 0
}

_routes := {
	"gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute",
	"policy.linkerd.io/HTTPRoute",
}

_at(key) := ["metadata", "annotations", key]

_request := "timeout.linkerd.io/request"

_http := "retry.linkerd.io/http"

_grpc := "retry.linkerd.io/grpc"

_accrual := "balancer.linkerd.io/failure-accrual"

_prefix := "balancer.linkerd.io/failure-accrual-"

_rate := "balancer.alpha.linkerd.io/failure-accrual-"

_under(annotations, prefix) := [key |
	some key, _ in annotations
	startswith(key, prefix)
]

_profiles(ref) := [policy.obj |
	some policy in inventory.policies_of(ref.namespace, ref.name)
	policy.role == "profile"
	policy.alone == true
	resource.ref(policy.obj).namespace == ref.namespace
	inventory.profile_decides(policy.obj)
]

_type := {
	"timeout.linkerd.io/request": "duration",
	"timeout.linkerd.io/response": "duration",
	"timeout.linkerd.io/idle": "duration",
	"retry.linkerd.io/timeout": "duration",
	"retry.linkerd.io/limit": "number",
	"retry.linkerd.io/http": "http",
	"retry.linkerd.io/grpc": "grpc",
	"balancer.linkerd.io/failure-accrual": "mode",
	"balancer.linkerd.io/failure-accrual-consecutive-max-failures": "number",
	"balancer.linkerd.io/failure-accrual-consecutive-min-penalty": "duration",
	"balancer.linkerd.io/failure-accrual-consecutive-max-penalty": "duration",
}

_wanted := {
	"duration": "a whole number with a unit, such as 5s",
	"number": "a whole number",
	"http": "status codes, 5xx or gateway-error",
	"grpc": "codes such as unavailable",
	"mode": "consecutive or unified",
}

_readable("duration", value) if regex.match(`^(?:[0-9]+(?:ms|s|m|h|d)|0+)$`, value)

_readable("number", value) if regex.match(`^\+?[0-9]{1,9}$`, value)

_readable("http", value) if {
	every part in split(value, ",") {
		regex.match(`^\s*(?i:5xx|gateway-error|[1-5][0-9]{2}(?:-[1-5][0-9]{2})?)\s*$`, part)
	}
}

_readable("grpc", value) if {
	every part in split(value, ",") {
		regex.match(`^\s*(?i:cancelled|deadline-exceeded|internal|resource-exhausted|unavailable)\s*$`, part)
	}
}

_readable("mode", value) if value in {"consecutive", "unified"}
