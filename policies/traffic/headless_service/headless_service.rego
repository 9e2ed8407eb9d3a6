# METADATA
# scope: package
# title: A headless Service before a stateless workload
# description: >-
#   A headless Service hands the addresses of Pods to its clients, who pick one of them and keep it. The mesh, which
#   owns balancing, then forwards to the address that the client chose - new Pods get no traffic, and what policies of
#   the mesh say about balancing, outliers or retries of the Service has no effect.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/
#   description: Istio, how headless Services are routed
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
#   description: Kubernetes, headless Services
# custom:
#   id: traffic/headless-service
#   severity: warning
#   severities: [error, warning]
#   group: traffic
#   concerns: [load-balancing, circuit-breaking]
#   layers: [container, kubernetes, mesh]
#   applies_to: [/Service]
#   needs: [object, namespace, inventory]
#   needles: [
#     "None"
#   ]
#   remediation:
#     default: >-
#       Let clients call a Service that has a ClusterIP, and keep headless Services for StatefulSets and peers that must
#       know each other.
#     sidecar: >-
#       Call a Service with a ClusterIP; the sidecar balances over its Pods by itself, for gRPC too.
#     ambient: >-
#       Call a Service with a ClusterIP; ztunnel balances its connections and a waypoint its requests.
#     linkerd: >-
#       Call a Service with a ClusterIP; only there Linkerd balances requests, retries and reads routes and profiles.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.headless_service

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": _msg(mode, idle),
	"severity": _severity(idle),
	"path": ["spec", "clusterIP"],
	"related": array.concat(
		[{"note": "has no effect", "object": resource.ref(policy.obj), "path": policy.path} | some policy in idle],
		[{"note": "receives this traffic", "object": resource.ref(pod.obj), "path": pod.path} | some pod in pods],
	),
}) if {
	some record in resource.of({"/Service"})
	record.obj.spec.clusterIP == "None"
	not record.obj.spec.publishNotReadyAddresses == true
	_serves_requests(record.obj)
	pods := inventory.workloads_of(record.obj)
	_all_stateless(pods)
	modes := mesh.modes_of(record.obj)
	count(modes) == 1
	some mode in modes
	idle := _idle(record.obj, mode)
	_called(pods[0], idle)
}

_serves_requests(service) if {
	some port in service.spec.ports
	is_object(port)
	name := lower(resource.text(object.get(port, "name", "")))
	not regex.match(`metric|prom|health|probe`, name)
	protocol := lower(resource.text(object.get(port, "appProtocol", split(name, "-")[0])))
	protocol in {"http", "http2", "grpc", "grpc-web", "kubernetes.io/h2c", "kubernetes.io/ws"}
}

_all_stateless(pods) if {
	every pod in pods {
		pod.kind in {
			"apps/Deployment", "extensions/Deployment", "apps/ReplicaSet", "extensions/ReplicaSet",
			"argoproj.io/Rollout", "apps.openshift.io/DeploymentConfig", "/ReplicationController",
		}
	}
}

_called(pod, idle) if {
	count(idle) > 0
} else if {
	not _twin(pod)
}

_twin(pod) if {
	some service in inventory.services_of(resource.ref(pod.obj).namespace, pod.meta.labels)
	not service.spec.clusterIP == "None"
}

_idle(service, mode) := array.concat(
	[policy |
		some policy in inventory.policies_of(resource.ref(service).namespace, resource.ref(service).name)
		policy.wide == false
		_has_no_effect(mode, policy)
	],
	[{"obj": service, "path": ["metadata", "annotations", key]} |
		mode == "linkerd"
		some key, _ in resource.annotations(service)
		regex.match(`^(?:retry|timeout|balancer)\.linkerd\.io/`, key)
	],
)

_has_no_effect("sidecar", policy) if _balances(policy.obj.spec)

_has_no_effect("linkerd", policy) if policy.role in {"profile", "route"}

_balances(spec) if {
	_tells_how(spec.trafficPolicy)
} else if {
	some subset in spec.subsets
	_tells_how(subset.trafficPolicy)
}

_tells_how(traffic) if {
	_picks(traffic)
} else if {
	some level in traffic.portLevelSettings
	_picks(level)
}

_picks(settings) if {
	is_object(settings.loadBalancer)
	not settings.loadBalancer.simple == "PASSTHROUGH"
} else if {
	is_object(settings.outlierDetection)
}

_severity(idle) := "error" if {
	count(idle) > 0
} else := "warning"

_msg(mode, idle) := sprintf("%s cannot balance a headless Service, so %s has no effect; give clients a ClusterIP", [
	_owner[mode],
	_named(first),
]) if {
	first := idle[0]
} else := sprintf("each client picks a Pod of a headless Service, so %s balances nothing; give clients a ClusterIP", [
	_owner[mode],
])

_named(policy) := policy.path[2] if {
	policy.path[1] == "annotations"
} else := concat(" ", [resource.ref(policy.obj).kind, resource.ref(policy.obj).name])

_owner := {"sidecar": "the sidecar", "ambient": "ztunnel", "linkerd": "Linkerd"}
