# METADATA
# scope: package
# title: Shell text
# description: |
#   Reads shell text as a POSIX shell (with the common parts of bash) would, and gives its simple commands in order. The
#   text is cut into tokens by one expression; the kinds of the tokens form a string of one letter a token, in which
#   expressions find simple commands, headers and, from the inside out, the compound commands. What cannot be read ends
#   the reading there and is listed in `unknown` with its line. Unknown may be, and nothing else is: text with an
#   unclosed quote, bracket or keyword; brackets nested deeper than three in a substitution, or a substitution with an
#   unbalanced bracket (a `case` pattern) or a comment with a quote; substitutions nested deeper than three; a `$` that
#   starts no expansion; compound commands nested deeper than eight; several here-documents on one line, one inside a
#   substitution, one whose operator stands on a line of an open quote, or one with an expansion for a delimiter;
#   extended globs; `coproc`; `time` before a compound command; functions whose body is a simple command; the control
#   characters 1 to 5; text of more than 200,000 characters; functions that call themselves or each other in three
#   levels. Bodies of here-documents are skipped, aliases and `read` are not followed.
package lib.onelayer.shell

# METADATA
# title: The simple commands of shell text, as they stand
# description: |
#   `lines` are the lines of the text. Gives `commands` in the order of the text, those of functions and of command
#   substitutions included, with nothing put in for variables, and `unknown`.
parse(lines) := {"commands": straight(_text(lines)), "unknown": []} if {
	straight(_text(lines))
} else := {"commands": commands, "unknown": flat.unknown} if {
	flat := _flattened(_parse(_text(lines)))
	known := {"env": {}, "states": [], "assigned": {}, "at": 0}
	commands := [_command(command, known) | some command in flat.commands]
}

# METADATA
# title: The simple commands of shell text as they run
# description: |
#   `options` has `env` (values known for certain) and `args` (positional parameters, null when not known). Gives
#   `commands` in the order in which they run, with the bodies of called functions in place of the calls and known
#   values in place of variables, and `unknown`. Where no arguments are known, what `set --` in a branch makes them is
#   run, maybe, by what runs all arguments later.
read(lines, options) := {"commands": straight(_text(lines)), "unknown": []} if {
	straight(_text(lines))
} else := {
	"commands": array.concat(_handed(flat.commands, known), called.commands),
	"unknown": array.concat(flat.unknown, called.unknown),
} if {
	flat := _flattened(_parse(_text(lines)))
	known := _knowledge(flat.commands, _options(options))
	called := _called(flat.commands, known)
}

_options(options) := {"env": env, "args": args} if {
	is_object(options)
	given := object.get(options, "env", {})
	env := {name: value | some name, value in _object(given); is_string(name); is_string(value)}
	args := _arguments(object.get(options, "args", null))
} else := {"env": {}, "args": null}

_arguments(args) := [arg | some arg in args; is_string(arg)] if is_array(args)

else := null

_object(value) := value if is_object(value)

else := {}

_text(lines) := concat("\n", [_line(line) | some line in lines]) if is_array(lines)

else := ""

_line(line) := trim_suffix(line, "\r") if is_string(line)

else := format_int(line, 10) if is_number(line)

else := ""
