# METADATA
# scope: package
# title: The application and the mesh both retry
# description: >-
#   The application repeats a failed call, and the mesh repeats each of these tries again. Retries multiply - four tries
#   of the application, each tried four times by the mesh, are sixteen requests for one call, and over a chain of
#   services the product grows with each hop - just when the service behind is already in trouble. One layer must own
#   retries.
# related_resources:
# - ref: https://istio.io/latest/docs/concepts/traffic-management/#retries
#   description: Istio, retries by default
# - ref: https://linkerd.io/2/reference/retries/
#   description: Linkerd, retries
# custom:
#   id: resilience/stacked-retries
#   severity: warning
#   severities: [error, warning, info]
#   group: resilience
#   concerns: [retries]
#   layers: [container, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, argoproj.io/Rollout,
#     serving.knative.dev/Service, serving.knative.dev/Configuration, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "retry", "retries"
#   ]
#   parameters:
#     max_amplification:
#       type: integer
#       description: >-
#         The number of tries of one call above which the stack is an error.
#       default: 9
#     mesh_default_retries:
#       type: integer
#       description: >-
#         How often proxies of Istio repeat a call for which nothing is declared.
#       default: 2
#     ignored_variables:
#       type: array
#       items: {type: string}
#       description: >-
#         The environment variables that speak of other retries than those of calls.
#       default: []
#   remediation:
#     default: >-
#       Keep the retries of the mesh, which knows all endpoints, and set those of the application to 0; where the
#       application must decide, because only it knows what may be repeated, switch those of the mesh off.
#     sidecar: >-
#       Set the variable to 0, or set retries.attempts 0 in the VirtualService of the service that is called.
#     ambient: >-
#       Set the variable to 0, or set retries.attempts 0 in the route of the service that is called, which its waypoint
#       reads.
#     linkerd: >-
#       Set the variable to 0, or remove the annotations retry.linkerd.io of the service that is called.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.stacked_retries

import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.retries
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), own.entry.obj, {
	"msg": sprintf("%s of container %q and %s retry the same calls, %v x %v = %v tries; keep those of the mesh", [
		own.name,
		own.entry.name,
		layer.name,
		own.tries,
		layer.tries,
		own.tries * layer.tries,
	]),
	"severity": _severity(own, layer),
	"path": array.concat(own.path, ["value"]),
	"related": layer.related,
}) if {
	some own in _own
	layers := _layers(mesh.membership(own.entry.pod).mode, own.entry)
	most := max([layer.tries | some layer in layers])
	layer := [layer | some layer in layers; layer.tries == most][0]
}

_severity(own, layer) := "info" if {
	not layer.declared
} else := "error" if {
	own.certain
	own.tries * layer.tries > params.of(_id).max_amplification
} else := "warning"

_id := "resilience/stacked-retries"

_own := [own |
	some entry in workload.containers
	entry.role == "main"
	not entry.pod.job
	some index, variable in entry.container.env
	name := resource.text(variable.name)
	found := retries.of_variable(name, resource.text(variable.value))
	own := {
		"entry": entry,
		"name": name,
		"path": array.concat(entry.path, ["env", index]),
		"tries": found.tries,
		"certain": found.certain,
	}
]

_layers("sidecar", entry) := _through_a_client(entry)

_layers("proxyless", entry) := _through_a_client(entry)

_layers("ambient", entry) := [layer |
	some service in _called(entry)
	mesh.waypoint_of(service)
	some layer in _of_istio(service)
]

_layers("linkerd", entry) := [layer |
	some service in _called(entry)
	some layer in _of_linkerd(service)
]

_by_default := {
	"name": "Istio by default",
	"tries": retries.of_istio_by_default + 1,
	"declared": false,
	"related": [],
} if {
	retries.of_istio_by_default > 0
}

_through_a_client(entry) := [layer |
	some service in called
	some layer in _of_istio(service)
] if {
	called := _called(entry)
	count(called) > 0
} else := [_by_default]

_called(entry) := [service |
	some variable in entry.container.env
	text := _host(resource.text(variable.name), resource.text(variable.value))
	host := inventory.host(hostname.text(text), resource.ref(entry.obj).namespace)
	host.kind == "service"
	some service in host.objects
]

_host(name, value) := groups[0][1] if {
	rest := regex.replace(value, `^(?:https?|grpc|h2c)://`, "")
	groups := regex.find_all_string_submatch_n(`^([a-z0-9][a-z0-9.-]*)(:[0-9]{1,5})?(?:/\S*)?$`, rest, 1)
	_address(name, rest != value, groups[0][2])
}

_address(name, scheme, port) if {
	scheme
} else if {
	port != ""
} else if {
	regex.match(`(?i)(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|URL|URI|ENDPOINT|UPSTREAM)$`, name)
}

_of_istio(service) := declared if {
	declared := [layer |
		some policy in _policies(service)
		some rule in _rules(policy)
		rule.attempts > 0
		layer := _layer(policy.obj, rule.path, rule.attempts)
	]
	count(declared) > 0
} else := [_by_default] if {
	every policy in _policies(service) {
		_rules(policy) == []
	}
} else := []

_policies(service) := [policy |
	ref := resource.ref(service)
	some policy in inventory.policies_of(ref.namespace, ref.name)
	policy.kind in {"networking.istio.io/VirtualService", "gateway.networking.k8s.io/HTTPRoute"}
	policy.alone == true
]

_rules(policy) := [{"attempts": attempts, "path": ["spec", "http", index, "retries"]} |
	some index, route in policy.obj.spec.http
	is_object(route.retries)
	attempts := object.get(route.retries, "attempts", 0)
	is_number(attempts)
] if {
	policy.role == "host"
} else := [{"attempts": attempts, "path": ["spec", "rules", index, "retry"]} |
	some index, rule in policy.obj.spec.rules
	is_object(rule.retry)
	attempts := object.get(rule.retry, "attempts", 2)
	is_number(attempts)
]

_of_linkerd(service) := [layer |
	ref := resource.ref(service)
	routes := [policy.obj |
		some policy in inventory.policies_of(ref.namespace, ref.name)
		policy.role == "route"
	]
	some obj in array.concat([service], routes)
	annotations := resource.annotations(obj)
	limit := retries.of_annotations(annotations)
	key := [key | some key, _ in annotations; startswith(key, "retry.linkerd.io/")][0]
	layer := _layer(obj, ["metadata", "annotations", key], limit)
]

_layer(obj, path, more) := {
	"name": sprintf("%s %s", [resource.ref(obj).kind, resource.ref(obj).name]),
	"tries": more + 1,
	"declared": true,
	"related": [{"note": "retries the same calls", "object": resource.ref(obj), "path": path}],
}
