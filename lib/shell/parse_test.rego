package lib.onelayer.shell_test

import data.lib.onelayer.shell

test_parse_heredoc if {
	lines := split("cat <<EOF > x\nit's $(no)\nEOF\ncat <<-'E' && a\n\tb\n\tE\nc", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"cat |  | ",
		"cat | ; | ",
		"a | && | ",
		"c | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_heredoc_open if {
	lines := split("cat <<EOF\nx", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"cat |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_no_heredoc if {
	lines := split("echo \"<<EOF\"\na", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"echo <<EOF |  | ",
		"a | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_two_heredocs if {
	lines := split("x\ncat <<A <<B\na\nA\nb\nB", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"x |  | last",
	]
	[entry.line | some entry in result.unknown] == [1]
}

test_parse_unread_heredoc if {
	lines := split("a\nb \"\nx <<EOF\n\"\nEOF", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [1]
}

test_parse_arrays if {
	lines := split("x=(a $(b)) c; declare -A d=(e)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"b |  | substitution",
		"c |  | last",
		"declare -A d=(e) | ; | symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_junk if {
	lines := split("a; b \"c", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_stray if {
	lines := split("a; ) b", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_unclosed if {
	lines := split("a; if b; then c", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_mixed if {
	lines := split("a; if b; do c; fi; d", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_glob if {
	lines := split("a; rm !(x)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_glob_inside if {
	lines := split("a; { echo @(x); }", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_bad_function if {
	lines := split("f() a", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_coproc if {
	lines := split("a; coproc b", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_end if {
	lines := split("a; b 'c' \\", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_private if {
	lines := split("a \ue001 b", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_deep if {
	lines := split("{ { { { { { { { { a; }; }; }; }; }; }; }; }; }", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_time if {
	lines := split("time -p a", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"time -p a |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_pipe_last if {
	lines := split("a; b | c || d", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b | ; | last",
		"c | | | last",
		"d | || | maybe last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_last_in_branches if {
	lines := split("a; if b; then c; else d; fi", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b | ; | ",
		"c |  | maybe last",
		"d |  | maybe last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_last_in_case if {
	lines := split("case x in a) b; c;; *) d;; esac; true", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"b |  | maybe",
		"c | ; | maybe last",
		"d |  | maybe last",
		"true | ; | ",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_last_function if {
	lines := split("f() { a; }; b; c &", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | function",
		"b | ; | last",
		"c | ; | background",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_first_newline if {
	lines := split("\n\na\nb", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | ",
		"b | ; | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_braces if {
	lines := split("\"${A:-b}\" ${C} \"x $E \\$y \\z\" $", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == []
	[entry.line | some entry in result.unknown] == [0]
}

test_parse_bare if {
	lines := split("echo \"a $ b\" $/x", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"echo a $ b $/x |  | ",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_keywords_as_words if {
	lines := split("echo if fi then A=1 in", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"echo if fi then A=1 in |  | ",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_in_word if {
	lines := split("in x", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"in x |  | last",
	]
	[entry.line | some entry in result.unknown] == []
}

test_parse_odd_heredoc if {
	lines := split("a\ncat <<$X", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"a |  | last",
	]
	[entry.line | some entry in result.unknown] == [1]
}

test_parse_loop_in_substitution if {
	lines := split("a $(while b; do c; done)", "\n")
	result := shell.parse(lines)
	[_brief(command) | some command in result.commands] == [
		"b |  | substitution",
		"c |  | maybe substitution loop",
		"a $(while b; do c; done) |  | last symbolic",
	]
	[entry.line | some entry in result.unknown] == []
}
