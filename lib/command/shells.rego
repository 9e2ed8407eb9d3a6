package lib.onelayer.command

import data.lib.onelayer.shell

_dispatched(item, world) := _found([]) if {
	item.words == []
} else := _read_text(item, item.words[0], [], item.reader) if {
	item.text
} else := _missed(item, concat("", ["the command word ", item.words[0].v, " is not known"])) if {
	item.words[0].symbolic
	not regex.match(`/[^/$\x60]+$`, item.words[0].v)
} else := _special(item, world, name) if {
	name := _name(item.words[0].v)
	_looked_through[name]
} else := _sourced(item, world) if {
	item.words[0].v in {".", "source"}
	count(item.words) > 1
} else := _read_text(item, _joined_words(_rest(item.words, 1)), [], item.host) if {
	item.words[0].v == "eval"
	count(item.words) > 1
} else := _ended(item) if {
	world.files == {}
	not regex.match(_unsure, concat(" ", [word.v | some word in item.words]))
} else := _script(item, world)

_special(item, world, name) := _shell(item, world) if {
	_shells[name]
} else := _managed(item, world, name) if {
	_managers[name]
} else := _parallel(item, world, _runner_name(name)) if {
	_runners[_runner_name(name)]
} else := _of_monorepo(item, world, name) if {
	_monorepos[name]
	_strip(item, world) == item
} else := _missed(item, "more than four wrappers in a row") if {
	_strip(item, world) != item
} else := _script(item, world)

_joined_words(words) := object.union(words[0], {
	"v": concat(" ", [word.v | some word in words]),
	"symbolic": [word | some word in words; word.symbolic] != [],
})

_option(word) := "d" if {
	word == "--"
} else := "v" if {
	word in {"--rcfile", "--init-file", "+o", "+O"}
} else := "o" if {
	startswith(word, "--")
} else := "x" if {
	regex.match(`^-[A-Za-z]*c[A-Za-z]*[oO]$|^-[A-Za-z]*[oO][A-Za-z]*c$`, word)
} else := "c" if {
	regex.match(`^-[A-Za-z]*c[A-Za-z]*$`, word)
} else := "v" if {
	regex.match(`^-[A-Za-z]*[oO]$`, word)
} else := "o" if {
	regex.match(`^[-+]`, word)
} else := "w"

_shell(item, world) := _run_shell(item, world, _name(item.words[0].v), head) if {
	kinds := concat("", [_option(word.v) | some word in _rest(item.words, 1)])
	some head in regex.find_n(`^(?:[oc]|[vx].)*d?`, kinds, 1)
}

_run_shell(item, world, name, head) := _ended(item) if {
	count(item.words) <= count(head) + 1
} else := _read_text(item, item.words[count(head) + 1], _rest(item.words, count(head) + 3), name) if {
	regex.match(`[cx]`, head)
} else := _run_script(item, world, name, count(head) + 1)

_run_script(item, world, name, at) := _missed(item, concat("", ["the script ", item.words[at].v, " is not known"])) if {
	item.words[at].symbolic
} else := _read_script(item, world, path, _rest(item.words, at + 1), name) if {
	path := _script_path(item.words[at].v, item.dir, world)
} else := _half(item, concat("", ["script ", item.words[at].v, " is not in the input"]))

_sourced(item, world) := _run_script(item, world, item.host, 1) if {
	_script_path(item.words[1].v, item.dir, world)
} else := _missed(item, concat("", ["script ", item.words[1].v, " is not in the input"]))

_script(item, world) := _ended(item) if {
	path := _script_path(item.words[0].v, item.dir, world)
	not _interpreter(world.files[path].script)
} else := _read_script(item, world, path, _rest(item.words, 1), _interpreter(world.files[path].script)) if {
	path := _script_path(item.words[0].v, item.dir, world)
} else := _likely(item, concat("", ["script ", item.words[0].v, " is not in the input"])) if {
	_is_script_name(item.words[0].v)
} else := _handing(item, at) if {
	at := _handed(item.words)
} else := _ended(item)

_likely(item, note) := _with_rest(_half(item, note), item, 1) if {
	contains(_base(item.words[0].v), "entrypoint")
	count(item.words) > 1
	not startswith(item.words[1].v, "-")
} else := _with_rest(_half(item, note), item, at) if {
	at := _handed(item.words)
} else := _half(item, note)

_handing(item, at) := _with_rest(_ended(item), item, at)

_with_rest(step, item, from) := object.union(step, {"items": [object.union(item, {
	"words": _rest(item.words, from),
	"key": array.concat(item.key, [0]),
	"maybe": true,
})]})

_handed(words) := min(places) if {
	not _runs_nothing[_name(words[0].v)]
	places := {i |
		some i, word in words
		i > 0
		regex.match(_handed_to, concat(" ", [word.v, words[i + 1].v]))
	}
	places != set()
}

_runs_nothing := {
	"pkill", "pgrep", "killall", "which", "whereis", "type", "man", "ls", "ln", "cp", "mv", "rm", "cat", "chmod", "chown",
	"install", "grep", "sed", "awk", "find", "echo", "printf", "docker", "kubectl", "node", "nodejs", "deno",
}

_handed_to := concat("|", [
	`^(?:[^ ]*/)?pm2-(?:runtime|docker) (?:start|-i|--instances|--name|--env|--only)$`,
	`^(?:[^ ]*/)?pm2-(?:runtime|docker) [^ ]+\.(?:[cm]?[jt]s|json5?|ya?ml)$`,
	`^(?:[^ ]*/)?pm2 (?:start|startOrRestart|startOrReload|startOrGracefulReload)$`,
	`^(?:[^ ]*/)?forever [^ ]+\.js$`,
	`^(?:[^ ]*/)?supervisord (?:-n|-c|--nodaemon|--configuration)`,
	`^(?:[^ ]*/)?circusd [^ ]+\.(?:ini|conf)$`,
	`^(?:[^ ]*/)?(?:runsvdir|s6-svscan) (?:-P|/)`,
])

_is_script_name(word) if endswith(word, ".sh")

_is_script_name(word) if regex.match(`entrypoint[^/]*$|^\.?/(?:.*/)?(?:start|run|boot|bootstrap|launch)$`, word)

_read_text(item, word, args, host) := {
	"items": _items(result.commands, item, place),
	"processes": [],
	"unknown": [[item.key, {"note": entry.note, "path": word.path, "from": word.from}] | some entry in result.unknown],
} if {
	item.nested < 4
	result := shell.read(split(word.v, "\n"), {"env": item.known, "args": [arg.v | some arg in args]})
	place := {
		"path": word.path, "from": word.from, "lines": false, "name": "", "args": args, "host": host,
		"alone": (count(result.commands) + count(result.unknown)) == 1,
	}
} else := _missed(item, "shells are nested too deep")

_read_script(item, world, path, args, host) := {
	"items": _items(result.commands, item, place),
	"processes": [],
	"unknown": [[item.key, unread] |
		some entry in result.unknown
		line := format_int(entry.line + 1, 10)
		unread := {
			"note": concat("", [path, " line ", line, ": ", entry.note]),
			"path": array.concat(base, [entry.line]),
			"from": "image",
		}
	],
} if {
	item.nested < 4
	result := shell.read(world.files[path].script, {"env": item.known, "args": [arg.v | some arg in args]})
	base := array.concat(world.files_path, [path, "script"])
	place := {
		"path": base, "from": "image", "lines": true, "name": path, "args": args, "host": host,
		"alone": false,
	}
} else := _missed(item, "shells are nested too deep")

_items(commands, item, place) := [_item(i, command, item, place, commands) |
	end := min({i | some i, command in commands; _replaces(command)} | {count(commands)})
	some i, command in commands
	i <= end
	_starts(command.words)
]

_starts(words) if {
	words != []
	not shell.builtins[words[0]]
	not _is_bare(words)
	not _asks(words)
}

_is_bare(words) if {
	words[0] in {"exec", "eval", ".", "source", "command", "builtin"}
	count(words) == 1
}

_asks(words) if {
	words[0] == "command"
	words[1] in {"-v", "-V"}
}

_replaces(command) if {
	not command.maybe
	_is_exec(command)
}

_is_exec(command) if {
	command.words[0] == "exec"
	count(command.words) > 1
	not command.background
	not command.substitution
	not command.before == "|"
	not command.after == "|"
}

_item(i, command, item, place, commands) := object.union(item, {
	"words": [_word(j, value, command, place) | some j, value in command.words],
	"text": false,
	"chain": _evidence(item.chain, command, place),
	"shells": item.shells + _added(command, place),
	"pid1": _remaining(item.pid1, command, place),
	"host": place.host,
	"background": _or(item.background, command.background),
	"maybe": _or(item.maybe, command.maybe),
	"loop": _inner_loop(command.loop, item.loop),
	"last": _and(item.last, _ends(command)),
	"after": _operator(i, command.before, item.after),
	"env": object.union(object.union(item.env, command.env), given),
	"known": object.union(item.known, known),
	"redirects": array.concat(item.redirects, command.redirects),
	"substitution": _or(item.substitution, command.substitution),
	"key": array.concat(item.key, [i]),
	"nested": item.nested + 1,
	"dir": moved.dir,
	"package": moved["package"],
}) if {
	given := {assignment.name: assignment.value |
		some j, assignment in command.assignments
		not _given_later(assignment.name, j, command.assignments)
	}
	resolved := {assignment.name | some assignment in command.assignments; not assignment.symbolic}
	known := {name: value | some name, value in object.union(command.env, given); _is_known(name, given, resolved)}
	moved := _moved(i, item, commands)
}

_is_known(name, given, _) if not name in object.keys(given)

_is_known(name, _, resolved) if name in resolved

_given_later(name, i, assignments) if {
	some j, assignment in assignments
	j > i
	assignment.name == name
}

_word(i, value, command, place) := place.args[command.args[format_int(i, 10)]] if {
	place.args[command.args[format_int(i, 10)]]
} else := {"v": value, "symbolic": i in command.symbolic, "path": _line_path(command.line, place), "from": place.from}

_line_path(line, place) := array.concat(place.path, [line]) if {
	place.lines
} else := place.path

_evidence(chain, command, place) := array.concat(chain, [{"path": _line_path(command.line, place), "note": note}]) if {
	place.lines
	note := concat(" ", [place.name, "line", format_int(command.line + 1, 10)])
} else := chain

_added(command, place) := 0 if {
	_is_exec(command)
} else := 0 if {
	place.host == ""
} else := 0 if {
	command.words[0] in {".", "source", "eval"}
} else := 0 if {
	place.alone
} else := 1

_remaining(pid1, command, place) := pid1 if {
	_is_exec(command)
} else := pid1 if {
	command.words[0] in {".", "source", "eval"}
} else := _first_name(pid1, place.host)

_operator(i, before, after) := after if {
	i == 0
	before == ""
} else := before

_inner_loop(inner, outer) := outer if {
	inner == null
} else := inner

_or(false, false) := false

_or(true, _) := true

_or(false, true) := true

_and(true, true) := true

_and(false, _) := false

_and(true, false) := false

_ends(command) if {
	command.last
} else if {
	_replaces(command)
} else := false

_moved(i, item, commands) := {"dir": item.dir, "package": item["package"]} if {
	targets := _targets(i, commands)
	targets == []
} else := {"dir": _absolute(target, item.dir), "package": _near(target, item)} if {
	targets := _targets(i, commands)
	starts := max({0} | {j | some j, target in targets; _is_absolute(target)})
	target := concat("/", array.slice(targets, starts, count(targets)))
}

_targets(i, commands) := [command.words[1] |
	some j, command in commands
	j < i
	command.words[0] == "cd"
	not command.maybe
	command.symbolic == []
	count(command.words) > 1
]

_near(target, item) := "" if {
	_is_absolute(target)
} else := "" if {
	item["package"] == ""
} else := _resolved(concat("/", [_folder(item["package"]), target, "package.json"]))

_folder(path) := concat("/", array.slice(parts, 0, count(parts) - 1)) if {
	parts := split(path, "/")
}
