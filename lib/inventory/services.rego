package lib.onelayer.inventory

import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.selector
import data.lib.onelayer.workload

# METADATA
# title: The Services that send traffic to labels
# description: The Service objects of a namespace whose selector the labels of a Pod satisfy.
services_of(namespace, labels) := [service |
	some pair in {pair | some key, value in labels; pair := _pair(namespace, key, value)}
	some service in prepared.services[pair]
	selector.selects(service.spec.selector, labels)
] if {
	prepared.services
} else := [obj |
	some obj in _in_namespace(namespace)
	resource.group_kind(obj) == "/Service"
	selector.selects(obj.spec.selector, labels)
]

# METADATA
# title: The Services of a namespace
# description: The Service objects of a namespace, whatever they select.
services_in(namespace) := known if {
	known := object.get(prepared.placed_services, namespace, [])
} else := [obj |
	some obj in _in_namespace(namespace)
	resource.group_kind(obj) == "/Service"
]

# METADATA
# title: The workloads that a Service sends traffic to
# description: >-
#   The pod templates that the selector of a Service takes in its namespace, as records of lib.onelayer.workload. A
#   Service without a selector takes none.
workloads_of(service) := [pod |
	pairs := service.spec.selector
	key := min(object.keys(pairs))
	some pod in prepared.pods[_pair(resource.ref(service).namespace, key, pairs[key])]
	selector.selects(pairs, pod.meta.labels)
] if {
	prepared.pods
} else := [pod |
	some obj in _in_namespace(resource.ref(service).namespace)
	some pod in workload.pods_of({"obj": obj, "kind": resource.group_kind(obj), "file": ""})
	selector.selects(service.spec.selector, pod.meta.labels)
]

# METADATA
# title: Whether a Service has a second backend
# description: >-
#   True when a Service sends traffic to the Pods of another workload than the one of an object reference, of which any
#   are wanted. It stops at the first, because many workloads may have the same labels.
shared(service, ref) if {
	pairs := service.spec.selector
	key := min(object.keys(pairs))
	some pod in prepared.pods[_pair(resource.ref(service).namespace, key, pairs[key])]
	_another(pod, pairs, ref)
} else if {
	not prepared.pods
	some obj in _in_namespace(resource.ref(service).namespace)
	some pod in workload.pods_of({"obj": obj, "kind": resource.group_kind(obj), "file": ""})
	_another(pod, service.spec.selector, ref)
}

_another(pod, pairs, ref) if {
	object.get(pod.obj.spec, "replicas", 1) != 0
	selector.selects(pairs, pod.meta.labels)
	resource.ref(pod.obj) != ref
}

_in_namespace(name) := [obj |
	some kinds in _namespaces[name]
	some kind, objects in kinds
	kind in _looked_up_kinds
	some obj in objects
	is_object(obj)
]

_pair(namespace, key, value) := concat("\n", [namespace, key, resource.text(value)])

_services := {pair: found |
	some pair in {entry.pair | some entry in _service_pairs}
	found := [entry.obj | some entry in _service_pairs; entry.pair == pair]
}

_service_pairs := [{"pair": pair, "obj": obj} |
	some obj in _service_objects
	pairs := obj.spec.selector
	key := min(object.keys(pairs))
	pair := _pair(resource.ref(obj).namespace, key, pairs[key])
]

_placed_services := {namespace: found |
	some namespace in {entry.namespace | some entry in _service_places}
	found := [entry.obj | some entry in _service_places; entry.namespace == namespace]
}

_service_places := [{"namespace": resource.ref(obj).namespace, "obj": obj} | some obj in _service_objects]

_service_objects := [obj |
	some obj in _namespaced
	resource.group_kind(obj) == "/Service"
]

_pods := {pair: found |
	some pair in {entry.pair | some entry in _pod_pairs}
	found := [entry.pod | some entry in _pod_pairs; entry.pair == pair]
}

_pod_pairs := [{"pair": pair, "pod": pod} |
	count(_service_objects) > 0
	some obj in _namespaced
	some pod in workload.pods_of({"obj": obj, "kind": resource.group_kind(obj), "file": ""})
	some key, value in pod.meta.labels
	pair := _pair(resource.ref(obj).namespace, key, value)
]
