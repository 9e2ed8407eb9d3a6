package lib.onelayer.shell

_before := {
	"+": "&&", "-": "||", "|": "|", "&": "&", ";": ";", "s": ";", "x": ";", "t": ";", "q": ";", "F": ";",
	"O": ";", "A": ";", "}": ";", ")": ";",
}

_operator_before(i, letter) := ";" if {
	letter == "n"
	i > 0
} else := object.get(_before, letter, "")

_after := {"+": "&&", "-": "||", "|": "|", "&": "&", ";": ";", "n": ";", ":": ";"}

_private := [{"line": 0, "note": "the text holds characters of private use"}]

_too_long := [{"line": 0, "note": "the text is too long"}]

_parse(text) := {"commands": [], "substitutions": [], "unknown": _too_long} if count(text) > 200000

else := {"commands": [], "substitutions": [], "unknown": _private} if regex.match("[\\x{e000}-\\x{e005}]", text)

else := result if {
	not contains(text, "<<")
	result := _parse_tokens(_tokens(text), -1)
} else := result if {
	lines := split(text, "\n")
	bodies := _here_documents(lines)
	bodies != []
	blank := {i | some body in bodies; some i in numbers.range(body.from, min({body.to, count(lines)})); i > body.from}
	visible := [_visible(line, i in blank) | some i, line in lines]
	lexed := _tokens(concat("\n", visible))
	result := _parse_tokens(lexed, _misread(lexed, bodies))
} else := result if {
	lexed := _tokens(text)
	result := _parse_tokens(lexed, _misread(lexed, []))
}

_visible(line, blank) := line if not blank

else := ""

_misread(lexed, bodies) := -1 if {
	operators := [token | some token in lexed.tokens; token in {"<<", "<<-"}]
	count(operators) == count(bodies)
} else := min({i | some i, token in lexed.tokens; token in {"<<", "<<-"}} | {count(lexed.tokens)}) if {
	bodies == []
} else := min({i | some i, mark in lexed.marks; mark - i >= bodies[0].from} | {count(lexed.tokens)})

_parse_tokens(lexed, misread) := {
	"commands": placed.commands,
	"substitutions": placed.substitutions,
	"unknown": [{"line": line, "note": "the text cannot be read from here on"} | some line in stopped],
} if {
	junk := {i | i := indexof(lexed.kinds, "?"); i >= 0} | {misread | misread >= 0}
	limit := min(junk | {count(lexed.kinds)})
	segments := regex.find_n(_segments, substring(lexed.kinds, 0, limit), -1)
	shape := concat("", [_shape(segment) | some segment in segments])
	nested := _frames(shape)
	end := _ends(nested.text, nested.frames, limit)
	found := _commands(lexed, segments, shape, end)
	placed := _placed(found, _substitutions(lexed, found, end), lexed, nested)
	stopped := {line |
		end < count(lexed.kinds)
		line := lexed.marks[end] - end
	}
}

_is_simple(segment) if {
	not regex.match(`^(?:[^wvN\]<]|w\(\)|<$)`, segment)
}

_whole(stop, end, _) if stop < end

_whole(stop, end, kinds) if {
	stop == end
	end == count(kinds)
}

_commands(lexed, segments, shape, end) := [command |
	starts := indexof_n(shape, "S")
	simple := [segment | some segment in segments; _is_simple(segment)]
	befores := regex.find_n(`[^S]?[n{(!IWU]*S`, shape, -1)
	afters := regex.find_n(`Ss*[^s]?`, shape, -1)
	some i, start in starts
	size := count(simple[i])
	_whole(start + size, end, lexed.kinds)
	command := {
		"start": start,
		"end": start + size,
		"line": lexed.marks[start] - start,
		"before": _operator_before(i, substring(befores[i], 0, 1)),
		"after": object.get(_after, substring(afters[i], size, 1), ""),
		"substitution": false,
		"parts": _parts_of(simple[i], array.slice(lexed.tokens, start, start + size)),
	}
]

_parts_of(kinds, tokens) := {"words": tokens, "assignments": [], "redirects": []} if {
	not contains(kinds, "<")
	not startswith(kinds, "v")
} else := {"words": words, "assignments": assignments, "redirects": redirects} if {
	operators := indexof_n(kinds, "<")
	targets := {target | some i in operators; target := i + 1}
	skipped := targets | {i | some i in operators}
	leading := count(regex.find_n(_leading, kinds, 1)[0])
	assigned := {i | some i in indexof_n(substring(kinds, 0, leading), "v"); not i in targets}
	assignments := [tokens[i] | some i in sort(assigned)]
	redirects := [{"operator": tokens[i], "target": tokens[i + 1]} | some i in operators]
	words := [token | some i, token in tokens; not i in skipped; not i in assigned]
}

_leading := concat("", [`^(?:v|<`, _any, `)*`])
