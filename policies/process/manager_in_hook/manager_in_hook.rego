# METADATA
# scope: package
# title: A probe or hook talks to the process manager
# description: >-
#   A probe or lifecycle hook calls the process manager inside the container. The answer tells how the manager
#   fares, not the application: pm2 ping is healthy while every application is down. Reloading and stopping are the
#   rollout's concern.
# custom:
#   id: process/manager-in-hook
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [health, drain]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object]
#   needles: [
#     "pm2", "supervis", "s6-", "/init", "my_init", '\bsv\b', "runsv", "runit", "forever", "circus", "monit", "god",
#     "systemctl", "systemd", "sl-pm", "sl-run", "slc", "passenger", "bluepill", "chaperone", "dinit", "horust",
#     "immortal", "pebble", "perpboot", "perpd", "process-compose"
#   ]
#   remediation:
#     default: >-
#       Probe the application itself with httpGet, grpc or tcpSocket; use a rolling update instead of a reload, and
#       terminationGracePeriodSeconds with a SIGTERM handler instead of a stop command.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_in_hook

import data.lib.onelayer.command
import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.manager

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s asks %s in its %s, not the application; probe the application itself", [
		record.label, name, hook.name,
	]),
	"severity": container.severity(record, "warning"),
	"path": hook.path,
	"related": container.related(record),
}) if {
	some record in container.records
	some hook in _hooks(record)
	some process in command.run(object.union(record.command, {"words": hook.words})).processes
	name := manager.probe_command(process.argv)
}

_hooks(record) := array.concat(
	[hook |
		some field in ["livenessProbe", "readinessProbe", "startupProbe"]
		hook := _exec(record, [field, "exec", "command"], field, record.spec[field].exec.command)
	],
	[hook |
		some field in ["preStop", "postStart"]
		hook := _exec(record, ["lifecycle", field, "exec", "command"], field, record.spec.lifecycle[field].exec.command)
	],
) if {
	record.pod != null
} else := [hook |
	hook := _test(record, record.spec.healthcheck.test)
] if {
	record.role == "service"
} else := [hook |
	words := record.folded.healthcheck.words
	hook := {"name": "HEALTHCHECK", "path": record.folded.healthcheck.path, "words": words}
]

_exec(record, below, name, list) := {"name": name, "path": path, "words": words} if {
	is_array(list)
	path := array.concat(record.path, below)
	words := [{"v": word, "path": path, "from": "manifest"} | some word in list; is_string(word)]
}

_test(record, test) := {"name": "healthcheck", "path": path, "words": words} if {
	is_string(test)
	path := array.concat(record.path, ["healthcheck", "test"])
	words := [{"v": word, "path": path, "from": "manifest"} | some word in ["/bin/sh", "-c", test]]
} else := {"name": "healthcheck", "path": path, "words": words} if {
	is_array(test)
	path := array.concat(record.path, ["healthcheck", "test"])
	shell := [word | test[0] == "CMD-SHELL"; some word in ["/bin/sh", "-c"]]
	given := [word | some index, word in test; index > 0; is_string(word)]
	words := [{"v": word, "path": path, "from": "manifest"} | some word in array.concat(shell, given)]
}
