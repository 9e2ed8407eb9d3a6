package lib.onelayer.policies.process.restart_loop_test

import data.lib.onelayer.policies.process.restart_loop

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "web", "image": "shop/web:1"}, container)]}}},
}

_image(instructions, files) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "web", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {
		"refs": [],
		"files": files,
		"dockerfile": array.concat([{"cmd": "from", "value": ["node:22"]}], instructions),
	},
}

_cmd(words) := {"cmd": "cmd", "json": true, "value": words}

_found(obj) := _set(obj, {})

_set(obj, config) := {[f.severity, f.path] |
	some f in restart_loop.violation with input as obj with data.lib.onelayer.config as config
}

_text := "spec.template.spec.containers[0].command[2]"

_sh(text) := _deployment({"command": ["sh", "-c", text]})

test_endless_loop if {
	_found(_sh("while true; do node server.js; done")) == {["error", _text]}
	_found(_sh("while true; do node server.js; sleep 2; done")) == {["error", _text]}
	_found(_sh("while true; do node a.js; node b.js; done; echo over")) == {["error", _text]}
}

test_until_it_succeeds if {
	_found(_sh("until node server.js; do echo crashed; sleep 1; done")) == {["error", _text]}
	_found(_sh("while ! java -jar app.jar; do sleep 1; done")) == {["error", _text]}
	_found(_sh("until python migrate.py; do sleep 1; done; exec python app.py")) == set()
	_found(_sh("until node -e 'ping()'; do sleep 1; done")) == set()
	_found(_sh("until pg_isready; do sleep 1; done")) == set()
	_found(_sh("until node check.js && node server.js; do sleep 1; done")) == set()
	retried := ["sh", "-c", "until node server.js; do sleep 1; done"]
	_found(_image([_cmd(retried)], {})) == {["error", "spec.dockerfile[1].value[2]"]}
	_found({
		"apiVersion": "onelayer.dev/v1alpha1", "kind": "Compose", "metadata": {"name": "web"},
		"spec": {"services": {"web": {"image": "web", "command": retried}}},
	}) == {["error", "spec.services.web.command[2]"]}
	waiting := {"name": "wait", "command": ["sh", "-c", "until node server.js; do sleep 1; done"]}
	_found({
		"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
		"spec": {"initContainers": [waiting], "containers": [{"name": "web"}]},
	}) == set()
}

test_messages if {
	said := {text: found.msg |
		some text in ["while true; do node server.js; done", "until node server.js; do sleep 1; done"]
		some found in restart_loop.violation with input as _sh(text)
	}
	contains(said["while true; do node server.js; done"], "endless")
	contains(said["until node server.js; do sleep 1; done"], "until it succeeds")
}

test_loop_in_an_image if {
	text := "while true; do node server.js; done"
	_found(_image([_cmd(["sh", "-c", text])], {})) == {["error", "spec.dockerfile[1].value[2]"]}
	script := {"run.sh": {"script": [text]}}
	copied := {"cmd": "copy", "value": ["run.sh", "/run.sh"]}
	_found(_image([copied, _cmd(["/run.sh"])], script)) == {["error", "spec.files[\"run.sh\"].script[0]"]}
	_found(_image([copied, _cmd(["node", "server.js"])], script)) == set()
}

test_first_of_the_loop_is_named if {
	_found(_sh("node migrate.js; while true; do node server.js; done")) == {["error", _text]}
}

test_schedule_is_no_restart if {
	_found(_sh("while true; do node report.js; sleep 30; done")) == set()
	_found(_sh("while true; do node report.js; sleep $EVERY; done")) == set()
	_found(_sh("while true; do node report.js; sleep ${EVERY:-3}; done")) == {["error", _text]}
	limit := {"rules": {"process/restart-loop": {"parameters": {"schedule_seconds": 60}}}}
	_set(_sh("while true; do node report.js; sleep 30; done"), limit) == {["error", _text]}
}

test_wait_loop_and_helpers if {
	_found(_sh("until nc -z db 5432; do sleep 1; done; exec node server.js")) == set()
	_found(_sh("while true; do sleep 1; done")) == set()
	_found(_sh("for f in a b; do node $f; done")) == set()
}

test_only_helpers_follow if {
	_found(_sh("while true; do node server.js; done & wait; echo over")) == set()
	_found(_sh("while true; do node a.js; node b.js; done; node c.js && sleep 1")) != {["warning", _text]}
	_found(_sh("while true; do node server.js; break; done; sleep 9")) == {["error", _text]}
}

test_something_follows if {
	_found(_sh("while true; do node server.js; break; done; exec node other.js")) == set()
	_found(_sh("while true; do node m.js; done & exec node server.js")) == set()
}

test_restart_policy if {
	path := "spec.template.spec.restartPolicy"
	_policy(_deployment({}), "Never") == {["error", path]}
	_policy(_deployment({}), "Always") == set()
	_policy(_deployment({}), 3) == set()
	job := object.union(_deployment({}), {"apiVersion": "batch/v1", "kind": "Job"})
	_policy(job, "Always") == {["error", path]}
	_policy(job, "Never") == set()
	_policy(object.union(_deployment({}), {"apiVersion": "v1", "kind": "PodTemplate"}), "Never") == set()
}

_policy(obj, value) := _found(object.union(obj, {"spec": {"template": {"spec": {"restartPolicy": value}}}}))
