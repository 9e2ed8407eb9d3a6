package lib.onelayer.mesh

import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.selector

# METADATA
# title: Ports that take mTLS only
# description: >-
#   The PeerAuthentication that makes Istio refuse plain text at a port of a pod template: the one that selects the Pod,
#   else that of its namespace, else that of istio-system. Undefined where none does, where one that decides is not
#   STRICT, and for a port that it opens.
strict(pod, port) := policies[0] if {
	policies := _deciding(pod)
	every policy in policies {
		_mode_at(policy, port) == "STRICT"
	}
}

_deciding(pod) := policies if {
	policies := [policy |
		some policy in inventory.neighbours(_peer_authentication, resource.ref(pod.obj).namespace)
		is_object(policy.spec.selector)
		selector.matches(policy.spec.selector, _labels(pod))
		_says(policy)
	]
	count(policies) > 0
} else := policies if {
	policies := _namespace_wide(resource.ref(pod.obj).namespace)
	count(policies) > 0
} else := _namespace_wide("istio-system")

_namespace_wide(namespace) := [policy |
	some policy in inventory.neighbours(_peer_authentication, namespace)
	not policy.spec.selector
	_says(policy)
]

_peer_authentication := "security.istio.io/PeerAuthentication"

_says(policy) if {
	is_string(policy.spec.mtls.mode)
	policy.spec.mtls.mode != "UNSET"
}

_mode_at(policy, port) := policy.spec.portLevelMtls[resource.text(port)].mode if {
	is_string(policy.spec.portLevelMtls[resource.text(port)].mode)
} else := policy.spec.mtls.mode
