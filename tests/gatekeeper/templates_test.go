package gatekeeper

import "testing"

func TestTemplatesAreAccepted(t *testing.T) {
	for _, grouping := range []string{"group", "all", "rule"} {
		for _, referential := range []bool{false, true} {
			cluster(t, inForce{grouping: grouping, referential: referential, levels: allLevels})
		}
	}
}
