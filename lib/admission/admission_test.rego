package lib.onelayer.admission_test

import data.lib.onelayer.admission
import data.lib.onelayer.config

_deployment := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {
		"name": "web",
		"generation": 1,
		"labels": {"app": "web", "istio.io/rev": "stable"},
		"annotations": {"note": "a", "linkerd.io/inject": "enabled", "onelayer.dev/ignore": "x"},
	},
	"spec": {"replicas": 1},
	"status": {"readyReplicas": 0},
}

_review(request) := {"review": request, "parameters": {}}

_update(patches) := _review({
	"operation": "UPDATE",
	"object": json.patch(_deployment, patches),
	"oldObject": _deployment,
})

test_a_creation_is_judged if {
	not admission.silent with input as _review({"operation": "CREATE", "object": _deployment, "oldObject": null})
	not admission.silent with input as _review({"operation": "CONNECT", "object": _deployment, "oldObject": _deployment})
}

test_an_audit_is_judged if not admission.silent with input as _review({"object": _deployment})

test_what_is_no_review_is_judged if {
	not admission.silent with input as _deployment
	not admission.silent with input as object.union(_deployment, {"operation": "DELETE"})
	not admission.silent with input as _of(_pod([_owner("apps/v1", "ReplicaSet")])).review.object
}

test_a_deletion_is_silent if {
	admission.silent with input as _review({"operation": "DELETE", "object": null, "oldObject": _deployment})
	admission.silent with input as _review({"operation": "DELETE", "object": _deployment, "oldObject": _deployment})
	native := {"kind": "AdmissionReview", "request": {"operation": "DELETE", "object": null, "oldObject": _deployment}}
	admission.silent with input as native
}

test_an_object_that_is_being_deleted_is_silent if {
	day := "2026-06-15T00:00:00Z"
	admission.silent with input as _update([
		{"op": "add", "path": "/metadata/deletionTimestamp", "value": day},
		{"op": "replace", "path": "/spec/replicas", "value": 2},
	])
	not admission.silent with input as _update([
		{"op": "add", "path": "/metadata/deletionTimestamp", "value": null},
		{"op": "replace", "path": "/spec/replicas", "value": 2},
	])
}

test_an_object_that_is_there_to_be_looked_up_is_silent if {
	own := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "web"}}
	admission.silent with input as _review({"operation": "CREATE", "object": own})
	other := object.union(own, {"apiVersion": "my.onelayer.dev/v1"})
	not admission.silent with input as _review({"operation": "CREATE", "object": other})
}

test_an_update_of_the_status_is_silent if {
	admission.silent with input as _update([{"op": "replace", "path": "/status/readyReplicas", "value": 1}])
	admission.silent with input as _update([{"op": "remove", "path": "/status"}])
}

test_an_update_of_metadata_that_nobody_reads_is_silent if {
	admission.silent with input as _update([
		{"op": "replace", "path": "/metadata/generation", "value": 2},
		{"op": "replace", "path": "/metadata/annotations/note", "value": "b"},
		{"op": "add", "path": "/metadata/labels/notistio.io~1rev", "value": "b"},
		{"op": "add", "path": "/metadata/annotations/old-istio-way", "value": "b"},
		{"op": "add", "path": "/metadata/annotations/my.onelayer.dev~1x", "value": "b"},
	])
}

test_an_update_of_what_rules_read_is_judged if {
	changes := [
		["/spec/replicas", 2],
		["/apiVersion", "apps/v2"],
		["/metadata/labels/istio.io~1rev", "canary"],
		["/metadata/labels/istio-injection", "disabled"],
		["/metadata/annotations/fluentbit.io~1exclude", "true"],
		["/metadata/annotations/ad.datadoghq.com~1web.logs_exclude", "true"],
		["/metadata/annotations/linkerd.io~1inject", "disabled"],
		["/metadata/annotations/config.linkerd.io~1skip-outbound-ports", "80"],
		["/metadata/annotations/sidecar.istio.io~1inject", "false"],
		["/metadata/annotations/onelayer.dev~1ignore", "y"],
	]
	every change in changes {
		not admission.silent with input as _update([{"op": "add", "path": change[0], "value": change[1]}])
	}
	not admission.silent with input as _update([{"op": "remove", "path": "/metadata/annotations"}])
}

test_an_update_without_two_objects_is_judged if {
	not admission.silent with input as _review({"operation": "UPDATE", "object": _deployment, "oldObject": null})
	not admission.silent with input as _review({"operation": "UPDATE", "object": null, "oldObject": null})
	not admission.silent with input as _review({"operation": "UPDATE", "object": "x", "oldObject": "x"})
}

_owner(version, kind) := {"apiVersion": version, "kind": kind, "name": "web", "controller": true}

_pod(owners) := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "ownerReferences": owners}}

_of(obj) := _review({"operation": "CREATE", "object": obj})

test_what_a_controller_made_is_silent if {
	admission.silent with input as _of(_pod([_owner("apps/v1", "ReplicaSet")]))
	admission.silent with input as _of(_pod([{"kind": "Set"}, _owner("batch/v1", "Job")]))
	dependants := {["apps/v1", "ReplicaSet"], ["extensions/v1beta1", "ReplicaSet"], ["batch/v1", "Job"]}
	every dependant in dependants {
		obj := object.union(_pod([_owner("apps/v1", "Deployment")]), {"apiVersion": dependant[0], "kind": dependant[1]})
		admission.silent with input as _of(obj)
	}
}

test_what_no_controller_that_is_judged_made_is_judged if {
	owners := [
		[],
		null,
		["apps/v1"],
		[_owner("v1", "Node")],
		[_owner("example.com/v1", "ReplicaSet")],
		[object.remove(_owner("apps/v1", "ReplicaSet"), ["controller"])],
		[object.union(_owner("apps/v1", "ReplicaSet"), {"controller": false})],
		[object.union(_owner("apps/v1", "ReplicaSet"), {"controller": "true"})],
	]
	every list in owners {
		not admission.silent with input as _of(_pod(list))
	}
	deployment := object.union(_pod([_owner("argoproj.io/v1alpha1", "Rollout")]), {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
	})
	not admission.silent with input as _of(deployment)
}

test_the_configuration_may_have_dependants_judged if {
	owned := _of(_pod([_owner("apps/v1", "ReplicaSet")]))
	not admission.silent with input as owned with config as {"skip_owned": false}
	admission.silent with input as owned with config as {"skip_owned": true}
	admission.silent with input as owned with config as {"skip_owned": "false"}
	not admission.silent with input as object.union(owned, {"parameters": {"skip_owned": false}})
}

test_odd_metadata_is_no_error if {
	odd := {"operation": "UPDATE", "object": {"metadata": 5}, "oldObject": {"metadata": {"labels": []}}}
	admission.silent with input as _review(odd)
	listed := {"object": {"metadata": {"labels": ["istio-a"]}}, "operation": "UPDATE", "oldObject": {"metadata": {}}}
	admission.silent with input as _review(listed)
}
