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

# METADATA
# title: A process file with what the environment says
# description: |
#   The value of a process file in which instances and exec_mode that are read from the environment, as
#   process.env.WORKERS || 1, hold what env (values by name) has; all other expressions stay.
with_env(value, env) := object.union(value, {"apps": [_app_with_env(app, env) | some app in value.apps]}) if {
	is_array(value.apps)
	some app in value.apps
	some name in _of_env
	app[name]["$expr"]
} else := value

_of_env := ["instances", "exec_mode"]

_app_with_env(app, env) := object.union(app, {name: given |
	some name in _of_env
	text := app[name]["$expr"]
	is_string(text)
	some found in regex.find_all_string_submatch_n(_reads_variable, trim_space(text), 1)
	given := env[found[1]]
	is_string(given)
	regex.match(`^(?:-?[0-9]+|[a-z_]+)$`, given)
}) if {
	is_object(app)
} else := app

_reads_variable := concat("", [
	`^(?:Number\(|Number\.parseInt\(|parseInt\(|\+|\()*process\.env(?:\.|\[['"])([A-Za-z_][A-Za-z0-9_]*)(?:['"]\])?`,
	`\s*(?:,\s*10\s*)?\)*\s*(?:(?:\|\||\?\?)\s*['"]?[\w.-]+['"]?\s*(?:,\s*10\s*)?\)*)?$`,
])

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
