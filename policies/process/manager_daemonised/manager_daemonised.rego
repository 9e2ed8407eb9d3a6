# METADATA
# scope: package
# title: A process manager runs in the background
# description: >-
#   The manager is started as a daemon and the container then idles on a log tail or a sleep, or simply ends. When
#   the application dies, or even the manager, the main process of the container lives on, so Kubernetes sees a
#   healthy container without a program in it.
# related_resources:
# - ref: https://github.com/goldbergyoni/nodebestpractices#docker
#   description: Node.js best practices 8.3, let the container runtime handle replication and uptime
# custom:
#   id: process/manager-daemonised
#   severity: error
#   severities: [error, warning, info]
#   group: process
#   concerns: [lifecycle, logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     "pm2", "forever", "supervisord", "s6-", "/init", "runsv", "runit", "my_init", "circusd", "monit", "god",
#     "systemd", "sl-pm", "sl-run", "slc", "passenger", "foreman", "honcho", "overmind", "hivemind", "goreman",
#     "forego", "procodile", "shoreman", '\bnf\b', "process-compose", "pebble", "bluepill", "chaperone", "horust",
#     "dinit", "immortal", "svscan", "supervise", "perpd", "perpboot"
#   ]
#   remediation:
#     default: >-
#       Start the application in the foreground as the container's command, for example CMD ["node", "server.js"];
#       drop the manager together with the tail or sleep that keeps the container alive.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_daemonised

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), found.record.obj, {
	"msg": sprintf("%s starts %s in the background, so Kubernetes watches an idle process; run the program in front", [
		found.record.label,
		supervision.label(found.item),
	]),
	"severity": container.severity(found.record, supervision.certainty(found.item, "error")),
	"path": container.place(found.record, found.item.process.path),
	"evidence": container.evidence(found.record, found.item.process),
	"related": container.related(found.record),
}) if {
	some found in supervision.primary
	found.verdict == "daemonised"
}
