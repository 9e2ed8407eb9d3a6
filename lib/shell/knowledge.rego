package lib.onelayer.shell

_declaring := {"export", "readonly", "declare", "typeset", "local"}

_assigning(command) := command.parts.assignments if {
	command.parts.words == []
} else := command.parts.words if {
	_declaring[command.parts.words[0]]
}

_knowledge(commands, options) := {
	"env": options.env,
	"args": options.args,
	"assigned": _values(entries, options),
	"exported": _exported(commands),
	"at": 0,
} if {
	entries := [entry |
		some command in commands
		some token in _assigning(command)
		assignment := _assignment(token)
		entry := object.union(assignment, {"at": command.start, "certain": _is_certain(command)})
	]
}

_is_certain(command) if {
	not command.maybe
	not command.apart
	command.function == ""
} else := false

_values(entries, options) := {} if {
	entries == []
} else := third if {
	names := {entry.name | some entry in entries}
	unread := {name: [{"at": -1, "certain": true, "value": concat("", [_open, "$", name])}] | some name in names}
	first := _valued(entries, names, unread, options)
	second := _valued(entries, names, first, options)
	third := _valued(entries, names, second, options)
}

_valued(entries, names, assigned, options) := {name: values |
	some name in names
	values := [{"at": entry.at, "certain": entry.certain, "value": value} |
		some entry in entries
		entry.name == name
		known := {"env": options.env, "args": options.args, "assigned": assigned, "at": entry.at}
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

_command(command, known) := object.union(object.remove(command, {"start", "end", "parts", "apart"}), {
	"words": read_words.words,
	"symbolic": read_words.symbolic,
	"args": read_words.args,
	"assignments": _assignments(command.parts.assignments, here),
	"redirects": _redirects(command.parts.redirects, here),
	"env": _environment(here),
}) if {
	here := object.union(known, {"at": command.start})
	read_words := _words(command.parts.words, here)
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
	mentioned := [object.union(_command(command, object.union(known, {"args": null})), {"maybe": true, "last": false}) |
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
	"args": {at: call.args[format_int(arg + 1, 10)] | some at, arg in command.args},
}) |
	body := bodies[call.words[0]]
	args := array.slice(call.words, 1, count(call.words))
	some i, raw in body
	command := _command(raw, object.union(known, {"args": args}))
	ends := _both(call.last, i == (count(body) - 1))
] if {
	bodies[call.words[0]]
} else := [call]

_both(true, true) := true

_both(false, _) := false

_both(true, false) := false
