package lib.onelayer.policies.observability.mesh_telemetry_disabled_test

import data.lib.onelayer.policies.observability.mesh_telemetry_disabled

_telemetry(spec) := {
	"apiVersion": "telemetry.istio.io/v1",
	"kind": "Telemetry",
	"metadata": {"name": "default", "namespace": "shop"},
	"spec": spec,
}

_of(kind, annotations) := {
	"apiVersion": "v1",
	"kind": kind,
	"metadata": {"name": "web", "annotations": annotations},
	"spec": {"containers": [{"name": "web"}]},
}

_found(obj) := {[f.severity, f.path] | some f in mesh_telemetry_disabled.violation with input as obj}

_required(signals, obj) := {f.path |
	config := {"rules": {"observability/mesh-telemetry-disabled": {"parameters": {"required_signals": signals}}}}
	some f in mesh_telemetry_disabled.violation with input as obj with data.lib.onelayer.config as config
}

_said(obj) := concat("|", [f.msg | some f in mesh_telemetry_disabled.violation with input as obj])

_override(override) := {"metrics": [{}, {"overrides": [{}, override]}]}

_overridden := "spec.metrics[1].overrides[1].disabled"

test_metrics if {
	every match in [
		{"metric": "ALL_METRICS"}, {"metric": "REQUEST_COUNT", "mode": "CLIENT"}, {"metric": "REQUEST_DURATION"}, {},
	] {
		_found(_telemetry(_override({"disabled": true, "match": match}))) == {["error", _overridden]}
	}
	_found(_telemetry(_override({"disabled": true}))) == {["error", _overridden]}
	every match in [{"metric": "REQUEST_SIZE"}, {"customMetric": "shop_orders"}] {
		_found(_telemetry(_override({"disabled": true, "match": match}))) == set()
	}
	_found(_telemetry(_override({"disabled": false}))) == set()
	_found(_telemetry(_override({"tagOverrides": {}}))) == set()
}

test_traces if {
	_found(_telemetry({"tracing": [{"disableSpanReporting": true}]})) == {
		["warning", "spec.tracing[0].disableSpanReporting"],
	}
	_found(_telemetry({"tracing": [{}, {"randomSamplingPercentage": 0}]})) == {
		["warning", "spec.tracing[1].randomSamplingPercentage"],
	}
	_found(_telemetry({"tracing": [{"randomSamplingPercentage": 0.1, "disableSpanReporting": false}]})) == set()
}

test_logs if {
	_found(_telemetry({"accessLogging": [{"disabled": true}]})) == {["warning", "spec.accessLogging[0].disabled"]}
	_found(_telemetry({"accessLogging": [{"disabled": false}]})) == set()
	_found(_telemetry({"accessLogging": [{"disabled": true, "filter": {"expression": "response.code < 400"}}]})) == set()
}

test_scope if {
	some_of := {"selector": {"matchLabels": {"app": "web"}}}
	_found(_telemetry(object.union(_override({"disabled": true}), some_of))) == {["warning", _overridden]}
	target := {"targetRefs": [{"kind": "Service", "name": "web"}]}
	_found(_telemetry(object.union(_override({"disabled": true}), target))) == {["warning", _overridden]}
	other := {"metricsOf": "web"}
	_found(_telemetry(object.union(_override({"disabled": true}), other))) == {["error", _overridden]}
}

test_odd_shapes if {
	_found(_telemetry("odd")) == set()
	_found(_telemetry({"metrics": "odd", "tracing": [7], "accessLogging": {"disabled": true}})) == set()
	_found(_telemetry({"metrics": [{"overrides": [7, {"disabled": "true"}, {"disabled": true, "match": 7}]}]})) == set()
	_found(_of("Pod", "odd")) == set()
	_found(object.union(_telemetry(_override({"disabled": true})), {"apiVersion": "shop.example.com/v1"})) == set()
}

test_annotations if {
	config := `metadata.annotations["proxy.istio.io/config"]`
	tap := `metadata.annotations["viz.linkerd.io/disable-tap"]`
	_found(_of("Pod", {"proxy.istio.io/config": "tracing:\n  sampling: 0"})) == {["warning", config]}
	_found(_of("Pod", {"proxy.istio.io/config": `{"tracing": {"sampling": 0.0}}`})) == {["warning", config]}
	every text in ["tracing:\n  sampling: 10", "concurrency: 0", "{", "tracing", "", 7] {
		_found(_of("Pod", {"proxy.istio.io/config": text})) == set()
	}
	_found(_of("Pod", {"viz.linkerd.io/disable-tap": "true"})) == {["warning", tap]}
	_found(_of("Namespace", {"viz.linkerd.io/disable-tap": "true"})) == {["warning", tap]}
	_found(_of("Pod", {"viz.linkerd.io/disable-tap": "false"})) == set()
	_found(_of("Service", {"viz.linkerd.io/disable-tap": "true"})) == set()
}

test_required_signals if {
	all := _telemetry({
		"metrics": [{"overrides": [{"disabled": true}]}],
		"tracing": [{"disableSpanReporting": true}],
		"accessLogging": [{"disabled": true}],
	})
	_required(["metrics"], all) == {"spec.metrics[0].overrides[0].disabled"}
	_required(["traces", "logs"], all) == {"spec.tracing[0].disableSpanReporting", "spec.accessLogging[0].disabled"}
}

test_messages if {
	_said(_telemetry(_override({"disabled": true}))) == concat("", [
		"observability/mesh-telemetry-disabled: disabled switches off metrics of the mesh for all its workloads, and no ",
		"other layer sees all requests; remove it",
	])
	contains(_said(_telemetry({"tracing": [{"randomSamplingPercentage": 0}]})), "a sampling of 0 switches off traces of")
	tapless := _said(_of("Pod", {"viz.linkerd.io/disable-tap": "true"}))
	contains(tapless, "switches off the live view of the mesh for this Pod, and no")
	targeted := _telemetry({"accessLogging": [{"disabled": true}], "targetRef": {"kind": "Gateway"}})
	contains(_said(targeted), "disabled switches off logs of the mesh for some workloads, and")
}
