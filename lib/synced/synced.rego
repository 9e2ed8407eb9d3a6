# METADATA
# scope: package
# title: Synced objects
# description: >-
#   The objects that an engine keeps beside the input, in Gatekeeper's shape; the tool fills the same. No other module
#   names the inventory, so an engine that forbids it leaves this module out and the look-ups find nothing.
package lib.onelayer.synced

# METADATA
# description: The cluster-scoped objects by version, kind and name.
cluster := data.inventory.cluster if {
	is_object(data.inventory.cluster)
} else := {}

# METADATA
# description: The namespaced objects by namespace, version, kind and name.
namespaces := data.inventory.namespace if {
	is_object(data.inventory.namespace)
} else := {}
