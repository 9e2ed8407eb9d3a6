# METADATA
# scope: package
# title: SIGTERM does not reach the program
# description: >-
#   The first process of the container is a shell or a package manager that does not pass SIGTERM on, or PM2, which
#   turns it into SIGINT and kills after 1.6 seconds. Kubernetes and the mesh announce the end of a Pod with
#   SIGTERM; a program that never hears it cannot drain, waits for the whole grace period and is killed.
# custom:
#   id: process/signals-swallowed
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [drain, lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     'sh\b', '\bnpm\b', '\bnpx\b', '\byarn', '\bpnpm\b', '\bpnpx\b', '\bbun\b', '\bbunx\b', "pm2", "keymetrics"
#   ]
#   remediation:
#     default: >-
#       Use the exec form, CMD ["node", "server.js"]; end an entrypoint script with exec; call node instead of npm
#       start; add tini when the program must not be PID 1.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.signals_swallowed

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.manager
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s starts %s below %s, which does not pass SIGTERM on; use the exec form or exec", [
		record.label,
		process.name,
		process.pid1,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
}) if {
	some record in container.records
	_long_lived(record)
	process := _swallowed(record)
}

violation contains finding.new(rego.metadata.chain(), found.record.obj, {
	"msg": sprintf("%s runs under %s, which turns SIGTERM into SIGINT; let the program hear SIGTERM itself", [
		found.record.label,
		found.item.process.name,
	]),
	"severity": container.severity(found.record, "warning"),
	"path": container.place(found.record, found.item.process.path),
	"related": container.related(found.record),
	"root": _roots[found.verdict],
}) if {
	some found in supervision.primary
	_long_lived(found.record)
	found.item.manager.name == "pm2"
}

_roots := {
	"entrypoint": "process/manager-entrypoint",
	"daemonised": "process/manager-daemonised",
	"job": "process/manager-in-job",
}

_long_lived(record) if {
	record.role in {"main", "sidecar", "service", "image"}
	not record.job
	not record.standalone
}

_swallowed(record) := process if {
	front := [candidate | some candidate in record.all_processes; candidate.last]
	count(front) == 1
	process := front[0]
	process in record.processes
	process.shells > 0
	not process.name in supervision.helpers
	not manager.of(process)
	process.loop == null
}
