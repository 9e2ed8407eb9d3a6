package lib.onelayer.mesh

import data.lib.onelayer.inventory
import data.lib.onelayer.resource

# METADATA
# title: Routes that Linkerd reads
# description: >-
#   True for a route whose parents are all Services and that Linkerd follows, as its kind, its annotations or the
#   namespace of a parent tell.
linkerd_reads(route) if {
	parents := inventory.parents(route)
	count(parents) > 0
	count(parents) == count(route.spec.parentRefs)
	_speaks_linkerd(route, parents)
}

# METADATA
# title: Annotations by which Linkerd takes a policy
# description: True for the keys of retries, timeouts and circuit breaking.
policy_of_linkerd(key) if {
	regex.match(`^(?:retry|timeout)\.linkerd\.io/|^balancer\.(?:alpha\.)?linkerd\.io/failure-accrual`, key)
}

_speaks_linkerd(route, parents) if {
	resource.group_kind(route) == "policy.linkerd.io/HTTPRoute"
} else if {
	some key, _ in resource.annotations(route)
	policy_of_linkerd(key)
} else if {
	some parent in parents
	mode_in(parent.namespace) == "linkerd"
}
