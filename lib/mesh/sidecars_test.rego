package lib.onelayer.mesh_test

import data.lib.onelayer.mesh

_annotated(annotations) := {"obj": {}, "meta": {"annotations": annotations}, "spec": {}, "path": []}

_native(annotations) := mesh.native(_annotated(annotations))

test_native_sidecars if {
	every value, found in {"True": "true", "enabled": "true", "false": "false", "x": "unknown", "": "unknown"} {
		_native({"sidecar.istio.io/nativeSidecar": value}) == found
		_native({"config.linkerd.io/proxy-enable-native-sidecar": value}) == found
		mesh.native(_annotated({})) == found with data.lib.onelayer.config as {"mesh": {"native_sidecars": value}}
	}
	_native({"sidecar.istio.io/nativeSidecar": true}) == "true"
	mesh.native(_annotated({})) == "false" with data.lib.onelayer.config as {"mesh": {"native_sidecars": false}}
	_native({"sidecar.istio.io/nativeSidecar": "false"}) == "false" with data.lib.onelayer.config as {"mesh": {
		"native_sidecars": true,
	}}
}

test_native_sidecars_that_were_injected if {
	every name in ["istio-proxy", "linkerd-proxy"] {
		pod := {"obj": {}, "kind": "/Pod", "file": "", "path": ["spec"], "meta": {}, "spec": {"initContainers": [{
			"name": name,
			"restartPolicy": "Always",
		}]}}
		mesh.native(pod) == "true"
		mesh.native(json.remove(pod, ["/spec/initContainers/0/restartPolicy"])) == "unknown"
		mesh.native(json.patch(pod, [{"op": "replace", "path": "/spec/initContainers/0/name", "value": "x"}])) == "unknown"
	}
}

test_proxy_config if {
	mesh.proxy_config(_annotated({"proxy.istio.io/config": "terminationDrainDuration: 30s"})) == {
		"terminationDrainDuration": "30s",
	}
	every text in ["a: b: c", "text", 7, "[1]", {"a": 1}] {
		mesh.proxy_config(_annotated({"proxy.istio.io/config": text})) == {}
	}
	mesh.proxy_config(_annotated({})) == {}
}
