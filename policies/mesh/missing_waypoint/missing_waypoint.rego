# METADATA
# scope: package
# title: Nobody reads a policy for requests in ambient mode
# description: >-
#   In ambient mode ztunnel owns mTLS and connections, and a waypoint owns requests. A route, retry, outlier or policy
#   on requests of a Service without a waypoint is accepted and does nothing, while the application was relieved of it.
#   Commands make waypoints too, so a name that no Gateway has is reported where the namespace shows other waypoints.
# related_resources:
# - ref: https://istio.io/latest/docs/ambient/usage/waypoint/
#   description: Istio, waypoints
# - ref: https://istio.io/latest/docs/ambient/usage/l7-features/
#   description: Istio, what needs a waypoint
# custom:
#   id: mesh/missing-waypoint
#   severity: warning
#   severities: [warning]
#   group: mesh
#   concerns: [load-balancing, retries, timeouts, circuit-breaking]
#   layers: [mesh]
#   applies_to: [
#     networking.istio.io/VirtualService, networking.istio.io/DestinationRule, gateway.networking.k8s.io/HTTPRoute,
#     gateway.networking.k8s.io/GRPCRoute, security.istio.io/AuthorizationPolicy,
#     security.istio.io/RequestAuthentication, extensions.istio.io/WasmPlugin
#   ]
#   needs: [object, namespace, inventory]
#   surroundings: [
#     "ambient"
#   ]
#   remediation:
#     default: >-
#       Make a waypoint and label the Service or its namespace istio.io/use-waypoint with its name; attach policies on
#       requests to it by targetRefs.
#     sidecar: >-
#       With sidecars no waypoint is needed; take the namespace out of ambient mode or give its Services one.
#     ambient: >-
#       Make a waypoint and label the Service or its namespace istio.io/use-waypoint with its name; attach policies on
#       requests to it by targetRefs.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.missing_waypoint

import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), claim.obj, {
	"msg": sprintf("%s for Service %s %s, and ztunnel reads no request; %s", [
		claim.what,
		resource.ref(claim.services[0]).name,
		gap.text,
		gap.advice,
	]),
	"path": claim.path,
	"related": [{"note": gap.note, "object": resource.ref(claim.services[0]), "path": ["metadata"]}],
}) if {
	some claim in _claims
	gaps := [found | some service in claim.services; found := _gap(service)]
	count(gaps) == count(claim.services)
	gap := gaps[0]
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s is not attached to a waypoint, and ztunnel reads no request; attach it by targetRefs", [
		record.obj.kind,
	]),
	"path": path,
}) if {
	some record in resource.of({
		"security.istio.io/AuthorizationPolicy", "security.istio.io/RequestAuthentication",
		"extensions.istio.io/WasmPlugin",
	})
	not record.obj.spec.targetRefs
	not record.obj.spec.targetRef
	path := _request_path(record.kind, record.obj.spec)
	mesh.membership({"obj": record.obj, "spec": {}, "meta": {"labels": _selected(record.obj.spec)}}).mode == "ambient"
}

_gap(service) := {"text": _without, "advice": "label it istio.io/use-waypoint", "note": "names no waypoint"} if {
	mesh.modes_of(service) == {"ambient"}
	mesh.surroundings({"obj": service})
	not mesh.waypoint_of(service)
} else := {
	"text": sprintf("has waypoint %s, which is not there", [waypoint.name]),
	"advice": "make that Gateway",
	"note": sprintf("uses the waypoint by the label of its %s", [waypoint.on]),
} if {
	mesh.modes_of(service) == {"ambient"}
	waypoint := mesh.waypoint_of(service)
	_others_known(waypoint.namespace)
	count(_gateways(waypoint)) == 0
} else := {
	"text": sprintf("has waypoint %s, which takes calls to Pods only", [waypoint.name]),
	"advice": "label that Gateway istio.io/waypoint-for: service",
	"note": sprintf("uses the waypoint by the label of its %s", [waypoint.on]),
} if {
	mesh.modes_of(service) == {"ambient"}
	waypoint := mesh.waypoint_of(service)
	gateways := _gateways(waypoint)
	count(gateways) > 0
	every gateway in gateways {
		gateway.metadata.labels["istio.io/waypoint-for"] in {"workload", "none"}
	}
}

_without := "has no waypoint"

_others_known(namespace) if {
	some gateway in inventory.neighbours("gateway.networking.k8s.io/Gateway", namespace)
	contains(resource.text(gateway.spec.gatewayClassName), "waypoint")
}

_gateways(waypoint) := [gateway |
	some gateway in inventory.neighbours("gateway.networking.k8s.io/Gateway", waypoint.namespace)
	resource.ref(gateway).name == waypoint.name
]

_claims := array.concat(_hosted, array.concat(_ruled, _routed))

_hosted := [claim |
	some record in resource.of({"networking.istio.io/VirtualService"})
	inventory.in_mesh(record.obj)
	_routes_requests(record.obj.spec)
	some index, text in record.obj.spec.hosts
	claim := {
		"obj": record.obj,
		"what": "this VirtualService",
		"path": ["spec", "hosts", index],
		"services": _services_of(text, record.obj),
	}
]

_routes_requests(spec) if {
	some kind in ["http", "tls"]
	some _ in spec[kind]
}

_ruled := [claim |
	some record in resource.of({"networking.istio.io/DestinationRule"})
	part := _part(record.obj.spec.trafficPolicy)
	claim := {
		"obj": record.obj,
		"what": part.what,
		"path": array.concat(["spec", "trafficPolicy"], part.path),
		"services": _services_of(record.obj.spec.host, record.obj),
	}
]

_part(traffic) := {"what": "outlierDetection", "path": ["outlierDetection"]} if {
	is_object(traffic.outlierDetection)
} else := {"what": "connectionPool.http", "path": ["connectionPool", "http"]} if {
	is_object(traffic.connectionPool.http)
} else := {"what": "consistentHash", "path": ["loadBalancer", "consistentHash"]} if {
	some key in ["httpHeaderName", "httpCookie", "httpQueryParameterName"]
	traffic.loadBalancer.consistentHash[key]
}

_routed := [claim |
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute"})
	some parent in inventory.parents(record.obj)
	claim := {
		"obj": record.obj,
		"what": sprintf("this %s", [record.obj.kind]),
		"path": parent.path,
		"services": inventory.service_at(parent.namespace, parent.name),
	}
]

_services_of(text, obj) := inventory.host(hostname.text(text), resource.ref(obj).namespace).objects

_request_path("security.istio.io/RequestAuthentication", _) := ["spec"]

_request_path("extensions.istio.io/WasmPlugin", _) := ["spec"]

_request_path("security.istio.io/AuthorizationPolicy", spec) := [path |
	some index, rule in spec.rules
	some path in _request_paths(["spec", "rules", index], rule)
][0]

_request_paths(base, rule) := array.concat(
	array.concat(
		[array.concat(base, ["to", index, "operation", field]) |
			some index, target in rule.to
			some field, _ in target.operation
			field in {"methods", "notMethods", "paths", "notPaths", "hosts", "notHosts"}
		],
		[array.concat(base, ["from", index, "source", field]) |
			some index, origin in rule.from
			some field, _ in origin.source
			field in {"requestPrincipals", "notRequestPrincipals"}
		],
	),
	[array.concat(base, ["when", index, "key"]) |
		some index, condition in rule.when
		startswith(resource.text(condition.key), "request.")
	],
)

_selected(spec) := labels if {
	labels := spec.selector.matchLabels
} else := {}
