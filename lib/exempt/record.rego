package lib.onelayer.exempt

import data.lib.onelayer.params
import data.lib.onelayer.resource

_match_fields := {"kind", "namespace", "name", "file", "container"}

_config_fields := {"rule", "reason", "owner", "until", "match"}

_waivers := array.concat(_written, _configured)

_written := [_parsed(record) | some record in _texts]

_texts := input.waivers if {
	_review
	is_array(input.waivers)
} else := [record | some record in declared] if {
	_annotations_count
} else := []

_annotations_count if {
	not resource.in_cluster
} else if {
	params.config.annotation_waivers == true
}

_parsed(record) := object.union(fields, {"problems": _problems(fields, unknown)}) if {
	text := _bare(object.get(record, "text", ""))
	dashes := indexof(concat("", [text, " "]), " -- ")
	head := _head(text, dashes)
	words := [word | some word in regex.split(`[\s,]+`, head); word != ""]
	unknown := [sprintf("has an unknown field %s", [split(word, "=")[0]]) |
		some word in words
		contains(word, "=")
		not regex.match(`^(until|owner)=`, word)
	]
	fields := object.union(_position(record), {
		"ids": [word | some word in words; not contains(word, "=")],
		"until": _option(words, "until="),
		"owner": _option(words, "owner="),
		"reason": _tail(text, dashes),
	})
}

_bare(text) := trim_space(trim_prefix(inner, "onelayer:ignore")) if {
	is_string(text)
	inner := trim_space(trim_suffix(trim_space(trim_left(text, "#/* ")), "*/"))
} else := ""

_head(text, dashes) := substring(text, 0, dashes) if {
	dashes >= 0
} else := text

_tail(text, dashes) := trim_space(substring(text, dashes + 3, -1)) if {
	dashes >= 0
	dashes + 3 <= count(text)
} else := ""

_option(words, prefix) := values[0] if {
	values := [trim_prefix(word, prefix) | some word in words; startswith(word, prefix)]
	count(values) > 0
} else := ""

_position(record) := object.union(
	{
		"obj": _object_of(object.get(record, "as", object.get(record, "object", {}))), "path": object.get(
			record,
			"path", [],
		),
		"whole": false,
	},
	object.filter(record, {"source", "file", "line", "from", "to", "object", "doc", "whole"}),
)

_object_of(ref) := {
	"apiVersion": object.get(ref, "apiVersion", ""),
	"kind": object.get(ref, "kind", ""),
	"metadata": {"namespace": object.get(ref, "namespace", ""), "name": object.get(ref, "name", "")},
}

_configured := [waiver |
	is_array(params.config.waivers)
	some place, entry in params.config.waivers
	fields := {
		"source": "config",
		"obj": {"apiVersion": resource.api_version, "kind": "Config", "metadata": {"name": ".onelayer.yaml"}},
		"path": ["spec", "waivers", place],
		"whole": _review_whole,
		"ids": [id | some id in regex.split(`[\s,]+`, _string(entry, "rule")); id != ""],
		"until": _string(entry, "until"),
		"owner": _string(entry, "owner"),
		"reason": _string(entry, "reason"),
		"match": _match(entry),
	}
	waiver := object.union(fields, {"problems": _problems(fields, _config_problems(entry))})
]

_review_whole if {
	_review
	input.whole == true
} else := false

_string(entry, field) := trim_space(entry[field]) if {
	is_string(entry[field])
} else := ""

_match(entry) := entry.match if {
	is_object(entry.match)
} else := {}

_config_problems(entry) := ["is no object"] if {
	not is_object(entry)
} else := ["has a match that is no object"] if {
	not is_object(object.get(entry, "match", {}))
} else := array.concat(
	[sprintf("has an unknown field %s", [field]) | some field, _ in entry; not field in _config_fields],
	[sprintf("has an unknown or wrong field match.%s", [field]) |
		some field, wanted in _match(entry)
		not _match_field(field, wanted)
	],
)

_match_field(field, wanted) if {
	field in _match_fields
	is_string(wanted)
}

_problems(fields, others) := array.concat(others, [problem |
	some problem in [
		_missing(count(fields.ids) > 0, "names no rule"),
		_missing(fields.reason != "", "has no reason"),
		_missing(fields.owner != "", "has no owner"),
		_until_problem(fields.until),
		_unknown_rules(fields.ids),
	]
	problem != ""
])

_missing(true, _) := ""

_missing(false, problem) := problem

_until_problem(until) := "has no end (until=YYYY-MM-DD)" if {
	until == ""
} else := "" if {
	_date(until)
} else := sprintf("ends on no date: until=%s", [until]) if {
	until != ""
}

_unknown_rules(ids) := "" if {
	count(_unknown(ids)) == 0
} else := sprintf("names no known rule: %s", [concat(", ", _unknown(ids))])

_unknown(ids) := [id |
	_review
	is_object(input.rules)
	some id in ids
	not input.rules[_canonical(id)]
	not _known_group(id)
]

_known_group(id) if {
	endswith(id, "/*")
	some known, _ in input.rules
	startswith(known, trim_suffix(id, "*"))
}

_canonical(id) := input.rules[id] if {
	_review
	is_string(input.rules[id])
} else := object.get(params.ids, id, id)
