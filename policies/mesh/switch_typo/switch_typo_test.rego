package lib.onelayer.policies.mesh.switch_typo_test

import data.lib.onelayer.policies.mesh.switch_typo

_deployment(labels, annotations) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"labels": labels, "annotations": annotations},
		"spec": {"containers": [{"name": "web", "image": "shop/web:1"}]},
	}},
}

_namespace(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Namespace",
	"metadata": {"name": "shop", "labels": labels, "annotations": annotations},
}

_found(obj) := _known(obj, {})

_known(obj, namespace) := {[f.severity, f.path] |
	some f in switch_typo.violation with input as obj with data.lib.onelayer.config as {"namespaces": {"shop": namespace}}
}

_inject := `spec.template.metadata.labels["sidecar.istio.io/inject"]`

_mode := `spec.template.metadata.labels["istio.io/dataplane-mode"]`

_linkerd := `spec.template.metadata.annotations["linkerd.io/inject"]`

_on := {"labels": {"istio-injection": "enabled"}}

_switch(value) := _deployment({"sidecar.istio.io/inject": value}, {})

test_values_that_are_known if {
	every value in ["true", "false"] {
		_found(_switch(value)) == set()
		_found(_deployment({}, {"sidecar.istio.io/inject": value})) == set()
	}
	every value in ["ambient", "none"] {
		_found(_deployment({"istio.io/dataplane-mode": value}, {})) == set()
		_found(_namespace({"istio.io/dataplane-mode": value}, {})) == set()
	}
	every value in ["enabled", "disabled", "ingress"] {
		_found(_deployment({}, {"linkerd.io/inject": value})) == set()
		_found(_namespace({}, {"linkerd.io/inject": value})) == set()
	}
	every value in ["enabled", "disabled"] {
		_found(_namespace({"istio-injection": value}, {})) == set()
	}
	_found(_deployment({"app": "True"}, {"istio.io/rev": "Canary"})) == set()
}

test_a_sidecar_switch if {
	_known(_switch("False"), _on) == {["error", _inject]}
	_known(_switch("False"), {}) == {["warning", _inject]}
	_known(_switch("no"), {"labels": {"istio-injection": "disabled"}}) == {["warning", _inject]}
	_known(_switch("True"), _on) == {["warning", _inject]}
	_known(_switch("True"), {}) == {["error", _inject]}
	_known(_switch("maybe"), _on) == {["error", _inject]}
	unknown := {f.severity | some f in switch_typo.violation with input as _switch("False")}
	unknown == {"error"}
	_known(_deployment({}, {"sidecar.istio.io/inject": "False"}), _on) == {
		["error", `spec.template.metadata.annotations["sidecar.istio.io/inject"]`],
	}
}

test_an_ambient_switch if {
	ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}
	_known(_deployment({"istio.io/dataplane-mode": "disabled"}, {}), ambient) == {["error", _mode]}
	_known(_deployment({"istio.io/dataplane-mode": "disabled"}, {}), {}) == {["warning", _mode]}
	_known(_deployment({"istio.io/dataplane-mode": "Ambient"}, {}), ambient) == {["warning", _mode]}
	_known(_deployment({"istio.io/dataplane-mode": "Ambient"}, {}), {}) == {["error", _mode]}
}

test_a_linkerd_switch if {
	_found(_deployment({}, {"linkerd.io/inject": "true"})) == {["error", _linkerd]}
	_found(_deployment({}, {"linkerd.io/inject": "False"})) == {["warning", _linkerd]}
}

test_switches_of_a_namespace if {
	_found(_namespace({"istio-injection": "true"}, {})) == {["error", "metadata.labels.istio-injection"]}
	_found(_namespace({"istio-injection": "Disabled"}, {})) == {["warning", "metadata.labels.istio-injection"]}
	_found(_namespace({"istio-injection": ""}, {})) == {["error", "metadata.labels.istio-injection"]}
	mode := `metadata.labels["istio.io/dataplane-mode"]`
	_found(_namespace({"istio.io/dataplane-mode": "enabled"}, {})) == {["error", mode]}
	_found(_namespace({}, {"linkerd.io/inject": "Enabled"})) == {["error", `metadata.annotations["linkerd.io/inject"]`]}
}

test_values_that_are_no_text if {
	_found(_switch(false)) == {["error", _inject]}
	_found(_namespace({"istio-injection": 1}, {})) == {["error", "metadata.labels.istio-injection"]}
	_found(_deployment("odd", ["odd"])) == set()
}

test_messages if {
	prefix := "mesh/switch-typo: "
	_message(_switch("False")) == concat("", [
		prefix,
		"the label sidecar.istio.io/inject=False is none of true, false, so Istio ignores it; write one of these",
	])
	_message(_namespace({"istio-injection": " on"}, {})) == concat("", [
		prefix,
		`the namespace's label istio-injection=" on" is none of enabled, disabled, so Istio injects nowhere in it, `,
		"whatever a Pod asks for; write one of these",
	])
	_message(_namespace({"istio-injection": ""}, {})) == concat("", [
		prefix,
		`the namespace's label istio-injection="" is none of enabled, disabled, so Istio injects nowhere in it, `,
		"whatever a Pod asks for; write one of these",
	])
	_message(_namespace({}, {"linkerd.io/inject": "on"})) == concat("", [
		prefix,
		"the namespace's annotation linkerd.io/inject=on is none of enabled, disabled, ingress, so Linkerd leaves every ",
		"Pod alone, even those that opt in; write one of these",
	])
	_message(_deployment({}, {"linkerd.io/inject": "on"})) == concat("", [
		prefix,
		"the annotation linkerd.io/inject=on is none of enabled, disabled, ingress, so Linkerd leaves the Pod alone; write ",
		"one of these",
	])
	_message(_switch(true)) == concat("", [
		prefix,
		"the label sidecar.istio.io/inject is no text but true, and the API server refuses the object; put it in quotes",
	])
}

_message(obj) := concat("", messages) if {
	messages := [found.msg | some found in switch_typo.violation with input as obj]
}
