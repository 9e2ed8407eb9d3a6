# METADATA
# scope: package
# title: The proxy of a mesh is written by hand
# description: >-
#   The pod template holds a proxy of a mesh beside the application. The mesh owns its proxies - it injects, configures
#   and upgrades them; one that is written by hand keeps its version and certificates by itself, and a container of
#   that name makes Linkerd pass the Pod by silently.
# related_resources:
# - ref: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
#   description: Istio, how to customise the injected proxy
# custom:
#   id: mesh/hand-rolled-proxy
#   severity: warning
#   severities: [warning, info]
#   group: mesh
#   concerns: [mtls, load-balancing]
#   layers: [container, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object]
#   needles: [
#     "istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init", "proxyv2", "linkerd/proxy", "envoyproxy/envoy",
#     "consul-dataplane", "kuma-dp"
#   ]
#   remediation:
#     default: >-
#       Remove the container and let the mesh inject its proxy; customise it by annotations of the mesh.
#     sidecar: >-
#       Let Istio inject; to customise the proxy keep a container istio-proxy with image auto.
#     linkerd: >-
#       Let Linkerd inject; to customise the proxy use the annotations config.linkerd.io.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.hand_rolled_proxy

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("container %q is a proxy of a mesh %s; the mesh owns its proxies, so let it inject", [
		entry.name,
		_origin(pod),
	]),
	"severity": _severity(pod),
	"path": entry.path,
}) if {
	some pod in workload.pods
	some entry in workload.containers_of(pod)
	_is_proxy(entry)
	not _its_place(pod)
}

_is_proxy(entry) if {
	entry.name in {"istio-proxy", "istio-init", "linkerd-proxy", "linkerd-init"}
	_image(entry) != "auto"
} else if {
	regex.match(
		`(^|/)(proxyv2|linkerd/proxy|envoyproxy/envoy|(hashicorp/)?consul-dataplane|kuma-dp)(-[a-z0-9.-]+)?([:@]|$)`,
		_image(entry),
	)
}

_image(entry) := resource.text(object.get(entry.container, "image", ""))

_its_place(pod) if {
	mesh.observed(pod).mode == "gateway"
} else if {
	mesh.part_of_a_mesh(pod)
} else if {
	pod.kind == "/Pod"
	_injected(pod)
} else if {
	not _beside_application(pod)
}

_injected(pod) if {
	some key in ["sidecar.istio.io/status", "linkerd.io/proxy-version"]
	pod.meta.annotations[key]
}

_beside_application(pod) if {
	some entry in workload.containers_of(pod)
	entry.role == "main"
	not _is_proxy(entry)
	entry.name != "shutdown-manager"
}

_origin(pod) := "that was injected once and then written down" if {
	_injected(pod)
} else := "written by hand"

_severity(pod) := "info" if {
	_injected(pod)
} else := "warning"
