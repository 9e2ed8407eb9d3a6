package lib.onelayer.shell

_declaring := {"export", "readonly", "declare", "typeset", "local", ":"}

_assigning(command) := command.parts.assignments if {
	command.parts.words == []
} else := command.parts.words if {
	_declaring[command.parts.words[0]]
}

_knowledge(commands, options) := {
	"env": options.env,
	"states": states,
	"assigned": _values(entries, options, states),
	"exported": _exported(commands),
	"at": 0,
} if {
	entries := [entry |
		some command in commands
		some token in _assigning(command)
		assignment := _assignment(token)
		entry := object.union(assignment, {"at": command.start, "certain": _is_sure(command)})
	]
	states := _states(commands, object.union(options, {"assigned": {name: [_someday] | some name in _names(entries)}}))
}

_names(entries) := {entry.name | some entry in entries}

_someday := {"at": -1, "certain": false, "value": ""}

_is_sure(command) := _is_certain(command) if {
	command.parts.words != []
} else := _is_certain(command) if {
	command.before != "&&"
} else := false

_is_certain(command) if {
	not command.maybe
	not command.apart
	command.function == ""
} else := false

_states(commands, options) := [{"at": -1, "args": given}] if {
	given := _numbered_args(options.args)
	_moves(commands) == []
} else := [{"at": -1, "args": given}, one, two, three, four, rest] if {
	given := _numbered_args(options.args)
	moves := _moves(commands)
	one := _state(given, moves, 0, options)
	two := _state(one.args, moves, 1, options)
	three := _state(two.args, moves, 2, options)
	four := _state(three.args, moves, 3, options)
	rest := _state(four.args, array.slice(moves, 4, 5), 0, {"env": {}, "args": null, "lost": true})
}

_numbered_args(args) := [{"text": arg, "arg": i} | some i, arg in args] if {
	is_array(args)
} else := null

_moves(commands) := [command |
	some command in commands
	command.parts.words[0] in {"shift", "set"}
	command.function == ""
	not command.apart
	_moves_arguments(command.parts.words)
]

_moves_arguments(words) if words[0] == "shift"

_moves_arguments(words) if "--" in words

_state(args, moves, i, options) := {"at": 1000000, "args": args} if {
	not moves[i]
} else := {"at": moves[i].start, "args": null} if {
	options.lost
} else := {"at": moves[i].start, "args": array.slice(args, _shifted(moves[i].parts.words), count(args))} if {
	moves[i].parts.words[0] == "shift"
	not _is_doubtful(moves[i])
	is_array(args)
} else := {"at": moves[i].start, "args": fields} if {
	moves[i].parts.words[0] == "set"
	_applies(moves[i], args)
	known := {"env": options.env, "states": [{"at": -1, "args": args}], "assigned": options.assigned, "at": 0}
	fields := [field | some token in _after_dashes(moves[i].parts.words); some field in _fields(token, known)]
	every field in fields {
		not contains(field.text, _open)
	}
} else := {"at": moves[i].start, "args": args} if {
	_is_doubtful(moves[i])
	_prefixes(moves[i].parts.words)
	not startswith(args[0].text, "-")
} else := {"at": moves[i].start, "args": args} if {
	_is_doubtful(moves[i])
	_after_dashes(moves[i].parts.words)[0] in _all_arguments
} else := {"at": moves[i].start, "args": null}

_after_dashes(words) := array.slice(words, min({i | some i, word in words; word == "--"}) + 1, count(words))

_handed(commands, known) := [object.union(_command(run, known), {"maybe": true}) |
	some move in _moves(commands)
	_is_doubtful(move)
	words := _after_dashes(move.parts.words)
	count(words) > 0
	not words[count(words) - 1] in _all_arguments
	not words[0] in _all_arguments
	some later in commands
	later.start > move.start
	later.parts.words in _runs_all
	known.states[0].args in {null, []}
	run := object.union(later, {"parts": {"words": words}})
]

_runs_all := {["exec", `"$@"`], ["exec", "$@"], [`"$@"`], ["$@"]}

_applies(move, _) if not _is_doubtful(move)

_is_doubtful(move) if move.maybe

_is_doubtful(move) if move.before == "&&"

_applies(move, args) if {
	_prefixes(move.parts.words)
	startswith(args[0].text, "-")
}

_prefixes(words) if {
	words[0] == "set"
	words[count(words) - 1] == `"$@"`
}

_shifted(words) := to_number(words[1]) if {
	regex.match(`^[0-9]+$`, words[1])
} else := 1

_values(entries, options, states) := {} if {
	entries == []
} else := third if {
	names := _names(entries)
	unread := {name: [{"at": -1, "certain": true, "value": concat("", [_open, "$", name])}] | some name in names}
	first := _valued(entries, names, unread, options, states)
	second := _valued(entries, names, first, options, states)
	third := _valued(entries, names, second, options, states)
}

_valued(entries, names, assigned, options, states) := {name: values |
	some name in names
	values := [{"at": entry.at, "certain": entry.certain, "value": value} |
		some entry in entries
		entry.name == name
		known := {"env": options.env, "states": states, "assigned": assigned, "at": entry.at}
		value := replace(_assigned_value(entry, known), _split, " ")
	]
}

_exported(commands) := [{"at": command.start, "name": name} |
	some command in commands
	command.parts.words[0] == "export"
	_is_certain(command)
	some token in array.slice(command.parts.words, 1, count(command.parts.words))
	some name in regex.find_n(`^[A-Za-z_][A-Za-z0-9_]*`, token, 1)
]

_command(command, known) := object.union(object.remove(command, {"start", "end", "parts", "apart", "loop"}), {
	"words": read_words.words,
	"symbolic": read_words.symbolic,
	"args": read_words.args,
	"assignments": _assignments(command.parts.assignments, here),
	"redirects": _redirects(command.parts.redirects, here),
	"env": _environment(here),
	"loop": _timed(command.loop, here),
}) if {
	here := object.union(known, {"at": command.start})
	read_words := _words(command.parts.words, here)
}

_timed(loop, known) := loop if {
	loop == null
} else := object.union(object.remove(loop, ["naps"]), {"sleep": _longest_sleep(loop.naps, known)})

_longest_sleep(naps, known) := max(sleeps) if {
	sleeps := [seconds | some nap in naps; seconds := _seconds(_value(nap, known))]
	sleeps != []
} else := null

_units := {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

_seconds(word) := "unknown" if {
	contains(word, _open)
} else := to_number(found[1]) * _units[found[2]] if {
	some found in regex.find_all_string_submatch_n(`^([0-9]+(?:\.[0-9]+)?)([smhd]?)$`, word, 1)
}

_environment(known) := {export.name: _closed(value) |
	some export in object.get(known, "exported", [])
	export.at < known.at
	value := _assigned(export.name, known)
}

_called(commands, known) := {"commands": [_command(command, known) | some command in commands], "unknown": []} if {
	every command in commands {
		command.function == ""
	}
} else := {
	"commands": array.concat(called, mentioned),
	"unknown": [{"line": command.line, "note": concat(" ", ["the function", command.words[0], "calls itself"])} |
		some command in third
		bodies[command.words[0]]
	],
} if {
	names := {command.function | some command in commands; command.function != ""}
	bodies := {name: [command | some command in commands; command.function == name] | some name in names}
	first := [_command(command, known) | some command in commands; command.function == ""]
	second := _run_bodies(_run_bodies(first, bodies, known), bodies, known)
	third := _run_bodies(second, bodies, known)
	called := [command | some command in third; not bodies[command.words[0]]]
	words := {word | some command in first; some i, word in command.words; i > 0}
	mentioned := [object.union(_command(command, object.union(known, {"states": []})), {"maybe": true, "last": false}) |
		some name in (names & words)
		some command in bodies[name]
	]
}

_run_bodies(commands, bodies, known) := [command |
	some call in commands
	some command in _run_body(call, bodies, known)
]

_run_body(call, bodies, known) := [object.union(object.remove(command, {"args"}), {
	"maybe": _either(call.maybe, command.maybe),
	"background": _either(call.background, command.background),
	"substitution": _either(call.substitution, command.substitution),
	"loop": _first_loop(command.loop, call.loop),
	"last": ends,
	"before": _before_body(i, call.before, command.before),
	"args": {at: call.args[format_int(arg + 1, 10)] | some at, arg in command.args},
}) |
	body := bodies[call.words[0]]
	args := [{"text": text, "arg": j - 1} | some j, text in call.words; j > 0]
	some i, raw in body
	command := _command(raw, object.union(known, {"states": [{"at": -1, "args": args}]}))
	ends := _both(call.last, i == (count(body) - 1))
] if {
	bodies[call.words[0]]
} else := [call]

_before_body(i, before, own) := before if {
	i == 0
} else := own

_both(true, true) := true

_both(false, _) := false

_both(true, false) := false
