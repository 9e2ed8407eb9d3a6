# METADATA
# scope: package
# title: The process manager keeps logs of its own
# description: >-
#   PM2 writes log files inside the container, rotates them with a module of its own, or its log tail is the output
#   of the container. What lies in files never reaches the node's log collector, fills the disk of the node, and is
#   lost with the Pod.
# custom:
#   id: observability/manager-logs
#   severity: warning
#   severities: [warning, info]
#   group: observability
#   concerns: [logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "pm2", "keymetrics"
#   ]
#   remediation:
#     default: >-
#       Write to stdout and stderr only: remove out_file, error_file, log_file and the log options, and drop
#       pm2-logrotate; the container runtime rotates and the collector ships.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.manager_logs

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.pm2
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 write the %s of %s to a file; write to stdout only", [
		entry.record.label, key.key, app.name,
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
	some key in pm2.log_keys(app)
	key.kind == "file"
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s starts PM2 with %s, so logs go to a file; write to stdout only", [
		entry.record.label, topic.option,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some topic in pm2.option_topics(item.parsed)
	topic.topic == "log"
	topic.applies
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s installs %s, which rotates log files in the container; write to stdout only", [
		record.label, module.name,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"related": container.related(record),
}) if {
	some record in container.records
	some process in array.concat(record.processes, supervision.build_processes(record))
	module := pm2.module_install(pm2.parse(process.argv))
	module.kind == "logs"
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s shows pm2 logs as its output instead of the program's own; start the program itself", [
		record.label,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
	"root": "process/manager-daemonised",
}) if {
	some record in container.records
	some process in record.processes
	process.last
	pm2.parse(process.argv).verb in {"logs", "log"}
}
