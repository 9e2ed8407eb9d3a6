package lib.onelayer.shell_test

import data.lib.onelayer.shell

_env := {"NODE": "node", "EMPTY": "", "LIST": "a b", "OPTS": "--x 'y'"}

test_read_straight if {
	lines := split("npm run build && cd x; node y", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"npm run build |  | ",
		"cd x | && | ",
		"node y | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_words if {
	lines := split("$NODE $LIST \"$LIST\" ${NODE}x ${NODE:-z} ${EMPTY:-z} ${EMPTY-z} ${NODE:+q} ${EMPTY:+q}", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"node a b a b nodex node z q |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_more_words if {
	lines := split("a ${EMPTY:=\"r s\"} $MISSING ${MISSING:-a b} $EMPTY \"$EMPTY\" ${NODE%x} ${NODE+u} ${EMPTY+v}", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"a ${EMPTY:=\"r s\"} $MISSING a b  ${NODE%x} u v |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

_first(text, env) := shell.read(split(text, "\n"), {"env": env, "args": []}).commands[0].words

test_defaults if {
	_first("${R:-pm2} x", {}) == ["pm2", "x"]
	_first("${R-pm2} \"${S:=a b}\"", {}) == ["pm2", "a b"]
	_first("${R:-pm2}", {"R": "node"}) == ["node"]
	_first("${R:-$S}", {}) == ["${R:-$S}"]
	_first("${R:+pm2}", {}) == ["${R:+pm2}"]
	_first("${9:-pm2}", {}) == ["pm2"]
	shell.read(["${1:-pm2}"], {"env": {}, "args": null}).commands[0].words == ["${1:-pm2}"]
	_last_of("R=${R:-pm2}\nexec $R") == ["exec", "pm2"]
	_last_of("test x && R=node\nexec ${R:-pm2}") == ["exec", "${R:-pm2}"]
	_last_of("f() { R=node; }\nf\nexec ${R:-pm2}") == ["exec", "${R:-pm2}"]
	_first("exec ${R:-pm2}\nR=node", {}) == ["exec", "pm2"]
	_last_of("set -- ${R:-pm2}\nexec \"$@\"") == ["exec", "pm2"]
	_last_of("R=$(which node)\nset -- ${R:-pm2} x\nexec \"$@\"") == ["exec", "$@"]
	_last_of(": \"${R:=pm2}\"\nexec $R") == ["exec", "pm2"]
	_last_of(": ${R=pm2}\nexec $R") == ["exec", "pm2"]
}

test_arguments_made_in_a_branch if {
	made := "if [ $# -eq 0 ]; then set -- pm2 x; fi\nexec \"$@\""
	_said(made, []) == [["pm2 x", true], ["exec $@", false]]
	_said(made, null) == [["pm2 x", true], ["exec $@", false]]
	_said(made, ["node", "y"]) == [["exec $@", false]]
	_said("test x && set -- pm2 x\n\"$@\"", []) == [["pm2 x", true], ["$@", false]]
	_said("set -- pm2 x\nexec \"$@\"", []) == [["exec pm2", false]]
	_said("set -- pm2 x\ntest y && set -- \"$@\" z\nexec \"$@\"", []) == [["exec pm2", false]]
	_said("test y && set -- z \"$@\"\nexec \"$@\"", []) == [["exec $@", false]]
	_said("test y && set -- \"$@\" z\nexec node", []) == [["exec node", false]]
	_said("exec \"$@\"\ntest y && set -- pm2 z", []) == [["exec", false]]
	_said("test y && set --\nexec \"$@\"", []) == [["exec $@", false]]
	_said("test y && shift\nexec \"$@\"", []) == [["exec $@", false]]
}

_said(text, args) := [[concat(" ", array.slice(command.words, 0, 2)), command.maybe] |
	some command in shell.read(split(text, "\n"), {"env": {}, "args": args}).commands
	not command.words[0] in {"[", "test", "set", "shift"}
]

_last_of(text) := commands[count(commands) - 1].words if {
	commands := shell.read(split(text, "\n"), {"env": {}, "args": []}).commands
}

test_read_arguments if {
	lines := split("exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["node", "x y"]})
	[_brief(command) | some command in result.commands] == [
		"exec node x y |  | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_all_arguments if {
	lines := split("a $* \"$*\" \"x$@\" $# $1 ${2} $3 $0 ${10}", "\n")
	result := shell.read(lines, {"env": _env, "args": ["b", "c d"]})
	[_brief(command) | some command in result.commands] == [
		"a b c d b c d xb c d 2 b c d $0 |  | last symbolic args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_no_arguments if {
	lines := split("a \"$@\" $1 $#", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"a $@ $1 $# |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_bad_arguments if {
	lines := split("a $1", "\n")
	result := shell.read(lines, {"env": _env, "args": "x"})
	[_brief(command) | some command in result.commands] == [
		"a $1 |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_assigned if {
	lines := split("A=1\nB=\"$A 2\"\nC=$B' 3'\na $C \"$B\" $D\nD=4", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		" |  | ",
		" | ; | ",
		" | ; | ",
		"a 1 2 3 1 2 $D | ; | last symbolic",
		" | ; | ",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_assigned_in_branch if {
	lines := split("A=1\nif x; then A=2; B=3; fi\na $A $B", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		" |  | ",
		"x | ; | ",
		" |  | maybe",
		" | ; | maybe",
		"a 1 $B | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_assigned_doubtfully if {
	lines := split("[ -z \"$A\" ] && A=2\na $A", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"[ -z $A ] |  | symbolic",
		" | && | ",
		"a $A | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_appended if {
	lines := split("A=1; A+=2; a $A; B=(x); b $B; NODE[1]=x; c $NODE", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		" |  | ",
		" | ; | ",
		"a $A | ; | symbolic",
		" | ; | ",
		"b (x) | ; | symbolic",
		" | ; | ",
		"c x | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_exported if {
	lines := split("export A=1 B=\"$X\"\nreadonly C=2; if x; then export D=4; fi\nE=5 a $C", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"export A=1 B=$X |  | symbolic",
		"readonly C=2 | ; | ",
		"x | ; | ",
		"export D=4 |  | maybe",
		"a 2 | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_command_line if {
	lines := split("COMMAND=\"pm2 start -x $APP --no-daemon\"\nCOMMAND=$COMMAND\" --watch\"\n$COMMAND", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		" |  | ",
		" | ; | ",
		"pm2 start -x $APP --no-daemon --watch | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_kept_blanks if {
	lines := split("A=\"x ${B:-c d} $(e f)\"\n$A", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"e f |  | substitution",
		" |  | ",
		"x c d $(e f) | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_functions if {
	lines := split("f() { a \"$@\"; }\ng() { f \"$1\" z & }\ng x y\nf", "\n")
	result := shell.read(lines, {"env": _env, "args": ["q"]})
	[_brief(command) | some command in result.commands] == [
		"a x z | ; | background function",
		"a | ; | last function",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_function_arguments if {
	lines := split("f() { \"$@\"; }\nf \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["node", "x"]})
	[_brief(command) | some command in result.commands] == [
		"node x | ; | last function args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_trapped if {
	lines := split("f() { a; }\ng() { b; }\ntrap f EXIT\nc", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"trap f EXIT | ; | ",
		"c | ; | last",
		"a |  | maybe function",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_recursive if {
	lines := split("f() { a; f; }\nf", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"a | ; | function",
		"a | ; | function",
		"a | ; | function",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_read_function_in_loop if {
	lines := split("f() { a; }\nwhile true; do f; done", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"true | ; | ",
		"a |  | maybe last loop function",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_shift if {
	lines := split("shift; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["x", "node"]})
	[_brief(command) | some command in result.commands] == [
		"shift |  | ",
		"exec node | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_shift_some if {
	lines := split("shift 2; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["x", "y", "node"]})
	[_brief(command) | some command in result.commands] == [
		"shift 2 |  | ",
		"exec node | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_shift_maybe if {
	lines := split("if x; then shift; fi; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["x", "node"]})
	[_brief(command) | some command in result.commands] == [
		"x |  | ",
		"shift |  | maybe",
		"exec $@ | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_shift_unknown if {
	lines := split("shift; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"shift |  | ",
		"exec $@ | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set if {
	lines := split("set -- gosu app \"$@\"; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["node"]})
	[_brief(command) | some command in result.commands] == [
		"set -- gosu app node |  | args",
		"exec gosu app node | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set_open if {
	lines := split("set -- $X \"$@\"; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["node"]})
	[_brief(command) | some command in result.commands] == [
		"set -- $X node |  | symbolic args",
		"exec $@ | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set_options if {
	lines := split("set -e; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["node"]})
	[_brief(command) | some command in result.commands] == [
		"set -e |  | ",
		"exec node | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set_maybe if {
	lines := split("if [ \"${1#-}\" != \"$1\" ]; then set -- node \"$@\"; fi; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["--port"]})
	[_brief(command) | some command in result.commands] == [
		"[ ${1#-} != --port ] |  | symbolic",
		"set -- node --port |  | maybe args",
		"exec node --port | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set_maybe_not if {
	lines := split("[ x ] && set -- node \"$@\"; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["pm2", "x"]})
	[_brief(command) | some command in result.commands] == [
		"[ x ] |  | ",
		"set -- node pm2 x | && | args",
		"exec pm2 x | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_set_maybe_other if {
	lines := split("[ x ] && set -- node; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["pm2", "x"]})
	[_brief(command) | some command in result.commands] == [
		"[ x ] |  | ",
		"set -- node | && | ",
		"exec $@ | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_many_moves if {
	lines := split("shift; shift; shift; shift; shift; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["a", "b", "c", "d", "e", "f"]})
	[_brief(command) | some command in result.commands] == [
		"shift |  | ",
		"shift | ; | ",
		"shift | ; | ",
		"shift | ; | ",
		"shift | ; | ",
		"exec $@ | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_four_moves if {
	lines := split("shift; shift; shift; shift; exec \"$@\"", "\n")
	result := shell.read(lines, {"env": _env, "args": ["a", "b", "c", "d", "e", "f"]})
	[_brief(command) | some command in result.commands] == [
		"shift |  | ",
		"shift | ; | ",
		"shift | ; | ",
		"shift | ; | ",
		"exec e f | ; | last args",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_redirected if {
	lines := split("a > \"$NODE\" 2>>$X {fd}<y &>z", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_read_ansi if {
	lines := split("a $'b c' $'\\x41'", "\n")
	result := shell.read(lines, {"env": _env, "args": null})
	[_brief(command) | some command in result.commands] == [
		"a b c $'\\x41' |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}
