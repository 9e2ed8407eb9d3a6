# METADATA
# scope: package
# title: The mesh is not told which protocol a port speaks
# description: >-
#   The mesh owns balancing of requests, retries and metrics of HTTP and gRPC, but only of ports that it takes for
#   such. Istio goes by appProtocol or the name of the port and else guesses; Linkerd knows few values of appProtocol
#   and takes every other one, grpc included, for an opaque stream that nobody looks into.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
#   description: Istio, protocol selection
# - ref: https://linkerd.io/2/features/protocol-detection/
#   description: Linkerd, protocol detection
# custom:
#   id: traffic/undeclared-protocol
#   severity: info
#   severities: [error, warning, info]
#   group: traffic
#   concerns: [load-balancing, retries, metrics]
#   layers: [kubernetes, mesh]
#   applies_to: [/Service]
#   needs: [object, namespace, inventory]
#   surroundings: [
#     "istio-injection", "istio.io/rev", "sidecar.istio.io", "istio-proxy", "assume_mesh",
#     "enable_namespaces_by_default", "linkerd.io/inject", "linkerd-proxy", "ambient"
#   ]
#   remediation:
#     default: >-
#       Say what the port speaks in the form that the mesh reads.
#     sidecar: >-
#       Set appProtocol, or begin the name of the port with http, http2, grpc, tcp or another protocol of Istio.
#     ambient: >-
#       Set appProtocol, or begin the name of the port with http, http2, grpc, tcp or another protocol of Istio; the
#       waypoint reads it.
#     linkerd: >-
#       Set appProtocol http for HTTP/1 and kubernetes.io/h2c for HTTP/2 and gRPC, or remove it and let Linkerd detect.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.undeclared_protocol

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("appProtocol %s of port %s is opaque to Linkerd, so it balances and retries no request; use %s", [
		port.appProtocol,
		_label(port),
		_instead(port.appProtocol),
	]),
	"severity": "error",
	"path": ["spec", "ports", index, "appProtocol"],
}) if {
	some record in _services
	some index, port in record.obj.spec.ports
	_opaque_by_mistake(port.appProtocol)
	not _opaque_on_purpose(record.obj, port.port)
	mesh.modes_of(record.obj) == {"linkerd"}
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("port %s says tcp, but %s, so the mesh owns no request of it; say http or grpc", [
		_label(port),
		witness.note,
	]),
	"severity": "warning",
	"path": _place(index, port),
	"related": [witness],
}) if {
	some record in _services
	some index, port in record.obj.spec.ports
	_declared(port) == "tcp"
	_reads_requests(record.obj)
	witness := [found |
		some pod in inventory.workloads_of(record.obj)
		some found in _witnesses(port, pod)
	][0]
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("port %s names no protocol, so Istio guesses what it may balance and retry; set appProtocol", [
		_label(port),
	]),
	"path": _place(index, port),
}) if {
	some record in _services
	some index, port in record.obj.spec.ports
	is_object(port)
	object.get(port, "protocol", "TCP") == "TCP"
	not port.port in {25, 53, 3306, 27017}
	not _declared(port)
	_reads_requests(record.obj)
}

_services := [record |
	some record in resource.of({"/Service"})
	is_array(record.obj.spec.ports)
	not record.obj.spec.type == "ExternalName"
]

_opaque_by_mistake(protocol) if {
	is_string(protocol)
	lower(protocol) in {
		"grpc", "grpc-web", "http2", "h2c", "http/2", "http/1.1", "kubernetes.io/ws", "kubernetes.io/http",
		"kubernetes.io/grpc", "kubernetes.io/http2",
	}
} else if {
	is_string(protocol)
	protocol != "http"
	lower(protocol) == "http"
}

_opaque_on_purpose(service, number) if {
	some entry in ports.listed(resource.annotations(service)["config.linkerd.io/opaque-ports"])
	ports.within(number, entry)
}

_instead(protocol) := "http" if {
	lower(protocol) in {"http", "http/1.1", "kubernetes.io/ws", "kubernetes.io/http", "grpc-web"}
} else := "kubernetes.io/h2c"

_reads_requests(service) if {
	mesh.modes_of(service) == {"sidecar"}
} else if {
	mesh.modes_of(service) == {"ambient"}
	mesh.waypoint_of(service)
}

_declared(port) := protocol if {
	protocol := _known[lower(resource.text(port.appProtocol))]
} else := protocol if {
	protocol := _known[split(lower(resource.text(port.name)), "-")[0]]
	object.get(port, "appProtocol", "") == ""
}

_known := {
	"http": "http", "http2": "http", "https": "https", "grpc": "grpc", "grpc-web": "grpc", "tcp": "tcp", "tls": "tls",
	"udp": "udp", "mongo": "mongo", "mysql": "mysql", "redis": "redis", "hbone": "hbone",
	"kubernetes.io/h2c": "http", "kubernetes.io/ws": "http", "kubernetes.io/wss": "https",
}

_witnesses(port, pod) := array.concat(
	[_seen(entry, ["ports", index], sprintf("container %q calls it %s", [entry.name, listener.name])) |
		number := ports.reached(port, pod)
		some entry in workload.containers_of(pod)
		some index, listener in entry.container.ports
		listener.containerPort == number
		regex.match(`^(?:http2?|grpc)(?:-|$)`, lower(resource.text(object.get(listener, "name", ""))))
	],
	[_seen(entry, [probe], sprintf("the %s of %q asks it by %s", [probe, entry.name, how])) |
		number := ports.reached(port, pod)
		some entry in workload.containers_of(pod)
		some probe in ["readinessProbe", "livenessProbe", "startupProbe"]
		some how in ["httpGet", "grpc"]
		asked := entry.container[probe][how]
		is_object(asked)
		lower(resource.text(object.get(asked, "scheme", ""))) != "https"
		ports.reached({"port": asked.port}, object.union(pod, {"spec": {"containers": [entry.container]}})) == number
	],
)

_seen(entry, segments, note) := {
	"note": note,
	"object": resource.ref(entry.obj),
	"path": array.concat(entry.path, segments),
}

_place(index, port) := ["spec", "ports", index, "appProtocol"] if {
	is_string(port.appProtocol)
} else := ["spec", "ports", index, "name"] if {
	is_string(port.name)
} else := ["spec", "ports", index]

_label(port) := name if {
	name := resource.text(object.get(port, "name", ""))
	name != ""
} else := resource.text(object.get(port, "port", ""))
