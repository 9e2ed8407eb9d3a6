package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_of_kind(api, kind, namespace, name) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": name, "namespace": namespace},
}

_peer := "security.istio.io/PeerAuthentication"

_around := {"namespace": {
	"shop": {
		"security.istio.io/v1": {"PeerAuthentication": {
			"a": _of_kind("security.istio.io/v1", "PeerAuthentication", "shop", "a"),
			"odd": 3,
		}},
		"security.istio.io/v1beta1": {"PeerAuthentication": {
			"b": _of_kind("security.istio.io/v1beta1", "PeerAuthentication", "shop", "b"),
			"c": _of_kind("example.com/v1", "PeerAuthentication", "shop", "c"),
		}},
		"v1": {"ConfigMap": {"a": _of_kind("v1", "ConfigMap", "shop", "a")}},
	},
	"back": {"networking.k8s.io/v1": {"NetworkPolicy": {
		"d": _of_kind("networking.k8s.io/v1", "NetworkPolicy", "back", "d"),
	}}},
}}

_around_names(kind, namespace) := {obj.metadata.name | some obj in inventory.neighbours(kind, namespace)}

test_neighbours if {
	computed := inventory.computed with data.inventory as _around
	every wanted in [
		[_peer, "shop", {"a", "b"}], [_peer, "back", set()], ["networking.k8s.io/NetworkPolicy", "back", {"d"}],
		["/ConfigMap", "shop", set()],
	] {
		_around_names(wanted[0], wanted[1]) == wanted[2] with data.inventory as _around
		_around_names(wanted[0], wanted[1]) == wanted[2] with data.lib.onelayer.prepared as computed
	}
	_around_names(_peer, "shop") == set()
	_around_names(_peer, "shop") == set() with data.lib.onelayer.prepared as {}
}

test_neighbours_beside_each_other if {
	files := [
		{"path": "a.yaml", "contents": _of_kind("security.istio.io/v1", "PeerAuthentication", "shop", "a")},
		{"path": "b.yaml", "contents": _of_kind("v1", "ConfigMap", "shop", "b")},
	]
	computed := inventory.computed with input as files
	_around_names(_peer, "shop") == {"a"} with data.lib.onelayer.prepared as computed
	_around_names("/ConfigMap", "shop") == set() with data.lib.onelayer.prepared as computed
}
