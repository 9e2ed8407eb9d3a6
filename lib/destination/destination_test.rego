package lib.onelayer.destination_test

import data.lib.onelayer.destination

test_traffic_policies if {
	rule := {"spec": {
		"trafficPolicy": {"tls": {}, "portLevelSettings": [{"port": {}}, 3]},
		"subsets": [3, {"labels": {"v": "1"}, "trafficPolicy": {}}, {"trafficPolicy": {"portLevelSettings": [{}]}}],
	}}
	[[policy.path, policy.labels] | some policy in destination.policies(rule)] == [
		[["spec", "trafficPolicy"], {}],
		[["spec", "trafficPolicy", "portLevelSettings", 0], {}],
		[["spec", "subsets", 1, "trafficPolicy"], {"v": "1"}],
		[["spec", "subsets", 2, "trafficPolicy"], {}],
		[["spec", "subsets", 2, "trafficPolicy", "portLevelSettings", 0], {}],
	]
	destination.policies({"spec": {"trafficPolicy": 3}}) == []
}
