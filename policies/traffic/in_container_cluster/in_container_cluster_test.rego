package lib.onelayer.policies.traffic.in_container_cluster_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.traffic.in_container_cluster
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in in_container_cluster.violation}

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

_joined(img) := {
	"images": {"shop/api:1.0": [{"name": "api", "assumed": false}]},
	"bases": {"shop/api:1.0": img},
	"consumers": {},
	"autoscalers": {},
	"mesh": false,
}

_id := "traffic/in-container-cluster"

_app_path := `spec.files["ecosystem.config.js"].ecosystem.apps[0]`

_env(value) := {"command": ["node", "server.js"], "env": [{"name": "WEB_CONCURRENCY", "value": value}]}

_env_path := "spec.template.spec.containers[0].env[0]"

_with_env(words) := object.union(_image({}, words), {"spec": {"dockerfile": array.concat(
	_image({}, words).spec.dockerfile,
	[{
		"cmd": "env",
		"sub": "",
		"json": false,
		"flags": [],
		"value": ["WEB_CONCURRENCY", "4", "="],
		"heredocs": [],
		"stage": 0,
	}],
)}})

test_workers_of_a_process_file if {
	place := sprintf("%s.instances", [_app_path])
	every instances, severity in {"max": "error", "0": "error", "4": "error", "1": "info"} {
		app := {"name": "api", "script": "x.js", "exec_mode": "cluster", "instances": instances}
		_all == {[_id, severity, place]} with input as _apps(app)
	}
	_all == {[_id, "warning", place]} with input as _apps({"script": "x.js", "instances": {"$expr": "count()"}})
	_all == {[_id, "error", place]} with input as _apps({"script": "x.py", "exec_mode": "fork", "instances": 2})
}

test_the_mode_alone if {
	app := {"script": "x.js", "exec_mode": "cluster"}
	_all == {[_id, "info", sprintf("%s.exec_mode", [_app_path])]} with input as _apps(app)
}

test_fork_mode_is_no_balancer if {
	_all == set() with input as _apps({"script": "x.js"})
	_all == set() with input as _apps({"script": "x.js", "exec_mode": "fork", "instances": 1})
}

test_workers_of_an_option if {
	command := ["pm2-runtime", "start", "x.js", "-i", "4"]
	place := "spec.template.spec.containers[0].command[0]"
	_all == {[_id, "error", place]} with input as _deployment({"command": command})
	_all == {[_id, "error", "spec.dockerfile[1].value[0]"]} with input as _image({}, command)
}

test_an_option_beside_a_process_file_stands_at_the_command if {
	img := _image(
		{"ecosystem.config.js": {"ecosystem": {"apps": [{"script": "x.js"}]}}},
		["pm2", "start", "ecosystem.config.js", "y.js", "-i", "2", "--no-daemon"],
	)
	_all == {[_id, "error", "spec.dockerfile[1].value[0]"]} with input as img
}

test_a_branch_is_no_certainty if {
	words := ["sh", "-c", "if test -f x; then pm2-runtime start x.js -i 4; fi"]
	_all == {[_id, "warning", "spec.dockerfile[1].value[2]"]} with input as _image({}, words)
}

_messages := {found.msg | some found in in_container_cluster.violation}

_said(text) := {sprintf("traffic/in-container-cluster: %s", [text])}

test_messages_say_how_many_workers if {
	every instances, text in {
		"max": "as many workers as the node has cores",
		"3": "3 workers",
		"1": "1 cluster worker",
	} {
		app := {"name": "api", "script": "x.js", "exec_mode": "cluster", "instances": instances}
		_messages == _said(sprintf(
			"image Dockerfile gives api %s, a balancer the mesh cannot see; run one process and add replicas",
			[text],
		)) with input as _apps(app)
	}
	app := {"name": "api", "script": "x.js", "instances": {"$expr": "count()"}}
	_messages == _said(concat("", [
		"image Dockerfile gives api workers in number by an expression, ",
		"a balancer the mesh cannot see; run one process and add replicas",
	])) with input as _apps(app)
}

test_the_message_names_the_limit_that_max_ignores if {
	container := {
		"command": ["pm2-runtime", "start", "x.js", "--name", "api", "-i", "max"],
		"resources": {"limits": {"cpu": "500m"}},
	}
	_messages == _said(concat("", [
		`container "api" gives api as many workers as the node has cores but a CPU limit of 500m; `,
		"run one process and add replicas",
	])) with input as _deployment(container)
	four := object.union(container, {"command": ["pm2-runtime", "start", "x.js", "--name", "api", "-i", "4"]})
	_messages == _said(concat("", [
		`container "api" gives api 4 workers, a balancer the mesh cannot see; `,
		"run one process and add replicas",
	])) with input as _deployment(four)
	empty := object.union(container, {"resources": {"limits": {"cpu": ""}}})
	_messages == _said(concat("", [
		`container "api" gives api as many workers as the node has cores, a balancer the mesh cannot see; `,
		"run one process and add replicas",
	])) with input as _deployment(empty)
}

test_web_concurrency_of_node if {
	_all == {[_id, "warning", _env_path]} with input as _deployment(_env("4"))
	every value in ["1", "auto", "-4", "1234567"] {
		_all == set() with input as _deployment(_env(value))
	}
	_all == set() with input as _deployment(object.union(_env("4"), {"command": ["gunicorn", "app"]}))
}

test_web_concurrency_can_be_left_alone if {
	rules := {_id: {"parameters": {"web_concurrency": false}}}
	_all == set() with input as _deployment(_env("4")) with config as {"rules": rules}
}

test_web_concurrency_is_told_where_it_stands if {
	img := _with_env(["node", "server.js"])
	_all == {[_id, "warning", "spec.dockerfile[2].value[1]"]} with input as img
	_all == set() with input as _deployment({}) with prepared as _joined(img)
}
