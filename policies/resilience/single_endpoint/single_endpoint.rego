# METADATA
# scope: package
# title: One endpoint behind a Service
# description: >-
#   A single replica answers for a Service. Kubernetes owns redundancy by replicas and the mesh by choosing among their
#   endpoints; with one endpoint every restart and every ejection is an outage, and processes that a manager multiplies
#   inside the Pod share its node, its restarts and its one address. An autoscaler helps by a minimum of two or more.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas
#   description: Kubernetes, replicas
# custom:
#   id: resilience/single-endpoint
#   severity: info
#   severities: [warning, info]
#   group: resilience
#   concerns: [scaling, load-balancing]
#   layers: [container, kubernetes, mesh]
#   applies_to: [apps/Deployment, extensions/Deployment, argoproj.io/Rollout, apps.openshift.io/DeploymentConfig]
#   needs: [object, inventory]
#   remediation:
#     default: >-
#       Set spec.replicas to two or more, or let a HorizontalPodAutoscaler with minReplicas 2 own the number; a workload
#       that may run only once says so by strategy Recreate.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.single_endpoint

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.supervision
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("one replica %s for Service %s%s; set %s to 2 or more", [
		_answers(scalers),
		resource.ref(services[0].service).name,
		_detail(_managed),
		_number(scalers),
	]),
	"severity": _severity(_managed),
	"path": _place(pod.obj.spec),
	"related": array.concat(
		[{
			"note": "sends traffic to this one Pod",
			"object": resource.ref(entry.service),
			"path": ["spec", "ports", entry.index],
		} |
			some entry in services
		],
		[{"note": "keeps no second Pod", "object": scaler, "path": ["spec"]} | some scaler in scalers],
	),
}) if {
	not inventory.empty
	some pod in workload.pods
	pod.kind in {
		"apps/Deployment", "extensions/Deployment", "argoproj.io/Rollout", "apps.openshift.io/DeploymentConfig",
	}
	object.get(pod.obj.spec, "replicas", 1) == 1
	not _singleton(pod)
	not mesh.part_of_a_mesh(pod)
	ref := resource.ref(pod.obj)
	services := [entry |
		some service in inventory.services_of(ref.namespace, object.get(pod.meta, "labels", {}))
		not inventory.shared(service, ref)
		some entry in ports.served_by(service, pod)
		_is_traffic(entry)
	]
	not inventory.kept_double(ref)
	scalers := inventory.autoscalers(ref)
}

_answers(scalers) := "answers" if {
	count(scalers) == 0
} else := "may answer"

_number(scalers) := "minReplicaCount" if {
	scalers[0].kind == "ScaledObject"
} else := "minReplicas" if {
	count(scalers) > 0
} else := "replicas"

_singleton(pod) if {
	pod.obj.spec.strategy.type == "Recreate"
} else if {
	some volume in pod.spec.volumes
	volume.persistentVolumeClaim
}

_is_traffic(entry) if {
	names := [entry.name, resource.ref(entry.service).name]
	not regex.match(`webhook|admission|conversion|metric|prom|health|probe`, lower(concat(" ", names)))
}

_managed if {
	some entry in supervision.entries
	entry.record.role == "main"
	some item in entry.found
	item.manager.class in {"supervisor", "procfile"}
	item.manager.starts
} else := false

_detail(true) := ", and a process manager inside it replaces no Pod"

_detail(false) := ", so every restart is an outage that no mesh can route around"

_severity(true) := "warning"

_severity(false) := "warning" if {
	inventory.mesh
} else := "info"

_place(spec) := ["spec", "replicas"] if {
	spec.replicas
} else := ["spec"]
