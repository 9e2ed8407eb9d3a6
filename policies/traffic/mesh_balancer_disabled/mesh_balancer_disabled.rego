# METADATA
# scope: package
# title: The balancer of the mesh is switched off
# description: >-
#   The mesh owns load balancing between Pods. PASSTHROUGH, a resolution of NONE for a host of the cluster, or a Service
#   that is exported to nobody send each call to the address that the client chose - Kubernetes spreads
#   connections at best, nobody spreads requests, and retries and outlier detection have no other Pod to go to.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/destination-rule/
#   description: Istio, DestinationRule
# custom:
#   id: traffic/mesh-balancer-disabled
#   severity: warning
#   severities: [warning]
#   group: traffic
#   concerns: [load-balancing, retries, circuit-breaking]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     networking.istio.io/DestinationRule, networking.istio.io/ServiceEntry, /Service
#   ]
#   needs: [object]
#   needles: [
#     "PASSTHROUGH", "ServiceEntry", "networking.istio.io/exportTo"
#   ]
#   parameters:
#     allowed_hosts:
#       type: array
#       items: {type: string}
#       description: >-
#         The hosts, as their DestinationRule or ServiceEntry writes them, that keep the address of the client, such as
#         those of databases that balance by themselves.
#       default: []
#   remediation:
#     default: >-
#       Let the mesh balance - choose LEAST_REQUEST or ROUND_ROBIN, let the Service of Kubernetes stand for a host of
#       the cluster, and list databases that balance by themselves in allowed_hosts.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.mesh_balancer_disabled

import data.lib.onelayer.destination
import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.params
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("PASSTHROUGH for host %s takes balancing of requests from the mesh and gives it to nobody; %s", [
		_host(record.obj),
		"use LEAST_REQUEST or list the host in allowed_hosts",
	]),
	"path": array.concat(policy.path, ["loadBalancer", "simple"]),
}) if {
	some record in resource.of({"networking.istio.io/DestinationRule"})
	some policy in destination.policies(record.obj)
	policy.value.loadBalancer.simple == "PASSTHROUGH"
	not _host(record.obj) in _allowed
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("resolution NONE for host %s of the cluster bypasses its Service, so the mesh does not balance; %s", [
		host,
		"remove the host",
	]),
	"path": _resolution(record.obj),
}) if {
	some record in resource.of({"networking.istio.io/ServiceEntry"})
	object.get(record.obj, ["spec", "resolution"], "NONE") == "NONE"
	some host in record.obj.spec.hosts
	hostname.address(hostname.text(host), resource.ref(record.obj).namespace).form == "fqdn"
	not host in _allowed
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": "exportTo ~ hides this Service from every proxy, so the mesh does not balance calls to it; remove it or use .",
	"path": ["metadata", "annotations", _export],
}) if {
	some record in resource.of({"/Service"})
	trim_space(resource.text(resource.annotations(record.obj)[_export])) == "~"
}

_id := "traffic/mesh-balancer-disabled"

_export := "networking.istio.io/exportTo"

_allowed := {host | some host in params.of(_id).allowed_hosts}

_host(obj) := resource.text(object.get(obj, ["spec", "host"], ""))

_resolution(obj) := ["spec", "resolution"] if {
	obj.spec.resolution
} else := ["spec"]
