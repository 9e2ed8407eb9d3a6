# METADATA
# scope: package
# title: Clients from outside go past the gateway of the mesh
# description: >-
#   A Service or container port of a workload in the mesh is open to the outside by itself - a node port, a load
#   balancer, external addresses, a port of the host. The gateway owns what comes in - its routes, retries, rate limits
#   and TLS - and traffic that enters beside it meets none of them, and comes without an identity.
# related_resources:
# - ref: https://istio.io/latest/docs/tasks/traffic-management/ingress/
#   description: Istio, ingress
# - ref: https://linkerd.io/2/tasks/using-ingress/
#   description: Linkerd, ingress
# custom:
#   id: traffic/edge-bypass
#   severity: warning
#   severities: [warning]
#   group: traffic
#   concerns: [load-balancing, mtls]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Service, /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/ReplicaSet, argoproj.io/Rollout, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "NodePort", "LoadBalancer", "externalIPs", "hostPort"
#   ]
#   surroundings: [
#     "istio-injection", "istio.io/rev", "sidecar.istio.io", "istio-proxy", "assume_mesh",
#     "enable_namespaces_by_default", "linkerd.io/inject", "linkerd-proxy", "ambient"
#   ]
#   parameters:
#     gateways:
#       type: array
#       items: {type: string}
#       description: >-
#         The names of gateways and ingress controllers, by the labels app and app.kubernetes.io/name of their Pods.
#       default: [
#         istio-ingressgateway, istio-ingress, istio-gateway, istio-eastwestgateway, ingress-nginx, nginx-ingress,
#         traefik, kong, contour, envoy, envoy-gateway, haproxy-ingress, kubernetes-ingress, emissary-ingress,
#         ambassador, gloo, apisix, linkerd-gateway
#       ]
#   remediation:
#     default: >-
#       Make the Service a ClusterIP, remove hostPort and externalIPs, and let the gateway of the mesh take what comes
#       from outside.
#     sidecar: >-
#       Use type ClusterIP, and a Gateway with a VirtualService or HTTPRoute in front.
#     ambient: >-
#       Use type ClusterIP, and a Gateway with an HTTPRoute in front.
#     linkerd: >-
#       Use type ClusterIP, and an ingress controller that is in the mesh in front.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.edge_bypass

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s lets clients past the gateway that owns routes, limits and TLS of what comes in; use ClusterIP", [
		door.name,
	]),
	"path": door.path,
	"related": [{"note": "receives this traffic", "object": resource.ref(pod.obj), "path": pod.path} |
		some pod in pods
	],
}) if {
	some record in resource.of({"/Service"})
	door := _door(record.obj.spec)
	some port in record.obj.spec.ports
	is_object(port)
	object.get(port, "protocol", "TCP") != "UDP"
	modes := mesh.modes_of(record.obj)
	count(modes) == 1
	some mode in modes
	mode in _meshed
	pods := inventory.workloads_of(record.obj)
	not _gateway(record.obj.spec.selector)
	not _gateway(object.get(resource.meta(record.obj), "labels", {}))
	every pod in pods {
		not _gateway(pod.meta.labels)
	}
}

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": sprintf("hostPort %v of container %q lets clients past the gateway that owns what comes in; remove it", [
		port.hostPort,
		entry.name,
	]),
	"path": array.concat(entry.path, ["ports", index, "hostPort"]),
}) if {
	some entry in workload.containers
	entry.role == "main"
	some index, port in entry.container.ports
	is_number(port.hostPort)
	port.hostPort != 0
	object.get(port, "protocol", "TCP") != "UDP"
	not mesh.part_of_a_mesh(entry.pod)
	not _gateway(object.get(entry.pod.meta, "labels", {}))
	mesh.membership(entry.pod).mode in _meshed
}

_meshed := {"sidecar", "ambient", "linkerd"}

_door(spec) := {"name": "externalIPs", "path": ["spec", "externalIPs"]} if {
	spec.externalIPs[0]
} else := {"name": sprintf("type %s", [spec.type]), "path": ["spec", "type"]} if {
	spec.type in {"NodePort", "LoadBalancer"}
}

_gateway(labels) if {
	some key in ["istio", "gateway.istio.io/managed", "gateway.networking.k8s.io/gateway-name"]
	labels[key]
} else if {
	some key in ["app", "app.kubernetes.io/name"]
	resource.text(labels[key]) in params.of("traffic/edge-bypass").gateways
}
