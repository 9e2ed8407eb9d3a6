package lib.onelayer.command

_managed(item, world, name) := _ended(item) if {
	_subcommand(item, name) == ""
} else := _found([_executed(item, name, at)]) if {
	at := _sub_at(item, name)
	_executing[name][item.words[at].v]
	count(item.words) > at + 1
} else := _found([_executed(item, "yarn", at - 1)]) if {
	at := _sub_at(item, name)
	name == "yarn"
	item.words[at].v == "node"
} else := _workspace(item, world, at) if {
	at := _sub_at(item, name)
	name == "yarn"
	item.words[at].v == "workspace"
	count(item.words) > at + 2
} else := _ended(item) if {
	name == "bun"
	word := item.words[_script_at(item, name)].v
	regex.match(`[./]`, word)
	not _is_script_of(word, item, world, name)
} else := _found([_executed(item, name, _script_at(item, name) - 1)]) if {
	name in {"yarn", "bun"}
	not _is_script_of(item.words[_script_at(item, name)].v, item, world, name)
} else := _run_script_at(item, world, name, at) if {
	at := _script_at(item, name)
} else := _run_script_at(item, world, name, at) if {
	at := _sub_at(item, name)
	_short[name][item.words[at].v]
} else := _ended(item) if {
	name == "npm"
} else := _ended(item) if {
	_own[name][_subcommand(item, name)]
} else := _ended(item) if {
	name == "bun"
	regex.match(`[./]`, _subcommand(item, name))
} else := _run_script_at(item, world, name, _sub_at(item, name)) if {
	_is_script_of(_subcommand(item, name), item, world, name)
} else := _found([_executed(item, name, _sub_at(item, name) - 1)])

_manager_kinds(item, name) := _kinds(_rest(item.words, 1), _managers[name])

_sub_at(item, name) := count(found) if {
	some found in regex.find_n(`^(?:o|v.)*w`, _manager_kinds(item, name), 1)
}

_subcommand(item, name) := item.words[_sub_at(item, name)].v if {
	item.words[_sub_at(item, name)]
} else := ""

_script_at(item, name) := at + count(found) if {
	at := _sub_at(item, name)
	_running[name][item.words[at].v]
	kinds := _kinds(_rest(item.words, at + 1), _managers[name])
	some found in regex.find_n(`^(?:o|v.)*w`, kinds, 1)
}

_executed(item, name, at) := object.union(item, {
	"words": _named(_rest(item.words, from), {"bin": true}),
	"wrappers": array.concat(item.wrappers, [name]),
	"shells": item.shells + 1,
	"pid1": _first_name(item.pid1, name),
}) if {
	kinds := _kinds(_rest(item.words, at + 1), _managers[name])
	some found in regex.find_n(`^(?:o|v.)*d?`, kinds, 1)
	from := (at + 1) + count(found)
}

_workspace(item, world, at) := _found([inner]) if {
	path := _named_package(item.words[at + 1].v, world)
	inner := object.union(item, {
		"words": array.concat([item.words[0]], _rest(item.words, at + 2)),
		"package": path,
		"key": array.concat(item.key, [0]),
	})
} else := _half(item, concat("", ["workspace ", item.words[at + 1].v, " is not in the input"]))

_named_package(name, world) := found[0] if {
	found := [path | some path in sort(_packages(world)); _is_package(path, name, world)]
	found != []
}

_is_package(path, name, world) if world.files[path].packageJSON.name == name

_is_package(path, name, _) if _folder(path) == _clean(trim(name, "{}"))

_is_package(path, name, world) if {
	endswith(name, "*")
	startswith(world.files[path].packageJSON.name, trim_suffix(name, "*"))
}

_option_value(words, names) := value if {
	found := [value |
		some i, word in words
		value := _given_value(i, word.v, words, names)
	]
	value := found[0]
}

_given_value(i, word, words, names) := words[i + 1].v if {
	word in names
} else := parts[1] if {
	parts := split(word, "=")
	parts[0] in names
}

_chosen_packages(item, world, name) := [path | some path in sort(_packages(world)); _is_package(
	path, wanted,
	world,
)] if {
	filter := _option_value(item.words, {"-w", "--workspace", "-F", "--filter", "--filter-prod"})
	wanted := trim(trim(filter, "^"), ".^")
} else := [path | some path in sort(_packages(world)); path != "package.json"] if {
	name in {"pnpm", "npm"}
	some word in item.words
	word.v in {"-r", "--recursive", "--parallel", "-ws", "--workspaces"}
} else := [path] if {
	folder := _option_value(item.words, {"--prefix", "-C", "--cwd", "--dir"})
	path := _package(_absolute(folder, item.dir), world)
} else := [item["package"]] if {
	is_object(world.files[item["package"]].packageJSON)
} else := [path] if {
	path := _package(item.dir, world)
} else := []

_is_script_of(script, item, world, name) if {
	some path in _chosen_packages(item, world, name)
	_scripts(path, world)[script]
}

_is_script_of(script, item, world, name) if {
	_chosen_packages(item, world, name) == []
	regex.match(`^(?:start|dev|serve|prod|test|build|stop|watch|debug|preview|docker|launch|boot)|:`, script)
}

_run_script_at(item, world, name, at) := _half(item, "package.json is not in the input") if {
	_chosen_packages(item, world, name) == []
} else := _all(results) if {
	script := object.get(_short[name], item.words[at].v, item.words[at].v)
	paths := _chosen_packages(item, world, name)
	holding := [path | some path in paths; _scripts(path, world)[script]]
	args := _script_args(item, name, at)
	results := [_run_package_script(i, item, world, [name, script, path], args) | some i, path in holding]
	results != []
} else := _found([fallback]) if {
	name == "npm"
	item.words[at].v == "start"
	path := _chosen_packages(item, world, name)[0]
	first := {
		"v": "node", "symbolic": false, "from": "image",
		"path": array.concat(world.files_path, [path, "packageJSON"]),
	}
	fallback := object.union(item, {
		"words": [first, object.union(first, {"v": "server.js"})],
		"chain": array.concat(item.chain, [{"path": first.path, "note": "npm start without scripts.start runs server.js"}]),
		"shells": item.shells + 1,
		"pid1": _first_name(item.pid1, name),
		"script": "start",
	})
} else := _half(item, concat("", ["package.json has no script ", item.words[at].v]))

_all(results) := {
	"items": [entry | some result in results; some entry in result.items],
	"processes": [entry | some result in results; some entry in result.processes],
	"unknown": [entry | some result in results; some entry in result.unknown],
}

_script_args(item, "npm", at) := [word |
	words := _rest(item.words, at + 1)
	kinds := _kinds(words, _managers.npm)
	dashes := indexof(kinds, "d")
	some i, word in words
	_is_script_arg(i, kinds, dashes)
]

_script_args(item, name, at) := [word |
	words := _rest(item.words, at + 1)
	some i, word in words
	_is_passed(i, word.v)
] if {
	name != "npm"
}

_is_passed(i, _) if i > 0

_is_passed(0, word) if word != "--"

_is_script_arg(i, _, dashes) if {
	dashes >= 0
	i > dashes
}

_is_script_arg(i, kinds, dashes) if {
	substring(kinds, i, 1) == "w"
	not substring(concat("", [" ", kinds]), i, 1) == "v"
	_is_early(i, dashes)
}

_is_early(_, -1)

_is_early(i, dashes) if i < dashes

_run_package_script(i, item, world, [name, script, path], args) := _all(results) if {
	scripts := _scripts(path, world)
	hooks := _hooks(name, script, scripts)
	results := [_read_text(inner, word, [], "sh") |
		some j, hook in hooks
		place := array.concat(world.files_path, [path, "packageJSON", "scripts", hook])
		word := {
			"v": _with_args(scripts[hook], args, hook == script), "symbolic": false, "path": place, "from": "image",
		}
		inner := object.union(item, {
			"words": [word],
			"chain": array.concat(item.chain, [{"path": place, "note": _script_note(name, script, hook)}]),
			"shells": item.shells + 1,
			"pid1": _first_name(item.pid1, name),
			"key": array.concat(item.key, [i, j]),
			"script": hook,
			"package": path,
			"maybe": _or(item.maybe, _is_unsure(name, script, hook)),
			"last": _and(item.last, hook == script),
			"background": _or(item.background, _is_parallel(item)),
			"nested": item.nested - 1,
		})
	]
}

_is_parallel(item) if {
	some word in item.words
	word.v == "--parallel"
} else := false

_is_unsure(name, script, hook) if {
	name == "pnpm"
	hook != script
} else := false

_hooks(_, script, scripts) := [hook |
	some prefix in ["pre", "", "post"]
	hook := concat("", [prefix, script])
	scripts[hook]
]

_script_note(name, script, hook) := concat("", [name, " ", script, " runs scripts.", hook])

_with_args(text, _, false) := text

_with_args(text, args, true) := concat(" ", array.concat([text], [_quoted(arg) | some arg in args]))

_quoted(arg) := concat("", [`"`, arg.v, `"`]) if {
	arg.symbolic
} else := arg.v if {
	regex.match(`^[A-Za-z0-9_./:=@%+,-]+$`, arg.v)
} else := concat("", ["'", replace(arg.v, "'", `'\''`), "'"])
