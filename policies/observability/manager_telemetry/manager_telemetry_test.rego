package lib.onelayer.policies.observability.manager_telemetry_test

import data.lib.onelayer.policies.observability.manager_telemetry
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_telemetry.violation}

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

_built(run, files) := object.union(_image(files, ["node", "x.js"]), {"spec": {"dockerfile": array.concat(
	_image(files, ["node", "x.js"]).spec.dockerfile,
	[{"cmd": "run", "sub": "", "json": false, "flags": [], "value": [run], "heredocs": [], "stage": 0}],
)}})

_run_path := "spec.dockerfile[2].value[0]"

_cmd_path := "spec.template.spec.containers[0].command[0]"

_command(words) := _deployment({"command": words})

_id := "observability/manager-telemetry"

_env(words, names) := _deployment({"command": words, "env": [{"name": name, "value": "x"} | some name in names]})

_env_path(index) := sprintf("spec.template.spec.containers[0].env[%d]", [index])

test_keys_of_pm2_plus if {
	doc := _env(["node", "x.js"], ["PM2_PUBLIC_KEY", "KEYMETRICS_SECRET", "PM2_HOME", "PM2_APP_NAME"])
	_all == {[_id, "warning", _env_path(0)], [_id, "warning", _env_path(1)]} with input as doc
	quiet := ["PM2_NO_INTERACTION", "PM2_MACHINE_NAME", "PATH"]
	_all == set() with input as _env(["pm2-runtime", "start", "x.js"], quiet)
}

test_bare_keys_count_under_pm2_only if {
	both := ["SECRET_KEY", "PUBLIC_KEY"]
	found := {[_id, "warning", _env_path(0)], [_id, "warning", _env_path(1)]}
	_all == found with input as _env(["pm2-runtime", "start", "x.js"], array.concat(both, ["PATH"]))
	every words in [["node", "x.js"], ["supervisord", "-n"], ["pm2", "ls"]] {
		_all == set() with input as _env(words, both)
	}
	every name in both {
		_all == set() with input as _env(["pm2-runtime", "start", "x.js"], [name])
	}
	_all == set() with input as _env(["pm2-runtime", "start", "x.js"], ["ROOT_URL", "SECRET_KEY"])
}

test_bare_keys_of_a_neighbour_are_its_own if {
	keys := [{"name": "SECRET_KEY", "value": "x"}, {"name": "PUBLIC_KEY", "value": "x"}]
	doc := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "api"},
		"spec": {"containers": [
			{"name": "api", "command": ["pm2-runtime", "start", "x.js"], "env": keys},
			{"name": "signer", "command": ["node", "sign.js"], "env": keys},
		]},
	}
	_all == {
		[_id, "warning", "spec.containers[0].env[0]"],
		[_id, "warning", "spec.containers[0].env[1]"],
	} with input as doc
}

test_keys_of_an_image_are_told_there if {
	img := object.union(_built("true", {}), {"spec": {"dockerfile": array.concat(
		_built("true", {}).spec.dockerfile,
		[{
			"cmd": "env",
			"sub": "",
			"json": false,
			"flags": [],
			"value": ["PM2_SECRET_KEY", "x", "="],
			"heredocs": [],
			"stage": 0,
		}],
	)}})
	_all == {[_id, "warning", "spec.dockerfile[3].value[1]"]} with input as img
	_all == set() with input as _deployment({}) with prepared as _joined(img)
}

test_options if {
	_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2-runtime", "start", "x.js", "--secret", "k"])
	_all == set() with input as _command(["pm2-runtime", "start", "x.js", "--web"])
	_all == set() with input as _command(["supervisord", "-n", "--secret", "k"])
}

test_keys_of_a_process_file if {
	place := `spec.files["ecosystem.config.js"].ecosystem.apps[0].deep_monitoring`
	_all == {[_id, "warning", place]} with input as _apps({"script": "x.js", "deep_monitoring": true, "trace": false})
}

test_sub_commands if {
	_all == {[_id, "warning", _run_path]} with input as _built("pm2 link a b", {})
	every verb in ["plus", "register", "monitor", "login", "link"] {
		_all == {[_id, "warning", _cmd_path]} with input as _command(["pm2", verb])
	}
	every verb in ["unlink", "save", "ls"] {
		_all == set() with input as _command(["pm2", verb])
	}
}

test_packages if {
	files := {"package.json": {"packageJSON": {
		"dependencies": {"pmx": "1", "express": "4"},
		"devDependencies": {"@pm2/io": "6"},
	}}}
	place := `spec.files["package.json"].packageJSON.dependencies.pmx`
	_all == {[_id, "warning", place]} with input as _built("true", files)
	_all == set() with input as _deployment({}) with prepared as _joined(_built("true", files))
}
