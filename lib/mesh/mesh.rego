# METADATA
# scope: package
# title: Mesh membership
# description: >-
#   Tells which mesh, if any, carries the traffic of a Pod, exactly as the webhooks, the injectors and the CNI decide:
#   Istio's sidecar injector (two gates), Istio's ambient selection, Linkerd's injector. Where the namespace is not
#   known and matters, the answer is unknown, which is never none.
# related_resources:
# - ref: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
#   description: Istio, which labels inject
# - ref: https://linkerd.io/2/features/proxy-injection/
#   description: Linkerd, which annotations inject
package lib.onelayer.mesh

import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.selector
import data.lib.onelayer.workload

# METADATA
# description: >-
#   The membership of a pod template of lib.onelayer.workload, as {mode, revision, why}. mode is sidecar, ambient,
#   linkerd, proxyless, gateway, none or unknown; revision is Istio's and empty elsewhere; why lists what decided.
membership(pod) := observed(pod) if {
	observed(pod)
} else := _asked_for(pod) if {
	_asked_for(pod)
} else := _verdict(pod, namespace) if {
	namespace := surroundings(pod)
} else := _agreed(pod)

# METADATA
# description: >-
#   The membership that the namespace gives to a pod template that asks for nothing and has a network of its own, so
#   that a refusal can be told from a namespace without a mesh. Undefined where the namespace is not known.
offered(pod) := _verdict(_plain(pod), namespace) if {
	namespace := surroundings(pod)
}

# METADATA
# description: The metadata of the namespace of a pod template, known or as the setting assume_mesh has it.
surroundings(pod) := namespace if {
	namespace := namespace_of(pod)
} else := _named(pod, _assumed[params.config.mesh.assume_mesh])

# METADATA
# description: True when a data plane (sidecar, ambient, linkerd) never takes Pods of a namespace of that name.
closed("sidecar", name) if name in _system_namespaces

closed("ambient", "kube-system")

closed("linkerd", name) if name in _linkerd_excluded

# METADATA
# description: >-
#   The metadata of the namespace of a pod template, as {name, labels, annotations}: from the review, else the
#   inventory, else the same input, else the configuration. Undefined when nothing tells.
namespace_of(pod) := _meta_of(name, resource.namespace_object) if {
	name := resource.ref(pod.obj).namespace
	resource.ref(resource.namespace_object).name == name
} else := _meta_of(name, inventory.namespace(name)) if {
	name := resource.ref(pod.obj).namespace
} else := _meta_of(name, found[0]) if {
	name := resource.ref(pod.obj).namespace
	name != ""
	found := [record.obj | some record in resource.of({"/Namespace"}); resource.ref(record.obj).name == name]
} else := {"name": name, "labels": _object(given, "labels"), "annotations": _object(given, "annotations")} if {
	name := resource.ref(pod.obj).namespace
	given := params.config.namespaces[name]
	is_object(given)
}

# METADATA
# description: The membership that the pod template itself shows, after injection or as a gateway; undefined otherwise.
observed(pod) := _found("gateway", "a container of Istio that routes as a gateway") if {
	some container in _all_containers(pod)
	container.name == "istio-proxy"
	"router" in container.args
} else := _found("gateway", "inject.istio.io/templates names the gateway template") if {
	"gateway" in _templates(pod)
} else := _found("sidecar", "the proxy of Istio is a container of the template") if {
	some container in _all_containers(pod)
	container.name == "istio-proxy"
	resource.text(object.get(container, "image", "")) != "auto"
} else := _found("sidecar", "sidecar.istio.io/status says that Istio injected") if {
	_has(_annotations(pod), "sidecar.istio.io/status")
} else := _found("ambient", "ambient.istio.io/redirection says that ambient captures") if {
	_annotations(pod)["ambient.istio.io/redirection"] == "enabled"
} else := _found("linkerd", "the proxy of Linkerd is a container of the template") if {
	some container in _all_containers(pod)
	container.name == "linkerd-proxy"
}

# METADATA
# description: >-
#   The distinct memberships of the workloads behind a Service, as their modes; where no workload is known, that of a
#   Pod that has just the labels of the selector. None for a Service without a selector.
modes_of(service) := {membership(pod).mode | some pod in _behind(service)}

# METADATA
# description: The membership that a namespace gives to a Pod that asks for nothing, as its mode.
mode_in(namespace) := membership({"obj": {"metadata": {"namespace": namespace}}, "spec": {}, "meta": {}}).mode

# METADATA
# description: >-
#   True when a pod template is part of a mesh itself - control plane, node agent or managed gateway - and so is set up
#   by the mesh and not by an author who could leave something to it.
part_of_a_mesh(pod) if {
	some key in ["linkerd.io/control-plane-component", "linkerd.io/cni-resource", "gateway.istio.io/managed"]
	_has(_labels(pod), key)
} else if {
	some key in ["app", "k8s-app"]
	_text(_labels(pod), key) in {"istiod", "ztunnel", "istio-cni-node"}
}

# METADATA
# description: >-
#   True when the template itself carries a key of a mesh, which proves intent where the namespace is unknown.
intended(pod) if {
	some key, _ in object.union(_labels(pod), _annotations(pod))
	regex.match(`^(?:[a-z.]+\.)?istio\.io/|^(?:[a-z0-9.]+\.)?linkerd\.io/`, key)
}

# METADATA
# description: The verdict of Istio's sidecar injector for a pod template in a namespace, as {revision, why}.
istio_sidecar(pod, namespace) := {"revision": called.revision, "why": array.concat([called.why], [agreed])} if {
	called := _webhook(namespace, _labels(pod))
	agreed := _injector(pod, namespace)
}

# METADATA
# description: Why Istio's ambient mode captures a pod template in a namespace; undefined when it does not.
istio_ambient(pod, namespace) := "the Pod has istio.io/dataplane-mode=ambient" if {
	_may_be_ambient(pod, namespace)
	_text(_labels(pod), _dataplane) == "ambient"
} else := "the namespace has istio.io/dataplane-mode=ambient" if {
	_may_be_ambient(pod, namespace)
	_text(namespace.labels, _dataplane) == "ambient"
	_text(_labels(pod), _dataplane) != "none"
}

# METADATA
# description: Why Linkerd's injector takes a pod template in a namespace; undefined when it does not.
linkerd(pod, namespace) := sprintf("the Pod has linkerd.io/inject=%s", [value]) if {
	_may_be_linkerd(pod, namespace)
	value := _text(_annotations(pod), _linkerd_inject)
	value in _linkerd_on
	_text(namespace.annotations, _linkerd_inject) in _linkerd_known
} else := sprintf("the namespace has linkerd.io/inject=%s", [value]) if {
	_may_be_linkerd(pod, namespace)
	not _has(_annotations(pod), _linkerd_inject)
	value := _text(namespace.annotations, _linkerd_inject)
	value in _linkerd_on
}

_behind(service) := pods if {
	pods := inventory.workloads_of(service)
	count(pods) > 0
} else := [{"obj": service, "spec": {}, "meta": {"labels": service.spec.selector}}] if {
	is_object(service.spec.selector)
	count(service.spec.selector) > 0
} else := []

_plain(pod) := object.union(object.remove(pod, ["spec", "meta"]), {
	"spec": {},
	"meta": {"labels": object.remove(_labels(pod), [_sidecar_inject, _revision, _dataplane])},
})

_may_be_ambient(pod, namespace) if {
	not _on_host(pod)
	not _has(_annotations(pod), "sidecar.istio.io/status")
	not closed("ambient", namespace.name)
}

_may_be_linkerd(pod, namespace) if {
	_text(namespace.labels, "config.linkerd.io/admission-webhooks") != "disabled"
	not closed("linkerd", namespace.name)
	not _has(_labels(pod), "linkerd.io/control-plane-component")
	not _has(_labels(pod), "linkerd.io/cni-resource")
	not _on_host(pod)
	not _proxied(pod)
}

_linkerd_on := {"enabled", "ingress"}

_linkerd_known := {"", "disabled"} | _linkerd_on

_dataplane := "istio.io/dataplane-mode"

_sidecar_inject := "sidecar.istio.io/inject"

_revision := "istio.io/rev"

_injection := "istio-injection"

_linkerd_inject := "linkerd.io/inject"

_system_namespaces := {"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

_linkerd_excluded := {name | some name in params.config.mesh.linkerd_excluded_namespaces} if {
	is_array(params.config.mesh.linkerd_excluded_namespaces)
} else := {"kube-system", "cert-manager"}

_found(mode, why) := {"mode": mode, "revision": "", "why": [why]}

_asked_for(pod) := _found("proxyless", "inject.istio.io/templates asks for an agent of gRPC without a proxy") if {
	some template in _templates(pod)
	template in {"grpc-agent", "grpc-simple"}
}

_templates(pod) := [trim_space(name) | some name in split(_text(_annotations(pod), "inject.istio.io/templates"), ",")]

_agreed(pod) := _undecided if {
	_neutral(pod)
} else := _undecided if {
	_verdict(pod, _named(pod, _possible[0])).mode != _verdict(pod, _named(pod, _possible[1])).mode
} else := answers[0] if {
	answers := [_verdict(pod, _named(pod, namespace)) | some namespace in _possible]
	count({[answer.mode, answer.revision] | some answer in answers}) == 1
} else := _undecided

_neutral(pod) if {
	not params.config.mesh
	not intended(pod)
	not _on_host(pod)
	not resource.ref(pod.obj).namespace in _system_namespaces
}

_undecided := _found("unknown", "the labels of the namespace are not known")

_named(pod, namespace) := object.union(
	{"name": resource.ref(pod.obj).namespace, "labels": {}, "annotations": {}},
	namespace,
)

_assumed := {
	"istio-sidecar": {"labels": {_injection: "enabled"}},
	"istio-ambient": {"labels": {_dataplane: "ambient"}},
	"linkerd": {"annotations": {_linkerd_inject: "enabled"}},
	"none": {},
}

_possible := [
	{},
	{"labels": {_injection: "enabled"}},
	{"labels": {_injection: "disabled"}},
	{"labels": {_revision: "default"}},
	{"labels": {_dataplane: "ambient"}},
	{"labels": {_dataplane: "ambient", _injection: "disabled"}},
	{"annotations": {_linkerd_inject: "enabled"}},
	{"annotations": {_linkerd_inject: "disabled"}},
]

_verdict(pod, namespace) := {"mode": "sidecar", "revision": taken.revision, "why": taken.why} if {
	taken := istio_sidecar(pod, namespace)
} else := _found("linkerd", why) if {
	why := linkerd(pod, namespace)
} else := _found("ambient", why) if {
	why := istio_ambient(pod, namespace)
} else := _found("none", _reason(pod))

_reason(pod) := "the Pod is on the network of its node, which no mesh captures" if {
	_on_host(pod)
} else := "no label or annotation takes it into a mesh"

_webhook(namespace, labels) := {"revision": revision, "why": why} if {
	revision := _text(namespace.labels, _revision)
	_has(namespace.labels, _revision)
	not _has(namespace.labels, _injection)
	_installed(revision)
	not _text(labels, _sidecar_inject) == "false"
	why := sprintf("the namespace has istio.io/rev=%s", [revision])
} else := {"revision": revision, "why": why} if {
	_silent(namespace)
	_has(labels, _revision)
	revision := _text(labels, _revision)
	_installed(revision)
	not _text(labels, _sidecar_inject) == "false"
	why := sprintf("the Pod has istio.io/rev=%s", [revision])
} else := {"revision": "default", "why": "the namespace has istio-injection=enabled"} if {
	_text(namespace.labels, _injection) == "enabled"
	_installed("default")
	not _text(labels, _sidecar_inject) == "false"
} else := {"revision": "default", "why": "the Pod has the label sidecar.istio.io/inject=true"} if {
	_silent(namespace)
	_text(labels, _sidecar_inject) == "true"
	not _has(labels, _revision)
	_installed("default")
} else := {"revision": "default", "why": "Istio injects into namespaces by default"} if {
	params.config.mesh.enable_namespaces_by_default == true
	_silent(namespace)
	not namespace.name in _system_namespaces
	not _has(labels, _sidecar_inject)
	not _has(labels, _revision)
	_installed("default")
}

_silent(namespace) if {
	not _has(namespace.labels, _injection)
	not _has(namespace.labels, _revision)
}

_installed(revision) if {
	not _revisions
} else if {
	revision in _revisions
}

_revisions := params.config.mesh.installed_revisions if is_array(params.config.mesh.installed_revisions)

_injector(pod, namespace) := why if {
	not _on_host(pod)
	not namespace.name in _system_namespaces
	why := _accepted(pod, _switch(pod))
}

_switch(pod) := _text(_labels(pod), _sidecar_inject) if {
	_has(_labels(pod), _sidecar_inject)
} else := _text(_annotations(pod), _sidecar_inject)

_accepted(pod, value) := "sidecar.istio.io/inject is true" if {
	value == "true"
} else := _by_policy(pod) if {
	value != "false"
}

_by_policy(pod) := "alwaysInjectSelector takes the Pod" if {
	not _taken_by(pod, "never_inject_selectors")
	_taken_by(pod, "always_inject_selectors")
} else := "nothing in the Pod objects" if {
	not _taken_by(pod, "never_inject_selectors")
}

_taken_by(pod, knob) if {
	some candidate in params.config.mesh[knob]
	selector.matches(candidate, _labels(pod))
}

_proxied(pod) if {
	some container in _all_containers(pod)
	container.name in {"istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init"}
}

_on_host(pod) if pod.spec.hostNetwork == true

_all_containers(pod) := [entry.container | some entry in workload.containers_of(pod)]

_labels(pod) := _object(pod.meta, "labels")

_annotations(pod) := _object(pod.meta, "annotations")

_meta_of(name, obj) := {
	"name": name,
	"labels": _object(resource.meta(obj), "labels"),
	"annotations": _object(resource.meta(obj), "annotations"),
}

_object(holder, field) := holder[field] if {
	is_object(holder[field])
} else := {}

_text(values, key) := resource.text(object.get(values, key, ""))

_has(values, key) if object.get(values, key, null) != null
