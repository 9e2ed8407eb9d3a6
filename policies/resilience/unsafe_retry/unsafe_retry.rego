# METADATA
# scope: package
# title: The mesh repeats what may have been done already
# description: >-
#   The mesh owns retries and repeats a request after an answer that the application may have given half way - a 500, a
#   reset - on routes that take writes as well. An order is then placed twice, and the application, which alone knows
#   what may be repeated, never hears of it.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/virtual-service/
#   description: Istio, HTTPRetry
# - ref: https://linkerd.io/2/reference/retries/
#   description: Linkerd, retries
# custom:
#   id: resilience/unsafe-retry
#   severity: warning
#   severities: [warning]
#   group: resilience
#   concerns: [retries]
#   layers: [container, mesh]
#   applies_to: [
#     networking.istio.io/VirtualService, gateway.networking.k8s.io/HTTPRoute, policy.linkerd.io/HTTPRoute, /Service
#   ]
#   needs: [object]
#   needles: [
#     "retryOn", "retry"
#   ]
#   parameters:
#     idempotent_annotation:
#       type: string
#       description: >-
#         The annotation that says, by the value true, that everything behind a route may be repeated.
#       default: onelayer.dev/idempotent
#   remediation:
#     default: >-
#       Split the route - retry server errors on GET, HEAD and OPTIONS only, and on writes only what never reached the
#       application (connect-failure, refused-stream, 503).
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.unsafe_retry

import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), retry.obj, {
	"msg": sprintf("the mesh repeats %s on %s, which may repeat writes that were done; retry these on GET alone", [
		concat(",", retry.unsafe),
		retry.where,
	]),
	"path": retry.path,
}) if {
	some retry in array.concat(_of_istio, array.concat(_of_gateway, _of_linkerd))
	count(retry.unsafe) > 0
	not _idempotent(retry.obj)
}

_idempotent(obj) if {
	resource.text(resource.annotations(obj)[params.of("resilience/unsafe-retry").idempotent_annotation]) == "true"
}

_of_istio := [retry |
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	route.retries.attempts > 0
	is_number(route.retries.attempts)
	not _istio_reads(route)
	retry := {
		"obj": record.obj,
		"unsafe": _unsafe_words(route.retries.retryOn),
		"where": "a route of any method",
		"path": ["spec", "http", index, "retries", "retryOn"],
	}
]

_istio_reads(route) if {
	route.match[0]
	every condition in route.match {
		_reading(condition)
	}
}

_reading(condition) if {
	condition.method.exact in _safe
} else if {
	regex.match(`^\^?\(?(GET|HEAD|OPTIONS)(\|(GET|HEAD|OPTIONS))*\)?\$?$`, resource.text(condition.method.regex))
} else if {
	some value in condition.headers["content-type"]
	startswith(resource.text(value), "application/grpc")
}

_of_gateway := [retry |
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute"})
	some index, rule in record.obj.spec.rules
	is_array(rule.retry.codes)
	object.get(rule, ["retry", "attempts"], 2) != 0
	not _rule_reads(rule)
	retry := {
		"obj": record.obj,
		"unsafe": [word | some code in rule.retry.codes; word := resource.text(code); _unsafe(word)],
		"where": "a rule of any method",
		"path": ["spec", "rules", index, "retry", "codes"],
	}
]

_rule_reads(rule) if {
	rule.matches[0]
	every condition in rule.matches {
		condition.method in _safe
	}
}

_of_linkerd := [retry |
	some record in resource.of({"/Service", "gateway.networking.k8s.io/HTTPRoute", "policy.linkerd.io/HTTPRoute"})
	not _route_reads(record.obj)
	retry := {
		"obj": record.obj,
		"unsafe": _unsafe_words(resource.annotations(record.obj)[_http]),
		"where": sprintf("a %s of any method", [record.obj.kind]),
		"path": ["metadata", "annotations", _http],
	}
]

_http := "retry.linkerd.io/http"

_route_reads(obj) if {
	obj.spec.rules[0]
	every rule in obj.spec.rules {
		_rule_reads(rule)
	}
}

_unsafe_words(text) := [word |
	some part in split(resource.text(text), ",")
	word := trim_space(part)
	_unsafe(word)
]

_unsafe(word) if {
	word in {"5xx", "gateway-error", "retriable-4xx", "reset", "retriable-status-codes"}
} else if {
	regex.match(`^5[0-9][0-9](-5[0-9][0-9])?$`, word)
	word != "503"
}

_safe := {"GET", "HEAD", "OPTIONS"}
