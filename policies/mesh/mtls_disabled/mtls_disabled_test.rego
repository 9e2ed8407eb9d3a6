package lib.onelayer.policies.mesh.mtls_disabled_test

import data.lib.onelayer.policies.mesh.mtls_disabled

_peer(spec) := {
	"apiVersion": "security.istio.io/v1",
	"kind": "PeerAuthentication",
	"metadata": {"name": "default", "namespace": "shop"},
	"spec": spec,
}

_mode(mode) := _peer({"mtls": {"mode": mode}})

_port(port, mode) := _peer({
	"selector": {"matchLabels": {"app": "web"}},
	"mtls": {"mode": "STRICT"},
	"portLevelMtls": {port: {"mode": mode}},
})

_pod(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "namespace": "shop", "labels": labels, "annotations": annotations},
	"spec": {"containers": [{"name": "web"}]},
}

_found(obj, config) := {[f.severity, f.path] |
	some f in mtls_disabled.violation with input as obj with data.lib.onelayer.config as config
}

_alone(obj) := _found(obj, {})

_with(parameters, obj) := _found(obj, {"rules": {"mesh/mtls-disabled": {"parameters": parameters}}})

_said(obj, config) := concat("|", [f.msg |
	some f in mtls_disabled.violation with input as obj with data.lib.onelayer.config as config
])

test_modes if {
	_alone(_mode("DISABLE")) == {["error", "spec.mtls.mode"]}
	_alone(_mode("PERMISSIVE")) == {["warning", "spec.mtls.mode"]}
	every mode in ["STRICT", "UNSET", "disable", 7, null] {
		_alone(_mode(mode)) == set()
	}
	_alone(_peer({})) == set()
	_alone(_peer("odd")) == set()
	_alone(_peer({"mtls": ["odd"], "portLevelMtls": "odd"})) == set()
	_alone(object.union(_mode("DISABLE"), {"apiVersion": "shop.example.com/v1"})) == set()
}

test_modes_of_ports if {
	_alone(_port("8080", "DISABLE")) == {["error", `spec.portLevelMtls["8080"].mode`]}
	_alone(_port("8080", "PERMISSIVE")) == {["warning", `spec.portLevelMtls["8080"].mode`]}
	_alone(_port("8080", "STRICT")) == set()
	_with({"allowed_plaintext_ports": [8080]}, _port("8080", "DISABLE")) == set()
	_with({"allowed_plaintext_ports": [8081]}, _port("8080", "DISABLE")) == {
		["error", `spec.portLevelMtls["8080"].mode`],
	}
}

test_permissive_may_be_allowed if {
	_with({"permissive": "allow"}, _mode("PERMISSIVE")) == set()
	_with({"permissive": "allow"}, _mode("DISABLE")) == {["error", "spec.mtls.mode"]}
}

test_ambient_mode if {
	ambient := {"namespaces": {"shop": {"labels": {"istio.io/dataplane-mode": "ambient"}}}}
	_found(_mode("DISABLE"), ambient) == {["warning", "spec.mtls.mode"]}
	sidecar := {"namespaces": {"shop": {"labels": {"istio-injection": "enabled"}}}}
	_found(_mode("DISABLE"), sidecar) == {["error", "spec.mtls.mode"]}
	_said(_mode("DISABLE"), ambient) == concat("", [
		"mesh/mtls-disabled: mTLS mode DISABLE of the whole namespace is read as PERMISSIVE in ambient mode, though the ",
		"mesh owns encryption; use STRICT",
	])
}

test_switches_of_pods if {
	_alone(_pod({"security.istio.io/tlsMode": "disabled"}, {})) == {
		["error", `metadata.labels["security.istio.io/tlsMode"]`],
	}
	_alone(_pod({"security.istio.io/tlsMode": "istio"}, {})) == set()
	policy := `metadata.annotations["config.linkerd.io/default-inbound-policy"]`
	every value in ["all-unauthenticated", "cluster-unauthenticated"] {
		_alone(_pod({}, {"config.linkerd.io/default-inbound-policy": value})) == {["warning", policy]}
	}
	every value in ["all-authenticated", "deny", "audit", 7] {
		_alone(_pod({}, {"config.linkerd.io/default-inbound-policy": value})) == set()
	}
	_alone(_pod({}, {"config.linkerd.io/disable-identity": "true"})) == {
		["error", `metadata.annotations["config.linkerd.io/disable-identity"]`],
	}
	_alone(_pod({}, {"config.linkerd.io/disable-identity": "false"})) == set()
	_alone(_pod("odd", ["odd"])) == set()
	_alone(_pod(
		{"linkerd.io/control-plane-component": "identity"},
		{"config.linkerd.io/default-inbound-policy": "all-unauthenticated"},
	)) == set()
}

test_switches_of_namespaces if {
	namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": {
		"name": "shop",
		"labels": {"security.istio.io/tlsMode": "disabled"},
		"annotations": {"config.linkerd.io/default-inbound-policy": "all-unauthenticated"},
	}}
	_alone(namespace) == {["warning", `metadata.annotations["config.linkerd.io/default-inbound-policy"]`]}
}

test_messages if {
	_said(_mode("DISABLE"), {}) == concat("", [
		"mesh/mtls-disabled: mTLS mode DISABLE of the whole namespace switches it off, though the mesh owns encryption; ",
		"use STRICT",
	])
	contains(_said(_port("8080", "PERMISSIVE"), {}), "mode PERMISSIVE of port 8080 takes plain text too, though")
	selected := _peer({"selector": {}, "mtls": {"mode": "DISABLE"}})
	contains(_said(selected, {}), "of the selected workloads switches it off")
	_said(_pod({"security.istio.io/tlsMode": "disabled"}, {}), {}) == concat("", [
		"mesh/mtls-disabled: label security.istio.io/tlsMode=disabled tells every client to send plain text, though the ",
		"mesh owns encryption; remove it",
	])
}
