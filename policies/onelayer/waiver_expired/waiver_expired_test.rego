package lib.onelayer.policies.onelayer.waiver_expired_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.onelayer.waiver_expired

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
	found := waiver_expired.violation with input as _review with config as {"now": "2026-06-16"}
	found == {{
		"id": "onelayer/waiver-expired",
		"severity": "warning",
		"msg": "onelayer/waiver-expired: the waiver of process/one ended on 2026-06-15; ask ana",
		"object": {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"},
		"path": `metadata.annotations["onelayer.dev/ignore"]`,
		"evidence": [],
		"related": [],
	}}
}

test_another_waiver_is_not_reported if {
	waiver_expired.violation == set() with input as _review with config as {"now": "2026-06-15"}
}
