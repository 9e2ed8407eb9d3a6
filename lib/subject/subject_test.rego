package lib.onelayer.subject_test

import data.lib.onelayer.subject

_pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": []}}

_scaler := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web"},
	"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}},
}

_combined := [{"path": "a.yaml", "contents": _pod}, {"path": "b.yaml", "contents": _scaler}]

test_objects_are_judged_one_by_one if {
	subject.all == [{
		"input": {"onelayer": {"document": _pod, "file": ""}},
		"file": "",
		"folder": "",
	}] with input as _pod
	[[judged.file, judged.input.onelayer.document.kind] | some judged in subject.all] == [
		["a.yaml", "Pod"],
		["b.yaml", "HorizontalPodAutoscaler"],
	] with input as _combined
}

test_a_review_is_judged_as_it_is if {
	review := {"review": {"object": _pod}, "parameters": {}}
	subject.all == [{"input": review, "file": "", "folder": ""}] with input as review
}

test_objects_beside_each_other_are_prepared_once if {
	subject.prepared.autoscalers["/Deployment/web"][0].ref.name == "web" with input as _combined
	list := {"apiVersion": "v1", "kind": "List", "items": [_pod, _scaler]}
	subject.prepared.autoscalers["/Deployment/web"][0].ref.name == "web" with input as list
	subject.prepared == null with input as _pod
	subject.prepared == null with input as {"review": {"object": _pod}}
}

test_a_finding_in_a_file_of_an_image_is_shown_there if {
	own := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "x"}}
	judged := {"input": {}, "file": "api/Dockerfile", "folder": "api"}
	at := {
		`spec.files["package.json"].packageJSON.scripts.start`: "api/package.json",
		"spec.files.Procfile.procfile.web": "api/Procfile",
		"spec.dockerfile[3]": "api/Dockerfile",
	}
	every path, file in at {
		subject.file(judged, {"object": own, "path": path}) == file
	}
	subject.file(judged, {"object": {"kind": "Deployment"}, "path": "spec.files.x"}) == "api/Dockerfile"
	top := object.union(judged, {"folder": ""})
	subject.file(top, {"object": own, "path": "spec.files.run"}) == "run"
}

test_files_of_images_lie_in_the_context if {
	own := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "x"}}
	folders := {".": "", "api": "api"}
	every context, folder in folders {
		img := object.union(own, {"spec": {"context": context}})
		[judged.folder | some judged in subject.all] == [folder] with input as img
	}
	alone := {"onelayer": {"file": "k/process.yml", "document": own}}
	[judged.folder | some judged in subject.all] == ["k"] with input as alone
}
