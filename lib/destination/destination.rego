# METADATA
# scope: package
# title: DestinationRules
# description: Lists what a DestinationRule holds, in all places where Istio reads it.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/networking/destination-rule/
#   description: Istio, DestinationRule
package lib.onelayer.destination

# METADATA
# description: >-
#   The traffic policies that a DestinationRule holds - its own, those of ports and of subsets - as a list of {value,
#   path, labels}; labels are those of the subset, empty outside of one.
policies(rule) := array.concat(
	[object.union(policy, {"labels": {}}) | some policy in _policies_in(rule.spec, ["spec"])],
	[policy |
		some index, subset in rule.spec.subsets
		is_object(subset)
		some found in _policies_in(subset, ["spec", "subsets", index])
		policy := object.union(found, {"labels": object.get(subset, "labels", {})})
	],
)

_policies_in(holder, path) := array.concat(own, ports) if {
	own := [{"value": policy, "path": array.concat(path, ["trafficPolicy"])} |
		policy := holder.trafficPolicy
		is_object(policy)
	]
	ports := [{"value": setting, "path": array.concat(path, ["trafficPolicy", "portLevelSettings", index])} |
		some index, setting in holder.trafficPolicy.portLevelSettings
		is_object(setting)
	]
}
