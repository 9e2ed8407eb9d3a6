# METADATA
# scope: package
# title: The log collector is told to skip a workload
# description: >-
#   The cluster's pipeline owns logs - a collector on each node reads what containers print. An annotation or label
#   tells it to skip this Pod, so that its output is gone with the container and nobody owns the logs unless the
#   application ships them by itself.
# related_resources:
# - ref: https://docs.fluentbit.io/manual/pipeline/filters/kubernetes
#   description: Fluent Bit, annotations of Pods
# - ref: https://docs.datadoghq.com/containers/guide/container-discovery-management/
#   description: Datadog, excluded containers
# - ref: https://www.elastic.co/docs/reference/beats/filebeat/configuration-autodiscover-hints
#   description: Filebeat, hints of Pods
# - ref: https://vector.dev/docs/reference/configuration/sources/kubernetes_logs/
#   description: Vector, excluded Pods and containers
# custom:
#   id: observability/logs-excluded
#   severity: warning
#   severities: [warning]
#   group: observability
#   concerns: [logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object]
#   needles: [
#     "fluentbit.io/exclude", "logs_exclude", "co.elastic.logs", "vector.dev/exclude", "splunk.com/exclude",
#     "sumologic.com/exclude"
#   ]
#   parameters:
#     allowed_namespaces:
#       type: array
#       items: {type: string}
#       description: >-
#         The namespaces whose workloads may be left out, such as that of the collector itself.
#       default: []
#   remediation:
#     default: >-
#       Remove the key, so that the collector reads what the container prints; where it prints too much, lower the level
#       of the application or filter in the collector.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.logs_excluded

import data.lib.onelayer.collector
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s %s tells %s to skip %s, so no layer owns its logs; remove it", [
		trim_suffix(switch.field, "s"),
		switch.key,
		switch.collector,
		switch.what,
	]),
	"path": array.concat(pod.meta_path, [switch.field, switch.key]),
}) if {
	some pod in workload.pods
	some switch in _switches(pod)
	not _collects(pod)
	not resource.ref(pod.obj).namespace in params.of("observability/logs-excluded").allowed_namespaces
}

_switches(pod) := [switch |
	some field, entries in pod.meta
	some key, value in entries
	[collector, what] := _skipped(field, resource.text(key), lower(resource.text(value)))
	switch := {"field": field, "key": key, "collector": collector, "what": what}
]

_skipped("annotations", key, value) := ["Fluent Bit", _part(key, `^fluentbit\.io/exclude(_stdout|_stderr)?$`)] if {
	value == "true"
	startswith(key, "fluentbit.io/exclude")
} else := ["Datadog", _part(key, `^ad\.datadoghq\.com/logs_exclude$`)] if {
	value == "true"
	regex.match(`^ad\.datadoghq\.com/(.+\.)?logs_exclude$`, key)
} else := ["Filebeat", _part(key, `^co\.elastic\.logs/enabled$`)] if {
	value == "false"
	regex.match(`^co\.elastic\.logs(\..+)?/enabled$`, key)
} else := ["Vector", sprintf("container %s", [value])] if {
	key == "vector.dev/exclude-containers"
	value != ""
} else := ["Splunk's collector", _pod] if {
	value == "true"
	key == "splunk.com/exclude"
} else := ["Sumo Logic's collector", _pod] if {
	value == "true"
	key == "sumologic.com/exclude"
}

_skipped("labels", "vector.dev/exclude", "true") := ["Vector", _pod]

_pod := "this Pod"

_part(key, whole) := _pod if {
	regex.match(whole, key)
} else := "a container of this Pod"

_collects(pod) if {
	some entry in workload.containers_of(pod)
	entry.role == "main"
	_is_collector(resource.text(object.get(entry.container, "image", "")))
}

_is_collector(image) if {
	collector.shipper(image)
} else if {
	regex.match(`(^|/)(datadog/agent|splunk-otel-collector)([:@]|$)`, image)
}
