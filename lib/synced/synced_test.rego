package lib.onelayer.synced_test

import data.lib.onelayer.synced

test_objects_of_the_inventory if {
	inventory := {"cluster": {"v1": {"Namespace": {"shop": {}}}}, "namespace": {"shop": {"v1": {}}}}
	synced.cluster == {"v1": {"Namespace": {"shop": {}}}} with data.inventory as inventory
	synced.namespaces == {"shop": {"v1": {}}} with data.inventory as inventory
}

test_without_an_inventory if {
	synced.cluster == {} with data.inventory as {}
	synced.namespaces == {} with data.inventory as {"namespace": "shop"}
}
