# METADATA
# scope: package
# title: A fixed number of replicas beside an autoscaler
# description: >-
#   The manifest fixes replicas while an autoscaler owns that number. Each time the manifest is applied, Kubernetes goes
#   back to the fixed number and the autoscaler has to climb again, under load with too few Pods behind the balancer.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
#   description: Kubernetes, moving to horizontal autoscaling
# custom:
#   id: traffic/replicas-with-autoscaler
#   severity: warning
#   severities: [warning]
#   group: traffic
#   concerns: [scaling]
#   layers: [kubernetes]
#   applies_to: [
#     apps/Deployment, apps/StatefulSet, apps/ReplicaSet, extensions/Deployment, extensions/ReplicaSet,
#     argoproj.io/Rollout, apps.openshift.io/DeploymentConfig, /ReplicationController
#   ]
#   needs: [object, inventory]
#   surroundings: [
#     "HorizontalPodAutoscaler", "ScaledObject"
#   ]
#   remediation:
#     default: >-
#       Remove spec.replicas from the manifest and let minReplicas of the autoscaler be the lower bound.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.replicas_with_autoscaler

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("replicas %v is fixed, but %s %s owns the number, and every apply resets it; remove replicas", [
		record.obj.spec.replicas,
		first.kind,
		first.name,
	]),
	"path": ["spec", "replicas"],
	"related": [{"note": "owns the number of replicas", "object": scaler, "path": ["spec"]} | some scaler in scalers],
}) if {
	some record in resource.of({
		"apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "extensions/Deployment", "extensions/ReplicaSet",
		"argoproj.io/Rollout", "apps.openshift.io/DeploymentConfig", "/ReplicationController",
	})
	is_number(record.obj.spec.replicas)
	record.obj.spec.replicas > 0
	scalers := inventory.autoscalers(resource.ref(record.obj))
	first := scalers[0]
	_declared(record.obj)
}

_declared(obj) if {
	not resource.meta(obj).uid
} else if {
	applied := resource.text(resource.annotations(obj)["kubectl.kubernetes.io/last-applied-configuration"])
	json.is_valid(applied)
	json.unmarshal(applied).spec.replicas
} else if {
	some entry in resource.meta(obj).managedFields
	entry.operation == "Apply"
	entry.fieldsV1["f:spec"]["f:replicas"]
}
