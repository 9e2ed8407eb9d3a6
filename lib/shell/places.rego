package lib.onelayer.shell

# METADATA
# title: Commands that a shell runs itself
# description: They start no program. `exec`, `eval`, `command`, `.` and `source` are not among them.
builtins := {
	":", "[", "[[", "alias", "bg", "break", "cd", "continue", "declare", "dirs", "disown", "echo", "enable", "exit",
	"export", "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "let", "local", "logout", "mapfile",
	"popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set", "shift", "shopt", "suspend",
	"test", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
}

_nowhere := {"background": false, "maybe": false, "loop": null, "function": "", "apart": false}

_placed(found, substitutions, lexed, nested) := {
	"commands": [object.union(_nowhere, object.union(command, {"last": i == last})) |
		last := max({-1} | {i | some i, command in found; _runs(command)})
		some i, command in found
	],
	"substitutions": [object.union(_nowhere, given) | some given in substitutions],
} if {
	nested.frames == []
	not regex.match(`[&G|-]`, nested.text)
} else := {
	"commands": [object.union(command, {"last": _is_last(i, command, foreground, ranges.branches)}) |
		some i, command in placed
	],
	"substitutions": [_place(given, ranges) | some given in substitutions],
} if {
	ranges := _ranges(nested, found, lexed.tokens)
	placed := [_place(command, ranges) | some command in found]
	foreground := {i: command |
		some i, command in placed
		not command.background
		command.function == ""
		_runs(command)
	}
}

_ranges(nested, found, tokens) := {
	"background": [range | some frame in every_frame; some range in _background(frame)],
	"maybe": [range | some frame in every_frame; some range in _uncertain(frame)],
	"apart": [[frame.at, frame.at + count(frame.text)] | some frame in nested.frames; startswith(frame.text, "(")],
	"functions": [function | some frame in every_frame; some function in _functions(frame, tokens)],
	"loops": [loop | some frame in nested.frames; some loop in _loops(frame, found, tokens)],
	"branches": [branch | some frame in nested.frames; branch := _branch(frame)],
} if {
	every_frame := array.concat(nested.frames, [{"at": 0, "text": nested.text}])
}

_runs(command) if {
	command.parts.words != []
	not builtins[command.parts.words[0]]
}

_place(command, ranges) := object.union(command, {
	"background": _within(command.start, ranges.background),
	"maybe": _within(command.start, ranges.maybe),
	"apart": _within(command.start, ranges.apart),
	"function": _function_of(command.start, ranges.functions),
	"loop": _loop_of(command.start, ranges.loops),
})

_within(at, ranges) if {
	some range in ranges
	range[0] <= at
	at < range[1]
} else := false

_function_of(at, functions) := innermost.name if {
	from := max({function.from | some function in functions; function.from <= at; at < function.to})
	some innermost in functions
	innermost.from == from
} else := ""

_loop_of(at, loops) := object.remove(loop, ["from", "to"]) if {
	from := max({loop.from | some loop in loops; loop.from <= at; at < loop.to})
	some loop in loops
	loop.from == from
} else := null

_background(frame) := [[frame.at + (at - size), frame.at + at] |
	some at in indexof_n(frame.text, "&")
	size := count(regex.find_n(`[^;n&:pcTLEDrIWURC{(]*$`, substring(frame.text, 0, at), 1)[0])
]

_uncertain(frame) := array.concat(_body(frame), [[frame.at + at, (frame.at + at) + size] |
	some at in indexof_n(frame.text, "-")
	size := count(regex.find_n(`^-+[^-+;n&:pTLED)}FOA]*`, substring(frame.text, at, -1), 1)[0])
])

_body(frame) := [[frame.at + from, frame.at + count(frame.text)]] if {
	from := _body_start(frame.text)
	from >= 0
} else := []

_body_start(text) := indexof(text, "T") if startswith(text, "I")

else := 0 if startswith(text, "C")

else := indexof(text, "D") if regex.match("^[WUR]", text)

else := -1

_functions(frame, tokens) := [{"from": from, "to": from + size, "name": _function_name(from, tokens)} |
	some at in indexof_n(frame.text, "G")
	from := frame.at + at
	size := count(regex.find_n(`^Gg*x*`, substring(frame.text, at, -1), 1)[0])
]

_function_name(at, tokens) := tokens[at + 1] if tokens[at] == "function"

else := tokens[at]

_endless := {
	"while": {
		"true", ":", "[ 1 ]", "[ true ]", "[ : ]", "[ 1 = 1 ]", "[ 1 == 1 ]", "[ 1 -eq 1 ]", "[[ 1 ]]", "[[ true ]]",
		"[[ 1 -eq 1 ]]", "((1))", "(( 1 ))", "((true))", "test 1", "test true", "! false", "/bin/true",
	},
	"until": {"false", "! true", "[ ]", "((0))", "(( 0 ))", "/bin/false"},
}

_loops(frame, found, tokens) := array.concat([loop], _retried(frame, loop)) if {
	regex.match(`^[WUR]`, frame.text)
	from := frame.at + indexof(frame.text, "D")
	to := frame.at + count(frame.text)
	loop := {
		"from": from,
		"to": to,
		"kind": tokens[frame.at],
		"endless": _runs_forever(tokens[frame.at], array.slice(tokens, frame.at + 1, from)),
		"retried": false,
		"naps": _naps(frame.at, to, found),
	}
} else := []

_retried(frame, loop) := [object.union(loop, head)] if {
	loop.endless == false
	head := {"from": frame.at, "to": loop.from, "retried": true}
	regex.match(`^(?:U|W!)[^!;n&+|-]+[;n]*D`, frame.text)
} else := []

_runs_forever(kind, tokens) if {
	words := concat(" ", [token | some token in tokens; not token in {"\n", ";"}])
	_never_ends(kind, words)
} else := false

_never_ends(kind, words) if words in _endless[kind]

_never_ends("for", words) if regex.match(`^\(\([^;]*;\s*(?:1|true)?\s*;[^;]*\)\)$`, words)

_never_ends("while", words) if regex.match(`^sleep\s+\S+$`, words)

_naps(from, to, found) := [command.parts.words[1] |
	some command in found
	command.start >= from
	command.start < to
	command.parts.words[0] == "sleep"
]

_branch(frame) := {"to": frame.at + count(frame.text), "clauses": sort(clauses)} if {
	startswith(frame.text, "I")
	later := array.concat(indexof_n(frame.text, "L"), indexof_n(frame.text, "E"))
	starts := array.concat(later, [indexof(frame.text, "T")])
	clauses := [start |
		some at in starts
		start := frame.at + at
	]
} else := {"to": frame.at + count(frame.text), "clauses": clauses} if {
	startswith(frame.text, "C")
	clauses := [start |
		some at in indexof_n(frame.text, "p")
		start := frame.at + at
	]
}

_is_last(i, command, foreground, branches) if {
	foreground[i]
	others := [[branch.clauses[next], branch.to] |
		some branch in branches
		branch.clauses[0] <= command.start
		command.start < branch.to
		next := count([at | some at in branch.clauses; at <= command.start])
	]
	every j, later in foreground {
		_not_after(i, j, later, others, foreground)
	}
} else := false

_not_after(i, j, _, _, _) if j <= i

_not_after(_, _, later, others, _) if _within(later.start, others)

_not_after(i, j, _, _, foreground) if {
	j > i
	every k, between in foreground {
		_joined(k, between, i, j)
	}
}

_joined(k, _, i, _) if k <= i

_joined(k, _, _, j) if k > j

_joined(_, between, _, _) if between.before in {"|", "||"}
