package lib.onelayer.pm2

# METADATA
# title: The applications that a PM2 command line starts, as PM2 will really run them
# description: |
#   Takes the result of parse and the value of the process file (null when unknown or not needed). Each record: index,
#   path (segments below the process file's value; [] for a script of the command line), from ("config" or "option"),
#   name, script, args, interpreter, exec_mode ("cluster", "fork" or "unknown"), instances (a number, "max" when it
#   follows the node's cores, or "unknown"), offset (what is added to the cores: 0, -1 ..), maybe (read from a default
#   that the environment may override), declared (instances or exec_mode was written), where (their places: segments
#   or "option"), raw (attributes under canonical names) and keys (canonical name to the spelling used).
apps(parsed, value) := [app |
	_starts_apps(parsed)
	some index, found in _found(parsed, value)
	app := object.union(found, {"index": index})
]

_starts_apps(parsed) if {
	not parsed.exits
	_starting_verb(parsed)
}

_starting_verb(parsed) if _starting_verbs[parsed.verb]

_starting_verb(parsed) if {
	parsed.verb in {"restart", "reload"}
	parsed.is_config
}

_starting_verbs := {"start", "startOrRestart", "startOrReload", "startOrGracefulReload"}

# METADATA
# title: Whether a command line starts applications or is meant to
# description: |
#   True for the starting sub-commands, resurrect, serve, restart and reload of a process file, and for every
#   container binary that is not only asked for help or its version; ls, logs, save and install start nothing.
starts(parsed) if {
	_starts_apps(parsed)
} else if {
	not parsed.exits
	parsed.verb in {"resurrect", "serve"}
} else if {
	not parsed.exits
	not _client_binaries[parsed.binary]
} else := false

# METADATA
# title: Whether PM2 stays in the foreground
# description: The container binaries do; pm2 does with --no-daemon or --attach.
foreground(parsed) if {
	parsed.binary != "pm2"
} else if {
	some option in ["--no-daemon", "--attach"]
	parsed.options[option]
} else := false

_found(parsed, value) := [app |
	some target in parsed.targets
	some app in _target_apps(parsed, target, value)
]

_target_apps(parsed, target, value) := [app |
	some entry in ecosystem_apps(value)
	app := file_app(entry)
	_selected(parsed, app)
] if {
	_is_file(parsed, target)
} else := [_record({
	"app": _option_app(parsed, target),
	"keys": _option_keys(parsed),
	"path": [],
	"from": "option",
})]

_is_file(_, target) if _config_target(target)

_is_file(parsed, _) if _takes_one_config[parsed.verb]

# METADATA
# title: One entry of ecosystem_apps as PM2 will really run it
# description: The same record as apps gives, without index; for process files that are judged by themselves.
file_app(entry) := _record({
	"app": normalise(entry.app),
	"keys": _keys(entry.app),
	"path": entry.path,
	"from": "config",
})

_selected(parsed, app) if {
	names := _only_names(parsed)
	_only_allows(names, app.name)
} else if {
	not _only_names(parsed)
}

_only_names(parsed) := regex.split(`[, ]`, only) if {
	only := parsed.options["--only"]
	is_string(only)
	not contains(only, "$")
}

_only_allows(_, "")

_only_allows(names, name) if name in names

_option_attributes := {
	"--name": "name",
	"--namespace": "namespace",
	"--cwd": "cwd",
	"--interpreter": "exec_interpreter",
	"--node-args": "node_args",
	"--interpreter-args": "node_args",
	"--output": "out_file",
	"--error": "error_file",
	"--log": "log_file",
	"--log-type": "log_type",
	"--log-date-format": "log_date_format",
	"--time": "time",
	"--disable-logs": "disable_logs",
	"--merge-logs": "merge_logs",
	"--max-memory-restart": "max_memory_restart",
	"--restart-delay": "restart_delay",
	"--exp-backoff-restart-delay": "exp_backoff_restart_delay",
	"--max-restarts": "max_restarts",
	"--stop-exit-codes": "stop_exit_codes",
	"--cron": "cron_restart",
	"--cron-restart": "cron_restart",
	"--instances": "instances",
	"--execute-command": "execute_command",
	"--kill-timeout": "kill_timeout",
	"--listen-timeout": "listen_timeout",
	"--wait-ready": "wait_ready",
	"--shutdown-with-message": "shutdown_with_message",
	"--watch": "watch",
	"--ignore-watch": "ignore_watch",
	"--watch-delay": "watch_delay",
	"--trace": "trace",
	"--v8": "v8",
	"--event-loop-inspector": "event_loop_inspector",
	"--deep-monitoring": "deep_monitoring",
	"--no-autorestart": "autorestart",
	"--no-autostart": "autostart",
	"--no-treekill": "treekill",
	"--no-pmx": "pmx",
	"--no-automation": "automation",
	"--uid": "uid",
	"--gid": "gid",
}

_option_keys(parsed) := {name: spelled[0] |
	some name in {_option_attributes[option] | some option in object.keys(parsed.options)}
	spelled := [option | some option in object.keys(parsed.options); _option_attributes[option] == name]
}

_option_app(parsed, script) := object.union(
	{name: _option_value(option, parsed.options[option]) | some name, option in _option_keys(parsed)},
	{"script": script, "args": parsed.app_args},
)

_option_value(option, value) := false if {
	startswith(option, "--no-")
} else := value

_record(source) := {
	"path": source.path,
	"from": source.from,
	"name": _app_name(app, script),
	"script": script,
	"args": _app_args(object.get(app, "args", [])),
	"interpreter": interpreter,
	"exec_mode": mode.value,
	"instances": amount.value,
	"offset": amount.offset,
	"maybe": true in {amount.maybe, mode.maybe},
	"declared": count(where) > 0,
	"where": where,
	"raw": app,
	"keys": source.keys,
} if {
	app := source.app
	script := _app_script(app)
	interpreter := _app_interpreter(app, script)
	amount := _amount(known_value(object.get(app, "instances", null)))
	mode := _mode(app, amount, _interpreter_kind(interpreter))
	where := {name: _place(source, key) |
		some name in ["instances", "exec_mode"]
		key := source.keys[name]
		app[name] != null
	}
}

_place(source, key) := array.concat(source.path, [key]) if {
	source.from == "config"
} else := "option"

_app_script(app) := app.script if {
	is_string(app.script)
} else := ""

_app_name(app, script) := app.name if {
	is_string(app.name)
	app.name != ""
} else := "" if {
	app.name["$expr"]
} else := _stem(script)

_basename(path) := parts[count(parts) - 1] if parts := split(trim_right(path, "/"), "/")

_stem(script) := regex.replace(_basename(script), `^(.+)\.[^.]*$`, "$1")

_app_args(value) := [word | some word in value; is_string(word)] if {
	is_array(value)
} else := [word |
	some match in regex.find_n(`[^\s"'=]+="[^"]*"|[^\s"'=]+='[^']*'|"[^"]*"|'[^']*'|\S+`, value, -1)
	word := regex.replace(match, `^(?:"(.*)"|'(.*)')$`, "$1$2")
	trim_space(word) != ""
] if {
	is_string(value)
} else := []

_app_interpreter(app, script) := app.exec_interpreter if {
	is_string(app.exec_interpreter)
	app.exec_interpreter != ""
} else := "" if {
	app.exec_interpreter["$expr"]
} else := "" if {
	contains(script, "$")
} else := "none" if {
	contains(script, " ")
} else := _extension_interpreter(regex.find_n(`.\.[^.]+$`, _basename(script), 1)[0]) if {
	regex.match(`.\.[^.]+$`, _basename(script))
} else := "node" if {
	contains(script, "node_modules/")
} else := object.get(_program_interpreters, _basename(script), "")

_extension_interpreter(tail) := object.get(_interpreters, substring(tail, 1, -1), "")

_interpreters := {
	".js": "node",
	".cjs": "node",
	".mjs": "node",
	".ts": "bun",
	".tsx": "bun",
	".sh": "bash",
	".py": "python",
	".rb": "ruby",
	".php": "php",
	".pl": "perl",
	".coffee": "coffee",
	".ls": "lsc",
	".jar": "none",
}

_program_interpreters := object.union(
	{name: "node" |
		some name in [
			"npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "corepack", "next", "nuxt", "nest", "serve", "vite",
			"ts-node", "tsx", "http-server", "strapi", "medusa", "turbo", "nx", "remix-serve", "react-scripts",
		]
	},
	{name: "none" |
		some name in [
			"node", "bun", "deno", "sh", "bash", "dash", "ash", "zsh", "python", "python3", "java", "php", "ruby",
			"perl", "go", "dotnet", "nginx", "sleep", "tail", "cron", "crond", "sshd", "redis-server", "caddy",
		]
	},
)

_interpreter_kind(interpreter) := "unknown" if {
	interpreter == ""
} else := "node" if {
	regex.match(`(?:node|bun|^node@.*)$`, _basename(interpreter))
} else := "other"

_amount(known) := {"value": 1, "offset": 0, "maybe": known.maybe, "number": null} if {
	known.value == null
} else := {"value": "unknown", "offset": 0, "maybe": known.maybe, "number": "unknown"} if {
	not _parsed_int(known.value)
} else := {"value": "max", "offset": whole, "maybe": known.maybe, "number": parsed} if {
	parsed := _parsed_int(known.value)
	whole := _truncated(parsed)
	whole <= 0
} else := {"value": _truncated(parsed), "offset": 0, "maybe": known.maybe, "number": parsed} if {
	parsed := _parsed_int(known.value)
}

_parsed_int(value) := 0 if {
	value == "max"
} else := value if {
	is_number(value)
} else := to_number(trim_left(digits, "+")) if {
	is_string(value)
	some digits in regex.find_n(`^[+-]?\d+`, trim_space(value), 1)
} else := 0 if {
	is_string(value)
}

_truncated(number) := ceil(number) if {
	number < 0
} else := floor(number)

_mode(app, amount, kind) := {"value": "fork", "maybe": false} if {
	app.execute_command == true
} else := {"value": "unknown", "maybe": false} if {
	not _readable_mode(app)
} else := {"value": "cluster", "maybe": known.maybe} if {
	known := known_value(app.exec_mode)
	known.value in {"cluster", "cluster_mode"}
} else := {"value": "fork", "maybe": known.maybe} if {
	known := known_value(app.exec_mode)
	known.value in {"fork", "fork_mode"}
} else := {"value": _implied_mode(amount.number, kind), "maybe": false}

_readable_mode(app) if not _has(app, "exec_mode")

_readable_mode(app) if known_value(app.exec_mode).value in {"cluster", "cluster_mode", "fork", "fork_mode", null, ""}

_implied_mode(number, kind) := "fork" if {
	number == null
} else := "fork" if {
	kind == "other"
} else := "unknown" if {
	number == "unknown"
} else := "fork" if {
	not _clusterable(number)
} else := "cluster" if {
	kind == "node"
} else := "unknown"

_clusterable(number) if number >= 1

_clusterable(number) if number in {0, -1}
