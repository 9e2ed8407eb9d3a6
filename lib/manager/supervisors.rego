package lib.onelayer.manager

_forever(argv) := {
	"name": "forever",
	"binary": "forever",
	"class": "supervisor",
	"severity": "error",
	"verb": verb,
	"starts": _forever_starts(verb, target),
	"foreground": verb == "",
	"config": concat("", [target | endswith(target, ".json")]),
	"target": target,
	"options": scan.options,
	"app_args": array.slice(words, 1, count(words)),
	"watch": _given(scan.options, {"--watch"}),
} if {
	scan := _scan(argv, _forever_options)
	verb := concat("", [word | some word in array.slice(scan.words, 0, 1); _forever_verbs[word]])
	words := array.slice(scan.words, count([verb | verb != ""]), count(scan.words))
	target := _first(words)
}

_forever_starts(verb, target) if {
	verb in {"", "start"}
	target != ""
} else := false

_forever_verbs := {
	"start", "stop", "stopall", "stopbypid", "restart", "restartall", "list", "config", "set", "clear", "logs",
	"columns", "cleanlogs",
}

_forever_options := {
	"valued": {
		"-m", "-l", "-o", "-e", "-p", "-c", "--minUptime", "--spinSleepTime", "--pidFile", "--sourceDir",
		"--workingDir", "--uid", "--watchDirectory", "--watchIgnore", "--killSignal", "--id",
	},
	"long": {"-w": "--watch", "-c": "--command", "-m": "--max", "-l": "--log"},
}

_supervisord("supervisorctl", argv) := {
	"name": "supervisord",
	"binary": "supervisorctl",
	"class": "supervisor",
	"verb": _first(scan.words),
	"starts": false,
	"foreground": false,
	"config": _text(scan.options, "--configuration", ""),
	"options": scan.options,
} if {
	scan := _scan(argv, _supervisord_options)
}

_supervisord("supervisord", argv) := {
	"name": "supervisord",
	"binary": "supervisord",
	"class": "supervisor",
	"starts": _given(scan.options, {"--version", "--help"}) == false,
	"foreground": _given(scan.options, {"--nodaemon"}),
	"config": _text(scan.options, "--configuration", ""),
	"options": scan.options,
} if {
	scan := _scan(argv, _supervisord_options)
}

_supervisord_options := {
	"valued": {
		"-c", "--configuration", "-u", "--user", "-d", "--directory", "-l", "--logfile", "-e", "--loglevel", "-j",
		"--pidfile", "-y", "-z", "-q", "--childlogdir", "-m", "--umask", "-a", "-i", "-s", "--serverurl", "-p",
		"--password", "--username",
	},
	"long": {"-c": "--configuration", "-n": "--nodaemon", "-v": "--version", "-h": "--help"},
}

_special("monit", argv) := {
	"name": "monit",
	"binary": "monit",
	"class": "supervisor",
	"severity": "error",
	"verb": verb,
	"starts": _is_in(verb, {""}),
	"foreground": _given(scan.options, {"-I"}),
	"config": _text(scan.options, "-c", ""),
	"options": scan.options,
} if {
	scan := _scan(argv, {"valued": {"-c", "-d", "-g", "-l", "-p", "-s"}, "long": {}})
	verb := _first(scan.words)
}

_special("god", argv) := {
	"name": "god",
	"binary": "god",
	"class": "supervisor",
	"severity": "error",
	"verb": verb,
	"starts": _is_in(verb, {""}),
	"foreground": _given(scan.options, {"--no-daemonize"}),
	"config": _text(scan.options, "--config-file", ""),
	"options": scan.options,
} if {
	scan := _scan(argv, {
		"valued": {"-c", "--config-file", "-p", "--port", "-P", "--pid", "-l", "--log"},
		"long": {"-c": "--config-file", "-D": "--no-daemonize"},
	})
	verb := _first(scan.words)
	true in {_given(scan.options, {"--config-file", "--no-daemonize"}), _is_in(verb, _god_verbs)}
}

_god_verbs := {"start", "restart", "stop", "monitor", "unmonitor", "remove", "status", "load", "terminate", "check"}

_special("slc", argv) := {
	"name": "strong-pm",
	"binary": "slc",
	"class": "supervisor",
	"severity": "error",
	"verb": argv[1],
	"target": _first(array.slice(argv, 2, count(argv))),
} if {
	argv[1] in {"run", "start", "pm"}
}

_special("passenger", argv) := {
	"name": "passenger",
	"binary": "passenger",
	"class": "supervisor",
	"verb": verb,
	"starts": _is_in(verb, {"start"}),
	"foreground": _given(scan.options, {"--daemonize"}) == false,
	"options": scan.options,
} if {
	scan := _scan(argv, {"valued": {"-p", "--port", "-e", "--environment", "-a"}, "long": {"-d": "--daemonize"}})
	verb := _first(scan.words)
}

_special("circusd", argv) := {
	"name": "circus",
	"binary": "circusd",
	"class": "supervisor",
	"severity": "error",
	"foreground": _given(scan.options, {"--daemon"}) == false,
	"config": _first(scan.words),
	"options": scan.options,
} if {
	scan := _scan(argv, {"valued": {"--log-level", "--log-output", "--pidfile"}, "long": {}})
}

_verbed(binary, argv) := {
	"name": binary,
	"binary": binary,
	"class": "supervisor",
	"severity": entry.severity,
	"verb": verb,
	"starts": _is_in(verb, entry.verbs),
	"config": _text(scan.options, "-f", ""),
	"options": scan.options,
} if {
	entry := _verbs[binary]
	scan := _scan(argv, {"valued": entry.valued, "long": {}})
	verb := _first(scan.words)
}

_verbs := {
	"process-compose": {
		"verbs": {"", "up"}, "severity": "warning",
		"valued": {"-f", "--config", "-e", "--env", "-p", "--port", "-n", "--namespace", "-L", "--log-file"},
	},
	"pebble": {"verbs": {"run", "enter"}, "severity": "warning", "valued": set()},
	"bluepill": {"verbs": {"load"}, "severity": "error", "valued": {"-c", "--base-dir", "-l", "--logfile", "-t"}},
}
