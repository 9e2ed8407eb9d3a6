# METADATA
# scope: package
# title: Admission
# description: >-
#   Tells for which reviews of a cluster nothing must be said: an object that goes, an update that changes nothing that
#   a rule reads, and what a controller made out of an object that is judged itself. Entries ask it before any rule.
package lib.onelayer.admission

import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: >-
#   True when the input is the review of a deletion, of an object that is being deleted, of one of onelayer's own kinds,
#   which are there to be looked up, of an update that leaves everything but status and metadata as it was, labels and
#   annotations that a mesh, a collector of logs or a waiver reads included, or of a Pod, ReplicaSet or Job that belongs
#   to a controller of a kind that is judged itself. The setting skip_owned, true unless the configuration says
#   otherwise, is for the last: whoever writes an object may claim an owner for it.
default silent := false

silent if {
	resource.request.operation == "DELETE"
} else if {
	is_string(resource.request.object.metadata.deletionTimestamp)
} else if {
	startswith(resource.group_kind(resource.request.object), "onelayer.dev/")
} else if {
	_unchanged
} else if {
	_owned
}

# METADATA
# description: The group/Kind of what controllers make.
dependants := {"/Pod", "apps/ReplicaSet", "extensions/ReplicaSet", "batch/Job"}

_unchanged if {
	resource.request.operation == "UPDATE"
	is_object(resource.request.object)
	is_object(resource.request.oldObject)
	_substance(resource.request.object) == _substance(resource.request.oldObject)
}

_substance(obj) := {
	"rest": object.remove(obj, ["metadata", "status"]),
	"labels": _read(obj, "labels"),
	"annotations": _read(obj, "annotations"),
}

_read(obj, field) := {key: value |
	some key, value in resource.meta(obj)[field]
	is_string(key)
	_is_read(key)
}

_is_read(key) if {
	regex.match(`^istio-|^onelayer\.dev/|(^|\.)(istio|linkerd)\.io/`, key)
} else if {
	regex.match(`^(fluentbit\.io|vector\.dev|splunk\.com|sumologic\.com)/exclude|logs_exclude$|^co\.elastic\.logs`, key)
}

_owned if {
	resource.group_kind(resource.request.object) in dependants
	workload.owned(resource.request.object)
}
