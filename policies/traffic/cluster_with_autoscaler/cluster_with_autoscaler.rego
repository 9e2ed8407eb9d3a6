# METADATA
# scope: package
# title: Two scalers own one workload
# description: >-
#   PM2 multiplies the program inside the container while replicas or an autoscaler multiply the container. The
#   autoscaler measures and moves whole groups of workers, requests and limits are shared out by nobody, and the
#   balancer of the mesh sees one endpoint where many processes answer.
# custom:
#   id: traffic/cluster-with-autoscaler
#   severity: error
#   severities: [error, warning, info]
#   group: traffic
#   concerns: [scaling, load-balancing]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     apps/Deployment, apps/StatefulSet, apps/ReplicaSet, extensions/Deployment, argoproj.io/Rollout,
#     apps.openshift.io/DeploymentConfig, /ReplicationController
#   ]
#   needs: [object, inventory, image]
#   needles: [
#     "pm2", "keymetrics"
#   ]
#   remediation:
#     default: >-
#       Run one process per container and let the HorizontalPodAutoscaler or replicas scale: replicas times workers
#       becomes replicas, and the resources of one container become those of one process.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.cluster_with_autoscaler

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s scales by PM2 (%v workers) and by %s; keep one process per container", [
		entry.record.label,
		app.instances,
		scaler.name,
	]),
	"severity": container.severity(entry.record, supervision.certainty(item, "error")),
	"path": scaler.path,
	"evidence": container.evidence(entry.record, item.process),
	"related": scaler.related,
	"root": "traffic/in-container-cluster",
}) if {
	some entry in supervision.entries
	entry.record.role == "main"
	some item in entry.found
	app := [candidate | some candidate in item.apps; supervision.multiplied(candidate)][0]
	scaler := _scaler(entry.record)
}

_scaler(record) := {"name": name, "path": ["metadata", "name"], "related": related} if {
	scalers := inventory.autoscalers(resource.ref(record.obj))
	name := sprintf("%s %s", [scalers[0].kind, scalers[0].name])
	related := [{"note": "scales the workload", "object": scaler, "path": ["spec"]} | some scaler in scalers]
} else := {"name": sprintf("replicas %v", [record.obj.spec.replicas]), "path": ["spec", "replicas"], "related": []} if {
	is_number(record.obj.spec.replicas)
	record.obj.spec.replicas > 1
}
