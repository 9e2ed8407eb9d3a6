# METADATA
# scope: package
# title: Metrics that nothing scrapes
# description: >-
#   A container offers a port for metrics, and neither an annotation nor one of the monitors beside it tells the
#   cluster's Prometheus to scrape it. Kubernetes owns the collection of metrics - the application serves figures that
#   nobody reads, and autoscalers and alerts that rest on them stay blind.
# related_resources:
# - ref: https://prometheus-operator.dev/docs/developer/getting-started/
#   description: Prometheus operator, how monitors select what they scrape
# custom:
#   id: observability/metrics-uncollected
#   severity: info
#   severities: [info]
#   group: observability
#   concerns: [metrics]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, argoproj.io/Rollout,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, inventory]
#   needles: [
#     "metrics", '\bprom'
#   ]
#   surroundings: [
#     "PodMonitor", "ServiceMonitor", "PodScrape", "ServiceScrape"
#   ]
#   remediation:
#     default: >-
#       Select the Pod with a PodMonitor, or its Service with a ServiceMonitor; where Prometheus reads annotations, set
#       prometheus.io/scrape "true" and prometheus.io/port. Remove the port if nobody needs the figures.
#     sidecar: >-
#       Set prometheus.io/scrape "true" and prometheus.io/port on the pod template; Istio's agent merges the figures
#       with those of its proxy and serves them on port 15020, outside of mTLS.
#     ambient: >-
#       Select the Pod with a PodMonitor, and let the Prometheus be in the mesh where mTLS is strict.
#     linkerd: >-
#       Select the Pod with a PodMonitor, and let the Prometheus be in the mesh where policies demand it.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.metrics_uncollected

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("no monitor scrapes port %q of container %q; select it with a PodMonitor or remove the port", [
		served.name, served.container,
	]),
	"path": served.path,
}) if {
	inventory.monitored
	some pod in workload.pods
	served := _served(pod)[0]
	not _announced(pod.meta)
	not inventory.scrapes_by_configuration
	_unselected(pod)
}

_served(pod) := [{"name": port.name, "container": entry.name, "path": array.concat(entry.path, ["ports", index])} |
	some entry in workload.containers_of(pod)
	entry.role in {"main", "sidecar"}
	not entry.name in {"istio-proxy", "linkerd-proxy"}
	some index, port in entry.container.ports
	regex.match(`(^|-)(metrics|prometheus|prom)(-|$)`, resource.text(port.name))
]

_announced(meta) if {
	some key, _ in meta.annotations
	regex.match(`scrape|prometheus|metrics|ad\.datadoghq\.com|opentelemetry|newrelic`, resource.text(key))
}

_unselected(pod) if {
	namespace := resource.ref(pod.obj).namespace
	labels := object.get(pod.meta, "labels", {})
	count(inventory.scrapes_of(namespace, labels)) == 0
	every service in inventory.services_of(namespace, labels) {
		not _announced(resource.meta(service))
	}
}
