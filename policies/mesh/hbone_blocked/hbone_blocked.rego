# METADATA
# scope: package
# title: A NetworkPolicy shuts the tunnel of the mesh out
# description: >-
#   In ambient mode the mesh owns transport - traffic between Pods arrives in a tunnel on port 15008 and not on the port
#   of the application. A NetworkPolicy that lists ports of the application only, which is right without a mesh, lets
#   Kubernetes drop everything that the mesh encrypts.
# related_resources:
# - ref: https://istio.io/latest/docs/ambient/usage/networkpolicy/
#   description: Istio, ambient mode and NetworkPolicy
# custom:
#   id: mesh/hbone-blocked
#   severity: warning
#   severities: [warning]
#   group: mesh
#   concerns: [mtls]
#   layers: [kubernetes, mesh]
#   applies_to: [networking.k8s.io/NetworkPolicy]
#   needs: [object, namespace, inventory]
#   needles: [
#     "ports"
#   ]
#   surroundings: [
#     "ambient"
#   ]
#   remediation:
#     default: >-
#       Add the port 15008 with protocol TCP to the rules for other Pods, and restrict ports of the application by an
#       AuthorizationPolicy.
#     ambient: >-
#       Add the port 15008 with protocol TCP to the rules for other Pods, and restrict ports of the application by an
#       AuthorizationPolicy.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.hbone_blocked

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s lists ports without 15008, so Kubernetes drops what the mesh tunnels %s; add 15008/TCP", [
		direction,
		side.way,
	]),
	"path": ["spec", direction, index, "ports"],
}) if {
	some record in resource.of({"networking.k8s.io/NetworkPolicy"})
	some direction, side in _sides
	_limits(record.obj.spec, direction)
	index := [at | some at, rule in record.obj.spec[direction]; _for_pods(rule, direction)][0]
	not _opens(record.obj.spec, direction)
	_ambient(record.obj)
	not _opened_elsewhere(record.obj, direction)
}

_sides := {
	"ingress": {"way": "to these Pods", "peers": "from"},
	"egress": {"way": "from these Pods", "peers": "to"},
}

_limits(spec, "ingress") if {
	not spec.policyTypes
} else if {
	"Ingress" in spec.policyTypes
}

_limits(spec, "egress") if {
	not spec.policyTypes
} else if {
	"Egress" in spec.policyTypes
}

_for_pods(rule, direction) if {
	some port in rule.ports
	_is_tcp(port)
	not port.port in {53, "53", "dns", "dns-tcp"}
	_among_pods(object.get(rule, _sides[direction].peers, []), direction)
}

_among_pods(peers, "ingress") if {
	peers == []
} else if {
	_selects(peers)
}

_among_pods(peers, "egress") if _selects(peers)

_selects(peers) if {
	some peer in peers
	some field in ["podSelector", "namespaceSelector"]
	is_object(peer[field])
}

_opens(spec, direction) if {
	some rule in spec[direction]
	_lets_in(rule)
}

_lets_in(rule) if {
	not rule.ports
} else if {
	rule.ports == []
} else if {
	some port in rule.ports
	_is_tcp(port)
	_covers(port)
}

_is_tcp(port) if {
	is_object(port)
	object.get(port, "protocol", "TCP") == "TCP"
}

_covers(port) if {
	not port.port
} else if {
	port.port == 15008
} else if {
	port.port <= 15008
	port.endPort >= 15008
	is_number(port.endPort)
}

_ambient(policy) if {
	labels := object.get(policy.spec, ["podSelector", "matchLabels"], {})
	mesh.membership({"obj": policy, "spec": {}, "meta": {"labels": labels}}).mode == "ambient"
}

_opened_elsewhere(policy, direction) if {
	namespace := resource.ref(policy).namespace
	some other in inventory.neighbours("networking.k8s.io/NetworkPolicy", namespace)
	resource.ref(other).name != resource.ref(policy).name
	_opens(other.spec, direction)
	_limits(other.spec, direction)
}
