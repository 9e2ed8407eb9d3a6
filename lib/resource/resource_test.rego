package lib.onelayer.resource_test

import data.lib.onelayer.resource

_deployment := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}

_service := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": true}}

test_bare_object if {
	resource.all == [{"obj": _deployment, "kind": "apps/Deployment", "file": ""}] with input as _deployment
	not resource.in_cluster with input as _deployment
}

test_list if {
	list := {"apiVersion": "v1", "kind": "List", "items": [_deployment, _service, 3]}
	resource.all == [
		{"obj": _deployment, "kind": "apps/Deployment", "file": ""},
		{"obj": _service, "kind": "/Service", "file": ""},
	] with input as list
}

test_object_with_items_is_no_list if {
	odd := {"apiVersion": "v1", "kind": "Shelf", "items": [1]}
	resource.all == [{"obj": odd, "kind": "/Shelf", "file": ""}] with input as odd
}

test_admission_review if {
	namespace := {"kind": "Namespace", "metadata": {"name": "shop"}}
	review := {"kind": "AdmissionReview", "request": {"object": _deployment, "namespaceObject": namespace}}
	resource.all == [{"obj": _deployment, "kind": "apps/Deployment", "file": ""}] with input as review
	resource.in_cluster with input as review
	resource.namespace_object == namespace with input as review
}

test_namespace_without_a_name_is_none if {
	not resource.namespace_object with input as {"review": {"object": _deployment, "namespaceObject": {}}}
}

test_gatekeeper_review if {
	review := {"review": {"object": _deployment, "namespaceObject": null}, "parameters": {}}
	resource.all == [{"obj": _deployment, "kind": "apps/Deployment", "file": ""}] with input as review
	not resource.namespace_object with input as review
}

test_review_of_a_deletion if {
	review := {"review": {"object": null, "oldObject": _deployment}}
	resource.all == [{"obj": _deployment, "kind": "apps/Deployment", "file": ""}] with input as review
}

test_review_of_nothing if {
	resource.all == [] with input as {"review": {"object": null}}
}

test_combined if {
	combined := [
		{"path": "a.yaml", "contents": _deployment},
		{"path": "b.yaml", "contents": [_service]},
		{"path": "Dockerfile", "contents": [{"Cmd": "from", "Value": ["node"], "Flags": null}]},
	]
	records := resource.all with input as combined
	[[record.kind, record.file] | some record in records] == [
		["apps/Deployment", "a.yaml"],
		["/Service", "b.yaml"],
		["onelayer.dev/Image", "Dockerfile"],
	]
}

test_beside if {
	list := {"apiVersion": "v1", "kind": "List", "items": [_deployment, _service]}
	[record.kind | some record in resource.beside] == ["apps/Deployment", "/Service"] with input as list
	resource.beside == [] with input as _deployment
	resource.beside == [] with input as {"review": {"object": list}}
}

test_paths_of_files_are_plain if {
	records := resource.all with input as [{"path": "./k8s/a.yaml", "contents": _deployment}]
	records[0].file == "k8s/a.yaml"
}

test_single_document_with_its_file if {
	wrapped := {"onelayer": {"file": "compose.yaml", "document": {"services": {"web": {"image": "x"}}}}}
	records := resource.all with input as wrapped
	records == [{
		"kind": "onelayer.dev/Compose",
		"file": "compose.yaml",
		"obj": {
			"apiVersion": "onelayer.dev/v1alpha1",
			"kind": "Compose",
			"metadata": {"name": "compose-yaml", "annotations": {"onelayer.dev/source": "compose.yaml"}},
			"spec": {"services": {"web": {"image": "x"}}},
		},
	}]
}

test_dockerfile_of_conftest if {
	instructions := [{"Cmd": "CMD", "SubCmd": "", "JSON": true, "Flags": [], "Value": ["node"], "Stage": 0}]
	records := resource.all with input as instructions
	records[0].obj.spec == {"refs": [], "files": {}, "dockerfile": [{
		"cmd": "cmd",
		"sub": "",
		"json": true,
		"flags": [],
		"value": ["node"],
		"heredocs": [],
		"stage": 0,
	}]}
}

test_anything_else_is_no_resource if {
	resource.all == [] with input as "text"
	resource.all == [] with input as []
	resource.all == [{"obj": {"a": 1}, "kind": "/", "file": ""}] with input as {"a": 1}
}

test_of if {
	resource.of({"apps/Deployment"}) == [{
		"obj": _deployment, "kind": "apps/Deployment",
		"file": "",
	}] with input as _deployment
	resource.of({"/Service"}) == [] with input as _deployment
}

test_ref if {
	resource.ref(_deployment) == {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
	resource.ref(_service) == {"apiVersion": "v1", "kind": "Service", "namespace": "", "name": "true"}
	resource.ref({"metadata": 3}) == {"apiVersion": "", "kind": "", "namespace": "", "name": ""}
	resource.ref({"metadata": {"generateName": "web-"}}).name == "web-"
}

test_source if {
	resource.source({"metadata": {"annotations": {"onelayer.dev/source": "a/Dockerfile"}}}) == "a/Dockerfile"
	resource.source({"metadata": {"annotations": []}}) == ""
}

test_text if {
	resource.text("a") == "a"
	resource.text(3) == "3"
	resource.text(false) == "false"
	resource.text(null) == ""
	resource.text([1]) == ""
}

test_names if {
	regex.match(`^services-api-dockerfile-prod-[0-9a-f]{8}$`, resource.image_name("services/api/Dockerfile", "prod"))
	resource.compose_name("./deploy/Compose.yaml") == "deploy-compose-yaml"
}
