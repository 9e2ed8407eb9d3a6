package lib.onelayer.pm2

# METADATA
# title: The restart policy that an application of a process file declares
# description: |
#   Like every *_keys helper: takes a record of apps, gives [{key, path, value}] with the canonical key and the
#   segments of the node, sorted by key; [] for an application of the command line, whose options option_topics tells.
restart_keys(app) := [entry |
	some entry in _entries_of(app, _restart_attributes)
	not _ignored_falsy(entry)
]

_restart_attributes := [
	"autorestart", "exp_backoff_restart_delay", "max_memory_restart", "max_restarts", "min_uptime",
	"restart_delay", "stop_exit_codes",
]

_ignored_falsy(entry) if {
	entry.key != "autorestart"
	_falsy_value(entry.value)
}

_entries_of(app, names) := [{"key": name, "path": array.concat(app.path, [app.keys[name]]), "value": app.raw[name]} |
	app.from == "config"
	some name in names
]

# METADATA
# title: The log files and log formats that an application declares
# description: |
#   As restart_keys, with kind "file" or "format". A log file whose target is a null device or the container's own
#   output is none; with disable_logs PM2 writes no file at all.
log_keys(app) := [object.union(entry, {"kind": kind}) |
	some kind in ["file", "format"]
	some entry in _entries_of(app, _log_attributes[kind])
	_log_entry(app, kind, entry.value)
]

_log_attributes := {
	"file": ["error_file", "log_file", "out_file"],
	"format": ["log_date_format", "log_type", "merge_logs", "time"],
}

_log_entry(app, "file", value) if {
	not app.raw.disable_logs == true
	_log_file(value)
}

_log_entry(_, "format", value) if not _falsy_value(value)

_log_file(true)

_log_file(value) if value["$expr"]

_log_file(value) if {
	is_string(value)
	value != ""
	not value in {"NULL", "/dev/null", "/dev/stdout", "/dev/stderr"}
	not regex.match(`^/(?:proc/(?:\d+|self)|dev)/fd/[12]$`, value)
}

# METADATA
# title: The monitoring that an application switches on
# description: As restart_keys; only what is switched on explicitly.
telemetry_keys(app) := [entry |
	some entry in _entries_of(app, [
		"automation", "deep_monitoring", "event_loop_inspector", "io", "pmx", "trace", "v8",
	])
	not _falsy_value(entry.value)
]

# METADATA
# title: Whether PM2 watches files for an application
# description: |
#   {value, path, maybe}; undefined when it does not. path is [] when the command line says so. maybe: the value is an
#   expression that is not surely true.
watch(app) := {"value": app.raw.watch, "path": _node_path(app, "watch"), "maybe": known.maybe} if {
	known := known_value(app.raw.watch)
	not _falsy_value(known.value)
}

_node_path(app, name) := array.concat(app.path, [app.keys[name]]) if {
	app.from == "config"
} else := []

# METADATA
# title: The pattern by which PM2 restarts an application on a schedule
# description: "{value, path}; undefined without one, or when it is \"0\", which switches it off."
cron(app) := {"value": value, "path": _node_path(app, "cron_restart")} if {
	value := app.raw.cron_restart
	not _falsy_value(value)
	value != "0"
}

# METADATA
# title: How long PM2 waits between its first signal and SIGKILL
# description: |
#   {ms, declared, path}; ms is PM2's default of 1600 when nothing usable is declared and "unknown" for an expression.
#   PM2 takes a number or a string of one; it refuses anything else, "5s" included.
kill_timeout(app) := {"ms": milliseconds, "declared": true, "path": _node_path(app, "kill_timeout")} if {
	known := known_value(app.raw.kill_timeout)
	milliseconds := _milliseconds(known.value)
} else := {"ms": 1600, "declared": false, "path": app.path}

_milliseconds(value) := "unknown" if {
	value == {}
} else := number if {
	number := _number(value)
	number > 0
}

_number(value) := value if {
	is_number(value)
} else := to_number(trim_space(value)) if {
	is_string(value)
	regex.match(`^\s*\d+(?:\.\d+)?\s*$`, value)
}

# METADATA
# title: An amount of memory in bytes, as PM2 reads max_memory_restart
# description: Undefined for a value that PM2 refuses, such as "300MB" or "1.5G".
memory(value) := number if {
	number := _number(value)
} else := _scaled(value, {"G": 1073741824, "M": 1048576, "K": 1024}) if {
	is_string(value)
	regex.match(`^\d+[GMK]$`, value)
}

# METADATA
# title: A duration in milliseconds, as PM2 reads min_uptime
# description: Undefined for a value that PM2 refuses, such as "5ms".
duration(value) := number if {
	number := _number(value)
} else := _scaled(value, {"h": 3600000, "m": 60000, "s": 1000}) if {
	is_string(value)
	regex.match(`^\d+[hms]$`, value)
}

_scaled(value, factors) := to_number(substring(value, 0, last)) * factors[substring(value, last, 1)] if {
	last := count(value) - 1
}

# METADATA
# title: The concerns that a PM2 command line takes over by its options
# description: |
#   [{topic, option, value, index, applies}] in the order of argv. topic: restart, shutdown, log (a file), log-format,
#   telemetry, metrics, watch, cron or cluster; index: the word in argv that names the option; value: "" for
#   telemetry, whose values may be secrets; applies: false where PM2 ignores the option because a process file is
#   started.
option_topics(parsed) := [entry |
	some index in sort({i | some i in parsed.words})
	some option, i in parsed.words
	i == index
	topic := _option_topics[option]
	value := parsed.options[option]
	_option_counts(topic, value)
	entry := {
		"topic": topic,
		"option": option,
		"value": _shown_value(topic, value),
		"index": index,
		"applies": _applies(parsed, option),
	}
]

_option_topics := object.union_n([
	{option: "restart" |
		some option in [
			"--max-memory-restart", "--restart-delay", "--exp-backoff-restart-delay", "--max-restarts",
			"--no-autorestart", "--stop-exit-codes", "--no-auto-exit",
		]
	},
	{option: "shutdown" |
		some option in [
			"--kill-timeout", "--listen-timeout", "--wait-ready", "--shutdown-with-message", "--no-treekill",
		]
	},
	{option: "log" | some option in ["--output", "--error", "--log"]},
	{option: "log-format" | some option in ["--log-type", "--log-date-format", "--time", "--merge-logs"]},
	{option: "telemetry" |
		some option in [
			"--secret", "--public", "--machine-name", "--trace", "--v8", "--event-loop-inspector", "--deep-monitoring",
			"--info-node",
		]
	},
	{"--web": "metrics", "--watch": "watch", "--cron": "cron", "--cron-restart": "cron", "--instances": "cluster"},
])

_option_counts("log", value) if _log_file(value)

_option_counts(topic, _) if topic != "log"

_shown_value(topic, value) := "" if {
	topic == "telemetry"
} else := value

_applies(parsed, option) := false if {
	parsed.is_config
	not option in _file_options
} else := true

_file_options := {"--secret", "--public", "--machine-name", "--web", "--no-auto-exit", "--watch", "--info-node"}

# METADATA
# title: The module that a command line installs into PM2
# description: "{name, kind} for pm2 install; undefined for every other command line."
module_install(parsed) := {"name": _module_name(parsed.target), "kind": module_kind(parsed.target)} if {
	parsed.verb in {"install", "module:update"}
	parsed.target != ""
}

# METADATA
# title: What a PM2 module is for
# description: |
#   "logs", "metrics", "telemetry" or "other", for a name with or without version, scope or repository; undefined when
#   it is no string.
module_kind(name) := kind if {
	kind := _module_kinds[_module_name(name)]
} else := "other" if {
	is_string(name)
}

_module_name(name) := regex.replace(_basename(regex.replace(name, `(.)@[^/@]*$`, "$1")), `(?:\.git)?(?:#.*)?$`, "") if {
	is_string(name)
}

_module_kinds := object.union_n([
	{name: "logs" |
		some name in [
			"pm2-logrotate", "pm2-logrotate-ext", "pm2-intercom-logrotate", "pm2-syslog", "pm2-papertrail",
			"pm2-gelf", "pm2-logstash", "pm2-elk", "pm2-loggly", "pm2-fluentd",
		]
	},
	{name: "metrics" |
		some name in [
			"pm2-prom-module", "pm2-prometheus-exporter", "pm2-metrics", "pm2-server-monit", "pm2-sysmonit",
			"pm2-datadog", "pm2-statsd", "lgp-monitor",
		]
	},
	{name: "telemetry" | some name in ["event-loop-inspector", "deep-metrics", "pm2-webshell", "pm2-slack"]},
])
