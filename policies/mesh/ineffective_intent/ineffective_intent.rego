# METADATA
# scope: package
# title: A wish for the mesh that nothing reads
# description: >-
#   The author asks for the mesh where nothing reads the wish: an annotation where the webhook looks at labels only, a
#   key on the controller instead of its Pods, a namespace that vetoes, the network of the node, an annotation of broken
#   YAML or JSON, an object in a version that no mesh serves. The mesh is believed to own encryption, balancing and
#   metrics of the workload, and no layer does.
# related_resources:
# - ref: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
#   description: Istio, what the injector reads
# - ref: https://linkerd.io/2/features/proxy-injection/
#   description: Linkerd, proxy injection
# custom:
#   id: mesh/ineffective-intent
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls, load-balancing, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Namespace, /Service, /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet,
#     apps/DaemonSet, apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, networking.istio.io/ServiceEntry, networking.istio.io/VirtualService,
#     networking.istio.io/DestinationRule, security.istio.io/PeerAuthentication,
#     security.istio.io/RequestAuthentication, security.istio.io/AuthorizationPolicy, telemetry.istio.io/Telemetry,
#     extensions.istio.io/WasmPlugin, gateway.networking.k8s.io/HTTPRoute, gateway.networking.k8s.io/GRPCRoute,
#     gateway.networking.k8s.io/Gateway, policy.linkerd.io/HTTPRoute, linkerd.io/ServiceProfile,
#     split.smi-spec.io/TrafficSplit
#   ]
#   needs: [object, namespace]
#   needles: [
#     "istio-injection", "istio.io/", "linkerd.io/", "gateway.networking.k8s.io/", "split.smi-spec.io/"
#   ]
#   remediation:
#     default: >-
#       Put the key where the mesh reads it - on the metadata of the pod template, not of the controller - and remove
#       what overrules it there, so that the mesh owns the traffic as intended. Write objects in a version that the mesh
#       serves.
#     sidecar: >-
#       Write the label sidecar.istio.io/inject "true" or istio.io/rev on the pod template, in a namespace without
#       istio-injection=disabled, and leave hostNetwork off.
#     ambient: >-
#       Write the label istio.io/dataplane-mode=ambient on the pod template or the namespace, and leave hostNetwork off.
#     linkerd: >-
#       Write the annotation linkerd.io/inject=enabled on the pod template or the namespace, and leave hostNetwork off.
#   fix: safe
#   since: 0.1.0
package lib.onelayer.policies.mesh.ineffective_intent

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), wish.pod.obj, {
	"msg": sprintf("%s %s=%s asks for %s, but %s: no mesh owns its traffic; %s", [
		trim_suffix(wish.field, "s"),
		wish.key,
		wish.value,
		wish.asked,
		refusal.why,
		refusal.remedy,
	]),
	"severity": refusal.severity,
	"path": array.concat(wish.pod.meta_path, [wish.field, wish.key]),
}) if {
	some wish in _wishes
	refusal := _refusal(wish)
}

violation contains finding.new(rego.metadata.chain(), misplaced.pod.obj, {
	"msg": sprintf("%s on the metadata of %s reaches no Pod, so the mesh does not see it; move it to the pod template", [
		misplaced.key,
		misplaced.pod.obj.kind,
	]),
	"severity": _weight(misplaced),
	"path": array.concat(misplaced.path, [misplaced.field, misplaced.key]),
}) if {
	some misplaced in _on_controllers
}

violation contains finding.new(rego.metadata.chain(), swapped.obj, {
	"msg": sprintf("%s is read as %s, not as %s, so the mesh does not see it; move it there", [
		swapped.key,
		swapped.home,
		swapped.field,
	]),
	"severity": _weight(swapped),
	"path": array.concat(swapped.path, [swapped.field, swapped.key]),
}) if {
	some swapped in array.concat(_swapped_in_pods, _swapped_in_namespaces)
}

violation contains finding.new(rego.metadata.chain(), named.obj, {
	"msg": sprintf("%s=%s is not among installed_revisions, so no injector answers; name an installed revision", [
		_revision,
		named.value,
	]),
	"path": ["metadata", "labels", _revision],
}) if {
	is_array(params.config.mesh.installed_revisions)
	some named in _revisions_of_namespaces
	not named.value in params.config.mesh.installed_revisions
}

violation contains finding.new(rego.metadata.chain(), labelled.obj, {
	"msg": sprintf("%s counts only beside %s, which is missing, so no waypoint owns the traffic; add it", [
		_waypoint_namespace,
		_waypoint,
	]),
	"path": array.concat(labelled.path, ["labels", _waypoint_namespace]),
}) if {
	some labelled in _labelled
	labelled.labels[_waypoint_namespace]
	object.get(labelled.labels, _waypoint, null) == null
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("no mesh is known that reads %s in version %s, so this object owns nothing; use %s", [
		record.obj.kind,
		substring(parts[1], 0, 30),
		resource.versions[parts[0]][0],
	]),
	"severity": "warning",
	"path": ["apiVersion"],
}) if {
	some record in resource.all
	resource.foreign(record.obj.apiVersion)
	parts := split(record.obj.apiVersion, "/")
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("annotation %s is no %s, so Istio %s; correct it", [key, form, effect]),
	"path": array.concat(pod.meta_path, ["annotations", key]),
}) if {
	some pod in workload.pods
	some [key, form, effect] in [
		["proxy.istio.io/config", "object in YAML", "refuses to inject and no Pod starts"],
		["sidecar.istio.io/userVolume", "valid JSON", "ignores it"],
		["sidecar.istio.io/userVolumeMount", "valid JSON", "ignores it"],
	]
	text := pod.meta.annotations[key]
	is_string(text)
	not regex.match(`\$\{|\{\{`, text)
	not _readable(form, text)
	mesh.membership(pod).mode in {"sidecar", "gateway", "proxyless", "unknown"}
}

_readable("valid JSON", text) if json.is_valid(text)

_readable("object in YAML", text) if {
	trim_space(text) == ""
} else if {
	yaml.is_valid(text)
	type_name(yaml.unmarshal(text)) in {"object", "null"}
}

_inject := "sidecar.istio.io/inject"

_revision := "istio.io/rev"

_dataplane := "istio.io/dataplane-mode"

_linkerd := "linkerd.io/inject"

_injection := "istio-injection"

_webhooks := "config.linkerd.io/admission-webhooks"

_waypoint := "istio.io/use-waypoint"

_waypoint_namespace := "istio.io/use-waypoint-namespace"

_wishes := [wish |
	some pod in workload.pods
	not _carried(pod)
	some wish in [
		_sidecar_wish(pod),
		_plain_wish(pod, "ambient", "labels", _dataplane, {"ambient"}),
		_plain_wish(pod, "linkerd", "annotations", _linkerd, {"enabled", "ingress"}),
	]
]

_carried(pod) if mesh.observed(pod).mode != "gateway"

_sidecar_wish(pod) := _wish(pod, "sidecar", "labels", _inject) if {
	pod.meta.labels[_inject] == "true"
} else := {} if {
	object.get(_map(pod.meta, "labels"), _inject, null) != null
} else := _wish(pod, "sidecar", "labels", _revision) if {
	is_string(pod.meta.labels[_revision])
} else := _wish(pod, "sidecar", "annotations", _inject) if {
	pod.meta.annotations[_inject] == "true"
} else := {}

_plain_wish(pod, plane, field, key, values) := _wish(pod, plane, field, key) if {
	pod.meta[field][key] in values
} else := {}

_wish(pod, plane, field, key) := {
	"pod": pod,
	"plane": plane,
	"field": field,
	"key": key,
	"value": pod.meta[field][key],
	"asked": _asked[plane],
}

_asked := {"sidecar": "Istio's sidecar", "ambient": "ambient mode", "linkerd": "Linkerd's proxy"}

_refusal(wish) := _refused("the Pod is on the network of its node", "leave hostNetwork off", "error") if {
	wish.pod.spec.hostNetwork == true
} else := _refused(sprintf("it leaves namespace %s alone", [name]), "use another namespace", "error") if {
	name := resource.ref(wish.pod.obj).namespace
	mesh.closed(wish.plane, name)
} else := _refused(_annotation_alone, "make it a label of the template", _certainty(wish.pod)) if {
	wish.plane == "sidecar"
	wish.field == "annotations"
	not _granted(wish)
} else := _refused(_reason(wish, namespace), _remedy(wish, namespace), _certainty(wish.pod)) if {
	namespace := mesh.surroundings(wish.pod)
	not _granted(wish)
}

_refused(why, remedy, severity) := {"why": why, "remedy": remedy, "severity": severity}

_annotation_alone := "no webhook reads annotations"

_certainty(pod) := "error" if {
	mesh.namespace_of(pod)
} else := "warning"

_granted(wish) if {
	wish.plane == "sidecar"
	mesh.istio_sidecar(wish.pod, mesh.surroundings(wish.pod))
} else if {
	wish.plane == "linkerd"
	mesh.linkerd(wish.pod, mesh.surroundings(wish.pod))
} else if {
	wish.plane == "ambient"
}

_reason(wish, namespace) := sprintf("the namespace has %s=%s", [switch.key, switch.value]) if {
	switch := _veto(wish, namespace)
} else := "no revision's injector takes it" if {
	wish.plane == "sidecar"
} else := "Linkerd's injector leaves it alone"

_remedy(wish, namespace) := "correct that" if {
	_veto(wish, namespace)
} else := "check revision and selectors" if {
	wish.plane == "sidecar"
} else := "remove what it objects to"

_veto(wish, namespace) := {"key": _injection, "value": value} if {
	wish.plane == "sidecar"
	value := namespace.labels[_injection]
	value != "enabled"
} else := {"key": _webhooks, "value": "disabled"} if {
	wish.plane == "linkerd"
	namespace.labels[_webhooks] == "disabled"
} else := {"key": _linkerd, "value": value} if {
	wish.plane == "linkerd"
	value := namespace.annotations[_linkerd]
	not value in {"enabled", "disabled", "ingress"}
}

_on_controllers := [misplaced |
	some pod in workload.pods
	some [path, meta] in _outer(pod.obj)
	some field in ["labels", "annotations"]
	some key, value in _map(meta, field)
	_for_pods(key)
	not _on_template(pod, key)
	misplaced := {"pod": pod, "path": path, "field": field, "key": key, "value": value}
]

_for_pods(key) if {
	key in _template_keys
} else if {
	regex.match(`^(?:traffic\.)?sidecar\.istio\.io/|^config\.(?:[a-z]+\.)?linkerd\.io/`, key)
}

_template_keys := {"proxy.istio.io/config", _dataplane, _linkerd}

_outer(obj) := [[path, meta] |
	some path in [["metadata"], ["spec", "jobTemplate", "metadata"]]
	meta := object.get(obj, path, null)
]

_on_template(pod, key) if {
	some field in ["labels", "annotations"]
	object.get(_map(pod.meta, field), key, null) != null
}

_swapped_in_pods := [swapped |
	some pod in workload.pods
	some [field, key, right, home] in [
		["labels", _linkerd, "annotations", "an annotation"],
		["annotations", _dataplane, "labels", "a label"],
		["labels", _injection, "", "a label of the Namespace"],
		["annotations", _injection, "", "a label of the Namespace"],
	]
	value := _map(pod.meta, field)[key]
	not _map(pod.meta, right)[key]
	swapped := {
		"obj": pod.obj, "pod": pod, "field": field, "key": key, "value": value, "home": home,
		"path": pod.meta_path,
	}
]

_swapped_in_namespaces := [swapped |
	some record in resource.of({"/Namespace"})
	some [field, key, right, home] in [
		["labels", _linkerd, "annotations", "an annotation"],
		["annotations", _dataplane, "labels", "a label"],
		["annotations", _injection, "labels", "a label"],
	]
	meta := resource.meta(record.obj)
	value := _map(meta, field)[key]
	not _map(meta, right)[key]
	swapped := {
		"obj": record.obj, "pod": null, "field": field, "key": key, "value": value, "home": home,
		"path": ["metadata"],
	}
]

_weight(switch) := "warning" if {
	mesh.membership(switch.pod).mode in _means[switch.key][switch.value]
} else := "error"

_means := {
	_inject: {"true": {"sidecar"}, "false": {"none", "ambient", "linkerd"}},
	_dataplane: {"ambient": {"ambient"}, "none": {"none", "sidecar", "linkerd"}},
	_linkerd: {"enabled": {"linkerd"}, "disabled": {"none", "sidecar", "ambient"}},
	_injection: {"enabled": {"sidecar"}, "disabled": {"none", "ambient", "linkerd"}},
}

_revisions_of_namespaces := [{"obj": record.obj, "value": value} |
	some record in resource.of({"/Namespace"})
	labels := _map(resource.meta(record.obj), "labels")
	value := labels[_revision]
	not labels[_injection]
]

_labelled := array.concat(
	[{"obj": record.obj, "path": ["metadata"], "labels": _map(resource.meta(record.obj), "labels")} |
		some record in resource.of({"/Namespace", "/Service", "networking.istio.io/ServiceEntry"})
	],
	[{"obj": pod.obj, "path": pod.meta_path, "labels": _map(pod.meta, "labels")} | some pod in workload.pods],
)

_map(holder, field) := holder[field] if {
	is_object(holder[field])
} else := {}
