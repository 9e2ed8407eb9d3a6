package lib.onelayer.finding_test

import data.lib.onelayer.finding

_chain := [
	{"path": ["lib", "x", "violation"]},
	{"path": ["lib", "x"], "annotations": {"title": "A title", "custom": {"id": "process/x", "severity": "warning"}}},
]

_obj := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"}}

_ref := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

_short := {
	"id": "process/x",
	"severity": "warning",
	"msg": "process/x: container web is wrong",
	"object": _ref,
	"path": "spec.replicas",
	"evidence": [],
	"related": [],
}

test_the_least_a_rule_says if {
	finding.new(_chain, _obj, {"msg": "container web is wrong", "path": ["spec", "replicas"]}) == _short
}

test_everything_a_rule_may_say if {
	details := {
		"msg": "container web is wrong",
		"path": ["spec", "replicas"],
		"severity": "info",
		"evidence": [{"note": "npm start", "path": ["spec", "files", "package.json"]}, {"note": "no place"}],
		"related": [{"note": "runs it", "object": _ref, "path": ["spec", 0]}],
		"root": "process/manager-entrypoint",
		"other": 1,
	}
	finding.new(_chain, _obj, details) == object.union(_short, {
		"severity": "info",
		"evidence": [{"note": "npm start", "path": `spec.files["package.json"]`}, {"note": "no place"}],
		"related": [{"note": "runs it", "object": _ref, "path": "spec[0]"}],
		"root": "process/manager-entrypoint",
	})
}

test_configuration_sets_the_severity if {
	details := {"msg": "container web is wrong", "path": ["spec", "replicas"], "severity": "warning"}
	found := finding.new(
		_chain, _obj,
		details,
	) with data.lib.onelayer.config as {"rules": {"process/x": {"severity": "error"}}}
	found == object.union(_short, {"severity": "error"})
}

test_severity_without_default if {
	finding.new([{"annotations": {"custom": {"id": "process/x"}}}], _obj, {"msg": "m", "path": []}) == {
		"id": "process/x",
		"severity": "error",
		"msg": "process/x: m",
		"object": _ref,
		"path": "",
		"evidence": [],
		"related": [],
	}
}

test_no_finding_without_id if {
	not finding.new([{"path": []}, {"annotations": {"custom": {"severity": "error"}}}], _obj, {"msg": "m", "path": []})
}

test_message_is_one_line if {
	finding.new(_chain, _obj, {"msg": "a\nb", "path": []}).msg == "process/x: a b"
}

test_message_that_is_a_number if {
	finding.new(_chain, _obj, {"msg": 3, "path": []}).msg == "process/x: 3"
}

_message(text) := finding.new(_chain, _obj, {"msg": text, "path": []}).msg

_times(word, n) := concat("", [word | some _ in numbers.range(1, n)])

test_message_of_200_bytes_is_whole if {
	_message(_times("x", 189)) == concat("", ["process/x: ", _times("x", 189)])
}

test_message_of_201_bytes_is_cut if {
	_message(_times("x", 190)) == concat("", ["process/x: ", _times("x", 186), "..."])
}

test_message_of_two_byte_letters if {
	_message(_times("é", 94)) == concat("", ["process/x: ", _times("é", 94)])
	_message(_times("é", 95)) == concat("", ["process/x: ", _times("é", 93), "..."])
	_message(concat("", ["x", _times("é", 95)])) == concat("", ["process/x: x", _times("é", 92), "..."])
}

test_message_of_three_byte_letters if {
	_message(_times("語", 63)) == concat("", ["process/x: ", _times("語", 63)])
	_message(_times("語", 64)) == concat("", ["process/x: ", _times("語", 62), "..."])
	_message(concat("", ["x", _times("語", 63)])) == concat("", ["process/x: x", _times("語", 61), "..."])
	_message(concat("", ["xx", _times("語", 63)])) == concat("", ["process/x: xx", _times("語", 61), "..."])
}

test_message_of_four_byte_letters if {
	every n in numbers.range(0, 3) {
		pad := _times("x", n)
		letters := floor((186 - n) / 4)
		_message(concat("", [pad, _times("😀", 60)])) == concat("", ["process/x: ", pad, _times("😀", letters), "..."])
	}
}

test_message_that_is_cut_keeps_the_remedy if {
	cut := _message(concat("", ["runs ", _times("x", 200), ", a second one; start the program itself"]))
	cut == concat("", ["process/x: runs ", _times("x", 155), "...; start the program itself"])
	whole := concat("", [_times("x", 80), "; ", _times("y", 100)])
	_message(whole) == concat("", ["process/x: ", whole])
	longest := concat("", [_times("x", 90), "; ", _times("y", 100)])
	_message(longest) == concat("", ["process/x: ", _times("x", 84), "...; ", _times("y", 100)])
}

test_message_with_a_remedy_that_is_too_long_is_cut_at_its_end if {
	text := concat("", ["runs; ", _times("x", 200)])
	_message(text) == concat("", ["process/x: runs; ", _times("x", 180), "..."])
}

test_path_of_identifiers_and_numbers if {
	finding.path(["spec", "template", "containers", 0, "env"]) == "spec.template.containers[0].env"
}

test_path_of_other_keys if {
	finding.path(["metadata", "annotations", "a.b/c", "$ref", "x-y", "0", "é", ""]) == concat("", [
		"metadata.annotations",
		`["a.b/c"].$ref.x-y["0"]["é"][""]`,
	])
}

test_path_that_starts_with_brackets if {
	finding.path([0, "a"]) == "[0].a"
	finding.path(["a b"]) == `["a b"]`
}

test_path_of_odd_values if {
	finding.path([]) == ""
	finding.path("spec") == ""
	finding.path([true, null, 1.5]) == "[true][null][1.5]"
}
