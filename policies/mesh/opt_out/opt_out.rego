# METADATA
# scope: package
# title: A workload leaves the mesh
# description: >-
#   The namespace is in the mesh, and the pod template takes itself out. From there on nobody encrypts, balances,
#   retries or measures the traffic of the workload, while neighbours and dashboards count on the mesh to own it. It
#   weighs less where there may be a reason - for Jobs, for DaemonSets and for what is called a webhook, because the API
#   server that calls it is in no mesh.
# related_resources:
# - ref: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
#   description: Istio, how a Pod is left out
# - ref: https://linkerd.io/2/features/proxy-injection/
#   description: Linkerd, how a Pod is left out
# custom:
#   id: mesh/opt-out
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls, load-balancing, retries, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "sidecar.istio.io/inject", "istio.io/dataplane-mode", "linkerd.io/inject"
#   ]
#   parameters:
#     allowed_kinds:
#       type: array
#       items: {type: string}
#       description: >-
#         The kinds, such as DaemonSet, that may leave the mesh.
#       default: []
#     allowed_namespaces:
#       type: array
#       items: {type: string}
#       description: >-
#         The namespaces whose workloads may leave the mesh, such as those of the meshes themselves.
#       default: [istio-system, linkerd, linkerd-viz, linkerd-jaeger, linkerd-multicluster, kube-system]
#   remediation:
#     default: >-
#       Remove the key, so that the mesh owns the traffic again. Where one port is the reason, exclude the port and not
#       the Pod; where a Job never ends because of its proxy, use a native sidecar.
#     sidecar: >-
#       Remove sidecar.istio.io/inject from the pod template; for a Job set sidecar.istio.io/nativeSidecar "true".
#     ambient: >-
#       Remove istio.io/dataplane-mode=none from the pod template; no proxy runs in the Pod, so Jobs end by themselves.
#     linkerd: >-
#       Remove linkerd.io/inject=disabled; for a Job set config.linkerd.io/proxy-enable-native-sidecar "true".
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.opt_out

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), leaving.pod.obj, {
	"msg": sprintf("%s %s=%s leaves %s%s, so no layer owns mTLS, retries and metrics of its traffic; remove it", [
		trim_suffix(leaving.field, "s"),
		leaving.key,
		leaving.value,
		_left[leaving.plane],
		leave.where,
	]),
	"severity": leave.severity,
	"path": array.concat(leaving.pod.meta_path, [leaving.field, leaving.key]),
}) if {
	some leaving in _leaving
	not _allowed(leaving.pod.obj)
	leave := _leave(leaving)
}

_inject := "sidecar.istio.io/inject"

_left := {"sidecar": "Istio's sidecar", "ambient": "ambient mode", "linkerd": "Linkerd's proxy"}

_leaving := [leaving |
	some pod in workload.pods
	not pod.spec.hostNetwork == true
	not mesh.part_of_a_mesh(pod)
	some [plane, field, key, value] in [
		["sidecar", "labels", _inject, "false"],
		["sidecar", "annotations", _inject, "false"],
		["ambient", "labels", "istio.io/dataplane-mode", "none"],
		["linkerd", "annotations", "linkerd.io/inject", "disabled"],
	]
	pod.meta[field][key] == value
	not _overruled(pod, field, key)
	leaving := {"pod": pod, "plane": plane, "field": field, "key": key, "value": value}
]

_overruled(pod, "annotations", _inject) if pod.meta.labels[_inject]

_allowed(obj) if {
	resource.text(obj.kind) in params.of("mesh/opt-out").allowed_kinds
} else if {
	resource.ref(obj).namespace in params.of("mesh/opt-out").allowed_namespaces
}

_leave(leaving) := {"where": where, "severity": severity} if {
	mesh.membership(leaving.pod).mode == "none"
	mesh.offered(leaving.pod).mode == leaving.plane
	where := " that its namespace gives"
	severity := _severity(leaving.pod)
} else := {"where": ", if the namespace gives one", "severity": "warning"} if {
	mesh.membership(leaving.pod).mode == "unknown"
}

_severity(pod) := "warning" if {
	not mesh.namespace_of(pod)
} else := "warning" if {
	pod.job
} else := "warning" if {
	pod.obj.kind == "DaemonSet"
} else := "warning" if {
	_webhook(pod)
} else := "error"

_webhook(pod) if {
	contains(lower(resource.ref(pod.obj).name), "webhook")
} else if {
	some entry in workload.containers_of(pod)
	some text in _words(entry.container)
	contains(lower(text), "webhook")
}

_words(container) := array.concat(
	[text |
		some field in ["name", "image"]
		text := resource.text(container[field])
	],
	array.concat(
		[text | some port in container.ports; text := resource.text(port.name)],
		[text |
			some field in ["command", "args"]
			some word in container[field]
			text := resource.text(word)
			not regex.match(`(?i)ur[il]|://`, text)
		],
	),
)
