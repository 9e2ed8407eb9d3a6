package lib.onelayer.shell

_split := "\ue001"

_open := "\ue002"

_pieces := concat("", [_quoting, `|[^'"\\$\x60<>]+|(?s:.)`])

_double_pieces := concat("", [
	`\\(?s:.)|`, _backtick, `|\$`, _sums, `|\$`, _parens, `|`, _brace, `|`, _parameter, `|[^\\$\x60]+|(?s:.)`,
])

_is_plain(text) if not regex.match(`['"\\$\x60]|[<>=]\(`, text)

_value(word, known) := word if {
	_is_plain(word)
} else := _unresolved(word) if {
	regex.match(`^(?:[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\n]*\])?\+?=\()`, word)
} else := _joined_pieces(word, known)

_joined_pieces(word, known) := concat("", [_piece(piece, known) | some piece in regex.find_n(_pieces, word, -1)])

_piece(piece, known) := substring(piece, 1, count(piece) - 2) if {
	startswith(piece, "'")
} else := _doubled(substring(piece, 1, count(piece) - 2), known) if {
	startswith(piece, `"`)
} else := _ansi_value(substring(piece, 2, count(piece) - 3)) if {
	startswith(piece, "$'")
	not regex.match(`\\[^\\'"ntr]`, regex.replace(piece, `\\\\`, ""))
} else := _unresolved(piece) if {
	startswith(piece, "$'")
} else := _doubled(substring(piece, 2, count(piece) - 3), known) if {
	startswith(piece, `$"`)
} else := trim_prefix(substring(piece, 1, -1), "\n") if {
	startswith(piece, "\\")
} else := _unquoted(piece, _expansion(piece, known)) if {
	_expands(piece)
} else := piece

_unquoted(piece, value) := value if {
	value == _unresolved(piece)
} else := regex.replace(value, `[ \t\n]+`, _split)

_unresolved(piece) := concat("", [_open, strings.replace_n(_kept, piece)])

_kept := {" ": "\ue003", "\t": "\ue004", "\n": "\ue005"}

_given_back := {"\ue002": "", "\ue003": " ", "\ue004": "\t", "\ue005": "\n"}

_expands(piece) if regex.match(`^(?:\$(?s:.)|\x60|[<>]\()`, piece)

_doubled(inner, known) := inner if {
	not regex.match(`[\\$\x60]`, inner)
} else := concat("", [_doubled_piece(piece, known) | some piece in regex.find_n(_double_pieces, inner, -1)])

_doubled_piece(piece, known) := trim_prefix(substring(piece, 1, -1), "\n") if {
	regex.match(`^\\["\\$\x60\n]`, piece)
} else := _expansion(piece, known) if {
	_expands(piece)
} else := piece

_ansi_value(inner) := strings.replace_n({`\\`: `\`, `\'`: "'", `\"`: `"`, `\n`: "\n", `\t`: "\t", `\r`: "\r"}, inner)

_variable := concat("", [
	`^\$(?:([A-Za-z_][A-Za-z0-9_]*|[0-9@*#])|\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*])`,
	`(?:(:?[-=+])((?s:.*)))?\})$`,
])

_expansion(piece, known) := value if {
	some found in regex.find_all_string_submatch_n(_variable, piece, 1)
	value := _chosen(_lookup(concat("", [found[1], found[2]]), known), found[3], found[4])
} else := other if {
	some [_, name, braced, operator, other] in regex.find_all_string_submatch_n(_variable, piece, 1)
	operator in {":-", ":=", "-", "="}
	_is_plain(other)
	_is_never_set(concat("", [name, braced]), known)
} else := _unresolved(piece)

_is_never_set(name, known) if {
	known.states != []
	not regex.match(`^[0-9@*#]`, name)
	not known.env[name]
	every entry in object.get(known.assigned, name, []) {
		entry.at >= known.at
	}
}

_chosen(value, operator, other) := value if {
	operator == ""
} else := value if {
	operator in {":-", ":=", "-", "="}
	value != ""
} else := "" if {
	operator in {"-", "="}
} else := "" if {
	operator == ":+"
	value == ""
} else := other if {
	_is_plain(other)
}

_lookup(name, known) := _argument(to_number(name), _args(known)) if {
	regex.match(`^[0-9]+$`, name)
} else := format_int(count(_args(known)), 10) if {
	name == "#"
} else := concat(" ", [arg.text | some arg in _args(known)]) if {
	name in {"@", "*"}
	is_array(_args(known))
} else := _assigned(name, known)

_args(known) := states[count(states) - 1].args if {
	states := [state | some state in known.states; state.at < known.at]
}

_argument(number, args) := args[number - 1].text if {
	number > 0
} else := "" if {
	is_array(args)
	number > count(args)
}

_assigned(name, known) := value if {
	before := [entry | some entry in known.assigned[name]; entry.certain; entry.at < known.at]
	value := before[count(before) - 1].value
} else := known.env[name]

_all_arguments := {
	`"$@"`, `$@`, `$*`, `"${@}"`, `${@}`, `${*}`, `"${@:1}"`, `${@:1}`, `${1+"$@"}`, `${1:+"$@"}`, `"${*}"`, `"$*"`,
}

_fields(word, known) := _args(known) if {
	_all_arguments[word]
	is_array(_args(known))
} else := [{"text": word, "arg": -1}] if {
	_is_plain(word)
} else := [{"text": text, "arg": -1} | some text in split(value, _split); text != ""] if {
	value := _value(word, known)
	_splits(word, value)
} else := [{"text": _value(word, known), "arg": -1}]

_splits(_, value) if contains(value, _split)

_splits(word, "") if not regex.match(`['"]`, word)

_closed(text) := text if {
	not contains(text, _open)
} else := strings.replace_n(_given_back, text)

_words(tokens, known) := {"words": tokens, "symbolic": [], "args": {}} if {
	_is_plain(concat(" ", tokens))
} else := {
	"words": [_closed(field.text) | some field in fields],
	"symbolic": [i | some i, field in fields; contains(field.text, _open)],
	"args": {format_int(i, 10): field.arg | some i, field in fields; field.arg >= 0},
} if {
	fields := [field | some token in tokens; some field in _fields(token, known)]
}

_assignment(token) := {"name": found[1], "raw": found[3], "append": found[2] == "+"} if {
	some found in regex.find_all_string_submatch_n(
		`^([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?(\+?)=((?s:.*))$`,
		token,
		1,
	)
} else := {"name": found[1], "raw": token, "append": false} if {
	some found in regex.find_all_string_submatch_n(`^"?\$\{([A-Za-z_][A-Za-z0-9_]*):?=(?s:.*)\}"?$`, token, 1)
}

_assignments(tokens, known) := [{"name": assignment.name, "value": _closed(value), "symbolic": contains(value, _open)} |
	some token in tokens
	assignment := _assignment(token)
	value := replace(_assigned_value(assignment, known), _split, " ")
]

_assigned_value(assignment, known) := _unresolved(assignment.raw) if {
	startswith(assignment.raw, "(")
} else := concat("", [_open, "$", assignment.name]) if {
	assignment.append
} else := _value(assignment.raw, known)

_redirects(redirects, known) := [redirect |
	some given in redirects
	some found in regex.find_all_string_submatch_n(`^([0-9]*|\{[A-Za-z0-9_]*\})([<>&].*)$`, given.operator, 1)
	redirect := {
		"op": found[2],
		"fd": _descriptor(found[1], found[2]),
		"target": _closed(replace(_value(given.target, known), _split, " ")),
	}
]

_descriptor(given, operator) := given if {
	given != ""
} else := "0" if {
	startswith(operator, "<")
} else := "&" if {
	startswith(operator, "&")
} else := "1"
