# METADATA
# scope: package
# title: Nobody bounds the calls to a Service of the mesh
# description: >-
#   The mesh owns timeouts and circuit breaking and does neither unless it is told to - the default timeout is none.
#   Nothing in the manifests declares a timeout or outlier detection for this Service, so a call that hangs is ended by
#   nobody but the application, if at all.
# related_resources:
# - ref: https://istio.io/latest/docs/concepts/traffic-management/#timeouts
#   description: Istio, timeouts
# - ref: https://linkerd.io/2/reference/timeouts/
#   description: Linkerd, timeouts
# custom:
#   id: resilience/no-mesh-policy
#   severity: info
#   severities: [info]
#   group: resilience
#   concerns: [timeouts, circuit-breaking]
#   layers: [mesh]
#   applies_to: [/Service]
#   needs: [object, namespace, inventory]
#   needles: [
#     "selector"
#   ]
#   surroundings: [
#     "istio-injection", "istio.io/rev", "sidecar.istio.io", "istio-proxy", "assume_mesh",
#     "enable_namespaces_by_default", "istio.io/use-waypoint", "linkerd.io/inject", "linkerd-proxy"
#   ]
#   remediation:
#     default: >-
#       Declare a timeout and circuit breaking for the Service where the mesh reads them.
#     sidecar: >-
#       Give the host a VirtualService (or HTTPRoute) with a timeout and a DestinationRule with outlierDetection.
#     ambient: >-
#       Give the host an HTTPRoute with a timeout and a DestinationRule with outlierDetection, which its waypoint reads.
#     linkerd: >-
#       Annotate the Service with timeout.linkerd.io/request and balancer.linkerd.io/failure-accrual.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.no_mesh_policy

import data.lib.onelayer.destination
import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("the mesh carries calls to this Service, and nothing declares a timeout or breaker; %s", [
		_advice[mode],
	]),
	"path": ["spec"],
	"related": [{"note": "receives the calls", "object": resource.ref(pod.obj), "path": pod.path} | some pod in pods],
}) if {
	some record in resource.of({"/Service"})
	resource.text(object.get(record.obj.spec, "clusterIP", "")) != "None"
	some port in record.obj.spec.ports
	_is_http(port)
	pods := inventory.workloads_of(record.obj)
	count(pods) > 0
	modes := mesh.modes_of(record.obj)
	count(modes) == 1
	some mode in modes
	_read_in(mode, record.obj)
	not _declared(record.obj)
	not _of_a_rollout(pods, resource.ref(record.obj).name)
}

_read_in(mode, service) if {
	mode != "ambient"
} else if {
	mesh.waypoint_of(service)
}

_of_a_rollout(pods, name) if {
	some pod in pods
	some [strategy, field] in [["canary", "canaryService"], ["blueGreen", "previewService"]]
	pod.obj.spec.strategy[strategy][field] == name
}

_advice := {
	"sidecar": "add a VirtualService with a timeout and a DestinationRule with outlierDetection",
	"ambient": "add a VirtualService with a timeout and a DestinationRule with outlierDetection",
	"linkerd": "annotate it with timeout.linkerd.io/request and balancer.linkerd.io/failure-accrual",
}

_is_http(port) if {
	resource.text(port.appProtocol) in {"http", "http2", "grpc", "grpc-web", "kubernetes.io/h2c"}
} else if {
	not port.appProtocol
	regex.match(`(?i)^(?:http2?|grpc)(?:-|$)`, resource.text(port.name))
}

_declared(service) if {
	_annotated(service)
} else if {
	ref := resource.ref(service)
	some policy in inventory.policies_of(ref.namespace, ref.name)
	_bounds(policy)
}

_annotated(obj) if {
	some key, _ in resource.annotations(obj)
	regex.match(`^timeout\.linkerd\.io/|^balancer\.linkerd\.io/failure-accrual$`, key)
}

_bounds(policy) if {
	_annotated(policy.obj)
} else if {
	some rule in policy.obj.spec.http
	rule.timeout
} else if {
	some rule in policy.obj.spec.rules
	rule.timeouts
} else if {
	some rule in policy.obj.spec.routes
	rule.timeout
} else if {
	some traffic in destination.policies(policy.obj)
	traffic.value.outlierDetection
}
