package lib.onelayer.malformed_test

import data.lib.onelayer.malformed

_fields(kind, spec) := {concat(".", [sprintf("%v", [part]) | some part in field.path]) |
	some field in malformed.fields(kind, {"spec": spec})
}

_timeout(value) := malformed.fields("networking.istio.io/VirtualService", {"spec": {"http": [{"timeout": value}]}})

test_durations_of_istio if {
	every value in ["1s", "1.5s", ".5s", "1.s", "1h2m3s", "86400000ms", "10us", "1µs", "0", "0s", "-1s", "${T}"] {
		_timeout(value) == []
	}
	every value in ["", "5", "1x", "5 s", "s", "1h2", "soon"] {
		count(_timeout(value)) == 1
	}
	every value in [5, true, {}, ["1s"]] {
		count(_timeout(value)) == 1
	}
	_timeout(null) == []
}

test_what_is_said_of_a_field if {
	_timeout("1x") == [{
		"path": ["spec", "http", 0, "timeout"],
		"name": "timeout",
		"value": "1x",
		"wanted": "a duration such as 1.5s",
	}]
	_timeout({})[0].value == "(object)"
	count(_timeout("a long text that goes on and on and on")[0].value) == 30
}

test_fields_of_a_virtual_service if {
	_fields("networking.istio.io/VirtualService", {"http": [
		{
			"retries": {"attempts": "3", "perTryTimeout": 2},
			"fault": {"delay": {"fixedDelay": "1"}},
			"route": [{"destination": {"port": {"number": "80"}}}, 7],
		},
		7,
		{"retries": {"attempts": 1.5}, "route": [{"destination": {"port": {"number": 0}}}]},
		{"retries": {"attempts": -1}, "route": [{"destination": {"port": {"number": 65536}}}]},
		{"retries": {"attempts": 0}, "route": [{"destination": {"port": {"number": 65535}}}]},
		{"retries": 7, "fault": "x", "route": {"destination": {}}},
	]}) == {
		"spec.http.0.retries.attempts", "spec.http.0.retries.perTryTimeout", "spec.http.0.fault.delay.fixedDelay",
		"spec.http.0.route.0.destination.port.number", "spec.http.2.retries.attempts",
		"spec.http.2.route.0.destination.port.number", "spec.http.3.retries.attempts",
		"spec.http.3.route.0.destination.port.number",
	}
	_fields("networking.istio.io/VirtualService", {"http": 7}) == set()
}

test_fields_of_a_destination_rule if {
	_fields("networking.istio.io/DestinationRule", {
		"trafficPolicy": {
			"outlierDetection": {
				"interval": 5, "baseEjectionTime": "1m", "consecutive5xxErrors": "5", "consecutiveGatewayErrors": 0,
				"maxEjectionPercent": 50, "minHealthPercent": "half",
			},
			"connectionPool": {
				"tcp": {"connectTimeout": "5", "idleTimeout": "1h", "maxConnections": "100"},
				"http": {"idleTimeout": "x", "maxRetries": 1, "http1MaxPendingRequests": "1", "http2MaxRequests": 1.5},
			},
			"portLevelSettings": [{"port": 80}, {"port": {"number": "80"}}, {"port": {"number": 80}}],
		},
		"subsets": [{"trafficPolicy": {"outlierDetection": {"interval": "x"}}}],
	}) == {
		"spec.trafficPolicy.outlierDetection.interval", "spec.trafficPolicy.outlierDetection.consecutive5xxErrors",
		"spec.trafficPolicy.outlierDetection.minHealthPercent",
		"spec.trafficPolicy.connectionPool.tcp.connectTimeout",
		"spec.trafficPolicy.connectionPool.tcp.maxConnections", "spec.trafficPolicy.connectionPool.http.idleTimeout",
		"spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests",
		"spec.trafficPolicy.connectionPool.http.http2MaxRequests", "spec.trafficPolicy.portLevelSettings.0.port",
		"spec.trafficPolicy.portLevelSettings.1.port.number", "spec.subsets.0.trafficPolicy.outlierDetection.interval",
	}
}

test_fields_of_routes if {
	spec := {
		"parentRefs": [{"port": "80"}, {"port": 80}, {}, 7],
		"rules": [
			{
				"timeouts": {"request": "1.5s", "backendRequest": "1h30m"},
				"retry": {"attempts": "x", "backoff": 5},
				"backendRefs": [{"port": "80"}, {"port": 8080}, 7],
			},
			7,
		],
	}
	ports := {"spec.parentRefs.0.port", "spec.rules.0.backendRefs.0.port"}
	http := ports | {"spec.rules.0.timeouts.request", "spec.rules.0.retry.attempts", "spec.rules.0.retry.backoff"}
	_fields("gateway.networking.k8s.io/HTTPRoute", spec) == http
	_fields("policy.linkerd.io/HTTPRoute", spec) == http
	_fields("gateway.networking.k8s.io/GRPCRoute", spec) == ports
	not malformed.fields("gateway.networking.k8s.io/Gateway", {"spec": spec})[0]
}

test_fields_of_a_service_profile if {
	routes := [{"timeout": "300"}, {"timeout": "300ms"}, {"timeout": ""}, 7]
	_fields("linkerd.io/ServiceProfile", {"routes": routes, "retryBudget": {"ttl": 10}}) == {
		"spec.routes.0.timeout", "spec.retryBudget.ttl",
	}
	_fields("linkerd.io/ServiceProfile", {}) == set()
}

test_other_kinds_have_none if {
	malformed.fields("/Service", {"spec": {"ports": [{"port": "80"}]}}) == []
}
