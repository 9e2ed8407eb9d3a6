# METADATA
# scope: package
# title: The process manager reports to a monitoring of its own
# description: >-
#   PM2 Plus or Keymetrics is linked, or PM2's agent is switched on. It is a second path for metrics and traces
#   beside the cluster's pipeline and the mesh, with keys in the environment and an egress that no policy of the
#   mesh owns.
# custom:
#   id: observability/manager-telemetry
#   severity: warning
#   severities: [warning, info]
#   group: observability
#   concerns: [metrics, tracing]
#   layers: [container, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "pm2", "PM2", "KEYMETRICS", "keymetrics", "pmx", "KM_RECYCLE", "AGENT_TRANSPORT", "AGENT_WEBSOCKET"
#   ]
#   remediation:
#     default: >-
#       Remove the keys, options and packages of PM2 Plus; take request metrics and traces from the mesh, and the
#       program's own from prom-client or OpenTelemetry.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.manager_telemetry

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.manager
import data.lib.onelayer.pm2
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s sets %s, which links PM2 to a monitoring of its own; remove it", [record.label, name]),
	"severity": container.severity(record, "warning"),
	"path": variable.path,
	"related": container.related(record),
}) if {
	some record in container.records
	some name, variable in record.env
	_own(record, variable)
	_links(record, name)
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s starts PM2 with %s, a monitoring of its own; remove it", [entry.record.label, topic.option]),
	"severity": container.severity(entry.record, "warning"),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some topic in pm2.option_topics(item.parsed)
	topic.topic == "telemetry"
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 observe %s (%s); use the cluster's metrics and traces", [
		entry.record.label, app.name, key.key,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": supervision.app_path(entry.record, item, key.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	some key in pm2.telemetry_keys(app)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s calls pm2 %s, a monitoring of its own; remove it", [record.label, verb]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
}) if {
	some record in container.records
	some process in array.concat(record.processes, supervision.build_processes(record))
	verb := pm2.parse(process.argv).verb
	verb in {"link", "plus", "register", "monitor", "login"}
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s ships %s, PM2's agent inside the program; use prom-client or OpenTelemetry", [record.label, name]),
	"severity": container.severity(record, "warning"),
	"path": ["spec", "files", key, "packageJSON", "dependencies", name],
	"related": container.related(record),
}) if {
	some record in container.records
	record.kind == "onelayer.dev/Image"
	some key, file in record.command.files
	some name in {"@pm2/io", "@pm2/agent", "pmx", "keymetrics"}
	file.packageJSON.dependencies[name]
}

_own(record, variable) if {
	variable.from == "manifest"
} else if {
	record.kind == "onelayer.dev/Image"
}

_links(record, name) if {
	pm2.env_kind(name) == "telemetry"
	not name in {"PM2_APP_NAME", "PM2_NO_INTERACTION", "PM2_MACHINE_NAME"}
} else if {
	name in {"SECRET_KEY", "PUBLIC_KEY"}
	record.env.SECRET_KEY
	record.env.PUBLIC_KEY
	_runs_pm2(record)
}

_runs_pm2(record) if {
	some process in record.all_processes
	found := manager.of(process)
	found.name == "pm2"
	found.starts
}
