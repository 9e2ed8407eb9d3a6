# METADATA
# scope: package
# title: PM2 is used as on a host
# description: >-
#   The container uses what PM2 offers for servers that live long: pm2 startup and save for the boot of a host,
#   resurrect, deploy and update, or a volume for PM2's home. A container has no boot and no later deployment; its
#   state is the image and the manifest.
# custom:
#   id: process/host-era-command
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [lifecycle, logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "pm2", "PM2_HOME"
#   ]
#   remediation:
#     default: >-
#       Remove the command or the volume: the image and the Deployment say what runs, and a rolling update deploys
#       it.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.host_era_command

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.pm2
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s calls pm2 %s, made for hosts that boot; the image and the manifest say what runs", [
		record.label, verb,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
}) if {
	some record in container.records
	some process in array.concat(record.processes, supervision.build_processes(record))
	verb := pm2.parse(process.argv).verb
	verb in _verbs
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s keeps PM2's home %s in a volume; containers need no state of a manager", [
		record.label, place.mount,
	]),
	"severity": container.severity(record, "warning"),
	"path": place.path,
}) if {
	some record in container.records
	some place in supervision.home_mounts(record)
}

_verbs := {
	"startup", "unstartup", "save", "dump", "resurrect", "deploy", "update", "updatePM2", "deepUpdate",
	"cleardump",
}
