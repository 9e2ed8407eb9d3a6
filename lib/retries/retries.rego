# METADATA
# scope: package
# title: Retries
# description: >-
#   How often each layer repeats a call - the application by what its environment says, the proxies of Istio where
#   nothing is declared, those of Linkerd by annotations. The rule about retries and the map read them here, so that
#   they count the same.
# related_resources:
# - ref: https://istio.io/latest/docs/concepts/traffic-management/#retries
#   description: Istio, retries by default
# - ref: https://linkerd.io/2/reference/retries/
#   description: Linkerd, retries
package lib.onelayer.retries

import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: >-
#   How often an application tries a call by what an environment variable says, as {tries, certain}; certain tells that
#   the name speaks of calls and of nothing else. Undefined for variables about anything else and for values that ask
#   for no retry.
of_variable(name, value) := {"tries": attempts, "certain": true} if {
	not _ignored(name)
	name == "GRPC_SERVICE_CONFIG"
	json.is_valid(value)
	given := [method.retryPolicy.maxAttempts |
		some method in json.unmarshal(value).methodConfig
		is_number(method.retryPolicy.maxAttempts)
	]
	attempts := max(given)
	attempts > 1
} else := {"tries": to_number(value) + 1, "certain": _of_calls(name)} if {
	not _ignored(name)
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

# METADATA
# description: How often the proxies of Istio repeat a call for which nothing is declared, when it cannot connect.
of_istio_by_default := params.of(_rule).mesh_default_retries

# METADATA
# description: >-
#   How often Linkerd repeats a call by the annotations of a Service or route, 1 where they set no limit that Linkerd
#   reads. Undefined where no annotation speaks of retries.
of_annotations(annotations) := to_number(text) if {
	text := resource.text(annotations["retry.linkerd.io/limit"])
	regex.match(`^[1-9][0-9]{0,3}$`, text)
} else := 1 if {
	some key, _ in annotations
	startswith(key, "retry.linkerd.io/")
}

# METADATA
# description: The annotation of retries that Linkerd does not read on a kind of route, because of its protocol.
unread := {"HTTPRoute": {"retry.linkerd.io/grpc"}, "GRPCRoute": {"retry.linkerd.io/http"}}

_rule := "resilience/stacked-retries"

_ignored(name) if name in params.of(_rule).ignored_variables
