package lib.onelayer.policies.process.proxy_lifecycle_script_test

import data.lib.onelayer.policies.process.proxy_lifecycle_script

_meshed := {"namespaces": {
	"shop": {"labels": {"istio-injection": "enabled"}},
	"plain": {"labels": {"a": "b"}},
	"flat": {"labels": {"istio.io/dataplane-mode": "ambient"}},
}}

_in(namespace, annotations, container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": namespace},
	"spec": {"template": {
		"metadata": {"annotations": annotations},
		"spec": {"containers": [object.union({"name": "web", "image": "shop/web:1"}, container)]},
	}},
}

_shell(text) := _in("shop", {}, {"command": ["sh", "-c", text]})

_all(obj, config) := {found |
	some found in proxy_lifecycle_script.violation with input as obj
		with data.lib.onelayer.config as object.union(_meshed, config)
}

_found(obj) := {[f.severity, f.path] | some f in _all(obj, {})}

_said(obj) := concat("|", [f.msg | some f in _all(obj, {})])

_at(below) := {["warning", concat("", ["spec.template.spec.containers[0]", below])]}

test_commands if {
	every text in [
		"node job.js; curl -fsI -X POST http://localhost:15020/quitquitquit",
		"wget -qO- --post-data= http://127.0.0.1:15000/quitquitquit",
		"until curl -fs http://localhost:15021/healthz/ready; do sleep 1; done; node a.js",
		"until curl -fs localhost:15020/healthz/ready; do sleep 1; done; node a.js", "pilot-agent wait && node a.js",
		"/usr/local/bin/pilot-agent request POST quitquitquit", "exec scuttle node a.js",
		"curl -X POST localhost:4191/shutdown", "while ! curl -s localhost:4191/ready; do sleep 1; done",
		"curl localhost:4191/live", "exec /bin/linkerd-await --shutdown -- node a.js",
	] {
		_found(_shell(text)) == _at(".command[2]")
	}
	every text in [
		"curl localhost:15020/stats/prometheus", "curl localhost:15000/config_dump", "curl localhost:4191/metrics",
		"node quitquitquit.js", "node a.js --port 15021", "pilot-agent proxy sidecar", "node my-scuttle.js", "scuttled x",
	] {
		_found(_shell(text)) == set()
	}
	_found(_in("shop", {}, {"command": ["/scuttle"], "args": ["node", "a.js"]})) == _at(".command[0]")
	_found(_in("shop", {}, {"args": ["linkerd-await", "--", "node", "a.js"]})) == _at(".args[0]")
}

test_hooks if {
	every field in ["postStart", "preStop"] {
		words := ["curl", "-X", "POST", "http://localhost:15020/quitquitquit"]
		hooked := _in("shop", {}, {"lifecycle": {field: {"exec": {"command": words}}}})
		_found(hooked) == _at(sprintf(".lifecycle.%s.exec.command", [field]))
	}
	_found(_in("shop", {}, {"lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}}})) == set()
	_found(_in("shop", {}, {"lifecycle": {"preStop": {"httpGet": {"path": "/quitquitquit", "port": 15020}}}})) == set()
}

test_variables if {
	every name in ["ENVOY_ADMIN_API", "ISTIO_QUIT_API"] {
		_found(_in("shop", {}, {"env": [{"name": name, "value": "http://127.0.0.1:15000"}]})) == _at(".env[0]")
	}
	_found(_in("shop", {}, {"env": [{"name": "API", "value": "scuttle"}]})) == set()
}

test_one_finding_for_each_container if {
	twice := {"command": ["scuttle", "x"], "env": [{"name": "ISTIO_QUIT_API", "value": "x"}]}
	_found(_in("shop", {}, twice)) == _at(".command[0]")
}

test_proxies_that_are_not_native if {
	text := {"command": ["sh", "-c", "scuttle node a.js"]}
	_found(_in("shop", {"sidecar.istio.io/nativeSidecar": "false"}, text)) == set()
	_found(_in("shop", {"sidecar.istio.io/nativeSidecar": "true"}, text)) != set()
	_all(_in("shop", {}, text), {"mesh": {"native_sidecars": false}}) == set()
	_all(_in("shop", {}, text), {"mesh": {"native_sidecars": "auto"}}) != set()
}

test_the_mesh_itself if {
	text := {"command": ["pilot-agent", "wait"]}
	_found(_in("shop", {"inject.istio.io/templates": "gateway"}, text)) == set()
	_found(_in("shop", {}, object.union(text, {"name": "istio-proxy", "image": "auto"}))) == set()
	part := {"spec": {"template": {"metadata": {"labels": {"app": "istiod"}}}}}
	_found(object.union(_in("shop", {}, text), part)) == set()
}

_image(instructions, files) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "web", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {
		"refs": ["shop/web:1"],
		"files": files,
		"dockerfile": array.concat([{"cmd": "from", "value": ["node:22"]}], instructions),
	},
}

test_images if {
	scuttling := _image([{"cmd": "entrypoint", "json": true, "value": ["/scuttle", "node", "a.js"]}], {})
	_found(scuttling) == {["warning", "spec.dockerfile[1].value[0]"]}
	script := {"start.sh": {"script": ["node a.js", "curl -X POST localhost:15020/quitquitquit"]}}
	scripted := _image([{"cmd": "cmd", "json": true, "value": ["/bin/sh", "/start.sh"]}], script)
	_found(scripted) == {["warning", `spec.files["start.sh"].script[1]`]}
	known := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"web": scuttling}}}}
	plain := _in("shop", {}, {})
	count(proxy_lifecycle_script.violation) == 0 with input as plain with data.inventory as known
	told := _image([{"cmd": "env", "value": ["ENVOY_ADMIN_API", "http://127.0.0.1:15000", "="]}], {})
	_found(told) == {["warning", "spec.dockerfile[1].value[1]"]}
	telling := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"web": told}}}}
	count(proxy_lifecycle_script.violation) == 0 with input as plain with data.inventory as telling
	asked := {"review": {"object": plain}}
	found := proxy_lifecycle_script.violation with input as asked with data.inventory as known
	{f.path | some f in found} == {"spec.template.spec.containers[0].image"}
}

test_holding_the_application if {
	hold := {"proxy.istio.io/config": "holdApplicationUntilProxyStarts: true"}
	path := `spec.template.metadata.annotations["proxy.istio.io/config"]`
	native := {"sidecar.istio.io/nativeSidecar": "true"}
	_found(_in("shop", object.union(hold, native), {})) == {["info", path]}
	_found(_in("shop", hold, {})) == set()
	_found(_in("shop", object.union(native, {"proxy.istio.io/config": "concurrency: 2"}), {})) == set()
	_found(_in("shop", object.union(native, {"proxy.istio.io/config": "a: b: c"}), {})) == set()
}

test_messages if {
	text := {"command": ["sh", "-c", "curl localhost:15020/quitquitquit"]}
	_said(_in("shop", {}, text)) == concat("", [
		`process/proxy-lifecycle-script: container "web" shuts Istio's proxy down; the mesh owns its proxy, `,
		"so use a native sidecar (sidecar.istio.io/nativeSidecar)",
	])
	every namespace in ["plain", "flat"] {
		_said(_in(namespace, {}, text)) == concat("", [
			`process/proxy-lifecycle-script: container "web" shuts Istio's proxy down; the mesh owns its proxy, `,
			"so remove it, no proxy runs in this Pod",
		])
	}
	every words, what in {
		"curl localhost:15021/healthz/ready": "waits for Istio's proxy", "pilot-agent wait": "calls Istio's pilot-agent",
		"scuttle a": "runs under scuttle", "curl localhost:4191/shutdown": "shuts Linkerd's proxy down",
		"curl localhost:4191/ready": "waits for Linkerd's proxy", "linkerd-await -- a": "runs under linkerd-await",
	} {
		contains(_said(_shell(words)), concat("", [`container "web" `, what, "; "]))
	}
	contains(_said(_shell("linkerd-await -- a")), "(config.linkerd.io/proxy-enable-native-sidecar)")
	contains(_said(_image([{"cmd": "cmd", "json": true, "value": ["/scuttle", "a"]}], {})), "image Dockerfile runs under")
	held := {"proxy.istio.io/config": "holdApplicationUntilProxyStarts: true", "sidecar.istio.io/nativeSidecar": "true"}
	contains(_said(_in("shop", held, {})), "adds nothing to a native sidecar, which starts first anyway; remove it")
}
