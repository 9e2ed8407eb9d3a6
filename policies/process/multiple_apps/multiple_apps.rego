# METADATA
# scope: package
# title: Several applications share one container
# description: >-
#   The container runs more than one application: several apps in a PM2 file, several programs of supervisord or a
#   Procfile, or a shell that starts one in the background and another in front. Kubernetes supervises the container
#   as one: when one application dies, the container stays Running and Ready, and neither restarts nor scaling see
#   it.
# related_resources:
# - ref: https://github.com/goldbergyoni/nodebestpractices#docker
#   description: Node.js best practices 8.3, let the container runtime handle replication and uptime
# custom:
#   id: process/multiple-apps
#   severity: error
#   severities: [error, warning, info]
#   group: process
#   concerns: [lifecycle, scaling, health]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     "&", "concurrently", "npm-run-all", "run-p", "pm2", "keymetrics", "supervisord", "s6-", "/init", "runsv", "runit",
#     "my_init", "foreman", "honcho", "overmind", "hivemind", "goreman", "forego", '\bnf\b', "phusion", "linuxserver",
#     "hassio", "homeassistant", "home-assistant", "alpine-s6", "-init", "multirun", "mprocs", "procodile", "shoreman"
#   ]
#   remediation:
#     default: >-
#       Give each application a container of its own: one Deployment per application from the same image with its
#       own command, a native sidecar for a true helper, a Job or CronJob for what ends.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.multiple_apps

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s holds %d applications started by %s; give each one a container of its own", [
		entry.record.label,
		group.count,
		group.by,
	]),
	"severity": container.severity(entry.record, group.severity),
	"path": group.path,
	"evidence": container.evidence(entry.record, group.item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some group in supervision.groups(entry)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s starts %s in the background beside %s; give each one a container of its own", [
		record.label,
		pair.behind.name,
		pair.front,
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, pair.behind.path),
	"evidence": container.evidence(record, pair.behind),
	"related": container.related(record),
}) if {
	some record in container.records
	some pair in supervision.pairs(record)
}
