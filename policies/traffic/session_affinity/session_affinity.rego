# METADATA
# scope: package
# title: A Service asks for stickiness that the mesh does not give
# description: >-
#   sessionAffinity ClientIP is kept by kube-proxy. The mesh balances the requests of its clients itself and never
#   reads the field, so clients in the mesh get no stickiness while others do. Where an application needs it, the mesh
#   must own it.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
#   description: Istio, consistent hashing
# - ref: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
#   description: Kubernetes, session affinity
# custom:
#   id: traffic/session-affinity
#   severity: warning
#   severities: [warning, info]
#   group: traffic
#   concerns: [load-balancing]
#   layers: [kubernetes, mesh]
#   applies_to: [/Service]
#   needs: [object, namespace, inventory]
#   needles: [
#     "ClientIP"
#   ]
#   remediation:
#     default: >-
#       Remove sessionAffinity, and keep sessions outside of the process.
#     sidecar: >-
#       Remove sessionAffinity; if clients must stick, give the host a DestinationRule with
#       trafficPolicy.loadBalancer.consistentHash.
#     ambient: >-
#       Remove sessionAffinity; if clients must stick, give the Service a waypoint and a DestinationRule with
#       trafficPolicy.loadBalancer.consistentHash.
#     linkerd: >-
#       Remove sessionAffinity; Linkerd balances by load and sticks to nothing, so keep sessions outside of the process.
#   fix: unsafe
#   since: 0.1.0
package lib.onelayer.policies.traffic.session_affinity

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("sessionAffinity ClientIP holds for clients outside of the mesh only, because %s balances here; %s", [
		_owner[mode],
		_advice[mode],
	]),
	"severity": _severity(record.obj.spec),
	"path": ["spec", "sessionAffinity"],
	"related": [place |
		some pod in inventory.workloads_of(record.obj)
		place := {
			"note": sprintf("%s receives this traffic", [pod.obj.kind]),
			"object": resource.ref(pod.obj),
			"path": pod.path,
		}
	],
}) if {
	some record in resource.of({"/Service"})
	record.obj.spec.sessionAffinity == "ClientIP"
	resource.text(object.get(record.obj.spec, "clusterIP", "")) != "None"
	modes := {mesh.membership(pod).mode | some pod in _targets(record.obj)}
	count(modes) == 1
	some mode in modes
}

_targets(service) := pods if {
	pods := inventory.workloads_of(service)
	count(pods) > 0
} else := [{"obj": service, "spec": {}, "meta": {"labels": service.spec.selector}}] if {
	is_object(service.spec.selector)
} else := []

_severity(spec) := "info" if {
	spec.type in {"LoadBalancer", "NodePort"}
} else := "warning"

_owner := {"sidecar": "Istio's sidecar", "ambient": "ztunnel", "linkerd": "Linkerd"}

_advice := {
	"sidecar": "use consistentHash in a DestinationRule",
	"ambient": "use a waypoint and consistentHash in a DestinationRule",
	"linkerd": "keep sessions outside of the process",
}
