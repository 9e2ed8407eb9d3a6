# METADATA
# scope: package
# title: A probe asks another layer than the application
# description: >-
#   Kubernetes owns health and asks by probes whether the application is well. A probe of a port of the proxy learns
#   about the mesh or about a web server in the same Pod only; with the rewriting of probes switched off the sidecar
#   answers for a socket whatever the application does, and refuses a request of the kubelet where it takes mTLS only.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/
#   description: Istio, health checking of services
# custom:
#   id: resilience/probe-of-wrong-layer
#   severity: warning
#   severities: [error, warning]
#   group: resilience
#   concerns: [health, mtls]
#   layers: [kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet,
#     extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job, batch/CronJob,
#     argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "15020", "15021", "4191", "rewriteAppHTTPProbers", "nginx", "openresty", "haproxy", "traefik", "envoy", "caddy",
#     "httpd", "apache", "varnish", "squid", "kong", "tengine"
#   ]
#   remediation:
#     default: >-
#       Ask the application itself, at a port of its own and by a request that it answers only when it is well.
#     sidecar: >-
#       Remove sidecar.istio.io/rewriteAppHTTPProbers, so that the agent of the mesh passes probes on, and probe a port
#       of the application.
#     linkerd: >-
#       Probe a port of the application; the kubelet is let in by Linkerd without any setting.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.resilience.probe_of_wrong_layer

import data.lib.onelayer.finding
import data.lib.onelayer.mesh
import data.lib.onelayer.ports
import data.lib.onelayer.resource
import data.lib.onelayer.reverse_proxy
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), probe.entry.obj, {
	"msg": sprintf("%s of container %q asks port %d of %s, so nobody learns whether the application is well; %s", [
		probe.field,
		probe.entry.name,
		probe.number,
		proxy.owner,
		"ask the application",
	]),
	"path": array.concat(probe.path, ["port"]),
}) if {
	some probe in _probes
	proxy := _proxies[probe.number]
	mesh.membership(probe.entry.pod).mode in proxy.modes
	not probe.entry.name in {"istio-proxy", "linkerd-proxy"}
	not startswith(resource.text(object.get(probe.asked, "path", "")), "/app-health/")
	not probe.number in _own_ports(probe.entry.pod)
}

violation contains finding.new(rego.metadata.chain(), probe.entry.obj, {
	"msg": sprintf("%s of container %q asks port %d of the proxy %q, so nobody learns whether %s", [
		probe.field,
		probe.entry.name,
		probe.number,
		proxies[0].name,
		"the application is well; ask the application",
	]),
	"path": array.concat(probe.path, ["port"]),
	"related": [{"note": "listens there", "object": resource.ref(proxy.obj), "path": proxy.path} |
		some proxy in proxies
	],
}) if {
	some probe in _probes
	not reverse_proxy.runs(probe.entry)
	not probe.number in _ports_of(probe.entry)
	proxies := [entry |
		some entry in workload.containers_of(probe.entry.pod)
		entry.role == "main"
		reverse_proxy.runs(entry)
		probe.number in _ports_of(entry)
	]
}

violation contains finding.new(rego.metadata.chain(), probe.entry.obj, {
	"msg": sprintf("%s of container %q is not rewritten, so the sidecar answers for the socket always; remove %s", [
		probe.field,
		probe.entry.name,
		"rewriteAppHTTPProbers",
	]),
	"path": array.concat(probe.path, ["port"]),
	"related": [_switch(probe)],
}) if {
	some probe in _probes
	probe.how == "tcpSocket"
	_left_alone(probe)
}

violation contains finding.new(rego.metadata.chain(), probe.entry.obj, {
	"msg": sprintf("%s of container %q is not rewritten, and PeerAuthentication %s refuses the kubelet; remove %s", [
		probe.field,
		probe.entry.name,
		resource.ref(policy).name,
		"rewriteAppHTTPProbers",
	]),
	"severity": "error",
	"path": array.concat(probe.path, ["port"]),
	"related": [_switch(probe), {"note": "takes mTLS only", "object": resource.ref(policy), "path": ["spec", "mtls"]}],
}) if {
	some probe in _probes
	probe.how != "tcpSocket"
	_left_alone(probe)
	policy := mesh.strict(probe.entry.pod, probe.number)
}

_probes := [probe |
	some entry in workload.containers
	some field in ["readinessProbe", "livenessProbe", "startupProbe"]
	some how in ["httpGet", "tcpSocket", "grpc"]
	asked := entry.container[field][how]
	probe := {
		"entry": entry,
		"field": field,
		"how": how,
		"asked": asked,
		"number": _number(entry, asked.port),
		"path": array.concat(entry.path, [field, how]),
	}
]

_number(entry, port) := port if {
	is_number(port)
} else := ports.reached({"port": port}, object.union(entry.pod, {"spec": {"containers": [entry.container]}}))

_proxies := {
	15020: {"owner": "the agent of Istio", "modes": {"sidecar", "unknown"}},
	15021: {"owner": "the sidecar", "modes": {"sidecar", "unknown"}},
	4191: {"owner": "Linkerd's proxy", "modes": {"linkerd", "unknown"}},
}

_ports_of(entry) := {port.containerPort | some port in entry.container.ports}

_own_ports(pod) := {port.containerPort |
	some entry in workload.containers_of(pod)
	some port in entry.container.ports
}

_rewriting := "sidecar.istio.io/rewriteAppHTTPProbers"

_left_alone(probe) if {
	resource.text(probe.entry.pod.meta.annotations[_rewriting]) == "false"
	mesh.membership(probe.entry.pod).mode in {"sidecar", "unknown"}
	not _bypassed(probe)
}

_bypassed(probe) if {
	some key in ["traffic.sidecar.istio.io/excludeInboundPorts"]
	some listed in ports.listed(resource.text(probe.entry.pod.meta.annotations[key]))
	ports.within(probe.number, listed)
} else if {
	value := resource.text(probe.entry.pod.meta.annotations["traffic.sidecar.istio.io/includeInboundPorts"])
	value != "*"
	not _listed(value, probe.number)
}

_listed(value, number) if {
	some entry in ports.listed(value)
	ports.within(number, entry)
}

_switch(probe) := {
	"note": "switches the rewriting of probes off",
	"object": resource.ref(probe.entry.obj),
	"path": array.concat(probe.entry.pod.meta_path, ["annotations", _rewriting]),
}
