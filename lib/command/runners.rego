package lib.onelayer.command

_runner_name(name) := object.get({"conc": "concurrently", "npm-run-all2": "npm-run-all"}, name, name)

_parallel(item, world, name) := _all(array.concat([_ended(item)], results)) if {
	entry := _runners[name]
	kinds := _kinds(_rest(item.words, 1), entry)
	texts := [text |
		some i, word in _rest(item.words, 1)
		substring(kinds, i, 1) == "w"
		not substring(concat("", [" ", kinds]), i, 1) == "v"
		some text in _child_texts(word.v, entry, item, world)
	]
	aside := _runs_aside(item.words, entry)
	results := [_read_text(inner, word, [], "sh") |
		some i, text in texts
		word := object.union(item.words[0], {"v": text})
		inner := object.union(item, {
			"words": [word],
			"pid1": _first_name(item.pid1, _name(item.words[0].v)),
			"key": array.concat(item.key, [i]),
			"background": _or(item.background, aside),
			"last": false,
			"wrappers": array.concat(item.wrappers, [_name(item.words[0].v)]),
			"nested": item.nested - 1,
		})
	]
}

_runs_aside(words, entry) if {
	entry.always
} else if {
	some word in words
	entry.parallel[word.v]
} else := false

_child_texts(word, entry, item, world) := [concat(" ", [parts[0], "run", script]) | some script in scripts] if {
	entry.texts
	parts := split(word, ":")
	parts[0] in {"npm", "yarn", "pnpm", "bun"}
	scripts := _matching(substring(word, count(parts[0]) + 1, -1), item, world)
} else := [word] if {
	entry.texts
} else := [concat(" ", ["npm", "run", script]) | some script in _matching(word, item, world)]

_matching(pattern, item, world) := [script |
	prefix := split(pattern, "*")[0]
	some path in _chosen_packages(item, world, "yarn")
	some script in sort(object.keys(_scripts(path, world)))
	startswith(script, prefix)
] if {
	contains(pattern, "*")
} else := [pattern]
