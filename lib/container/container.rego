# METADATA
# scope: package
# title: Containers
# description: >-
#   Gives the effective command line of everything that runs: a container of a workload (manifest over image, by the
#   rules of Kubernetes), a service of a compose project, an Image by itself, a stand-alone process file. What the
#   command line starts comes from lib.onelayer.command; what nothing tells stays unknown.
package lib.onelayer.container

import data.lib.onelayer.command
import data.lib.onelayer.image
import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: The group/Kind of everything that records are made of.
kinds := workload.kinds | {"onelayer.dev/Image", "onelayer.dev/Compose"}

# METADATA
# description: >-
#   One record per thing that runs: {obj, kind, name, label, role, path, spec, image, assumed, standalone, job, pod,
#   env, environment, command, processes, unknown, base, bases, folded, development}. processes
#   holds what the input is answerable for: a cause that lies in an Image of the input is reported there and not at
#   its workloads, unless a cluster asks. all_processes holds the others too.
records := [record |
	some basic in array.concat(_workload_records, _own_records)
	result := command.run(basic.command)
	record := object.union(basic, {
		"all_processes": result.processes,
		"processes": [process | some process in result.processes; _answerable(basic, process)],
		"unknown": result.unknown,
		"development": _development(basic),
	})
]

# METADATA
# description: >-
#   The severity of a finding about a record: at most a warning for a stand-alone process file or an assumed image, one
#   level lower with evidence of development unless the configuration says strict.
severity(record, wanted) := _lower(_capped(record, wanted)) if {
	record.development
	not params.strict
} else := _capped(record, wanted)

# METADATA
# description: The workloads and services that run an Image, as related places; none for other records.
related(record) := [place |
	record.kind == "onelayer.dev/Image"
	some use in inventory.consumers(resource.ref(record.obj).name)
	place := {"note": use.note, "object": use.object, "path": use.path}
]

# METADATA
# description: >-
#   A path as it stands in the object of a record. What lies in an Image is shown at the word of the manifest that leads
#   there, else at the image; a file that a Dockerfile writes is shown at the instruction that writes it.
place(record, path) := record.folded.inline[path[2]].at if {
	record.kind == "onelayer.dev/Image"
	record.folded.inline[path[2]]
} else := path if {
	record.kind == "onelayer.dev/Image"
} else := path if {
	array.slice(path, 0, count(record.path)) == record.path
} else := record.command.words[0].path if {
	record.command.words[0].from == "manifest"
} else := array.concat(record.path, ["image"]) if {
	record.spec.image
} else := record.path

# METADATA
# description: The chain of a process as evidence; places outside the object of the record keep their note only.
evidence(record, process) := [step |
	some link in process.chain
	step := _step(record, link)
]

# METADATA
# description: The words of a text as a shell would split them, without expansion.
split_words(value) := [word |
	some written in regex.find_n(`(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+`, value, -1)
	word := regex.replace(written, `'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)`, "$1$2$3")
]

_step(record, link) := {"note": link.note, "path": place(record, link.path)} if {
	_inside(record, link.path)
} else := {"note": link.note}

_inside(record, path) if {
	record.kind == "onelayer.dev/Image"
	count(path) > 0
} else if {
	array.slice(path, 0, count(record.path)) == record.path
}

_capped(record, wanted) := "warning" if {
	wanted == "error"
	_uncertain(record)
} else := wanted

_uncertain(record) if {
	record.standalone
} else if {
	record.assumed
	record.command.words[0].from != "manifest"
}

_lower("error") := "warning"

_lower("warning") := "info"

_lower("info") := "info"

_answerable(record, process) if {
	process.from == "manifest"
} else if {
	record.kind == "onelayer.dev/Image"
} else if {
	record.command.words[0].from == "manifest"
} else if {
	resource.in_cluster
}

_role_label := {"main": "container", "init": "init container", "sidecar": "sidecar", "ephemeral": "ephemeral container"}

_workload_records := [record |
	some entry in workload.containers
	facts := _image_facts(object.get(entry.container, "image", ""), "", array.concat(entry.path, ["image"]))
	env := _pod_env(entry)
	words := _effective(
		_list_words(entry.container, "command", entry.path, env),
		_list_words(entry.container, "args", entry.path, env),
		facts.folded,
	)
	record := object.union(_common(entry, facts, words, env), {
		"name": entry.name,
		"label": sprintf("%s %q", [_role_label[entry.role], entry.name]),
		"role": entry.role,
		"path": entry.path,
		"spec": entry.container,
		"job": entry.pod.job,
		"pod": entry.pod,
	})
]

_own_records := array.concat(_service_records, _image_records) if {
	some record in resource.all
	startswith(record.kind, "onelayer.dev/")
} else := []

_service_records := [record |
	some project in resource.of({"onelayer.dev/Compose"})
	some name, service in project.obj.spec.services
	is_object(service)
	path := ["spec", "services", name]
	built := inventory.compose_ref(resource.ref(project.obj).name, name)
	facts := _image_facts(object.get(service, "image", ""), built, array.concat(path, ["image"]))
	env := _service_env(service, path)
	entry := {"obj": project.obj, "kind": project.kind, "container": service}
	words := _composed(
		_service_words(service, "entrypoint", path),
		_service_words(service, "command", path),
		facts.folded,
	)
	record := object.union(_common(entry, facts, words, env), {
		"name": name,
		"label": sprintf("service %q", [name]),
		"role": "service",
		"path": path,
		"spec": service,
		"job": false,
		"pod": null,
	})
]

_image_records := [record |
	some found in resource.of({"onelayer.dev/Image"})
	folded := image.fold(found.obj, inventory.bases)
	alone := image.standalone(found.obj)
	facts := {"image": found.obj, "assumed": false, "folded": folded, "ref": "", "standalone": alone}
	entry := {"obj": found.obj, "kind": found.kind, "container": {}}
	some start in _starts(found.obj, folded, alone)
	record := object.union(_common(entry, facts, start.words, {}), {
		"name": start.name,
		"label": sprintf("image %s", [_short(resource.source(found.obj))]),
		"role": "image",
		"path": start.path,
		"spec": {},
		"job": _only_jobs(found.obj),
		"pod": null,
	})
]

_common(entry, facts, words, env) := {
	"obj": entry.obj,
	"kind": entry.kind,
	"image": facts.image,
	"image_ref": facts.ref,
	"assumed": facts.assumed,
	"standalone": facts.standalone,
	"env": object.union(_folded_env(facts.folded), env),
	"folded": facts.folded,
	"bases": object.get(facts.folded, "bases", []),
	"command": {
		"words": words,
		"env": object.union(facts.folded.env, _known_values(env)),
		"files": object.union(_files(facts.image), _inline_files(facts.folded)),
		"files_path": ["spec", "files"],
		"copies": facts.folded.copies,
		"workdir": _workdir(entry.container, facts.folded),
	},
}

_short(path) := path if {
	count(path) <= 48
} else := concat("", ["...", substring(path, count(path) - 45, -1)])

_only_jobs(obj) if {
	uses := inventory.consumers(resource.ref(obj).name)
	count(uses) > 0
	every use in uses {
		use.job
	}
} else := false

_image_facts(written, built, path) := {
	"image": found.obj, "assumed": found.assumed, "folded": folded,
	"ref": ref, "standalone": false,
} if {
	inventory.any_image
	ref := resource.text(written)
	found := _found(ref, built)
	folded := image.fold(found.obj, inventory.bases)
} else := {
	"image": null, "assumed": false, "folded": _placed(image.reference(ref), path), "ref": ref,
	"standalone": false,
} if {
	ref := resource.text(written)
}

_found(ref, built) := inventory.image_of(built) if {
	inventory.image_of(built)
} else := inventory.image_of(ref)

_placed(folded, path) := object.union(folded, {"cmd": {"shell": false, "path": path, "words": [word |
	some inherited in folded.cmd.words
	word := {"v": inherited.v, "path": path, "from": "manifest"}
]}}) if {
	folded.cmd != null
} else := folded

_effective(command, args, folded) := array.concat(command, args) if {
	count(command) > 0
} else := array.concat(_entry_words(folded), args) if {
	count(args) > 0
} else := array.concat(_entry_words(folded), _cmd_words(folded))

_composed(null, null, folded) := array.concat(_entry_words(folded), _cmd_words(folded))

_composed(null, command, folded) := array.concat(_entry_words(folded), command) if {
	command != null
}

_composed(entrypoint, null, _) := entrypoint if {
	entrypoint != null
}

_composed(entrypoint, command, _) := array.concat(entrypoint, command) if {
	entrypoint != null
	command != null
}

_entry_words(folded) := folded.entrypoint.words if {
	folded.entrypoint != null
} else := []

_cmd_words(folded) := [] if {
	folded.entrypoint.shell
} else := folded.cmd.words if {
	folded.cmd != null
} else := []

_list_words(container, field, path, env) := [word |
	some index, value in container[field]
	word := {
		"v": _substituted(resource.text(value), env),
		"path": array.concat(path, [field, index]),
		"from": "manifest",
	}
] if {
	is_array(container[field])
} else := []

_substituted(value, env) := value if {
	not contains(value, "$(")
} else := strings.replace_n(known, value) if {
	known := {sprintf("$(%s)", [name]): entry.value | some name, entry in env; is_string(entry.value)}
}

_service_words(service, field, path) := [word |
	some value in split_words(service[field])
	word := {"v": value, "path": array.concat(path, [field]), "from": "manifest"}
] if {
	is_string(service[field])
} else := [word |
	some index, value in service[field]
	word := {"v": resource.text(value), "path": array.concat(path, [field, index]), "from": "manifest"}
] if {
	is_array(service[field])
} else := null

_pod_env(entry) := object.union_n([{name: variable} |
	some index, candidate in entry.container.env
	name := resource.text(candidate.name)
	variable := {
		"value": _literal(candidate),
		"path": array.concat(entry.path, ["env", index]),
		"from": "manifest",
	}
])

_literal(variable) := resource.text(variable.value) if {
	variable.value != null
} else := null

_service_env(service, path) := {name: variable |
	some name, value in service.environment
	variable := {
		"value": _literal({"value": value}),
		"path": array.concat(path, ["environment", name]),
		"from": "manifest",
	}
} if {
	is_object(service.environment)
} else := {name: variable |
	some name in {split(resource.text(line), "=")[0] | some line in service.environment}
	index := max([position |
		some position, line in service.environment
		split(resource.text(line), "=")[0] == name
	])
	variable := {
		"value": _after_equals(resource.text(service.environment[index])),
		"path": array.concat(path, ["environment", index]),
		"from": "manifest",
	}
} if {
	is_array(service.environment)
} else := {}

_after_equals(line) := substring(line, indexof(line, "=") + 1, -1) if {
	contains(line, "=")
} else := null

_folded_env(folded) := {name: variable |
	some name, value in folded.env
	variable := {"value": value, "path": folded.env_paths[name], "from": "image"}
}

_known_values(env) := {name: variable.value | some name, variable in env; is_string(variable.value)}

_files(img) := img.spec.files if {
	is_object(img.spec.files)
} else := {}

_inline_files(folded) := {path: {"script": file.script} | some path, file in folded.inline}

_workdir(container, folded) := container.workingDir if {
	is_string(container.workingDir)
} else := container.working_dir if {
	is_string(container.working_dir)
} else := folded.workdir

_starts(_, folded, false) := [{"name": "image", "path": folded.base_path, "words": words}] if {
	words := array.concat(_entry_words(folded), _cmd_words(folded))
}

_starts(obj, _, true) := [start |
	some path, file in obj.spec.files
	_main_file(obj, path)
	some start in _file_starts(path, file)
]

_main_file(obj, path) if {
	endswith(resource.source(obj), path)
} else if {
	count(obj.spec.files) == 1
	obj.spec.files[path]
}

_file_starts(path, file) := [_start(path, ["ecosystem"], ["pm2-runtime", "start", path])] if {
	file.ecosystem
} else := [_start(path, ["packageJSON"], ["npm", "start"])] if {
	file.packageJSON
} else := [_start(path, ["supervisor"], ["supervisord", "-n", "-c", path])] if {
	file.supervisor
} else := [_start(path, ["script", 0], ["/bin/sh", concat("", ["/", path])])] if {
	is_array(file.script)
} else := [_start(path, ["procfile", type], ["/bin/sh", "-c", resource.text(line)]) |
	some type, line in file.procfile
] if {
	is_object(file.procfile)
} else := []

_start(path, below, values) := {"name": path, "path": where, "words": words} if {
	where := array.concat(["spec", "files", path], below)
	words := [{"v": value, "path": where, "from": "image"} | some value in values]
}

_development(record) if {
	file := resource.source(record.obj)
	file != ""
	_development_file(lower(file))
} else if {
	is_object(record.image)
	_development_file(lower(resource.source(record.image)))
} else if {
	record.image.spec.target in {"dev", "development", "develop", "local"}
} else if {
	lower(record.env.NODE_ENV.value) in {"development", "dev"}
} else := false

_development_file(path) if {
	regex.match(`(^|/)\.devcontainer/|\.(dev|development|local)(\.dockerfile|\.ya?ml)?$`, path)
} else if {
	regex.match(`(^|/)((dockerfile|containerfile)[._-])?(dev|development|local)(\.dockerfile|\.ya?ml)?$`, path)
} else if {
	regex.match(`(^|/)(docker-)?compose[._-](dev|development|override|local)[^/]*\.ya?ml$`, path)
}
