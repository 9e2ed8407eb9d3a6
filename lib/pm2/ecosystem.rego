package lib.onelayer.pm2

_falsy := {null, false, 0, ""}

_falsy_value(value) if value in _falsy

_keys(app) := {name: chosen[0] |
	some name in {_attribute_of[key] | some key in object.keys(app)}
	given := [key | some key in _spellings[name]; _has(app, key)]
	truthy := [key | some key in given; not _falsy_value(app[key])]
	chosen := array.concat(truthy, given)
}

_has(app, key) if app[key] == app[key]

# METADATA
# title: One application's attributes under their canonical names
# description: |
#   Every alias and camelCase twin of PM2's schema folded into the snake_case name, env_<name> kept, unknown keys
#   dropped, the first spelling that is set winning as in PM2.
normalise(app) := object.union(known, environments) if {
	is_object(app)
	known := {name: app[key] | some name, key in _keys(app)}
	environments := {key: value | some key, value in app; startswith(key, "env_")}
} else := {}

# METADATA
# title: The applications of a process file, in each top-level shape that PM2 takes
# description: |
#   [{path, app}]: {apps: [..]}, {apps: {..}}, {pm2: ..}, a bare array, a bare application, and a {script: "serve"}
#   for each of static. An entry without a script is left out, because PM2 refuses to start it; an entry that could
#   not be evaluated stays as {"$expr": text}.
ecosystem_apps(value) := array.concat(listed, served) if {
	node := _apps_node(value)
	listed := [entry |
		some entry in _entries(node.value, node.path)
		_startable(entry.app)
	]
	served := [{"path": ["static", k], "app": _static_app(server)} |
		is_object(value)
		some k, server in object.get(value, "static", [])
		is_object(server)
	]
}

_apps_node(value) := {"path": [], "value": value} if {
	not is_object(value)
} else := {"path": ["apps"], "value": value.apps} if {
	not _falsy_value(value.apps)
} else := {"path": ["pm2"], "value": value.pm2} if {
	not _falsy_value(value.pm2)
} else := {"path": [], "value": value}

_entries(value, path) := [{"path": array.concat(path, [k]), "app": app} |
	some k, app in value
	is_object(app)
] if {
	is_array(value)
} else := [{"path": path, "app": value}] if {
	is_object(value)
} else := []

_startable(app) if app["$expr"]

_startable(app) if {
	some key in _spellings.script
	_script_value(app[key])
}

_script_value(value) if {
	is_string(value)
	value != ""
}

_script_value(value) if value["$expr"]

_static_app(server) := {"name": _static_name(server), "script": "serve"}

_static_name(server) := server.name if {
	is_string(server.name)
	server.name != ""
} else := sprintf("static-page-server-%v", [object.get(server, "port", "")])

# METADATA
# title: Whether a file's value has the shape of a PM2 process file
# description: |
#   An application counts as such by its script, or by cmd, command or exec beside an attribute that only PM2 has. A
#   bare application needs a name or such an attribute and no foreign key. A Kubernetes object is none.
is_process_file(value) if {
	not value.apiVersion
	some key in ["apps", "pm2"]
	some entry in _entries(value[key], [])
	_pm2_app(entry.app)
} else if {
	is_array(value)
	count(value) > 0
	every app in value {
		_bare_app(app)
	}
} else if {
	_bare_app(value)
} else := false

_pm2_app(app) if _script_value(app.script)

_pm2_app(app) if {
	_startable(app)
	_distinctive(app)
}

_bare_app(app) if {
	is_object(app)
	_startable(app)
	_named_or_distinctive(app)
	every key in object.keys(app) {
		_known_key(key)
	}
}

_named_or_distinctive(app) if {
	is_string(app.name)
	_script_value(app.script)
}

_named_or_distinctive(app) if _distinctive(app)

_distinctive(app) if {
	some key in object.keys(app)
	_distinctive_attributes[_attribute_of[key]]
}

_distinctive_attributes := {
	"exec_interpreter", "node_args", "out_file", "error_file", "log_date_format", "max_memory_restart",
	"exp_backoff_restart_delay", "wait_ready", "instances", "kill_timeout", "listen_timeout", "cron_restart",
	"merge_logs", "vizion", "autorestart", "ignore_watch", "min_uptime", "max_restarts", "exec_mode",
	"increment_var", "instance_var", "pmx", "treekill", "watch",
}

_known_key(key) if _attribute_of[key]

_known_key(key) if startswith(key, "env_")

_known_key(key) if key in {"deploy", "static", "apps"}
