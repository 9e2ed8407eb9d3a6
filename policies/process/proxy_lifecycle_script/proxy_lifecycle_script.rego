# METADATA
# scope: package
# title: A script drives the life of the mesh's proxy
# description: >-
#   A command or a hook of the application waits for the proxy of the mesh, or shuts it down. The mesh owns its proxy
#   and Kubernetes the order of containers - a native sidecar starts before the application and ends after it without
#   any script, which fails as soon as the port, the path or the mode of the mesh changes.
# related_resources:
# - ref: https://istio.io/latest/blog/2023/native-sidecars/
#   description: Istio, native sidecars
# - ref: https://linkerd.io/2/features/native-sidecars/
#   description: Linkerd, native sidecars
# custom:
#   id: process/proxy-lifecycle-script
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "quitquitquit", ":15021/", ":15020/", ":4191/", "pilot-agent", "scuttle", "linkerd-await",
#     "holdApplicationUntilProxyStarts", "ENVOY_ADMIN_API", "ISTIO_QUIT_API"
#   ]
#   remediation:
#     default: >-
#       Remove the script and let the proxy be a native sidecar; Kubernetes starts it first and ends it last, and a Job
#       completes by itself.
#     sidecar: >-
#       Remove the script and set sidecar.istio.io/nativeSidecar "true" on the pod template; it is the default where
#       every node has Kubernetes 1.33 and Istio is recent.
#     ambient: >-
#       Remove the script; no proxy runs in the Pod, so nothing answers on its ports.
#     linkerd: >-
#       Remove the script and set config.linkerd.io/proxy-enable-native-sidecar "true" on the pod template; recent
#       versions of Linkerd do so by default.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.proxy_lifecycle_script

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s %s; the mesh owns its proxy, so %s", [record.label, driven.what, _advice(record, driven.plane)]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, driven.path),
	"related": container.related(record),
}) if {
	some record in container.records
	_may_leave_it(record)
	driven := _driven(record)[0]
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": "holdApplicationUntilProxyStarts adds nothing to a native sidecar, which starts first anyway; remove it",
	"severity": "info",
	"path": array.concat(pod.meta_path, ["annotations", "proxy.istio.io/config"]),
}) if {
	some pod in workload.pods
	mesh.proxy_config(pod).holdApplicationUntilProxyStarts == true
	mesh.native(pod) == "true"
}

_may_leave_it(record) if {
	record.pod == null
} else if {
	mesh.native(record.pod) != "false"
	not mesh.part_of_a_mesh(record.pod)
	mesh.membership(record.pod).mode != "gateway"
	not record.name in {"istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init"}
}

_driven(record) := [driven |
	some told in array.concat(
		array.concat(_words(record), _hooks(record)),
		array.concat(_started(record), _variables(record)),
	)
	[plane, what] := _meaning(told.text)
	driven := {"plane": plane, "what": what, "path": told.path}
]

_words(record) := [{"text": word.v, "path": word.path} |
	some word in record.command.words
	_answers_for(record, word.from)
]

_variables(record) := [{"text": "scuttle", "path": variable.path} |
	some name in ["ENVOY_ADMIN_API", "ISTIO_QUIT_API"]
	variable := record.env[name]
	_answers_for(record, variable.from)
]

_answers_for(record, from) if {
	from == "manifest"
} else if {
	record.kind == "onelayer.dev/Image"
} else if {
	resource.in_cluster
}

_started(record) := [{"text": concat(" ", process.argv), "path": process.path} | some process in record.processes]

_hooks(record) := [{"text": text, "path": path} |
	some field in ["postStart", "preStop"]
	text := concat(" ", [resource.text(word) | some word in record.spec.lifecycle[field].exec.command])
	path := array.concat(record.path, ["lifecycle", field, "exec", "command"])
]

_meaning(text) := ["istio", "shuts Istio's proxy down"] if {
	regex.match(`:(15000|15020)/quitquitquit`, text)
} else := ["istio", "waits for Istio's proxy"] if {
	regex.match(`:(15020|15021)/(healthz/ready|ready)`, text)
} else := ["istio", "calls Istio's pilot-agent"] if {
	regex.match(`(^|[\s/;&|"'])pilot-agent\s+(wait|request)(\s|$)`, text)
} else := ["istio", "runs under scuttle"] if {
	regex.match(`(^|[\s/;&|"'])scuttle(\s|$)`, text)
} else := ["linkerd", "shuts Linkerd's proxy down"] if {
	regex.match(`:4191/shutdown`, text)
} else := ["linkerd", "waits for Linkerd's proxy"] if {
	regex.match(`:4191/(ready|live)`, text)
} else := ["linkerd", "runs under linkerd-await"] if {
	regex.match(`(^|[\s/;&|"'])linkerd-await(\s|$)`, text)
}

_advice(record, plane) := "remove it, no proxy runs in this Pod" if {
	mesh.membership(record.pod).mode in {"ambient", "none"}
} else := sprintf("use a native sidecar (%s)", [_switches[plane]])

_switches := {
	"istio": "sidecar.istio.io/nativeSidecar",
	"linkerd": "config.linkerd.io/proxy-enable-native-sidecar",
}
