package lib.onelayer.command

_of_monorepo(item, world, name) := _found(items) if {
	words := _rest(item.words, 1)
	kinds := _kinds(words, _monorepos[name])
	end := _dashes(kinds)
	plain := [word.v |
		some i, word in array.slice(words, 0, end)
		substring(kinds, i, 1) == "w"
		not substring(concat("", [" ", kinds]), i, 1) == "v"
	]
	items := [inner |
		some i, asked in _asked(name, plain, array.slice(words, 0, end))
		given := array.concat(asked.where, ["run", asked.script])
		inner := object.union(item, {
			"words": array.concat(
				[object.union(item.words[0], {"v": word}) | some word in array.concat([asked.manager], given)],
				_rest(words, end + 1),
			),
			"wrappers": array.concat(item.wrappers, [name]),
			"pid1": _first_name(item.pid1, name),
			"key": array.concat(item.key, [i]),
		})
		_is_script_in(asked.script, inner, world, asked.manager)
	]
	count(items) > 0
} else := _half(item, "what it starts is not in the input")

_is_script_in(script, item, world, manager) if {
	some path in _chosen_packages(item, world, manager)
	_scripts(path, world)[script]
}

_asked("rushx", plain, _) := [{"manager": "npm", "where": [], "script": plain[0]}]

_asked("nx", plain, _) := [{"manager": "pnpm", "where": ["--filter", found[1]], "script": found[2]}] if {
	plain[0] == "run"
	some found in regex.find_all_string_submatch_n(`^([^:]+):([^:]+)(?::[^:]+)?$`, plain[1], 1)
} else := [{"manager": "pnpm", "where": ["--filter", project], "script": script}] if {
	[script, project] := plain
	script != "run"
}

_asked("turbo", plain, words) := [{"manager": "pnpm", "where": where, "script": script} |
	some script in plain
	script != "run"
	some where in _filtered(words, {"--filter", "-F"})
]

_asked("lerna", plain, words) := [{"manager": "pnpm", "where": where, "script": plain[1]} |
	plain[0] == "run"
	some where in _filtered(words, {"--scope"})
]

_filtered(words, names) := filters if {
	filters := [["--filter", value] |
		some i, word in words
		value := _given_value(i, word.v, words, names)
	]
	count(filters) > 0
} else := [["-r"]]
