package lib.onelayer.shell_test

import data.lib.onelayer.shell

_brief(command) := concat(" | ", [concat(" ", command.words), command.before, concat(" ", _flags(command))])

_flags(command) := [flag |
	some [flag, holds] in [
		["background", command.background],
		["maybe", command.maybe],
		["last", command.last],
		["substitution", command.substitution],
		["loop", command.loop != null],
		["function", command.function != ""],
		["symbolic", command.symbolic != []],
		["args", command.args != {}],
	]
	holds
]

test_parse_simple if {
	lines := split("node server.js --x=1", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"node server.js --x=1 |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_empty if {
	lines := split("", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == []
}

test_parse_comment if {
	lines := split("# only", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == []
}

test_parse_quotes if {
	lines := split("echo 'a b' \"c $D\" e\\ f \"g\\\"h\\n\" 'i'\"j\"k $'l\\n' $'\\x41' $\"m\" $\"n$O\"", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"echo a b c $D e f g\"h\\n ijk l\n $'\\x41' m n$O |  | symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_lists if {
	lines := split("a && b || c; d & e | f |& g", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b | && | ",
		"c | || | maybe",
		"d | ; | background",
		"e | & | last",
		"f | | | last",
		"g | | | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_continuation if {
	lines := split("a \\\n  b\\\nc # x\n&& d", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a bc |  | ",
		"d | && | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_multi if {
	lines := split("echo \"a\nb\"\nc", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"echo a\nb |  | ",
		"c | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_redirects if {
	lines := split("A=1 >out 2>&1 b c <in &>x", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"b c |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_if if {
	lines := split("if a; then b; elif c; then d; else e; fi", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b |  | maybe last",
		"c |  | maybe",
		"d |  | maybe last",
		"e |  | maybe last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_one_if if {
	lines := split("if a; then b; fi\nc", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b |  | maybe",
		"c | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_while if {
	lines := split("while true; do a; sleep 5; done", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"true |  | ",
		"a |  | maybe loop",
		"sleep 5 | ; | maybe last loop",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_until if {
	lines := split("until false; do a; sleep 1m; sleep x; done &", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"false |  | background",
		"a |  | background maybe loop",
		"sleep 1m | ; | background maybe loop",
		"sleep x | ; | background maybe loop",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_for if {
	lines := split("for x in 1 2; do a $x; done", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a $x |  | maybe last loop symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_sums if {
	lines := split("for ((;;)); do a; done; ((i++)); for ((i=0;i<3;i++)); do b; done", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | maybe loop",
		"b |  | maybe last loop",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_sleeping if {
	lines := split("while sleep 3; do a; done", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"sleep 3 |  | ",
		"a |  | maybe last loop",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_case if {
	lines := split("case $1 in\n a|b) c;;\n (d) e && f ;;\n *) g\nesac", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"c |  | maybe last",
		"e |  | maybe",
		"f | && | maybe last",
		"g |  | maybe last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_empty_case if {
	lines := split("case x in esac", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == []
}

test_parse_functions if {
	lines := split("f() { a; }\nfunction g { b; }\nf x", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | function",
		"b |  | function",
		"f x | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_group if {
	lines := split("{ a; b; } & ( c || d ); e", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | background",
		"b | ; | background",
		"c | & | ",
		"d | || | maybe",
		"e | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_or if {
	lines := split("a || { b; c; } && d", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b | || | maybe",
		"c | ; | maybe",
		"d | && | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_test if {
	lines := split("[[ -f x && $y = z ]] && a", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a | && | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_substitution if {
	lines := split("A=$(a | b) c \"$(d \"e\")\" `f \\`g\\`` ${X:-$(h)} $((1 + $(i))) 'no $(j)' <(k)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | substitution",
		"b | | | substitution",
		"d e |  | substitution",
		"g |  | substitution",
		"f `g` |  | substitution symbolic",
		"h |  | substitution",
		"i |  | substitution",
		"k |  | substitution",
		"c $(d \"e\") `f \\`g\\`` ${X:-$(h)} $((1 + $(i))) no $(j) <(k) |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_nested_substitution if {
	lines := split("echo $(a $(b $(c $(d))))", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_deep_substitution if {
	lines := split("echo $(a `b \\`c \\\\\\`d\\\\\\`\\``)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"b `c \\`d\\`` |  | substitution symbolic",
		"a `b \\`c \\\\\\`d\\\\\\`\\`` |  | substitution symbolic",
		"echo $(a `b \\`c \\\\\\`d\\\\\\`\\``) |  | symbolic",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_unknown_in_substitution if {
	lines := split("echo $(a) $(b 'c' if )\nd $(e; fi)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | substitution",
		"b c if |  | substitution",
		"echo $(a) $(b 'c' if ) |  | symbolic",
		"e |  | substitution",
		"d $(e; fi) | ; | last symbolic",
	]
	[entry.line | some entry in result.unknown] == [1]
}
