# METADATA
# scope: package
# title: A mesh switch has a value that the mesh does not know
# description: >-
#   The label or annotation that takes a Pod or a namespace into the mesh, or out of it, has a value that the injector
#   does not know. Kubernetes accepts any text, and the mesh ignores it or takes it for a refusal, so that another layer
#   than the author believes owns the traffic.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/labels/
#   description: Istio, the labels that it reads
# - ref: https://linkerd.io/2/features/proxy-injection/
#   description: Linkerd, proxy injection
# custom:
#   id: mesh/switch-typo
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls, load-balancing, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Namespace, /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "istio-injection", "sidecar.istio.io/inject", "istio.io/dataplane-mode", "linkerd.io/inject"
#   ]
#   remediation:
#     default: >-
#       Write the value as the mesh reads it, in small letters and in quotes - istio-injection enabled or disabled,
#       sidecar.istio.io/inject "true" or "false", istio.io/dataplane-mode ambient or none, linkerd.io/inject enabled,
#       disabled or ingress.
#   fix: safe
#   since: 0.1.0
package lib.onelayer.policies.mesh.switch_typo

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), switch.obj, {
	"msg": sprintf("%s %s=%s is none of %s, so %s; write one of these", [
		switch.whose,
		switch.key,
		_shown(switch.value),
		concat(", ", switch.known),
		_effect[switch.effect],
	]),
	"severity": _severity(switch),
	"path": switch.path,
}) if {
	some switch in _switches
	is_string(switch.value)
	not switch.value in switch.known
}

violation contains finding.new(rego.metadata.chain(), switch.obj, {
	"msg": sprintf("%s %s is no text but %s, and the API server refuses the object; put it in quotes", [
		switch.whose,
		switch.key,
		json.marshal(switch.value),
	]),
	"path": switch.path,
}) if {
	some switch in _switches
	not is_string(switch.value)
}

_switches := array.concat(_of_pods, _of_namespaces)

_of_pods := [switch |
	some pod in workload.pods
	some [field, key, known, effect] in [
		["labels", "sidecar.istio.io/inject", _booleans, "ignored"],
		["annotations", "sidecar.istio.io/inject", _booleans, "ignored"],
		["labels", "istio.io/dataplane-mode", _modes, "ignored"],
		["annotations", "linkerd.io/inject", _injections, "no proxy"],
	]
	value := pod.meta[field][key]
	switch := {
		"obj": pod.obj,
		"pod": pod,
		"whose": concat(" ", ["the", trim_suffix(field, "s")]),
		"key": key,
		"value": value,
		"known": known,
		"effect": effect,
		"path": array.concat(pod.meta_path, [field, key]),
	}
]

_of_namespaces := [switch |
	some record in resource.of({"/Namespace"})
	some [field, key, known, effect] in [
		["labels", "istio-injection", ["enabled", "disabled"], "veto"],
		["labels", "istio.io/dataplane-mode", _modes, "ignored"],
		["annotations", "linkerd.io/inject", _injections, "no proxy at all"],
	]
	value := resource.meta(record.obj)[field][key]
	switch := {
		"obj": record.obj,
		"pod": null,
		"whose": concat(" ", ["the namespace's", trim_suffix(field, "s")]),
		"key": key,
		"value": value,
		"known": known,
		"effect": effect,
		"path": ["metadata", field, key],
	}
]

_booleans := ["true", "false"]

_modes := ["ambient", "none"]

_injections := ["enabled", "disabled", "ingress"]

_effect := {
	"ignored": "Istio ignores it",
	"veto": "Istio injects nowhere in it, whatever a Pod asks for",
	"no proxy": "Linkerd leaves the Pod alone",
	"no proxy at all": "Linkerd leaves every Pod alone, even those that opt in",
}

_shown(value) := json.marshal(value) if {
	trim_space(value) != value
} else := json.marshal(value) if {
	value == ""
} else := value

_severity(switch) := "warning" if {
	_meant(switch.value) == "out"
	_is_out(switch)
} else := "warning" if {
	_meant(switch.value) == "in"
	_is_in(switch.key, mesh.membership(switch.pod).mode)
} else := "error"

_is_out(switch) if {
	switch.pod == null
} else if {
	switch.key == "linkerd.io/inject"
} else if {
	mode := mesh.membership(switch.pod).mode
	mode != "unknown"
	not _is_in(switch.key, mode)
}

_is_in("sidecar.istio.io/inject", mode) if mode in {"sidecar", "gateway", "proxyless"}

_is_in("istio.io/dataplane-mode", "ambient")

_meant(value) := "in" if {
	lower(trim_space(value)) in {"true", "yes", "y", "on", "1", "enabled", "enable", "ambient", "ingress", "inject"}
} else := "out" if {
	lower(trim_space(value)) in {"false", "no", "n", "off", "0", "disabled", "disable", "none"}
} else := ""
