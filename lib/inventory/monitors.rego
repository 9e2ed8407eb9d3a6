package lib.onelayer.inventory

import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.selector
import data.lib.onelayer.workload

# METADATA
# title: What scrapes a Pod
# description: >-
#   The monitors whose selectors take a Pod of these labels in a namespace, or a Service that sends traffic to it, as a
#   list of {obj, by, endpoints, service}: by is Pod or Service, endpoints are those of the monitor as written, and
#   service is the Service that a monitor of Services takes.
scrapes_of(namespace, labels) := array.concat(
	[scrape |
		some scrape in _monitors_at("Pod", namespace, labels)
		selector.matches(scrape.obj.spec.selector, labels)
	],
	[object.union(scrape, {"service": service}) |
		_any_of_services
		some service in services_of(namespace, labels)
		some scrape in _monitors_at("Service", namespace, _labels_of(service))
		selector.matches(scrape.obj.spec.selector, _labels_of(service))
	],
)

# METADATA
# title: Whether something else may scrape
# description: >-
#   True when the inventory holds a collector whose own configuration says what it scrapes, so that a Pod that no
#   monitor selects may be scraped nevertheless.
scrapes_by_configuration if _known_collectors == true

# METADATA
# title: Whether monitors are in use
# description: True when the inventory holds any monitor, so that a Pod that none selects is left out.
monitored if count(_known_monitors) > 0

# METADATA
# title: What reads monitors
# description: >-
#   The collectors that scrape what monitors select, as records of lib.onelayer.workload: objects of kind Prometheus
#   with the metadata of their Pods, and workloads that run the image of Prometheus.
scrapers := known if {
	known := prepared.scrapers
} else := _scrapers

_scrapers := array.concat(
	[{"obj": obj, "spec": {}, "meta": object.get(obj.spec, "podMetadata", {})} |
		some obj in _monitor_objects
		obj.kind in _scraper_names
		is_object(obj.spec)
	],
	[pod |
		count(_monitors) > 0
		some obj in _namespaced
		some pod in workload.pods_of({"obj": obj, "kind": resource.group_kind(obj), "file": ""})
		some container in pod.spec.containers
		regex.match(`(?:^|/)prometheus(?:[:@]|$)`, resource.text(container.image))
	],
)

_scraper_names := {"Prometheus", "PrometheusAgent"}

_any_of_services if {
	some key, _ in _known_monitors
	startswith(key, "Service\n")
}

_labels_of(obj) := resource.meta(obj).labels if {
	is_object(resource.meta(obj).labels)
} else := {}

_monitors_at(by, namespace, labels) := {scrape |
	monitored
	some where in {namespace, "*"}
	some pair in ({"\n"} | {sprintf("%s\n%s", [key, resource.text(value)]) | some key, value in labels})
	some scrape in object.get(_known_monitors, concat("\n", [by, where, pair]), [])
}

_known_monitors := known if {
	known := prepared.monitors
} else := _monitors

_known_collectors := known if {
	known := prepared.collectors
} else := _collectors

_collectors if {
	some obj in _monitor_objects
	obj.kind in _other_collectors
} else if {
	some obj in _config_map_objects
	some text in obj.data
	is_string(text)
	regex.match(`scrape_configs|prometheus\.scrape|kubernetes_sd_configs`, text)
} else := false

_scrape_kinds := {
	"monitoring.coreos.com/PodMonitor": {"by": "Pod", "field": "podMetricsEndpoints"},
	"monitoring.coreos.com/ServiceMonitor": {"by": "Service", "field": "endpoints"},
	"azmonitoring.coreos.com/PodMonitor": {"by": "Pod", "field": "podMetricsEndpoints"},
	"azmonitoring.coreos.com/ServiceMonitor": {"by": "Service", "field": "endpoints"},
	"operator.victoriametrics.com/VMPodScrape": {"by": "Pod", "field": "podMetricsEndpoints"},
	"operator.victoriametrics.com/VMServiceScrape": {"by": "Service", "field": "endpoints"},
	"monitoring.googleapis.com/PodMonitoring": {"by": "Pod", "field": "endpoints"},
}

_other_collectors := {
	"ScrapeConfig", "OpenTelemetryCollector", "ClusterPodMonitoring", "VMStaticScrape",
	"VMNodeScrape",
}

_monitor_names := ({split(kind, "/")[1] | some kind, _ in _scrape_kinds} | _other_collectors) | _scraper_names

_monitor_objects := array.concat(
	[obj |
		some versions in _namespaces
		some kinds in versions
		some kind in _monitor_names
		some obj in kinds[kind]
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.obj.kind in _monitor_names
	],
)

_monitors[key] contains scrape if {
	some obj in _monitor_objects
	is_object(obj.spec)
	how := _scrape_kinds[resource.group_kind(obj)]
	scrape := {"obj": obj, "by": how.by, "endpoints": _endpoints(object.get(obj.spec, how.field, []))}
	some where in _reached(obj)
	key := concat("\n", [how.by, where, _indexed(obj.spec.selector)])
}

_endpoints(given) := given if {
	is_array(given)
} else := []

_reached(obj) := {"*"} if {
	obj.spec.namespaceSelector.any == true
} else := {resource.text(name) | some name in obj.spec.namespaceSelector.matchNames} if {
	is_array(obj.spec.namespaceSelector.matchNames)
	obj.spec.namespaceSelector.matchNames != []
} else := {resource.ref(obj).namespace}

_indexed(given) := sprintf("%s\n%s", [key, resource.text(given.matchLabels[key])]) if {
	is_object(given.matchLabels)
	key := min(object.keys(given.matchLabels))
} else := "\n"
