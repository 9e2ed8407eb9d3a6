package lib.onelayer.policies.resilience.manager_restart_policy_test

import data.lib.onelayer.policies.resilience.manager_restart_policy
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_restart_policy.violation}

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

_cmd_path := "spec.template.spec.containers[0].command[0]"

_command(words) := _deployment({"command": words})

_id := "resilience/manager-restart-policy"

_place := `spec.files["ecosystem.config.js"].ecosystem.apps[0].max_memory_restart`

_restarting := _apps({"script": "x.js", "max_memory_restart": "300M", "restart_delay": 0})

_uses(uses) := {"images": {}, "bases": {}, "consumers": {"api": uses}, "autoscalers": {}, "mesh": false}

_use(guarded, assumed) := {
	"object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api"},
	"path": ["spec"],
	"note": "runs this image",
	"job": false,
	"guarded": guarded,
	"assumed": assumed,
}

test_keys_of_a_process_file if {
	_all == {[_id, "warning", _place]} with input as _restarting
	_all == set() with input as _apps({"script": "x.js"})
}

test_nobody_else_owns_restarts_of_an_image if {
	_all == {[_id, "error", _place]} with input as _restarting with prepared as _uses([_use(false, false)])
	every use in [_use(true, false), _use(false, true)] {
		_all == {[_id, "warning", _place]} with input as _restarting with prepared as _uses([use])
	}
}

_guards := {"resources": {"limits": {"memory": "1Gi"}}, "livenessProbe": {"tcpSocket": {"port": 80}}}

test_options if {
	command := {"command": ["pm2-runtime", "x.js", "--max-memory-restart", "300M"]}
	_all == {[_id, "error", _cmd_path]} with input as _deployment(command)
	_all == {[_id, "warning", _cmd_path]} with input as _deployment(object.union(command, _guards))
	every name in object.keys(_guards) {
		doc := _deployment(object.union(command, object.remove(_guards, [name])))
		_all == {[_id, "error", _cmd_path]} with input as doc
	}
	_all == {[_id, "warning", "spec.dockerfile[1].value[0]"]} with input as _image({}, command.command)
}

test_a_branch_is_no_certainty if {
	words := ["sh", "-c", "if test -f x; then pm2-runtime x.js --max-memory-restart 300M; fi"]
	place := "spec.template.spec.containers[0].command[2]"
	_all == {[_id, "warning", place]} with input as _command(words)
}

test_other_options_and_ignored_ones if {
	_all == set() with input as _command(["pm2-runtime", "x.js", "--web"])
	_all == set() with input as _command(["pm2-runtime", "process.yml", "--max-memory-restart", "300M"])
	_all == set() with input as _command(["supervisord", "-n"])
}
