# METADATA
# scope: package
# title: Inventory
# description: >-
#   Looks up other objects: which Image a reference means, what runs an Image, which autoscaler owns a workload.
#   Objects that stand beside each other in one input count as well as those that the engine keeps beside the input.
#   Without an inventory every look-up answers that nothing is known.
package lib.onelayer.inventory

import data.lib.onelayer.image
import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.synced
import data.lib.onelayer.unit
import data.lib.onelayer.workload

# METADATA
# description: >-
#   Everything that look-ups by key need, computed from the whole inventory: images (by normal reference), bases
#   (Images by normal reference), named (Images by name), consumers (by Image name), autoscalers (by
#   namespace/Kind/name), whether the unit knows a mesh, the namespaces of the input itself, Services and pod
#   templates by one label of theirs, Services, the policies of a mesh about them and VirtualServices by namespace/name,
#   Services by namespace, ServiceEntries by host, ConfigMaps by namespace/name, monitors by one label of what they
#   select, what reads them, whether other collectors are known, and what else stands in a namespace by kind. The tool
#   computes a part once per unit, when a policy first reads it from prepared; a cluster asks for one part.
# scope: document
computed["images"] := _images

computed["bases"] := _bases

computed["named"] := _by_name

computed["consumers"] := _consumers

computed["autoscalers"] := _autoscalers

computed["mesh"] := _mesh

computed["namespaces"] := _namespaces_beside

computed["services"] := _services

computed["pods"] := _pods

computed["named_services"] := _named_services

computed["placed_services"] := _placed_services

computed["virtual_services"] := _virtual_services

computed["entries"] := _entries

computed["policies"] := _policies

computed["config_maps"] := _config_maps

computed["monitors"] := _monitors

computed["collectors"] := _collectors

computed["scrapers"] := _scrapers

computed["neighbours"] := _neighbours

# METADATA
# description: The only Image that a reference means, as {obj, assumed}; undefined when none or several do.
image_of(ref) := known if {
	any_image
	ref != ""
	known := _meant(ref)
}

# METADATA
# description: True when the inventory holds any Image, so that image_of may know one.
any_image if count(_known_images) > 0

# METADATA
# description: The Images that are known by a reference, for following FROM.
bases := known if {
	known := prepared.bases
} else := _bases

# METADATA
# description: What runs an Image, as a list of {object, path, note, kind, job, overrides, guarded}; guarded tells that
#   the container has a memory limit and a liveness probe.
consumers(name) := object.get(_known_consumers, name, [])

# METADATA
# description: The autoscalers of a workload, as a list of object references.
autoscalers(ref) := [scaler.ref | some scaler in _scalers(ref)]

# METADATA
# description: >-
#   True when an autoscaler of a workload keeps two Pods of it or more, or says how many by what cannot be read. One
#   without a minimum keeps no second.
kept_double(ref) if {
	some scaler in _scalers(ref)
	scaler.double
}

# METADATA
# description: True when the unit holds objects of a mesh or namespaces that are enrolled in one.
mesh if _known_mesh == true

# METADATA
# description: True when the unit was given whole, so that what is missing in it is missing.
whole if unit.whole == true

# METADATA
# description: >-
#   True when a cluster asks that has synced nothing of any namespace, so that looking for a Service, a workload or an
#   autoscaler is in vain. Cheap, to be asked before what such a look-up needs.
empty if {
	count(_namespaces) == 0
	resource.in_cluster
}

# METADATA
# description: The Namespace object of a name; undefined when the inventory has none.
namespace(name) := synced.cluster.v1.Namespace[name] if {
	is_object(synced.cluster.v1.Namespace[name])
} else := _known_namespaces[name]

# METADATA
# description: The reference by which a compose service knows the Image that it builds.
compose_ref(project, service) := concat("/", ["compose.onelayer.dev", project, service])

_scalers(ref) := known if {
	known := object.get(prepared.autoscalers, _key(ref), [])
} else := [scaler |
	some kind in _scaling_kinds
	some obj in _within(ref.namespace, kind)
	_target(obj) == _key(ref)
	scaler := {"ref": resource.ref(obj), "double": _double(obj)}
]

_double(obj) if {
	some field in ["minReplicas", "minReplicaCount"]
	obj.spec[field] >= 2
} else := false

_known_images := known if {
	known := prepared.images
} else := _images

_known_names := known if {
	known := prepared.named
} else := _by_name

_known_consumers := known if {
	known := prepared.consumers
} else := _consumers

_known_namespaces := known if {
	known := prepared.namespaces
} else := _namespaces_beside

_namespaces_beside := {name: found[0] |
	some name in {resource.ref(record.obj).name | some record in resource.beside; record.kind == "/Namespace"}
	found := [record.obj |
		some record in resource.beside
		record.kind == "/Namespace"
		resource.ref(record.obj).name == name
	]
}

_known_mesh := known if {
	known := prepared.mesh
} else := _mesh

_cluster := synced.cluster if {
	synced.cluster
} else := {}

_namespaces := synced.namespaces if {
	synced.namespaces
} else := {}

_own(kind) := array.concat(
	[obj |
		some obj in _cluster[resource.api_version][kind]
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.obj.kind == kind
		record.obj.apiVersion == resource.api_version
	],
)

_within(namespace, kind) := array.concat(
	[obj |
		some kinds in _namespaces[namespace]
		some obj in kinds[kind]
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.obj.kind == kind
		resource.ref(record.obj).namespace == namespace
	],
)

_namespaced := array.concat(
	[obj |
		some versions in _namespaces
		some kinds in versions
		some kind, objects in kinds
		kind in _looked_up_kinds
		some obj in objects
		is_object(obj)
	],
	[record.obj |
		some record in resource.beside
		record.obj.kind in _looked_up_kinds
	],
)

_looked_up_kinds := _workload_kinds | {"HorizontalPodAutoscaler", "ScaledObject", "Service"}

_workload_kinds := {split(kind, "/")[1] | some kind in workload.kinds}

_images := {ref: candidates |
	some ref in {candidate.ref | some candidate in _named}
	candidates := [{"name": candidate.name, "assumed": candidate.assumed} |
		some candidate in _named
		candidate.ref == ref
	]
}

_named := array.concat(_references("refs", false), _references("assumedRefs", true))

_references(field, assumed) := [entry |
	some img in _own("Image")
	is_array(img.spec[field])
	some ref in img.spec[field]
	is_string(ref)
	entry := {"ref": image.normal(ref), "name": resource.ref(img).name, "assumed": assumed}
]

_bases := {ref: img |
	some ref, candidates in _images
	names := {candidate.name | some candidate in candidates; candidate.assumed == false}
	count(names) == 1
	some img in [_by_name[name] | some name in names]
}

_by_name := object.union_n(array.reverse([{resource.ref(obj).name: obj} | some obj in _own("Image")]))

_meant(ref) := {"obj": bases[image.normal(ref)], "assumed": false} if {
	bases[image.normal(ref)]
} else := {"obj": img, "assumed": true} if {
	candidates := _known_images[image.normal(ref)]
	names := {candidate.name | some candidate in candidates}
	count(names) == 1
	some name in names
	img := _known_names[name]
}

_consumers := {} if {
	count(_own("Image")) == 0
} else := {name: array.concat(pods, services) |
	some name in {candidate.name | some candidates in _images; some candidate in candidates}
	pods := [object.remove(use, ["image"]) | some use in _pod_uses; use.image == name]
	services := [object.remove(use, ["image"]) | some use in _service_uses; use.image == name]
}

_pod_uses := [use |
	some obj in _namespaced
	kind := resource.group_kind(obj)
	some pod in workload.pods_of({"obj": obj, "kind": kind, "file": ""})
	some entry in workload.containers_of(pod)
	some candidate in _images[image.normal(resource.text(object.get(entry.container, "image", "")))]
	use := {
		"image": candidate.name,
		"assumed": candidate.assumed,
		"object": resource.ref(obj),
		"path": array.concat(entry.path, ["image"]),
		"note": sprintf("%s %s runs this image", [resource.ref(obj).kind, resource.ref(obj).name]),
		"kind": kind,
		"job": pod.job,
		"role": entry.role,
		"overrides": _overrides(entry.container, "command"),
		"guarded": _guarded(entry.container),
	}
]

_service_uses := [use |
	some obj in _own("Compose")
	some name, service in obj.spec.services
	is_object(service)
	some ref in {resource.text(object.get(service, "image", "")), compose_ref(resource.ref(obj).name, name)}
	ref != ""
	some candidate in _images[image.normal(ref)]
	use := {
		"image": candidate.name,
		"assumed": candidate.assumed,
		"object": resource.ref(obj),
		"path": ["spec", "services", name],
		"note": sprintf("service %s runs this image", [name]),
		"kind": "onelayer.dev/Compose",
		"job": false,
		"role": "service",
		"overrides": _overrides(service, "entrypoint"),
		"guarded": true,
	}
]

_guarded(container) if {
	container.resources.limits.memory
	container.livenessProbe
} else := false

_overrides(container, field) if {
	container[field]
} else := false

_autoscalers := {key: scalers |
	some key in {target.key | some target in _targets}
	scalers := [target.scaler | some target in _targets; target.key == key]
}

_targets := [{"key": _target(obj), "scaler": {"ref": resource.ref(obj), "double": _double(obj)}} |
	some obj in _namespaced
	resource.text(obj.kind) in _scaling_kinds
]

_scaling_kinds := {"HorizontalPodAutoscaler", "ScaledObject"}

_target(obj) := concat("/", [
	resource.ref(obj).namespace,
	resource.text(object.get(obj.spec.scaleTargetRef, "kind", "Deployment")),
	resource.text(object.get(obj.spec.scaleTargetRef, "name", "")),
]) if {
	is_object(obj.spec.scaleTargetRef)
}

_key(ref) := concat("/", [ref.namespace, ref.kind, ref.name])

_mesh if {
	some versions in _namespaces
	some version, _ in versions
	_mesh_version(version)
} else if {
	some version, _ in _cluster
	_mesh_version(version)
} else if {
	some namespace in _cluster.v1.Namespace
	_enrolled(resource.meta(namespace))
} else if {
	some record in resource.beside
	_mesh_version(resource.ref(record.obj).apiVersion)
} else if {
	some record in resource.beside
	record.kind == "/Namespace"
	_enrolled(resource.meta(record.obj))
} else := false

_mesh_version(version) if regex.match(`^([a-z]+\.istio\.io|(policy\.)?linkerd\.io)/`, version)

_enrolled(meta) if {
	some key in ["istio-injection", "istio.io/rev", "istio.io/dataplane-mode"]
	meta.labels[key]
} else if {
	meta.annotations["linkerd.io/inject"]
}
