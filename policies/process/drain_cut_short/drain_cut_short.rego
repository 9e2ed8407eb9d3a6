# METADATA
# scope: package
# title: The grace period is cut short
# description: >-
#   The times of a shutdown contradict each other. PM2 kills the program 1.6 seconds after its signal unless
#   kill_timeout says otherwise, whatever terminationGracePeriodSeconds grants; a preStop hook or a drain of the mesh's
#   proxy that takes the whole grace period leaves the program none; a classic proxy that leaves before the hook is
#   over takes the network with it.
# custom:
#   id: process/drain-cut-short
#   severity: warning
#   severities: [error, warning, info]
#   group: process
#   concerns: [drain]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     "preStop", "pm2", "keymetrics", "terminationDrainDuration", "proxy-wait-before-exit-seconds"
#   ]
#   parameters:
#     min_drain_seconds:
#       type: number
#       description: >-
#         The seconds that a program needs at least to finish its work after the signal to stop.
#       default: 5
#   remediation:
#     default: >-
#       Start the program itself, so that it gets SIGTERM and the whole grace period; keep the preStop hook short
#       and set terminationGracePeriodSeconds to the hook, the drain and five seconds.
#     sidecar: >-
#       Let the proxy be a native sidecar (sidecar.istio.io/nativeSidecar "true"), which outlives the application; else
#       set terminationDrainDuration of proxy.istio.io/config above the hook and below terminationGracePeriodSeconds.
#     ambient: >-
#       No proxy runs in the Pod; the hook and the drain of the program together must fit into
#       terminationGracePeriodSeconds.
#     linkerd: >-
#       Let the proxy be a native sidecar (config.linkerd.io/proxy-enable-native-sidecar "true"), and remove
#       config.alpha.linkerd.io/proxy-wait-before-exit-seconds.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.drain_cut_short

import data.lib.onelayer.command
import data.lib.onelayer.container
import data.lib.onelayer.duration
import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.pm2
import data.lib.onelayer.resource
import data.lib.onelayer.supervision
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s: PM2 kills %s %v s after its signal, whatever grace Kubernetes grants; start it itself", [
		entry.record.label,
		app.name,
		seconds,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": supervision.app_path(entry.record, item, pm2.kill_timeout(app).path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	_drains(entry.record)
	some item in entry.found
	some app in item.apps
	seconds := _app_seconds(entry.record, app)
	seconds < params.of("process/drain-cut-short").min_drain_seconds
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s: preStop takes %v s of %v s grace, so the program is killed before it can drain; raise the grace", [
		record.label,
		hook,
		_grace(record),
	]),
	"severity": container.severity(record, "error"),
	"path": array.concat(record.path, ["lifecycle", "preStop"]),
}) if {
	_long_hook
	some record in container.records
	_drains(record)
	hook := _hook_seconds(record)
	hook >= _grace(record)
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s: preStop (%v s) and the drain of PM2 (%v s) exceed the grace of %v s; raise the grace", [
		entry.record.label,
		hook,
		seconds,
		grace,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": array.concat(entry.record.path, ["lifecycle", "preStop"]),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.entries
	_drains(entry.record)
	hook := _hook_seconds(entry.record)
	grace := _grace(entry.record)
	hook < grace
	some item in entry.found
	seconds := max([_app_seconds(entry.record, app) | some app in item.apps])
	hook + seconds > grace
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s: PM2 waits %v s for %s to end, of which Kubernetes grants %v s; start it itself", [
		entry.record.label,
		seconds,
		app.name,
		grace,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": _grace_path(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.entries
	entry.record.pod != null
	_drains(entry.record)
	not _hook_seconds(entry.record)
	grace := _grace(entry.record)
	some item in entry.found
	some app in item.apps
	seconds := _app_seconds(entry.record, app)
	seconds > grace
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s drains for %v s of %v s grace, so the mesh's proxy is killed before it is done; raise the grace", [
		drain.owner,
		drain.seconds,
		_grace({"pod": pod}),
	]),
	"severity": drain.severity,
	"path": array.concat(pod.meta_path, ["annotations", key]),
}) if {
	some pod in workload.pods
	some key, _ in pod.meta.annotations
	drain := _proxy_drain(pod, key)
	_drains({"role": "main", "job": pod.job, "kind": pod.kind})
	drain.seconds >= _grace({"pod": pod})
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s: preStop takes %v s, the mesh's classic proxy leaves after %v s; use a native sidecar", [
		record.label,
		hook,
		proxy,
	]),
	"severity": container.severity(record, "warning"),
	"path": array.concat(record.path, ["lifecycle", "preStop"]),
}) if {
	some pod in _classic_pods
	some record in container.records
	record.pod == pod
	_drains(record)
	proxy := _proxy_seconds(pod, mesh.membership(pod).mode)
	hook := _hook_seconds(record)
	hook > proxy
	hook < _grace(record)
}

_classic_pods := [pod |
	some pod in workload.pods
	mesh.classic(pod)
]

_wait := "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"

_proxy_drain(pod, "proxy.istio.io/config") := drain if {
	not _drains_by_connections(pod)
	seconds := duration.of_go(mesh.proxy_config(pod).terminationDrainDuration) / 1000
	mesh.membership(pod).mode in {"sidecar", "gateway", "unknown"}
	drain := {"owner": "terminationDrainDuration", "seconds": seconds, "severity": "warning"}
}

_proxy_drain(pod, "config.alpha.linkerd.io/proxy-wait-before-exit-seconds") := drain if {
	seconds := _waited(pod)
	mesh.membership(pod).mode in {"linkerd", "unknown"}
	drain := {"owner": "proxy-wait-before-exit-seconds", "seconds": seconds, "severity": _waiting[mesh.native(pod)]}
}

_waiting := {"false": "error", "unknown": "warning"}

_waited(pod) := to_number(text) if {
	text := resource.text(pod.meta.annotations[_wait])
	regex.match(`^[0-9]{1,6}$`, text)
}

_proxy_seconds(pod, "sidecar") := seconds if {
	not _drains_by_connections(pod)
	seconds := duration.of_go(object.get(mesh.proxy_config(pod), "terminationDrainDuration", "5s")) / 1000
}

_proxy_seconds(pod, "linkerd") := seconds if {
	seconds := _waited(pod)
} else := 0

_drains_by_connections(pod) if {
	variables := mesh.proxy_config(pod).proxyMetadata
	lower(resource.text(variables.EXIT_ON_ZERO_ACTIVE_CONNECTIONS)) == "true"
}

_grace_path(record) := array.concat(record.pod.path, ["terminationGracePeriodSeconds"]) if {
	is_number(record.pod.spec.terminationGracePeriodSeconds)
} else := record.path

_long_hook if {
	some entry in workload.containers
	_may_exceed(entry.container.lifecycle.preStop, _grace(entry))
} else if {
	inventory.any_image
	some entry in workload.containers
	is_array(entry.container.lifecycle.preStop.exec.command)
	inventory.image_of(resource.text(object.get(entry.container, "image", "")))
}

_may_exceed(hook, grace) if {
	hook.sleep.seconds >= grace
} else if {
	text := concat(" ", [resource.text(word) | some word in hook.exec.command])
	_may_last(text, grace)
}

_may_last(text, grace) if {
	regex.match(`[$(){}]|\d[a-zA-Z]|done`, text)
} else if {
	sum([to_number(number) | some number in regex.find_n(`\d{1,9}`, text, -1)]) >= grace
}

_drains(record) if {
	record.role in {"main", "image"}
	not record.job
	not startswith(record.kind, "serving.knative.dev/")
}

_app_seconds(record, app) := to_number(record.env.PM2_KILL_TIMEOUT.value) / 1000 if {
	regex.match(`^[0-9]{1,9}$`, record.env.PM2_KILL_TIMEOUT.value)
	pm2.kill_timeout(app).declared == false
} else := milliseconds / 1000 if {
	milliseconds := pm2.kill_timeout(app).ms
	is_number(milliseconds)
}

_grace(record) := record.pod.spec.terminationGracePeriodSeconds if {
	is_number(record.pod.spec.terminationGracePeriodSeconds)
} else := 30

_hook_seconds(record) := record.spec.lifecycle.preStop.sleep.seconds if {
	is_number(record.spec.lifecycle.preStop.sleep.seconds)
} else := sum(pauses) if {
	list := record.spec.lifecycle.preStop.exec.command
	words := [{"v": resource.text(word), "path": record.path, "from": "manifest"} | some word in list]
	pauses := [_sleep(process) |
		some process in command.run(object.union(record.command, {"words": words})).processes
		not process.background
		not process.maybe
	]
	count(pauses) > 0
}

_sleep(process) := sum([seconds |
	some word in array.slice(process.argv, 1, count(process.argv))
	some found in regex.find_all_string_submatch_n(`^([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhd]?)$`, word, 1)
	seconds := to_number(found[1]) * _units[found[2]]
]) if {
	process.name == "sleep"
}

_units := {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
