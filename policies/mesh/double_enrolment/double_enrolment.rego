# METADATA
# scope: package
# title: Two data planes claim one workload
# description: >-
#   A namespace or a Pod is enrolled twice - in Istio and Linkerd, in the sidecar and the ambient mode, or in two
#   revisions. One of them wins by a rule that the manifest does not show, or both proxies take the traffic, so that
#   encryption, retries and metrics have two owners or not the one that was meant.
# related_resources:
# - ref: https://istio.io/latest/docs/ambient/usage/add-workloads/
#   description: Istio, which labels add a workload to ambient mode
# - ref: https://istio.io/latest/docs/setup/upgrade/canary/
#   description: Istio, revisions and istio-injection
# custom:
#   id: mesh/double-enrolment
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls, load-balancing, retries]
#   layers: [mesh]
#   applies_to: [
#     /Namespace, /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "istio-injection", "sidecar.istio.io/inject", "istio.io/rev", "istio.io/dataplane-mode", "linkerd.io/inject"
#   ]
#   remediation:
#     default: >-
#       Keep one mesh and one data plane per namespace and remove the keys of the other; during a migration move
#       namespace by namespace.
#     sidecar: >-
#       Remove istio.io/dataplane-mode, and keep either istio-injection=enabled or istio.io/rev, not both.
#     ambient: >-
#       Keep istio.io/dataplane-mode=ambient and remove istio-injection, istio.io/rev and sidecar.istio.io/inject.
#     linkerd: >-
#       Keep linkerd.io/inject and remove the labels of Istio.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.double_enrolment

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("the namespace has %s and %s, so %s; keep one owner of the traffic", [
		conflict.first,
		conflict.second,
		conflict.effect,
	]),
	"path": conflict.path,
}) if {
	some record in resource.of({"/Namespace"})
	some conflict in _conflicts(resource.meta(record.obj))
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s and %s both claim this Pod, and %s; keep one owner of the traffic", [
		clash.first,
		clash.second,
		clash.effect,
	]),
	"severity": _certainty(pod),
	"path": array.concat(pod.meta_path, clash.path),
}) if {
	some pod in workload.pods
	clash := _clash(pod, _claims(pod))
}

_inject := "sidecar.istio.io/inject"

_revision := "istio.io/rev"

_dataplane := "istio.io/dataplane-mode"

_linkerd := "linkerd.io/inject"

_injection := "istio-injection"

_conflicts(meta) := [conflict |
	some [first, second, effect] in [
		["injection", "revision", "the default revision wins silently"],
		["injection", "ambient", "the sidecar wins silently"],
		["revision alone", "ambient", "the sidecar wins silently"],
		["injection", "linkerd", _two_proxies],
		["revision alone", "linkerd", _two_proxies],
		["ambient", "linkerd", "both meshes take the traffic of its Pods"],
	]
	one := _enrolments(meta)[first]
	other := _enrolments(meta)[second]
	conflict := {
		"first": one.text,
		"second": other.text,
		"effect": effect,
		"path": array.concat(["metadata"], other.path),
	}
]

_two_proxies := "each injector adds a proxy or gives way to the other"

_enrolments(meta) := {name: {"text": text, "path": [field, key]} |
	some [name, field, key, known] in [
		["injection", "labels", _injection, {"enabled"}],
		["revision", "labels", _revision, null],
		["revision alone", "labels", _revision, null],
		["ambient", "labels", _dataplane, {"ambient"}],
		["linkerd", "annotations", _linkerd, {"enabled", "ingress"}],
	]
	value := meta[field][key]
	_counts(value, known)
	not _beside_injection(name, meta)
	text := sprintf("%s=%s", [key, resource.text(value)])
}

_counts(value, known) if {
	known == null
	is_string(value)
} else if {
	value in known
}

_beside_injection("revision alone", meta) if meta.labels[_injection]

_claims(pod) := {plane: path |
	some [plane, path] in [
		["sidecar", _sidecar_claim(pod)],
		["ambient", _claim(pod, "labels", _dataplane, {"ambient"})],
		["linkerd", _claim(pod, "annotations", _linkerd, {"enabled", "ingress"})],
	]
	count(path) > 0
}

_claim(pod, field, key, values) := [field, key] if {
	pod.meta[field][key] in values
} else := []

_sidecar_claim(pod) := ["labels", _inject] if {
	pod.meta.labels[_inject] == "true"
} else := ["labels", _revision] if {
	is_string(pod.meta.labels[_revision])
	not pod.meta.labels[_inject] == "false"
} else := []

_clash(pod, claims) := clash if {
	namespace := mesh.surroundings(pod)
	clash := _known_clash(pod, namespace, claims)
} else := _pair(planes[0], planes[1], claims[planes[1]]) if {
	not mesh.surroundings(pod)
	planes := [plane | some plane in ["sidecar", "ambient", "linkerd"]; claims[plane]]
}

_known_clash(pod, namespace, claims) := _pair("sidecar", "ambient", claims.ambient) if {
	mesh.istio_sidecar(pod, namespace)
} else := _pair("sidecar", "linkerd", _path(claims, "sidecar")) if {
	mesh.istio_sidecar(pod, namespace)
	mesh.linkerd(pod, namespace)
} else := _pair("ambient", "linkerd", _path(claims, "ambient")) if {
	mesh.istio_ambient(pod, namespace)
	mesh.linkerd(pod, namespace)
}

_path(claims, istio) := [path | some plane in ["linkerd", istio]; path := claims[plane]][0]

_pair(first, second, path) := {
	"first": _names[first],
	"second": _names[second],
	"effect": _effects[second],
	"path": path,
}

_names := {"sidecar": "Istio's sidecar", "ambient": "ambient mode", "linkerd": "Linkerd"}

_effects := {"ambient": "the sidecar wins silently", "linkerd": "which proxy owns mTLS and retries is chance"}

_certainty(pod) := "error" if {
	mesh.namespace_of(pod)
} else := "warning"
