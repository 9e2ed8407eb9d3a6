package lib.onelayer.policies.observability.logs_excluded_test

import data.lib.onelayer.policies.observability.logs_excluded

_pod(labels, annotations) := _with(labels, annotations, [{"name": "web", "image": "shop/web:1"}])

_with(labels, annotations, containers) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "namespace": "shop", "labels": labels, "annotations": annotations},
	"spec": {"containers": containers},
}

_found(obj) := {[f.severity, f.path] | some f in logs_excluded.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in logs_excluded.violation with input as obj])

_annotated(key, value) := _pod({}, {key: value})

test_every_collector if {
	every pair in [
		["fluentbit.io/exclude", "true"], ["fluentbit.io/exclude_stderr-web", "True"],
		["ad.datadoghq.com/logs_exclude", "true"], ["ad.datadoghq.com/web.logs_exclude", true],
		["co.elastic.logs/enabled", "false"], ["co.elastic.logs.web/enabled", "false"],
		["vector.dev/exclude-containers", "web"], ["splunk.com/exclude", "true"], ["sumologic.com/exclude", "true"],
	] {
		_found(_annotated(pair[0], pair[1])) == {["warning", sprintf("metadata.annotations[%q]", [pair[0]])]}
	}
	_found(_pod({"vector.dev/exclude": "true"}, {})) == {["warning", `metadata.labels["vector.dev/exclude"]`]}
}

test_what_is_collected if {
	every pair in [
		["fluentbit.io/exclude", "false"], ["fluentbit.io/parser", "true"], ["ad.datadoghq.com/logs_exclude", "false"],
		["ad.datadoghq.com/logs", "true"], ["co.elastic.logs/enabled", "true"], ["co.elastic.metrics/enabled", "false"],
		["vector.dev/exclude-containers", ""], ["vector.dev/exclude", "true"], ["splunk.com/exclude", "false"],
		["splunk.com/sourcetype", "true"], ["sumologic.com/exclude", "no"], ["sumologic.com/include", "true"],
	] {
		_found(_annotated(pair[0], pair[1])) == set()
	}
	_found(_pod({"fluentbit.io/exclude": "true", "vector.dev/exclude": "false"}, {})) == set()
	_found(_pod("odd", ["fluentbit.io/exclude"])) == set()
	_found(_annotated("fluentbit.io/exclude", ["true"])) == set()
}

test_collectors_skip_themselves if {
	skip := {"fluentbit.io/exclude": "true"}
	every image in [
		"fluent/fluent-bit:3", "fluent/fluentd:v1", "fluent/fluentd-kubernetes-daemonset:v1", "vector", "datadog/agent:7",
	] {
		_found(_with({}, skip, [{"name": "web", "image": image}])) == set()
	}
	every image in ["shop/vector-search:1", "shop/my-fluentd:1", "shop/agent:1", 7] {
		_found(_with({}, skip, [{"name": "web", "image": image}])) != set()
	}
	spec := {"spec": {"initContainers": [{"name": "x", "image": "fluent/fluentd"}]}}
	_found(object.union(_pod({}, skip), spec)) != set()
}

test_namespaces_that_may if {
	config := {"rules": {"observability/logs-excluded": {"parameters": {"allowed_namespaces": ["shop"]}}}}
	count(logs_excluded.violation) == 0 with input as _annotated("fluentbit.io/exclude", "true")
		with data.lib.onelayer.config as config
}

test_messages if {
	_said(_annotated("fluentbit.io/exclude", "true")) == concat("", [
		"observability/logs-excluded: annotation fluentbit.io/exclude tells Fluent Bit to skip this Pod, so no layer owns ",
		"its logs; remove it",
	])
	contains(_said(_annotated("fluentbit.io/exclude_stdout", "true")), "to skip this Pod,")
	contains(_said(_annotated("fluentbit.io/exclude-web", "true")), "to skip a container of this Pod,")
	contains(_said(_annotated("ad.datadoghq.com/logs_exclude", "true")), "tells Datadog to skip this Pod,")
	contains(_said(_annotated("ad.datadoghq.com/web.logs_exclude", "true")), "to skip a container of this Pod,")
	contains(_said(_annotated("co.elastic.logs/enabled", "false")), "tells Filebeat to skip this Pod,")
	contains(_said(_annotated("co.elastic.logs.web/enabled", "false")), "to skip a container of this Pod,")
	contains(_said(_annotated("vector.dev/exclude-containers", "web")), "tells Vector to skip container web,")
	contains(_said(_annotated("splunk.com/exclude", "true")), "tells Splunk's collector to skip this Pod,")
	contains(_said(_annotated("sumologic.com/exclude", "true")), "tells Sumo Logic's collector to skip this Pod,")
	contains(_said(_pod({"vector.dev/exclude": "true"}, {})), "label vector.dev/exclude tells Vector to skip this Pod,")
}
