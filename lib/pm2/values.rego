package lib.onelayer.pm2

# METADATA
# title: What is known of a value that may hold an expression
# description: |
#   {value, maybe}: the value itself; for {"$expr": text} and shell expansions the default or the production branch of
#   the common idioms, then maybe is true; value is {} when nothing is known. The count of the node's cores reads as
#   "max".
known_value(value) := _expression(value["$expr"]) if {
	is_string(value["$expr"])
} else := {"value": {}, "maybe": true} if {
	value["$expr"]
} else := _expansion(value) if {
	is_string(value)
	regex.match("[$`]", value)
} else := {"value": value, "maybe": false}

_expression(text) := {"value": "max", "maybe": maybe} if {
	regex.match(`\bcpus\(\)\.length|\bavailableParallelism\(\)`, text)
	maybe := regex.match(`^[^?|&]*\bcpus\(\)\.length$`, text) == false
} else := {"value": _literal(found[0][1]), "maybe": true} if {
	found := regex.find_all_string_submatch_n(
		`^[^:]*process\.env[^:]*(?:\|\||\?\?)\s*(['"]?[\w.-]+['"]?)\s*(?:,\s*10\s*)?\)*$`,
		trim_space(text), 1,
	)
	count(found) == 1
} else := {"value": _literal(found[0][1]), "maybe": true} if {
	found := regex.find_all_string_submatch_n(
		`^[^?!]*[pP][rR][oO][dD][^?!]*\?\s*(['"]?[\w.-]+['"]?)\s*:`,
		text, 1,
	)
	count(found) == 1
} else := {"value": _literal(found[0][1]), "maybe": true} if {
	found := regex.find_all_string_submatch_n(
		`^[^?]*![^?]*[pP][rR][oO][dD][^?]*\?[^?]*:\s*(['"]?[\w.-]+['"]?)\s*$`,
		text, 1,
	)
	count(found) == 1
} else := {"value": false, "maybe": true} if {
	regex.match(`^\S+\s*(?:!==?\s*['"]prod\w*['"]|===?\s*['"](?:dev|local|test)\w*['"])$`, text)
} else := {"value": true, "maybe": true} if {
	regex.match(`^\S+\s*(?:===?\s*['"]prod\w*['"]|!==?\s*['"](?:dev|local|test)\w*['"])$`, text)
} else := {"value": {}, "maybe": true}

_expansion(text) := {"value": found[0][1], "maybe": true} if {
	found := regex.find_all_string_submatch_n(`^\$\{\w+:?-([\w.-]+)\}$`, text, 1)
	count(found) == 1
} else := {"value": "max", "maybe": false} if {
	regex.match("^(?:\\$\\( *nproc *\\)|` *nproc *`)$", text)
} else := {"value": {}, "maybe": true}

_literal(text) := substring(text, 1, count(text) - 2) if {
	regex.match(`^(?:'.*'|".*")$`, text)
} else := to_number(text) if {
	regex.match(`^-?\d+(?:\.\d+)?$`, text)
} else if {
	text == "true"
} else := false if {
	text == "false"
} else := null if {
	text in {"undefined", "null"}
} else := {}
