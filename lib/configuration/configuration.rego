# METADATA
# scope: package
# title: Configuration
# description: >-
#   The inputs by which an entry asks the rules about the configuration and about waivers.
package lib.onelayer.configuration

import data.lib.onelayer.exempt
import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: The inputs for rules about onelayer's own kinds, by group/Kind. None where nothing can be wrong.
asked := object.union(_configuration, _waivers)

_configuration := {"onelayer.dev/Config": object.union(review, params.handed_on)} if {
	count(params.problems) > 0
	review := _as_asked({
		"apiVersion": resource.api_version,
		"kind": "Config",
		"metadata": {"name": ".onelayer.yaml"},
		"spec": params.config,
	})
} else := {}

_waivers := {"onelayer.dev/WaiverReview": object.union(review, params.handed_on)} if {
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
