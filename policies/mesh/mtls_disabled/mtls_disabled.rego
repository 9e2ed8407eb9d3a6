# METADATA
# scope: package
# title: The encryption of the mesh is switched off
# description: >-
#   The mesh owns the encryption between workloads and knows who talks to whom by it. A PeerAuthentication, label or
#   annotation takes that away or lets plain text in beside it, so that policies by identity hold for some callers only
#   and every application would have to encrypt by itself.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/security/peer_authentication/
#   description: Istio, PeerAuthentication
# - ref: https://linkerd.io/2/reference/authorization-policy/
#   description: Linkerd, default policies
# custom:
#   id: mesh/mtls-disabled
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls]
#   layers: [mesh]
#   applies_to: [
#     security.istio.io/PeerAuthentication, /Namespace, /Pod, /PodTemplate, /ReplicationController, apps/Deployment,
#     apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet,
#     extensions/ReplicaSet, batch/Job, batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service,
#     serving.knative.dev/Configuration, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "DISABLE", "PERMISSIVE", "security.istio.io/tlsMode", "config.linkerd.io/default-inbound-policy",
#     "config.linkerd.io/disable-identity"
#   ]
#   parameters:
#     permissive:
#       type: string
#       enum: [warn, allow]
#       description: >-
#         Whether PERMISSIVE, which takes plain text beside mTLS, is worth a warning.
#       default: warn
#     allowed_plaintext_ports:
#       type: array
#       items: {type: integer}
#       description: >-
#         The ports of workloads that may take plain text, such as those of health checks.
#       default: []
#   remediation:
#     default: >-
#       Let the mesh encrypt - remove what switches it off, and where one caller is outside the mesh, open one port and
#       not the workload.
#     sidecar: >-
#       Set mtls.mode STRICT once all callers are in the mesh; remove the label security.istio.io/tlsMode.
#     ambient: >-
#       Set mtls.mode STRICT; DISABLE is not supported there and leaves plain text allowed.
#     linkerd: >-
#       Set config.linkerd.io/default-inbound-policy all-authenticated and remove disable-identity.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.mtls_disabled

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("mTLS mode %s of %s %s, though the mesh owns encryption; use STRICT", [
		setting.mode,
		setting.whose,
		effect.text,
	]),
	"severity": effect.severity,
	"path": array.concat(setting.path, ["mode"]),
}) if {
	some record in resource.of({"security.istio.io/PeerAuthentication"})
	some setting in _settings(record.obj)
	effect := _effect(setting.mode, record.obj)
}

violation contains finding.new(rego.metadata.chain(), switch.obj, {
	"msg": sprintf("%s %s=%s %s, though the mesh owns encryption; remove it", [
		trim_suffix(switch.field, "s"),
		switch.key,
		switch.value,
		switch.text,
	]),
	"severity": switch.severity,
	"path": array.concat(switch.path, [switch.field, switch.key]),
}) if {
	some switch in _switches
}

_settings(obj) := array.concat(
	[{"mode": mode, "whose": _scope(obj), "path": ["spec", "mtls"]} | mode := obj.spec.mtls.mode],
	[{"mode": policy.mode, "whose": sprintf("port %s", [port]), "path": ["spec", "portLevelMtls", port]} |
		some port, policy in obj.spec.portLevelMtls
		not port in _allowed_ports
	],
)

_allowed_ports := {json.marshal(port) | some port in params.of("mesh/mtls-disabled").allowed_plaintext_ports}

_scope(obj) := "the selected workloads" if {
	is_object(obj.spec.selector)
} else := "the whole namespace"

_effect("DISABLE", obj) := {"text": _in_ambient, "severity": "warning"} if {
	mesh.namespace_of({"obj": obj}).labels["istio.io/dataplane-mode"] == "ambient"
} else := {"text": "switches it off", "severity": "error"}

_effect("PERMISSIVE", _) := {"text": "takes plain text too", "severity": "warning"} if {
	params.of("mesh/mtls-disabled").permissive == "warn"
}

_in_ambient := "is read as PERMISSIVE in ambient mode"

_switches := [switch |
	some holder in _holders
	some [field, key, values, text, severity] in [
		["labels", "security.istio.io/tlsMode", {"disabled"}, "tells every client to send plain text", "error"],
		[
			"annotations", "config.linkerd.io/default-inbound-policy",
			{"all-unauthenticated", "cluster-unauthenticated"}, "takes plain text too", "warning",
		],
		["annotations", "config.linkerd.io/disable-identity", {"true"}, "takes identity and mTLS away", "error"],
	]
	value := holder.meta[field][key]
	value in values
	switch := object.union(holder, {"field": field, "key": key, "value": value, "text": text, "severity": severity})
]

_holders := array.concat(
	[{"obj": pod.obj, "meta": pod.meta, "path": pod.meta_path} |
		some pod in workload.pods
		not mesh.part_of_a_mesh(pod)
	],
	[{"obj": record.obj, "meta": object.remove(resource.meta(record.obj), ["labels"]), "path": ["metadata"]} |
		some record in resource.of({"/Namespace"})
	],
)
