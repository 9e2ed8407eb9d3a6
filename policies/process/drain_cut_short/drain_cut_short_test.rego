package lib.onelayer.policies.process.drain_cut_short_test

import data.lib.onelayer.policies.process.drain_cut_short

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
	some f in drain_cut_short.violation with input as obj with data.lib.onelayer.config as config
}

_word := "spec.template.spec.containers[0].command[0]"

_text := "spec.template.spec.containers[0].command[2]"

_hook := "spec.template.spec.containers[0].lifecycle.preStop"

_stopping(command, hook, grace) := object.union(
	_deployment({"command": command, "lifecycle": {"preStop": hook}}),
	{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": grace}}}},
)

_shell_hook(text) := {"exec": {"command": ["sh", "-c", text]}}

test_pm2_kills_early if {
	_found(_deployment({"command": ["pm2-runtime", "a.js"]})) == {["warning", _word]}
	_found(_deployment({"command": ["pm2", "start", "a.js", "--no-daemon", "-k", "9000"]})) == set()
	_found(_deployment({"command": ["node", "a.js"]})) == set()
	_found(_deployment({"command": ["sh", "-c", "cd /srv && exec pm2-runtime a.js"]})) == {["warning", _text]}
	least := {"rules": {"process/drain-cut-short": {"parameters": {"min_drain_seconds": 1}}}}
	_set(_deployment({"command": ["pm2-runtime", "a.js"]}), least) == set()
}

test_timeout_in_the_environment if {
	env := [{"name": "PM2_KILL_TIMEOUT", "value": "8000"}]
	_found(_deployment({"command": ["pm2-runtime", "a.js"], "env": env})) == set()
	odd := [{"name": "PM2_KILL_TIMEOUT", "value": "long"}]
	_found(_deployment({"command": ["pm2-runtime", "a.js"], "env": odd})) == {["warning", _word]}
	declared := ["pm2", "start", "a.js", "--no-daemon", "-k", "1000"]
	_found(_deployment({"command": declared, "env": env})) == {["warning", _word]}
}

test_unknown_timeout if {
	app := {"script": "a.js", "kill_timeout": {"$expr": "process.env.T"}}
	files := {"process.yml": {"ecosystem": {"apps": [app]}}}
	_found(_image([_cmd(["pm2-runtime", "start", "process.yml"])], files)) == set()
}

test_hook_takes_the_grace if {
	_found(_stopping(["node", "a.js"], {"sleep": {"seconds": 30}}, 30)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], {"sleep": {"seconds": 29}}, 30)) == set()
	_found(_stopping(["node", "a.js"], {"sleep": {"seconds": "x"}}, 30)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 1m"), 45)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 10; sleep 20s"), 30)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 20 10"), 30)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 0.5h"), 60)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 0.1m"), 60)) == set()
	_found(_stopping(["node", "a.js"], {"exec": {"command": ["sleep", 40]}}, 30)) == {["error", _hook]}
	_found(_stopping(["node", "a.js"], _shell_hook("drain 40; drain 40m"), 30)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("nginx -s quit"), 0)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("nginx -s quit 99"), 30)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("sleep 40 & true"), 30)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("[ -f x ] || sleep 40"), 30)) == set()
	_found(_stopping(["node", "a.js"], _shell_hook("sleep forever"), 30)) == set()
	_found(_stopping(["node", "a.js"], {"exec": {"command": "sleep 40"}}, 30)) == set()
	_found(_stopping(["node", "a.js"], {"sleep": {"seconds": 30}}, "x")) == {["error", _hook]}
}

test_hook_and_drain if {
	command := ["pm2", "start", "a.js", "--no-daemon", "-k", "20000"]
	_found(_stopping(command, {"sleep": {"seconds": 15}}, 30)) == {["warning", _hook]}
	_found(_stopping(command, {"sleep": {"seconds": 10}}, 30)) == set()
	_found(_stopping(command, {"sleep": {"seconds": 40}}, 30)) == {["error", _hook]}
}

test_who_drains if {
	hook := {"sleep": {"seconds": 30}}
	job := {"apiVersion": "batch/v1", "kind": "Job"}
	_found(object.union(_stopping(["pm2-runtime", "a.js"], hook, 30), job)) == set()
	slow := ["pm2", "start", "a.js", "--no-daemon", "-k", "20000"]
	_found(object.union(_stopping(slow, {"sleep": {"seconds": 15}}, 30), job)) == set()
	knative := {"apiVersion": "serving.knative.dev/v1", "kind": "Service"}
	_found(object.union(_stopping(["pm2-runtime", "a.js"], hook, 30), knative)) == set()
	init := {"containers": [], "initContainers": [{"name": "i", "command": ["pm2-runtime", "a.js"]}]}
	_found({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": init}) == set()
}

test_a_script_of_the_image_as_hook if {
	files := {"stop.sh": {"script": ["sleep 45\n"]}}
	img := object.union(_image([_cmd(["node", "a.js"])], files), {"spec": {"refs": ["shop/web:1"]}})
	known := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"web": img}}}}
	hooked := _stopping(["node", "a.js"], {"exec": {"command": ["/bin/sh", "/stop.sh"]}}, 30)
	{f.severity | some f in drain_cut_short.violation with input as hooked with data.inventory as known} == {"error"}
	{f.severity | some f in drain_cut_short.violation with input as hooked} == set()
}

_meshed := {"namespaces": {
	"shop": {"labels": {"istio-injection": "enabled"}},
	"links": {"annotations": {"linkerd.io/inject": "enabled"}},
	"plain": {"labels": {"a": "b"}},
	"flat": {"labels": {"istio.io/dataplane-mode": "ambient"}},
}}

_classic := {"mesh": {"native_sidecars": false}}

_annotated(namespace, annotations, hook) := object.union(
	_stopping(["node", "a.js"], hook, 30),
	{"metadata": {"namespace": namespace}, "spec": {"template": {"metadata": {"annotations": annotations}}}},
)

_in_mesh(obj, config) := _set(obj, object.union(_meshed, config))

_config := "proxy.istio.io/config"

_wait := "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"

_key(severity, key) := {[severity, sprintf("spec.template.metadata.annotations[%q]", [key])]}

test_pm2_waits_longer_than_the_grace if {
	slow := ["pm2", "start", "a.js", "--no-daemon", "-k", "40000"]
	_found(_deployment({"command": slow})) == {["warning", "spec.template.spec.containers[0]"]}
	granted := {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 20}}}}
	_found(object.union(_deployment({"command": slow}), granted)) == {
		["warning", "spec.template.spec.terminationGracePeriodSeconds"],
	}
	enough := {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 40}}}}
	_found(object.union(_deployment({"command": slow}), enough)) == set()
	_found(_stopping(slow, {"sleep": {"seconds": 5}}, 30)) == {["warning", _hook]}
	app := {"script": "a.js", "kill_timeout": 40000}
	img := _image([_cmd(["pm2-runtime", "start", "process.yml"])], {"process.yml": {"ecosystem": {"apps": [app]}}})
	_found(img) == set()
	_found(object.union(_deployment({"command": slow}), {"apiVersion": "batch/v1", "kind": "Job"})) == set()
}

test_drains_of_the_proxy if {
	long := {_config: "terminationDrainDuration: 30s"}
	every namespace in ["shop", "unheard"] {
		_in_mesh(_annotated(namespace, long, {}), {}) == _key("warning", _config)
	}
	every namespace in ["plain", "flat", "links"] {
		_in_mesh(_annotated(namespace, long, {}), {}) == set()
	}
	every text in [
		"terminationDrainDuration: 29s", "terminationDrainDuration: long", "drainDuration: 60s",
		"{terminationDrainDuration: 60s, proxyMetadata: {EXIT_ON_ZERO_ACTIVE_CONNECTIONS: \"true\"}}",
	] {
		_in_mesh(_annotated("shop", {_config: text}, {}), {}) == set()
	}
	off := "{terminationDrainDuration: 60s, proxyMetadata: {EXIT_ON_ZERO_ACTIVE_CONNECTIONS: \"false\"}}"
	_in_mesh(_annotated("shop", {_config: off}, {}), {}) == _key("warning", _config)
	job := object.union(_annotated("shop", long, {}), {"apiVersion": "batch/v1", "kind": "Job"})
	_in_mesh(job, {}) == set()
}

test_waits_of_linkerd if {
	every value in ["30", 45] {
		_in_mesh(_annotated("links", {_wait: value}, {}), {}) == _key("warning", _wait)
		_in_mesh(_annotated("links", {_wait: value}, {}), _classic) == _key("error", _wait)
		_in_mesh(_annotated("links", {_wait: value}, {}), {"mesh": {"native_sidecars": true}}) == set()
		_in_mesh(_annotated("unheard", {_wait: value}, {}), {}) == _key("warning", _wait)
		_in_mesh(_annotated("plain", {_wait: value}, {}), {}) == set()
	}
	every value in ["29", "30s", "long", ["30"]] {
		_in_mesh(_annotated("links", {_wait: value}, {}), _classic) == set()
	}
}

test_classic_proxies_leave_before_the_hook if {
	hook := {"sleep": {"seconds": 10}}
	_in_mesh(_annotated("shop", {}, hook), _classic) == {["warning", _hook]}
	_in_mesh(_annotated("shop", {}, hook), {}) == set()
	_in_mesh(_annotated("shop", {}, {"sleep": {"seconds": 5}}), _classic) == set()
	_in_mesh(_annotated("shop", {_config: "terminationDrainDuration: 10s"}, hook), _classic) == set()
	counting := {_config: "proxyMetadata: {EXIT_ON_ZERO_ACTIVE_CONNECTIONS: true}"}
	_in_mesh(_annotated("shop", counting, hook), _classic) == set()
	_in_mesh(_annotated("links", {}, hook), _classic) == {["warning", _hook]}
	_in_mesh(_annotated("links", {_wait: "10"}, hook), _classic) == set()
	_in_mesh(_annotated("plain", {}, hook), _classic) == set()
	_in_mesh(_annotated("shop", {"sidecar.istio.io/nativeSidecar": "true"}, hook), _classic) == set()
	_in_mesh(_annotated("shop", {}, {"sleep": {"seconds": 30}}), _classic) == {["error", _hook]}
	job := object.union(_annotated("shop", {}, hook), {"apiVersion": "batch/v1", "kind": "Job"})
	_in_mesh(job, _classic) == set()
	img := object.union(_image([_cmd(["node", "a.js"])], {}), {"spec": {"refs": ["shop/web:1"]}})
	both := {"kind": "List", "items": [_annotated("shop", {}, hook), img]}
	_in_mesh(both, _classic) == {["warning", _hook]}
	mixed := {"kind": "List", "items": [
		_annotated("shop", {}, {"sleep": {"seconds": 1}}),
		_annotated("shop", {"sidecar.istio.io/nativeSidecar": "true"}, hook),
	]}
	_in_mesh(mixed, _classic) == set()
}

_said(obj, config) := concat("|", [f.msg |
	some f in drain_cut_short.violation with input as obj
		with data.lib.onelayer.config as object.union(_meshed, config)
])

test_messages_about_the_mesh if {
	_said(_annotated("shop", {}, {"sleep": {"seconds": 10}}), _classic) == concat("", [
		`process/drain-cut-short: container "web": preStop takes 10 s, the mesh's classic proxy leaves after 5 s; `,
		"use a native sidecar",
	])
	_said(_annotated("links", {_wait: "40"}, {}), {}) == concat("", [
		"process/drain-cut-short: proxy-wait-before-exit-seconds drains for 40 s of 30 s grace, so the mesh's proxy is ",
		"killed before it is done; raise the grace",
	])
	_said(_annotated("shop", {_config: "terminationDrainDuration: 1m"}, {}), {}) == concat("", [
		"process/drain-cut-short: terminationDrainDuration drains for 60 s of 30 s grace, so the mesh's proxy is ",
		"killed before it is done; raise the grace",
	])
	_said(_deployment({"command": ["pm2", "start", "a.js", "--no-daemon", "-k", "40000"]}), {}) == concat("", [
		`process/drain-cut-short: container "web": PM2 waits 40 s for a to end, of which Kubernetes grants 30 s; `,
		"start it itself",
	])
}
