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
#         How often sidecars of Istio repeat a call for which nothing is declared.
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
#     linkerd: >-
#       Set the variable to 0, or remove the annotations retry.linkerd.io of the service that is called.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.stacked_retries

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource
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
	not name in params.of(_id).ignored_variables
	found := _tries(name, resource.text(variable.value))
	own := {
		"entry": entry,
		"name": name,
		"path": array.concat(entry.path, ["env", index]),
		"tries": found.tries,
		"certain": found.certain,
	}
]

_tries(name, value) := {"tries": attempts, "certain": true} if {
	name == "GRPC_SERVICE_CONFIG"
	json.is_valid(value)
	given := [method.retryPolicy.maxAttempts |
		some method in json.unmarshal(value).methodConfig
		is_number(method.retryPolicy.maxAttempts)
	]
	attempts := max(given)
	attempts > 1
} else := {"tries": to_number(value) + 1, "certain": _of_calls(name)} if {
	regex.match(`(?i)(?:^|_)(?:max)?(?:retry|retries)(?:(?:_?max)?_?(?:count|attempts|times|limit|max))?$`, name)
	not _among(name, _elsewhere)
	regex.match(`^[1-9][0-9]?$`, value)
}

_elsewhere := {
	"amqp", "aws", "backoff", "bull", "cassandra", "celery", "connect", "connection", "consul", "consumer", "db",
	"database", "download", "dynamo", "dynamodb", "elastic", "elasticsearch", "email", "etcd", "exporter", "job", "jobs",
	"kafka", "kinesis", "ldap", "lock", "login", "mail", "mariadb", "migrate", "migration", "mongo", "mongodb", "mqtt",
	"mysql", "nats", "otel", "password", "pg", "pip", "postgres", "postgresql", "producer", "publish", "pull", "queue",
	"rabbit", "rabbitmq", "reconnect", "redis", "s3", "sentry", "sidekiq", "smtp", "sns", "sql", "sqs", "startup", "task",
	"tasks", "telemetry", "vault", "worker", "zookeeper",
}

_calls := {"http", "https", "axios", "got", "fetch", "grpc", "rest", "request", "requests", "api", "client", "upstream"}

_of_calls(name) if {
	_among(name, _calls)
} else := false

_among(name, words) if {
	some part in split(lower(name), "_")
	part in words
}

_layers("sidecar", entry) := [layer |
	some service in called
	some layer in _of_istio(service)
] if {
	called := _called(entry)
	count(called) > 0
} else := [_by_default]

_layers("linkerd", entry) := [layer |
	some service in _called(entry)
	some layer in _of_linkerd(service)
]

_by_default := {
	"name": "Istio by default",
	"tries": params.of(_id).mesh_default_retries + 1,
	"declared": false,
	"related": [],
} if {
	params.of(_id).mesh_default_retries > 0
}

_called(entry) := [service |
	some variable in entry.container.env
	text := _host(resource.text(variable.name), resource.text(variable.value))
	host := inventory.host(inventory.host_text(text), resource.ref(entry.obj).namespace)
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
	some key in ["retry.linkerd.io/http", "retry.linkerd.io/grpc"]
	annotations[key]
	layer := _layer(obj, ["metadata", "annotations", key], _limit(annotations))
]

_limit(annotations) := to_number(text) if {
	text := resource.text(annotations["retry.linkerd.io/limit"])
	regex.match(`^[1-9][0-9]{0,3}$`, text)
} else := 1

_layer(obj, path, retries) := {
	"name": sprintf("%s %s", [resource.ref(obj).kind, resource.ref(obj).name]),
	"tries": retries + 1,
	"declared": true,
	"related": [{"note": "retries the same calls", "object": resource.ref(obj), "path": path}],
}
