package lib.onelayer.policies.observability.manager_metrics_test

import data.lib.onelayer.policies.observability.manager_metrics
import data.lib.onelayer.prepared

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

_shipped(packages) := _image({"package.json": {"packageJSON": packages}}, ["node", "x.js"])

test_a_module_among_the_dependencies if {
	place := `spec.files["package.json"].packageJSON.dependencies.pm2-prom-module`
	module := {"pm2-prom-module": "^2.6.0"}
	_all == {[_id, "warning", place]} with input as _shipped({"dependencies": module})
	_all == set() with input as _shipped({"devDependencies": module})
	_all == set() with input as _shipped({"dependencies": {"pm2-logrotate": "1", "prom-client": "15"}})
	_all == set() with input as _shipped({"dependencies": ["pm2-prom-module"]})
	_messages == {concat("", [
		"observability/manager-metrics: image Dockerfile ships pm2-prom-module, ",
		"metrics of PM2 and not of the program; use prom-client",
	])} with input as _shipped({"dependencies": module})
}

_apps(app) := _image({"pm2.json": {"ecosystem": {"apps": [app]}}}, ["pm2-runtime", "pm2.json"])

test_a_port_for_each_worker if {
	place := `spec.files["pm2.json"].ecosystem.apps[0].increment_var`
	app := {"script": "x.js", "instances": 4, "increment_var": "METRICS_PORT"}
	_all == {[_id, "warning", place]} with input as _apps(app)
	_all == set() with input as _apps(object.union(app, {"instances": 1}))
	_all == set() with input as _apps(object.union(app, {"increment_var": "PORT"}))
	_all == set() with input as _apps(object.union(app, {"increment_var": 1}))
	twin := {"script": "x.js", "instances": "max", "incrementVar": "promPort"}
	_all == {[_id, "warning", replace(place, "increment_var", "incrementVar")]} with input as _apps(twin)
}

_scraped(annotations, field, container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api"},
	"spec": {"template": {
		"metadata": {"annotations": annotations},
		"spec": {field: [object.union({"name": "api", "image": "shop/api:1.0"}, container)]},
	}},
}

test_a_scrape_that_reaches_one_worker if {
	on := {"prometheus.io/scrape": "true"}
	workers := {"command": ["pm2-runtime", "x.js", "-i", "4"]}
	place := `spec.template.metadata.annotations["prometheus.io/scrape"]`
	_all == {[_id, "warning", place]} with input as _scraped(on, "containers", workers)
	_all == {[_id, "warning", place]} with input as _scraped({"prometheus.io/scrape": true}, "containers", workers)
	_all == set() with input as _scraped({"prometheus.io/scrape": "false"}, "containers", workers)
	_all == set() with input as _scraped({}, "containers", workers)
	_all == set() with input as _scraped(on, "containers", {"command": ["pm2-runtime", "x.js", "-i", "1"]})
	_all == set() with input as _scraped(on, "containers", {"command": ["pm2-runtime", "x.py", "-i", "4"]})
	_all == set() with input as _scraped(on, "initContainers", workers)
	always := object.union(workers, {"restartPolicy": "Always"})
	_all == {[_id, "warning", place]} with input as _scraped(on, "initContainers", always)
}

test_whose_port_it_is if {
	ports := [{"name": "pm2", "containerPort": 9615}]
	_all == set() with input as {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Compose",
		"metadata": {"name": "compose"},
		"spec": {"services": {"api": {"image": "x", "ports": ports}}},
	}
	two := [
		{"name": "jobs", "image": "x", "command": ["pm2-runtime", "x.js"]},
		{"name": "api", "image": "x", "command": ["node", "x.js"], "ports": [{"containerPort": 9615}]},
	]
	_all == set() with input as {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "api"},
		"spec": {"containers": two},
	}
}

test_a_module_of_an_image_is_told_there if {
	joined := {
		"images": {"shop/api:1.0": [{"name": "api", "assumed": false}]},
		"bases": {"shop/api:1.0": _shipped({"dependencies": {"pm2-prom-module": "2"}})},
		"consumers": {},
		"autoscalers": {},
		"mesh": false,
	}
	_all == set() with input as _deployment({}) with prepared as joined
}
