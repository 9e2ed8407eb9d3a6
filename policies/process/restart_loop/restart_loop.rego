# METADATA
# scope: package
# title: A hand-written loop restarts the program
# description: >-
#   A shell loop starts the program again whenever it ends, or until it succeeds, and nothing else follows. That is a
#   supervisor without back-off: the container never ends, so Kubernetes counts no restart and raises no alarm. The
#   same rule reports a restartPolicy that contradicts the kind of the workload.
# custom:
#   id: process/restart-loop
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
#     '\bwhile\b', '\buntil\b', "((", "restartPolicy"
#   ]
#   parameters:
#     schedule_seconds:
#       type: integer
#       description: >-
#         A loop that sleeps at least this many seconds is a schedule and reported by process/cron-in-container
#         instead.
#       default: 30
#   remediation:
#     default: >-
#       Start the program once, with exec, as the container's command and let the kubelet restart it: it counts,
#       waits between tries and shows CrashLoopBackOff. For periodic work use a CronJob.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.restart_loop

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.supervision
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s restarts %s in %s; start it once and let the kubelet restart it", [
		record.label,
		process.name,
		_loop(process.loop),
	]),
	"severity": container.severity(record, "error"),
	"path": container.place(record, process.path),
	"evidence": container.evidence(record, process),
	"related": container.related(record),
}) if {
	some record in container.records
	process := _looped(record)
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s has restartPolicy %s, which its kind does not allow; use %s", [pod.obj.kind, policy, allowed]),
	"path": array.concat(pod.path, ["restartPolicy"]),
}) if {
	some pod in workload.pods
	policy := pod.spec.restartPolicy
	is_string(policy)
	allowed := _allowed(pod, policy)
}

_looped(record) := process if {
	looped := [candidate |
		some candidate in record.processes
		_repeats(candidate.loop, candidate, record)
		not candidate.background
		not candidate.name in supervision.helpers
		_short(candidate.loop.sleep)
	]
	process := looped[0]
	every other in record.all_processes {
		_inside_or_before(other, process)
	}
}

_loop(loop) := "an endless shell loop" if {
	loop.endless
} else := "a shell loop until it succeeds"

_repeats(loop, _, _) if loop.endless

_repeats(loop, process, record) if {
	loop.retried
	record.role in {"main", "sidecar", "image", "service"}
	process.name in _runtimes
	not _asks(process.argv)
}

_asks(argv) if {
	some word in argv
	word in {"-c", "-e", "-m", "-p", "-r", "--eval", "--print"}
}

_runtimes := {"node", "nodejs", "deno", "bun", "java", "dotnet", "php", "ruby", "python", "python3"}

_inside_or_before(other, process) if {
	other.order <= process.order
} else if {
	_harmless(other)
}

_harmless(other) if other.loop.endless

_harmless(other) if other.name in supervision.helpers

_short(null) := true

_short(seconds) if {
	seconds < params.of("process/restart-loop").schedule_seconds
}

_allowed(pod, policy) := "Never or OnFailure" if {
	pod.job
	policy == "Always"
} else := "Always" if {
	pod.kind in _always
	policy != "Always"
}

_always := {
	"apps/Deployment",
	"apps/StatefulSet",
	"apps/DaemonSet",
	"apps/ReplicaSet",
	"extensions/Deployment",
	"extensions/DaemonSet",
	"extensions/ReplicaSet",
	"/ReplicationController",
	"argoproj.io/Rollout",
	"apps.openshift.io/DeploymentConfig",
}
