# METADATA
# scope: package
# title: Nobody asks the application whether it is well
# description: >-
#   The container has no readiness probe, or asks one and the same question for readiness and liveness. Kubernetes
#   then sends traffic to a program that is not ready, and the mesh balances over it. Under a process manager it is
#   worse: crashes never reach Kubernetes, so without probes nobody notices them. In a mesh it weighs more for a
#   container to whose ports a Service sends traffic. Agents of nodes to which none does are left alone, and so is
#   Knative, whose own proxy asks for readiness where nothing is declared.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
#   description: Kubernetes, probes
# - ref: https://knative.dev/docs/serving/services/configure-probing/
#   description: Knative, the probe by default
# custom:
#   id: resilience/missing-probe
#   severity: info
#   severities: [error, warning, info]
#   group: resilience
#   concerns: [health]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, argoproj.io/Rollout,
#     serving.knative.dev/Service, serving.knative.dev/Configuration, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, inventory]
#   raised_by:
#     error: [
#       "pm2", "forever", "supervisord", "s6-", "/init", "runsv", "runit", "my_init", "circusd", "monit", "god",
#       "systemd", "sl-pm", "sl-run", "slc", "passenger", "foreman", "honcho", "overmind", "hivemind", "goreman",
#       "forego", "phusion", "linuxserver", "hassio", "homeassistant", "home-assistant", "alpine-s6", "-init",
#       "procodile", "shoreman", '\bnf\b', "process-compose", "pebble", "bluepill", "chaperone", "horust", "dinit",
#       "immortal", "svscan", "supervise", "perpd", "perpboot"
#     ]
#     warning: ["unit:istio", "unit:linkerd"]
#   parameters:
#     managed_is_error:
#       type: boolean
#       description: >-
#         Whether a missing probe is an error when a process manager runs in the container.
#       default: true
#   remediation:
#     default: >-
#       Add a readinessProbe that asks the application whether it can serve, and a livenessProbe that asks whether
#       it must be restarted, on different questions; a startupProbe covers a slow start.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.missing_probe

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.supervision
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": _missing(entry, entry.path in _managed),
	"severity": _severity(entry),
	"path": entry.path,
}) if {
	some entry in _serving
	not entry.container.readinessProbe
	not startswith(entry.kind, "serving.knative.dev/")
}

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": sprintf("container %q asks the same for liveness and readiness, so overload restarts it; ask differently", [
		entry.name,
	]),
	"severity": _doubled,
	"path": array.concat(entry.path, ["livenessProbe"]),
}) if {
	some entry in _serving
	entry.container.readinessProbe == entry.container.livenessProbe
	is_object(entry.container.livenessProbe)
}

_serving := [entry |
	some entry in workload.containers
	entry.role == "main"
	_doubtful(entry.container)
	not entry.pod.job
	not entry.name in {"istio-proxy", "linkerd-proxy"}
	_serves(entry)
]

_doubtful(container) if {
	not container.readinessProbe
} else if {
	container.readinessProbe == container.livenessProbe
}

_serves(entry) if {
	count(entry.container.ports) > 0
	not endswith(entry.kind, "/DaemonSet")
} else if {
	entry.path in _managed
} else if {
	count(entry.container.ports) > 0
	_called(entry)
}

_called(entry) if {
	namespace := resource.ref(entry.obj).namespace
	some service in inventory.services_of(namespace, object.get(entry.pod.meta, "labels", {}))
	_receives(entry, service)
}

_receives(entry, service) if {
	not service.spec.ports[0]
} else if {
	some port in service.spec.ports
	_reached(entry, port)
}

_reached(entry, port) if {
	_offers(entry, port)
} else if {
	every other in workload.containers_of(entry.pod) {
		not _offers(other, port)
	}
}

_offers(entry, port) if {
	some offered in entry.container.ports
	offered.containerPort == ports.reached(port, entry.pod)
}

_managed := {entry.record.path |
	some entry in supervision.entries
	some item in entry.found
	item.manager.class in {"supervisor", "procfile"}
	item.manager.starts
	not item.process.maybe
}

_missing(entry, true) := sprintf("container %q has no readinessProbe and a manager hides its crashes; add probes", [
	entry.name,
])

_missing(entry, false) := sprintf("container %q has no readinessProbe, so traffic comes before it is ready; add one", [
	entry.name,
])

_severity(entry) := "error" if {
	entry.path in _managed
	params.of("resilience/missing-probe").managed_is_error
} else := "warning" if {
	inventory.mesh
	_called(entry)
} else := "info"

_doubled := "warning" if {
	inventory.mesh
} else := "info"
