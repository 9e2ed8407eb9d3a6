package lib.onelayer.inventory_test

import data.lib.onelayer.inventory

_image(name, spec) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": name},
	"spec": spec,
}

_api := _image("api", {"refs": ["shop/api:1", 3], "dockerfile": []})

_web := _image("web", {"refs": [], "assumedRefs": ["shop/web"], "dockerfile": []})

_twin := _image("twin", {"refs": ["compose.onelayer.dev/shop/twin", "shop/twin"], "dockerfile": []})

_other_twin := _image("other-twin", {"refs": ["shop/twin:latest"], "dockerfile": []})

_workload(kind, name, image) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "main", "image": image, "command": ["x"]}]}}},
}

_job := {
	"apiVersion": "batch/v1",
	"kind": "Job",
	"metadata": {"name": "once", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "shop/web:latest"}]}}},
}

_scaler := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "scaler", "namespace": "shop"},
	"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}},
}

_compose := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Compose",
	"metadata": {"name": "shop"},
	"spec": {"services": {"twin": {"build": "."}, "odd": null, "api": {"image": "shop/api:1", "entrypoint": "x"}}},
}

_inventory := {
	"cluster": {"onelayer.dev/v1alpha1": {
		"Image": {"api": _api, "web": _web, "twin": _twin, "other-twin": _other_twin, "odd": 3},
		"Compose": {"shop": _compose},
	}},
	"namespace": {"shop": {
		"apps/v1": {"Deployment": {"api": _workload("Deployment", "api", "shop/api:1")}},
		"batch/v1": {"Job": {"once": _job}},
		"autoscaling/v2": {"HorizontalPodAutoscaler": {"scaler": _scaler}},
		"v1": {"ConfigMap": {"x": {}}},
	}},
}

test_images if {
	inventory.image_of("docker.io/shop/api:1") == {"obj": _api, "assumed": false} with data.inventory as _inventory
	inventory.image_of("shop/web:latest") == {"obj": _web, "assumed": true} with data.inventory as _inventory
	not inventory.image_of("shop/twin") with data.inventory as _inventory
	not inventory.image_of("") with data.inventory as _inventory
	not inventory.image_of("shop/api:2") with data.inventory as _inventory
	inventory.bases["shop/api:1"] == _api with data.inventory as _inventory
}

test_consumers if {
	uses := inventory.consumers("api") with data.inventory as _inventory
	[[use.object.kind, use.path, use.job, use.overrides, use.guarded] | some use in uses] == [
		["Deployment", ["spec", "template", "spec", "containers", 0, "image"], false, true, false],
		["Compose", ["spec", "services", "api"], false, true, true],
	]
	jobs := inventory.consumers("web") with data.inventory as _inventory
	[[use.job, use.overrides, use.note] | some use in jobs] == [[true, false, "Job once runs this image"]]
	built := inventory.consumers("twin") with data.inventory as _inventory
	[use.note | some use in built] == ["service twin runs this image"]
	inventory.consumers("none") == [] with data.inventory as _inventory
}

test_autoscalers if {
	found := inventory.autoscalers({
		"namespace": "shop", "kind": "Deployment",
		"name": "api",
	}) with data.inventory as _inventory
	found == [{
		"apiVersion": "autoscaling/v2",
		"kind": "HorizontalPodAutoscaler",
		"namespace": "shop",
		"name": "scaler",
	}]
	inventory.autoscalers({"namespace": "", "kind": "Deployment", "name": "api"}) == [] with data.inventory as _inventory
}

test_autoscalers_that_keep_two if {
	ref := {"namespace": "shop", "kind": "Deployment", "name": "api"}
	every minimum in [
		{},
		{"minReplicas": null},
		{"minReplicas": 1},
		{"minReplicas": 0},
		{"minReplicaCount": 1},
		{"maxReplicas": 2},
	] {
		scaled := object.union(_inventory, _scaled(minimum))
		computed := inventory.computed with data.inventory as scaled
		not inventory.kept_double(ref) with data.inventory as scaled
		not inventory.kept_double(ref) with data.lib.onelayer.prepared as computed
	}
	every minimum in [{"minReplicas": 2}, {"minReplicas": "${LEAST}"}, {"minReplicaCount": 3}] {
		scaled := object.union(_inventory, _scaled(minimum))
		computed := inventory.computed with data.inventory as scaled
		inventory.kept_double(ref) with data.inventory as scaled
		inventory.kept_double(ref) with data.lib.onelayer.prepared as computed
		[scaler.name | some scaler in inventory.autoscalers(ref)] == ["scaler"] with data.lib.onelayer.prepared as computed
	}
	not inventory.kept_double(ref)
}

_scaled(minimum) := {"namespace": {"shop": {"autoscaling/v2": {"HorizontalPodAutoscaler": {"scaler": object.union(
	_scaler,
	{"spec": minimum},
)}}}}}

test_preparation_is_used if {
	images := {"a:latest": [{"name": "api", "assumed": false}]}
	prepared := {"images": images, "bases": {"a:latest": _api}, "consumers": {}, "autoscalers": {}, "mesh": true}
	inventory.image_of("a") == {"obj": _api, "assumed": false} with data.lib.onelayer.prepared as prepared
	inventory.mesh with data.lib.onelayer.prepared as prepared
	assumed := {"images": {"b:latest": [{"name": "api", "assumed": true}]}, "bases": {}, "named": {"api": _api}}
	inventory.image_of("b") == {"obj": _api, "assumed": true} with data.lib.onelayer.prepared as assumed
}

test_preparation_equals_computation if {
	computed := inventory.computed with data.inventory as _inventory
	uses := inventory.consumers("api") with data.lib.onelayer.prepared as computed with data.inventory as _inventory
	uses == computed.consumers.api
}

test_without_an_inventory if {
	inventory.computed == {
		"images": {},
		"bases": {},
		"named": {},
		"consumers": {},
		"autoscalers": {},
		"mesh": false,
		"namespaces": {},
		"services": {},
		"pods": {},
		"named_services": {},
		"placed_services": {},
		"virtual_services": {},
		"entries": {},
		"policies": {},
		"config_maps": {},
		"monitors": {},
		"collectors": false,
		"scrapers": [],
		"neighbours": {},
	}
	not inventory.mesh
	not inventory.whole
}

test_without_the_module_that_holds_one if {
	inventory.computed.bases == {} with data.lib.onelayer.synced as {}
	inventory.computed.autoscalers == {} with data.lib.onelayer.synced as {}
}

test_mesh if {
	inventory.mesh with data.inventory as {"namespace": {"shop": {"networking.istio.io/v1": {}}}}
	inventory.mesh with data.inventory as {"cluster": {"policy.linkerd.io/v1alpha1": {}}}
	labelled := {"cluster": {"v1": {"Namespace": {"a": {"metadata": {"labels": {"istio.io/rev": "x"}}}}}}}
	inventory.mesh with data.inventory as labelled
	annotated := {"cluster": {"v1": {"Namespace": {"a": {"metadata": {"annotations": {"linkerd.io/inject": "enabled"}}}}}}}
	inventory.mesh with data.inventory as annotated
	not inventory.mesh with data.inventory as {"cluster": {"v1": {"Namespace": {"a": {}}}}, "namespace": {"a": {"v1": {}}}}
}

test_whole if {
	inventory.whole with data.lib.onelayer.unit as {"whole": true}
	not inventory.whole with data.lib.onelayer.unit as {"whole": false}
}

test_compose_ref if {
	inventory.compose_ref("shop", "web") == "compose.onelayer.dev/shop/web"
}

test_guarded if {
	guards := {"resources": {"limits": {"memory": "1Gi"}}, "livenessProbe": {"httpGet": {}}}
	named := {"name": "main", "image": "shop/api:1"}
	containers := [named, object.union(named, guards), object.union(named, object.remove(guards, ["livenessProbe"]))]
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": containers}}
	inventory_data := {
		"cluster": {"onelayer.dev/v1alpha1": {"Image": {"api": _api}}},
		"namespace": {"shop": {"v1": {"Pod": {"x": pod}}}},
	}
	uses := inventory.consumers("api") with data.inventory as inventory_data
	[[use.guarded, use.overrides] | some use in uses] == [[false, false], [true, false], [false, false]]
}

test_objects_of_one_input_know_each_other if {
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "x"},
		"spec": {"containers": [{"name": "main", "image": "shop/api:1"}]},
	}
	combined := [{"path": "a.yaml", "contents": _api}, {"path": "b.yaml", "contents": pod}]
	inventory.image_of("shop/api:1").obj == _api with input as combined
	uses := inventory.consumers(_api.metadata.name) with input as combined
	[use.object.name | some use in uses] == ["x"]
	not inventory.image_of("shop/api:1") with input as combined[0].contents
	not inventory.mesh with input as combined
}

test_a_mesh_in_the_same_input if {
	plain := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
	enrolled := object.union(plain, {"metadata": {"labels": {"istio-injection": "enabled"}}})
	own := {"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": {"name": "edge"}}
	inventory.mesh with input as {"kind": "List", "items": [plain, enrolled]}
	inventory.mesh with input as {"kind": "List", "items": [plain, own]}
	not inventory.mesh with input as {"kind": "List", "items": [plain, plain]}
	not inventory.mesh with input as own
}

test_a_namespace_in_the_same_input if {
	shop := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
	again := object.union(shop, {"spec": {}})
	list := {"kind": "List", "items": [shop, again, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}]}
	inventory.namespace("shop") == shop with input as list
	not inventory.namespace("x") with input as list
	handed := {"namespaces": {"shop": again}}
	inventory.namespace("shop") == again with input as list with data.lib.onelayer.prepared as handed
}

test_a_cluster_that_synced_nothing_of_a_namespace if {
	reviewed := {"review": {"object": _job}}
	inventory.empty with input as reviewed
	inventory.empty with input as reviewed with data.inventory as {"cluster": {"v1": {"Namespace": {"shop": {}}}}}
	not inventory.empty with input as reviewed with data.inventory as {"namespace": {"shop": {"v1": {}}}}
	not inventory.empty with input as _job
}
