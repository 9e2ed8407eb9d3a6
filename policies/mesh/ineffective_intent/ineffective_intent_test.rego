package lib.onelayer.policies.mesh.ineffective_intent_test

import data.lib.onelayer.policies.mesh.ineffective_intent

_deployment(meta, template, spec) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": object.union({"name": "web", "namespace": "shop"}, meta),
	"spec": {"template": {"metadata": template, "spec": object.union({"containers": [{"name": "web"}]}, spec)}},
}

_of(template) := _deployment({}, template, {})

_labels(labels) := _of({"labels": labels})

_annotations(annotations) := _of({"annotations": annotations})

_namespace(labels, annotations) := {
	"apiVersion": "v1",
	"kind": "Namespace",
	"metadata": {"name": "shop", "labels": labels, "annotations": annotations},
}

_found(obj, knobs, namespaces) := {[f.severity, f.path] |
	config := {"mesh": knobs, "namespaces": namespaces}
	some f in ineffective_intent.violation with input as obj with data.lib.onelayer.config as config
}

_in(namespace, obj) := _found(obj, {}, {"shop": namespace})

_alone(obj) := _found(obj, {}, {})

_said(obj, namespace) := concat("|", [f.msg |
	config := {"namespaces": {"shop": namespace}}
	some f in ineffective_intent.violation with input as obj with data.lib.onelayer.config as config
])

_inject := `spec.template.metadata.labels["sidecar.istio.io/inject"]`

_annotated := `spec.template.metadata.annotations["sidecar.istio.io/inject"]`

_rev := `spec.template.metadata.labels["istio.io/rev"]`

_dataplane := `spec.template.metadata.labels["istio.io/dataplane-mode"]`

_linkerd := `spec.template.metadata.annotations["linkerd.io/inject"]`

_on := {"labels": {"istio-injection": "enabled"}}

_off := {"labels": {"istio-injection": "disabled"}}

_asks := {"sidecar.istio.io/inject": "true"}

test_an_annotation_opts_into_nothing if {
	_in({}, _annotations(_asks)) == {["error", _annotated]}
	_in(_off, _annotations(_asks)) == {["error", _annotated]}
	_alone(_annotations(_asks)) == {["warning", _annotated]}
	_in(_on, _annotations(_asks)) == set()
	_in({}, _of({"annotations": _asks, "labels": _asks})) == set()
	_in({}, _annotations({"sidecar.istio.io/inject": "false"})) == set()
	_found(_annotations(_asks), {"assume_mesh": "istio-sidecar"}, {}) == set()
	_found(_annotations(_asks), {"assume_mesh": "istio-ambient"}, {}) == {["warning", _annotated]}
	_said(_annotations(_asks), {}) == concat("", [
		"mesh/ineffective-intent: annotation sidecar.istio.io/inject=true asks for Istio's sidecar, but no webhook reads ",
		"annotations: no mesh owns its traffic; make it a label of the template",
	])
}

test_a_namespace_that_vetoes if {
	_in({}, _labels(_asks)) == set()
	_in(_on, _labels(_asks)) == set()
	_alone(_labels(_asks)) == set()
	_in(_off, _labels(_asks)) == {["error", _inject]}
	_in({"labels": {"istio-injection": "true"}}, _labels({"istio.io/rev": "canary"})) == {["error", _rev]}
	_in(_off, _labels({"istio.io/rev": "canary", "sidecar.istio.io/inject": "false"})) == set()
	_in(_off, _labels({"istio.io/rev": "canary", "sidecar.istio.io/inject": "true"})) == {["error", _inject]}
	_in(_off, _labels({"istio.io/rev": 7})) == set()
	_said(_labels(_asks), _off) == concat("", [
		"mesh/ineffective-intent: label sidecar.istio.io/inject=true asks for Istio's sidecar, but the namespace has ",
		"istio-injection=disabled: no mesh owns its traffic; correct that",
	])
	_in({"annotations": {"linkerd.io/inject": "disabled"}}, _annotations({"linkerd.io/inject": "enabled"})) == set()
	_in({"annotations": {"linkerd.io/inject": "yes"}}, _annotations({"linkerd.io/inject": "enabled"})) == {
		["error", _linkerd],
	}
	_said(_annotations({"linkerd.io/inject": "enabled"}), {"annotations": {"linkerd.io/inject": "yes"}}) == concat("", [
		"mesh/ineffective-intent: annotation linkerd.io/inject=enabled asks for Linkerd's proxy, but the namespace has ",
		"linkerd.io/inject=yes: no mesh owns its traffic; correct that",
	])
}

test_an_injector_that_refuses if {
	obj := _deployment({}, {"annotations": {"linkerd.io/inject": "ingress"}}, {"initContainers": [{"name": "istio-init"}]})
	_in({"annotations": {"linkerd.io/inject": "enabled"}}, obj) == {["error", _linkerd]}
	_in({}, obj) == {["error", _linkerd]}
	_alone(obj) == set()
	_said(obj, {}) == concat("", [
		"mesh/ineffective-intent: annotation linkerd.io/inject=ingress asks for Linkerd's proxy, but Linkerd's injector ",
		"leaves it alone: no mesh owns its traffic; remove what it objects to",
	])
	canary := _labels({"istio.io/rev": "canary"})
	_found(canary, {"installed_revisions": ["default"]}, {"shop": {}}) == {["error", _rev]}
	_found(canary, {"installed_revisions": ["canary"]}, {"shop": {}}) == set()
	_found(canary, {"installed_revisions": ["default"], "assume_mesh": "none"}, {}) == {["warning", _rev]}
	messages := {f.msg |
		config := {"mesh": {"installed_revisions": ["default"]}, "namespaces": {"shop": _on}}
		some f in ineffective_intent.violation with input as _labels({"istio.io/rev": "canary"})
			with data.lib.onelayer.config as config
	}
	messages == set()
	some f in ineffective_intent.violation with input as canary
		with data.lib.onelayer.config as {"mesh": {"installed_revisions": ["default"]}, "namespaces": {"shop": {}}}
	f.msg == concat("", [
		"mesh/ineffective-intent: label istio.io/rev=canary asks for Istio's sidecar, but no revision's injector takes it: ",
		"no mesh owns its traffic; check revision and selectors",
	])
}

test_a_namespace_that_the_webhook_of_linkerd_leaves_alone if {
	wishing := _deployment({}, {"annotations": {"linkerd.io/inject": "enabled"}}, {})
	closed := {"labels": {"config.linkerd.io/admission-webhooks": "disabled"}}
	some f in ineffective_intent.violation with input as wishing
		with data.lib.onelayer.config as {"namespaces": {"shop": closed}}
	f.severity == "error"
	f.msg == concat("", [
		"mesh/ineffective-intent: annotation linkerd.io/inject=enabled asks for Linkerd's proxy, but the namespace has ",
		"config.linkerd.io/admission-webhooks=disabled: no mesh owns its traffic; correct that",
	])
	count(f.msg) <= 200
	some g in ineffective_intent.violation with input as _labels({"istio.io/rev": "canary"})
		with data.lib.onelayer.config as {"mesh": {"installed_revisions": ["default"]}, "namespaces": {"shop": closed}}
	contains(g.msg, "but no revision's injector takes it")
}

test_a_wish_of_the_host_network if {
	host := {"hostNetwork": true}
	_alone(_deployment({}, {"labels": _asks}, host)) == {["error", _inject]}
	_alone(_deployment({}, {"labels": {"istio.io/dataplane-mode": "ambient"}}, host)) == {["error", _dataplane]}
	_alone(_deployment({}, {"annotations": {"linkerd.io/inject": "enabled"}}, host)) == {["error", _linkerd]}
	_in(_on, _deployment({}, {}, host)) == set()
	_alone(_deployment({}, {"labels": {"istio.io/dataplane-mode": "none"}}, host)) == set()
	_alone(_labels({"istio.io/dataplane-mode": "ambient"})) == set()
	_said(_deployment({}, {"labels": {"istio.io/dataplane-mode": "ambient"}}, host), {}) == concat("", [
		"mesh/ineffective-intent: label istio.io/dataplane-mode=ambient asks for ambient mode, but the Pod is on the ",
		"network of its node: no mesh owns its traffic; leave hostNetwork off",
	])
}

test_a_closed_namespace if {
	system := {"namespace": "kube-system"}
	_alone(_deployment(system, {"labels": _asks}, {})) == {["error", _inject]}
	_alone(_deployment({"namespace": "cert-manager"}, {"annotations": {"linkerd.io/inject": "enabled"}}, {})) == {
		["error", _linkerd],
	}
	_said(_deployment(system, {"labels": _asks}, {}), {}) == concat("", [
		"mesh/ineffective-intent: label sidecar.istio.io/inject=true asks for Istio's sidecar, but it leaves namespace ",
		"kube-system alone: no mesh owns its traffic; use another namespace",
	])
}

test_what_is_injected_already if {
	_in({}, _annotations({"sidecar.istio.io/inject": "true", "sidecar.istio.io/status": "{}"})) == set()
	gateway := {"sidecar.istio.io/inject": "true", "inject.istio.io/templates": "gateway"}
	_in({}, _annotations(gateway)) == {["error", _annotated]}
}

_odd := _swapped | {["error", `spec.template.metadata.annotations["proxy.istio.io/config"]`]}

test_versions_that_no_mesh_serves if {
	every version in ["networking.istio.io/v9", "security.istio.io/v1alpha3", "linkerd.io/v1", "telemetry.istio.io/"] {
		_alone(_object(version)) == {["warning", "apiVersion"]}
	}
	every version in ["networking.istio.io/v1", "linkerd.io/v1alpha2", "example.com/v9", "v1", "", 7, null] {
		_alone(_object(version)) == set()
	}
	{f.msg | some f in ineffective_intent.violation with input as _object("networking.istio.io/v9")} == {concat("", [
		"mesh/ineffective-intent: no mesh is known that reads VirtualService in version v9, so this object owns nothing; ",
		"use v1",
	])}
}

_object(version) := {"apiVersion": version, "kind": "VirtualService", "metadata": {"name": "cart", "namespace": "shop"}}

test_annotations_that_the_injector_cannot_read if {
	config := "proxy.istio.io/config"
	path := `spec.template.metadata.annotations["proxy.istio.io/config"]`
	every value in ["{tracing: {", "just text", "- a", "7"] {
		_in(_on, _annotations({config: value})) == {["error", path]}
		_alone(_annotations({config: value})) == {["error", path]}
		_in({}, _annotations({config: value})) == set()
	}
	every value in ["", " ", "{}", "a: 1", "# nothing", "${CONFIG}", "{{ .Values.proxy }}", 7] {
		_in(_on, _annotations({config: value})) == set()
	}
	every key in ["userVolume", "userVolumeMount"] {
		annotation := concat("/", ["sidecar.istio.io", key])
		place := {["error", sprintf("spec.template.metadata.annotations[%q]", [annotation])]}
		_in(_on, _annotations({annotation: "[{'name': 'certs'}]"})) == place
		_in(_on, _annotations({annotation: `[{"name": "certs"}]`})) == set()
	}
	_said(_annotations({config: "{"}), _on) == concat("", [
		"mesh/ineffective-intent: annotation proxy.istio.io/config is no object in YAML, so Istio refuses to inject and ",
		"no Pod starts; correct it",
	])
}

test_keys_on_the_controller if {
	every key, value in {
		"sidecar.istio.io/inject": "true",
		"traffic.sidecar.istio.io/excludeOutboundPorts": "5432",
		"proxy.istio.io/config": "{}",
		"istio.io/dataplane-mode": "ambient",
		"linkerd.io/inject": "enabled",
		"config.linkerd.io/proxy-cpu-limit": "1",
		"config.alpha.linkerd.io/proxy-wait-before-exit-seconds": "5",
	} {
		path := sprintf("metadata.annotations[%q]", [key])
		_alone(_deployment({"annotations": {key: value}}, {}, {})) == {["error", path]}
		_alone(_deployment({"annotations": {key: value}}, {"annotations": {key: "false"}}, {})) - _odd == set()
		_alone(_deployment({"annotations": {key: value}}, {"labels": {key: "false"}}, {})) - _odd == set()
	}
	_alone(_deployment({"annotations": {"xsidecar.istio.io/inject": "true", "linkerd.io/injected": "x"}}, {}, {})) == set()
	_alone(_deployment({"labels": "odd", "annotations": ["odd"]}, {}, {})) == set()
	_in(_on, _deployment({"labels": _asks}, {}, {})) == {["warning", `metadata.labels["sidecar.istio.io/inject"]`]}
	_in(_on, _deployment({"labels": {"sidecar.istio.io/inject": "false"}}, {}, {})) == {
		["error", `metadata.labels["sidecar.istio.io/inject"]`],
	}
	_said(_deployment({"labels": _asks}, {}, {}), {}) == concat("", [
		"mesh/ineffective-intent: sidecar.istio.io/inject on the metadata of Deployment reaches no Pod, so the mesh does ",
		"not see it; move it to the pod template",
	])
}

_swapped := {
	["error", `spec.template.metadata.labels["linkerd.io/inject"]`],
	["error", `spec.template.metadata.annotations["istio.io/dataplane-mode"]`],
}

test_keys_on_the_job_of_a_cron_job if {
	job := {"metadata": {"labels": _asks}, "spec": {"template": {"spec": {"containers": [{"name": "web"}]}}}}
	obj := {
		"apiVersion": "batch/v1",
		"kind": "CronJob",
		"metadata": {"name": "nightly"},
		"spec": {"jobTemplate": job},
	}
	_alone(obj) == {["error", `spec.jobTemplate.metadata.labels["sidecar.istio.io/inject"]`]}
	_alone(json.patch(obj, [{"op": "replace", "path": "/spec/jobTemplate/metadata", "value": 7}])) == set()
}

test_a_pod_is_its_own_template if {
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "web", "namespace": "shop", "labels": _asks},
		"spec": {"containers": [{"name": "web"}]},
	}
	_in({}, pod) == set()
}

test_keys_in_the_wrong_map if {
	_alone(_labels({"linkerd.io/inject": "enabled"})) == {["error", `spec.template.metadata.labels["linkerd.io/inject"]`]}
	_alone(_of({
		"labels": {"linkerd.io/inject": "enabled"},
		"annotations": {"linkerd.io/inject": "enabled"},
	})) == set()
	_alone(_annotations({"istio.io/dataplane-mode": "none"})) == {
		["error", `spec.template.metadata.annotations["istio.io/dataplane-mode"]`],
	}
	_alone(_labels({"istio-injection": "enabled"})) == {["error", "spec.template.metadata.labels.istio-injection"]}
	_in(_on, _labels({"istio-injection": "enabled"})) == {["warning", "spec.template.metadata.labels.istio-injection"]}
	injected := "spec.template.metadata.annotations.istio-injection"
	_alone(_annotations({"istio-injection": "enabled"})) == {["error", injected]}
	_alone(_namespace({"linkerd.io/inject": "enabled"}, {})) == {["error", `metadata.labels["linkerd.io/inject"]`]}
	_alone(_namespace({"linkerd.io/inject": "enabled"}, {"linkerd.io/inject": "enabled"})) == set()
	_alone(_namespace({}, {"istio-injection": "enabled", "istio.io/dataplane-mode": "ambient"})) == {
		["error", "metadata.annotations.istio-injection"],
		["error", `metadata.annotations["istio.io/dataplane-mode"]`],
	}
	_said(_namespace({}, {"istio-injection": "enabled"}), {}) == concat("", [
		"mesh/ineffective-intent: istio-injection is read as a label, not as annotations, so the mesh does not see it; ",
		"move it there",
	])
}

test_revisions_of_namespaces if {
	known := {"installed_revisions": ["default"]}
	canary := _namespace({"istio.io/rev": "canary"}, {})
	_found(canary, known, {}) == {["error", `metadata.labels["istio.io/rev"]`]}
	_found(canary, {}, {}) == set()
	_found(canary, {"installed_revisions": "default"}, {}) == set()
	_found(_namespace({"istio.io/rev": "default"}, {}), known, {}) == set()
	_found(_namespace({"istio.io/rev": "canary", "istio-injection": "enabled"}, {}), known, {}) == set()
	some f in ineffective_intent.violation with input as canary
		with data.lib.onelayer.config as {"mesh": known}
	f.msg == concat("", [
		"mesh/ineffective-intent: istio.io/rev=canary is not among installed_revisions, so no injector answers; name an ",
		"installed revision",
	])
}

test_half_of_a_waypoint if {
	half := {"istio.io/use-waypoint-namespace": "infra"}
	_alone(_namespace(half, {})) == {["error", `metadata.labels["istio.io/use-waypoint-namespace"]`]}
	_alone(_labels(half)) == {["error", `spec.template.metadata.labels["istio.io/use-waypoint-namespace"]`]}
	_alone(_namespace(object.union(half, {"istio.io/use-waypoint": "edge"}), {})) == set()
	_said(_namespace(half, {}), {}) == concat("", [
		"mesh/ineffective-intent: istio.io/use-waypoint-namespace counts only beside istio.io/use-waypoint, which is ",
		"missing, so no waypoint owns the traffic; add it",
	])
}

test_each_data_plane_by_itself if {
	_in({"annotations": {"linkerd.io/inject": "enabled"}}, _annotations(_asks)) == {["error", _annotated]}
	refused := _deployment({}, {"annotations": {"linkerd.io/inject": "enabled"}}, {"containers": [{"name": "istio-init"}]})
	_in(_on, refused) == {["error", _linkerd]}
	_in({}, _labels({"istio.io/dataplane-mode": "ambient"})) == set()
	contains(_said(refused, _off), "but Linkerd's injector leaves it alone")
	contains(_said(refused, {"annotations": {"linkerd.io/inject": "enabled"}}), "but Linkerd's injector leaves it alone")
	every namespace in [_on, {"annotations": {"linkerd.io/inject": "yes"}}] {
		some f in ineffective_intent.violation with input as _labels(_asks)
			with data.lib.onelayer.config as {"mesh": {"installed_revisions": ["canary"]}, "namespaces": {"shop": namespace}}
		contains(f.msg, "no revision's injector takes it")
	}
}
