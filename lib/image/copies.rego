package lib.onelayer.image

_copies(layout, stages) := array.concat(direct, through) if {
	direct := _direct_copies(layout, stages)
	through := [copy |
		some step in _stage_copies(layout, stages)
		some origin in _copies_once(layout, step.stage)
		some copy in _composed(origin, step)
	]
}

_copies_once(layout, stage) := array.concat(direct, through) if {
	stages := sort(graph.reachable(_parents(layout.stages, layout.globals), {stage}))
	direct := _direct_copies(layout, stages)
	through := [copy |
		some step in _stage_copies(layout, stages)
		inner := sort(graph.reachable(_parents(layout.stages, layout.globals), {step.stage}))
		some origin in _direct_copies(layout, inner)
		some copy in _composed(origin, step)
	]
}

_chain_of(layout, stages) := [entry | some number in stages; some entry in layout.stages[number].entries]

_direct_copies(layout, stages) := [copy |
	chain := _chain_of(layout, stages)
	vars := _variables(layout, chain)
	some entry in chain
	entry.cmd in {"copy", "add"}
	not _copied_from(entry)
	some copy in _mappings(entry, chain, vars)
]

_stage_copies(layout, stages) := [step |
	chain := _chain_of(layout, stages)
	vars := _variables(layout, chain)
	some entry in chain
	entry.cmd == "copy"
	stage := _stage_number(layout, lower(expand(_copied_from(entry), vars)))
	some copy in _mappings(entry, chain, vars)
	step := {"stage": stage, "src": concat("", ["/", copy.src]), "dest": copy.dest}
]

_copied_from(entry) := trim_prefix(flag, "--from=") if {
	some flag in entry.flags
	startswith(flag, "--from=")
}

_stage_number(layout, name) := max(named) if {
	named := [number | some number, stage in layout.stages; _names(stage, number)[name]]
	count(named) > 0
}

_names(stage, number) := {stage.name, format_int(number, 10)}

_mappings(entry, chain, vars) := [copy |
	count(entry.value) > 1
	last := count(entry.value) - 1
	dest := _absolute(expand(entry.value[last], vars), _workdir(chain, entry.index, vars), last > 1)
	some source in array.slice(entry.value, 0, last)
	not contains(source, "://")
	copy := {"src": _relative(expand(source, vars)), "dest": dest}
]

_relative(source) := "" if {
	regex.match(`^[./]*$`, source)
} else := regex.replace(source, `^(\./|/)+`, "")

_absolute(dest, workdir, folder) := concat("", [_clean(_joined(dest, workdir)), _slash(dest, folder)])

_joined(dest, workdir) := dest if {
	startswith(dest, "/")
} else := concat("/", [trim_suffix(workdir, "/"), dest])

_slash(dest, folder) := "/" if {
	regex.match(`(^|/)\.?$`, dest)
} else := "/" if {
	folder
} else := ""

_clean(path) := regex.replace(regex.replace(path, `/(\./)+|/\.$|/{2,}`, "/"), `(.)/$`, "$1")

_composed(origin, step) := [{"src": origin.src, "dest": dest}] if {
	inside := trim_suffix(step.src, "/")
	startswith(concat("", [trim_suffix(origin.dest, "/"), "/"]), concat("", [inside, "/"]))
	rest := trim_prefix(origin.dest, inside)
	dest := concat("", [trim_suffix(step.dest, "/"), rest])
} else := [{"src": src, "dest": step.dest}] if {
	base := concat("", [trim_suffix(origin.dest, "/"), "/"])
	startswith(step.src, base)
	src := trim_prefix(concat("/", [trim_suffix(origin.src, "/"), trim_prefix(step.src, base)]), "/")
} else := []

_inline(chain, vars) := {path: file |
	found := array.concat(_heredoc_files(chain, vars), _written_files(chain, vars))
	some path in {candidate.path | some candidate in found}
	pieces := [candidate | some candidate in found; candidate.path == path]
	file := {
		"script": [line | some piece in pieces; some line in split(piece.text, "\n")],
		"at": pieces[0].at,
	}
}

_inline_copies(inline) := [{"src": path, "dest": path} | some path, _ in inline]

_heredoc_files(chain, vars) := [file |
	some entry in chain
	entry.cmd in {"copy", "add"}
	some heredoc in entry.heredocs
	last := entry.value[count(entry.value) - 1]
	file := {
		"path": trim_suffix(_absolute(expand(last, vars), _workdir(chain, entry.index, vars), false), "/"),
		"text": heredoc.content,
		"at": _value_path(entry, 0),
	}
]

_written_files(chain, vars) := [file |
	some entry in chain
	entry.cmd == "run"
	some written in _writes(entry)
	file := {
		"path": _absolute(expand(written.path, vars), _workdir(chain, entry.index, vars), false),
		"text": written.text,
		"at": _value_path(entry, 0),
	}
]

_writes(entry) := array.concat(echoed, heredocs) if {
	all_text := concat(" ", entry.value)
	echoed := [{"path": found[3], "text": replace(concat("", [found[1], found[2]]), `\n`, "\n")} |
		some text in array.concat([all_text], _scripts(entry, all_text))
		some found in regex.find_all_string_submatch_n(_echo_pattern, text, -1)
	]
	heredocs := [{"path": found[1], "text": heredoc.content} |
		some heredoc in entry.heredocs
		some found in regex.find_all_string_submatch_n(_cat_pattern, all_text, 1)
	]
}

_scripts(entry, all_text) := [heredoc.content | some heredoc in entry.heredocs] if {
	startswith(trim_space(all_text), "<<")
} else := []

_echo_pattern := `(?:echo|printf)\s+(?:-[en]+\s+)*(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*>>?\s*([^\s;&|]+)`

_cat_pattern := `(?:cat|tee)\b[^\n]*?(?:>>?|tee)\s*([^\s;&|<>]+)`
