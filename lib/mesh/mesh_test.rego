package lib.onelayer.mesh_test

import data.lib.onelayer.mesh

_pod(labels, annotations, spec) := {
	"obj": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "app"}},
	"spec": object.union({"containers": [{"name": "app", "image": "shop/app:1"}]}, spec),
	"meta": {"labels": labels, "annotations": annotations},
	"path": ["spec"],
	"kind": "/Pod",
	"file": "",
	"job": false,
}

_plain := _pod({}, {}, {})

_namespaces(labels, annotations) := {"app": {"labels": labels, "annotations": annotations}}

_mode(pod, knobs, namespaces) := membership.mode if {
	membership := mesh.membership(pod) with data.lib.onelayer.config as {"mesh": knobs, "namespaces": namespaces}
}

_in(labels, annotations, pod) := _mode(pod, {}, _namespaces(labels, annotations))

_switch(value) := _pod({"sidecar.istio.io/inject": value}, {}, {})

_enabled := {"istio-injection": "enabled"}

test_namespaces_that_inject if {
	_in(_enabled, {}, _plain) == "sidecar"
	_in({"istio.io/rev": "1-29"}, {}, _plain) == "sidecar"
	_in({"istio-injection": "true"}, {}, _plain) == "none"
	_in({"istio-injection": "disabled", "istio.io/rev": "1-29"}, {}, _plain) == "none"
	_in({"istio.io/dataplane-mode": "ambient"}, {}, _plain) == "ambient"
	_in({}, {"linkerd.io/inject": "enabled"}, _plain) == "linkerd"
	_in({}, {"linkerd.io/inject": "ingress"}, _plain) == "linkerd"
	_in({}, {"linkerd.io/inject": "true"}, _plain) == "none"
	_in({}, {}, _plain) == "none"
}

test_revisions if {
	pod := _pod({"istio.io/rev": "canary"}, {}, {})
	namespaces := _namespaces({}, {})
	membership := mesh.membership(pod) with data.lib.onelayer.config as {"namespaces": namespaces}
	membership == {
		"mode": "sidecar",
		"revision": "canary",
		"why": ["the Pod has istio.io/rev=canary", "nothing in the Pod objects"],
	}
	_mode(pod, {"installed_revisions": ["default"]}, namespaces) == "none"
	_mode(_plain, {"installed_revisions": ["canary"]}, _namespaces(_enabled, {})) == "none"
	_mode(_plain, {"installed_revisions": ["canary", "default"]}, _namespaces(_enabled, {})) == "sidecar"
	_mode(pod, {}, _namespaces(_enabled, {})) == "sidecar"
}

test_switch_of_a_pod if {
	_in(_enabled, {}, _switch("false")) == "none"
	_in(_enabled, {}, _switch(false)) == "none"
	_in(_enabled, {}, _switch("False")) == "sidecar"
	_in({}, {}, _switch("true")) == "sidecar"
	_in({}, {}, _switch("yes")) == "none"
	_in(_enabled, {}, _pod({}, {"sidecar.istio.io/inject": "false"}, {})) == "none"
	_in({}, {}, _pod({}, {"sidecar.istio.io/inject": "true"}, {})) == "none"
	_in(_enabled, {}, _pod({"sidecar.istio.io/inject": "true"}, {"sidecar.istio.io/inject": "false"}, {})) == "sidecar"
}

test_ambient_of_a_pod if {
	ambient := {"istio.io/dataplane-mode": "ambient"}
	_in(ambient, {}, _pod({"istio.io/dataplane-mode": "none"}, {}, {})) == "none"
	_in(ambient, {}, _pod({"istio.io/dataplane-mode": "disabled"}, {}, {})) == "ambient"
	_in({}, {}, _pod(ambient, {}, {})) == "ambient"
	_in(ambient, {}, _switch("true")) == "sidecar"
	_in(object.union(ambient, {"istio-injection": "disabled"}), {}, _plain) == "ambient"
}

test_linkerd_of_a_pod if {
	on := {"linkerd.io/inject": "enabled"}
	_in({}, {}, _pod({}, on, {})) == "linkerd"
	_in({}, {"linkerd.io/inject": "disabled"}, _pod({}, on, {})) == "linkerd"
	_in({}, {"linkerd.io/inject": "yes"}, _pod({}, on, {})) == "none"
	_in({}, on, _pod({}, {"linkerd.io/inject": "disabled"}, {})) == "none"
	_in({}, on, _pod({}, {"linkerd.io/inject": "Enabled"}, {})) == "none"
	_in({}, on, _pod({"linkerd.io/control-plane-component": "destination"}, {}, {})) == "none"
	_in({}, on, _pod({"linkerd.io/cni-resource": "true"}, {}, {})) == "none"
	_in({"config.linkerd.io/admission-webhooks": "disabled"}, on, _plain) == "none"
	proxied := {"initContainers": [{"name": "istio-init", "image": "x"}]}
	_in({}, on, _pod({}, {}, proxied)) == "none"
}

test_network_of_the_node if {
	host := {"hostNetwork": true}
	_in(_enabled, {}, _pod({}, {}, host)) == "none"
	_in({"istio.io/dataplane-mode": "ambient"}, {}, _pod({}, {}, host)) == "none"
	_in({}, {"linkerd.io/inject": "enabled"}, _pod({}, {}, host)) == "none"
	_mode(_pod({}, {}, host), {}, {}) == "none"
}

test_what_a_pod_shows if {
	proxy := {"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.29"}
	router := object.union(proxy, {"args": ["proxy", "router"]})
	_in({}, {}, _pod({}, {}, {"containers": [proxy]})) == "sidecar"
	_in({}, {}, _pod({}, {}, {"initContainers": [proxy]})) == "sidecar"
	_in({}, {}, _pod({}, {}, {"containers": [{"name": "istio-proxy", "image": "auto"}]})) == "none"
	_in({}, {}, _pod({}, {}, {"containers": [router]})) == "gateway"
	_in({}, {}, _pod({}, {"inject.istio.io/templates": "sidecar, gateway"}, {})) == "gateway"
	_in({}, {}, _pod({}, {"inject.istio.io/templates": "grpc-agent"}, {})) == "proxyless"
	_in({}, {}, _pod({}, {"sidecar.istio.io/status": "{}"}, {})) == "sidecar"
	_in({}, {}, _pod({}, {"ambient.istio.io/redirection": "enabled"}, {})) == "ambient"
	_in({}, {}, _pod({}, {}, {"containers": [{"name": "linkerd-proxy"}]})) == "linkerd"
}

test_unknown_namespace if {
	_mode(_plain, {}, {}) == "unknown"
	_mode(_switch("false"), {}, {}) == "unknown"
	labels := {"sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none"}
	out := _pod(labels, {"linkerd.io/inject": "disabled"}, {})
	_mode(out, {}, {}) == "none"
	_mode(_plain, {"assume_mesh": "istio-sidecar"}, {}) == "sidecar"
	_mode(_plain, {"assume_mesh": "istio-ambient"}, {}) == "ambient"
	_mode(_plain, {"assume_mesh": "linkerd"}, {}) == "linkerd"
	_mode(_plain, {"assume_mesh": "none"}, {}) == "none"
	_mode(_plain, {"assume_mesh": "auto"}, {}) == "unknown"
	_mode(_plain, {}, {"app": "odd"}) == "unknown"
	_mode(_plain, {}, {"app": {"labels": "odd"}}) == "none"
}

test_system_namespaces if {
	system := object.union(_plain, {"obj": {"metadata": {"namespace": "kube-system"}}})
	_mode(system, {}, {"kube-system": {"labels": _enabled}}) == "none"
	_mode(system, {}, {"kube-system": {"labels": {"istio.io/dataplane-mode": "ambient"}}}) == "none"
	_mode(system, {}, {"kube-system": {"annotations": {"linkerd.io/inject": "enabled"}}}) == "none"
	knobs := {"linkerd_excluded_namespaces": ["other"]}
	_mode(system, knobs, {"kube-system": {"annotations": {"linkerd.io/inject": "enabled"}}}) == "linkerd"
}

test_injection_by_default if {
	knobs := {"enable_namespaces_by_default": true}
	_mode(_plain, knobs, _namespaces({}, {})) == "sidecar"
	_mode(_plain, knobs, _namespaces({"istio-injection": "disabled"}, {})) == "none"
	_mode(_switch("no"), knobs, _namespaces({}, {})) == "none"
	one := object.union(knobs, {"installed_revisions": ["default"]})
	_mode(_pod({"istio.io/rev": "x"}, {}, {}), one, _namespaces({}, {})) == "none"
	system := object.union(_plain, {"obj": {"metadata": {"namespace": "kube-public"}}})
	_mode(system, knobs, {"kube-public": {}}) == "none"
}

test_selectors_of_the_injector if {
	job := _pod({"job": "x"}, {}, {})
	never := {"never_inject_selectors": [{"matchExpressions": [{"key": "job", "operator": "Exists"}]}]}
	always := {"always_inject_selectors": [{"matchLabels": {"job": "x"}}]}
	_mode(job, never, _namespaces(_enabled, {})) == "none"
	_mode(job, always, _namespaces(_enabled, {})) == "sidecar"
	_mode(job, object.union(never, always), _namespaces(_enabled, {})) == "none"
	_mode(_plain, never, _namespaces(_enabled, {})) == "sidecar"
}

test_where_a_namespace_is_found if {
	namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "app", "labels": _enabled}}
	review := {"review": {"object": {"kind": "Pod"}, "namespaceObject": namespace}}
	mesh.namespace_of(_plain) == {"name": "app", "labels": _enabled, "annotations": {}} with input as review
	other := object.union(namespace, {"metadata": {"name": "other"}})
	not mesh.namespace_of(_plain) with input as {"review": {"object": {"kind": "Pod"}, "namespaceObject": other}}
	known := {"cluster": {"v1": {"Namespace": {"app": namespace}}}}
	mesh.namespace_of(_plain).labels == _enabled with data.inventory as known
	nameless := {"review": {"object": {"kind": "Pod"}, "namespaceObject": {}}}
	mesh.namespace_of(_plain).labels == _enabled with input as nameless with data.inventory as known
	mesh.namespace_of(_plain).labels == _enabled with input as [{"path": "a.yaml", "contents": namespace}]
	not mesh.namespace_of(_plain)
}

test_intent if {
	mesh.intended(_pod({"sidecar.istio.io/inject": "x"}, {}, {}))
	mesh.intended(_pod({}, {"proxy.istio.io/config": "x"}, {}))
	mesh.intended(_pod({}, {"config.linkerd.io/skip-inbound-ports": "1"}, {}))
	mesh.intended(_pod({"istio.io/rev": "x"}, {}, {}))
	not mesh.intended(_pod({"app": "istio.io"}, {"example.com/linkerd.io": "x"}, {}))
}

test_what_a_namespace_offers if {
	refusing := _pod(
		{"sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none", "istio.io/rev": "x"},
		{"linkerd.io/inject": "disabled", "sidecar.istio.io/inject": "false"},
		{"hostNetwork": true},
	)
	_offered(refusing, _namespaces(_enabled, {}), {}) == "sidecar"
	_offered(refusing, _namespaces({"istio.io/dataplane-mode": "ambient"}, {}), {}) == "ambient"
	_offered(refusing, _namespaces({}, {"linkerd.io/inject": "enabled"}), {}) == "linkerd"
	_offered(refusing, _namespaces({}, {}), {}) == "none"
	_offered(refusing, {}, {"assume_mesh": "istio-ambient"}) == "ambient"
	not _offered(refusing, {}, {})
	plane := _pod({"linkerd.io/control-plane-component": "identity"}, {}, {})
	_offered(plane, _namespaces({}, {"linkerd.io/inject": "enabled"}), {}) == "none"
}

_offered(pod, namespaces, knobs) := offer.mode if {
	offer := mesh.offered(pod) with data.lib.onelayer.config as {"namespaces": namespaces, "mesh": knobs}
}

test_closed_namespaces if {
	mesh.closed("sidecar", "kube-public")
	mesh.closed("ambient", "kube-system")
	mesh.closed("linkerd", "cert-manager")
	not mesh.closed("sidecar", "cert-manager")
	not mesh.closed("ambient", "kube-public")
	not mesh.closed("linkerd", "shop")
}

test_parts_of_a_mesh if {
	every labels in [
		{"linkerd.io/control-plane-component": "identity"}, {"linkerd.io/cni-resource": "true"},
		{"gateway.istio.io/managed": "istio.io-gateway-controller"}, {"app": "istiod"}, {"app": "ztunnel"},
		{"k8s-app": "istio-cni-node"},
	] {
		mesh.part_of_a_mesh(_pod(labels, {}, {}))
	}
	every labels in [{"app": "web"}, {"linkerd.io/workload-ns": "shop"}, {"name": "istiod"}] {
		not mesh.part_of_a_mesh(_pod(labels, {}, {}))
	}
}

test_behind_a_service if {
	service := {
		"apiVersion": "v1",
		"kind": "Service",
		"metadata": {"name": "app", "namespace": "app"},
		"spec": {"selector": {"app": "app"}},
	}
	deployment := {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
		"metadata": {"name": "app", "namespace": "app"},
		"spec": {"template": {"metadata": {"labels": {"app": "app", "sidecar.istio.io/inject": "false"}}, "spec": {}}},
	}
	config := {"namespaces": _namespaces(_enabled, {})}
	known := {"namespace": {"app": {"apps/v1": {"Deployment": {"app": deployment}}}}}
	mesh.modes_of(service) == {"none"} with data.lib.onelayer.config as config with data.inventory as known
	mesh.modes_of(service) == {"sidecar"} with data.lib.onelayer.config as config
	out := object.union(service, {"spec": {"selector": {"sidecar.istio.io/inject": "false"}}})
	mesh.modes_of(out) == {"none"} with data.lib.onelayer.config as config
	mesh.modes_of(object.remove(service, ["spec"])) == set()
	mesh.modes_of(service) == {"unknown"}
	mesh.mode_in("app") == "sidecar" with data.lib.onelayer.config as config
	mesh.mode_in("other") == "unknown" with data.lib.onelayer.config as config
}
