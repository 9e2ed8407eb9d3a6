# METADATA
# scope: package
# title: A file watcher restarts the program
# description: >-
#   The container runs a development watcher: pm2 --watch, nodemon, node --watch or ts-node-dev. In a cluster the
#   files of an image never change, so the watcher costs memory and start-up time, restarts the program when it
#   writes a file of its own, and hides its crashes.
# custom:
#   id: process/file-watcher
#   severity: error
#   severities: [error, warning, info]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "watch", "nodemon", "node-dev", "tsnd", "supervisor", "pm2", "keymetrics", "--hot", "nest", "--reload",
#     "flask", "reflex", "CompileDaemon", '\bair\b', '\bentr\b', "chokidar", '\brerun\b'
#   ]
#   remediation:
#     default: >-
#       Start the program without a watcher, for example CMD ["node", "server.js"]; keep the watcher in the dev
#       script and in tools such as Tilt or Skaffold.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.file_watcher

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.pm2
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s runs %s, a file watcher for development; start the program itself", [
		entry.record.label,
		supervision.label(item),
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
}) if {
	some entry in supervision.answerable
	some item in entry.found
	item.manager.class == "watcher"
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s lets PM2 watch files and restart %s; remove watch", [entry.record.label, app.name]),
	"severity": container.severity(entry.record, supervision.certainty(item, "error")),
	"path": supervision.app_path(entry.record, item, watched.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	watched := pm2.watch(app)
}
