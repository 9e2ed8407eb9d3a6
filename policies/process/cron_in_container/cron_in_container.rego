# METADATA
# scope: package
# title: A schedule runs inside the container
# description: >-
#   The container schedules work by itself: a cron daemon, cron_restart of PM2, or a shell loop with a long sleep.
#   Nobody but the container knows whether a run happened, failed or overlapped; every replica runs it again.
# custom:
#   id: process/cron-in-container
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [lifecycle, scaling]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "cron", '\bwhile\b', '\buntil\b', "((", "pm2", "keymetrics"
#   ]
#   parameters:
#     schedule_seconds:
#       type: integer
#       description: >-
#         A shell loop that sleeps at least this many seconds is a schedule; a faster one is reported by
#         process/restart-loop.
#       default: 30
#   remediation:
#     default: >-
#       Make the work a CronJob with the same image and schedule; it records each run, its exit code and its logs,
#       and concurrencyPolicy keeps runs apart. A program that leaks needs a memory limit, not a nightly restart.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.cron_in_container

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.pm2
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s runs the schedule daemon %s; make the work a CronJob", [entry.record.label, item.process.name]),
	"severity": container.severity(entry.record, "warning"),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
}) if {
	some entry in supervision.answerable
	some item in entry.found
	item.manager.class == "cron"
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 restart %s on a schedule; make the work a CronJob, or drop it", [
		entry.record.label, app.name,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": supervision.app_path(entry.record, item, schedule.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	schedule := pm2.cron(app)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s runs %s %s in a shell loop; make it a CronJob", [
		record.label,
		process.name,
		_interval(process.loop.sleep),
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
}) if {
	some record in container.records
	process := _scheduled(record)
}

_scheduled(record) := [process |
	some process in record.processes
	process.loop.endless
	not process.background
	_is_long(process.loop.sleep)
	not process.name in supervision.helpers
][0]

_is_long(sleep) if {
	sleep == "unknown"
} else if {
	sleep >= params.of("process/cron-in-container").schedule_seconds
}

_interval(seconds) := sprintf("every %v seconds", [seconds]) if {
	is_number(seconds)
} else := "again after each sleep"
