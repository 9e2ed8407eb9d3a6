# METADATA
# scope: package
# title: Joining
# description: >-
#   Makes of all the files that conftest --combine gives what the tool makes of a folder: an Image of each Dockerfile
#   with the files that it copies and the references by which workloads know it, for certain where a compose file or
#   the configuration says so, assumed where only one answer is left. Files that say what runs stand alone where
#   nothing else does.
package lib.onelayer.join

import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: The files as one input with the Images in place of what they were made of, in the form of the input.
combined := array.concat(
	[{"path": record.file, "contents": record.obj} | some record in _given],
	[{"path": img.file, "contents": img.obj} | some img in _images],
)

_given := [record |
	some record in resource.all
	not record.lifted
]

_lifted(kind) := [record |
	some record in resource.all
	record.lifted == kind
]

_dockerfiles := _lifted("dockerfile")

_composes := [record |
	some record in _given
	record.kind == "onelayer.dev/Compose"
]

_manifests := [record |
	some record in _given
	not startswith(record.kind, "onelayer.dev/")
	record.kind != "/"
]

_files := {entry.path | some entry in resource.entries}

_contents := object.union(
	{entry.path: {"packageJSON": entry.contents} |
		some entry in resource.entries
		lower(_base(entry.path)) == "package.json"
		_alone(entry.path)
		is_object(entry.contents)
	},
	{record.file: {"ecosystem": record.obj.spec.files[_base(record.file)].ecosystem} |
		some record in _lifted("process")
		_alone(record.file)
	},
)

_alone(path) if count([entry | some entry in resource.entries; entry.path == path]) == 1

_images := _built if {
	count(_dockerfiles) > 0
} else := [] if {
	count(_manifests) > 0
} else := [] if {
	count(_composes) > 0
	not _missing
} else := [{"file": path, "obj": obj} |
	some path in _mains
	files := {trim_prefix(other, _below(_folder(path))): content |
		some other, content in _contents
		startswith(other, _below(_folder(path)))
	}
	obj := _image(path, "", {"refs": [], "files": files})
]

_missing if {
	some build in _builds
	not build.dockerfile in _files
}

_mains := processes if {
	processes := [path | some path, content in _contents; content.ecosystem]
	count(processes) > 0
} else := [record.file | some record in _lifted("package"); record.file in object.keys(_contents)]

_below(folder) := concat("", [folder, "/"]) if {
	folder != ""
} else := ""

_image(file, target, spec) := {
	"apiVersion": resource.api_version,
	"kind": "Image",
	"metadata": {
		"name": resource.image_name(file, target),
		"annotations": {resource.source_annotation: file},
	},
	"spec": spec,
}

_builds := [build |
	some project in _composes
	some name, service in project.obj.spec.services
	some build in _build(project, name, service)
]

_build(project, name, service) := [build |
	is_object(service)
	section := service.build
	context := _defaults(_context_of(section))
	not _remote(context)
	is_object(_section(section))
	not _section(section).dockerfile_inline
	at := _joined(_folder(project.file), context)
	build := {
		"context": at,
		"target": lower(_defaults(resource.text(object.get(_section(section), "target", "")))),
		"dockerfile": _joined(at, _defaults(resource.text(object.get(_section(section), "dockerfile", "Dockerfile")))),
		"refs": array.concat(
			[ref | ref := service.image; is_string(ref)],
			[inventory.compose_ref(resource.ref(project.obj).name, name)],
		),
	}
]

_section(section) := {} if {
	is_string(section)
} else := section

_context_of(section) := section if {
	is_string(section)
} else := resource.text(object.get(section, "context", "")) if {
	is_object(section)
} else := ""

_built := [img |
	some number, draft in _drafts
	refs := _refs[number]
	img := {"file": draft.file, "obj": _image(draft.file, concat("", [draft.stage, draft.extra]), object.union(
		object.filter(draft, ["dockerfile", "files", "target"]),
		{"context": _dotted(draft.context), "refs": refs.certain, "assumedRefs": refs.assumed},
	))}
]

_dotted(folder) := folder if {
	folder != ""
} else := "."

_drafts := [draft |
	some record in _dockerfiles
	found := _plans(record)
	some number, plan in found
	extra := [concat("", ["@", _dotted(plan.context)]) |
		some other in array.slice(found, 0, number)
		other.stage == plan.stage
	]
	draft := object.union(plan, {
		"file": record.file,
		"dockerfile": record.obj.spec.dockerfile,
		"extra": concat("", array.slice(extra, 0, 1)),
		"files": _brought(record, plan.context),
	})
]

_plans(record) := array.concat(named, plain) if {
	last := _last_stage(record.obj.spec.dockerfile)
	builds := [object.union(build, {"stage": _stage(build.target, last)}) |
		some build in _builds
		build.dockerfile == record.file
	]
	keys := [[build.context, build.stage] | some build in builds]
	named := [{
		"context": build.context,
		"stage": build.stage,
		"target": build.target,
		"refs": {ref | some other in builds; [other.context, other.stage] == keys[number]; some ref in other.refs},
	} |
		some number, build in builds
		not keys[number] in array.slice(keys, 0, number)
	]
	plain := [{"context": context, "stage": "", "refs": set()} |
		not "" in {plan.stage | some plan in named}
		context := _default_context(named, record)
	]
}

_default_context(named, record) := named[0].context if {
	count(named) > 0
} else := _nearest(record)

_stage(target, last) := "" if {
	target == last
} else := target

_last_stage(dockerfile) := lower(value[2]) if {
	starts := [entry.value | some entry in dockerfile; entry.cmd == "from"]
	value := starts[count(starts) - 1]
	lower(value[1]) == "as"
} else := ""

_refs := [{
	"certain": [ref | some ref in certain],
	"assumed": [ref | some ref in assumed; not ref in certain],
} |
	some number, _ in _drafts
	claims := [claim | some claim in _claims; claim.draft == number]
	certain := _known(number) | {claim.ref | some claim in claims; claim.assumed == false}
	paired := {ref | some ref in object.get(_assumed, number, set())}
	assumed := {claim.ref | some claim in claims; claim.assumed == true} | paired
]

_known(number) := _drafts[number].refs | _configured(_drafts[number])

_configured(draft) := {ref |
	draft.stage == ""
	draft.extra == ""
	some img in params.config.images
	_joined("", resource.text(img.dockerfile)) == draft.file
	some ref in img.refs
	is_string(ref)
}

_workload_refs := {ref |
	some record in _manifests
	some pod in workload.pods_of(record)
	some entry in workload.containers_of(pod)
	ref := resource.text(object.get(entry.container, "image", ""))
	ref != ""
} | {ref |
	some project in _composes
	some service in project.obj.spec.services
	is_object(service)
	not service.build
	ref := resource.text(object.get(service, "image", ""))
	ref != ""
}

_exact := {ref |
	some ref in _workload_refs
	some number, _ in _drafts
	ref in _known(number)
}

_claims := [claim |
	some ref in _workload_refs
	some number, _ in _drafts
	some known in _known(number)
	not ref in _exact
	_repository(known) == _repository(ref)
	claim := {"draft": number, "ref": ref, "assumed": _is_tagged(known)}
]

_is_tagged(ref) if {
	_tagged(ref)
} else := false

_running := {claim.draft | some claim in _claims} | {number |
	some number, _ in _drafts
	count(_known(number) & _exact) > 0
}
