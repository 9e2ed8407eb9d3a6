package lib.onelayer.shell_test

import data.lib.onelayer.shell

_loops(text) := [command.loop | some command in shell.parse(split(text, "\n")).commands]

_loop(kind, sleep) := {"kind": kind, "endless": false, "retried": false, "sleep": sleep}

_endless(kind, sleep) := object.union(_loop(kind, sleep), {"endless": true})

_retried(kind, sleep) := object.union(_loop(kind, sleep), {"retried": true})

test_loops if {
	endless := _endless("while", 90)
	_loops("while true; do a; sleep 1.5m; sleep 5; done")[1] == endless
	_loops("while true; do a; sleep 1.5m; sleep 5; done")[3] == endless
	_loops("until nc; do a; done") == [_retried("until", null), _loop("until", null)]
	_loops("until false; do a; done")[1] == _endless("until", null)
	_loops("for i in 1; do a; sleep $x; done") == [_loop("for", "unknown"), _loop("for", "unknown")]
	_loops("while :; do a; sleep ${x:-9}; done")[1] == _endless("while", "unknown")
	_loops("while :; do a; sleep; done")[1] == _endless("while", null)
	_loops("for ((;;)); do a; done") == [_endless("for", null)]
	_loops("while sleep 60; do a; done") == [null, _endless("while", 60)]
	_loops("while [ 1 ]\ndo a; done; b") == [null, _endless("while", null), null]
	_loops("while a; do until b; do c; done; done")[2] == _loop("until", null)
}

test_retried if {
	_loops("while ! a; do sleep 5; done") == [_retried("while", 5), _loop("while", 5)]
	_loops("until a b\ndo\nc\ndone") == [_retried("until", null), _loop("until", null)]
	_loops("while a; do b; done")[0] == null
	_loops("until a; b; do c; done")[0] == null
	_loops("until a && b; do c; done")[0] == null
	_loops("until ! a; do c; done")[0] == null
	_loops("for a in b; do c; done")[0] == _loop("for", null)
}

_sleeps(text, env) := [command.loop.sleep |
	some command in shell.read(split(text, "\n"), {"env": env, "args": []}).commands
	command.words[0] == "a"
]

test_sleeps if {
	_sleeps("while :; do a; sleep 1.5m; sleep 5; done", {}) == [90]
	_sleeps("while :; do a; sleep \"$EVERY\"; done", {"EVERY": "2h"}) == [7200]
	_sleeps("EVERY=1d\nwhile :; do a; sleep $EVERY; done", {}) == [86400]
	_sleeps("while :; do a; sleep ${EVERY:-600}; done", {}) == [600]
	_sleeps("while :; do a; sleep ${EVERY:-600}; done", {"EVERY": "7"}) == [7]
	_sleeps("while :; do a; sleep $EVERY; done", {}) == ["unknown"]
	_sleeps("while :; do a; sleep 1; sleep $((60 * 60)); done", {}) == ["unknown"]
	_sleeps("while :; do a; sleep infinity; done", {}) == [null]
	_sleeps("while :; do a; done", {}) == [null]
	_sleeps("f() { while :; do a; sleep $1; done; }\nf 40", {}) == [40]
}

test_function_inside_function if {
	names := [command.function | some command in shell.parse(["f() { a; g() { b; }; c; }; d"]).commands]
	names == ["f", "g", "f", ""]
}

test_lines if {
	commands := shell.parse(["a \\", " b", "", "# c", "d \"", "\"; e", "f <<E", "g", "E", "h"]).commands
	[command.line | some command in commands] == [0, 4, 5, 6, 9]
}

test_lines_of_any_type if {
	commands := shell.parse(["a\r", 3, null, {"x": 1}, "b"]).commands
	[command.words | some command in commands] == [["a"], ["3"], ["b"]]
	shell.parse("a") == {"commands": [], "unknown": []}
	shell.parse(null) == {"commands": [], "unknown": []}
}

test_long_text if {
	piece := "'0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789'"
	shell.parse([concat("", [piece | some _ in numbers.range(0, 2000)])]) == {
		"commands": [],
		"unknown": [{"line": 0, "note": "the text is too long"}],
	}
}

_record := {
	"words": ["node", "$X"],
	"symbolic": [1],
	"args": {},
	"assignments": [{"name": "A", "value": "1", "symbolic": false}],
	"redirects": [
		{"op": ">", "fd": "1", "target": "/dev/null"},
		{"op": ">&", "fd": "2", "target": "1"},
		{"op": "<", "fd": "0", "target": "$Y"},
		{"op": "&>", "fd": "&", "target": "z"},
	],
	"env": {"B": "2"},
	"before": ";",
	"after": "&",
	"background": true,
	"maybe": false,
	"loop": null,
	"function": "",
	"substitution": false,
	"line": 1,
	"last": false,
}

test_record if {
	lines := ["export B=2", "A=1 node $X >/dev/null 2>&1 <$Y &>z &"]
	result := shell.read(lines, {"env": {}, "args": []})
	result.commands[1] == _record
	result.unknown == []
}

test_options_of_any_type if {
	every options in [null, 3, {}, {"env": [], "args": "x"}, {"env": {"X": 1}, "args": [1]}] {
		shell.read(["node \"$X\""], options).commands[0].words == ["node", "$X"]
	}
}

test_straight_equals_the_rest if {
	every text in ["a", "a b && c; d", "exec x", "cd a && b ; echo c", " a  b "] {
		plain := shell.read([text], {}).commands
		plain == shell.straight(text)
		plain == shell.read([concat("", [text, " # with a comment"])], {}).commands
	}
}
