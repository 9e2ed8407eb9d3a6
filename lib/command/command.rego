# METADATA
# scope: package
# title: Command lines
# description: |
#   Says which programs a command line starts. Wrappers (init shims, user switchers, secret injectors, wait scripts,
#   package runners), shells, scripts of the image and scripts of package.json are looked through: four wrappers in a
#   row, four shells inside each other, ten levels in all; what lies deeper, and what is not in the input, is `unknown`.
#   A program whose script is not in the input is a process of its own and `unknown`, both. `sh -c` with exactly one
#   simple command counts as replaced by that command (`shells` stays), as bash and newer dash do it, but `pid1` is the
#   shell, because busybox and older dash keep it. A script run by a shell, npm, yarn, pnpm, bun and npx always stay.
#   Programs that stay while their child runs (tini, sudo, timeout, doppler) give `pid1`. Commands that a shell runs
#   itself (cd, echo, test, wait ..) are not programs and are left out, as is what follows a certain `exec`. What stands
#   in a branch, a loop, a hook of pnpm or after `||` is `maybe`; `&&` does not make it so. `nohup` alone does not put a
#   program into the background. An entrypoint script of a base image (docker-entrypoint.sh) that is not in the input
#   counts as a wrapper, because it runs its arguments; any other script that is called an entrypoint and is not in the
#   input `maybe` runs them.
package lib.onelayer.command

# METADATA
# title: The programs that a command line starts
# description: Gives `processes` in the order in which they start, and `unknown`. Never fails, whatever it is given.
run(spec) := {
	"processes": [{
		"argv": argv,
		"symbolic": [],
		"name": base,
		"path": first.path,
		"from": first.from,
		"chain": [],
		"wrappers": [],
		"shells": 0,
		"pid1": base,
		"background": false,
		"maybe": false,
		"loop": null,
		"order": 0,
		"last": true,
		"after": "",
		"env": {},
		"redirects": [],
		"substitution": false,
		"script": "",
	}],
	"unknown": [],
} if {
	first := spec.words[0]
	is_array(first.path)
	is_string(first.from)
	base := regex.replace(first.v, `^(?s:.*)/`, "")
	not _looked_through[base]
	argv := [given.v | some given in spec.words; is_string(given.v)]
	count(argv) == count(spec.words)
	not regex.match(_unsure, concat(" ", argv))
	not _is_listed(base, spec.files)
} else := _direct_shell(spec) if {
	_direct_shell(spec)
} else := _run(_words(spec), spec)

_run(words, spec) := {"processes": [], "unknown": []} if {
	words == []
} else := _unrolled(_first(words, world), world) if {
	world := _world(spec)
}

_words(spec) := [_given_word(given, _map(_field(spec, "env", {}))) | some given in spec.words] if {
	is_array(spec.words)
} else := []

_given_word(given, env) := {"v": given.v, "symbolic": false, "path": given.path, "from": given.from} if {
	is_string(given.v)
	is_array(given.path)
	is_string(given.from)
	not contains(given.v, "$(")
} else := {
	"v": value,
	"symbolic": _is_open(value, from),
	"path": _array(_field(given, "path", [])),
	"from": from,
} if {
	from := _text(_field(given, "from", "image"))
	value := _substituted(_text(_field(given, "v", given)), from, env)
}

_substituted(value, from, env) := strings.replace_n(known, value) if {
	from == "manifest"
	contains(value, "$(")
	known := {reference: text |
		some name, text in env
		is_string(text)
		reference := concat("", ["$(", name, ")"])
	}
} else := value

_is_open(value, from) if {
	from == "manifest"
	contains(value, "$(")
	regex.match(`\$\([A-Za-z_][A-Za-z0-9_.-]*\)`, value)
} else := false

_field(value, key, otherwise) := object.get(value, key, otherwise) if {
	is_object(value)
} else := otherwise

_array(value) := value if {
	is_array(value)
} else := []

_map(value) := value if {
	is_object(value)
} else := {}

_text(value) := value if {
	is_string(value)
} else := json.marshal(value) if {
	_is_scalar(value)
} else := ""

_is_scalar(value) if is_number(value)

_is_scalar(value) if is_boolean(value)

_world(spec) := {
	"env": {name: value | some name, value in _map(_field(spec, "env", {})); is_string(name); is_string(value)},
	"files": {path: entry |
		some path, entry in _map(_field(spec, "files", {}))
		is_string(path)
		is_object(entry)
	},
	"copies": [copy |
		some copy in _array(_field(spec, "copies", []))
		is_string(copy.src)
		is_string(copy.dest)
	],
	"workdir": _text(_field(spec, "workdir", "")),
	"files_path": _array(_field(spec, "files_path", [])),
}

_first(words, world) := {
	"words": words,
	"chain": [],
	"wrappers": [],
	"shells": 0,
	"pid1": "",
	"background": false,
	"maybe": false,
	"loop": null,
	"last": true,
	"after": "",
	"env": {},
	"known": world.env,
	"redirects": [],
	"substitution": false,
	"script": "",
	"key": [],
	"dir": world.workdir,
	"nested": 0,
	"text": false,
	"reader": "sh",
	"host": "",
	"package": "",
}

_process(item) := {
	"argv": [word.v | some word in item.words],
	"symbolic": [i | some i, word in item.words; word.symbolic],
	"name": _name(item.words[0].v),
	"path": item.words[0].path,
	"from": item.words[0].from,
	"chain": item.chain,
	"wrappers": item.wrappers,
	"shells": item.shells,
	"pid1": _first_name(item.pid1, _name(item.words[0].v)),
	"background": item.background,
	"maybe": item.maybe,
	"loop": item.loop,
	"last": item.last,
	"after": item.after,
	"env": item.env,
	"redirects": item.redirects,
	"substitution": item.substitution,
	"script": item.script,
}

_first_name(first, second) := first if {
	first != ""
} else := second

_unrolled(item, world) := _gathered([level_1, level_2]) if {
	level_1 := _level([item], world)
	level_2 := _level(level_1.items, world)
	level_2.items == []
} else := _gathered([level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9, level_10]) if {
	level_1 := _level([item], world)
	level_2 := _level(level_1.items, world)
	level_3 := _level(level_2.items, world)
	level_4 := _level(level_3.items, world)
	level_5 := _level(level_4.items, world)
	level_6 := _level(level_5.items, world)
	level_7 := _level(level_6.items, world)
	level_8 := _level(level_7.items, world)
	level_9 := _level(level_8.items, world)
	level_10 := _level(level_9.items, world)
}

_gathered(levels) := {
	"processes": [object.union(entry[1], {"order": i}) | some i, entry in sort(processes)],
	"unknown": [entry[1] | some entry in sort(unknown)],
} if {
	processes := [entry | some level in levels; some entry in level.processes]
	deepest := levels[count(levels) - 1].items
	unread := [[item.key, _unknown(item, "the command line is nested too deep")] | some item in deepest]
	unknown := array.concat([entry | some level in levels; some entry in level.unknown], unread)
}

_level(items, world) := {
	"items": [next | some step in steps; some next in step.items],
	"processes": [entry | some step in steps; some entry in step.processes],
	"unknown": [entry | some step in steps; some entry in step.unknown],
} if {
	steps := [_step(item, world) | some item in items]
}

_unknown(item, note) := {"note": note, "path": item.words[0].path, "from": item.words[0].from}

_found(items) := {"items": items, "processes": [], "unknown": []}

_ended(item) := {"items": [], "processes": [[item.key, _process(item)]], "unknown": []}

_missed(item, note) := {"items": [], "processes": [], "unknown": [[item.key, _unknown(item, note)]]}

_half(item, note) := {
	"items": [],
	"processes": [[item.key, _process(item)]],
	"unknown": [[item.key, _unknown(item, note)]],
}

_step(item, world) := _dispatched(_stripped(item, world), world)
