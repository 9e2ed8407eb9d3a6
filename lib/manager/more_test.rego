package lib.onelayer.manager_test

test_less_common_supervisors if {
	cases := {
		"chaperone --user app": "chaperone", "horust --services-path /s": "horust", "dinit -s": "dinit",
		"immortal -c x.yml": "immortal", "immortaldir /etc/immortal": "immortal", "svscan /service": "daemontools",
		"svscanboot": "daemontools", "supervise /service/x": "daemontools", "perpd": "perp", "perpboot": "perp",
		"process-compose -f x.yaml up": "process-compose", "process-compose": "process-compose",
		"pebble run": "pebble", "pebble enter": "pebble", "bluepill -c /run load x.pill": "bluepill",
	}
	every line, name in cases {
		found := _of(line)
		[found.name, found.starts, found.class] == [name, true, "supervisor"]
	}
	every line in ["process-compose version", "pebble services", "bluepill status"] {
		_of(line).starts == false
	}
	_of("bluepill load x").severity == "error"
	_of("pebble run").severity == "warning"
	_of("process-compose -f x.yaml").config == "x.yaml"
}

test_less_common_runners if {
	_of("shoreman Procfile.all").config == "Procfile.all"
	_of("shoreman").starts
	_of("procodile start").starts
	not _of("procodile stop").starts
	_of("multirun node%20a.js node%20b.js").children == 2
	_of("mprocs -c x.yaml node php").children == 2
	_of("multirun a b").class == "parallel"
	not _of("multirun a")
}

test_watchers_of_other_languages if {
	watching := {
		"watchexec -r -- node x", "watchmedo auto-restart -- python x.py", "reflex -r x -- node x", "CompileDaemon -build x",
		"uvicorn app:x --reload", "python3 -m gunicorn --reload a:b", "hypercorn --reload a:b", "flask run --debug",
		"flask --app x run --reload", "cargo watch -x run", "dotnet watch run", "node-supervisor app.js",
		"node node_modules/.bin/node-supervisor app.js", "air", "air -c .air.toml", "watchfiles python%20x.py",
		"entr -r node x", "chokidar src -c node%20x", "rerun ruby x",
	}
	{line | some line in watching; _of(line).class == "watcher"; _of(line).watch} == watching
	every line in [
		"uvicorn app:x", "gunicorn -w 4 a:b", "hypercorn a:b", "flask run", "flask --debug routes", "cargo run",
		"dotnet app.dll", "watchmedo log", "node-supervisor", "air -v", "rerun --help",
	] {
		not _of(line)
	}
}
