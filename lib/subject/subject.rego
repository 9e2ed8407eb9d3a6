# METADATA
# scope: package
# title: Subjects
# description: >-
#   What an entry judges: the objects of the input one after the other, each with what is known of all others.
package lib.onelayer.subject

import data.lib.onelayer.inventory
import data.lib.onelayer.join
import data.lib.onelayer.resource

# METADATA
# description: >-
#   The inputs to judge one by one, as {input, file, folder}: the review itself when a cluster asks, else every object
#   by itself, so that two objects of one name in two files stay apart. The folder is the one that the files of an
#   Image are relative to.
all := [{"input": input, "file": "", "folder": ""}] if {
	resource.in_cluster
} else := [{"input": {"onelayer": given}, "file": record.file, "folder": _folder(record)} |
	some record in _records
	given := {"document": record.obj, "file": record.file}
]

# METADATA
# description: What look-ups need of all objects together, computed once; null where there is one object only.
prepared := known if {
	resource.combined
	known := inventory.computed with input as join.combined
} else := inventory.computed if {
	count(resource.beside) > 0
} else := null

# METADATA
# description: The file that a finding about one of all is shown in; empty where it is not known.
file(judged, found) := trim_prefix(concat("/", [judged.folder, keys[0]]), "/") if {
	found.object.kind == "Image"
	groups := regex.find_all_string_submatch_n(`^spec\.files(?:\["([^"]+)"\]|\.([A-Za-z0-9_$-]+))`, found.path, 1)
	keys := [key | some key in array.slice(groups[0], 1, 3); key != ""]
} else := judged.file

_records := records if {
	resource.combined
	records := resource.all with input as join.combined
} else := resource.all

_folder(record) := trim_prefix(record.obj.spec.context, ".") if {
	is_string(record.obj.spec.context)
} else := trim_suffix(regex.replace(record.file, `[^/]*$`, ""), "/")
