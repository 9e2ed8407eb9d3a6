package lib.onelayer.resource

_lifted(doc, file) := _image(file, "package", {"files": {_base(file): {"packageJSON": doc}}}) if {
	lower(_base(file)) == "package.json"
	is_object(doc)
	is_string(doc.scripts.start)
	doc.scripts.start != ""
} else := [] if {
	lower(_base(file)) == "package.json"
} else := [{"obj": obj, "kind": "onelayer.dev/Compose", "file": file}] if {
	_compose(doc, file)
	obj := _own("Compose", compose_name(file), file, doc)
} else := _image(file, "dockerfile", {"files": {}, "dockerfile": _instructions(doc)}) if {
	_dockerfile(doc)
} else := _image(file, "process", {"files": {_base(file): {"ecosystem": doc}}}) if {
	file != ""
	_has_apps(doc)
} else := [{"obj": doc, "kind": group_kind(doc), "file": file}] if {
	is_object(doc)
} else := []

_image(file, from, spec) := [{"obj": obj, "kind": "onelayer.dev/Image", "file": file, "lifted": from}] if {
	obj := _own("Image", image_name(file, ""), file, object.union({"refs": []}, spec))
}

_own(kind, name, file, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": name, "annotations": {source_annotation: file}},
	"spec": spec,
}

_base(file) := regex.replace(file, `^.*/`, "")

_compose(doc, file) if {
	is_object(doc)
	is_object(doc.services)
	not doc.kind
	not doc.apiVersion
	_compose_shape(doc, file)
}

_compose_shape(doc, file) if {
	regex.match(`^((docker|podman)-)?compose([._-].*)?[.]ya?ml$`, lower(_base(file)))
} else if {
	some service in doc.services
	is_object(service)
	some key in ["image", "build", "command", "entrypoint"]
	_holds(service, key)
}

_dockerfile(doc) if {
	is_array(doc)
	count(doc) > 0
	every instruction in doc {
		is_string(instruction.Cmd)
	}
}

_instructions(doc) := [entry |
	some instruction in doc
	instruction.Cmd != "comment"
	written := _list(object.get(instruction, "Value", []))
	entry := {
		"cmd": lower(instruction.Cmd),
		"sub": _sub(instruction, written),
		"json": object.get(instruction, "JSON", false),
		"flags": _list(object.get(instruction, "Flags", [])),
		"value": _value(instruction, written),
		"heredocs": [],
		"stage": object.get(instruction, "Stage", 0),
	}
]

_sub(instruction, written) := upper(text(written[0])) if {
	lower(instruction.Cmd) == "healthcheck"
} else := lower(text(object.get(instruction, "SubCmd", "")))

_value(instruction, written) := array.slice(written, 1, count(written)) if {
	"healthcheck" in {lower(instruction.Cmd), lower(text(object.get(instruction, "SubCmd", "")))}
} else := written

_list(value) := value if {
	is_array(value)
} else := []

_has_apps(doc) if {
	_app_shape(doc)
	regex.match(`apps|pm2|name`, json.marshal(doc))
}

_app_shape(doc) if {
	is_array(doc)
	_app_list(doc)
} else if {
	_holds(doc, "apps")
	_app_list(doc.apps)
} else if {
	not _holds(doc, "apps")
	_holds(doc, "pm2")
	_app_list(doc.pm2)
} else if {
	not _holds(doc, "apps")
	not _holds(doc, "pm2")
	_bare_app(doc)
}

_app_list(value) if {
	is_array(value)
	some item in value
	_app(item)
} else if {
	_app(value)
}

_app(value) if {
	is_object(value)
	not _holds(value, "uses")
	some key in ["script", "exec", "cmd", "command"]
	_holds(value, key)
}

_bare_app(value) if {
	is_object(value)
	not _holds(value, "uses")
	some key in ["script", "exec"]
	_holds(value, key)
	some other in [
		"name", "instances", "exec_mode", "execMode", "interpreter", "exec_interpreter", "watch", "autorestart",
		"max_memory_restart", "out_file", "error_file", "node_args", "env", "cron_restart",
	]
	_holds(value, other)
}

_holds(value, key) if {
	is_object(value)
	some held, _ in value
	held == key
}
