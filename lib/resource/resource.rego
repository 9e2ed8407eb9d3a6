# METADATA
# scope: package
# title: Resources
# description: >-
#   Normalises every input to a list of records {obj, kind, file}: a bare object, a List, an AdmissionReview, a
#   Gatekeeper review, the array of conftest --combine, and the raw shapes of conftest's own parsers, which are
#   lifted to onelayer's kinds. A kind is written group/Kind, with an empty group for the core API.
package lib.onelayer.resource

# METADATA
# description: The version of onelayer's own kinds.
api_version := "onelayer.dev/v1alpha1"

# METADATA
# description: The annotation that names the file that an object of onelayer's own kinds was made from.
source_annotation := "onelayer.dev/source"

# METADATA
# description: The admission request when the input is a review of a cluster, else undefined.
request := input.review if {
	is_object(input.review)
} else := input.request if {
	is_object(input.request)
	input.kind == "AdmissionReview"
}

# METADATA
# description: True when a cluster asks, be it at admission or in an audit.
in_cluster if request

# METADATA
# description: >-
#   The Namespace object that the cluster hands over with the object, when it does. Without a name it is none: gator
#   hands over an empty one.
namespace_object := request.namespaceObject if {
	is_object(request.namespaceObject)
	ref(request.namespaceObject).name != ""
}

# METADATA
# description: Every object of the input, as records {obj, kind, file}.
all := [{"obj": input, "kind": _written(input.apiVersion, input.kind), "file": ""}] if {
	_plain
} else := _records(request.object, "") if {
	in_cluster
	is_object(request.object)
} else := _records(request.oldObject, "") if {
	in_cluster
	is_object(request.oldObject)
} else := [] if {
	in_cluster
} else := _records(input.onelayer.document, text(input.onelayer.file)) if {
	input.onelayer.document
} else := _records(input, "") if {
	not combined
} else := [record |
	some entry in entries
	some record in _records(entry.contents, entry.path)
]

# METADATA
# description: The documents of conftest --combine as they are, as {path, contents}; paths are plain.
entries := [entry |
	combined
	some given in input
	some contents in _flat(given.contents)
	entry := {"path": trim_prefix(text(given.path), "./"), "contents": contents}
]

# METADATA
# description: >-
#   The records that stand beside each other in one input, so that each can be looked up for the others; none where the
#   input holds one object or a cluster asks.
default beside := []

beside := all if {
	not in_cluster
	count(all) > 1
}

# METADATA
# description: True when the input is the array of files that conftest --combine makes, as entries {path, contents}.
combined if {
	is_array(input)
	count(input) > 0
	every entry in input {
		is_object(entry)
		entry.path
		not entry.Cmd
	}
}

# METADATA
# description: >-
#   The records whose group/Kind is in the set kinds. Objects of a mesh in a version that is not known are none, because
#   nobody can tell what their fields mean.
of(kinds) := [record |
	some record in all
	record.kind in kinds
	not foreign(record.obj.apiVersion)
]

# METADATA
# description: >-
#   True for the apiVersion of a mesh whose group is known here and whose version is not. Objects of such a version are
#   not read, and own nothing.
foreign(version) if {
	is_string(version)
	parts := split(version, "/")
	known := versions[parts[0]]
	not parts[1] in known
}

# METADATA
# description: The versions of the groups of meshes, newest first.
versions := {
	"networking.istio.io": ["v1", "v1beta1", "v1alpha3"],
	"security.istio.io": ["v1", "v1beta1"],
	"telemetry.istio.io": ["v1", "v1alpha1"],
	"extensions.istio.io": ["v1alpha1"],
	"gateway.networking.k8s.io": ["v1", "v1beta1", "v1alpha3", "v1alpha2"],
	"policy.linkerd.io": ["v1beta3", "v1beta2", "v1beta1", "v1alpha1"],
	"linkerd.io": ["v1alpha2", "v1alpha1"],
	"split.smi-spec.io": ["v1alpha4", "v1alpha3", "v1alpha2", "v1alpha1"],
}

# METADATA
# description: The group/Kind of an object; empty parts where the object does not say.
group_kind(obj) := _written(obj.apiVersion, obj.kind) if {
	is_string(obj.apiVersion)
	is_string(obj.kind)
} else := _written(text(object.get(obj, "apiVersion", "")), text(object.get(obj, "kind", "")))

# METADATA
# description: The identity of an object as Kubernetes writes it, every part a string.
ref(obj) := {"apiVersion": obj.apiVersion, "kind": obj.kind, "namespace": namespace, "name": obj.metadata.name} if {
	is_string(obj.apiVersion)
	is_string(obj.kind)
	is_string(obj.metadata.name)
	namespace := object.get(obj.metadata, "namespace", "")
	is_string(namespace)
} else := {
	"apiVersion": text(object.get(obj, "apiVersion", "")),
	"kind": text(object.get(obj, "kind", "")),
	"namespace": text(object.get(meta(obj), "namespace", "")),
	"name": text(object.get(meta(obj), "name", object.get(meta(obj), "generateName", ""))),
}

# METADATA
# description: The metadata of an object, an empty object where it is missing or no object.
meta(obj) := obj.metadata if {
	is_object(obj.metadata)
} else := {}

# METADATA
# description: The annotations of an object, an empty object where they are missing or no object.
annotations(obj) := obj.metadata.annotations if {
	is_object(obj.metadata.annotations)
} else := {}

# METADATA
# description: The file that an object of onelayer's own kinds was made from, empty for others.
source(obj) := text(object.get(annotations(obj), source_annotation, ""))

# METADATA
# description: >-
#   A scalar as the text that its author wrote: YAML 1.1 turns a name like y into a boolean and a word like 3 into a
#   number. Anything else is the empty string.
text(value) := value if {
	is_string(value)
} else := json.marshal(value) if {
	_scalar(value)
} else := ""

# METADATA
# description: The name of the Image that is made of a Dockerfile or process file, from its path and target stage.
image_name(path, target) := sprintf("%s-%s", [trim(_slug(path, target), "-"), substring(_digest(path, target), 0, 8)])

# METADATA
# description: The name of the Compose project that is made of a compose file, from its path.
compose_name(path) := trim(_slug(path, ""), "-")

_plain if {
	is_string(input.apiVersion)
	is_string(input.kind)
	not input.items
	not input.review
	not input.request
	not input.onelayer
}

_scalar(value) if {
	is_boolean(value)
} else if {
	is_number(value)
}

_written(version, kind) := concat("/", [split(version, "/")[0], kind]) if {
	contains(version, "/")
} else := concat("/", ["", kind])

_digest(path, target) := crypto.sha256(sprintf("%s\n%s", [path, target]))

_slug(path, target) := regex.replace(
	lower(concat("-", [part | some part in [path, target]; part != ""])),
	`[^a-z0-9]+`, "-",
)

_flat(contents) := contents if {
	is_array(contents)
	not _dockerfile(contents)
} else := [contents]

_records(doc, file) := [{"obj": doc, "kind": group_kind(doc), "file": file}] if {
	is_object(doc)
	is_string(doc.kind)
	not doc.items
} else := [record |
	some item in doc.items
	is_object(item)
	record := {"obj": item, "kind": group_kind(item), "file": file}
] if {
	is_array(doc.items)
	endswith(text(doc.kind), "List")
} else := _lifted(doc, file)
