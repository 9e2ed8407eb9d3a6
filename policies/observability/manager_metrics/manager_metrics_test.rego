package lib.onelayer.policies.observability.manager_metrics_test

import data.lib.onelayer.policies.observability.manager_metrics

_all := {[found.id, found.severity, found.path] | some found in manager_metrics.violation}

_image(files, words) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": files, "dockerfile": [
		{"cmd": "from", "sub": "", "json": false, "flags": [], "value": ["node:22"], "heredocs": [], "stage": 0},
		{"cmd": "cmd", "sub": "", "json": true, "flags": [], "value": words, "heredocs": [], "stage": 0},
	]},
}

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

_id := "observability/manager-metrics"

_ports(ports) := _deployment({"command": ["node", "x.js"], "ports": ports})

test_the_web_option if {
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2-runtime", "x.js", "--web"])
	_all == set() with input as _command(["pm2-runtime", "x.js", "--watch"])
	_all == set() with input as _command(["supervisord", "-n"])
}

_messages := {found.msg | some found in manager_metrics.violation}

test_what_a_command_does if {
	_all == {[_id, "warning", _run_path]} with input as _built("pm2 install pm2-prom-module", {})
	_messages == {concat("", [
		"observability/manager-metrics: image Dockerfile installs pm2-prom-module, ",
		"metrics of PM2 and not of the program; serve /metrics yourself",
	])} with input as _built("pm2 install pm2-prom-module", {})
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2", "web"])
	_messages == {concat("", [
		`observability/manager-metrics: container "api" starts pm2 web, `,
		"metrics of PM2 and not of the program; serve /metrics yourself",
	])} with input as _command(["pm2", "web"])
	_all == set() with input as _built("pm2 install pm2-logrotate", {})
	_all == set() with input as _command(["pm2", "ls"])
}

test_the_port_of_the_web_api if {
	place := "spec.template.spec.containers[0].ports[1]"
	_all == {[_id, "warning", place]} with input as _ports([{"containerPort": 80}, {"name": "PM2", "containerPort": 9615}])
	_all == {[_id, "warning", place]} with input as _deployment({
		"command": ["pm2-runtime", "x.js"],
		"ports": [{"containerPort": 80}, {"containerPort": 9615}],
	})
	_all == set() with input as _deployment({"command": ["supervisord", "-n"], "ports": [{"containerPort": 9615}]})
	_all == set() with input as _ports([{"name": "prometheus", "containerPort": 9615}])
	_all == set() with input as _ports([{"containerPort": 19615}, {"name": "9615"}, null])
	_all == set() with input as {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Compose",
		"metadata": {"name": "compose"},
		"spec": {"services": {"api": {"image": "x", "ports": [{"containerPort": 9615}]}}},
	}
}
