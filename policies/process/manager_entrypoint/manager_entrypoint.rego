# METADATA
# scope: package
# title: A process manager runs in the container
# description: >-
#   The container starts a process manager, and the manager starts the application. Kubernetes already restarts,
#   scales, stops and observes the container; a second supervisor inside hides crashes from it, swallows exit codes
#   and signals, and splits logs and metrics. Minimal init programs such as tini and the worker processes of one
#   server are fine.
# related_resources:
# - ref: https://github.com/goldbergyoni/nodebestpractices#docker
#   description: Node.js best practices 8.3, let the container runtime handle replication and uptime
# custom:
#   id: process/manager-entrypoint
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
#   needs: [object, source, image]
#   needles: [
#     "pm2", "forever", "supervisord", "s6-", "/init", "runsv", "runit", "my_init", "circusd", "monit", "god",
#     "systemd", "sl-pm", "sl-run", "slc", "passenger", "foreman", "honcho", "overmind", "hivemind", "goreman",
#     "forego", "phusion", "linuxserver", "hassio", "homeassistant", "home-assistant", "alpine-s6", "-init",
#     "procodile", "shoreman", '\bnf\b', "process-compose", "pebble", "bluepill", "chaperone", "horust", "dinit",
#     "immortal", "svscan", "supervise", "perpd", "perpboot"
#   ]
#   parameters:
#     allowed_managers:
#       type: array
#       description: >-
#         Names of process managers that this cluster accepts in containers, for example s6 or passenger.
#       default: []
#       items:
#         type: string
#   remediation:
#     default: >-
#       Start the application itself as the container's command, for example CMD ["node", "server.js"] or behind
#       tini, remove the manager, and let the kubelet restart it (restartPolicy, probes) and the Deployment scale it
#       (replicas, HorizontalPodAutoscaler).
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_entrypoint

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), found.record.obj, {
	"msg": sprintf("%s runs under %s, a second supervisor inside Kubernetes; start the program itself", [
		found.record.label,
		supervision.label(found.item),
	]),
	"severity": supervision.severity(found.record, found.item),
	"path": container.place(found.record, found.item.process.path),
	"evidence": container.evidence(found.record, found.item.process),
	"related": container.related(found.record),
}) if {
	some found in supervision.primary
	found.verdict == "entrypoint"
	not found.item.manager.name in params.of("process/manager-entrypoint").allowed_managers
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s mounts %s, the home of PM2, so PM2 runs in it; start the program itself", [
		record.label, mount.mount,
	]),
	"severity": container.severity(record, "warning"),
	"path": mount.path,
}) if {
	some record in container.records
	count(record.all_processes) == 0
	some mount in supervision.home_mounts(record)
}
