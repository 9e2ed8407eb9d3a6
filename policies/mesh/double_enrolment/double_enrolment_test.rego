package lib.onelayer.policies.mesh.double_enrolment_test

import data.lib.onelayer.policies.mesh.double_enrolment

_namespace(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Namespace",
	"metadata": {"name": "shop", "labels": labels, "annotations": annotations},
}

_pod(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "namespace": "shop", "labels": labels, "annotations": annotations},
	"spec": {"containers": [{"name": "web", "image": "shop/web:1"}]},
}

_found(obj, config) := {[f.severity, f.path] |
	some f in double_enrolment.violation with input as obj with data.lib.onelayer.config as config
}

_alone(obj) := _found(obj, {})

_in(labels, annotations, obj) := _found(obj, {"namespaces": {"shop": {"labels": labels, "annotations": annotations}}})

_said(obj) := concat("|", [f.msg | some f in double_enrolment.violation with input as obj])

_injects := {"istio-injection": "enabled"}

_ambient := {"istio.io/dataplane-mode": "ambient"}

_canary := {"istio.io/rev": "canary"}

_asks := {"sidecar.istio.io/inject": "true"}

_linkerd := {"linkerd.io/inject": "enabled"}

_off := {"istio-injection": "disabled"}

_mode := `metadata.labels["istio.io/dataplane-mode"]`

_rev := `metadata.labels["istio.io/rev"]`

_annotation := `metadata.annotations["linkerd.io/inject"]`

test_namespaces if {
	_alone(_namespace(object.union(_injects, _canary), {})) == {["error", _rev]}
	_alone(_namespace(object.union(_injects, _ambient), {})) == {["error", _mode]}
	_alone(_namespace(object.union(_canary, _ambient), {})) == {["error", _mode]}
	_alone(_namespace(_injects, _linkerd)) == {["error", _annotation]}
	_alone(_namespace(_canary, {"linkerd.io/inject": "ingress"})) == {["error", _annotation]}
	_alone(_namespace(_ambient, _linkerd)) == {["error", _annotation]}
}

test_namespaces_with_one_owner if {
	every labels in [
		_injects, _canary, _ambient, object.union(_off, _ambient), object.union(_off, _canary),
		object.union_n([_off, _canary, _ambient]), {"istio.io/dataplane-mode": "none", "istio-injection": "enabled"},
	] {
		_alone(_namespace(labels, {})) == set()
		_alone(_namespace(labels, {"linkerd.io/inject": "disabled"})) == set()
	}
	_alone(_namespace({}, _linkerd)) == set()
	_alone(_namespace(object.union(_off, _canary), _linkerd)) == set()
	_alone(_namespace(object.union(_injects, {"istio.io/rev": 7}), {})) == set()
	_alone(_namespace("odd", ["odd"])) == set()
}

test_pods_in_a_known_namespace if {
	_in(_injects, {}, _pod(_ambient, {})) == {["error", _mode]}
	_in(_injects, {}, _pod({}, _linkerd)) == {["error", _annotation]}
	_in({}, _linkerd, _pod(_asks, {})) == {["error", `metadata.labels["sidecar.istio.io/inject"]`]}
	_in({}, _linkerd, _pod(_canary, {})) == {["error", _rev]}
	_in({}, _linkerd, _pod(_ambient, {})) == {["error", _mode]}
	_in(_ambient, {}, _pod({}, _linkerd)) == {["error", _annotation]}
	_in({}, {}, _pod(object.union(_asks, _ambient), {})) == {["error", _mode]}
}

test_pods_with_one_owner if {
	_in({}, {}, _pod(_ambient, {})) == set()
	_in(_ambient, {}, _pod(_asks, {})) == set()
	_in(_ambient, {}, _pod(_ambient, {})) == set()
	_in(_off, {}, _pod(object.union(_asks, _ambient), {})) == set()
	_in(_off, {}, _pod({}, _linkerd)) == set()
	_in({}, _linkerd, _pod({}, _linkerd)) == set()
	_in(_injects, _linkerd, _pod({}, {})) == set()
	_in(_injects, {}, _pod({"sidecar.istio.io/inject": "false"}, _linkerd)) == set()
	_in({}, _linkerd, _pod({"istio.io/rev": "canary", "sidecar.istio.io/inject": "false"}, {})) == set()
}

test_pods_in_an_unknown_namespace if {
	_alone(_pod(object.union(_asks, _ambient), {})) == {["warning", _mode]}
	_alone(_pod(_asks, _linkerd)) == {["warning", _annotation]}
	_alone(_pod(_ambient, {"linkerd.io/inject": "ingress"})) == {["warning", _annotation]}
	_alone(_pod(_asks, {})) == set()
	_alone(_pod({"istio.io/rev": "canary", "sidecar.istio.io/inject": "false"}, _linkerd)) == set()
	_alone(_pod("odd", 7)) == set()
	_found(_pod(_ambient, {}), {"mesh": {"assume_mesh": "istio-sidecar"}}) == {["warning", _mode]}
	_found(_pod(_ambient, _linkerd), {"mesh": {"assume_mesh": "none"}}) == {["warning", _annotation]}
}

test_messages if {
	_said(_namespace(object.union(_injects, _canary), {})) == concat("", [
		"mesh/double-enrolment: the namespace has istio-injection=enabled and istio.io/rev=canary, so the default revision ",
		"wins silently; keep one owner of the traffic",
	])
	_said(_namespace(_canary, _linkerd)) == concat("", [
		"mesh/double-enrolment: the namespace has istio.io/rev=canary and linkerd.io/inject=enabled, so each injector adds ",
		"a proxy or gives way to the other; keep one owner of the traffic",
	])
	_said(_pod(_asks, _linkerd)) == concat("", [
		"mesh/double-enrolment: Istio's sidecar and Linkerd both claim this Pod, and which proxy owns mTLS and retries is ",
		"chance; keep one owner of the traffic",
	])
	both := _said(_pod(object.union(_asks, _ambient), {}))
	contains(both, "ambient mode both claim this Pod, and the sidecar wins silently")
}
