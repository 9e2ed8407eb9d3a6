package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_service(name, selector) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"selector": selector},
}

_labelled(name, labels) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main"}]}}},
}

_web_v1 := {"app": "web", "version": 1}

_traffic := {
	"web": _service("web", {"app": "web"}),
	"web-v1": _service("web-v1", {"version": "1", "app": "web"}),
	"api": _service("api", {"app": "api"}),
	"outside": _service("outside", {}),
	"odd": _service("odd", "app=web"),
	"none": object.remove(_service("none", {}), ["spec"]),
}

_shop := {
	"cluster": {},
	"namespace": {
		"shop": {
			"v1": {"Service": _traffic, "ConfigMap": {"web": {"kind": "ConfigMap"}}},
			"serving.knative.dev/v1": {"Service": {"web": {"apiVersion": "serving.knative.dev/v1", "kind": "Service"}}},
			"apps/v1": {"Deployment": {
				"web": _labelled("web", _web_v1),
				"web2": _labelled("web2", {"app": "web", "version": "2"}),
				"bare": _labelled("bare", null),
			}},
		},
		"other": {"apps/v1": {"Deployment": {"web": object.union(
			_labelled("web", {"app": "web"}),
			{"metadata": {"namespace": "other"}},
		)}}},
	},
}

_names(objects) := {obj.metadata.name | some obj in objects}

_selecting(labels) := _names(inventory.services_of("shop", labels))

_selected(name) := {pod.obj.metadata.name | some pod in inventory.workloads_of(_traffic[name])}

_prepared := object.union(computed, {}) if {
	computed := inventory.computed with data.inventory as _shop
}

test_services_of_a_namespace if {
	computed := inventory.computed with data.inventory as _shop
	_names(inventory.services_in("shop")) == object.keys(_traffic) with data.inventory as _shop
	_names(inventory.services_in("shop")) == object.keys(_traffic) with data.lib.onelayer.prepared as computed
	inventory.services_in("other") == [] with data.inventory as _shop
	inventory.services_in("other") == [] with data.lib.onelayer.prepared as computed
}

test_services_of_labels if {
	every found in [
		[found | found := _selecting(_web_v1) with data.inventory as _shop],
		[found | found := _selecting(_web_v1) with data.lib.onelayer.prepared as _prepared],
	] {
		found == [{"web", "web-v1"}]
	}
	_selecting({"app": "web"}) == {"web"} with data.inventory as _shop
	_selecting({"version": "1"}) == set() with data.lib.onelayer.prepared as _prepared
	_selecting(null) == set() with data.lib.onelayer.prepared as _prepared
	_selecting({}) == set() with data.inventory as _shop
	inventory.services_of("other", _web_v1) == [] with data.inventory as _shop
	inventory.services_of("other", _web_v1) == [] with data.lib.onelayer.prepared as _prepared
	inventory.services_of("shop", _web_v1) == []
}

test_a_second_backend_of_a_service if {
	sleeping := json.patch(_shop, [{
		"op": "add",
		"path": "namespace/shop/apps~1v1/Deployment/web2/spec/replicas",
		"value": 0,
	}])
	web := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
	wants := {"web": true, "web-v1": false, "api": false, "outside": false, "odd": false, "none": false}
	every name, want in wants {
		_shared(name, web) == want with data.inventory as _shop
		_shared(name, web) == want with data.lib.onelayer.prepared as _prepared
		_shared(name, web) == false with data.inventory as sleeping
	}
	_shared("web-v1", object.union(web, {"name": "web2"})) with data.inventory as _shop
	not inventory.shared(_traffic.web, web)
}

_shared(name, ref) if {
	inventory.shared(_traffic[name], ref)
} else := false

test_workloads_of_a_service if {
	wants := {"web": {"web", "web2"}, "web-v1": {"web"}, "api": set(), "outside": set(), "odd": set(), "none": set()}
	every name, want in wants {
		_selected(name) == want with data.inventory as _shop
		_selected(name) == want with data.lib.onelayer.prepared as _prepared
	}
}

test_services_beside_each_other if {
	files := [
		{"path": "a.yaml", "contents": _traffic.web},
		{"path": "b.yaml", "contents": _labelled("web", _web_v1)},
	]
	computed := inventory.computed with input as files
	_selecting(_web_v1) == {"web"} with data.lib.onelayer.prepared as computed
	_selected("web") == {"web"} with data.lib.onelayer.prepared as computed
}
