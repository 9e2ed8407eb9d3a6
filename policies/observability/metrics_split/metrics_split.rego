# METADATA
# scope: package
# title: Metrics of a Pod are split between its layers
# description: >-
#   Istio's agent merges the metrics of the application with those of its proxy and serves both on port 15020. The
#   annotations of the pod template switch the merging off, point at a port of the proxy, or a monitor scrapes the same
#   series a second time or from outside of a mesh that takes mTLS only, so that figures are missing or counted twice.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/integrations/prometheus/
#   description: Istio, how metrics are merged
# custom:
#   id: observability/metrics-split
#   severity: warning
#   severities: [error, warning]
#   group: observability
#   concerns: [metrics]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "prometheus.istio.io/merge-metrics", "15000", "15001", "15004", "15006", "15008", "15020", "15021", "15053",
#     "15090", "unit:istio-injection", "unit:istio.io/rev", "unit:sidecar.istio.io", "unit:istio-proxy",
#     "unit:assume_mesh", "unit:enable_namespaces_by_default"
#   ]
#   remediation:
#     default: >-
#       Annotate the pod template with prometheus.io/scrape "true" and the port and path of the application, and let one
#       collector scrape each series.
#     sidecar: >-
#       Remove prometheus.istio.io/merge-metrics, keep prometheus.io/scrape "true" with the port and path of the
#       application, and drop the endpoint of the monitor; Istio serves all on port 15020. Further ports of the Pod are
#       named in prometheus.istio.io/scrape-targets.
#     ambient: >-
#       No agent runs in the Pod, so nothing is merged; scrape the application with a PodMonitor, and ztunnel and
#       waypoints with theirs.
#     linkerd: >-
#       Linkerd merges nothing; scrape the application with a PodMonitor and the proxies through the linkerd-viz job.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.metrics_split

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("annotation %s=%s keeps metrics of the application out of what Istio's proxy serves; remove it", [
		_merging, switch,
	]),
	"path": array.concat(pod.meta_path, ["annotations", _merging]),
}) if {
	some pod in _annotated
	switch := resource.text(pod.meta.annotations[_merging])
	switch in _off
	mesh.membership(pod).mode in {"sidecar", "unknown"}
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("annotation %s=false makes Istio advertise no metrics of its proxy either; remove it", [
		entry.key,
	]),
	"path": array.concat(pod.meta_path, ["annotations", entry.key]),
}) if {
	some pod in _annotated
	some entry in _named(pod, "prometheus_io_scrape")
	entry.value == "false"
	mesh.membership(pod).mode == "sidecar"
	count(_scrapes(pod)) == 0
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("annotation %s=%s is a port of Istio's proxy; name the port of the application, Istio merges both", [
		entry.key, entry.value,
	]),
	"severity": _certainty[mode],
	"path": array.concat(pod.meta_path, ["annotations", entry.key]),
}) if {
	some pod in _annotated
	some entry in _named(pod, "prometheus_io_port")
	entry.value in _reserved
	mode := mesh.membership(pod).mode
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s %s scrapes port %s, which Istio merges as well, so each series counts twice; keep one of them", [
		scrape.obj.kind, resource.ref(scrape.obj).name, port,
	]),
	"path": array.concat(pod.meta_path, ["annotations", _named(pod, "prometheus_io_scrape")[0].key]),
	"related": [{
		"note": "scrapes the same port",
		"object": resource.ref(scrape.obj),
		"path": ["spec"],
	}],
}) if {
	some [pod, port, file] in _merged
	some scrape in _scrapes(pod)
	some endpoint in scrape.endpoints
	port in _ports(pod, scrape, endpoint)
	resource.text(object.get(endpoint, "path", "/metrics")) == file
	mesh.membership(pod).mode == "sidecar"
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("Istio merges port %s only, so nothing collects port %q of container %q; name it in %s", [
		port, name, entry.name, _targets,
	]),
	"path": array.concat(entry.path, ["ports", index]),
}) if {
	some [pod, port, _] in _merged
	not pod.meta.annotations[_targets]
	some [entry, index, name, number] in _served(pod)
	number != port
	count(_scrapes(pod)) == 0
	port in {other | some [_, _, _, other] in _served(pod)}
	mesh.membership(pod).mode == "sidecar"
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s %s scrapes port %s, which takes mTLS only, from outside of the mesh; let Istio merge its metrics", [
		scrape.obj.kind, resource.ref(scrape.obj).name, port,
	]),
	"path": pod.meta_path,
	"related": [
		{"note": "scrapes this port", "object": resource.ref(scrape.obj), "path": ["spec"]},
		{"note": "takes mTLS only", "object": resource.ref(policy), "path": ["spec", "mtls"]},
	],
}) if {
	_from_outside
	some pod in _pods
	mesh.membership(pod).mode == "sidecar"
	some scrape in _scrapes(pod)
	some endpoint in scrape.endpoints
	lower(resource.text(object.get(endpoint, "scheme", "http"))) == "http"
	some port in _ports(pod, scrape, endpoint)
	regex.match(`^[0-9]{1,5}$`, port)
	not port in _reserved
	not port in {merged | some [other, merged, _] in _merged; resource.ref(other.obj) == resource.ref(pod.obj)}
	not _past_the_sidecar(pod, to_number(port))
	policy := mesh.strict(pod, to_number(port))
}

_from_outside if {
	count(inventory.scrapers) > 0
	every scraper in inventory.scrapers {
		mesh.membership(scraper).mode == "none"
	}
}

_past_the_sidecar(pod, port) if {
	some listed in ports.listed(pod.meta.annotations["traffic.sidecar.istio.io/excludeInboundPorts"])
	ports.within(port, listed)
}

_merging := "prometheus.istio.io/merge-metrics"

_targets := "prometheus.istio.io/scrape-targets"

_off := {"false", "False", "FALSE", "f", "F", "0"}

_reserved := {"15000", "15001", "15004", "15006", "15008", "15020", "15021", "15053", "15090"}

_certainty := {"sidecar": "error", "unknown": "warning"}

_pods := [pod |
	some pod in workload.pods
	not mesh.part_of_a_mesh(pod)
	not _injected(pod)
]

_annotated := [pod |
	some pod in workload.pods
	_is_named(pod)
	not mesh.part_of_a_mesh(pod)
	not _injected(pod)
]

_is_named(pod) if {
	some key, _ in pod.meta.annotations
	is_string(key)
	contains(key, "prometheus")
}

_injected(pod) if pod.meta.annotations["sidecar.istio.io/status"]

_named(pod, name) := [{"key": key, "value": resource.text(value)} |
	some key, value in pod.meta.annotations
	regex.replace(key, `[^a-zA-Z0-9]`, "_") == name
]

_merged := [[pod, port, file] |
	some pod in _annotated
	port := _named(pod, "prometheus_io_port")[0].value
	_named(pod, "prometheus_io_scrape")[0].value == "true"
	not resource.text(object.get(pod.meta, ["annotations", _merging], "")) in _off
	file := _file(pod)
]

_file(pod) := _named(pod, "prometheus_io_path")[0].value if {
	_named(pod, "prometheus_io_path")[0].value != ""
} else := "/metrics"

_scrapes(pod) := inventory.scrapes_of(resource.ref(pod.obj).namespace, object.get(pod.meta, "labels", {}))

_ports(pod, scrape, endpoint) := _numbers(pod, resource.text(endpoint.port)) if {
	scrape.by == "Pod"
} else := declared if {
	declared := _declared(pod, endpoint)
} else := {number |
	some given in scrape.service.spec.ports
	given.name == endpoint.port
	target := resource.text(object.get(given, "targetPort", object.get(given, "port", "")))
	some number in _numbers(pod, target)
}

_declared(pod, endpoint) := {number} if {
	number := resource.text(endpoint.portNumber)
} else := named if {
	named := _numbers(pod, resource.text(endpoint.targetPort))
}

_numbers(pod, text) := {text} if {
	regex.match(`^[0-9]+$`, text)
} else := {resource.text(port.containerPort) |
	some entry in workload.containers_of(pod)
	some port in entry.container.ports
	port.name == text
}

_served(pod) := [[entry, index, port.name, resource.text(port.containerPort)] |
	some entry in workload.containers_of(pod)
	entry.role == "main"
	some index, port in entry.container.ports
	regex.match(`(^|-)(metrics|prometheus|prom)(-|$)`, resource.text(port.name))
]
