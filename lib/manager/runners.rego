package lib.onelayer.manager

_procfile(binary, argv) := {
	"name": "foreman",
	"binary": binary,
	"class": "procfile",
	"verb": verb,
	"starts": _is_in(verb, _procfile_verbs[binary]),
	"config": _text(scan.options, "--procfile", _default_procfile(binary, scan.words)),
	"target": target,
	"options": scan.options,
	"app_args": scan.app_args,
} if {
	scan := _scan(argv, {
		"valued": {
			"-f", "--procfile", "-e", "--env", "-m", "--formation", "-c", "--concurrency", "-p", "--port", "-t", "-d",
			"--root", "-l", "--processes",
		},
		"long": {"-f": "--procfile"},
	})
	verb := concat("", [word | some i, word in scan.words; i == 0; not binary in _verbless])
	target := concat("", [word | some i, word in scan.words; i == 1; not binary in _verbless])
}

_procfile_verbs := {
	"foreman": {"start"},
	"honcho": {"start"},
	"overmind": {"start", "s"},
	"hivemind": {""},
	"goreman": {"start"},
	"forego": {"start"},
	"nf": {"start"},
	"procodile": {"start"},
	"shoreman": {""},
}

_verbless := {"hivemind", "shoreman"}

_default_procfile(binary, words) := words[0] if {
	binary in _verbless
	count(words) > 0
} else := "Procfile"

_parallel("concurrently", argv) := {
	"name": "concurrently",
	"binary": "concurrently",
	"class": "parallel",
	"options": scan.options,
	"app_args": scan.app_args,
	"children": _children(scan.words),
} if {
	scan := _scan(argv, {
		"valued": {
			"-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-s", "--success", "-m", "--max-processes",
			"-l", "--prefix-length", "-t", "--timestamp-format", "--name-separator", "--hide", "--restart-tries",
			"--restart-after", "--default-input-target", "--cwd", "--teardown", "--kill-signal",
		},
		"long": {"-n": "--names", "-k": "--kill-others"},
	})
}

_parallel(binary, argv) := {
	"name": "npm-run-all",
	"binary": binary,
	"class": "parallel",
	"options": scan.options,
	"app_args": scan.app_args,
	"children": _children(tasks),
} if {
	binary != "concurrently"
	scan := _scan(argv, {"valued": {"--max-parallel", "--npm-path"}, "long": {}})
	tasks := _parallel_tasks(binary, argv)
	count(tasks) > 0
}

_parallel_tasks("run-p", argv) := [word | some i, word in argv; i > 0; not startswith(word, "-")]

_parallel_tasks(binary, argv) := [word |
	some i, word in argv
	i > at
	i < end
	not startswith(word, "-")
] if {
	binary != "run-p"
	at := min({i | some i, word in argv; word in {"-p", "--parallel"}})
	end := min({i |
		some i, word in argv
		i > at
		word in {"-s", "--serial", "--sequential", "--"}
	} | {count(argv)})
}

_several(binary, argv) := {
	"name": binary,
	"binary": binary,
	"class": "parallel",
	"options": scan.options,
	"app_args": scan.app_args,
	"children": count(scan.words),
} if {
	scan := _scan(argv, {"valued": {"-c", "--config", "-s", "--server", "--names"}, "long": {}})
	count(scan.words) > 1
}

_children(words) := sum([amount | some word in words; amount := 1 + count([1 | contains(word, "*")])])

_cron("service", argv) := {
	"name": "crond",
	"binary": argv[1],
	"class": "cron",
	"verb": "start",
	"foreground": false,
} if {
	argv[1] in {"cron", "crond"}
	argv[2] == "start"
}

_cron(binary, argv) := {
	"name": "crond",
	"binary": binary,
	"class": "cron",
	"foreground": _cron_foreground(binary, argv),
	"config": concat("", [word | binary == "supercronic"; word := _first(_scan(argv, _no_options).words)]),
} if {
	binary != "service"
	not _is_in(_first(array.slice(argv, 1, 2)), {"stop", "status"})
}

_no_options := {"valued": set(), "long": {}}

_cron_foreground(binary, argv) if {
	binary in {"supercronic", "go-crond"}
} else if {
	some word in argv
	regex.match(`^-[a-zA-Z]*[fn]|^--foreground$`, word)
} else := false

_watchers := {
	"nodemon": "nodemon",
	"ts-node-dev": "ts-node-dev",
	"tsnd": "ts-node-dev",
	"node-dev": "node-dev",
	"supervisor": "supervisor",
	"tsx": "tsx",
	"node": "node-watch",
	"nodejs": "node-watch",
	"bun": "bun-watch",
	"deno": "deno-watch",
	"nest": "nest",
	"node-supervisor": "supervisor",
	"watchexec": "watchexec",
	"watchmedo": "watchmedo",
	"reflex": "reflex",
	"CompileDaemon": "CompileDaemon",
	"air": "air",
	"watchfiles": "watchfiles",
	"entr": "entr",
	"chokidar": "chokidar",
	"rerun": "rerun",
	"uvicorn": "uvicorn --reload",
	"gunicorn": "gunicorn --reload",
	"hypercorn": "hypercorn --reload",
	"flask": "flask run --debug",
	"cargo": "cargo watch",
	"dotnet": "dotnet watch",
}

_watcher(binary, argv) := {
	"name": _watchers[binary],
	"binary": binary,
	"class": "watcher",
	"config": _text(scan.options, "--config", ""),
	"target": target,
	"options": scan.options,
	"app_args": scan.app_args,
	"watch": true,
} if {
	scan := _scan(_own_part(binary, argv), _watcher_options(binary))
	not _given(scan.options, {"--help", "--version", "-h", "-v"})
	_watching(binary, scan)
	target := _first([word | some word in scan.words; not _is_in(word, object.get(_run_words, binary, set()))])
}

_watcher_options(binary) := {
	"valued": {"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--watch-path"},
	"long": {},
} if {
	_run_words[binary]
} else := {
	"valued": {
		"-x", "--exec", "-w", "--watch", "-e", "--ext", "--extensions", "-i", "--ignore", "--delay", "-s", "--signal",
		"--config", "-r", "--require", "-P", "--project",
	},
	"long": {"-x": "--exec", "-w": "--watch", "-e": "--ext", "-i": "--ignore", "-L": "--legacy-watch"},
}

_run_words := {
	"node": set(),
	"nodejs": set(),
	"bun": {"run"},
	"deno": {"run", "serve"},
	"tsx": {"watch"},
	"nest": {"start"},
}

_own_part(binary, argv) := array.slice(argv, 0, at + 1) if {
	binary in {"node", "nodejs", "bun", "deno"}
	at := min({i |
		some i, word in argv
		i > 0
		not startswith(word, "-")
		not word in _run_words[binary]
		not _watcher_options(binary).valued[argv[i - 1]]
	})
} else := argv

_watching(binary, _) if {
	binary in {
		"nodemon", "ts-node-dev", "tsnd", "node-dev", "watchexec", "reflex", "CompileDaemon", "air", "watchfiles", "entr",
		"chokidar", "rerun",
	}
}

_watching(binary, scan) if _first(scan.words) == _watch_verbs[binary]

_watch_verbs := {"tsx": "watch", "cargo": "watch", "dotnet": "watch", "watchmedo": "auto-restart"}

_watching(binary, scan) if {
	binary in {"uvicorn", "gunicorn", "hypercorn"}
	_given(scan.options, {"--reload"})
}

_watching("flask", scan) if {
	"run" in scan.words
	_given(scan.options, {"--reload", "--debug"})
}

_watching(binary, scan) if {
	binary in {"supervisor", "node-supervisor"}
	true in {
		regex.match(`\.(?:[cm]?[jt]s|coffee)$`, _first(scan.words)),
		_given(scan.options, {"--watch", "--exec", "--ext", "--extensions", "--ignore"}),
	}
}

_watching("nest", scan) if {
	_first(scan.words) == "start"
	_given(scan.options, {"--watch", "-w"})
}

_watching(binary, scan) if {
	binary in {"node", "nodejs", "bun", "deno"}
	_given(scan.options, {"--watch", "--watch-path", "--hot"})
}
