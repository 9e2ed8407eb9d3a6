package lib.onelayer.policies.observability.manager_logs_test

import data.lib.onelayer.policies.observability.manager_logs

_all := {[found.id, found.severity, found.path] | some found in manager_logs.violation}

_image(files, words) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": files, "dockerfile": [
		{"cmd": "from", "sub": "", "json": false, "flags": [], "value": ["node:22"], "heredocs": [], "stage": 0},
		{"cmd": "cmd", "sub": "", "json": true, "flags": [], "value": words, "heredocs": [], "stage": 0},
	]},
}

_apps(app) := _image(
	{"ecosystem.config.js": {"ecosystem": {"apps": [app]}}},
	["pm2-runtime", "start", "ecosystem.config.js"],
)

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]}}},
}

_built(run, files) := object.union(_image(files, ["node", "x.js"]), {"spec": {"dockerfile": array.concat(
	_image(files, ["node", "x.js"]).spec.dockerfile,
	[{"cmd": "run", "sub": "", "json": false, "flags": [], "value": [run], "heredocs": [], "stage": 0}],
)}})

_run_path := "spec.dockerfile[2].value[0]"

_cmd_path := "spec.template.spec.containers[0].command[0]"

_command(words) := _deployment({"command": words})

_id := "observability/manager-logs"

test_files_of_a_process_file if {
	place := `spec.files["ecosystem.config.js"].ecosystem.apps[0].out_file`
	_all == {[_id, "warning", place]} with input as _apps({
		"script": "x.js",
		"out_file": "/var/log/x.log",
		"error_file": "/dev/stderr",
		"time": true,
	})
	_all == set() with input as _apps({"script": "x.js", "out_file": "/x.log", "disable_logs": true})
}

test_options if {
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2-runtime", "x.js", "--output", "/x.log"])
	_all == set() with input as _command(["pm2-runtime", "x.js", "--output", "/dev/stdout"])
	_all == set() with input as _command(["pm2-runtime", "x.js", "--web"])
	_all == set() with input as _command(["pm2-runtime", "process.yml", "--output", "/x.log"])
	_all == set() with input as _command(["supervisord", "-n"])
}

test_modules if {
	_all == {[_id, "warning", _run_path]} with input as _built("pm2 install pm2-logrotate", {})
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2", "install", "pm2-logrotate"])
	_all == set() with input as _built("pm2 install pm2-prom-module", {})
}

test_the_tail_as_the_output if {
	_all == {[_id, "warning", "spec.template.spec.containers[0].command[2]"]} with input as _command([
		"sh", "-c",
		"pm2 start x.js && pm2 logs",
	])
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2", "log"])
	_all == set() with input as _command(["sh", "-c", "pm2 logs; exec node x.js"])
	_all == set() with input as _command(["pm2", "ls"])
}
