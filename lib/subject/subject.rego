# METADATA
# scope: package
# title: Subjects
# description: >-
#   What an entry judges: the objects of the input one after the other, each with what is known of all others, and the
#   inputs by which the rules about the configuration and about waivers are asked.
package lib.onelayer.subject

import data.lib.onelayer.exempt
import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: >-
#   The inputs to judge one by one, as {input, file}: the review itself when a cluster asks, else every object by
#   itself, so that two objects of one name in two files stay apart.
all := [{"input": input, "file": ""}] if {
	resource.in_cluster
} else := [{"input": {"onelayer": given}, "file": record.file} |
	some record in resource.all
	given := {"document": record.obj, "file": record.file}
]

# METADATA
# description: What look-ups need of all objects together, computed once; null where there is one object only.
prepared := inventory.computed if {
	count(resource.beside) > 0
} else := null

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
