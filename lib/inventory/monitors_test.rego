package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_monitor(kind, name, spec) := {
	"apiVersion": "monitoring.coreos.com/v1",
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

_picking(labels) := {"selector": {"matchLabels": labels}, "podMetricsEndpoints": [{"port": "metrics"}]}

_web_service := object.union(_service("web", {"app": "web"}), {"metadata": {"labels": {"team": "a", "app": "web"}}})

_watched := {
	"cluster": {},
	"namespace": {
		"shop": {
			"v1": {"Service": {"web": _web_service}},
			"monitoring.coreos.com/v1": {
				"PodMonitor": {
					"web": _monitor("PodMonitor", "web", _picking({"app": "web"})),
					"two": _monitor("PodMonitor", "two", _picking({"app": "web", "tier": "x"})),
					"all": _monitor("PodMonitor", "all", {"selector": {}}),
					"odd": _monitor("PodMonitor", "odd", {"selector": "web", "podMetricsEndpoints": "metrics"}),
					"none": _monitor("PodMonitor", "none", {}),
					"elsewhere": _monitor("PodMonitor", "elsewhere", object.union(
						_picking({"app": "web"}),
						{"namespaceSelector": {"matchNames": ["other", "more"]}},
					)),
				},
				"ServiceMonitor": {
					"team": _monitor("ServiceMonitor", "team", {
						"selector": {"matchLabels": {"team": "a"}},
						"endpoints": [{"port": "h"}],
					}),
					"other": _monitor("ServiceMonitor", "other", {"selector": {"matchLabels": {"team": "b"}}}),
				},
			},
			"other.example.com/v1": {"PodMonitor": {"web": object.union(
				_monitor("PodMonitor", "foreign", _picking({"app": "web"})),
				{"apiVersion": "other.example.com/v1"},
			)}},
		},
		"monitoring": {"monitoring.coreos.com/v1": {"PodMonitor": {"any": object.union(
			_monitor("PodMonitor", "any", {
				"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
				"namespaceSelector": {"any": true},
			}),
			{"metadata": {"namespace": "monitoring"}},
		)}}},
	},
}

_scraping(namespace, labels) := {scrape.obj.metadata.name | some scrape in inventory.scrapes_of(namespace, labels)}

_index := object.union(computed, {}) if {
	computed := inventory.computed with data.inventory as _watched
}

test_what_scrapes_a_pod if {
	every case in [
		["shop", {"app": "web"}, {"web", "all", "any", "team"}],
		["shop", {"app": "web", "tier": "x"}, {"web", "two", "all", "any", "team"}],
		["shop", {"app": "api"}, {"all", "any"}], ["shop", {}, {"all"}], ["shop", "app", {"all"}],
		["other", {"app": "web"}, {"elsewhere", "any"}], ["more", {"app": "web"}, {"elsewhere", "any"}],
		["monitoring", {}, set()],
	] {
		_scraping(case[0], case[1]) == case[2] with data.inventory as _watched
		_scraping(case[0], case[1]) == case[2] with data.lib.onelayer.prepared as _index
	}
	_scraping("shop", {"app": "web"}) == set()
}

test_whether_monitors_are_in_use if {
	inventory.monitored with data.inventory as _watched
	inventory.monitored with data.lib.onelayer.prepared as _index
	not inventory.monitored with data.lib.onelayer.prepared as {"monitors": {}}
	not inventory.monitored
}

test_what_a_scrape_holds if {
	found := inventory.scrapes_of("shop", {"app": "web"}) with data.inventory as _watched
	{[scrape.by, scrape.endpoints] | some scrape in found; scrape.obj.metadata.name in {"web", "team", "all"}} == {
		["Pod", [{"port": "metrics"}]],
		["Service", [{"port": "h"}]],
		["Pod", []],
	}
	{scrape.service.metadata.name | some scrape in found} == {"web"}
	odd := inventory.computed with data.inventory as {"namespace": {"shop": {"monitoring.coreos.com/v1": {"PodMonitor": {
		"a": _monitor("PodMonitor", "a", {"selector": {}, "namespaceSelector": {"matchNames": 7}, "podMetricsEndpoints": 7}),
		"b": _monitor("PodMonitor", "b", {"selector": {}, "namespaceSelector": {"matchNames": []}}),
		"c": 7,
	}}}}}
	{[key, scrape.obj.metadata.name] | some key, scrapes in odd.monitors; some scrape in scrapes} == {
		["Pod\nshop\n\n", "a"],
		["Pod\nshop\n\n", "b"],
	}
}

test_services_without_monitors_of_services if {
	pods := {"namespace": {"shop": {
		"v1": {"Service": {"web": _web_service}},
		"monitoring.coreos.com/v1": {"PodMonitor": {"web": _monitor("PodMonitor", "web", _picking({"app": "web"}))}},
	}}}
	_scraping("shop", {"app": "web"}) == {"web"} with data.inventory as pods
	bare := {"namespace": {"shop": {
		"v1": {"Service": {"web": object.union(_web_service, {"metadata": {"labels": "x"}})}},
		"monitoring.coreos.com/v1": {"ServiceMonitor": {"all": _monitor("ServiceMonitor", "all", {"selector": {}})}},
	}}}
	_scraping("shop", {"app": "web"}) == {"all"} with data.inventory as bare
}

test_monitors_beside if {
	both := {"items": [_monitor("PodMonitor", "web", _picking({"app": "web"}))], "kind": "List"}
	_scraping("shop", {"app": "web"}) == set() with input as both
	two := {"items": [_monitor("PodMonitor", "web", _picking({"app": "web"})), _web_service], "kind": "List"}
	_scraping("shop", {"app": "web"}) == {"web"} with input as two
}

_holding(kind, data_of) := {"namespace": {"shop": {"v1": {kind: {"x": {
	"apiVersion": "v1",
	"kind": kind,
	"metadata": {"name": "x", "namespace": "shop"},
	"data": data_of,
}}}}}}

test_other_collectors if {
	every text in ["scrape_configs: []", "prometheus.scrape \"x\" {}", "- kubernetes_sd_configs: []"] {
		inventory.scrapes_by_configuration with data.inventory as _holding("ConfigMap", {"a": text})
	}
	every kind in ["ScrapeConfig", "OpenTelemetryCollector", "ClusterPodMonitoring", "VMStaticScrape", "VMNodeScrape"] {
		inventory.scrapes_by_configuration with data.inventory as _holding(kind, {})
	}
	every text in ["scrape", 7, {"scrape_configs": 1}] {
		not inventory.scrapes_by_configuration with data.inventory as _holding("ConfigMap", {"a": text})
	}
	not inventory.scrapes_by_configuration with data.inventory as _watched
	not inventory.scrapes_by_configuration with data.lib.onelayer.prepared as {"collectors": false}
	inventory.scrapes_by_configuration with data.lib.onelayer.prepared as {"collectors": true}
}

_runs(name, image) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"template": {"metadata": {}, "spec": {"containers": [{"name": "x", "image": image}]}}},
}

_reading := {"namespace": {"shop": {
	"apps/v1": {"Deployment": {
		"a": _runs("a", "quay.io/prometheus/prometheus:v3.5.0"),
		"b": _runs("b", "prometheus"),
		"c": _runs("c", "quay.io/prometheus/node-exporter:v1"),
		"d": _runs("d", "registry.example.com/my-prometheus:1"),
		"e": _runs("e", ["prometheus"]),
	}},
	"monitoring.coreos.com/v1": {
		"Prometheus": {
			"main": {
				"apiVersion": "monitoring.coreos.com/v1",
				"kind": "Prometheus",
				"metadata": {"name": "main", "namespace": "shop"},
				"spec": {"podMetadata": {"labels": {"a": "b"}}},
			},
			"odd": {"kind": "Prometheus", "metadata": {"name": "odd", "namespace": "shop"}, "spec": 3},
		},
		"PodMonitor": {"x": {
			"apiVersion": "monitoring.coreos.com/v1",
			"kind": "PodMonitor",
			"metadata": {"name": "x", "namespace": "shop"},
			"spec": {"selector": {}, "podMetricsEndpoints": []},
		}},
	},
}}}

_scrapers := [[pod.obj.metadata.name, object.get(pod.meta, "labels", {})] | some pod in inventory.scrapers]

test_scrapers if {
	all := [["main", {"a": "b"}], ["a", {}], ["b", {}]]
	_scrapers == all with data.inventory as _reading
	computed := inventory.computed with data.inventory as _reading
	_scrapers == all with data.lib.onelayer.prepared as computed
	without := json.remove(_reading, ["/namespace/shop/monitoring.coreos.com~1v1/PodMonitor"])
	_scrapers == [["main", {"a": "b"}]] with data.inventory as without
	_scrapers == []
}
