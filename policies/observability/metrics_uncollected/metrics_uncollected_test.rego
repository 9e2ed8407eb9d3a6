package lib.onelayer.policies.observability.metrics_uncollected_test

import data.lib.onelayer.policies.observability.metrics_uncollected

_of(annotations, containers) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"annotations": annotations, "labels": {"app": "web"}},
		"spec": {"containers": containers},
	}},
}

_named(name) := {"name": "web", "ports": [{"name": "http", "containerPort": 80}, {"name": name, "containerPort": 9090}]}

_port := "spec.template.spec.containers[0].ports[1]"

_found(obj) := _beside(obj, {})

_beside(obj, others) := {[f.severity, f.path] |
	some f in metrics_uncollected.violation with input as obj
		with data.inventory as {"namespace": {"shop": others, "other": _monitor("PodMonitor", {"app": "other"})}}
}

test_ports if {
	every name in ["metrics", "http-metrics", "prometheus", "prom", "prom-web"] {
		_found(_of({}, [_named(name)])) == {["info", _port]}
	}
	every name in ["http", "promo", "metricsd", "biometrics", 7, null] {
		_found(_of({}, [_named(name)])) == set()
	}
}

test_one_for_each_workload if {
	first := object.union(_named("http"), {"name": "a"})
	_found(_of({}, [first, _named("metrics"), object.union(_named("prom"), {"name": "z"})])) == {
		["info", "spec.template.spec.containers[1].ports[1]"],
	}
}

test_proxies_and_steps if {
	every name in ["istio-proxy", "linkerd-proxy"] {
		_found(_of({}, [object.union(_named("metrics"), {"name": name})])) == set()
	}
	init := {"spec": {"template": {"spec": {"initContainers": [_named("metrics")]}}}}
	_found(object.union(_of({}, []), init)) == set()
	sidecar := object.union(_named("metrics"), {"restartPolicy": "Always"})
	native := {"spec": {"template": {"spec": {"initContainers": [sidecar]}}}}
	count(_found(object.union(_of({}, []), native))) == 1
}

test_units_without_monitors if {
	count(metrics_uncollected.violation) == 0 with input as _of({}, [_named("metrics")])
		with data.lib.onelayer.unit as {"whole": true}
}

test_annotations if {
	every key in [
		"prometheus.io/scrape", "prometheus_io_scrape", "k8s.example.com/scrape", "ad.datadoghq.com/web.checks",
		"co.elastic.metrics/module", "sidecar.opentelemetry.io/inject", "newrelic.io/scrape",
	] {
		_found(_of({key: "true"}, [_named("metrics")])) == set()
	}
	_found(_of({"team.example.com/owner": "x"}, [_named("metrics")])) == {["info", _port]}
	_found(_of(["prometheus.io/scrape"], [_named("metrics")])) == {["info", _port]}
}

_service(annotations) := {"v1": {"Service": {"web": {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}, "annotations": annotations},
	"spec": {"selector": {"app": "web"}},
}}}}

test_services if {
	_beside(_of({}, [_named("metrics")]), _service({"prometheus.io/scrape": "true"})) == set()
	_beside(_of({}, [_named("metrics")]), _service({"a": "b"})) == {["info", _port]}
}

_monitor(kind, labels) := {"monitoring.coreos.com/v1": {kind: {"web": {
	"apiVersion": "monitoring.coreos.com/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"selector": {"matchLabels": labels}},
}}}}

test_monitors if {
	web := _of({}, [_named("metrics")])
	_beside(web, _monitor("PodMonitor", {"app": "web"})) == set()
	_beside(web, _monitor("PodMonitor", {"app": "api"})) == {["info", _port]}
	_beside(web, object.union(_service({}), _monitor("ServiceMonitor", {"app": "web"}))) == set()
	_beside(web, object.union(_service({}), _monitor("ServiceMonitor", {"app": "api"}))) == {["info", _port]}
}

test_other_collectors if {
	scraper := {"v1": {"ConfigMap": {"prometheus": {
		"apiVersion": "v1",
		"kind": "ConfigMap",
		"metadata": {"name": "prometheus", "namespace": "shop"},
		"data": {"prometheus.yml": "scrape_configs: []"},
	}}}}
	_beside(_of({}, [_named("metrics")]), scraper) == set()
}

test_odd_types if {
	_found(_of("x", "y")) == set()
	_found(_of({}, [{"name": "web", "ports": "metrics"}, {"name": "b", "ports": [7, {"name": "metrics"}]}])) == {
		["info", "spec.template.spec.containers[1].ports[1]"],
	}
	labelled := {"spec": {"template": {"metadata": {"labels": "x"}}}}
	_found(object.union(_of({}, [_named("metrics")]), labelled)) == {["info", _port]}
}

test_message if {
	found := metrics_uncollected.violation with input as _of({}, [_named("metrics")])
		with data.inventory as {"namespace": {"shop": _monitor("PodMonitor", {"app": "other"})}}
	{f.msg | some f in found} == {concat("", [
		`observability/metrics-uncollected: no monitor scrapes port "metrics" of container "web"; `,
		"select it with a PodMonitor or remove the port",
	])}
}
