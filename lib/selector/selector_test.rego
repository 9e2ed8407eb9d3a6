package lib.onelayer.selector_test

import data.lib.onelayer.selector

_labels := {"app": "web", "tier": "front", "version": 2}

test_pairs if {
	selector.matches({"matchLabels": {"app": "web"}}, _labels)
	selector.matches({"matchLabels": {"version": "2"}}, _labels)
	not selector.matches({"matchLabels": {"app": "web", "tier": "back"}}, _labels)
	not selector.matches({"matchLabels": {"other": "web"}}, _labels)
}

test_nothing_asked_takes_everything if {
	selector.matches({}, _labels)
	selector.matches({}, {})
	selector.matches({"matchLabels": null, "matchExpressions": null}, {})
}

test_expressions if {
	wants := {
		{"key": "app", "operator": "In", "values": ["web", "api"]}: true,
		{"key": "app", "operator": "In", "values": ["api"]}: false,
		{"key": "other", "operator": "In", "values": ["web"]}: false,
		{"key": "app", "operator": "NotIn", "values": ["api"]}: true,
		{"key": "app", "operator": "NotIn", "values": ["web"]}: false,
		{"key": "other", "operator": "NotIn", "values": ["web"]}: true,
		{"key": "app", "operator": "Exists"}: true,
		{"key": "other", "operator": "Exists"}: false,
		{"key": "app", "operator": "DoesNotExist"}: false,
		{"key": "other", "operator": "DoesNotExist"}: true,
		{"key": "app", "operator": "Near", "values": ["web"]}: false,
		{"operator": "Exists"}: false,
	}
	every expression, want in wants {
		_taken({"matchExpressions": [expression]}) == want
	}
}

test_all_must_hold if {
	both := [{"key": "app", "operator": "Exists"}, {"key": "tier", "operator": "In", "values": ["back"]}]
	not selector.matches({"matchExpressions": both}, _labels)
	not selector.matches({"matchLabels": {"app": "x"}, "matchExpressions": [both[0]]}, _labels)
}

test_odd_selectors_take_nothing if {
	lists := [{"matchExpressions": {"a": 1}}, {"matchExpressions": [3]}]
	every odd in array.concat([null, "app=web", ["app"], {"matchLabels": "a"}], lists) {
		not selector.matches(odd, _labels)
	}
	not selector.matches({"matchLabels": {"app": "web"}}, null)
}

test_selector_of_a_service if {
	selector.selects({"app": "web"}, _labels)
	not selector.selects({"app": "api"}, _labels)
	not selector.selects({}, _labels)
	not selector.selects(null, _labels)
	not selector.selects("app", _labels)
}

_taken(candidate) if {
	selector.matches(candidate, _labels)
} else := false
