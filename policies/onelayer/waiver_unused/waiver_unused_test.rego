package lib.onelayer.policies.onelayer.waiver_unused_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.onelayer.waiver_unused

_review := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "WaiverReview",
	"findings": [],
	"waivers": [{
		"source": "annotation",
		"object": {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"},
		"path": ["metadata", "annotations", "onelayer.dev/ignore"],
		"whole": true,
		"text": "process/one until=2026-06-15 owner=ana -- agreed",
	}],
}

test_the_waiver_is_reported_where_it_stands if {
	found := waiver_unused.violation with input as _review with config as {"now": "2026-06-15"}
	found == {{
		"id": "onelayer/waiver-unused",
		"severity": "info",
		"msg": "onelayer/waiver-unused: the waiver of process/one covers no finding; remove it",
		"object": {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"},
		"path": `metadata.annotations["onelayer.dev/ignore"]`,
		"evidence": [],
		"related": [],
	}}
}

test_another_waiver_is_not_reported if {
	waiver_unused.violation == set() with input as _review with config as {"now": "2026-06-16"}
}
