# METADATA
# scope: package
# title: Retries that do not fit into their timeout
# description: >-
#   The mesh owns retries and the timeout of a call, and the timeout covers all tries. Where one try may take as long as
#   the timeout, the retries never happen; where all of them take longer, the last are cut, and the application sees a
#   timeout instead of the answer of another Pod. Retries that the mesh never does anyway, beside a fault or where it
#   does not read them, are left to the rules that say so.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/virtual-service/
#   description: Istio, HTTPRetry
# - ref: https://gateway-api.sigs.k8s.io/geps/gep-1731/
#   description: Gateway API, retries
# - ref: https://linkerd.io/2/reference/timeouts/
#   description: Linkerd, timeouts
# custom:
#   id: resilience/retry-exceeds-timeout
#   severity: error
#   severities: [error, warning, info]
#   group: resilience
#   concerns: [retries, timeouts]
#   layers: [mesh]
#   applies_to: [
#     networking.istio.io/VirtualService, gateway.networking.k8s.io/HTTPRoute, gateway.networking.k8s.io/GRPCRoute,
#     policy.linkerd.io/HTTPRoute, /Service
#   ]
#   needs: [object, namespace]
#   needles: [
#     "retries", "retry"
#   ]
#   remediation:
#     default: >-
#       Give each try at most the timeout divided by the number of tries, which is one more than that of retries.
#     sidecar: >-
#       Set retries.perTryTimeout (timeouts.backendRequest of an HTTPRoute) to the timeout divided by attempts plus one.
#     linkerd: >-
#       Set retry.linkerd.io/timeout to timeout.linkerd.io/request divided by retry.linkerd.io/limit plus one.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.retry_exceeds_timeout

import data.lib.onelayer.duration
import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.retries

violation contains finding.new(rego.metadata.chain(), call.obj, {
	"msg": sprintf("%s %s is no shorter than %s %s, so the mesh never retries; give each of %v tries %s", [
		call.try_name,
		duration.text(call.try),
		call.total_name,
		duration.text(call.total),
		call.retries + 1,
		duration.text(call.total / (call.retries + 1)),
	]),
	"path": call.try_path,
}) if {
	some call in _calls
	call.try >= call.total
}

violation contains finding.new(rego.metadata.chain(), call.obj, {
	"msg": sprintf("%v tries of %s take up to %s, but %s is %s, so the mesh cuts the last; give each %s", [
		call.retries + 1,
		duration.text(call.try),
		duration.text(_worst(call)),
		call.total_name,
		duration.text(call.total),
		duration.text((call.total - (call.retries * call.backoff)) / (call.retries + 1)),
	]),
	"severity": "warning",
	"path": call.try_path,
}) if {
	some call in _calls
	call.try < call.total
	_worst(call) > call.total
}

violation contains finding.new(rego.metadata.chain(), call.obj, {
	"msg": sprintf("%s of %s covers all tries and %s is not set, so a slow try leaves none to the mesh; set it to %s", [
		call.total_name,
		duration.text(call.total),
		call.try_name,
		duration.text(call.total / (call.retries + 1)),
	]),
	"severity": "warning",
	"path": call.retry_path,
}) if {
	some call in _calls
	not call.given.try
}

violation contains finding.new(rego.metadata.chain(), call.obj, {
	"msg": sprintf("the mesh retries without %s or %s, so nobody ends a call that hangs; set both", [
		call.total_name,
		call.try_name,
	]),
	"severity": "info",
	"path": call.retry_path,
}) if {
	some call in _calls
	not call.given.total
	not call.given.try
}

_worst(call) := (call.try * (call.retries + 1)) + (call.retries * call.backoff)

_calls := array.concat(_of_istio, array.concat(_of_gateway, _of_linkerd))

_of_istio := [call |
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	path := ["spec", "http", index]
	attempts := route.retries.attempts
	_positive(attempts)
	not _faulty(route)
	call := object.union(
		{
			"obj": record.obj, "retries": attempts, "backoff": 25,
			"total_name": "timeout", "try_name": "perTryTimeout",
			"try_path": array.concat(path, ["retries", "perTryTimeout"]),
			"retry_path": array.concat(path, ["retries"]),
		},
		_times(
			{"total": object.get(route, "timeout", null), "try": object.get(route.retries, "perTryTimeout", null)},
			"go",
		),
	)
]

_of_gateway := [call |
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute"})
	some index, rule in record.obj.spec.rules
	path := ["spec", "rules", index]
	is_object(rule.retry)
	attempts := object.get(rule, ["retry", "attempts"], 2)
	_positive(attempts)
	not mesh.linkerd_reads(record.obj)
	call := object.union(
		{
			"obj": record.obj, "retries": attempts, "backoff": 25,
			"total_name": "timeouts.request", "try_name": "timeouts.backendRequest",
			"try_path": array.concat(path, ["timeouts", "backendRequest"]),
			"retry_path": array.concat(path, ["retry"]),
		},
		_times(
			{
				"total": object.get(rule, ["timeouts", "request"], null),
				"try": object.get(rule, ["timeouts", "backendRequest"], null),
			},
			"gateway",
		),
	)
]

_of_linkerd := [call |
	some record in resource.of({
		"/Service", "gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute",
		"policy.linkerd.io/HTTPRoute",
	})
	annotations := resource.annotations(record.obj)
	kept := [key |
		some key in ["retry.linkerd.io/http", "retry.linkerd.io/grpc", _limit, _try]
		annotations[key]
		not key in object.get(retries.unread, record.obj.kind, set())
	]
	call := object.union(
		{
			"obj": record.obj, "retries": _limit_of(annotations), "backoff": 0,
			"total_name": _total, "try_name": _try,
			"try_path": ["metadata", "annotations", _try],
			"retry_path": ["metadata", "annotations", kept[0]],
		},
		_times(
			{"total": object.get(annotations, _total, null), "try": object.get(annotations, _try, null)},
			"linkerd",
		),
	)
]

_limit := "retry.linkerd.io/limit"

_try := "retry.linkerd.io/timeout"

_total := "timeout.linkerd.io/request"

_limit_of(annotations) := to_number(text) if {
	text := resource.text(annotations[_limit])
	regex.match(`^[1-9][0-9]{0,4}$`, text)
} else := 1

_faulty(route) if is_object(route.fault)

_positive(number) if {
	is_number(number)
	number > 0
}

_times(given, format) := object.union(
	{"given": {name: value | some name, value in given; value != null}},
	{name: milliseconds |
		some name, value in given
		milliseconds := _milliseconds(value, format)
		milliseconds > 0
	},
)

_milliseconds(text, "go") := duration.of_go(text)

_milliseconds(text, "gateway") := duration.of_gateway(text)

_milliseconds(text, "linkerd") := duration.of_linkerd(text)
