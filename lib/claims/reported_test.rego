package lib.onelayer.claims_test

import data.lib.onelayer.claims

_self := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

_found(id, about, more) := {claims.finding_key(about): [object.union(
	{
		"id": id, "concerns": ["retries", "drain"], "layers": ["container", "kubernetes"], "direct": true,
		"path": "spec", "note": "a note", "file": "web.yaml", "line": 3, "object": about,
	},
	more,
)]}

_after(findings, objects, concern) := rows[0] if {
	entries := claims.workloads with input as _deployment(_plain)
		with data.lib.onelayer.config as _known("sidecar")
		with data.inventory as {"namespace": {"shop": objects}}
		with data.lib.onelayer.surveyed as {"findings": findings}
	rows := [row | some row in entries[0].concerns; row.concern == concern]
}

test_findings_challenge_the_owner if {
	row := _after(_found("a/container", _self, {}), _served, "retries")
	_cells(row) == ["owns", "none", "default", "two"]
	[step | some step in row.evidence; step.rule] == [{
		"layer": "container", "object": _self, "path": "spec", "note": "a note", "rule": "a/container",
		"file": "web.yaml", "line": 3,
	}]
	_cells(_after(_found("a/container", _self, {}), _served, "logs")) == ["none", "default", "none", "one"]
	_cells(_after(_found("a/kubernetes", _self, {"layers": ["kubernetes"]}), _served, "drain")) == [
		"none", "owns", "none", "two",
	]
	_cells(_after(_found("a/mesh", _self, {"layers": ["mesh"]}), _served, "retries")) == [
		"none", "none", "bypassed", "bypassed",
	]
	_cells(_after(_found("process/signals-swallowed", _self, {}), _served, "drain")) == [
		"none", "bypassed", "none", "bypassed",
	]
	_cells(_after(_found("process/manager-installed", _self, {}), _served, "drain")) == [
		"unknown", "default", "none", "unknown",
	]
	_cells(_after(_found("resilience/missing-probe", _self, {"concerns": ["health"]}), _served, "health")) == [
		"none", "none", "none", "none",
	]
}

test_retries_of_a_route_are_a_second_owner if {
	found := _found("resilience/stacked-retries", _self, {})
	_cells(_after(found, _served, "retries")) == ["owns", "none", "default", "two"]
	rows := [row |
		some entry in claims.workloads with input as _deployment(_plain)
			with data.lib.onelayer.config as _known("linkerd")
			with data.inventory as {"namespace": {"shop": _served}}
			with data.lib.onelayer.surveyed as {"findings": found}
		some row in entry.concerns
		row.concern == "retries"
	]
	_cells(rows[0]) == ["owns", "none", "owns", "two"]
}

test_a_finding_about_how_the_mesh_retries_is_no_second_owner if {
	found := _found("resilience/unsafe-retry", _self, {"layers": ["container", "mesh"], "concerns": ["retries"]})
	row := _after(found, _served, "retries")
	_cells(row) == ["none", "none", "default", "one"]
	[step.layer | some step in row.evidence; step.rule == "resilience/unsafe-retry"] == ["mesh"]
}

test_the_worst_finding_decides if {
	key := claims.finding_key(_self)
	first := _found("a/container", _self, {})[key]
	second := _found("process/manager-installed", _self, {})[key]
	third := _found("a/mesh", _self, {"layers": ["mesh"]})[key]
	both := {key: array.concat(array.concat(second, first), third)}
	_cells(_after(both, _served, "retries")) == ["owns", "none", "bypassed", "two"]
}

_service_ref := {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"}

test_findings_about_what_speaks_of_the_workload if {
	_after(_found("a/mesh", _service_ref, {"layers": ["mesh"]}), _served, "retries").verdict == "bypassed"
	related := _found("a/mesh", _service_ref, {"layers": ["mesh"], "direct": false})
	_after(related, _served, "retries").verdict == "one"
	_after(_found("a/mesh", _service_ref, {"layers": ["mesh"]}), {}, "retries").verdict == "one"
	own := _found("a/mesh", _self, {"layers": ["mesh"], "direct": false})
	_after(own, {}, "retries").verdict == "bypassed"
	namespace := {"apiVersion": "v1", "kind": "Namespace", "namespace": "", "name": "shop"}
	_after(_found("a/mesh", namespace, {"layers": ["mesh"]}), {}, "retries").verdict == "bypassed"
}

_on_route(path) := row.verdict if {
	routes := _routed({"hosts": ["shop"], "http": [
		{"route": [{"destination": {"host": "web"}}]}, {"route": [{"destination": {"host": "api"}}]},
	]})
	ref := {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "namespace": "shop", "name": "web"}
	row := _after(_found("a/mesh", ref, {"layers": ["mesh"], "path": path}), routes, "retries")
}

test_findings_about_one_route_of_many if {
	_on_route("spec.http[0].retries") == "bypassed"
	_on_route("spec.http[0]") == "bypassed"
	_on_route("spec.http[1].retries") == "one"
	_on_route("spec.hosts[0]") == "bypassed"
}

test_findings_about_entrances_and_names if {
	backend := {"rules": [{"http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}]}
	ingress := _with(_of("Ingress", "networking.k8s.io/v1", "web", backend))
	ref := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "namespace": "shop", "name": "web"}
	_after(_found("a/mesh", ref, {"layers": ["mesh"]}), ingress, "retries").verdict == "bypassed"
	entry := _with(_of("ServiceEntry", "networking.istio.io/v1", "web", {"hosts": ["web.shop.svc.cluster.local"]}))
	name := {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "namespace": "shop", "name": "web"}
	_after(_found("a/mesh", name, {"layers": ["mesh"]}), entry, "retries").verdict == "bypassed"
}
