package lib.onelayer.command

_clean(path) := concat("/", [part | some part in split(path, "/"); not part in {"", "."}])

_is_absolute(path) if startswith(path, "/")

_absolute(path, dir) := concat("", ["/", _resolved(path)]) if {
	_is_absolute(path)
} else := concat("", ["/", _resolved(concat("/", [dir, path]))])

_resolved(path) := third if {
	first := regex.replace(_clean(path), `(?:^|/)[^/.][^/]*/\.\.(?:/|$)`, "/")
	second := regex.replace(_clean(first), `(?:^|/)[^/.][^/]*/\.\.(?:/|$)`, "/")
	third := _clean(second)
}

_joined(folder, rest) := _clean(concat("/", [folder, rest]))

_copied(path, world) := found[count(found) - 1] if {
	found := [source |
		some copy in world.copies
		source := _source(path, copy, world.files)
	]
	found != []
}

_source(path, copy, files) := source if {
	source := _clean(copy.src)
	files[source]
	_clean(copy.dest) == _clean(path)
} else := source if {
	source := _clean(copy.src)
	files[source]
	_joined(copy.dest, _base(source)) == _clean(path)
} else := source if {
	folder := _clean(copy.dest)
	rest := _below(_clean(path), folder)
	source := _joined(copy.src, rest)
	files[source]
}

_below(path, folder) := path if {
	folder == ""
} else := substring(path, count(folder) + 1, -1) if {
	startswith(path, concat("", [folder, "/"]))
}

_script_path(word, dir, world) := path if {
	path := _copied(_absolute(word, dir), world)
	is_array(world.files[path].script)
} else := path if {
	base := _base(word)
	base != ""
	found := [path |
		some path, entry in world.files
		_base(path) == base
		is_array(entry.script)
	]
	count(found) == 1
	path := found[0]
}

_shebang := `^#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(?:with-contenv\s+)?(?:\S*/)?((?:ba|da|[azk])?sh|with-contenv)(?:\s|$)`

_interpreter(lines) := found[1] if {
	some found in regex.find_all_string_submatch_n(_shebang, _text(lines[0]), 1)
} else := "sh" if {
	not startswith(_text(lines[0]), "#!")
}

_package(dir, world) := path if {
	path := _copied(_absolute("package.json", dir), world)
	is_object(world.files[path].packageJSON)
} else := paths[0] if {
	paths := _packages(world)
	count(paths) == 1
} else := "package.json" if {
	is_object(world.files["package.json"].packageJSON)
} else := sorted[0][1] if {
	sorted := sort([[count(split(path, "/")), path] | some path in _packages(world)])
}

_packages(world) := [path |
	some path, entry in world.files
	_base(path) == "package.json"
	is_object(entry.packageJSON)
]

_scripts(path, world) := {name: text |
	some name, text in _map(object.get(world.files[path].packageJSON, "scripts", {}))
	is_string(name)
	is_string(text)
}
