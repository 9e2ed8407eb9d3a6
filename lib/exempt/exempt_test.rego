package lib.onelayer.exempt_test

import data.lib.onelayer.config
import data.lib.onelayer.exempt

_today := {"now": "2026-06-15"}

_text := "process/one until=2026-06-15 owner=ana -- moves in June"

_ref := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

_found := {
	"id": "process/one",
	"object": _ref,
	"path": "spec",
	"file": "k8s/web.yaml",
	"line": 12,
	"doc": 0,
	"container": "web",
}

_annotation := {
	"source": "annotation",
	"object": _ref,
	"path": ["metadata", "annotations", "onelayer.dev/ignore"],
	"file": "k8s/web.yaml",
	"line": 7,
	"doc": 0,
	"whole": true,
	"text": _text,
}

_comment := {
	"source": "comment",
	"object": {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Waiver",
		"namespace": "",
		"name": "k8s/web.yaml:9",
	},
	"path": [],
	"file": "k8s/web.yaml",
	"line": 9,
	"from": 10,
	"to": 14,
	"doc": 1,
	"whole": true,
	"text": concat(" ", ["onelayer:ignore", _text]),
}

_review(findings, waivers) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "WaiverReview",
	"findings": findings,
	"waivers": waivers,
	"whole": true,
	"rules": {"process/one": "process/one", "process/old": "process/one", "mesh/two": "mesh/two"},
}

_waiver := {
	"reason": "moves in June",
	"owner": "ana",
	"until": "2026-06-15",
	"source": "annotation",
	"file": "k8s/web.yaml",
	"line": 7,
	"path": ["metadata", "annotations", "onelayer.dev/ignore"],
}

_changed(record, changes) := object.union(record, changes)

test_an_annotation_covers_a_finding_of_its_object if {
	review := _review([_found], [_annotation])
	exempt.covered == {0: _waiver} with input as review with config as _today
	exempt.expired == set() with input as review with config as _today
	exempt.unused == set() with input as review with config as _today
	exempt.malformed == set() with input as review with config as _today
}

test_an_annotation_leaves_other_objects_documents_and_rules_alone if {
	others := [
		_changed(_found, {"object": {"name": "api"}}),
		_changed(_found, {"object": {"namespace": "prod"}}),
		_changed(_found, {"doc": 4}),
		_changed(_found, {"id": "process/other"}),
	]
	exempt.covered == {} with input as _review(others, [_annotation]) with config as _today
}

test_a_waiver_holds_through_its_last_day if {
	review := _review([_found], [_annotation])
	exempt.covered == {0: _waiver} with input as review with config as {"now": "2026-01-01"}
	exempt.covered == {0: _waiver} with input as review with config as {"now": "2026-06-15"}
}

test_a_waiver_ends_after_its_last_day if {
	review := _review([_found], [_annotation])
	exempt.covered == {} with input as review with config as {"now": "2026-06-16"}
	exempt.unused == set() with input as review with config as {"now": "2026-06-16"}
	late := exempt.expired with input as review with config as {"now": "2026-06-16"}
	[[waiver.ids, waiver.until, waiver.owner, waiver.path, waiver.obj] | some waiver in late] == [[
		["process/one"],
		"2026-06-15",
		"ana",
		["metadata", "annotations", "onelayer.dev/ignore"],
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"}},
	]]
}

test_the_clock_counts_where_the_configuration_says_nothing if {
	review := _review([_found], [_annotation])
	exempt.covered == {0: _waiver} with input as review with time.now_ns as 1781567999000000000
	exempt.covered == {} with input as review with time.now_ns as 1781568000000000000
	exempt.covered == {} with input as review with config as {"now": "soon"} with time.now_ns as 1781568000000000000
}

test_a_comment_covers_the_lines_that_it_speaks_for if {
	found := [_changed(_found, {"line": line}) | some line in [9, 10, 14, 15]]
	other := [_changed(_found, {"file": "k8s/other.yaml"}), object.remove(_found, ["file"])]
	covered := exempt.covered with input as _review(array.concat(found, other), [_comment]) with config as _today
	{place: waiver.source | some place, waiver in covered} == {1: "comment", 2: "comment"}
}

test_a_waiver_may_name_several_rules_and_groups if {
	texts := [
		"process/one,mesh/two until=2027-01-01 owner=ana -- both",
		"process/one, mesh/two until=2027-01-01 owner=ana -- both",
		"# onelayer:ignore mesh/* process/* owner=ana until=2027-01-01 -- both",
		"/* onelayer:ignore process/one mesh/two owner=ana until=2027-01-01 -- both */",
	]
	found := [_found, _changed(_found, {"id": "mesh/two"}), _changed(_found, {"id": "traffic/three"})]
	every text in texts {
		review := _review(found, [_changed(_annotation, {"text": text})])
		covered := exempt.covered with input as review with config as _today
		{place: waiver.reason | some place, waiver in covered} == {0: "both", 1: "both"}
		exempt.malformed == set() with input as review with config as _today
	}
}

test_a_waiver_may_use_a_former_id if {
	record := _changed(_annotation, {"text": "process/old until=2027-01-01 owner=ana -- renamed"})
	covered := exempt.covered with input as _review([_found], [record]) with config as _today
	covered[0].reason == "renamed"
}

test_a_waiver_that_covers_nothing_is_unused_where_all_was_judged if {
	waivers := [_annotation, _changed(_comment, {"whole": false})]
	left := exempt.unused with input as _review([], waivers) with config as _today
	[waiver.source | some waiver in left] == ["annotation"]
}

test_every_waiver_that_covers_a_finding_is_used if {
	exempt.unused == set() with input as _review([_found], [_annotation, _comment]) with config as _today
}

test_the_first_waiver_speaks_for_a_finding_of_several if {
	covered := exempt.covered with input as _review([_found], [_comment, _annotation]) with config as _today
	covered[0].source == "comment"
}

test_a_waiver_that_is_wrong_covers_nothing_and_says_why if {
	cases := {
		"": ["names no rule", "has no reason", "has no owner", "has no end (until=YYYY-MM-DD)"],
		"process/one": ["has no reason", "has no owner", "has no end (until=YYYY-MM-DD)"],
		"process/one until=2027-01-01 owner=ana": ["has no reason"],
		"process/one until=2027-01-01 owner=ana --": ["has no reason"],
		"process/one until=2027-01-01 owner=ana -- ": ["has no reason"],
		"process/one until=2027-01-01 -- why": ["has no owner"],
		"process/one until=2027-02-30 owner=ana -- why": ["ends on no date: until=2027-02-30"],
		"process/one until=soon owner=ana -- why": ["ends on no date: until=soon"],
		"process/one until=2027-01-01 owner=ana token=abc -- why": ["has an unknown field token"],
		"proces/one until=2027-01-01 owner=ana -- why": ["names no known rule: proces/one"],
		"proces/* * until=2027-01-01 owner=ana -- why": ["names no known rule: proces/*, *"],
		"process until=2027-01-01 owner=ana -- why": ["names no known rule: process"],
	}
	every text, problems in cases {
		review := _review([_found], [_changed(_annotation, {"text": text})])
		exempt.covered == {} with input as review with config as _today
		wrong := exempt.malformed with input as review with config as _today
		[waiver.problems | some waiver in wrong] == [problems]
	}
}

test_a_record_without_text_is_malformed_and_no_error if {
	wrong := exempt.malformed with input as _review([_found], [{"text": 7}, {}]) with config as _today
	count(wrong) == 1
	[exempt.label(waiver) | some waiver in wrong] == ["no rule"]
}

test_a_waiver_goes_by_the_name_that_the_review_gives_it if {
	alias := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Waiver", "name": "3"}
	left := exempt.unused with input as _review([], [_changed(_annotation, {"as": alias})]) with config as _today
	[waiver.obj.metadata.name | some waiver in left] == ["3"]
}

test_label_lists_the_rules if exempt.label({"ids": ["a/b", "c/*"]}) == "a/b, c/*"

_entry := {"rule": "process/one", "reason": "agreed", "owner": "ana", "until": "2027-01-01"}

_configured(entries) := object.union(_today, {"waivers": entries})

test_a_waiver_of_the_configuration_covers_everywhere_unless_it_says_where if {
	matches := [
		{},
		{"kind": "Deployment"},
		{"kind": "apps/Deployment", "namespace": "shop", "name": "web"},
		{"namespace": "sh*", "name": "w*b"},
		{"file": "k8s/*.yaml"},
		{"file": "**/web.yaml", "container": "web"},
	]
	every match in matches {
		document := _configured([object.union(_entry, {"match": match})])
		covered := exempt.covered with input as _review([_found], []) with config as document
		covered == {0: {
			"reason": "agreed",
			"owner": "ana",
			"until": "2027-01-01",
			"source": "config",
			"path": ["spec", "waivers", 0],
		}}
	}
}

test_a_waiver_of_the_configuration_leaves_out_what_does_not_match if {
	matches := [
		{"kind": "Service"},
		{"kind": "batch/Deployment"},
		{"namespace": "prod"},
		{"name": "we"},
		{"name": "["},
		{"file": "*.yaml"},
		{"container": "sidecar"},
	]
	every match in matches {
		document := _configured([object.union(_entry, {"match": match})])
		exempt.covered == {} with input as _review([_found], []) with config as document
		left := exempt.unused with input as _review([_found], []) with config as document
		[waiver.path | some waiver in left] == [["spec", "waivers", 0]]
	}
}

test_a_match_on_what_is_unknown_does_not_match if {
	document := _configured([object.union(_entry, {"match": {"file": "k8s/web.yaml", "container": "web"}})])
	bare := object.remove(_found, ["file", "container"])
	exempt.covered == {} with input as _review([bare], []) with config as document
}

test_a_wrong_waiver_of_the_configuration_is_malformed if {
	cases := [
		["text", ["is no object", "names no rule", "has no reason", "has no owner", "has no end (until=YYYY-MM-DD)"]],
		[object.remove(_entry, ["owner"]), ["has no owner"]],
		[object.union(_entry, {"reason": 5}), ["has no reason"]],
		[object.union(_entry, {"rule": "process/*, mesh/nine"}), ["names no known rule: mesh/nine"]],
		[object.union(_entry, {"match": []}), ["has a match that is no object"]],
		[
			object.union(_entry, {"team": "x", "match": {"kind": 5, "labels": "x"}}),
			[
				"has an unknown field team",
				"has an unknown or wrong field match.kind",
				"has an unknown or wrong field match.labels",
			],
		],
	]
	every example in cases {
		document := _configured([example[0]])
		exempt.covered == {} with input as _review([_found], []) with config as document
		wrong := exempt.malformed with input as _review([_found], []) with config as document
		[waiver.problems | some waiver in wrong] == [example[1]]
	}
}

test_waivers_that_are_no_list_are_none if {
	exempt.covered == {} with input as _review([_found], "x") with config as _configured("x")
	exempt.malformed == set() with input as _review([_found], "x") with config as _configured("x")
}

test_findings_that_are_no_list_are_none if {
	exempt.covered == {} with input as _review("x", [_annotation]) with config as _today
}

_annotated(text) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop", "annotations": {"onelayer.dev/ignore": text}},
	"spec": {"template": {"metadata": {"annotations": {"onelayer.dev/ignore": "mesh/two"}}}},
}

test_annotations_of_the_object_and_its_pod_template_declare_waivers if {
	declared := exempt.declared with input as _annotated("process/one\n\n process/three \n")
	declared == {
		{
			"source": "annotation",
			"object": _ref,
			"path": ["metadata", "annotations", "onelayer.dev/ignore"],
			"text": "process/one",
		},
		{
			"source": "annotation",
			"object": _ref,
			"path": ["metadata", "annotations", "onelayer.dev/ignore"],
			"text": "process/three",
		},
		{
			"source": "annotation",
			"object": _ref,
			"path": ["spec", "template", "metadata", "annotations", "onelayer.dev/ignore"],
			"text": "mesh/two",
		},
	}
}

test_annotations_of_a_cron_job_declare_waivers if {
	job := {
		"kind": "CronJob",
		"spec": {"jobTemplate": {
			"metadata": {"annotations": {"onelayer.dev/ignore": "process/a"}},
			"spec": {"template": {"metadata": {"annotations": {"onelayer.dev/ignore": "process/b"}}}},
		}},
	}
	texts := {waiver.text | some waiver in exempt.declared} with input as job
	texts == {"process/a", "process/b"}
}

test_an_annotation_that_is_no_text_declares_nothing if {
	declared := exempt.declared with input as {"kind": "Pod", "metadata": {"annotations": {"onelayer.dev/ignore": 5}}}
	declared == set()
	none := exempt.declared with input as {"kind": "Pod", "metadata": "x", "spec": []}
	none == set()
}

test_outside_a_review_the_annotations_of_the_input_cover_its_findings if {
	bare := {"id": "process/one", "object": _ref}
	waiver := exempt.waiver_for(bare) with input as _annotated(_text) with config as _today
	waiver == {
		"reason": "moves in June",
		"owner": "ana",
		"until": "2026-06-15",
		"source": "annotation",
		"path": ["metadata", "annotations", "onelayer.dev/ignore"],
	}
	not exempt.waiver_for(bare) with input as _annotated("other") with config as _today
}

test_outside_a_review_nothing_is_said_about_the_waivers_themselves if {
	exempt.expired == set() with input as _annotated(_text) with config as {"now": "2030-01-01"}
	exempt.malformed == set() with input as _annotated("wrong") with config as _today
	exempt.unused == set() with input as _annotated(_text) with config as _today
	exempt.covered == {} with input as _annotated(_text) with config as _today
}

test_in_a_cluster_annotations_count_only_where_the_constraint_allows_it if {
	bare := {"id": "process/one", "object": _ref}
	request := {"object": _annotated(_text)}
	not exempt.waiver_for(bare) with input as {"review": request} with config as _today
	allowed := {"review": request, "parameters": {"annotation_waivers": true, "now": "2026-06-15"}}
	waiver := exempt.waiver_for(bare) with input as allowed
	waiver.owner == "ana"
}

test_in_a_cluster_the_waivers_of_the_constraint_count if {
	review := {"review": {"object": _annotated("x")}, "parameters": _configured([_entry])}
	waiver := exempt.waiver_for({"id": "process/one", "object": _ref}) with input as review
	waiver.source == "config"
}

test_the_surroundings_of_a_finding_come_from_the_input if {
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "web"},
		"spec": {"containers": [{"name": "a"}, {"name": "b"}]},
	}
	found := {
		"id": "process/one",
		"object": {"apiVersion": "v1", "kind": "Pod", "namespace": "", "name": "web"},
		"path": "spec.containers[1].image",
	}
	given := {"onelayer": {"document": pod, "file": "k8s/web.yaml"}}
	matching := _configured([object.union(_entry, {"match": {"container": "b", "file": "k8s/*.yaml"}})])
	exempt.accepted(found).owner == "ana" with input as given with config as matching
	other := _configured([object.union(_entry, {"match": {"container": "a"}})])
	not exempt.accepted(found) with input as given with config as other
	not exempt.accepted(found) with input as given with config as _today
	not exempt.present with input as given with config as _today
	exempt.present with input as given with config as other
	elsewhere := object.union(found, {"path": "spec", "object": {"name": "other"}})
	not exempt.accepted(elsewhere) with input as given with config as matching
}

test_outside_a_review_former_ids_count if {
	renamed := {"process/old": "process/one"}
	waiver := exempt.waiver_for({"id": "process/one", "object": _ref}) with input as _annotated(_text)
		with config as {"now": "2026-06-15"}
		with data.lib.onelayer.params.ids as renamed
	waiver.owner == "ana"
	former := replace(_text, "process/one", "process/old")
	same := exempt.waiver_for({"id": "process/one", "object": _ref}) with input as _annotated(former)
		with config as {"now": "2026-06-15"}
		with data.lib.onelayer.params.ids as renamed
	same.owner == "ana"
}

test_the_counted_records if {
	count(exempt.counted) == 2 with input as _annotated("process/one")
	exempt.counted == [] with input as {"review": {"object": _annotated("process/one")}}
}
