package lib.onelayer.shell

_single := `'[^']*'`

_escaped := `\\(?s:.)`

_backtick := `\x60(?:[^\x60\\]|\\(?s:.))*\x60`

_flat := `\([^()'"\\\x60]*\)`

_inner_brace := `\$\{[A-Za-z0-9_@*#?!-][^{}'"\\$\x60]*\}`

_inner_double := concat("", [
	`"(?:[^"\\$\x60]|`, _escaped, `|\$[^({"\x60\\]|\$`, _flat, `|`, _inner_brace, `)*\$?"`,
])

_inside := concat("", [
	`[^()'"\\\x60# \t\n;|&]#*|[ \t\n;|&]|`, _single, `|`, _inner_double, `|`, _escaped, `|`, _backtick,
])

_parens_1 := concat("", [`\((?:`, _inside, `)*\)`])

_parens_2 := concat("", [`\((?:`, _inside, `|`, _parens_1, `)*\)`])

_parens := concat("", [`\((?:`, _inside, `|`, _parens_2, `)*\)`])

_sums := `\(\((?:[^()'"\\\x60]|\((?:[^()'"\\\x60]|\([^()'"\\\x60]*\))*\))*\)\)`

_brace := concat("", [
	`\$\{[A-Za-z0-9_@*#?$!-](?:[^{}'"\\$\x60]|`, _single, `|`, _inner_double, `|`, _escaped,
	`|\$[^{}(\x60'"\\]|`, _inner_brace, `|\$`, _parens_1, `)*\}`,
])

_parameter := `\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])`

_double := concat("", [
	`"(?:[^"\\$\x60]|`, _escaped, `|`, _backtick, `|\$`, _sums, `|\$`, _parens, `|`, _brace, `|\$[^({"\x60\\])*\$?"`,
])

_ansi := `\$'(?:[^'\\]|\\(?s:.))*'`

_quoting := concat("", [
	_escaped, `|`, _single, `|\$?`, _double, `|`, _ansi, `|\$`, _sums, `|\$`, _parens, `|`, _brace, `|`, _parameter,
	`|`, _backtick, `|[<>]`, _parens,
])

_word := concat("", [`(?:[^ \t\n;&|()<>'"\x60\\$]+|`, _quoting, `|\$[./:=%,+~^\]])+`])

_redirect := `(?:<<<|<<-|<<|<>|<&|<|>>|>&|>\||>)|&>>|&>`

_numbered := `(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})(?:<<<|<<-|<<|<>|<&|<|>>|>&|>\||>)`

_list := concat("", [
	`[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\n]*\])?\+?=\((?:[^()'"\\\x60$#<>|&;]|`, _single, `|`, _double, `|`, _escaped, `|`,
	_backtick, `|\$`, _parens, `|`, _brace, `|`, _parameter, `)*\)`,
])

_lexer := concat("", [
	`\n|(?:\\\n)+|#[^\n]*|!\(|`, _sums, `|`, _numbered, `|`, _list, `|`, _word, `|`, _redirect,
	`|&&|\|\||;;&|;;|;&|\|&|[;&|()]|[^ \t\n]`,
])

_plain_lexer := concat("", [
	`\n|(?:\\\n)+|#[^\n]*|!\(|`, _numbered, `|`, _redirect, `|&&|\|\||;;&|;;|;&|\|&|[;&|()]|`,
	`(?:[^ \t\n;&|()<>'"\x60\\$]+|\\(?s:.)|'[^']*'|"(?:[^"\\$\x60]|\\(?s:.)|\$[^({"\x60\\])*\$?"|`, _parameter,
	`|\$[./:=%,+~^\]])+|[^ \t\n]`,
])

_fixed := {
	"\n": "n", "&&": "+", "||": "-", ";;&": ":", ";;": ":", ";&": ":", "|&": "|", ";": ";", "&": "&", "|": "|", "(": "(",
	")": ")", "if": "I", "then": "T", "elif": "L", "else": "E", "fi": "F", "while": "W", "until": "U", "for": "R",
	"select": "R", "do": "D", "done": "O", "case": "C", "in": "N", "esac": "A", "function": "X", "!": "!", "{": "{",
	"}": "}", "[[": "[", "]]": "]", "coproc": "Z", "'": "?", `"`: "?", "`": "?", "$": "?", "\\": "?",
	"!(": "?",
}

_kind(token) := _fixed[token] if {
	_fixed[token]
} else := "w" if {
	not regex.match(`[<>=(]`, token)
} else := "#" if {
	startswith(token, "((")
} else := "w" if {
	regex.match(`^[<>]\(`, token)
} else := "<" if {
	regex.match(`^(?:[0-9]*|\{[A-Za-z0-9_]*\}|&)[<>]`, token)
} else := "v" if {
	regex.match(`^[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=`, token)
} else := "w"

_silent(token) if startswith(token, "#")

_silent(token) if startswith(token, "\\\n")

_mark(token) := ".n" if {
	token == "\n"
} else := "" if {
	startswith(token, "#")
} else := "." if {
	not contains(token, "\n")
} else := regex.replace(token, `[^\n]*\n[^\n]*`, "n") if {
	startswith(token, "\\\n")
} else := concat("", [".", regex.replace(token, `[^\n]*\n[^\n]*`, "n")])

_tokenise(text) := regex.find_n(_lexer, text, -1) if regex.match(`\x60|\$[({'"]|\(\(|[<>=]\(`, text)

else := regex.find_n(_plain_lexer, text, -1)

_tokens(text) := {"tokens": tokens, "kinds": kinds, "marks": marks} if {
	all := _tokenise(text)
	tokens := [token | some token in all; not _silent(token)]
	kinds := concat("", [_kind(token) | some token in tokens])
	marks := indexof_n(concat("", [_mark(token) | some token in all]), ".")
}

_here_document := concat("", [
	`^(?:[^'"#\\<(]|[^ \t'"#\\<(]#+|\(\([^()]*\)\)|\([^('"#]|'[^']*'|"(?:\\.|[^"\\])*"|\\.|<[^<]|<<<)*?`,
	`<<(-?)[ \t]*('[^']*'|"[^"]*"|\\?[A-Za-z0-9_.+-]+)`,
])

_opened(line) := {"word": trim(found[2], `'"\`), "tabs": found[1] == "-"} if {
	contains(line, "<<")
	some found in regex.find_all_string_submatch_n(_here_document, line, 1)
}

_closes(opened, line) if line == opened.word

_closes(opened, line) if {
	opened.tabs
	trim_left(line, "\t") == opened.word
}

_here_documents(lines) := [{"from": i, "to": opens[i].to} | some i in sort(reached)] if {
	opens := {i: object.union(opened, {"to": to}) |
		some i, line in lines
		opened := _opened(line)
		ends := {j | some j, later in lines; j > i; _closes(opened, later)}
		to := min(ends | {count(lines)})
	}
	following := {i: {j | j := min({k | some k, _ in opens; k > opened.to})} | some i, opened in opens}
	reached := graph.reachable(following, {min(object.keys(opens))})
}
