# METADATA
# scope: package
# title: The process manager decides about restarts
# description: >-
#   PM2 restarts by limits of its own: memory, delays, counts and back-off. The kubelet already owns restarts, with
#   back-off, a counter and alarms; restarts inside the container never raise it. Where the container has no memory
#   limit or no liveness probe, nobody but PM2 owns the concern at all.
# custom:
#   id: resilience/manager-restart-policy
#   severity: warning
#   severities: [error, warning, info]
#   group: resilience
#   concerns: [lifecycle, health]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     "pm2", "keymetrics"
#   ]
#   remediation:
#     default: >-
#       Drop the keys and let the kubelet restart: resources.limits.memory instead of max_memory_restart (with
#       --max-old-space-size for node), a livenessProbe for hangs, and the kubelet's own back-off.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.manager_restart_policy

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.pm2
import data.lib.onelayer.resource
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 decide about restarts of %s (%s); leave them to the kubelet", [
		entry.record.label,
		app.name,
		key.key,
	]),
	"severity": container.severity(entry.record, supervision.certainty(item, _severity(entry.record))),
	"path": supervision.app_path(entry.record, item, key.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	some key in pm2.restart_keys(app)
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 decide about restarts (%s); leave them to the kubelet", [
		entry.record.label, topic.option,
	]),
	"severity": container.severity(entry.record, supervision.certainty(item, _severity(entry.record))),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some topic in pm2.option_topics(item.parsed)
	topic.topic == "restart"
	topic.applies
}

_severity(record) := "error" if {
	record.pod != null
	not _owned(record.spec)
} else := "error" if {
	some use in inventory.consumers(resource.ref(record.obj).name)
	use.guarded == false
	not use.assumed
} else := "warning"

_owned(spec) if {
	spec.resources.limits.memory
	spec.livenessProbe
}
