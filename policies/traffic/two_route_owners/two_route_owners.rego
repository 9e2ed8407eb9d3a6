# METADATA
# scope: package
# title: Two routing APIs own one Service
# description: >-
#   Calls to one Service inside the mesh are routed by two APIs at once - a VirtualService, a ServiceProfile or a
#   TrafficSplit beside an HTTPRoute or GRPCRoute. The mesh follows one of them and leaves the other without a word, so
#   that weights, retries and timeouts in the manifest are not those in force. Routing must have one owner.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/mesh/
#   description: Gateway API, routes of Services
# - ref: https://linkerd.io/2/reference/service-profiles/
#   description: Linkerd, ServiceProfiles
# custom:
#   id: traffic/two-route-owners
#   severity: error
#   severities: [error, info]
#   group: traffic
#   concerns: [load-balancing, retries, timeouts]
#   layers: [mesh]
#   applies_to: [
#     gateway.networking.k8s.io/HTTPRoute, gateway.networking.k8s.io/GRPCRoute, policy.linkerd.io/HTTPRoute
#   ]
#   needs: [object, namespace, inventory]
#   needles: [
#     "\\bService\\b"
#   ]
#   remediation:
#     default: >-
#       Keep one routing API for the Service, move what the other says into it and delete the other.
#     sidecar: >-
#       Keep either the VirtualService or the HTTPRoute of the Service.
#     ambient: >-
#       Keep the HTTPRoute, which waypoints support fully, and delete the VirtualService.
#     linkerd: >-
#       Keep the HTTPRoute with retry.linkerd.io and timeout.linkerd.io annotations and delete the ServiceProfile.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.two_route_owners

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s %s also routes calls to Service %s, and the mesh %s; keep one of them", [
		owners[0].obj.kind,
		resource.ref(owners[0].obj).name,
		parent.name,
		_effect[owners[0].role],
	]),
	"path": parent.path,
	"related": [{"note": "routes the same calls", "object": resource.ref(owner.obj), "path": owner.path} |
		some owner in owners
	],
}) if {
	some record in resource.of(_routes)
	some parent in inventory.parents(record.obj)
	owners := _owners(parent, record.obj)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("GRPCRoute %s has Service %s as a parent too, and a mesh may follow only one of them; keep one API", [
		resource.ref(others[0].obj).name,
		parent.name,
	]),
	"severity": "info",
	"path": parent.path,
	"related": [{"note": "routes the same calls", "object": resource.ref(other.obj), "path": other.path} |
		some other in others
	],
}) if {
	some record in resource.of({"gateway.networking.k8s.io/HTTPRoute", "policy.linkerd.io/HTTPRoute"})
	some parent in inventory.parents(record.obj)
	_owners(parent, record.obj) == []
	others := [policy |
		some policy in inventory.policies_of(parent.namespace, parent.name)
		policy.kind == "gateway.networking.k8s.io/GRPCRoute"
		policy.alone == true
		resource.ref(policy.obj).namespace == resource.ref(record.obj).namespace
		some other in inventory.parents(policy.obj)
		other.path == policy.path
		_same_port(other.port, parent.port)
	]
}

_owners(parent, route) := [policy |
	policies := inventory.policies_of(parent.namespace, parent.name)
	some role in ["host", "profile", "split"]
	some policy in policies
	policy.role == role
	policy.wide == false
	policy.alone == true
	_owns(role, policy, parent, route)
]

_routes := {
	"gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute",
	"policy.linkerd.io/HTTPRoute",
}

_effect := {
	"host": "follows only one of both",
	"profile": "follows it and ignores this route",
	"split": "follows only one of both",
}

_owns("host", policy, parent, route) if {
	policy.form in {"short", "fqdn"}
	startswith(resource.ref(route).apiVersion, "gateway.networking.k8s.io/")
	mesh.mode_in(parent.namespace) != "linkerd"
	some rule in policy.obj.spec.http
	_takes(rule, parent.port)
}

_owns("split", _, _, _)

_owns("profile", policy, parent, route) if {
	inventory.profile_decides(policy.obj)
	some namespace in [parent.namespace, resource.ref(route).namespace]
	resource.ref(policy.obj).namespace == namespace
}

_takes(rule, port) if {
	port == null
} else if {
	not rule.match
} else if {
	some condition in rule.match
	_same_port(object.get(condition, "port", null), port)
}

_same_port(one, other) if {
	one == null
} else if {
	other == null
} else if {
	one == other
}
