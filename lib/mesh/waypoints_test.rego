package lib.onelayer.mesh_test

import data.lib.onelayer.mesh

_served_by(selector) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"selector": selector},
}

_shop_of(labels, workloads) := {
	"cluster": {"v1": {"Namespace": {"shop": {
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": {"name": "shop", "labels": labels},
	}}}},
	"namespace": {"shop": {"apps/v1": {"Deployment": {obj.metadata.name: obj | some obj in workloads}}}},
}

_labelled_service(labels) := object.union(_served_by({"app": "web"}), {"metadata": {"labels": labels}})

_waypoints(own, given) := [waypoint |
	waypoint := mesh.waypoint_of(_labelled_service(own)) with data.inventory as _shop_of(given, [])
]

test_waypoints if {
	use := {"istio.io/use-waypoint": "egress"}
	far := {"istio.io/use-waypoint": "egress", "istio.io/use-waypoint-namespace": "infra"}
	_waypoints(use, {}) == [{"name": "egress", "namespace": "shop", "on": "Service"}]
	_waypoints(far, use) == [{"name": "egress", "namespace": "infra", "on": "Service"}]
	_waypoints({}, far) == [{"name": "egress", "namespace": "infra", "on": "Namespace"}]
	_waypoints({"istio.io/use-waypoint-namespace": "infra"}, use) == [{
		"name": "egress", "namespace": "shop",
		"on": "Namespace",
	}]
	_waypoints({"istio.io/use-waypoint": "none"}, use) == []
	_waypoints({"istio.io/use-waypoint": ""}, use) == []
	_waypoints({}, {"istio.io/use-waypoint": "none"}) == []
	_waypoints({}, {}) == []
	_waypoints("odd", {}) == []
}
