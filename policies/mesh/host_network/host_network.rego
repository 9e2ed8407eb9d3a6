# METADATA
# scope: package
# title: A workload on the network of its node in a meshed namespace
# description: >-
#   hostNetwork puts the Pod on the network of the node, where no mesh can capture traffic, although its namespace is in
#   the mesh. Kubernetes owns that network alone, so encryption, balancing and metrics of the workload have no owner,
#   and meshed clients of its Service lose mTLS as well.
# custom:
#   id: mesh/host-network
#   severity: warning
#   severities: [warning, info]
#   group: mesh
#   concerns: [mtls, load-balancing, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace]
#   needles: [
#     "hostNetwork"
#   ]
#   remediation:
#     default: >-
#       Remove hostNetwork and publish the workload by a Service or the gateway of the mesh; agents that need the node's
#       network belong in a namespace outside the mesh.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.host_network

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("hostNetwork hides this Pod from %s that its namespace gives, so no layer owns its mTLS; %s", [
		_names[mesh.offered(pod).mode],
		"remove hostNetwork or leave the namespace",
	]),
	"severity": _severity(pod),
	"path": array.concat(pod.path, ["hostNetwork"]),
}) if {
	some pod in workload.pods
	pod.spec.hostNetwork == true
	not _of_the_node(pod)
}

_names := {"sidecar": "Istio's sidecar", "ambient": "ambient mode", "linkerd": "Linkerd's proxy"}

_of_the_node(pod) if {
	pod.obj.kind == "DaemonSet"
	pod.spec.priorityClassName in {"system-node-critical", "system-cluster-critical"}
}

_severity(pod) := "info" if {
	pod.obj.kind == "DaemonSet"
} else := "warning"
