package lib.onelayer.pm2_test

import data.lib.onelayer.pm2

_app(attributes) := pm2.file_app({"path": ["apps", 0], "app": object.union({"script": "app.js"}, attributes)})

_by_option(line) := pm2.apps(pm2.parse(split(line, " ")), null)[0]

_everything := _app({
	"maxMemoryRestart": "300M",
	"restart_delay": 0,
	"max_restarts": 5,
	"autorestart": false,
	"min_uptime": "5s",
	"out": "/dev/null",
	"error_file": "./err.log",
	"log": true,
	"time": true,
	"merge_logs": false,
	"pmx": false,
	"deep_monitoring": true,
	"io": {"apm": {}},
	"watch": ["src"],
	"cron": "0 3 * * *",
	"killTimeout": "5000",
})

test_restart_keys if {
	pm2.restart_keys(_everything) == [
		{"key": "autorestart", "path": ["apps", 0, "autorestart"], "value": false},
		{"key": "max_memory_restart", "path": ["apps", 0, "maxMemoryRestart"], "value": "300M"},
		{"key": "max_restarts", "path": ["apps", 0, "max_restarts"], "value": 5},
		{"key": "min_uptime", "path": ["apps", 0, "min_uptime"], "value": "5s"},
	]
}

test_log_keys if {
	pm2.log_keys(_everything) == [
		{"key": "error_file", "path": ["apps", 0, "error_file"], "value": "./err.log", "kind": "file"},
		{"key": "log_file", "path": ["apps", 0, "log"], "value": true, "kind": "file"},
		{"key": "time", "path": ["apps", 0, "time"], "value": true, "kind": "format"},
	]
	targets := [
		"/dev/null", "NULL", "/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/self/fd/2", "/dev/fd/1", "", false, null,
		"/var/log/a.log", {"$expr": "file"},
	]
	[target | some target in targets; pm2.log_keys(_app({"out_file": target})) != []] == [
		"/var/log/a.log",
		{"$expr": "file"},
	]
	pm2.log_keys(_app({"out_file": "a.log", "disable_logs": true})) == []
}

test_telemetry_keys if {
	pm2.telemetry_keys(_everything) == [
		{"key": "deep_monitoring", "path": ["apps", 0, "deep_monitoring"], "value": true},
		{"key": "io", "path": ["apps", 0, "io"], "value": {"apm": {}}},
	]
}

test_keys_of_options_are_left_to_option_topics if {
	app := _by_option("pm2 start a.js --max-memory-restart 300M --output a.log --trace")
	[pm2.restart_keys(app), pm2.log_keys(app), pm2.telemetry_keys(app)] == [[], [], []]
}

test_watch if {
	pm2.watch(_everything) == {"value": ["src"], "path": ["apps", 0, "watch"], "maybe": false}
	pm2.watch(_by_option("pm2-runtime a.js --watch")) == {"value": true, "path": [], "maybe": false}
	text := "process.env.NODE_ENV !== 'production' ? true : false"
	pm2.watch(_app({"watch": {"$expr": "dev"}})).maybe
	every value in [false, null, {"$expr": text}] {
		not pm2.watch(_app({"watch": value}))
	}
	not pm2.watch(_app({}))
}

test_cron if {
	pm2.cron(_everything) == {"value": "0 3 * * *", "path": ["apps", 0, "cron"]}
	pm2.cron(_by_option("pm2-runtime a.js -c @daily")) == {"value": "@daily", "path": []}
	every value in [0, "0", null] {
		not pm2.cron(_app({"cron_restart": value}))
	}
	not pm2.cron(_app({}))
}

test_kill_timeout if {
	pm2.kill_timeout(_everything) == {"ms": 5000, "declared": true, "path": ["apps", 0, "killTimeout"]}
	pm2.kill_timeout(_by_option("pm2 start a.js -k 3000")) == {"ms": 3000, "declared": true, "path": []}
	pm2.kill_timeout(_app({"kill_timeout": {"$expr": "t"}})) == {
		"ms": "unknown",
		"declared": true,
		"path": ["apps", 0, "kill_timeout"],
	}
	every value in [0, "5s", null, true, []] {
		pm2.kill_timeout(_app({"kill_timeout": value})) == {"ms": 1600, "declared": false, "path": ["apps", 0]}
	}
}

test_memory if {
	values := ["300M", "2G", "512K", "1048576", 1000]
	[pm2.memory(value) | some value in values] == [314572800, 2147483648, 524288, 1048576, 1000]
	every value in ["300MB", "1.5G", "300m", "", null, [], {"$expr": "m"}] {
		not pm2.memory(value)
	}
}

test_duration if {
	values := ["1h", "2m", "5s", "500", 1000]
	[pm2.duration(value) | some value in values] == [3600000, 120000, 5000, 500, 1000]
	every value in ["5ms", "1.5s", "s", null, {}] {
		not pm2.duration(value)
	}
}

_topics(line) := [[entry.topic, entry.option, entry.value, entry.index, entry.applies] |
	some entry in pm2.option_topics(pm2.parse(split(line, " ")))
]

test_option_topics if {
	_topics("pm2-runtime --secret s3 --public=p2 --web 9000 app.js --max-memory-restart 300M -c @daily --watch -i 2") == [
		["telemetry", "--secret", "", 1, true],
		["telemetry", "--public", "", 3, true],
		["metrics", "--web", "9000", 4, true],
		["restart", "--max-memory-restart", "300M", 7, true],
		["cron", "--cron", "@daily", 9, true],
		["watch", "--watch", true, 11, true],
		["cluster", "--instances", "2", 12, true],
	]
	_topics("pm2 start e.config.js -k 3000 -o /dev/null -e err.log --time --watch -i 2") == [
		["shutdown", "--kill-timeout", "3000", 3, false],
		["log", "--error", "err.log", 7, false],
		["log-format", "--time", true, 9, false],
		["watch", "--watch", true, 10, true],
		["cluster", "--instances", "2", 11, false],
	]
	_topics("pm2 ls") == []
}

test_modules if {
	names := [
		"pm2-logrotate", "pm2-logrotate@2.7.0", "@jessety/pm2-logrotate", "https://github.com/keymetrics/pm2-logrotate.git",
		"keymetrics/pm2-server-monit#v2", "pm2-prom-module@latest", "pm2-slack", "typescript", "",
	]
	[pm2.module_kind(name) | some name in names] == [
		"logs", "logs", "logs", "logs", "metrics", "metrics", "telemetry", "other", "other",
	]
	not pm2.module_kind(7)
	pm2.module_install(pm2.parse(["pm2", "install", "pm2-logrotate@2"])) == {"name": "pm2-logrotate", "kind": "logs"}
	pm2.module_install(pm2.parse(["pm2", "module:install", "--safe", "x", "foo"])) == {"name": "foo", "kind": "other"}
	not pm2.module_install(pm2.parse(["pm2", "install"]))
	not pm2.module_install(pm2.parse(["pm2", "start", "pm2-logrotate"]))
}

test_environment if {
	names := [
		"PM2_PUBLIC_KEY", "SECRET_KEY", "PM2_HOME", "PM2_LOG_FILE_PATH", "PM2_WEB_PORT", "PM2_KILL_TIMEOUT", "PM2_DEBUG",
		"PM2_INSTANCES", "WEB_CONCURRENCY", 3,
	]
	[kind | some name in names; kind := pm2.env_kind(name)] == [
		"telemetry", "generic", "home", "logs", "metrics", "restart", "other",
	]
	[pm2.secret_env(name) | some name in ["KEYMETRICS_SECRET", "PUBLIC_KEY", "PM2_HOME", 3]] == [true, true, false, false]
}
