package lib.onelayer.policies.mesh.hand_rolled_proxy_test

import data.lib.onelayer.policies.mesh.hand_rolled_proxy

_of(annotations, spec) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"metadata": {"annotations": annotations}, "spec": spec}},
}

_app := {"name": "web", "image": "shop/web:1"}

_beside(container) := _of({}, {"containers": [_app, container]})

_found(obj) := {[f.severity, f.path] | some f in hand_rolled_proxy.violation with input as obj}

_second := {["warning", "spec.template.spec.containers[1]"]}

test_names_of_proxies if {
	every name in ["istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init"] {
		_found(_beside({"name": name, "image": "shop/own:1"})) == _second
		_found(_beside({"name": name})) == _second
		_found(_beside({"name": name, "image": "auto"})) == set()
		_found(_of({}, {"containers": [_app], "initContainers": [{"name": name, "image": "x"}]})) == {
			["warning", "spec.template.spec.initContainers[0]"],
		}
	}
}

test_images_of_proxies if {
	every image in [
		"docker.io/istio/proxyv2:1.27.0", "proxyv2", "cr.l5d.io/linkerd/proxy:edge-25", "envoyproxy/envoy:v1.30",
		"docker.io/envoyproxy/envoy-alpine@sha256:0", "hashicorp/consul-dataplane:1.4", "kumahq/kuma-dp:2.7",
	] {
		_found(_beside({"name": "proxy", "image": image})) == _second
	}
	every image in [
		"shop/myproxyv2:1", "shop/proxyv2/web:1", "linkerd/proxy-injector-test/x", "envoyproxy/gateway:1", "shop/envoy:1",
		7,
	] {
		_found(_beside({"name": "proxy", "image": image})) == set()
	}
}

test_proxies_in_their_place if {
	_found(_of({}, {"containers": [{"name": "envoy", "image": "envoyproxy/envoy:v1"}]})) == set()
	_found(_of({}, {"containers": [
		{"name": "envoy", "image": "envoyproxy/envoy:v1"},
		{"name": "shutdown-manager", "image": "projectcontour/contour:v1"},
	]})) == set()
	_found(_of({}, {"containers": [_app, {"name": "istio-proxy", "image": "istio/proxyv2", "args": ["router"]}]})) == set()
	_found(_of({"inject.istio.io/templates": "gateway"}, {"containers": [_app, {"name": "istio-proxy"}]})) == set()
	alone := {"containers": [{"name": "envoy", "image": "envoyproxy/envoy:v1"}], "initContainers": [_app]}
	_found(_of({}, alone)) == set()
}

test_the_mesh_itself if {
	identity := _of({}, {"containers": [_app, {"name": "linkerd-proxy"}]})
	labels := {"spec": {"template": {"metadata": {"labels": {"linkerd.io/control-plane-component": "identity"}}}}}
	_found(object.union(identity, labels)) == set()
}

test_other_annotations if {
	_found(_of({"shop.example.com/team": "web"}, {"containers": [_app, {"name": "istio-proxy"}]})) == _second
}

test_injection_that_is_written_down if {
	every key in ["sidecar.istio.io/status", "linkerd.io/proxy-version"] {
		containers := [_app, {"name": "istio-proxy", "image": "istio/proxyv2:1"}]
		_found(_of({key: "x"}, {"containers": containers})) == {["info", "spec.template.spec.containers[1]"]}
		pod := {
			"apiVersion": "v1",
			"kind": "Pod",
			"metadata": {"name": "web", "annotations": {key: "x"}},
			"spec": {"containers": containers},
		}
		_found(pod) == set()
		_found(object.remove(pod, ["metadata"])) == {["warning", "spec.containers[1]"]}
	}
}

test_messages if {
	_said(_beside({"name": "istio-proxy"})) == concat("", [
		`mesh/hand-rolled-proxy: container "istio-proxy" is a proxy of a mesh written by hand; the mesh owns its proxies, `,
		"so let it inject",
	])
	_said(_of({"linkerd.io/proxy-version": "x"}, {"containers": [_app, {"name": "linkerd-proxy"}]})) == concat("", [
		`mesh/hand-rolled-proxy: container "linkerd-proxy" is a proxy of a mesh that was injected once and then written `,
		"down; the mesh owns its proxies, so let it inject",
	])
}

_said(obj) := concat("|", [f.msg | some f in hand_rolled_proxy.violation with input as obj])
