# METADATA
# scope: package
# title: Retries that switch themselves off
# description: >-
#   The manifest speaks of retries, and the mesh does none. In Istio an empty retries block means none and takes the
#   default of two away, and a fault on a route switches its retries and timeout off; Linkerd reads a limit of 0 as not
#   set. The mesh owns retries here, and the author believes otherwise about what it does.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/virtual-service/
#   description: Istio, HTTPRetry
# - ref: https://linkerd.io/2/reference/retries/
#   description: Linkerd, retries
# custom:
#   id: resilience/retries-off-by-mistake
#   severity: warning
#   severities: [warning]
#   group: resilience
#   concerns: [retries, timeouts]
#   layers: [mesh]
#   applies_to: [
#     networking.istio.io/VirtualService, /Service, gateway.networking.k8s.io/HTTPRoute,
#     gateway.networking.k8s.io/GRPCRoute, policy.linkerd.io/HTTPRoute
#   ]
#   needs: [object]
#   needles: [
#     "retries", "fault", "retry.linkerd.io/limit"
#   ]
#   remediation:
#     default: >-
#       Say how often the mesh retries; where it must not, say so with attempts 0 in Istio or without retry annotations
#       in Linkerd.
#     sidecar: >-
#       Write retries.attempts, or remove retries to keep the default of two; keep faults on a route of their own.
#     linkerd: >-
#       Remove retry.linkerd.io/http or retry.linkerd.io/grpc to retry never.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.retries_off_by_mistake

import data.lib.onelayer.finding
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": "retries without attempts means none in Istio, and the default of 2 is lost; write attempts",
	"path": ["spec", "http", index, "retries"],
}) if {
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	is_object(route.retries)
	object.get(route.retries, "attempts", null) == null
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("a fault on this route switches off its %s in the mesh; put the fault on a route of its own", [
		concat(" and ", lost),
	]),
	"path": ["spec", "http", index, "fault"],
}) if {
	some record in resource.of({"networking.istio.io/VirtualService"})
	some index, route in record.obj.spec.http
	is_object(route.fault)
	lost := _lost(route)
	count(lost) > 0
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s=0 reads as not set, so Linkerd retries once; remove %s to retry never", [
		_limit,
		concat(", ", others),
	]),
	"path": ["metadata", "annotations", _limit],
}) if {
	some record in resource.of({
		"/Service", "gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute",
		"policy.linkerd.io/HTTPRoute",
	})
	annotations := resource.annotations(record.obj)
	annotations[_limit] == "0"
	others := [key | some key in ["retry.linkerd.io/http", "retry.linkerd.io/grpc"]; annotations[key]]
	count(others) > 0
}

_limit := "retry.linkerd.io/limit"

_lost(route) := [what |
	some [what, given] in [
		["retries", object.get(route, ["retries", "attempts"], 0)],
		["timeout", object.get(route, "timeout", 0)],
	]
	not given in {0, null}
]
