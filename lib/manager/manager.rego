# METADATA
# scope: package
# title: Process managers
# description: |
#   Tells which process is a process manager, a file watcher, a runner of several programs or a cron daemon, and how
#   it is started. Init shims (tini, dumb-init ..) and the workers of one program (nginx, gunicorn ..) are none of
#   these. It takes processes as lib.onelayer.command gives them and knows nothing of containers or findings.
package lib.onelayer.manager

import data.lib.onelayer.pm2

# METADATA
# title: The manager that a process is
# description: |
#   {name, binary, class, severity, verb, starts, foreground, config, target, options, app_args, watch, children};
#   undefined for an ordinary program. class: supervisor, watcher, procfile, parallel, cron, or init_candidate for
#   /init, which is s6-overlay only where the image says so. starts: it starts programs, unlike pm2 ls or
#   supervisorctl. foreground: it stays in front by its own options; for supervisord the configuration may still say
#   so. watch: it restarts on file changes. children: how many commands a parallel runner is given (a pattern counts
#   as two), else 0.
of(process) := object.union(_defaults, found) if {
	argv := _argv(process)
	found := _of(argv[0], argv)
}

_defaults := {
	"severity": "warning",
	"verb": "",
	"starts": true,
	"foreground": true,
	"config": "",
	"target": "",
	"options": {},
	"app_args": [],
	"watch": false,
	"children": 0,
}

_argv(process) := _through_interpreter(named) if {
	is_array(process.argv)
	words := [word | some word in process.argv; is_string(word)]
	count(words) > 0
	named := array.concat([_name(process, words[0])], array.slice(words, 1, count(words)))
}

_name(process, word) := word if {
	word in {"/init", "/sbin/init", "/usr/sbin/init"}
} else := process.name if {
	is_string(process.name)
	process.name != ""
} else := _basename(word)

_basename(word) := parts[count(parts) - 1] if parts := split(word, "/")

_through_interpreter(argv) := array.concat([name], array.slice(argv, at + 1, count(argv))) if {
	argv[0] in {"node", "nodejs", "bun"}
	at := _first_word(argv)
	regex.match(`(?:^|/)(?:node_modules|bin)/`, argv[at])
	name := regex.replace(_basename(argv[at]), `\.js$`, "")
	_node_programs[name]
} else := array.concat([name], array.slice(argv, at + 1, count(argv))) if {
	regex.match(`^python[\d.]*$`, argv[0])
	at := _first_word(argv)
	name := regex.replace(_basename(argv[at]), `^(?:supervisor|circus)\.`, "")
	name in {
		"supervisord", "supervisorctl", "circusd", "circusctl", "honcho", "uvicorn", "gunicorn", "hypercorn", "flask",
		"watchmedo",
	}
} else := array.slice(argv, 1, count(argv)) if {
	argv[0] == "busybox"
	count(argv) > 1
} else := argv

_node_programs := {
	"pm2", "pm2-runtime", "pm2-docker", "pm2-dev", "forever", "nodemon", "ts-node-dev", "tsnd", "node-dev", "supervisor",
	"concurrently", "npm-run-all", "run-p", "nf", "tsx", "sl-pm", "sl-run", "node-supervisor",
}

_first_word(argv) := min({i | some i, word in argv; i > 0; not startswith(word, "-")})

_of(binary, argv) := _by_kind(_kinds[binary], binary, argv) if {
	_kinds[binary]
} else := object.union(_fixed[binary], {"binary": _basename(binary)})

_by_kind("pm2", _, argv) := _pm2(argv)

_by_kind("forever", _, argv) := _forever(argv)

_by_kind("supervisord", binary, argv) := _supervisord(binary, argv)

_by_kind("procfile", binary, argv) := _procfile(binary, argv)

_by_kind("parallel", binary, argv) := _parallel(binary, argv)

_by_kind("cron", binary, argv) := _cron(binary, argv)

_by_kind("watcher", binary, argv) := _watcher(binary, argv)

_by_kind("verbed", binary, argv) := _verbed(binary, argv)

_by_kind("several", binary, argv) := _several(binary, argv)

_by_kind("special", binary, argv) := _special(binary, argv)

_kinds := {
	"pm2": "pm2",
	"pm2-runtime": "pm2",
	"pm2-docker": "pm2",
	"pm2-dev": "pm2",
	"pm2-daemon": "pm2",
	"forever": "forever",
	"supervisord": "supervisord",
	"supervisorctl": "supervisord",
	"foreman": "procfile",
	"honcho": "procfile",
	"overmind": "procfile",
	"hivemind": "procfile",
	"goreman": "procfile",
	"forego": "procfile",
	"nf": "procfile",
	"procodile": "procfile",
	"shoreman": "procfile",
	"process-compose": "verbed",
	"pebble": "verbed",
	"bluepill": "verbed",
	"multirun": "several",
	"mprocs": "several",
	"concurrently": "parallel",
	"npm-run-all": "parallel",
	"npm-run-all2": "parallel",
	"run-p": "parallel",
	"cron": "cron",
	"crond": "cron",
	"supercronic": "cron",
	"go-crond": "cron",
	"service": "cron",
	"nodemon": "watcher",
	"ts-node-dev": "watcher",
	"tsnd": "watcher",
	"node-dev": "watcher",
	"supervisor": "watcher",
	"tsx": "watcher",
	"node": "watcher",
	"nodejs": "watcher",
	"bun": "watcher",
	"deno": "watcher",
	"nest": "watcher",
	"node-supervisor": "watcher",
	"watchexec": "watcher",
	"watchmedo": "watcher",
	"reflex": "watcher",
	"CompileDaemon": "watcher",
	"air": "watcher",
	"watchfiles": "watcher",
	"entr": "watcher",
	"chokidar": "watcher",
	"rerun": "watcher",
	"uvicorn": "watcher",
	"gunicorn": "watcher",
	"hypercorn": "watcher",
	"flask": "watcher",
	"cargo": "watcher",
	"dotnet": "watcher",
	"monit": "special",
	"god": "special",
	"slc": "special",
	"passenger": "special",
	"circusd": "special",
}

_fixed := {
	"s6-svscan": {"name": "s6", "class": "supervisor"},
	"s6-supervise": {"name": "s6", "class": "supervisor"},
	"s6-linux-init": {"name": "s6", "class": "supervisor"},
	"s6-rc-init": {"name": "s6", "class": "supervisor"},
	"s6-rc": {"name": "s6", "class": "supervisor", "starts": false, "foreground": false},
	"s6-svc": {"name": "s6", "class": "supervisor", "starts": false, "foreground": false},
	"s6-svstat": {"name": "s6", "class": "supervisor", "starts": false, "foreground": false},
	"s6-svwait": {"name": "s6", "class": "supervisor", "starts": false, "foreground": false},
	"/init": {"name": "init", "class": "init_candidate"},
	"runsvdir": {"name": "runit", "class": "supervisor", "severity": "error"},
	"runsvdir-start": {"name": "runit", "class": "supervisor", "severity": "error"},
	"runsv": {"name": "runit", "class": "supervisor", "severity": "error"},
	"runit": {"name": "runit", "class": "supervisor", "severity": "error"},
	"runit-init": {"name": "runit", "class": "supervisor", "severity": "error"},
	"sv": {"name": "runit", "class": "supervisor", "severity": "error", "starts": false, "foreground": false},
	"my_init": {"name": "my_init", "class": "supervisor"},
	"circusctl": {"name": "circus", "class": "supervisor", "severity": "error", "starts": false, "foreground": false},
	"systemd": {"name": "systemd", "class": "supervisor"},
	"/sbin/init": {"name": "systemd", "class": "supervisor"},
	"/usr/sbin/init": {"name": "systemd", "class": "supervisor"},
	"systemctl": {"name": "systemd", "class": "supervisor", "starts": false, "foreground": false},
	"sl-pm": {"name": "strong-pm", "class": "supervisor", "severity": "error"},
	"sl-run": {"name": "strong-pm", "class": "supervisor", "severity": "error"},
	"chaperone": {"name": "chaperone", "class": "supervisor"},
	"horust": {"name": "horust", "class": "supervisor"},
	"dinit": {"name": "dinit", "class": "supervisor"},
	"immortal": {"name": "immortal", "class": "supervisor"},
	"immortaldir": {"name": "immortal", "class": "supervisor"},
	"svscan": {"name": "daemontools", "class": "supervisor"},
	"svscanboot": {"name": "daemontools", "class": "supervisor"},
	"supervise": {"name": "daemontools", "class": "supervisor"},
	"perpd": {"name": "perp", "class": "supervisor"},
	"perpboot": {"name": "perp", "class": "supervisor"},
	"passenger-status": {"name": "passenger", "class": "supervisor", "starts": false, "foreground": false},
}

_pm2(argv) := {
	"name": "pm2",
	"binary": parsed.binary,
	"class": object.get(_pm2_dev, [parsed.binary, "class"], "supervisor"),
	"severity": object.get(_pm2_dev, [parsed.binary, "severity"], "error"),
	"verb": parsed.verb,
	"starts": pm2.starts(parsed),
	"foreground": pm2.foreground(parsed),
	"config": concat("", [parsed.target | parsed.is_config]),
	"target": parsed.target,
	"options": parsed.options,
	"app_args": parsed.app_args,
	"watch": _watches(parsed),
} if {
	parsed := pm2.parse(argv)
}

_pm2_dev := {"pm2-dev": {"class": "watcher", "severity": "warning"}}

_watches(parsed) if {
	parsed.binary == "pm2-dev"
} else if {
	parsed.options["--watch"]
} else := false

_scan(argv, table) := {"options": options, "words": words, "app_args": array.slice(argv, end + 1, count(argv))} if {
	end := min({i | some i, word in argv; word == "--"} | {count(argv)})
	before := array.slice(argv, 1, end)
	taken := {n | some i, word in before; table.valued[word]; n := i + 1}
	words := [word | some i, word in before; not taken[i]; not startswith(word, "-")]
	given := [{"name": object.get(table.long, parts[0], parts[0]), "value": value} |
		some i, word in before
		not taken[i]
		startswith(word, "-")
		parts := split(word, "=")
		value := _option_value(table, before, i)
	]
	options := {name: values[count(values) - 1] |
		some name in {option.name | some option in given}
		values := [option.value | some option in given; option.name == name]
	}
}

_option_value(table, before, i) := before[i + 1] if {
	table.valued[before[i]]
} else := substring(before[i], indexof(before[i], "=") + 1, -1) if {
	contains(before[i], "=")
} else := true

_given(options, names) if {
	some name in names
	options[name]
} else := false

_first(words) := words[0] if {
	count(words) > 0
} else := ""

_text(options, name, otherwise) := options[name] if {
	is_string(options[name])
} else := otherwise

_is_in(word, words) if {
	word in words
} else := false
