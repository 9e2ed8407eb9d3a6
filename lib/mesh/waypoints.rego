package lib.onelayer.mesh

import data.lib.onelayer.resource

# METADATA
# title: The waypoint of a Service or workload
# description: >-
#   The waypoint that the labels of an object, or else those of its namespace, name, as {name, namespace, on}; on is
#   Service, or what else the object is, or Namespace. Undefined where they name none or opt out.
waypoint_of(obj) := waypoint if {
	asked := _object(resource.meta(obj), "labels")
	_has(asked, _use_waypoint)
	waypoint := _waypoint(asked, obj, resource.ref(obj).kind)
} else := waypoint if {
	not _has(_object(resource.meta(obj), "labels"), _use_waypoint)
	waypoint := _waypoint(surroundings({"obj": obj}).labels, obj, "Namespace")
}

_waypoint(labels, obj, on) := {"name": name, "namespace": namespace, "on": on} if {
	name := _text(labels, _use_waypoint)
	not name in {"", "none"}
	namespace := resource.text(object.get(labels, "istio.io/use-waypoint-namespace", resource.ref(obj).namespace))
}

_use_waypoint := "istio.io/use-waypoint"
