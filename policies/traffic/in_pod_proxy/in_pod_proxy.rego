# METADATA
# scope: package
# title: A reverse proxy inside the Pod
# description: >-
#   A web server in the Pod forwards requests to the application beside it. The mesh owns routing, balancing, retries
#   and access logs; a proxy of one's own does all of that a second time, hides the application's listeners from the
#   mesh and the Service, and may rewrite the Host that routes match on.
# related_resources:
# - ref: https://nginx.org/en/docs/http/ngx_http_proxy_module.html
#   description: nginx, what it sends to upstreams and when it tries the next
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/
#   description: Kubernetes, the balancer in front of Pods
# custom:
#   id: traffic/in-pod-proxy
#   severity: warning
#   severities: [error, warning, info]
#   group: traffic
#   concerns: [load-balancing, retries, logs]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, argoproj.io/Rollout,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "nginx", "openresty", "haproxy", "traefik", "envoy", "caddy", "httpd", "apache", "varnish", "squid", "kong",
#     "tengine"
#   ]
#   parameters:
#     allowed_proxy_images:
#       type: array
#       items: {type: string}
#       description: >-
#         The names of images, without registry, folder and tag, that may stand before an application.
#       default: []
#     min_confidence:
#       type: string
#       enum: [low, medium, high]
#       description: >-
#         How sure the rule must be. low takes the image alone, medium asks for a configuration or Services that show
#         the proxy before the application, high for a proxy that balances over several listeners of its Pod.
#       default: medium
#   remediation:
#     default: >-
#       Let the Service target the port of the application, remove the proxy, and run several replicas instead of
#       several listeners; what the proxy did for requests belongs into the Ingress or route.
#     sidecar: >-
#       Let the Service target the port of the application and remove the proxy; rewrites, headers, retries and
#       timeouts belong into a VirtualService or HTTPRoute.
#     ambient: >-
#       Let the Service target the port of the application and remove the proxy; routes, retries and timeouts belong
#       into an HTTPRoute that a waypoint carries out.
#     linkerd: >-
#       Let the Service target the port of the application and remove the proxy; routes belong into an HTTPRoute,
#       retries and timeouts into the annotations retry.linkerd.io and timeout.linkerd.io of the Service.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.in_pod_proxy

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.reverse_proxy
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), entry.obj, {
	"msg": sprintf("container %q %s beside it; %s owns routing and balancing, so let the Service target %q", [
		entry.name,
		_does[confidence],
		_owner[mode],
		apps[0].name,
	]),
	"severity": _severity[confidence][mode],
	"path": array.concat(entry.path, ["image"]),
	"related": array.concat(
		[_place(app, "the application behind the proxy") | some app in apps],
		[{"note": "configures the proxy", "object": resource.ref(text.obj), "path": text.path} |
			some text in configured.texts
		],
	),
}) if {
	some entry in workload.containers
	entry.role == "main"
	reverse_proxy.runs(entry)
	not _elsewhere(entry.pod)
	apps := _apps(entry.pod)
	configured := _configured(entry)
	confidence := _confidence(entry, apps, configured)
	mode := mesh.membership(entry.pod).mode
}

_elsewhere(pod) if {
	pod.job
} else if {
	mesh.part_of_a_mesh(pod)
} else if {
	mesh.observed(pod).mode == "gateway"
} else if {
	some entry in workload.containers_of(pod)
	regex.match(`\b(?:ingress|gateway|controller|php[0-9.]*|fpm|uwsgi|fastcgi)\b`, reverse_proxy.image_name(entry))
} else if {
	some entry in workload.containers_of(pod)
	some port in entry.container.ports
	port.name in {"fpm", "php-fpm", "uwsgi", "fastcgi", "fcgi"}
}

_apps(pod) := [entry |
	some entry in workload.containers_of(pod)
	entry.role == "main"
	not reverse_proxy.image_name(entry) in reverse_proxy.names
	not regex.match(_helpers, lower(concat(" ", [entry.name, reverse_proxy.image_name(entry)])))
]

_helpers := concat("", [
	`\b(?:exporter|metrics|statsd|telegraf|prometheus|fluent-bit|fluentbit|fluentd|filebeat|logstash|promtail|vector|`,
	`alloy|otel|opentelemetry|agent|jaeger|git-sync|reload|reloader|certbot|acme|oauth2|auth-proxy|rbac-proxy|cloudsql|`,
	`cloud-sql-proxy|vault|consul|proxyv2|istio|linkerd|queue-proxy|dapr|daprd|kuma|busybox|logrotate|log|logs|logger|`,
	`tail|geoip|sidecar|watcher)\b`,
])

_configured(entry) := {"texts": [], "forwards": true, "balances": _balances(words)} if {
	words := _words(entry.container)
	_forwards(words)
} else := {
	"texts": texts,
	"forwards": count(texts) > 0,
	"balances": count([text | some text in texts; _balances(text.text)]) > 0,
} if {
	texts := [text |
		some mount in entry.container.volumeMounts
		some volume in entry.pod.spec.volumes
		volume.name == mount.name
		maps := inventory.config_maps(resource.ref(entry.obj).namespace, volume.configMap.name)
		count(maps) == 1
		some key, value in maps[0].data
		is_string(value)
		_forwards(value)
		text := {"obj": maps[0], "path": ["data", key], "text": value}
	]
}

_words(container) := concat(" ", [word |
	some field in ["command", "args"]
	some word in container[field]
	is_string(word)
])

_forwards(text) if {
	regex.match(_forwarding, text)
}

_forwarding := concat("", [
	`(?m)^[^#\n]*(?:\b(?:proxy_pass|ProxyPass|reverse[-_]proxy|server|BalancerMember)\s|\burl:)[^#\n]*`,
	`(?:localhost|127\.0\.0\.1|\[::1\]):[0-9]`,
])

_balances(text) if {
	regex.match(_balancing, text)
} else := false

_balancing := concat("", [
	`(?m)^\s*(?:(?:server|BalancerMember)\s[^#\n]*(?:localhost|127\.0\.0\.1):[0-9]+[^\n]*\n\s*`,
	`(?:server|BalancerMember)\s`,
	`|reverse[-_]proxy\s[^#\n{]*(?:localhost|127\.0\.0\.1):[0-9]+\s+(?:http://)?)`,
	`[^#\n]*(?:localhost|127\.0\.0\.1):[0-9]`,
])

_confidence(entry, apps, configured) := "high" if {
	configured.balances
} else := "medium" if {
	configured.forwards
	params.of("traffic/in-pod-proxy").min_confidence != "high"
} else := "medium" if {
	params.of("traffic/in-pod-proxy").min_confidence != "high"
	_stands_before(entry, apps)
} else := "low" if {
	params.of("traffic/in-pod-proxy").min_confidence == "low"
}

_stands_before(entry, apps) if {
	targeted := {served.number | some served in ports.served(entry.pod)}
	some port in entry.container.ports
	port.containerPort in targeted
	some app in apps
	count(app.container.ports) > 0
	every listener in app.container.ports {
		not listener.containerPort in targeted
		not regex.match(`metric|prom|health|admin|debug|probe`, lower(resource.text(object.get(listener, "name", ""))))
	}
}

_severity := {
	"high": {
		"sidecar": "error", "ambient": "error", "linkerd": "error", "proxyless": "warning", "none": "warning",
		"unknown": "warning",
	},
	"medium": {"sidecar": "warning", "ambient": "warning", "linkerd": "warning", "unknown": "info"},
	"low": {"sidecar": "warning", "ambient": "warning", "linkerd": "warning", "unknown": "info"},
}

_owner := {
	"sidecar": "the mesh", "ambient": "the mesh", "linkerd": "the mesh", "proxyless": "the mesh",
	"unknown": "the mesh or the Service", "none": "the Service",
}

_does := {
	"high": "balances over several listeners of the application",
	"medium": "is a reverse proxy before the application",
	"low": "is a proxy in the Pod of the application",
}

_place(app, note) := {"note": note, "object": resource.ref(app.obj), "path": app.path}
