package lib.onelayer.join

import data.lib.onelayer.resource

_sources(record) := {source |
	some entry in record.obj.spec.dockerfile
	entry.cmd in {"copy", "add"}
	count(entry.value) > 1
	count([flag | some flag in entry.flags; startswith(resource.text(flag), "--from=")]) == 0
	some word in array.slice(entry.value, 0, count(entry.value) - 1)
	not startswith(word, "<<")
	not _remote(word)
	plain := regex.replace(trim(word, `"'`), `\$\{[^}]*\}|\$[A-Za-z_][A-Za-z0-9_]*`, "*")
	source := _joined("", plain)
}

_brought(record, context) := {path: _contents[file] |
	sources := _sources(record)
	some file, _ in _contents
	startswith(file, _below(context))
	path := trim_prefix(file, _below(context))
	not regex.match(`(^|/)(node_modules|vendor|\.git)/`, path)
	some source in sources
	_brings(source, path)
}

_brings(source, path) if {
	source == ""
} else if {
	some at in _up(path)
	at != ""
	_matches(source, at)
}

_nearest(record) := folders[min(best)] if {
	sources := _sources(record)
	folders := _up(_folder(record.file))
	likeness := [held |
		some folder in folders
		held := sum([_likeness(folder, source, record) | some source in sources])
	]
	best := [place | some place, held in likeness; held == max(likeness)]
}

_likeness(folder, source, record) := _held(folder, source) if {
	source != ""
} else := 0 if {
	_runs_node(record)
	not concat("", [_below(folder), "package.json"]) in _files
} else := 2

_held(folder, source) := 2 if {
	some file in _files
	startswith(file, _below(folder))
	path := trim_prefix(file, _below(folder))
	_brings(source, path)
} else := 1 if {
	first := split(source, "/")[0]
	first != source
	not _globbed(first)
	some file in _files
	startswith(file, _below(_joined(folder, first)))
} else := 0

_runs_node(record) if {
	some entry in record.obj.spec.dockerfile
	entry.cmd in {"run", "cmd", "entrypoint"}
	some value in entry.value
	some word in split(value, " ")
	word in {"npm", "yarn", "pnpm"}
}
