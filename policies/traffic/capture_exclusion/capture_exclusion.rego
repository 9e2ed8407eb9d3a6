# METADATA
# scope: package
# title: Traffic is kept from the proxy of the mesh
# description: >-
#   An annotation tells the mesh not to capture a part of the traffic of a workload, or holds what is no port, for
#   which nothing is injected. The mesh owns mTLS, authorisation, balancing and metrics of what it captures; for the
#   rest nobody does, and callers of a port that a Service sends traffic to cannot tell.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/annotations/
#   description: Istio, annotations
# - ref: https://linkerd.io/2/features/protocol-detection/
#   description: Linkerd, opaque ports and skipped ports
# custom:
#   id: traffic/capture-exclusion
#   severity: error
#   severities: [error, warning]
#   group: traffic
#   concerns: [mtls, load-balancing, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Namespace, /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "traffic.sidecar.istio.io", "interceptionMode", "bypass-inbound-capture", "config.linkerd.io/skip-"
#   ]
#   parameters:
#     allow_excluded_inbound_ports:
#       type: array
#       items: {type: integer}
#       description: >-
#         The ports of workloads that may stay outside of the mesh, such as those of replication.
#       default: [4567, 4568]
#     allow_excluded_outbound_ports:
#       type: array
#       items: {type: integer}
#       description: >-
#         The ports of other hosts that may be called past the mesh, such as those of databases.
#       default: [3306, 4567, 4568, 5432, 6379, 8200, 9092]
#     allow_excluded_cidrs:
#       type: array
#       items: {type: string}
#       description: >-
#         The addresses that may be called past the mesh, such as that of the cloud's metadata.
#       default: [169.254.169.254/32, 169.254.169.254]
#   remediation:
#     default: >-
#       Remove the port or address from the list, so that the mesh owns the traffic again; open what callers outside of
#       the mesh need by policy, for one port.
#     sidecar: >-
#       Remove the port from the list; for callers without a sidecar give the port a PeerAuthentication with
#       portLevelMtls, for servers that speak first declare the protocol tcp on the port of the Service.
#     ambient: >-
#       Remove ambient.istio.io/bypass-inbound-capture; only the Pods of an ingress controller need it.
#     linkerd: >-
#       Name the port in config.linkerd.io/opaque-ports instead, which keeps mTLS and the metrics of TCP.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.capture_exclusion

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), cut.obj, {
	"msg": sprintf("%s keeps %s from %s, so no layer owns its mTLS and metrics; %s", [
		split(cut.key, "/")[1],
		cut.what,
		_planes[cut.plane].owner,
		_planes[cut.plane].advice,
	]),
	"severity": cut.severity,
	"path": array.concat(cut.path, ["annotations", cut.key]),
	"related": [{
		"note": sprintf("sends traffic to port %d of the Pod", [hit.number]),
		"object": resource.ref(hit.service),
		"path": ["spec", "ports", hit.index],
	} |
		some hit in cut.hits
	],
}) if {
	some cut in _cuts
}

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": sprintf("%s lists %q, which is no %s, so Istio refuses to inject and no Pod starts; correct it", [
		split(key, "/")[1],
		substring(odd[0], 0, 30),
		kind,
	]),
	"path": array.concat(pod.meta_path, ["annotations", key]),
}) if {
	some pod in workload.pods
	some key, kind in _lists
	odd := _refused(pod, key)
	mesh.membership(pod).mode in {"sidecar", "gateway", "unknown"}
}

_refused(pod, key) := odd if {
	text := pod.meta.annotations[key]
	is_string(text)
	not trim_space(text) in {"", "*"}
	not regex.match(`[${]`, text)
	odd := [entry |
		some part in split(text, ",")
		entry := trim_space(part)
		not _valid(_lists[key], entry)
	]
	count(odd) > 0
}

_lists := {
	"traffic.sidecar.istio.io/excludeInboundPorts": "port",
	"traffic.sidecar.istio.io/includeInboundPorts": "port",
	"traffic.sidecar.istio.io/excludeOutboundPorts": "port",
	"traffic.sidecar.istio.io/includeOutboundPorts": "port",
	"traffic.sidecar.istio.io/excludeOutboundIPRanges": "network",
	"traffic.sidecar.istio.io/includeOutboundIPRanges": "network",
}

_valid("port", entry) if {
	regex.match(`^[0-9]{1,5}$`, entry)
	to_number(entry) <= 65535
}

_valid("network", entry) if {
	net.cidr_is_valid(entry)
} else if {
	some mask in ["32", "128"]
	net.cidr_is_valid(concat("/", [entry, mask]))
}

_cuts := array.concat(
	[object.union(cut, {"obj": pod.obj, "path": pod.meta_path, "key": key, "plane": plane}) |
		some pod in workload.pods
		some key, value in pod.meta.annotations
		plane := _keys[key]
		_concerns(plane, mesh.membership(pod).mode)
		not mesh.part_of_a_mesh(pod)
		not _refused(pod, key)
		cut := _cut(key, trim_space(resource.text(value)), pod)
	],
	[object.union(cut, {"obj": record.obj, "path": ["metadata"], "key": key, "plane": "linkerd"}) |
		some record in resource.of({"/Namespace"})
		some key, value in resource.annotations(record.obj)
		_keys[key] == "linkerd"
		not resource.meta(record.obj).labels["linkerd.io/is-control-plane"]
		cut := _cut_for_all(key, trim_space(resource.text(value)), record.obj)
	],
)

_concerns(plane, mode) if {
	mode == plane
} else if {
	mode == "unknown"
}

_keys := {
	"traffic.sidecar.istio.io/excludeInboundPorts": "sidecar",
	"traffic.sidecar.istio.io/includeInboundPorts": "sidecar",
	"traffic.sidecar.istio.io/excludeOutboundPorts": "sidecar",
	"traffic.sidecar.istio.io/excludeOutboundIPRanges": "sidecar",
	"traffic.sidecar.istio.io/includeOutboundIPRanges": "sidecar",
	"traffic.sidecar.istio.io/excludeInterfaces": "sidecar",
	"sidecar.istio.io/interceptionMode": "sidecar",
	"ambient.istio.io/bypass-inbound-capture": "ambient",
	_skip: "linkerd",
	"config.linkerd.io/skip-outbound-ports": "linkerd",
	"config.linkerd.io/skip-subnets": "linkerd",
}

_cut_for_all(key, value, namespace) := _served(hits) if {
	key == _skip
	entries := _kept_out(value, "allow_excluded_inbound_ports")
	hits := [hit | some hit in _inherited(namespace); _any_within(hit.number, entries)]
} else := _cut(key, value, null)

_skip := "config.linkerd.io/skip-inbound-ports"

_inherited(namespace) := {hit |
	some service in inventory.services_in(resource.ref(namespace).name)
	some pod in inventory.workloads_of(service)
	_inherits(pod)
	some hit in ports.served_by(service, pod)
	_busy(hit, pod)
}

_inherits(pod) if {
	not pod.meta.annotations[_skip]
	_concerns("linkerd", mesh.membership(pod).mode)
	not mesh.part_of_a_mesh(pod)
	not _edge(pod)
}

_cut(key, value, pod) := _inbound(pod, entries) if {
	key in {"traffic.sidecar.istio.io/excludeInboundPorts", "config.linkerd.io/skip-inbound-ports"}
	entries := _kept_out(value, "allow_excluded_inbound_ports")
	count(entries) > 0
	not _edge(pod)
} else := _listed_only(pod, value) if {
	key == "traffic.sidecar.istio.io/includeInboundPorts"
	value != "*"
	not _edge(pod)
} else := _everything(pod, "all calls to it") if {
	key == "ambient.istio.io/bypass-inbound-capture"
	value == "true"
	not _edge(pod)
} else := _certain("all traffic") if {
	key == "sidecar.istio.io/interceptionMode"
	value == "NONE"
} else := _certain("all its calls") if {
	key == "traffic.sidecar.istio.io/includeOutboundIPRanges"
	value == ""
} else := _likely(sprintf("calls to all but %s", [value])) if {
	key == "traffic.sidecar.istio.io/includeOutboundIPRanges"
	value != "*"
} else := _likely(sprintf("calls to %s", [concat(", ", texts)])) if {
	key in {"traffic.sidecar.istio.io/excludeOutboundPorts", "config.linkerd.io/skip-outbound-ports"}
	texts := [_port(entry) | some entry in _kept_out(value, "allow_excluded_outbound_ports")]
	count(texts) > 0
} else := _likely(sprintf("calls to %s", [concat(", ", ranges)])) if {
	key in {"traffic.sidecar.istio.io/excludeOutboundIPRanges", "config.linkerd.io/skip-subnets"}
	ranges := [range |
		some part in split(value, ",")
		range := trim_space(part)
		net.cidr_is_valid(range)
		not range in params.of("traffic/capture-exclusion").allow_excluded_cidrs
	]
	count(ranges) > 0
} else := _likely(sprintf("interface %s", [value])) if {
	key == "traffic.sidecar.istio.io/excludeInterfaces"
	value != ""
}

_certain(what) := {"what": what, "severity": "error", "hits": []}

_likely(what) := {"what": what, "severity": "warning", "hits": []}

_kept_out(value, allowed) := [entry |
	some entry in ports.listed(value)
	not _reserved(entry)
	not entry.text in {json.marshal(port) | some port in params.of("traffic/capture-exclusion")[allowed]}
]

_reserved(entry) if {
	entry.from >= 15000
	entry.to <= 15099
}

_port(entry) := sprintf("port %s", [entry.text])

_inbound(pod, entries) := _served(hits) if {
	hits := [hit | some hit in _hits(pod); _any_within(hit.number, entries)]
} else := _likely(concat(", ", [_port(entry) | some entry in entries]))

_listed_only(pod, value) := _everything(pod, "all calls to it") if {
	value == ""
} else := _served(hits) if {
	hits := [hit | some hit in _hits(pod); not _any_within(hit.number, ports.listed(value))]
} else := _likely(sprintf("port %d", [others[0]])) if {
	others := [port.containerPort |
		some entry in workload.containers_of(pod)
		entry.role == "main"
		some port in entry.container.ports
		is_number(port.containerPort)
		not _any_within(port.containerPort, ports.listed(value))
	]
}

_everything(pod, what) := {"what": what, "severity": "error", "hits": hits} if {
	hits := _hits(pod)
	count(hits) > 0
} else := _likely(what)

_served(hits) := {
	"what": sprintf("port %d of Service %s", [hits[0].number, resource.ref(hits[0].service).name]),
	"severity": "error",
	"hits": hits,
}

_hits(pod) := [hit | some hit in ports.served(pod); _busy(hit, pod)]

_busy(hit, pod) if {
	resource.text(object.get(hit.service.spec, "clusterIP", "")) != "None"
	names := array.concat([hit.name, resource.ref(hit.service).name], [port.name |
		some entry in workload.containers_of(pod)
		some port in entry.container.ports
		port.containerPort == hit.number
		is_string(port.name)
	])
	not regex.match(`webhook|admission|conversion|metric|prom|health|probe|admin|debug`, lower(concat(" ", names)))
}

_any_within(number, entries) if {
	some entry in entries
	ports.within(number, entry)
}

_edge(pod) if {
	some entry in workload.containers_of(pod)
	is_string(entry.container.image)
	regex.match(`\bingress\b|\b(?:traefik|kong|contour|emissary|ambassador|gloo|apisix)\b`, entry.container.image)
}

_planes := {
	"sidecar": {"owner": "the sidecar", "advice": "remove it, and open what callers need by policy"},
	"ambient": {"owner": "ztunnel", "advice": "remove it, and open what callers need by policy"},
	"linkerd": {"owner": "Linkerd", "advice": "use opaque-ports, which keeps mTLS"},
}
