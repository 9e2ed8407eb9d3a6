package lib.onelayer.policies.onelayer.config_test

import data.lib.onelayer.config as document
import data.lib.onelayer.policies.onelayer.config

_object := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Config",
	"metadata": {"name": ".onelayer.yaml"},
	"spec": {},
}

_ref := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Config", "namespace": "", "name": ".onelayer.yaml"}

test_a_sound_configuration_is_silent if {
	config.violation == set() with input as _object with document as {"strict": true}
}

test_a_wrong_setting_is_reported_at_its_place if {
	found := config.violation with input as _object with document as {"rules": {"process/nothing-of-ours": {}}}
	{[finding.id, finding.severity, finding.object, finding.path] | some finding in found} == {[
		"onelayer/config",
		"error",
		_ref,
		`spec.rules["process/nothing-of-ours"]`,
	]}
}

test_other_objects_do_not_answer_for_the_configuration if {
	service := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
	config.violation == set() with input as service with document as {"rules": 5}
}

test_a_wrong_waiver_is_reported_with_all_that_is_wrong if {
	review := {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "WaiverReview",
		"findings": [],
		"waivers": [{
			"source": "annotation",
			"object": {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"},
			"path": ["metadata", "annotations", "onelayer.dev/ignore"],
			"text": "process/one until=2026-06-15",
		}],
	}
	found := config.violation with input as review with document as {"now": "2026-06-15"}
	{[finding.msg, finding.object, finding.path] | some finding in found} == {[
		"onelayer/config: the waiver of process/one has no reason, has no owner",
		{"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"},
		`metadata.annotations["onelayer.dev/ignore"]`,
	]}
}
