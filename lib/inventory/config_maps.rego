package lib.onelayer.inventory

import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.synced

# METADATA
# title: The configuration that a Pod mounts
# description: >-
#   The ConfigMap objects of a name in a namespace. A cluster keeps none of them beside the input unless its owner asks
#   for it, because they are many and large.
config_maps(namespace, name) := object.get(prepared.config_maps, key, []) if {
	key := concat("/", [namespace, resource.text(name)])
} else := [obj |
	some obj in synced.namespaces[namespace].v1.ConfigMap
	resource.ref(obj).name == name
]

_config_maps := {key: found |
	some key in {entry.key | some entry in _known_config_maps}
	found := [entry.obj | some entry in _known_config_maps; entry.key == key]
}

_known_config_maps := [{"key": key, "obj": obj} |
	some obj in _config_map_objects
	key := concat("/", [resource.ref(obj).namespace, resource.ref(obj).name])
]

_config_map_objects := array.concat(
	[obj |
		some kinds in _namespaces
		some obj in kinds.v1.ConfigMap
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.kind == "/ConfigMap"
	],
)
