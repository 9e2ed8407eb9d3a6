# METADATA
# scope: package
# title: A circuit breaker over a single replica
# description: >-
#   The mesh owns circuit breaking and takes a Pod that fails out of the balancing - but there is only one. Either all
#   traffic is cut off together with it, or the proxy never ejects anything and the policy does nothing. The second Pod
#   that the breaker needs is for Kubernetes to run; processes inside of one Pod are a single endpoint to the mesh.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
#   description: Istio, outlier detection
# - ref: https://linkerd.io/2/reference/circuit-breaking/
#   description: Linkerd, circuit breaking
# custom:
#   id: resilience/breaker-on-single-replica
#   severity: warning
#   severities: [warning, info]
#   group: resilience
#   concerns: [circuit-breaking, scaling]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     networking.istio.io/DestinationRule, /Service
#   ]
#   needs: [object, inventory]
#   needles: [
#     "outlierDetection", "balancer.linkerd.io/failure-accrual"
#   ]
#   remediation:
#     default: >-
#       Run at least two replicas, or let an autoscaler keep two, and spread them over nodes; else remove the breaker.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.breaker_on_single_replica

import data.lib.onelayer.destination
import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.selector

violation contains finding.new(rego.metadata.chain(), breaker.obj, {
	"msg": sprintf("%s may eject the only replica of %s %s, which cuts all traffic, or does nothing; run 2 replicas", [
		breaker.name,
		pod.obj.kind,
		resource.ref(pod.obj).name,
	]),
	"severity": severity,
	"path": breaker.path,
	"related": array.concat(
		[{"note": "runs one replica", "object": resource.ref(pod.obj), "path": _replicas(pod.obj)}],
		[{"note": "keeps no second replica", "object": scaler, "path": ["spec"]} |
			some scaler in inventory.autoscalers(resource.ref(pod.obj))
		],
	),
}) if {
	some breaker in array.concat(_of_istio, _of_linkerd)
	count(breaker.services) == 1
	pods := [pod |
		some pod in inventory.workloads_of(breaker.services[0])
		selector.matches({"matchLabels": breaker.labels}, pod.meta.labels)
	]
	count(pods) == 1
	some pod in pods
	severity := _single(pod)
}

_of_istio := [breaker |
	some record in resource.of({"networking.istio.io/DestinationRule"})
	host := inventory.host(hostname.text(record.obj.spec.host), resource.ref(record.obj).namespace)
	host.form in {"short", "fqdn"}
	some policy in destination.policies(record.obj)
	is_object(policy.value.outlierDetection)
	object.get(policy.value.outlierDetection, "minHealthPercent", 0) in {0, null}
	breaker := {
		"obj": record.obj,
		"name": "outlierDetection",
		"path": array.concat(policy.path, ["outlierDetection"]),
		"services": host.objects,
		"labels": policy.labels,
	}
]

_of_linkerd := [breaker |
	some record in resource.of({"/Service"})
	resource.annotations(record.obj)[_accrual] in {"consecutive", "unified"}
	breaker := {
		"obj": record.obj,
		"name": "failure-accrual",
		"path": ["metadata", "annotations", _accrual],
		"services": [record.obj],
		"labels": {},
	}
]

_accrual := "balancer.linkerd.io/failure-accrual"

_single(pod) := _certainty(pod.obj.spec) if {
	pod.kind in {"apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "argoproj.io/Rollout"}
	not inventory.kept_double(resource.ref(pod.obj))
}

_certainty(spec) := "warning" if {
	spec.replicas == 1
} else := "info" if {
	object.get(spec, "replicas", null) == null
}

_replicas(obj) := ["spec", "replicas"] if {
	obj.spec.replicas
} else := ["spec"]
