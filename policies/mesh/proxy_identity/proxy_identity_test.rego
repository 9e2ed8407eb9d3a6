package lib.onelayer.policies.mesh.proxy_identity_test

import data.lib.onelayer.policies.mesh.proxy_identity

_pod(annotations, spec) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_as(context) := _pod({}, {"containers": [{"name": "web", "securityContext": context}]})

_whole(context, containers) := _pod({}, {"securityContext": context, "containers": containers})

_found(obj, config) := {[f.severity, f.path] |
	some f in proxy_identity.violation with input as obj with data.lib.onelayer.config as config
}

_in(namespace, obj) := _found(obj, {"namespaces": {"shop": namespace}})

_istio := {"labels": {"istio-injection": "enabled"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_user := "spec.containers[0].securityContext.runAsUser"

_group := "spec.containers[0].securityContext.runAsGroup"

test_identities_of_istio if {
	_in(_istio, _as({"runAsUser": 1337})) == {["error", _user]}
	_in(_istio, _as({"runAsGroup": 1337})) == {["error", _group]}
	_in(_istio, _as({"runAsUser": 1337, "runAsGroup": 1337})) == {["error", _user], ["error", _group]}
	_in(_istio, _as({"runAsUser": 2102})) == set()
	_in(_istio, _as({"runAsUser": 1000, "fsGroup": 1337})) == set()
	_in(_istio, _as({"runAsUser": "1337"})) == set()
}

test_identities_of_linkerd if {
	_in(_linkerd, _as({"runAsUser": 2102})) == {["error", _user]}
	_in(_linkerd, _as({"runAsGroup": 2102})) == set()
	_in(_linkerd, _as({"runAsUser": 1337})) == set()
	other := {"config.linkerd.io/proxy-uid": "3000"}
	context := {"containers": [{"name": "web", "securityContext": {"runAsUser": 3000}}]}
	_in(_linkerd, _pod(other, context)) == {["error", _user]}
	_in(_linkerd, _pod({"config.linkerd.io/proxy-uid": "many"}, context)) == set()
}

test_other_modes if {
	_in({}, _as({"runAsUser": 1337})) == set()
	_in({"labels": {"istio.io/dataplane-mode": "ambient"}}, _as({"runAsUser": 1337})) == set()
	_found(_as({"runAsUser": 1337}), {}) == {["warning", _user]}
	_found(_as({"runAsUser": 2102}), {}) == {["warning", _user]}
	_found(_as({"runAsUser": 1000}), {}) == set()
	_found(_as(["odd"]), {}) == set()
}

test_containers_of_every_role if {
	setup := {"name": "setup", "securityContext": {"runAsUser": 1337}}
	_in(_istio, _pod({}, {"containers": [{"name": "web"}], "initContainers": [setup]})) == {
		["error", "spec.initContainers[0].securityContext.runAsUser"],
	}
	every name in ["istio-proxy", "istio-init", "istio-validation"] {
		proxy := {"name": name, "image": "auto", "securityContext": {"runAsUser": 1337}}
		_in(_istio, _pod({}, {"containers": [{"name": "web"}, proxy]})) == set()
	}
}

test_the_whole_pod if {
	path := "spec.securityContext.runAsUser"
	_in(_istio, _whole({"runAsUser": 1337}, [{"name": "web"}])) == {["error", path]}
	_in(_istio, _whole({"runAsUser": 1337}, [{"name": "web", "securityContext": {"runAsUser": 1000}}])) == set()
	_in(_istio, _whole({"runAsUser": 1337}, [{"name": "istio-proxy", "image": "auto"}])) == set()
	_in(_istio, _whole({"runAsUser": 1337}, [
		{"name": "web", "securityContext": {"runAsUser": 1000}},
		{"name": "api", "securityContext": {"runAsGroup": 1000}},
	])) == {["error", path]}
	_in(_istio, _whole("odd", [{"name": "web"}])) == set()
}

test_parameters if {
	config := {
		"namespaces": {"shop": _istio, "billing": _linkerd},
		"rules": {"mesh/proxy-identity": {"parameters": {"proxy_uid": 5000, "linkerd_proxy_uid": 6000}}},
	}
	_found(_as({"runAsUser": 1337}), config) == set()
	_found(_as({"runAsUser": 5000}), config) == {["error", _user]}
	billing := object.union(_as({"runAsUser": 6000}), {"metadata": {"namespace": "billing"}})
	_found(billing, config) == {["error", _user]}
}

test_messages if {
	_said(_as({"runAsUser": 1337})) == concat("", [
		"mesh/proxy-identity: runAsUser 1337 is the identity of Istio's proxy, so the mesh does not capture what container ",
		`"web" sends; use another`,
	])
	_said(_whole({"runAsUser": 2102}, [{"name": "web"}])) == concat("", [
		"mesh/proxy-identity: runAsUser 2102 is the identity of Linkerd's proxy, so the mesh does not capture what this Pod ",
		"sends; use another",
	])
}

_said(obj) := concat("|", [f.msg | some f in proxy_identity.violation with input as obj])
