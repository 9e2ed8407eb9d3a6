package lib.onelayer.command

import data.lib.onelayer.shell

_unsure := concat("", [
	`\$\(|node_modules/|\.cmd|^[^ ]*\$|\.sh|^[^ ]*entrypoint|^\.?/(?:[^ ]*/)?(?:start|run|boot|bootstrap|launch)(?: |$)|`,
	`^(?:\.|source|eval)(?: |$)|^(?:[^ ]*/)?node(?:js)? .*/usr/|`,
	`[ /](?:pm2|forever|supervisord|circusd|runsvdir|s6-svscan)(?:-runtime|-docker)? `,
])

_is_listed(base, files) if {
	some path, _ in files
	endswith(path, base)
}

_is_ordinary(words, files) if {
	base := regex.replace(words[0], `^(?s:.*)/`, "")
	not _looked_through[base]
	not regex.match(_unsure, concat(" ", words))
	not _is_listed(base, files)
}

_direct_shell(spec) := {"processes": processes, "unknown": []} if {
	[first, option, text] := spec.words
	base := regex.replace(first.v, `^(?s:.*)/`, "")
	_shells[base]
	regex.match(`^-[elx]*c$`, option.v)
	is_array(text.path)
	is_string(text.from)
	not contains(text.v, "\n")
	commands := shell.straight(text.v)
	files := object.get(spec, "files", {})
	alone := count(commands) == 1
	every i, command in commands {
		_is_ordinary(_program(command.words, i, commands), files)
	}
	started := [command | some command in commands; not shell.builtins[command.words[0]]]
	processes := [process |
		some i, command in started
		argv := _program(command.words, 0, [command])
		process := {
			"argv": argv,
			"symbolic": [],
			"name": regex.replace(argv[0], `^.*/`, ""),
			"path": text.path,
			"from": text.from,
			"chain": [],
			"wrappers": _execs(command.words),
			"shells": _kept_shells(alone, command.words),
			"pid1": _kept_first(base, command.words, argv),
			"background": false,
			"maybe": false,
			"loop": null,
			"order": i,
			"last": command.last,
			"after": command.before,
			"env": {},
			"redirects": [],
			"substitution": false,
			"script": "",
		}
	]
}

_program(words, i, commands) := array.slice(words, 1, count(words)) if {
	words[0] == "exec"
	count(words) > 1
	not startswith(words[1], "-")
	i == count(commands) - 1
} else := words

_kept_shells(alone, words) := 0 if {
	alone
} else := 0 if {
	words[0] == "exec"
} else := 1

_kept_first(base, words, argv) := base if {
	argv == words
} else := regex.replace(argv[0], `^.*/`, "")

_execs(words) := ["exec"] if {
	words[0] == "exec"
} else := []
