package lib.onelayer.image

import data.lib.onelayer.resource

_default_shell := ["/bin/sh", "-c"]

_from_dockerfile(img) := object.union(_nothing, {
	"entrypoint": entrypoint,
	"cmd": _live_cmd(_last(chain, "cmd"), _last(chain, "entrypoint"), chain, vars),
	"workdir": _workdir(chain, count(img.spec.dockerfile), vars),
	"user": expand(_last_value(chain, "user"), vars),
	"env": vars,
	"env_paths": _env_paths(chain),
	"base": base,
	"base_path": from_path,
	"copies": array.concat(_copies(layout, layout.chain), _inline_copies(inline)),
	"inline": inline,
	"runs": [run |
		some entry in chain
		entry.cmd == "run"
		run := {"text": concat(" ", entry.value), "path": _value_path(entry, 0), "heredocs": entry.heredocs}
	],
	"healthcheck": _healthcheck(_last(chain, "healthcheck"), chain, vars),
	"stopsignal": _last_value(chain, "stopsignal"),
}) if {
	layout := _layout(img)
	chain := [entry | some number in layout.chain; some entry in layout.stages[number].entries]
	vars := _variables(layout, chain)
	inline := _inline(chain, vars)
	entrypoint := _command(_last(chain, "entrypoint"), chain, vars)
	root := layout.stages[layout.chain[0]]
	base := _external(expand(root.ref, layout.globals))
	from_path := ["spec", "dockerfile", root.start]
} else := _nothing

_external(ref) := "" if {
	lower(ref) == "scratch"
} else := ref

_layout(img) := {"stages": stages, "chain": chain, "globals": globals} if {
	entries := [_entry(index, instruction) | some index, instruction in img.spec.dockerfile]
	starts := [entry.index | some entry in entries; entry.cmd == "from"]
	count(starts) > 0
	globals := _arguments([entry | some entry in entries; entry.index < starts[0]])
	stages := [stage |
		some number, start in starts
		end := _end(starts, number, count(entries))
		stage := {
			"start": start,
			"name": _stage_name(entries[start].value),
			"ref": _at(entries[start].value, 0, ""),
			"entries": [object.union(entry, {"number": number}) | some entry in array.slice(entries, start, end)],
		}
	]
	target := _target(stages, resource.text(object.get(img.spec, "target", "")))
	chain := sort(graph.reachable(_parents(stages, globals), {target}))
}

_entry(index, instruction) := {
	"index": index,
	"cmd": lower(resource.text(object.get(instruction, "cmd", ""))),
	"sub": lower(resource.text(object.get(instruction, "sub", ""))),
	"json": object.get(instruction, "json", false) == true,
	"flags": [resource.text(flag) | some flag in object.get(instruction, "flags", [])],
	"value": [resource.text(value) | some value in object.get(instruction, "value", [])],
	"heredocs": [heredoc | some heredoc in object.get(instruction, "heredocs", []); is_string(heredoc.content)],
} if {
	is_object(instruction)
} else := {"index": index, "cmd": "", "sub": "", "json": false, "flags": [], "value": [], "heredocs": []}

_end(starts, number, total) := _at(starts, number + 1, total)

_stage_name(value) := lower(value[2]) if {
	lower(value[1]) == "as"
} else := ""

_target(stages, wanted) := max(named) if {
	wanted != ""
	named := [number | some number, stage in stages; stage.name == lower(wanted)]
	count(named) > 0
} else := count(stages) - 1

_parents(stages, globals) := {number: parents |
	some number, stage in stages
	parents := _earlier(stages, lower(expand(stage.ref, globals)), number)
}

_earlier(stages, name, number) := [max(named)] if {
	name != ""
	named := [other | some other, stage in stages; other < number; stage.name == name]
	count(named) > 0
} else := []

_arguments(entries) := {name: value |
	last := {entry_name: index |
		some entry_name in {candidate.name | some candidate in _argument_list(entries)}
		index := max([position | some position, other in _argument_list(entries); other.name == entry_name])
	}
	some name, position in last
	value := _argument_list(entries)[position].value
}

_argument_list(entries) := [argument |
	some entry in entries
	entry.cmd == "arg"
	some text in entry.value
	contains(text, "=")
	argument := {
		"name": split(text, "=")[0],
		"value": _dequote(substring(text, indexof(text, "=") + 1, -1)),
	}
]

_bare_arguments(entries) := {text |
	some entry in entries
	entry.cmd == "arg"
	some text in entry.value
	not contains(text, "=")
}

_variables(layout, chain) := _expanded(_expanded(object.union(arguments, environment))) if {
	redeclared := object.filter(layout.globals, _bare_arguments(chain))
	arguments := object.union(redeclared, _arguments(chain))
	environment := {name: expand(value, object.filter(arguments, [name])) | some name, value in _environment(chain)}
}

_env_paths(chain) := {name: path |
	placed := [{"name": pair.name, "path": _value_path(entry, pair.index + 1)} |
		some entry in chain
		entry.cmd == "env"
		some pair in _pairs(entry.value)
	]
	some name in {pair.name | some pair in placed}
	path := placed[max([index | some index, pair in placed; pair.name == name])].path
}

_expanded(vars) := {name: expand(value, object.remove(vars, [name])) | some name, value in vars}

_environment(chain) := {name: value |
	pairs := [pair | some entry in chain; entry.cmd == "env"; some pair in _pairs(entry.value)]
	some name in {pair.name | some pair in pairs}
	position := max([index | some index, pair in pairs; pair.name == name])
	value := pairs[position].value
	value != "***"
}

_pairs(value) := [{"name": value[index], "value": _dequote(value[index + 1]), "index": index} |
	some index in numbers.range(0, count(value) - 1)
	index % _stride(value) == 0
	value[index + 1]
]

_stride(value) := 3 if {
	count(value) % 3 == 0
	value[2] in {"=", " ", ""}
} else := 2

_dequote(value) := trim_suffix(trim_prefix(value, `"`), `"`) if {
	startswith(value, `"`)
} else := trim_suffix(trim_prefix(value, "'"), "'")

_last(chain, cmd) := entry if {
	positions := [position | some position, candidate in chain; candidate.cmd == cmd]
	count(positions) > 0
	entry := chain[max(positions)]
} else := null

_last_value(chain, cmd) := _at(_last(chain, cmd).value, 0, "") if {
	_last(chain, cmd) != null
} else := ""

_value_path(entry, index) := ["spec", "dockerfile", entry.index, "value", index] if {
	entry.value[index]
} else := ["spec", "dockerfile", entry.index]

_live_cmd(cmd, entrypoint, chain, vars) := null if {
	cmd != null
	entrypoint != null
	entrypoint.number > cmd.number
} else := _command(cmd, chain, vars)

_command(entry, chain, _) := null if {
	entry == null
} else := {"shell": false, "path": _value_path(entry, 0), "words": words} if {
	entry.json
	count(entry.value) > 0
	words := [word |
		some index, value in entry.value
		some piece in _pieces(value, count(entry.value))
		word := {"v": piece, "path": _value_path(entry, index), "from": "image"}
	]
} else := {"shell": false, "path": path, "words": words} if {
	_meant_as_list(entry)
	path := _value_path(entry, 0)
	words := [{"v": trim(piece, `'"`), "path": path, "from": "image"} |
		some piece in regex.find_n(`'[^']*'|"[^"]*"|[^\s,'"\[\]]+`, entry.value[0], -1)
	]
} else := {"shell": true, "path": path, "words": words} if {
	not entry.json
	count(entry.value) > 0
	path := _value_path(entry, 0)
	words := [{"v": value, "path": path, "from": "image"} |
		some value in array.concat(_shell_before(chain, entry.index), [concat(" ", entry.value)])
	]
} else := null

_pieces(value, total) := split(trim_space(value), " ") if {
	total == 1
} else := [value]

_meant_as_list(entry) if {
	not entry.json
	count(entry.value) == 1
	regex.match(`^\s*\[\s*['"].*\]\s*$`, entry.value[0])
}

_shell_before(chain, index) := shell if {
	shells := [entry.value | some entry in chain; entry.cmd == "shell"; entry.index < index; count(entry.value) > 0]
	count(shells) > 0
	shell := shells[count(shells) - 1]
} else := _default_shell

_workdir(chain, before, vars) := concat("/", array.concat([written[start]], array.slice(
	written, start + 1,
	count(written),
))) if {
	written := [trim_suffix(expand(entry.value[0], vars), "/") |
		some entry in chain
		entry.cmd == "workdir"
		entry.index < before
	]
	count(written) > 0
	absolute := [position | some position, value in written; regex.match(`^(/|$)`, value)]
	start := max(array.concat([0], absolute))
} else := ""

_healthcheck(entry, chain, vars) := _command(entry, chain, vars) if {
	entry.sub == "cmd"
} else := null

_at(list, index, fallback) := list[index] if {
	is_array(list)
	index < count(list)
} else := fallback
