package lib.onelayer.manager_test

import data.lib.onelayer.manager

_words(line) := split(line, " ")

_of(line) := manager.of({"argv": _words(line)})

_base(name, binary, class) := {
	"name": name,
	"binary": binary,
	"class": class,
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

_wrong(cases) := [{"line": line, "got": got, "want": want} |
	some line, want in cases
	got := object.union_n(_found(line))
	got != want
]

_found(line) := [found | found := _of(line)]

_pm2(binary, changes) := object.union_n([_base("pm2", binary, "supervisor"), {"severity": "error"}, changes])

_supervisor(name, binary, changes) := object.union(_base(name, binary, "supervisor"), changes)

_error(name, binary, changes) := object.union_n([_base(name, binary, "supervisor"), {"severity": "error"}, changes])

_watcher(name, binary, changes) := object.union_n([_base(name, binary, "watcher"), {"watch": true}, changes])

test_pm2 if {
	_wrong({
		"pm2-runtime start ecosystem.config.js": _pm2("pm2-runtime", {
			"verb": "start",
			"config": "ecosystem.config.js",
			"target": "ecosystem.config.js",
		}),
		"./node_modules/.bin/pm2-docker app.js -i max -- --port 1": _pm2("pm2-docker", {
			"verb": "start",
			"target": "app.js",
			"options": {"--instances": "max"},
			"app_args": ["--port", "1"],
		}),
		"node --max-old-space-size=64 node_modules/pm2/bin/pm2-runtime app.js": _pm2("pm2-runtime", {
			"verb": "start",
			"target": "app.js",
		}),
		"pm2 start app.js": _pm2("pm2", {"verb": "start", "target": "app.js", "foreground": false}),
		"pm2 start app.js --no-daemon --watch": _pm2("pm2", {
			"verb": "start",
			"target": "app.js",
			"options": {"--no-daemon": true, "--watch": true},
			"watch": true,
		}),
		"pm2 ls": _pm2("pm2", {"verb": "list", "starts": false, "foreground": false}),
		"pm2-dev app.js": object.union(_base("pm2", "pm2-dev", "watcher"), {
			"verb": "start",
			"target": "app.js",
			"watch": true,
		}),
	}) == []
}

test_forever if {
	_wrong({
		"forever app.js --port 1": _error("forever", "forever", {
			"target": "app.js",
			"options": {"--port": true},
			"app_args": ["1"],
		}),
		"forever start -w --minUptime 1000 app.js": _error("forever", "forever", {
			"verb": "start",
			"target": "app.js",
			"foreground": false,
			"options": {"--watch": true, "--minUptime": "1000"},
			"watch": true,
		}),
		"forever start forever.json": _error("forever", "forever", {
			"verb": "start",
			"config": "forever.json",
			"target": "forever.json",
			"foreground": false,
		}),
		"forever list": _error("forever", "forever", {"verb": "list", "starts": false, "foreground": false}),
		"forever": _error("forever", "forever", {"starts": false}),
	}) == []
}

test_supervisord if {
	_wrong({
		"supervisord -n -c /etc/a.conf": _supervisor("supervisord", "supervisord", {
			"config": "/etc/a.conf",
			"options": {"--nodaemon": true, "--configuration": "/etc/a.conf"},
		}),
		"python3 -u /usr/bin/supervisord --configuration=/etc/a.conf": _supervisor("supervisord", "supervisord", {
			"config": "/etc/a.conf",
			"options": {"--configuration": "/etc/a.conf"},
			"foreground": false,
		}),
		"python -m supervisor.supervisord -n": _supervisor("supervisord", "supervisord", {"options": {"--nodaemon": true}}),
		"supervisord --version": _supervisor("supervisord", "supervisord", {
			"starts": false,
			"foreground": false,
			"options": {"--version": true},
		}),
		"supervisorctl -c": _supervisor("supervisord", "supervisorctl", {
			"starts": false,
			"foreground": false,
			"options": {"--configuration": true},
		}),
		"supervisorctl status web": _supervisor("supervisord", "supervisorctl", {
			"verb": "status",
			"starts": false,
			"foreground": false,
		}),
	}) == []
}

test_other_supervisors if {
	_wrong({
		"/init": object.union(_base("init", "init", "init_candidate"), {}),
		"/sbin/init": _supervisor("systemd", "init", {}),
		"/lib/systemd/systemd": _supervisor("systemd", "systemd", {}),
		"systemctl start x": _supervisor("systemd", "systemctl", {"starts": false, "foreground": false}),
		"s6-svscan /etc/s6": _supervisor("s6", "s6-svscan", {}),
		"s6-svstat /run/x": _supervisor("s6", "s6-svstat", {"starts": false, "foreground": false}),
		"runsvdir -P /etc/service": _error("runit", "runsvdir", {}),
		"sv status x": _error("runit", "sv", {"starts": false, "foreground": false}),
		"/sbin/my_init": _supervisor("my_init", "my_init", {}),
		"circusd circus.ini": _error("circus", "circusd", {"config": "circus.ini"}),
		"circusd --daemon circus.ini": _error("circus", "circusd", {
			"config": "circus.ini",
			"foreground": false,
			"options": {"--daemon": true},
		}),
		"monit -I -c /etc/monitrc": _error("monit", "monit", {
			"config": "/etc/monitrc",
			"options": {"-I": true, "-c": "/etc/monitrc"},
		}),
		"monit status": _error("monit", "monit", {"verb": "status", "starts": false, "foreground": false}),
		"god -D -c app.god": _error("god", "god", {
			"config": "app.god",
			"options": {"--no-daemonize": true, "--config-file": "app.god"},
		}),
		"god status": _error("god", "god", {"verb": "status", "starts": false, "foreground": false}),
		"sl-pm": _error("strong-pm", "sl-pm", {}),
		"slc run app": _error("strong-pm", "slc", {"verb": "run", "target": "app"}),
		"slc": {},
		"passenger start -p 80": _supervisor("passenger", "passenger", {"verb": "start", "options": {"-p": "80"}}),
		"passenger stop": _supervisor("passenger", "passenger", {"verb": "stop", "starts": false}),
	}) == []
}

test_procfile_runners if {
	_wrong({
		"foreman start -f Procfile.dev web": object.union(_base("foreman", "foreman", "procfile"), {
			"verb": "start",
			"config": "Procfile.dev",
			"target": "web",
			"options": {"--procfile": "Procfile.dev"},
		}),
		"overmind s": object.union(_base("foreman", "overmind", "procfile"), {"verb": "s", "config": "Procfile"}),
		"hivemind": object.union(_base("foreman", "hivemind", "procfile"), {"config": "Procfile"}),
		"hivemind Procfile.all": object.union(_base("foreman", "hivemind", "procfile"), {"config": "Procfile.all"}),
		"honcho run -- x": object.union(_base("foreman", "honcho", "procfile"), {
			"verb": "run",
			"starts": false,
			"config": "Procfile",
			"app_args": ["x"],
		}),
	}) == []
}

test_parallel_runners if {
	_wrong({
		"concurrently -n a,b npm:a npm:b* -- x": object.union(_base("concurrently", "concurrently", "parallel"), {
			"options": {"--names": "a,b"},
			"app_args": ["x"],
			"children": 3,
		}),
		"npm-run-all build --parallel a b -s c": object.union(_base("npm-run-all", "npm-run-all", "parallel"), {
			"options": {"--parallel": true, "-s": true},
			"children": 2,
		}),
		"run-p start:*": object.union(_base("npm-run-all", "run-p", "parallel"), {"children": 2}),
		"npm-run-all a b": {},
		"run-p": {},
	}) == []
}

test_cron if {
	_wrong({
		"cron -f": _base("crond", "cron", "cron"),
		"crond": object.union(_base("crond", "crond", "cron"), {"foreground": false}),
		"busybox crond -f -l 8": _base("crond", "crond", "cron"),
		"supercronic /app/crontab": object.union(_base("crond", "supercronic", "cron"), {"config": "/app/crontab"}),
		"service cron start": object.union(_base("crond", "cron", "cron"), {"verb": "start", "foreground": false}),
		"service nginx start": {},
		"crond status": {},
		"busybox": {},
	}) == []
}

test_watchers if {
	_wrong({
		"nodemon --exec node src/x.js": _watcher("nodemon", "nodemon", {"target": "src/x.js", "options": {"--exec": "node"}}),
		"nodemon --config n.json": _watcher("nodemon", "nodemon", {"config": "n.json", "options": {"--config": "n.json"}}),
		"nodemon --version": {},
		"ts-node-dev --respawn src/x.ts": _watcher("ts-node-dev", "ts-node-dev", {
			"target": "src/x.ts",
			"options": {"--respawn": true},
		}),
		"node --watch app.js": _watcher("node-watch", "node", {"target": "app.js", "options": {"--watch": true}}),
		"node -r dotenv/config --watch-path=src app.js": _watcher("node-watch", "node", {
			"target": "app.js",
			"options": {"-r": "dotenv/config", "--watch-path": "src"},
		}),
		"node --watch": _watcher("node-watch", "node", {"options": {"--watch": true}}),
		"node app.js --watch": {},
		"node node_modules/.bin/tsx watch a.ts": _watcher("tsx", "tsx", {"target": "a.ts"}),
		"tsx a.ts": {},
		"bun run --hot a.ts": _watcher("bun-watch", "bun", {"target": "a.ts", "options": {"--hot": true}}),
		"deno run --watch a.ts": _watcher("deno-watch", "deno", {"target": "a.ts", "options": {"--watch": true}}),
		"nest start --watch": _watcher("nest", "nest", {"options": {"--watch": true}}),
		"nest start": {},
		"supervisor app.js": _watcher("supervisor", "supervisor", {"target": "app.js"}),
		"supervisor -w lib server": _watcher("supervisor", "supervisor", {
			"target": "server",
			"options": {"--watch": "lib"},
		}),
		"supervisor serve": {},
	}) == []
}

test_ordinary_programs if {
	every line in [
		"node server.js", "nginx -g x", "gunicorn app:app", "uvicorn app:app --workers 4", "puma", "php-fpm", "postgres",
		"httpd -DFOREGROUND", "tini -- node a.js", "dumb-init node a.js", "catatonit -- x", "docker-init", "/pause",
		"pm2-config", "pm2-load", "pm2-gui", "tpm2_getcap", "npm2", "god", "python3 app.py", "node ./bin/www", "/app/init",
		"node_modules", "watch ls", "init", "node dist/forever.js", "python3",
	] {
		not _of(line)
	}
}

test_name_of_the_process_wins if {
	manager.of({"argv": ["./node_modules/pm2/bin/pm2", "ls"], "name": "pm2"}).name == "pm2"
	manager.of({"argv": ["${BIN}", "app.js"], "name": "pm2-runtime"}).target == "app.js"
	manager.of({"argv": ["/init"], "name": "init"}).class == "init_candidate"
	manager.of({"argv": ["/usr/bin/pm2", "ls"], "name": ""}).name == "pm2"
}

test_processes_of_any_shape if {
	every process in [null, 1, "pm2", [], {}, {"argv": "pm2"}, {"argv": []}, {"argv": [1, null]}, {"argv": {"a": 1}}] {
		not manager.of(process)
	}
}

test_probe_command if {
	lines := ["pm2 ping", "pm2 jlist", "supervisorctl status", "s6-svstat /run/x", "sv status x", "monit status"]
	[manager.probe_command(_words(line)) | some line in lines] == ["pm2", "pm2", "supervisord", "s6", "runit", "monit"]
	every line in ["curl -f localhost", "nodemon app.js", "cron -f"] {
		not manager.probe_command(_words(line))
	}
}
