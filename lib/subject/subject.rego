# METADATA
# scope: package
# title: Subjects
# description: >-
#   What an entry judges: the objects of the input one after the other, each with what is known of all others, and the
#   inputs by which the rules about the configuration and about waivers are asked.
package lib.onelayer.subject

import data.lib.onelayer.exempt
import data.lib.onelayer.inventory
import data.lib.onelayer.join
import data.lib.onelayer.params
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

# METADATA
# description: The inputs for rules about onelayer's own kinds, by group/Kind. None where nothing can be wrong.
own := object.union(_configuration, _waivers)

_configuration := {"onelayer.dev/Config": object.union(asked, _parameters)} if {
	count(params.problems) > 0
	asked := _as_asked({
		"apiVersion": resource.api_version,
		"kind": "Config",
		"metadata": {"name": ".onelayer.yaml"},
		"spec": params.config,
	})
} else := {}

_waivers := {"onelayer.dev/WaiverReview": object.union(review, _parameters)} if {
	exempt.present
	review := object.union(_asked, {
		"apiVersion": resource.api_version,
		"kind": "WaiverReview",
		"findings": [],
		"waivers": exempt.counted,
		"rules": params.ids,
		"whole": false,
	})
} else := {}

_as_asked(obj) := {"review": {"object": obj}} if {
	resource.in_cluster
} else := obj

_asked := {"review": {}} if {
	resource.in_cluster
} else := {}

_parameters := {"parameters": input.parameters} if {
	is_object(input.review)
	is_object(input.parameters)
} else := {}
