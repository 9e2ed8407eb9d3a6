package lib.onelayer.policies.mesh.opt_out_test

import data.lib.onelayer.policies.mesh.opt_out

_of(kind, namespace, template, spec) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": namespace},
	"spec": {"template": {"metadata": template, "spec": object.union({"containers": [{"name": "web"}]}, spec)}},
}

_deployment(template) := _of("Deployment", "shop", template, {})

_job(template) := object.union(_of("Job", "shop", template, {}), {"apiVersion": "batch/v1"})

_found(obj, config) := {[f.severity, f.path] |
	some f in opt_out.violation with input as obj with data.lib.onelayer.config as config
}

_shop(namespace) := {"namespaces": {"shop": namespace}}

_out := {"sidecar.istio.io/inject": "false"}

_label := `spec.template.metadata.labels["sidecar.istio.io/inject"]`

_annotation := `spec.template.metadata.annotations["sidecar.istio.io/inject"]`

_injects := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_none := {"labels": {"istio.io/dataplane-mode": "none"}}

_disabled := {"annotations": {"linkerd.io/inject": "disabled"}}

test_what_a_namespace_gives if {
	_found(_deployment({"labels": _out}), _shop(_injects)) == {["error", _label]}
	_found(_deployment({"annotations": _out}), _shop(_injects)) == {["error", _annotation]}
	_found(_deployment(_none), _shop(_ambient)) == {
		["error", `spec.template.metadata.labels["istio.io/dataplane-mode"]`],
	}
	_found(_deployment(_disabled), _shop(_linkerd)) == {
		["error", `spec.template.metadata.annotations["linkerd.io/inject"]`],
	}
}

test_what_a_namespace_does_not_give if {
	every template in [{"labels": _out}, {"annotations": _out}, _none, _disabled] {
		_found(_deployment(template), _shop({})) == set()
		_found(_deployment(template), {"mesh": {"assume_mesh": "none"}}) == set()
	}
	_found(_deployment(_none), _shop(_injects)) == set()
	_found(_deployment(_disabled), _shop(_injects)) == set()
	_found(_deployment({"labels": _out}), _shop(_ambient)) == set()
}

test_a_namespace_that_is_not_known if {
	_found(_deployment({"labels": _out}), {}) == {["warning", _label]}
	_found(_deployment({"labels": _out}), {"mesh": {"assume_mesh": "istio-sidecar"}}) == {["warning", _label]}
	_found(_deployment({"labels": {"sidecar.istio.io/inject": "False"}}), {}) == set()
	_found(_deployment({"labels": {"sidecar.istio.io/inject": false}}), {}) == set()
	_found(_deployment({"labels": ["odd"], "annotations": 7}), {}) == set()
}

test_a_switch_that_is_overruled if {
	template := {"labels": {"sidecar.istio.io/inject": "true"}, "annotations": _out}
	_found(_deployment(template), _shop(_injects)) == set()
	_found(_deployment({"labels": _out, "annotations": _out}), _shop(_injects)) == {["error", _label]}
}

test_one_mesh_for_another if {
	moved := {"labels": _out, "annotations": {"linkerd.io/inject": "enabled"}}
	_found(_deployment(moved), _shop(_injects)) == set()
	_found(_of("Deployment", "shop", {"labels": _out}, {"hostNetwork": true}), _shop(_injects)) == set()
	router := {"containers": [{"name": "istio-proxy", "args": ["proxy", "router"]}]}
	_found(_of("Deployment", "shop", {"annotations": _out}, router), {}) == set()
}

test_what_may_have_reasons if {
	_found(_job({"labels": _out}), _shop(_injects)) == {["warning", _label]}
	_found(_of("DaemonSet", "shop", {"labels": _out}, {}), _shop(_injects)) == {["warning", _label]}
	webhook := {"containers": [{"name": "web", "ports": [{"containerPort": 9443, "name": "webhook-server"}]}]}
	_found(_of("Deployment", "shop", {"labels": _out}, webhook), _shop(_injects)) == {["warning", _label]}
	http := {"containers": [{"name": "web", "ports": [{"containerPort": 8080, "name": "http"}, {"name": 7}, "odd"]}]}
	_found(_of("Deployment", "shop", {"labels": _out}, http), _shop(_injects)) == {["error", _label]}
}

_named(name) := {"metadata": {"name": name, "namespace": "shop"}}

_deployed(container) := _of("Deployment", "shop", {"labels": _out}, {"containers": [container]})

test_webhooks_by_what_they_are_called if {
	https := {"name": "web", "ports": [{"containerPort": 10250, "name": "https"}]}
	_found(_deployed(https), _shop(_injects)) == {["error", _label]}
	every name in ["cert-webhook", "Webhook-cert"] {
		_found(object.union(_deployed(https), _named(name)), _shop(_injects)) == {["warning", _label]}
	}
	every container in [
		{"name": "webhook"},
		{"name": "web", "image": "example.com/cert-webhook:1"},
		{"name": "web", "command": ["/manager", "webhook"]},
		{"name": "web", "args": [7, "--webhook-port=9443"]},
	] {
		_found(_deployed(container), _shop(_injects)) == {["warning", _label]}
	}
	every container in [
		{"name": "web", "args": ["--webhook-url=http://example.com"]},
		{"name": "web", "args": ["http://example.com/webhook"]},
		{"name": "web", "image": ["webhook"], "args": "webhook", "command": {"a": ["webhook"]}},
	] {
		_found(_deployed(container), _shop(_injects)) == {["error", _label]}
	}
}

test_what_is_allowed if {
	config := {"namespaces": {"istio-system": _injects, "shop": _injects}}
	_found(_of("Deployment", "istio-system", {"labels": _out}, {}), config) == set()
	kinds := {"rules": {"mesh/opt-out": {"parameters": {"allowed_kinds": ["DaemonSet"]}}}}
	_found(_of("DaemonSet", "shop", {"labels": _out}, {}), object.union(config, kinds)) == set()
	_found(_of("Deployment", "shop", {"labels": _out}, {}), object.union(config, kinds)) == {["error", _label]}
	names := {"rules": {"mesh/opt-out": {"parameters": {"allowed_namespaces": []}}}}
	_found(_of("Deployment", "istio-system", {"labels": _out}, {}), object.union(config, names)) == {["error", _label]}
}

test_the_mesh_itself if {
	ztunnel := {"labels": {"app": "ztunnel", "istio.io/dataplane-mode": "none", "sidecar.istio.io/inject": "false"}}
	_found(_of("DaemonSet", "mesh", ztunnel, {}), {}) == set()
}

test_messages if {
	_message(_deployment({"labels": _out}), _shop(_injects)) == concat("", [
		"mesh/opt-out: label sidecar.istio.io/inject=false leaves Istio's sidecar that its namespace gives, so no layer ",
		"owns mTLS, retries and metrics of its traffic; remove it",
	])
	_message(_deployment(_none), {}) == concat("", [
		"mesh/opt-out: label istio.io/dataplane-mode=none leaves ambient mode, if the namespace gives one, so no layer owns ",
		"mTLS, retries and metrics of its traffic; remove it",
	])
	contains(_message(_deployment(_disabled), {}), "annotation linkerd.io/inject=disabled leaves Linkerd's proxy, if")
}

_message(obj, config) := concat("", [f.msg |
	some f in opt_out.violation with input as obj with data.lib.onelayer.config as config
])
