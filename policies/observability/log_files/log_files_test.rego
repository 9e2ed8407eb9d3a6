package lib.onelayer.policies.observability.log_files_test

import data.lib.onelayer.policies.observability.log_files

_of(kind, spec) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": spec}},
}

_container(change) := object.union({"name": "web", "image": "shop/web:1"}, change)

_with(change) := _of("Deployment", {"containers": [_container(change)]})

_shell(text) := _with({"command": ["sh", "-c", text]})

_image(files, instructions) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "web", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {
		"refs": [],
		"files": files,
		"dockerfile": array.concat([{"cmd": "from", "value": ["node:22"]}], instructions),
	},
}

_found(obj) := {[f.severity, f.path] | some f in log_files.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in log_files.violation with input as obj])

_first := "spec.template.spec.containers[0]"

_at(severity, below) := {[severity, concat("", [_first, below])]}

test_redirections if {
	every text in [
		"node a.js >> /var/log/a.log", "exec node a.js > a.log 2>&1", "node a.js 2> /srv/logs/err", "node a.js &> /x/a.log",
		"node a.js >| /x/a.log", "node a.js >& /x/a.log", "node a.js &>> logs/a.txt", "node a.js >> /var/log/a.log & wait",
	] {
		_found(_shell(text)) == _at("warning", ".command[2]")
	}
	every text in [
		"node a.js > /dev/stdout", "node a.js 2> /proc/self/fd/2", "node a.js < a.log", "node a.js > a.txt",
		"node migrate.js > /x/migrate.log; exec node a.js", "if [ -f x ]; then node a.js >> x.log; fi",
		"node a.js >> $WHERE", "node a.js 1< a.log", "node a.js > /x/a.txt", "node a.js >&2", "node a.js 3> /x/a.log",
		"exec node a.js $(date > /x/a.log)", "node a.js >> /x/audit.log",
		"node a.js >> /root/.pm2/logs/a.log",
	] {
		_found(_shell(text)) == set()
	}
	_found(_shell("node a.js >> /x/a.log & tail -f /x/a.log")) == _at("info", ".command[2]")
	_found(_shell("node a.js >> /x/a.log & tail -f /x/b.log")) == _at("warning", ".command[2]")
	_found(_shell("node a.js >> /x/a.log & cat /x/a.log")) == _at("warning", ".command[2]")
}

_by_volume := _of("Deployment", {
	"containers": [_container({"command": ["node", "a.js"], "volumeMounts": [{"name": "etc", "mountPath": "/etc/web"}]})],
	"volumes": [{"name": "other", "configMap": {"name": "other"}}, {"name": "etc", "configMap": {"name": "web"}}],
})

_by_map(text) := {[f.severity, f.path, f.msg, f.related] |
	some f in log_files.violation with input as _by_volume with data.inventory as {"namespace": {"shop": {"v1": {
		"ConfigMap": {
			"other": {"metadata": {"name": "other", "namespace": "shop"}, "data": {"a": "access_log /srv/logs/b.log;"}},
			"web": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"}, "data": {
				"a": text,
				"b": 7,
			}},
		},
	}}}}
}

test_config_maps if {
	every text in [
		"new winston.transports.File({filename: 'a.log'})", "x\n  transports: [new transports.DailyRotateFile ({}),",
	] {
		[found[2] | some found in _by_map(text)] == [concat("", [
			`observability/log-files: container "web" has winston write log files by ConfigMap web, `,
			"which no log collector reads; print to stdout and stderr",
		])]
	}
	every text in [
		"access_log /srv/logs/a.log main;", "  error_log /var/log/site/error.log;", "CustomLog \"/srv/logs/a.log\" combined",
		"x on;\nErrorLog /srv/a.log", "access_log off;\naccess_log /var/log/nginx/api.log;",
	] {
		_by_map(text) == {[
			"warning",
			"spec.template.spec.containers[0].volumeMounts[0]",
			concat("", [
				`observability/log-files: container "web" has its web server write log files by ConfigMap web, `,
				"which no log collector reads; print to stdout and stderr",
			]),
			[{
				"note": "names the files",
				"object": {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "web"},
				"path": "data.a",
			}],
		]}
	}
	every text in [
		"// new winston.transports.File({})", "new transports.Console(), new transports.File({})", "transports.Files(",
		"access_log /var/log/nginx/access.log;", "error_log /dev/stderr;", "access_log off;", "# access_log /srv/a.log;",
		"access_log syslog:server=x;", "CustomLog /proc/self/fd/1 common", "error_log /var/log/nginx/error.log",
	] {
		_by_map(text) == set()
	}
	count(_found(_by_volume)) == 0
	map := {"metadata": {"name": "web", "namespace": "shop"}, "data": {"a": "access_log /srv/logs/a.log;"}}
	every maps, number in {[map]: 1, [map, object.union(map, {"kind": "ConfigMap"})]: 0} {
		count(log_files.violation) == number with input as _by_volume
			with data.lib.onelayer.prepared as {"config_maps": {"shop/web": maps}, "images": {}}
	}
}

test_options if {
	every words in [
		["web", "--log-file", "/x/web.log"], ["web", "--log-file=/x/web.log"], ["gunicorn", "--access-logfile", "a.log"],
		["gunicorn", "--error-logfile=/srv/logs/e"], ["web", "--log_file=x.log"], ["web", "--logfile=x.log"],
		["web", "--log-path=/x/a.log"], ["web", "--log-file=/x/web.log", "--logtostderr=false"],
	] {
		_found(_with({"command": words})) == _at("warning", ".command[0]")
	}
	every words in [
		["gunicorn", "--access-logfile", "-"], ["web", "--log-file=/dev/stdout"], ["web", "--log-file"],
		["web", "--log-file=/x/web.log", "--alsologtostderr"], ["web", "--log-file=/x/web.log", "--logtostderr=true"],
		["supervisord", "--logfile=/x/s.log"], ["web", "--log-format", "/x/web.log"], ["--log-file", "/x/web.log"],
	] {
		_found(_with({"command": words})) == set()
	}
	_found(_with({"image": "mysql:8", "command": ["mysqld", "--log-file=/x/a.log"]})) == set()
	_found(_shell("if [ -f x ]; then web --log-file=/x/a.log; fi")) == set()
}

test_transports if {
	files := {"package.json": {"packageJSON": {"dependencies": {"winston-daily-rotate-file": "^5.0.0"}}}}
	cmd := [{"cmd": "cmd", "json": true, "value": ["node", "a.js"]}]
	path := `spec.files["package.json"].packageJSON.dependencies.winston-daily-rotate-file`
	_found(_image(files, cmd)) == {["warning", path]}
	dev := {"package.json": {"packageJSON": {"devDependencies": {"winston-daily-rotate-file": "^5.0.0", "log": "1"}}}}
	_found(_image(dev, cmd)) == set()
	plain := {"package.json": {"packageJSON": {"dependencies": {"winston": "3", "pino-roll": {"a": 1}}}}}
	_found(_image(plain, cmd)) == set()
}

test_transports_are_of_the_image if {
	files := {"package.json": {"packageJSON": {"dependencies": {"pino-roll": "1"}}}}
	img := object.union(_image(files, []), {"spec": {"refs": ["shop/web:1"]}})
	known := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"web": img}}}}
	count(log_files.violation) == 0 with input as _with({"command": ["node", "a.js"]}) with data.inventory as known
}

test_variables if {
	every name in ["LOG_FILE", "LOG_DIR", "LOG_PATH", "LOGFILE", "APP_LOG_DIR", "LOG_FILE_PATH", "LOGGING_FILE_NAME"] {
		_found(_with({"env": [{"name": name, "value": "/srv/logs"}]})) == _at("info", ".env[0]")
	}
	every name in ["KAFKA_LOG_DIRS", "LOG_LEVEL", "AUDIT_LOG_FILE", "BLOG_PATH", "LOG_FILE_SIZE"] {
		_found(_with({"env": [{"name": name, "value": "/srv/logs"}]})) == set()
	}
	every value in ["stdout", "/dev/stdout", "", true, "/srv/audit"] {
		_found(_with({"env": [{"name": "LOG_FILE", "value": value}]})) == set()
	}
	_found(_with({"env": [{"name": "LOG_FILE", "valueFrom": {}}]})) == set()
	_found(_with({"image": "redis:7", "env": [{"name": "LOG_FILE", "value": "/x/a.log"}]})) == set()
	_found(object.union(
		_with({"env": [{"name": "LOG_FILE", "value": "/x/a.log"}]}),
		{"metadata": {"namespace": "kube-system"}},
	)) == set()
}

test_variables_of_an_image if {
	img := _image({}, [
		{"cmd": "env", "value": ["LOG_DIR", "/srv/logs", "="]},
		{"cmd": "cmd", "json": true, "value": ["node", "a.js"]},
	])
	_found(img) == {["info", "spec.dockerfile[1].value[1]"]}
	named := object.union(img, {"spec": {"refs": ["shop/web:1"]}})
	known := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"web": named}}}}
	{f.severity | some f in log_files.violation with input as _with({}) with data.inventory as known} == set()
	asked := {"review": {"object": _with({})}}
	{f.severity | some f in log_files.violation with input as asked with data.inventory as known} == {"info"}
}

_confirmed(at) := _of("Deployment", {
	"containers": [_container({
		"env": [{"name": "LOG_FILE", "value": "/data/out/web.log"}],
		"volumeMounts": [{"name": "out", "mountPath": at}],
	})],
	"volumes": [{"name": "out", "emptyDir": {}}],
})

test_variables_that_a_volume_confirms if {
	_found(_confirmed("/data/out/")) == _at("warning", ".env[0]")
	_found(_confirmed("/data/ou")) == _at("info", ".env[0]")
}

_mounting(kind, mount, volume) := _of(kind, {
	"containers": [_container({"volumeMounts": [object.union({"name": "v"}, mount)]})],
	"volumes": [object.union({"name": "v"}, volume)],
})

_mounted := ".volumeMounts[0]"

test_volumes if {
	every at in ["/var/log", "/var/log/web", "/app/logs", "/app/log/"] {
		every volume in [{"emptyDir": {}}, {"hostPath": {"path": "/x"}}, {"persistentVolumeClaim": {}}, {"ephemeral": {}}] {
			_found(_mounting("Deployment", {"mountPath": at}, volume)) == _at("info", _mounted)
		}
		_found(_mounting("Deployment", {"mountPath": at, "readOnly": true}, {"emptyDir": {}})) == set()
		_found(_mounting("DaemonSet", {"mountPath": at}, {"emptyDir": {}})) == set()
		_found(_mounting("Deployment", {"mountPath": at}, {"configMap": {}})) == set()
		_found(_mounting("Deployment", {"mountPath": at}, {"name": "w", "emptyDir": {}})) == set()
	}
	every at in ["/app/catalog", "/app/logs/data", "/datalog", "/root/.pm2/logs", "/var/log/journal", "/audit/log", 7] {
		_found(_mounting("Deployment", {"mountPath": at}, {"emptyDir": {}})) == set()
	}
	host := {"hostPath": {"path": "/var/log/web"}}
	_found(_mounting("Deployment", {"mountPath": "/app/out"}, host)) == _at("warning", _mounted)
	_found(_mounting("Deployment", {"mountPath": "/app/out"}, {"hostPath": {"path": "/var/log/"}})) == set()
	_found(_mounting("Deployment", {"mountPath": "/app/out"}, {"hostPath": {"path": 7}})) == set()
}

test_volumes_of_claims if {
	claimed := object.union(
		_of("StatefulSet", {"containers": [_container({"volumeMounts": [{"name": "v", "mountPath": "/a/logs"}]})]}),
		{"spec": {"volumeClaimTemplates": [{"metadata": {"name": "v"}}]}},
	)
	_found(claimed) == _at("info", _mounted)
	_found(object.union(claimed, {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "w"}}]}})) == set()
}

_locked(volume, locked) := _of("Deployment", {
	"containers": [_container({
		"securityContext": {"readOnlyRootFilesystem": locked},
		"volumeMounts": [{"name": "v", "mountPath": "/var/log/nginx"}],
	})],
	"volumes": [object.union({"name": "v"}, volume)],
})

test_scratch if {
	_found(_locked({"emptyDir": {}}, true)) == set()
	_found(_locked({"emptyDir": {}}, false)) == _at("info", _mounted)
	_found(_locked({"persistentVolumeClaim": {}}, true)) == _at("info", _mounted)
}

test_the_pipeline_itself if {
	shell := {"command": ["sh", "-c", "node a.js >> /x/a.log"]}
	every image in ["fluent/fluentd:v1", "blacklabelops/logrotate"] {
		_found(_with(object.union(shell, {"image": image}))) == set()
	}
	_found(_of("Deployment", {"containers": [_container(shell), {"name": "s", "image": "fluent/fluentd"}]})) == set()
	_found(_of("Deployment", {"containers": [{"name": "w"}], "initContainers": [_container(shell)]})) == set()
}

test_files_that_are_linked if {
	linked := {"cmd": "run", "value": ["ln -sf /dev/stdout /x/a.log"]}
	start := {"cmd": "cmd", "json": false, "value": ["exec web >> /x/a.log"]}
	_found(_image({}, [linked, start])) == set()
	_found(_image({}, [{"cmd": "run", "value": ["touch /x/a.log"]}, start])) != set()
	_found(_image({}, [{"cmd": "run", "value": ["ln -sf /dev/stdout /x/b.log"]}, start])) != set()
	bare := {"cmd": "cmd", "json": false, "value": ["exec web >> a.log"]}
	_found(_image({}, [{"cmd": "run", "value": ["ln -sf /proc/1/fd/1 a.log"]}, bare])) == set()
}

test_paths_that_may if {
	parameters := {"rules": {"observability/log-files": {"parameters": {"allowed_paths": ["/x/keep/", "own.log"]}}}}
	every text in ["node a.js >> /x/keep/a.log", "node a.js >> own.log"] {
		count(log_files.violation) == 0 with input as _shell(text) with data.lib.onelayer.config as parameters
	}
	count(log_files.violation) == 1 with input as _shell("node a.js >> /x/keeper.log")
		with data.lib.onelayer.config as parameters
}

test_odd_types if {
	_found(_with({"env": "x", "volumeMounts": "/var/log", "command": {"log": 1}})) == set()
	_found(_of("Deployment", {"containers": [_container({"volumeMounts": [7]})], "volumes": "log"})) == set()
	_found(_image({"package.json": {"packageJSON": {"dependencies": "log"}}, "a": 7}, [])) == set()
}

test_messages if {
	_said(_shell("node a.js >> /x/a.log")) == concat("", [
		`observability/log-files: container "web" redirects the output of node to a file, `,
		"which no log collector reads; print to stdout and stderr",
	])
	contains(_said(_with({"command": ["web", "--log-file=/x/a.log"]})), "starts web with --log-file, which")
	contains(_said(_with({"env": [{"name": "LOG_DIR", "value": "/x/y"}]})), "is told by LOG_DIR to write log files, which")
	mounting := _mounting("Deployment", {"mountPath": "/a/logs"}, {"emptyDir": {}})
	contains(_said(mounting), "keeps logs on the volume v, which")
	files := {"package.json": {"packageJSON": {"dependencies": {"pino-roll": "1"}}}}
	contains(_said(_image(files, [])), "image Dockerfile depends on pino-roll to write log files, which")
}
