# METADATA
# scope: package
# title: Findings
# description: >-
#   Makes the findings of every rule alike: identity and default severity come from the METADATA of the rule, the
#   message starts with the id and is short enough for a cluster's audit, paths are text. A message that is too long
#   keeps its start and the remedy after the last semicolon.
package lib.onelayer.finding

import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: >-
#   A finding from the metadata chain of the rule, the object judged and the details {msg, path, severity?, evidence?,
#   related?, root?}. Paths are lists of segments.
new(chain, obj, details) := object.union(
	{
		"id": id,
		"severity": params.severity(id, object.get(details, "severity", object.get(custom, "severity", "error"))),
		"msg": _cut(sprintf("%s: %s", [id, replace(resource.text(object.get(details, "msg", "")), "\n", " ")])),
		"object": resource.ref(obj),
		"path": path(object.get(details, "path", [])),
		"evidence": [_located(entry) | some entry in object.get(details, "evidence", [])],
		"related": [_located(entry) | some entry in object.get(details, "related", [])],
	},
	object.filter(details, ["root"]),
) if {
	custom := _custom(chain)
	id := object.get(custom, "id", "")
}

# METADATA
# description: >-
#   A list of segments as text: identifiers after dots, numbers and anything else in brackets, as in
#   spec.containers[0].env or metadata.annotations["example.com/name"].
path(segments) := trim_prefix(concat("", texts), ".") if {
	is_array(segments)
	texts := [_segment(segment) | some segment in segments]
} else := ""

_custom(chain) := [custom |
	some link in chain
	custom := link.annotations.custom
	custom.id
][0]

_segment(segment) := concat("", [".", segment]) if {
	is_string(segment)
	regex.match(`^[A-Za-z_$][A-Za-z0-9_$-]*$`, segment)
} else := sprintf("[%s]", [json.marshal(segment)])

_located(entry) := object.union(entry, {"path": path(entry.path)}) if {
	is_array(entry.path)
} else := entry

_cut(msg) := msg if {
	count(msg) <= 50
} else := msg if {
	_bytes(msg) <= 200
} else := concat("", [hex.decode(substring(text, 0, max(ends))), tail]) if {
	text := hex.encode(msg)
	tail := _tail(msg)
	limit := 400 - (2 * _bytes(tail))
	ends := {end |
		some end in [limit - 6, limit - 4, limit - 2, limit]
		not substring(text, end, 1) in {"8", "9", "a", "b"}
	}
}

_bytes(text) := count(hex.encode(text)) / 2

_tail(msg) := concat("", ["...; ", remedy]) if {
	parts := split(msg, "; ")
	count(parts) > 1
	remedy := parts[count(parts) - 1]
	_bytes(remedy) <= 100
} else := "..."
