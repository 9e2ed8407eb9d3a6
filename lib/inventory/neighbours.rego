package lib.onelayer.inventory

import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.synced

# METADATA
# title: What else stands in a namespace
# description: >-
#   The objects of a group/Kind in a namespace, for the kinds that are few and decide about Pods that they do not name -
#   PeerAuthentication, NetworkPolicy and Gateway. Other kinds give none.
neighbours(kind, namespace) := known if {
	known := object.get(prepared.neighbours, _placed(kind, namespace), [])
} else := [obj |
	kind in _neighbour_kinds
	some version, kinds in synced.namespaces[namespace]
	not resource.foreign(version)
	some obj in kinds[split(kind, "/")[1]]
	is_object(obj)
	resource.group_kind(obj) == kind
]

_neighbour_kinds := {
	"security.istio.io/PeerAuthentication",
	"networking.k8s.io/NetworkPolicy",
	"gateway.networking.k8s.io/Gateway",
}

_neighbour_names := {split(kind, "/")[1] | some kind in _neighbour_kinds}

_placed(kind, namespace) := concat("\n", [resource.text(kind), resource.text(namespace)])

_neighbours := {key: found |
	some key in {entry.key | some entry in _neighbour_entries}
	found := [entry.obj | some entry in _neighbour_entries; entry.key == key]
}

_neighbour_entries := [{"key": _placed(kind, resource.ref(obj).namespace), "obj": obj} |
	some obj in _neighbour_objects
	kind := resource.group_kind(obj)
	kind in _neighbour_kinds
]

_neighbour_objects := array.concat(
	[obj |
		some versions in _namespaces
		some version, kinds in versions
		not resource.foreign(version)
		some name in _neighbour_names
		some obj in kinds[name]
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		not resource.foreign(record.obj.apiVersion)
	],
)
