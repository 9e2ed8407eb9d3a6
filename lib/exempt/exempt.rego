# METADATA
# scope: package
# title: Waivers
# description: >-
#   Decides which accepted exception covers a finding, and which exceptions have expired, cover nothing or cannot be
#   read. A waiver is a comment (which only the tool can read), an annotation on the object or its pod template, or an
#   entry of the configuration. It names rules, a reason, an owner and its last day, and is valid through that day in
#   UTC.
package lib.onelayer.exempt

import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: The annotation that holds waivers, one on a line.
annotation := "onelayer.dev/ignore"

# METADATA
# description: >-
#   The waivers that the annotations of the judged objects declare, as records {source, object, path, text}; path is a
#   list of segments.
declared contains waiver if {
	some record in resource.all
	some meta_path in _meta_paths
	text := object.get(record.obj, array.concat(meta_path, ["annotations", annotation]), null)
	is_string(text)
	some line in split(text, "\n")
	trim_space(line) != ""
	waiver := {
		"source": "annotation",
		"object": resource.ref(record.obj),
		"path": array.concat(meta_path, ["annotations", annotation]),
		"text": trim_space(line),
	}
}

# METADATA
# description: >-
#   The waiver that covers a finding, as {reason, owner, until, source, file, line, path}; undefined when none does. A
#   finding is any object with id and object; file, line, container and doc narrow the match where they are known.
waiver_for(found) := object.filter(first, {"reason", "owner", "until", "source", "file", "line", "path"}) if {
	covering := _covering(found)
	count(covering) > 0
	first := _waivers[min(covering)]
}

# METADATA
# description: >-
#   The waiver that covers a finding of a judged object, as waiver_for; the file and the container of the finding are
#   taken from the input.
accepted(found) := waiver_for(object.union(_surroundings(found), found)) if present

# METADATA
# description: True when there is any waiver, complete or not.
present if count(_waivers) > 0

# METADATA
# description: The records of waivers that count beside those of the configuration.
counted := _texts

# METADATA
# description: For each finding of a waiver review that a waiver covers, by its place in the list, that waiver.
covered[place] := waiver if {
	some place, found in _findings
	waiver := waiver_for(found)
}

# METADATA
# description: The waivers that are complete and whose last day has passed.
expired contains waiver if {
	_review
	some waiver in _waivers
	count(waiver.problems) == 0
	waiver.until < _today
}

# METADATA
# description: The waivers in force that cover no finding, where the whole unit was judged.
unused contains waiver if {
	some place, waiver in _waivers
	_in_force(waiver)
	waiver.whole == true
	not place in _used
}

# METADATA
# description: The waivers that are incomplete or name an unknown rule; problems says what is wrong with each.
malformed contains waiver if {
	_review
	some waiver in _waivers
	count(waiver.problems) > 0
}

# METADATA
# description: The rules that a waiver names, as text.
label(waiver) := concat(", ", waiver.ids) if {
	count(waiver.ids) > 0
} else := "no rule"

_meta_paths := [
	["metadata"],
	["spec", "template", "metadata"],
	["spec", "jobTemplate", "metadata"],
	["spec", "jobTemplate", "spec", "template", "metadata"],
]

_review if {
	input.kind == "WaiverReview"
	input.apiVersion == resource.api_version
}

_findings := input.findings if {
	_review
	is_array(input.findings)
} else := []

_used := {place | some found in _findings; some place in _covering(found)}

_covering(found) := {place |
	some id in _names(found.id)
	some key in _keys_of_finding(found, id)
	some place in object.get(_by_key, key, set())
	_matches(_waivers[place], found)
}

_names(id) := [id, concat("", [split(id, "/")[0], "/*"])]

_keys_of_finding(found, id) := array.concat(certain, comments) if {
	certain := [_key(id, "config", ""), _key(id, "annotation", _object_key(found))]
	comments := [_key(id, "comment", found.file) | is_string(found.file)]
}

_key(id, origin, place) := concat("\n", [id, origin, place])

_object_key(record) := concat("\n", [
	resource.text(object.get(record, ["object", "apiVersion"], "")),
	resource.text(object.get(record, ["object", "kind"], "")),
	resource.text(object.get(record, ["object", "namespace"], "")),
	resource.text(object.get(record, ["object", "name"], "")),
	resource.text(object.get(record, "doc", "")),
])

_place(waiver) := "" if {
	waiver.source == "config"
} else := waiver.file if {
	waiver.source == "comment"
} else := _object_key(waiver)

_by_key[key] contains place if {
	some place, waiver in _waivers
	_in_force(waiver)
	some id in waiver.ids
	key := _key(_canonical(id), waiver.source, _place(waiver))
}

_in_force(waiver) if {
	count(waiver.problems) == 0
	waiver.until >= _today
}

_matches(waiver, _) if waiver.source == "annotation"

_matches(waiver, found) if {
	waiver.source == "comment"
	found.line >= waiver.from
	found.line <= waiver.to
}

_matches(waiver, found) if {
	waiver.source == "config"
	every field, wanted in waiver.match {
		_field_matches(field, wanted, found)
	}
}

_field_matches("kind", wanted, found) if {
	kinds := {found.object.kind, _group_kind(found.object)}
	wanted in kinds
}

_field_matches("namespace", wanted, found) if _like(wanted, null, resource.text(found.object.namespace))

_field_matches("name", wanted, found) if _like(wanted, null, resource.text(found.object.name))

_field_matches("file", wanted, found) if _like(wanted, ["/"], found.file)

_field_matches("container", wanted, found) if _like(wanted, null, found.container)

_group_kind(ref) := resource.group_kind({"apiVersion": ref.apiVersion, "kind": ref.kind})

_like(pattern, _, value) if pattern == value

_like(pattern, delimiters, value) if {
	contains(pattern, "*")
	glob.match(pattern, delimiters, value)
}

_surroundings(found) := object.union(_first("file", files), _first("container", names)) if {
	files := [record.file |
		some record in resource.all
		record.file != ""
		resource.ref(record.obj) == found.object
	]
	names := [container.name |
		some container in workload.containers
		resource.ref(container.obj) == found.object
		startswith(found.path, finding.path(container.path))
	]
}

_first(key, values) := {key: values[0]} if {
	count(values) > 0
} else := {}

_today := params.config.now if {
	_date(params.config.now)
} else := time.format([time.now_ns(), "UTC", "2006-01-02"])

_date(value) if {
	is_string(value)
	regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, value)
	time.parse_rfc3339_ns(concat("", [value, "T00:00:00Z"]))
}
