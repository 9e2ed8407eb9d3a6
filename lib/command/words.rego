package lib.onelayer.command

_base(word) := parts[count(parts) - 1] if {
	parts := split(word, "/")
}

_name(word) := trim_suffix(trim_suffix(_base(word), ".cmd"), ".js") if {
	contains(word, "node_modules/")
} else := trim_suffix(_base(word), ".cmd")

_kind(word, entry) := "d" if {
	word == "--"
} else := "v" if {
	entry.values[word]
} else := "t" if {
	entry.text[word]
} else := "o" if {
	startswith(word, "-")
} else := "a" if {
	entry.assigns
	regex.match(`^[A-Za-z_][A-Za-z0-9_]*=`, word)
} else := "b" if {
	entry.between[word]
} else := "w"

_kinds(words, entry) := concat("", [_kind(word.v, entry) | some word in words])

_rest(words, from) := array.slice(words, from, count(words))

_stripped(item, world) := item if {
	not _may_strip(item)
} else := _stripped_twice(_strip(item, world), world)

_stripped_twice(item, world) := item if {
	not _may_strip(item)
} else := _stripped_thrice(_strip(item, world), world)

_stripped_thrice(item, world) := item if {
	not _may_strip(item)
} else := _stripped_fully(_strip(item, world), world)

_stripped_fully(item, world) := item if {
	not _may_strip(item)
} else := _strip(item, world)

_may_strip(item) if {
	_wrappers[_name(item.words[0].v)]
	item.text == false
}

_may_strip(item) if {
	_name(item.words[0].v) in {"node", "nodejs"}
	item.text == false
	some word in item.words
	regex.match(_node_tool, word.v)
}

_strip(item, world) := started if {
	name := _name(item.words[0].v)
	entry := _wrappers[name]
	entry.program
	started := _program_of(item, name, entry)
} else := stripped if {
	name := _name(item.words[0].v)
	entry := _wrappers[name]
	not _is_kept(item, entry, world)
	words := _rest(item.words, 1)
	kinds := _kinds(words, entry)
	stripped := _inside(item, name, entry, _taken(kinds, entry, words))
} else := object.union(item, {"words": words, "wrappers": array.concat(item.wrappers, ["node"])}) if {
	_name(item.words[0].v) in {"node", "nodejs"}
	from := count(regex.find_n(`^(?:o|v.)*`, _kinds(_rest(item.words, 1), _node), 1)[0]) + 1
	regex.match(_node_tool, item.words[from].v)
	words := _rest(item.words, from)
} else := item

_program_of(item, name, entry) := object.union(item, {
	"words": array.concat([program], _rest(words, at + 1)),
	"wrappers": array.concat(item.wrappers, [name]),
	"background": _or(item.background, _named_among(words, entry.aside)),
}) if {
	words := _rest(item.words, 1)
	kinds := _kinds(words, entry)
	at := _dashes(kinds)
	own := array.slice(words, 0, at)
	_named_among(own, entry.started)
	text := [value | some names in entry.program; value := _option_value(own, names)][0]
	first := [word | some word in own; endswith(word.v, text)][0]
	program := object.union(first, {"v": text})
}

_dashes(kinds) := at if {
	at := indexof(kinds, "d")
	at >= 0
} else := count(kinds)

_named_among(words, names) if {
	some word in words
	names[word.v]
} else := false

_node := {"values": {
	"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
	"--max-old-space-size",
}}

_node_tool := `(?:^|/)node_modules/(?:\.bin/|(?:.*/)?bin/)[^/]+$|^/usr/(?:local/)?bin/[^/]+$`

_is_kept(item, entry, world) if {
	entry.script
	_script_path(item.words[0].v, item.dir, world)
}

_taken(kinds, entry, words) := {"text": at} if {
	at := _text_at(kinds, entry, words)
	at < count(words)
} else := {"from": from} if {
	contains(object.get(entry, "only", ""), "dashes")
	_sub_fits(kinds, entry, words)
	from := indexof(kinds, "d") + 1
	from > 0
	from < count(words)
} else := {"from": from} if {
	not entry.only
	from := _head(kinds, entry, words)
	from < count(words)
}

_text_at(kinds, entry, words) := count(found) if {
	contains(kinds, "t")
	entry.only
	some found in regex.find_n(`^(?:[oabwd]|v.)*?t`, kinds, 1)
} else := count(found) if {
	contains(kinds, "t")
	not entry.sub
	some found in regex.find_n(`^(?:[oab]|v.)*t`, kinds, 1)
} else := count(found) if {
	contains(kinds, "t")
	_has_sub(kinds, entry, words)
	some found in regex.find_n(`^(?:[oab]|v.)*w(?:[oab]|v.)*t`, kinds, 1)
}

_has_sub(kinds, entry, words) if {
	some found in regex.find_n(`^(?:[oab]|v.)*w`, kinds, 1)
	entry.sub[words[count(found) - 1].v]
}

_sub_fits(_, entry, _) if not entry.sub

_sub_fits(kinds, entry, words) if _has_sub(kinds, entry, words)

_head(kinds, entry, words) := count(found) if {
	entry.sub
	entry.skip
	_has_sub(kinds, entry, words)
	some found in regex.find_n(`^(?:[oab]|v.)*w(?:[oab]|v.)*d?w(?:[oa]|v.)*d?`, kinds, 1)
} else := count(found) if {
	entry.sub
	not entry.skip
	_has_sub(kinds, entry, words)
	some found in regex.find_n(`^(?:[oab]|v.)*w(?:[oab]|v.)*d?`, kinds, 1)
} else := count(found) if {
	not entry.sub
	entry.skip
	some found in regex.find_n(`^(?:[oab]|v.)*d?w(?:[oa]|v.)*d?`, kinds, 1)
} else := count(found) if {
	not entry.sub
	some found in regex.find_n(`^(?:[oab]|v.)*d?`, kinds, 1)
}

_inside(item, name, entry, taken) := object.union(item, {
	"words": [words[taken.text]],
	"text": true,
	"reader": object.get(entry, "reader", "sh"),
	"wrappers": array.concat(item.wrappers, [name]),
	"pid1": _staying(item.pid1, name, entry),
	"shells": item.shells + _levels_of(entry),
}) if {
	words := _rest(item.words, 1)
	words[taken.text]
} else := object.union(item, {
	"words": [{"v": text, "symbolic": false, "path": first.path, "from": first.from}],
	"text": true,
	"wrappers": array.concat(item.wrappers, [name]),
	"pid1": _staying(item.pid1, name, entry),
	"env": object.union(item.env, assigned),
	"known": object.union(item.known, assigned),
}) if {
	entry.joined
	words := _rest(item.words, taken.from + 1)
	first := words[0]
	text := concat(" ", [word.v | some word in words])
	assigned := _assigned(item.words, taken.from)
} else := object.union(item, {
	"words": _named(words, entry),
	"wrappers": array.concat(item.wrappers, [name]),
	"pid1": _staying(item.pid1, name, entry),
	"shells": item.shells + _levels_of(entry),
	"env": object.union(item.env, assigned),
	"known": object.union(item.known, assigned),
}) if {
	words := _rest(item.words, taken.from + 1)
	assigned := _assigned(item.words, taken.from)
}

_staying(pid1, name, entry) := name if {
	pid1 == ""
	_stays(entry)
} else := pid1

_stays(entry) if entry.stays

_stays(entry) if entry.manager

_levels_of(entry) := 1 if {
	entry.manager
} else := 0

_named(words, entry) := array.concat([object.union(words[0], {"v": name})], _rest(words, 1)) if {
	entry.bin
	some found in regex.find_all_string_submatch_n(`^(?:@[^/]+/)?([^@/]+)(?:@.*)?$`, words[0].v, 1)
	name := found[1]
} else := words

_assigned(words, to) := {parts[0]: value |
	some i, word in array.slice(words, 1, to + 1)
	parts := split(word.v, "=")
	regex.match(`^[A-Za-z_][A-Za-z0-9_]*=`, word.v)
	value := substring(word.v, count(parts[0]) + 1, -1)
	not _assigned_later(parts[0], words, i + 2, to + 1)
}

_assigned_later(name, words, from, to) if {
	some word in array.slice(words, from, to)
	startswith(word.v, concat("", [name, "="]))
}
