# METADATA
# scope: package
# title: The application runs as the user of the proxy
# description: >-
#   The rules that lead traffic into the proxy leave out whatever the proxy's own user or group sends. An application
#   with that identity goes past the mesh on the way out - no mTLS, no retries, no metrics - though the proxy sits
#   beside it and the mesh is believed to own its traffic.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/deployment/application-requirements/
#   description: Istio, what it requires of applications
# custom:
#   id: mesh/proxy-identity
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls, load-balancing, metrics]
#   layers: [container, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "runAsUser", "runAsGroup"
#   ]
#   parameters:
#     proxy_uid:
#       type: integer
#       description: >-
#         The user and group of Istio's proxy.
#       default: 1337
#     linkerd_proxy_uid:
#       type: integer
#       description: >-
#         The user of Linkerd's proxy, where no annotation of the Pod gives another.
#       default: 2102
#   remediation:
#     default: >-
#       Run the application as any other user and group, so that its traffic goes through the proxy of the mesh.
#     sidecar: >-
#       Keep user and group 1337 for istio-proxy; run the application as another, such as 10001.
#     linkerd: >-
#       Keep user 2102 for linkerd-proxy; run the application as another, such as 10001.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.proxy_identity

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s %v is the identity of %s's proxy, so the mesh does not capture %s; use another", [
		holder.field,
		holder.value,
		reserved.mesh,
		holder.whose,
	]),
	"severity": reserved.severity,
	"path": array.concat(holder.path, ["securityContext", holder.field]),
}) if {
	some pod in workload.pods
	some holder in _holders(pod)
	some reserved in _reserved(pod, mesh.membership(pod).mode)
	[holder.field, holder.value] in reserved.identities
}

_holders(pod) := array.concat(
	[holder |
		some field, value in pod.spec.securityContext
		_inherited(pod, field)
		holder := {"field": field, "value": value, "path": pod.path, "whose": "what this Pod sends"}
	],
	[holder |
		some entry in workload.containers_of(pod)
		not entry.name in _proxies
		some field, value in entry.container.securityContext
		holder := {
			"field": field,
			"value": value,
			"path": entry.path,
			"whose": sprintf("what container %q sends", [entry.name]),
		}
	],
)

_inherited(pod, field) if {
	some entry in workload.containers_of(pod)
	not entry.name in _proxies
	not entry.container.securityContext[field]
}

_proxies := {
	"istio-proxy", "istio-init", "istio-validation",
	"linkerd-proxy", "linkerd-init", "linkerd-network-validator",
}

_reserved(pod, mode) := [_of_istio("error")] if {
	mode == "sidecar"
} else := [_of_linkerd(pod, "error")] if {
	mode == "linkerd"
} else := [_of_istio("warning"), _of_linkerd(pod, "warning")] if {
	mode == "unknown"
}

_of_istio(severity) := {
	"mesh": "Istio",
	"severity": severity,
	"identities": [[field, params.of("mesh/proxy-identity").proxy_uid] | some field in ["runAsUser", "runAsGroup"]],
}

_of_linkerd(pod, severity) := {
	"mesh": "Linkerd",
	"severity": severity,
	"identities": [["runAsUser", _linkerd_uid(pod)]],
}

_linkerd_uid(pod) := to_number(text) if {
	text := resource.text(pod.meta.annotations["config.linkerd.io/proxy-uid"])
	regex.match(`^[0-9]{1,9}$`, text)
} else := params.of("mesh/proxy-identity").linkerd_proxy_uid
