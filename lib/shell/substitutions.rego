package lib.onelayer.shell

_holds_commands(token) if regex.match(`\$\(|\x60|[<>]\(`, token)

_inner_texts(token) := [text |
	some piece in regex.find_n(_pieces, token, -1)
	some part in _exposed(piece)
	text := _command_text(part)
]

_exposed(piece) := [] if {
	regex.match(`^(?:'|\$'|\\)`, piece)
} else := [part |
	inner := trim_suffix(trim_prefix(trim_prefix(piece, "$"), `"`), `"`)
	some outer in regex.find_n(_double_pieces, inner, -1)
	some part in _laid_open(outer)
] if {
	regex.match(`^\$?"`, piece)
} else := _laid_open(piece)

_laid_open(piece) := regex.find_n(_bare_substitution, substring(piece, 2, -1), -1) if {
	regex.match(`^\$(?:\{|\(\((?s:.*)\)\)$)`, piece)
} else := [piece]

_bare_substitution := concat("", [`\\(?s:.)|\$`, _parens, `|`, _backtick])

_command_text(piece) := substring(piece, 2, count(piece) - 3) if {
	regex.match(`^[$<>]\(`, piece)
} else := regex.replace(substring(piece, 1, count(piece) - 2), `\\([$\\\x60])`, "$1") if {
	startswith(piece, "`")
}

_substitutions(lexed, found, end) := [{"start": i, "host": host, "line": line, "text": text} |
	_holds_commands(concat(" ", lexed.tokens))
	some i, token in array.slice(lexed.tokens, 0, end)
	_holds_commands(token)
	host := min({command.start | some command in found; command.start <= i; i < command.end} | {i})
	line := lexed.marks[i] - i
	some text in _inner_texts(token)
]

_flattened(parsed) := {"commands": parsed.commands, "unknown": parsed.unknown} if {
	parsed.substitutions == []
} else := _merged(parsed, [_inherited(_flattened_inside(_parse(given.text)), given) |
	some given in parsed.substitutions
])

_flattened_inside(parsed) := {"commands": parsed.commands, "unknown": parsed.unknown} if {
	parsed.substitutions == []
} else := _merged(parsed, [_inherited(_flattened_innermost(_parse(given.text)), given) |
	some given in parsed.substitutions
])

_flattened_innermost(parsed) := {"commands": parsed.commands, "unknown": array.concat(parsed.unknown, deeper)} if {
	deeper := [{"line": given.line, "note": "a substitution nested too deep"} | some given in parsed.substitutions]
}

_inherited(inner, given) := {
	"at": given.host,
	"commands": [object.union(command, {
		"start": given.start,
		"line": given.line + command.line,
		"background": _either(given.background, command.background),
		"maybe": _either(given.maybe, command.maybe),
		"apart": true,
		"function": given.function,
		"loop": _first_loop(command.loop, given.loop),
		"substitution": true,
		"last": false,
	}) |
		some command in inner.commands
	],
	"unknown": [object.union(entry, {"line": given.line + entry.line}) | some entry in inner.unknown],
}

_either(false, false) := false

_either(true, _) := true

_either(false, true) := true

_first_loop(inner, outer) := outer if {
	inner == null
} else := inner

_merged(parsed, inner) := {
	"commands": [command |
		some at in sort(starts)
		some command in array.concat(
			[command | some given in inner; given.at == at; some command in given.commands],
			[command | some command in parsed.commands; command.start == at],
		)
	],
	"unknown": array.concat(parsed.unknown, [entry | some given in inner; some entry in given.unknown]),
} if {
	starts := {command.start | some command in parsed.commands} | {given.at | some given in inner}
}
