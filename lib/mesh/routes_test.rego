package lib.onelayer.mesh_test

import data.lib.onelayer.mesh

_parent(name) := {"group": "", "kind": "Service", "name": name}

_routed(api, annotations, parents) := {
	"apiVersion": api,
	"kind": "HTTPRoute",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": {"parentRefs": parents},
}

test_routes_that_linkerd_reads if {
	plain := _routed("gateway.networking.k8s.io/v1", {}, [_parent("web")])
	config := {"namespaces": {"shop": {"annotations": {"linkerd.io/inject": "enabled"}}}}
	not mesh.linkerd_reads(plain)
	mesh.linkerd_reads(plain) with data.lib.onelayer.config as config
	mesh.linkerd_reads(_routed("policy.linkerd.io/v1beta3", {}, [_parent("web")]))
	mesh.linkerd_reads(_routed("gateway.networking.k8s.io/v1", {"retry.linkerd.io/http": "5xx"}, [_parent("web")]))
	every parents in [[], null, [_parent("web"), {"kind": "Gateway", "name": "edge"}]] {
		not mesh.linkerd_reads(_routed("policy.linkerd.io/v1beta3", {}, parents))
	}
}

test_annotations_by_which_linkerd_takes_a_policy if {
	every key in ["retry.linkerd.io/http", "timeout.linkerd.io/idle", "balancer.linkerd.io/failure-accrual"] {
		mesh.policy_of_linkerd(key)
	}
	not mesh.policy_of_linkerd("config.linkerd.io/proxy-retry.linkerd.io/http")
}
