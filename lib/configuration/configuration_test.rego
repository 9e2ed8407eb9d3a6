package lib.onelayer.configuration_test

import data.lib.onelayer.config
import data.lib.onelayer.configuration

_pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": []}}

test_a_wrong_configuration_is_asked_about if {
	configuration.asked["onelayer.dev/Config"] == {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Config",
		"metadata": {"name": ".onelayer.yaml"},
		"spec": {"strict": 1},
	} with input as _pod with config as {"strict": 1}
	configuration.asked == {} with input as _pod with config as {"strict": true}
}

test_in_a_cluster_the_parameters_of_the_constraint_go_along if {
	review := {"review": {"object": _pod}, "parameters": {"strict": 1, "waivers": [1]}}
	own := configuration.asked with input as review
	own["onelayer.dev/Config"].review.object.spec.strict == 1
	own["onelayer.dev/Config"].parameters == review.parameters
	own["onelayer.dev/WaiverReview"].review == {}
	own["onelayer.dev/WaiverReview"].parameters == review.parameters
	native := {"kind": "AdmissionReview", "request": {"object": _pod}, "parameters": 1}
	asked := configuration.asked with input as native with config as {"strict": 1}
	asked["onelayer.dev/Config"].review.object.kind == "Config"
	not asked["onelayer.dev/Config"].parameters
}

test_waivers_are_asked_about if {
	annotated := object.union(_pod, {"metadata": {"annotations": {"onelayer.dev/ignore": "process/x"}}})
	review := configuration.asked["onelayer.dev/WaiverReview"] with input as annotated
	review.kind == "WaiverReview"
	review.whole == false
	[waiver.text | some waiver in review.waivers] == ["process/x"]
	review.rules["process/manager-entrypoint"] == "process/manager-entrypoint"
	not review.rules["onelayer/config"]
}
