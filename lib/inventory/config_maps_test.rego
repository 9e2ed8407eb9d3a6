package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_map(namespace, name) := {
	"apiVersion": "v1",
	"kind": "ConfigMap",
	"metadata": {"name": name, "namespace": namespace},
	"data": {"key": name},
}

_maps := {"namespace": {
	"shop": {"v1": {"ConfigMap": {"web": _map("shop", "web"), "web#2": _map("shop", "web"), "odd": 3}}},
	"other": {"v1": {"ConfigMap": {"web": _map("other", "web")}}},
}}

_mapped(namespace, name) := [obj.metadata.namespace | some obj in inventory.config_maps(namespace, name)]

test_config_maps_of_a_name if {
	computed := inventory.computed with data.inventory as _maps
	every wanted in [["shop", "web", ["shop", "shop"]], ["other", "web", ["other"]], ["shop", "api", []]] {
		_mapped(wanted[0], wanted[1]) == wanted[2] with data.inventory as _maps
		_mapped(wanted[0], wanted[1]) == wanted[2] with data.lib.onelayer.prepared as computed
	}
	_mapped("shop", "web") == []
	_mapped("shop", "web") == [] with data.lib.onelayer.prepared as {}
}

test_config_maps_beside_each_other if {
	files := [
		{"path": "a.yaml", "contents": _map("shop", "web")},
		{"path": "b.yaml", "contents": _map("shop", "api")},
	]
	computed := inventory.computed with input as files
	_mapped("shop", "web") == ["shop"] with data.lib.onelayer.prepared as computed
}
