package lib.onelayer.claims_test

import data.lib.onelayer.claims

_of(kind, version, name, spec) := {version: {kind: {name: {
	"apiVersion": version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}}}}

_with(objects) := object.union(_served, objects)

_rule(policy) := _with(_of(
	"DestinationRule", "networking.istio.io/v1", "web",
	object.union({"host": "web.shop.svc.cluster.local"}, policy),
))

_routed(spec) := _with(_of("VirtualService", "networking.istio.io/v1", "web", spec))

_owned(objects, concern) := _row(_deployment(_plain), "sidecar", objects, concern).mesh

test_what_members_get_by_default if {
	_states(_deployment(_plain), "ambient", _served, "retries") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "waypoint", _served, "retries") == ["none", "none", "default", "one"]
	_states(_deployment(_plain), "linkerd", _served, "retries") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "ambient", _served, "tracing") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "none", _served, "metrics") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "none", _served, "mtls") == ["none", "none", "none", "none"]
	_notes(_row(_deployment(_plain), "ambient", _served, "metrics"), "mesh") == [
		"ztunnel measures connections, without a waypoint no requests",
	]
	_notes(_row(_deployment(_plain), "waypoint", _served, "metrics"), "mesh") == [
		"Istio's ambient mode measures its requests",
	]
	_notes(_row(_deployment(_plain), "linkerd", _served, "mtls"), "mesh") == [
		"Linkerd's proxy encrypts between members of the mesh and still takes plain text",
	]
}

test_waypoints_of_services_and_workloads if {
	labelled := {"v1": {"Service": {"web": _service({"labels": {"istio.io/use-waypoint": "edge"}}, {})}}}
	_states(_deployment(_plain), "ambient", labelled, "retries") == ["none", "none", "default", "one"]
	none := {"v1": {"Service": {"web": _service({"labels": {"istio.io/use-waypoint": "none"}}, {})}}}
	_states(_deployment(_plain), "ambient", none, "retries") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "waypoint", none, "retries") == ["none", "none", "none", "none"]
	odd := {"v1": {"Service": {"web": _service({"labels": "waypoint"}, {})}}}
	_states(_deployment(_plain), "ambient", odd, "retries") == ["none", "none", "none", "none"]
}

test_waypoints_without_services if {
	connections := "ztunnel measures connections, without a waypoint no requests"
	_notes(_row(_deployment(_plain), "ambient", {}, "metrics"), "mesh") == [connections]
	_notes(_row(_deployment(_plain), "waypoint", {}, "metrics"), "mesh") != [connections]
	every name, note in {
		"edge": "Istio's ambient mode measures its requests",
		"none": connections,
		"": connections,
	} {
		labels := {"metadata": {"labels": {"istio.io/use-waypoint": name}}}
		labelled := object.union(_deployment(_plain), {"spec": {"template": labels}})
		_notes(_row(labelled, "ambient", _served, "metrics"), "mesh") == [note]
	}
}

test_an_unknown_mesh_is_not_none if {
	entries := claims.workloads with input as _deployment(_plain)
		with data.inventory as {"namespace": {"shop": _served}}
	unknown := [row | some row in entries[0].concerns; row.mesh == "unknown"]
	[row.concern | some row in unknown] == [
		"load-balancing", "metrics", "tracing", "retries", "timeouts", "circuit-breaking", "mtls",
	]
	every row in unknown {
		row.verdict == "unknown"
	}
}

test_leaving_the_mesh if {
	leaving := _annotated({"sidecar.istio.io/inject": "false"})
	_states(leaving, "sidecar", _served, "mtls") == ["none", "none", "bypassed", "bypassed"]
	_states(leaving, "sidecar", _served, "retries") == ["none", "none", "bypassed", "bypassed"]
	_states(leaving, "sidecar", _served, "timeouts") == ["none", "none", "none", "none"]
	timed := _routed({"hosts": ["web"], "http": [{"timeout": "2s"}]})
	row := _row(leaving, "sidecar", timed, "timeouts")
	_cells(row) == ["none", "none", "bypassed", "bypassed"]
	_notes(row, "mesh") == [
		"its namespace gives it Istio's sidecar, which it leaves", "VirtualService web sets timeout",
	]
	part := _made("Deployment", {}, _template({"app": "istiod"}, {"sidecar.istio.io/inject": "false"}, _plain))
	_states(part, "sidecar", _served, "mtls") == ["none", "none", "none", "none"]
}

test_routes_own if {
	_owned(_routed({"hosts": ["web"], "http": [{"retries": {"attempts": 3}}]}), "retries") == "owns"
	_owned(_routed({"hosts": ["web"], "http": [{"retries": null}]}), "retries") == "default"
	_owned(_routed({"hosts": ["web"], "http": [{"timeout": "2s"}]}), "timeouts") == "owns"
	_owned(_routed({"hosts": ["web"], "http": "odd"}), "timeouts") == "none"
	_owned(_routed({"hosts": ["web"], "http": ["odd"]}), "timeouts") == "none"
	_owned(_routed({"hosts": ["api"], "http": [{"timeout": "2s"}]}), "timeouts") == "none"
	edge := {"hosts": ["shop.example.com"], "gateways": ["public"], "http": [{
		"timeout": "2s",
		"route": [{"destination": {"host": "web"}}],
	}]}
	_owned(_routed(edge), "timeouts") == "owns"
	_owned(_routed({"hosts": ["web"], "gateways": ["public"], "http": [{"timeout": "2s"}]}), "timeouts") == "none"
	_owned(_routed({"hosts": ["web"], "gateways": [], "http": [{"timeout": "2s"}]}), "timeouts") == "owns"
	_owned(_routed({"hosts": ["web"], "gateways": ["public", "mesh"], "http": [{"timeout": "2s"}]}), "timeouts") == "owns"
}

test_hosts if {
	every host in ["web", "web.shop", "web.shop.svc", "WEB.shop.svc.cluster.local.", "*.shop.svc.cluster.local", "*"] {
		_owned(_routed({"hosts": [host], "http": [{"timeout": "2s"}]}), "timeouts") == "owns"
	}
	_owned(_routed({"hosts": ["*.svc.cluster.local"], "http": [{"timeout": "2s"}]}), "timeouts") == "owns"
	every host in ["web.example.com", "*.example.com", "web.svc", "", 7, null] {
		_owned(_routed({"hosts": [host], "http": [{"timeout": "2s"}]}), "timeouts") == "none"
	}
}

test_rules_own if {
	_owned(_rule({"trafficPolicy": {"outlierDetection": {}}}), "circuit-breaking") == "owns"
	_owned(_rule({"trafficPolicy": {"connectionPool": {}}}), "circuit-breaking") == "owns"
	_owned(_rule({"trafficPolicy": {"loadBalancer": {"simple": "RANDOM"}}}), "load-balancing") == "owns"
	_owned(_rule({"subsets": [{"trafficPolicy": {"loadBalancer": {}}}]}), "load-balancing") == "owns"
	ports := _rule({"trafficPolicy": {"portLevelSettings": [{"outlierDetection": {}}]}})
	row := _row(_deployment(_plain), "sidecar", ports, "circuit-breaking")
	row.mesh == "owns"
	[step.path | some step in row.evidence] == [
		["spec", "trafficPolicy", "portLevelSettings", 0, "outlierDetection"],
	]
	_owned(_rule({"trafficPolicy": "odd", "subsets": ["odd"]}), "circuit-breaking") == "none"
}

test_gateway_api_and_linkerd_own if {
	route := {
		"parentRefs": [{"kind": "Service", "group": "", "name": "web"}, {"name": "public"}],
		"rules": [{"timeouts": {"request": "2s"}, "retry": {}, "backendRefs": [{"name": "web"}, "odd"]}, "odd"],
	}
	every given in [
		["HTTPRoute", "gateway.networking.k8s.io/v1"], ["GRPCRoute", "gateway.networking.k8s.io/v1"],
		["HTTPRoute", "policy.linkerd.io/v1beta3"],
	] {
		_owned(_with(_of(given[0], given[1], "web", route)), "timeouts") == "owns"
		_owned(_with(_of(given[0], given[1], "web", route)), "retries") == "owns"
	}
	annotated := {"gateway.networking.k8s.io/v1": {"HTTPRoute": {"web": {
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
		"metadata": {"name": "web", "namespace": "shop", "annotations": {"timeout.linkerd.io/request": "1s"}},
		"spec": {"rules": [{"backendRefs": [{"name": "web"}]}]},
	}}}}
	_row(_deployment(_plain), "linkerd", _with(annotated), "timeouts").mesh == "owns"
	profile := _of("ServiceProfile", "linkerd.io/v1alpha2", "web.shop.svc.cluster.local", {"routes": [
		{"isRetryable": true, "timeout": "1s"}, {"isRetryable": false, "timeout": ""},
	]})
	[step.path | some step in _row(_deployment(_plain), "linkerd", _with(profile), "retries").evidence] == [
		["spec", "routes", 0, "isRetryable"],
	]
	_row(_deployment(_plain), "linkerd", _with(profile), "timeouts").mesh == "owns"
	switches := {
		"retry.linkerd.io/http": "5xx", "timeout.linkerd.io/request": "1s",
		"balancer.linkerd.io/failure-accrual": "consecutive",
	}
	service := {"v1": {"Service": {"web": _service({"annotations": switches}, {})}}}
	every concern in ["retries", "timeouts", "circuit-breaking"] {
		_row(_deployment(_plain), "linkerd", service, concern).mesh == "owns"
	}
}

_peer(spec) := _of("PeerAuthentication", "security.istio.io/v1", "shop", spec)

_wide(mode) := {"istio-system": {"security.istio.io/v1": {"PeerAuthentication": {"default": {
	"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
	"metadata": {"name": "default", "namespace": "istio-system"},
	"spec": {"mtls": {"mode": mode}},
}}}}}

_encrypted(mode, objects) := _row(_deployment(_plain), mode, objects, "mtls")

test_peer_authentications if {
	_cells(_encrypted("sidecar", _peer({"mtls": {"mode": "STRICT"}}))) == ["none", "none", "owns", "one"]
	_cells(_encrypted("sidecar", _peer({"mtls": {"mode": "PERMISSIVE"}}))) == ["none", "none", "default", "one"]
	_cells(_encrypted("sidecar", _peer({"mtls": {"mode": "DISABLE"}}))) == ["none", "none", "bypassed", "bypassed"]
	_cells(_encrypted("ambient", _peer({"mtls": {"mode": "DISABLE"}}))) == ["none", "none", "default", "one"]
	_cells(_encrypted("sidecar", _peer({"mtls": {"mode": "UNSET"}}))) == ["none", "none", "default", "one"]
	other := {"selector": {"matchLabels": {"app": "api"}}, "mtls": {"mode": "STRICT"}}
	_cells(_encrypted("sidecar", _peer(other))) == ["none", "none", "default", "one"]
	chosen := {"selector": {"matchLabels": {"app": "web"}}, "mtls": {"mode": "DISABLE"}}
	several := {"security.istio.io/v1": {"PeerAuthentication": {
		"all": _peer({"mtls": {"mode": "STRICT"}})["security.istio.io/v1"].PeerAuthentication.shop,
		"web": _peer(chosen)["security.istio.io/v1"].PeerAuthentication.shop,
	}}}
	_encrypted("sidecar", several).mesh == "bypassed"
	entries := claims.workloads with input as _deployment(_plain)
		with data.lib.onelayer.config as _known("sidecar")
		with data.inventory as {"namespace": _wide("STRICT")}
	[row] := [row | some row in entries[0].concerns; row.concern == "mtls"]
	row.mesh == "owns"
}

test_telemetries_and_instruments if {
	reporting := _of("Telemetry", "telemetry.istio.io/v1", "shop", {"tracing": [{"randomSamplingPercentage": 10}]})
	_owned(_with(reporting), "tracing") == "owns"
	muted := _of("Telemetry", "telemetry.istio.io/v1", "shop", {"tracing": [
		{"disableSpanReporting": true}, {"randomSamplingPercentage": 0},
	]})
	_owned(_with(muted), "tracing") == "unknown"
	traced := _deployment({"containers": [object.union(_web, {"env": [
		{"name": "OTEL_SERVICE_NAME", "value": "web"}, {"name": "PORT", "value": "80"},
	]})]})
	_states(traced, "none", _served, "tracing") == ["owns", "none", "none", "one"]
	_states(traced, "sidecar", _with(reporting), "tracing") == ["default", "none", "owns", "one"]
	_states(traced, "sidecar", _served, "tracing") == ["owns", "none", "unknown", "one"]
	injected := _annotated({"instrumentation.opentelemetry.io/inject-nodejs": "true"})
	_states(injected, "none", _served, "tracing") == ["owns", "none", "none", "one"]
}

_scraped(objects) := _row(_deployment(_plain), "none", objects, "metrics").kubernetes

_monitor(spec) := _with(_of("PodMonitor", "monitoring.coreos.com/v1", "web", spec))

_among(names) := {"selector": {"matchLabels": {"app": "web"}}, "namespaceSelector": names}

test_scrapes if {
	_scraped(_monitor({"selector": {"matchLabels": {"app": "web"}}})) == "owns"
	_scraped(_monitor({"selector": {"matchLabels": {"app": "api"}}})) == "none"
	_scraped(_monitor({"selector": {"matchLabels": "odd"}})) == "none"
	_scraped(_monitor(_among({"matchNames": ["x"]}))) == "none"
	_scraped(_monitor(_among({"matchNames": ["shop"]}))) == "owns"
	_scraped(_monitor(_among({"any": true}))) == "owns"
	_scraped(_monitor(_among({"matchNames": "odd"}))) == "owns"
	service := object.union(
		{"v1": {"Service": {"web": _service({"labels": {"team": "a"}}, {})}}},
		_of("ServiceMonitor", "monitoring.coreos.com/v1", "web", {"selector": {"matchLabels": {"team": "a"}}}),
	)
	_scraped(service) == "owns"
	odd := {"v1": {"Service": {"web": _service({"labels": "odd"}, {})}}}
	_scraped(odd) == "none"
	_row(_annotated({"prometheus.io/scrape": "true"}), "none", {}, "metrics").kubernetes == "owns"
	_scraped({"v1": {"Service": {"web": _service({"annotations": {"prometheus.io/scrape": "true"}}, {})}}}) == "owns"
}

test_prepared_places_are_the_same if {
	objects := _routed({"hosts": ["web"], "http": [{"timeout": "2s"}]})
	places := claims.computed with data.inventory as {"namespace": {"shop": objects}}
	entries := claims.workloads with input as _deployment(_plain)
		with data.lib.onelayer.config as _known("sidecar")
		with data.inventory as {"namespace": {"shop": _served}}
		with data.lib.onelayer.surveyed as {"findings": {}, "places": places}
	[row] := [row | some row in entries[0].concerns; row.concern == "timeouts"]
	row.mesh == "owns"
}

test_odd_metadata_is_no_metadata if {
	odd := object.union(_deployment(_plain), {"spec": {"template": {"metadata": {"labels": "odd", "annotations": 7}}}})
	_states(odd, "none", _served, "metrics") == ["none", "none", "none", "none"]
}
