package lib.onelayer.policies.observability.metrics_split_test

import data.lib.onelayer.policies.observability.metrics_split

_meshed := {"namespaces": {"shop": {"labels": {"istio-injection": "enabled"}}, "plain": {"labels": {"a": "b"}}}}

_in(namespace, annotations) := _serving(namespace, annotations, [{"name": "http-metrics", "containerPort": 9090}])

_serving(namespace, annotations, ports) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": namespace},
	"spec": {"template": {
		"metadata": {"annotations": annotations, "labels": {"app": "web"}},
		"spec": {"containers": [{"name": "web", "image": "shop/web:1", "ports": ports}]},
	}},
}

_found(obj) := {[f.severity, f.path] |
	some f in metrics_split.violation with input as obj with data.lib.onelayer.config as _meshed
}

_said(obj) := concat("|", [f.msg |
	some f in metrics_split.violation with input as obj with data.lib.onelayer.config as _meshed
])

_at(severity, key) := {[severity, sprintf("spec.template.metadata.annotations[%q]", [key])]}

_merge := "prometheus.istio.io/merge-metrics"

_scraped := {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"}

test_merging_is_off if {
	every value in ["false", "False", "FALSE", "f", "F", "0", false] {
		_found(_in("shop", {_merge: value})) == _at("warning", _merge)
		_found(_in("unheard", {_merge: value})) == _at("warning", _merge)
		_found(_in("plain", {_merge: value})) == set()
	}
	every value in ["true", "no", "", null] {
		_found(_in("shop", {_merge: value})) == set()
	}
}

test_scraping_is_off if {
	every key in ["prometheus.io/scrape", "prometheus_io_scrape", "prometheus.io.scrape"] {
		{f[0] | some f in _found(_in("shop", {key: "false"}))} == {"warning"}
		_found(_in("shop", {key: "true"})) == set()
	}
	_found(_in("shop", {"prometheus.io/scrape": "false"})) == _at("warning", "prometheus.io/scrape")
	_found(_in("unheard", {"prometheus.io/scrape": "false"})) == set()
	_found(_in("plain", {"prometheus.io/scrape": "false"})) == set()
	_found(_in("shop", {"prometheus.io/scrape-slow": "false"})) == set()
}

test_ports_of_the_proxy if {
	every port in ["15000", "15001", "15004", "15006", "15008", 15020, "15021", "15053", "15090"] {
		_found(_in("shop", {"prometheus.io/port": port})) == _at("error", "prometheus.io/port")
		_found(_in("unheard", {"prometheus.io_port": port})) == _at("warning", "prometheus.io_port")
		_found(_in("plain", {"prometheus.io/port": port})) == set()
	}
	_found(_in("shop", {"prometheus.io/port": "15014"})) == set()
}

test_who_is_the_mesh_itself if {
	gateway := object.union(_in("shop", {"prometheus.io/port": "15020", "inject.istio.io/templates": "gateway"}), {})
	_found(gateway) == set()
	istiod := {"spec": {"template": {"metadata": {"labels": {"app": "ztunnel"}}}}}
	_found(object.union(_in("shop", {"prometheus.io/port": "15020"}), istiod)) == set()
}

test_what_the_injector_writes if {
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {
			"name": "web",
			"namespace": "shop",
			"annotations": {"sidecar.istio.io/status": "{}", "prometheus.io/port": "15020"},
		},
		"spec": {"containers": [{"name": "web"}]},
	}
	_found(pod) == set()
	_found(json.remove(pod, ["/metadata/annotations/sidecar.istio.io~1status"])) == {
		["error", `metadata.annotations["prometheus.io/port"]`],
	}
	_found(_in("shop", {"sidecar.istio.io/status": "{}", "prometheus.io/port": "15020"})) == set()
}

_monitor(kind, spec) := {
	"apiVersion": "monitoring.coreos.com/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"selector": {"matchLabels": {"app": "web"}}}, spec),
}

_watched(obj, kind, spec, service) := {[f.severity, f.path] |
	some f in metrics_split.violation with input as obj
		with data.lib.onelayer.config as _meshed
		with data.inventory as {"namespace": {"shop": {
			"v1": {"Service": {"web": {
				"apiVersion": "v1",
				"kind": "Service",
				"metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
				"spec": {"selector": {"app": "web"}, "ports": [service]},
			}}},
			"monitoring.coreos.com/v1": {kind: {"web": _monitor(kind, spec)}},
		}}}
}

_by_pod(obj, endpoint) := _watched(obj, "PodMonitor", {"podMetricsEndpoints": [endpoint]}, {})

_by_service(obj, endpoint, service) := _watched(obj, "ServiceMonitor", {"endpoints": [endpoint]}, service)

_twice := _at("warning", "prometheus.io/scrape")

test_scraped_twice if {
	every endpoint in [
		{"port": "http-metrics"}, {"portNumber": 9090}, {"targetPort": 9090}, {"targetPort": "http-metrics"},
		{"port": "http-metrics", "path": "/metrics"}, {"port": "9090"},
	] {
		_by_pod(_in("shop", _scraped), endpoint) == _twice
	}
	every endpoint in [
		{"port": "http"}, {"portNumber": 80}, {"targetPort": "http"}, {"port": "http-metrics", "path": "/other"}, {}, 7,
		{"targetPort": {"a": 1}},
	] {
		_by_pod(_in("shop", _scraped), endpoint) == set()
	}
	_by_pod(_in("plain", _scraped), {"port": "http-metrics"}) == set()
	_by_pod(_in("shop", object.union(_scraped, {"prometheus.io/scrape": "yes"})), {"port": "http-metrics"}) == set()
	_by_pod(_in("shop", object.union(_scraped, {_merge: "f"})), {"port": "http-metrics"}) == _at("warning", _merge)
	_by_pod(_in("shop", {"prometheus.io/scrape": "true"}), {"port": "http-metrics"}) == set()
	own := object.union(_scraped, {"prometheus.io/path": "/own"})
	_by_pod(_in("shop", own), {"port": "http-metrics", "path": "/own"}) == _twice
	_by_pod(_in("shop", own), {"port": "http-metrics"}) == set()
	_by_pod(_in("shop", object.union(_scraped, {"prometheus.io/path": ""})), {"port": "http-metrics"}) == _twice
	_by_pod(_in("shop", object.union(_scraped, {"prometheus.io/port": "9091"})), {"portNumber": 9091}) == _twice
}

test_scraped_twice_through_a_service if {
	deployment := _in("shop", _scraped)
	every service in [
		{"name": "m", "port": 80, "targetPort": "http-metrics"}, {"name": "m", "port": 80, "targetPort": 9090},
		{"name": "m", "port": 9090},
	] {
		_by_service(deployment, {"port": "m"}, service) == _twice
	}
	_by_service(deployment, {"targetPort": 9090}, {}) == _twice
	_by_service(deployment, {"port": "n"}, {"name": "m", "port": 9090}) == set()
	_by_service(deployment, {"port": "m"}, {"name": "m", "port": 80}) == set()
	_by_service(deployment, {"port": "m"}, 7) == set()
}

test_a_monitor_instead_of_the_annotation if {
	_by_pod(_in("shop", {"prometheus.io/scrape": "false"}), {"port": "http-metrics"}) == set()
}

_two_ports := [
	{"name": "metrics", "containerPort": 9090}, {"name": "jmx-prom", "containerPort": 9404},
	{"name": "http", "containerPort": 80}, {"name": 7},
]

test_ports_that_are_not_merged if {
	deployment := _serving("shop", _scraped, _two_ports)
	_found(deployment) == {["warning", "spec.template.spec.containers[0].ports[1]"]}
	_found(_serving("plain", _scraped, _two_ports)) == set()
	_found(_serving("shop", {}, _two_ports)) == set()
	_found(_serving("shop", object.union(_scraped, {"prometheus.io/port": "80"}), _two_ports)) == set()
	targets := {"prometheus.istio.io/scrape-targets": "9090/metrics,9404/metrics"}
	_found(_serving("shop", object.union(_scraped, targets), _two_ports)) == set()
	_by_pod(deployment, {"port": "jmx-prom"}) == set()
	first := {"spec": {"template": {"spec": {
		"containers": [{"name": "w", "ports": [_two_ports[0]]}],
		"initContainers": [{"name": "i", "ports": [_two_ports[1]]}],
	}}}}
	_found(object.union(deployment, first)) == set()
}

test_odd_types if {
	_found(_in("shop", ["prometheus.io/scrape"])) == set()
	_found(_in("shop", {"prometheus.io/port": ["15020"], "prometheus.io/scrape": {"a": "false"}})) == set()
	_found(object.union(_in("shop", _scraped), {"spec": {"template": {"metadata": {"labels": "x"}}}})) == set()
}

test_messages if {
	_said(_in("shop", {_merge: "false"})) == concat("", [
		"observability/metrics-split: annotation prometheus.istio.io/merge-metrics=false keeps metrics of the application ",
		"out of what Istio's proxy serves; remove it",
	])
	_said(_in("shop", {"prometheus.io/scrape": "false"})) == concat("", [
		"observability/metrics-split: annotation prometheus.io/scrape=false makes Istio advertise no metrics of its proxy ",
		"either; remove it",
	])
	_said(_in("shop", {"prometheus.io/port": "15090"})) == concat("", [
		"observability/metrics-split: annotation prometheus.io/port=15090 is a port of Istio's proxy; ",
		"name the port of the application, Istio merges both",
	])
	_said(_serving("shop", _scraped, _two_ports)) == concat("", [
		`observability/metrics-split: Istio merges port 9090 only, so nothing collects port "jmx-prom" of container "web"; `,
		"name it in prometheus.istio.io/scrape-targets",
	])
	found := metrics_split.violation with input as _in("shop", _scraped)
		with data.lib.onelayer.config as _meshed
		with data.inventory as {"namespace": {"shop": {"monitoring.coreos.com/v1": {"PodMonitor": {"web": _monitor(
			"PodMonitor",
			{"podMetricsEndpoints": [{"port": "http-metrics"}]},
		)}}}}}
	{[f.msg, f.related[0].object.name] | some f in found} == {[
		concat("", [
			"observability/metrics-split: PodMonitor web scrapes port 9090, which Istio merges as well, so each series ",
			"counts twice; keep one of them",
		]),
		"web",
	]}
}

_kept(version, kind, obj) := {version: {kind: {"x": object.union(
	{"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "shop"}},
	obj,
)}}}

_pod_monitor(endpoint) := _kept("monitoring.coreos.com/v1", "PodMonitor", {"spec": {
	"selector": {"matchLabels": {"app": "web"}},
	"podMetricsEndpoints": [endpoint],
}})

_strict := _kept("security.istio.io/v1", "PeerAuthentication", {"spec": {"mtls": {"mode": "STRICT"}}})

_prometheus(labels) := _kept("monitoring.coreos.com/v1", "Prometheus", {"spec": {"podMetadata": {"labels": labels}}})

_out := {"sidecar.istio.io/inject": "false"}

_under(annotations, objects) := {f |
	some f in metrics_split.violation with input as _in("shop", annotations)
		with data.lib.onelayer.config as _meshed
		with data.inventory as {"namespace": {"shop": object.union_n(objects)}}
}

_refused(annotations, objects) := count(_under(annotations, objects)) == 1

_named_port := _pod_monitor({"port": "http-metrics"})

test_scraped_from_outside_of_a_strict_mesh if {
	_refused({}, [_named_port, _strict, _prometheus(_out)])
	some f in _under({}, [_named_port, _strict, _prometheus(_out)])
	f.severity == "warning"
	f.path == "spec.template.metadata"
	f.msg == concat("", [
		"observability/metrics-split: PodMonitor x scrapes port 9090, which takes mTLS only, from outside of the mesh; let ",
		"Istio merge its metrics",
	])
	[related.note | some related in f.related] == ["scrapes this port", "takes mTLS only"]
	_refused({}, [_pod_monitor({"targetPort": 9090, "scheme": "HTTP"}), _strict, _prometheus(_out)])
}

test_strict_ports_of_others if {
	kept := object.union_n([_named_port, _strict, _prometheus(_out)])
	{f | some f in metrics_split.violation} == set() with input as _in("plain", {})
		with data.lib.onelayer.config as _meshed
		with data.inventory as {"namespace": {"plain": json.patch(kept, [
		{"op": "replace", "path": sprintf("/%s/x/metadata/namespace", [kind]), "value": "plain"} |
			some kind in [
				"monitoring.coreos.com~1v1/PodMonitor", "monitoring.coreos.com~1v1/Prometheus",
				"security.istio.io~1v1/PeerAuthentication",
			]
		])}}
	merged := object.union(_in("shop", _scraped), {"metadata": {"name": "merged"}})
	[f.object.name |
		some f in metrics_split.violation
		contains(f.msg, "mTLS")
	] == ["web"] with input as {"apiVersion": "v1", "kind": "List", "items": [_in("shop", {}), merged]}
		with data.lib.onelayer.config as _meshed
		with data.inventory as {"namespace": {"shop": kept}}
}

test_ports_that_are_none if {
	{f |
		some f in metrics_split.violation with input as _serving("shop", {}, [{
			"name": "http-metrics",
			"containerPort": "eighty",
		}])
			with data.lib.onelayer.config as _meshed
			with data.inventory as {"namespace": {"shop": object.union_n([_named_port, _strict, _prometheus(_out)])}}
	} == set()
}

test_scraped_by_who_may if {
	every objects in [
		[_named_port, _strict], [_named_port, _prometheus(_out)], [_strict, _prometheus(_out)],
		[_named_port, _strict, _prometheus({})],
		[_pod_monitor({"port": "http-metrics", "scheme": "https"}), _strict, _prometheus(_out)],
		[_pod_monitor({"targetPort": 15020}), _strict, _prometheus(_out)],
		[_pod_monitor({"port": "other"}), _strict, _prometheus(_out)],
	] {
		_under({}, objects) == set()
	}
	_under({"traffic.sidecar.istio.io/excludeInboundPorts": "9090"}, [_named_port, _strict, _prometheus(_out)]) == set()
	_refused({"traffic.sidecar.istio.io/excludeInboundPorts": "9091"}, [_named_port, _strict, _prometheus(_out)])
	[f.msg | some f in _under(_scraped, [_named_port, _strict, _prometheus(_out)]); contains(f.msg, "mTLS")] == []
}
