# METADATA
# scope: package
# title: PM2's command line and process files
# description: |
#   Reads a PM2 command line as PM2's own option parser does, and a process file as PM2's own loader does, so that a
#   policy knows which applications start, in which mode and how often. It knows nothing of containers or findings.
#   Facts are those of PM2 7; tests/pm2 compares them with an installed PM2.
package lib.onelayer.pm2

# METADATA
# title: The PM2 binary that a command word names
# description: Undefined for every other word. Takes a bare name or a path, with or without a Windows suffix.
binary(word) := name if {
	is_string(word)
	parts := split(replace(word, "\\", "/"), "/")
	name := regex.replace(parts[count(parts) - 1], `\.(js|cmd|ps1|exe)$`, "")
	_binaries[name]
}

# METADATA
# title: A PM2 command line, read as PM2 reads it
# description: |
#   {binary, verb, written, target, targets, is_config, options, words, swallowed, rejected, exits, implicit,
#   app_args}; undefined when the first word is no PM2 binary. verb is the canonical sub-command ("" for none or an
#   unknown one; "start" for the container binaries, implicit says that it was not written), written the word that
#   stands there. options maps canonical long names to the value or true, words maps them to the index in argv of the
#   word that names them. swallowed lists undeclared options with the words they consume; rejected lists those that
#   make PM2 refuse the whole command line. exits: help or version only.
parse(argv) := parsed if {
	is_array(argv)
	name := binary(argv[0])
	words := [_text(word) | some word in argv]
	end := _terminator(words)
	scan := _scan(options[name], words, end)
	literal := array.slice(words, end + 1, count(words))
	parsed := _command(name, scan, literal, end < count(words))
}

_text(word) := word if {
	is_string(word)
} else := sprintf("%v", [word]) if {
	is_number(word)
} else := sprintf("%v", [word]) if {
	is_boolean(word)
} else := ""

_terminator(words) := min({i | some i, word in words; word == "--"} | {count(words)})

_scan(table, words, end) := {"positional": positional, "given": given, "unknown": unknown} if {
	tokens := [{"v": part, "i": i} |
		some i, word in words
		i > 0
		i < end
		some part in _parts(table, words[i - 1], word)
	]
	required := {k | some k, token in tokens; table[token.v] == "required"}
	valued := {n | some k in required; _even_in_run(required, k); n := k + 1}
	heads := {k | some k, token in tokens; not valued[k]; _option_like(table, token.v)}
	offered := {n |
		some k in heads
		table[tokens[k].v] == "optional"
		n := k + 1
		_value_like(tokens[n].v)
	}
	swallowed := {n |
		some k in heads
		not table[tokens[k].v]
		n := k + 1
		not startswith(tokens[n].v, "-")
	}
	used := ((valued | heads) | offered) | swallowed
	positional := [token.v | some k, token in tokens; not used[k]]
	given := [{"name": _long_name(token.v), "value": value, "i": token.i} |
		some k, token in tokens
		heads[k]
		table[token.v]
		value := _value(tokens, k + 1, valued | offered)
	]
	unknown := [{"name": token.v, "value": value, "i": token.i} |
		some k, token in tokens
		heads[k]
		not table[token.v]
		value := _value(tokens, k + 1, swallowed)
	]
}

_long_name(word) := object.get(_long_names, word, word)

_parts(table, before, word) := [word] if {
	table[before] == "required"
} else := [flag | some letter in split(substring(word, 1, -1), ""); flag := concat("", ["-", letter])] if {
	_short_cluster(word)
} else := [substring(word, 0, at), substring(word, at + 1, -1)] if {
	startswith(word, "--")
	at := indexof(word, "=")
	at >= 0
} else := [word]

_short_cluster(word) if {
	startswith(word, "-")
	not startswith(word, "--")
	word != "-"
}

_even_in_run(required, k) if {
	start := max({n | some j in numbers.range(0, k); not required[j]; n := j + 1} | {0})
	(k - start) % 2 == 0
}

_option_like(table, word) if table[word]

_option_like(_, word) if {
	startswith(word, "-")
	word != "-"
}

_value_like(word) if not startswith(word, "-")

_value_like("-")

_value(tokens, k, values) := tokens[k].v if {
	values[k]
} else := true

_command(name, scan, literal, terminated) := parsed if {
	_client_binaries[name]
	parsed := _client(name, scan, literal, terminated)
} else := _runtime(name, scan, literal)

_client_binaries := {"pm2", "pm2-daemon"}

_runtime(name, scan, literal) := {
	"binary": name,
	"verb": concat("", ["start" | some _ in targets]),
	"written": concat("", ["start" | bare]),
	"target": concat("", targets),
	"targets": targets,
	"is_config": config_name(concat("", targets)),
	"options": _options(scan.given),
	"words": _option_words(scan.given),
	"swallowed": _swallowed(scan.unknown),
	"rejected": [option.name | some option in scan.unknown; bare; not _help[option.name]],
	"exits": _exits(scan, implicit == false),
	"implicit": implicit,
	"app_args": literal,
} if {
	words := array.concat(scan.positional, literal)
	implicit := _is_implicit(_first(words))
	bare := _first(words) == "start"
	at := to_number(bare)
	targets := array.slice(words, at, at + 1)
}

_is_implicit(word) := false if {
	word in {"start", ""}
} else := true

_first(words) := words[0] if {
	count(words) > 0
} else := ""

_client(name, scan, literal, terminated) := {
	"binary": name,
	"verb": verb,
	"written": _first(words),
	"target": _first(targets),
	"targets": targets,
	"is_config": _takes_config(verb, targets),
	"options": _options(given),
	"words": _option_words(given),
	"swallowed": _swallowed(own.unknown),
	"rejected": [option.name | some option in own.unknown; not _help[option.name]],
	"exits": _exits(scan, true),
	"implicit": false,
	"app_args": literal,
} if {
	words := array.concat(scan.positional, literal)
	verb := _verb(_first(words))
	own := _own(object.get(_own_options, verb, {}), scan.unknown)
	given := array.concat(scan.given, own.given)
	rest := array.concat(own.positional, array.slice(words, 1, count(words)))
	targets := _targets(verb, rest, literal, terminated)
}

_verb(word) := _verb_aliases[word] if {
	_verb_aliases[word]
} else := word if {
	_verb_topics[word]
} else := ""

_own(table, unknown) := {
	"positional": [option.value |
		some option in unknown
		table[option.name] == "none"
		is_string(option.value)
	],
	"given": [{"name": _long_name(option.name), "value": value, "i": option.i} |
		some option in unknown
		value := _own_value(table[option.name], option.value)
	],
	"unknown": [option | some option in unknown; not table[option.name]],
}

_own_value(arg, value) if {
	arg == "none"
} else := value

_targets(verb, words, literal, terminated) := targets if {
	verb in {"start", "restart"}
	targets := _default_target(verb, _before_literal(words, literal, terminated))
} else := array.slice(words, 0, 1) if {
	_takes_one_config[verb]
} else := words if {
	verb != ""
} else := []

_takes_one_config := {"startOrRestart", "startOrReload", "startOrGracefulReload"}

_default_target(verb, words) := ["ecosystem.config.js"] if {
	verb == "start"
	count(words) == 0
} else := words

_before_literal(words, literal, terminated) := words if {
	not terminated
} else := array.slice(words, 0, at) if {
	at := min({k | some k, word in words; word == literal[0]})
} else := array.slice(words, 0, count(words) - 1)

_takes_config(verb, targets) if {
	_takes_one_config[verb]
	count(targets) > 0
} else if {
	verb in {"start", "restart", "reload", "stop", "delete"}
	some target in targets
	_config_target(target)
} else := false

_config_target(target) if config_name(target)

_config_target("-")

_help := {"-h", "--help"}

_exits(scan, helps) if {
	some option in scan.given
	option.name == "--version"
} else if {
	helps == true
	some option in scan.unknown
	_help[option.name]
} else := false

_options(given) := {name: values[count(values) - 1] |
	some name in {option.name | some option in given}
	values := [option.value | some option in given; option.name == name]
}

_option_words(given) := {name: positions[count(positions) - 1] |
	some name in {option.name | some option in given}
	positions := [option.i | some option in given; option.name == name]
}

_swallowed(unknown) := [word |
	some option in unknown
	some word in [option.name, option.value]
	is_string(word)
]

# METADATA
# title: What a sub-command is about
# description: |
#   start, control, host (a machine's boot and deployment), logs, status, telemetry, metrics, serve, module, config;
#   "" when the command line names no known sub-command.
verb_topic(parsed) := _verb_topics[parsed.verb] if {
	_verb_topics[parsed.verb]
} else := ""

# METADATA
# title: Whether PM2 reads a file of this name as a process file
# description: A substring test on the whole argument, as PM2's own; every other file is run as a script.
config_name(name) if {
	is_string(name)
	some mark in {".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"}
	contains(name, mark)
} else := false
