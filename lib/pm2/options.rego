package lib.onelayer.pm2

_switches(names) := {name: {"name": name, "arg": "none"} | some name in names}

_required(names) := {name: {"name": name, "arg": "required"} | some name in names}

_optional(names) := {name: {"name": name, "arg": "optional"} | some name in names}

_short(table, letters) := object.union(table, {letter: table[long] | some letter, long in letters})

# METADATA
# title: The options that each PM2 binary declares, by every spelling
# description: |
#   arg says whether the option takes a word: none, required or optional (then only a word without a leading dash).
#   The container binaries also know --auto-exit, which their releases before 5 declared.
options := {
	"pm2": _client_options,
	"pm2-runtime": _runtime_options,
	"pm2-docker": _runtime_options,
	"pm2-dev": _dev_options,
	"pm2-daemon": _client_options,
}

_client_options := _short(
	object.union_n([
		_switches([
			"--version", "--silent", "--mini-list", "--time", "--disable-logs", "--update-env", "--force",
			"--shutdown-with-message", "--execute-command", "--wait-ip", "--write", "--no-daemon",
			"--source-map-support", "--disable-source-map-support", "--wait-ready", "--merge-logs", "--no-color",
			"--no-vizion", "--no-autostart", "--no-autorestart", "--no-treekill", "--no-pmx", "--no-automation",
			"--trace", "--disable-trace", "--attach", "--v8", "--event-loop-inspector", "--deep-monitoring",
		]),
		_required([
			"--ext", "--name", "--interpreter", "--interpreter-args", "--node-args", "--output", "--error",
			"--log-type", "--log-date-format", "--env", "--instances", "--parallel", "--pid", "--kill-timeout",
			"--listen-timeout", "--max-memory-restart", "--restart-delay", "--exp-backoff-restart-delay", "--user",
			"--uid", "--gid", "--namespace", "--cwd", "--hp", "--service-name", "--cron", "--cron-restart", "--only",
			"--ignore-watch", "--watch-delay", "--stop-exit-codes", "--sort",
		]),
		_optional(["--log", "--filter-env", "--max-restarts", "--watch"]),
	]),
	{
		"-V": "--version",
		"-v": "--version",
		"-s": "--silent",
		"-n": "--name",
		"-m": "--mini-list",
		"-o": "--output",
		"-e": "--error",
		"-l": "--log",
		"-a": "--update-env",
		"-f": "--force",
		"-i": "--instances",
		"-p": "--pid",
		"-k": "--kill-timeout",
		"-x": "--execute-command",
		"-u": "--user",
		"-c": "--cron",
		"-w": "--write",
	},
)

_runtime_options := _short(
	object.union_n([
		_switches([
			"--version", "--no-autostart", "--no-autorestart", "--trace", "--v8", "--format", "--raw", "--formatted",
			"--json", "--no-auto-exit", "--watch", "--deep-monitoring", "--auto-exit",
		]),
		_required([
			"--instances", "--stop-exit-codes", "--node-args", "--name", "--max-memory-restart", "--cron",
			"--interpreter", "--delay", "--only", "--error", "--output",
		]),
		_optional(["--secret", "--public", "--machine-name", "--web", "--env"]),
	]),
	{"-V": "--version", "-i": "--instances", "-n": "--name", "-c": "--cron"},
)

_dev_options := _short(
	object.union_n([
		_switches(["--version", "--raw", "--timestamp", "--silent-exec", "--test-mode", "--auto-exit"]),
		_required(["--node-args", "--interpreter"]),
		_optional(["--ignore", "--post-exec", "--env"]),
	]),
	{"-V": "--version"},
)

_own_options := {
	"start": object.union(
		_switches(["--watch", "--fresh", "--daemon", "--container", "--dist", "--dockerdaemon"]),
		_optional(["--image-name", "--node-version"]),
	),
	"stop": _switches(["--watch"]),
	"restart": _switches(["--watch"]),
	"install": object.union(_switches(["--tarball", "--install", "--docker", "--v1"]), _optional(["--safe"])),
	"module:update": _switches(["--tarball"]),
	"publish": _switches(["--npm"]),
	"link": _optional(["--info-node"]),
	"plus": _short(
		object.union(_switches(["--discrete", "--install-all"]), _optional(["--info-node"])),
		{"-d": "--discrete"},
	),
	"slist": _short(_switches(["--tree"]), {"-t": "--tree"}),
	"logs": object.union_n([
		_switches(["--json", "--format", "--raw", "--err", "--out", "--nostream"]),
		_required(["--lines"]),
		_optional(["--timestamp", "--highlight"]),
	]),
	"serve": object.union(
		_switches(["--spa", "--ftp"]),
		_optional(["--port", "--basic-auth-username", "--basic-auth-password", "--monitor"]),
	),
}

_verb_aliases := {
	"del": "delete",
	"module:install": "install",
	"module:uninstall": "uninstall",
	"module:publish": "publish",
	"register": "plus",
	"save": "dump",
	"init": "ecosystem",
	"desc": "describe",
	"info": "describe",
	"show": "describe",
	"ls": "list",
	"l": "list",
	"ps": "list",
	"status": "list",
	"sysinfos": "slist",
	"dash": "dashboard",
	"log": "logs",
	"expose": "serve",
	"updatePM2": "update",
}

_verb_topics := {
	"start": "start",
	"startOrRestart": "start",
	"startOrReload": "start",
	"startOrGracefulReload": "start",
	"restart": "control",
	"reload": "control",
	"gracefulReload": "control",
	"stop": "control",
	"delete": "control",
	"kill": "control",
	"sendSignal": "control",
	"scale": "control",
	"reset": "control",
	"trigger": "control",
	"send": "control",
	"autoinstall": "control",
	"dump": "host",
	"resurrect": "host",
	"cleardump": "host",
	"startup": "host",
	"unstartup": "host",
	"update": "host",
	"deepUpdate": "host",
	"deploy": "host",
	"pull": "host",
	"forward": "host",
	"backward": "host",
	"logs": "logs",
	"flush": "logs",
	"reloadLogs": "logs",
	"logrotate": "logs",
	"attach": "logs",
	"list": "status",
	"jlist": "status",
	"slist": "status",
	"prettylist": "status",
	"describe": "status",
	"inspect": "status",
	"id": "status",
	"pid": "status",
	"ping": "status",
	"env": "status",
	"monit": "status",
	"imonit": "status",
	"dashboard": "status",
	"report": "status",
	"profile:mem": "status",
	"profile:cpu": "status",
	"link": "telemetry",
	"unlink": "telemetry",
	"plus": "telemetry",
	"login": "telemetry",
	"logout": "telemetry",
	"open": "telemetry",
	"monitor": "telemetry",
	"unmonitor": "telemetry",
	"interact": "telemetry",
	"install-otel": "telemetry",
	"uninstall-otel": "telemetry",
	"web": "metrics",
	"serve": "serve",
	"install": "module",
	"uninstall": "module",
	"module:update": "module",
	"module:generate": "module",
	"publish": "module",
	"package": "module",
	"set": "config",
	"multiset": "config",
	"get": "config",
	"conf": "config",
	"config": "config",
	"unset": "config",
	"ecosystem": "config",
	"create": "config",
	"examples": "config",
	"completion": "config",
}
