# METADATA
# scope: package
# title: A Pod has a log pipeline of its own
# description: >-
#   A container beside the application reads its log files from a shared volume and ships, rotates or copies them. The
#   cluster's pipeline owns logs - a collector on each node reads what containers print. A second one in every Pod costs
#   memory for each replica, loses what it holds when the Pod ends, and keeps Jobs from ending.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/cluster-administration/logging/
#   description: Kubernetes, logging with an agent on each node
# custom:
#   id: observability/log-shipper-sidecar
#   severity: warning
#   severities: [warning, info]
#   group: observability
#   concerns: [logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/ReplicaSet, batch/Job, batch/CronJob, argoproj.io/Rollout,
#     serving.knative.dev/Service, serving.knative.dev/Configuration, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object]
#   needles: [
#     "fluent-bit", "fluentbit", "fluentd", "td-agent", "filebeat", "logstash", "promtail", "vector", "alloy",
#     "grafana/agent", "logrotate", '\btail\b'
#   ]
#   parameters:
#     allowed_namespaces:
#       type: array
#       items: {type: string}
#       description: >-
#         The namespaces whose workloads may ship logs by themselves, such as those that must keep them apart.
#       default: []
#   remediation:
#     default: >-
#       Let the application print to stdout and stderr and remove the container and the shared volume; the collector on
#       the node reads, labels and ships it. Parse and filter in the collector.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.log_shipper_sidecar

import data.lib.onelayer.collector
import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": sprintf("container %q ships log files of %q with %s; the cluster's pipeline owns logs, so print to stdout", [
		entry.name, sources[0].name, shipper,
	]),
	"path": array.concat(entry.path, ["image"]),
	"related": _places(sources),
}) if {
	some entry in _beside
	shipper := collector.shipper(object.get(entry.container, "image", ""))
	sources := _sources(entry)
}

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": sprintf("container %q rotates log files; the container runtime owns rotation, so print to stdout", [
		entry.name,
	]),
	"path": array.concat(entry.path, ["image"]),
	"related": _places(sources),
}) if {
	some entry in _beside
	collector.rotator(object.get(entry.container, "image", ""))
	sources := _sources(entry)
	count(sources) > 0
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s runs logrotate; the container runtime owns rotation, so print to stdout", [
		record.label,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
}) if {
	some record in _records
	not collector.rotator(record.image_ref)
	some process in record.processes
	process.name == "logrotate"
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s only copies the log file %s to its output; let %q print to stdout itself", [
		record.label, file, sources[0].name,
	]),
	"severity": "info",
	"path": container.place(record, process.path),
	"related": _places(sources),
}) if {
	some record in _records
	some process in record.processes
	file := _followed(process)
	sources := [source | some source in _sources(_entry(record)); _below(file, source.read_at)]
}

_pods := [pod |
	some pod in workload.pods
	not collector.without_node(pod)
	not _of_a_node(pod)
	not resource.ref(pod.obj).namespace in params.of("observability/log-shipper-sidecar").allowed_namespaces
]

_of_a_node(pod) if {
	endswith(pod.kind, "/DaemonSet")
} else if {
	some owner in resource.meta(pod.obj).ownerReferences
	owner.kind == "DaemonSet"
}

_beside := [entry |
	some pod in _pods
	some entry in workload.containers_of(pod)
	entry.role in {"main", "sidecar"}
]

_records := [record |
	some record in container.records
	record.role in {"main", "sidecar"}
	record.pod in _pods
]

_entry(record) := {"name": record.name, "path": record.path, "container": record.spec, "pod": record.pod}

_sources(entry) := [source |
	some mount in _mounts(entry)
	some other in workload.containers_of(entry.pod)
	other.role == "main"
	other.path != entry.path
	not _serves_another(other)
	some index, theirs in other.container.volumeMounts
	resource.text(theirs.name) == mount.name
	_may_hold_logs(entry.pod, theirs)
	source := {
		"name": other.name,
		"object": resource.ref(other.obj),
		"path": array.concat(other.path, ["volumeMounts", index]),
		"read_at": mount.path,
	}
]

_mounts(entry) := [{"name": resource.text(mount.name), "path": resource.text(mount.mountPath)} |
	some mount in entry.container.volumeMounts
]

_serves_another(entry) if {
	collector.shipper(object.get(entry.container, "image", ""))
} else if {
	collector.rotator(object.get(entry.container, "image", ""))
} else if {
	collector.helper(entry.name)
} else if {
	collector.helper(resource.text(object.get(entry.container, "image", "")))
}

_may_hold_logs(pod, mount) if {
	mount.name != ""
	not mount.readOnly == true
	not regex.match(`^/(tmp|etc|run|var/run)(/|$)|cert|tls|secret|\.sock$`, resource.text(mount.mountPath))
	not _is_configuration(pod, mount)
}

_is_configuration(pod, mount) if {
	some volume in pod.spec.volumes
	volume.name == mount.name
	some kind in ["configMap", "secret", "projected", "downwardAPI", "csi"]
	is_object(volume[kind])
} else if {
	some volume in pod.spec.volumes
	volume.name == mount.name
	path := lower(resource.text(volume.hostPath.path))
	not contains(path, "log")
}

_followed(process) := files[0] if {
	process.name == "tail"
	some word in process.argv
	regex.match(`^(-[a-zA-Z0-9+]*[fF]|--follow)`, word)
	files := [word | some word in process.argv; startswith(word, "/")]
}

_below(file, folder) if startswith(file, concat("", [trim_suffix(folder, "/"), "/"]))

_places(sources) := [place |
	some source in sources
	place := {"note": sprintf("%s writes here", [source.name]), "object": source.object, "path": source.path}
]
