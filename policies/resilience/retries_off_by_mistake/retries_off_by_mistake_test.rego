package lib.onelayer.policies.resilience.retries_off_by_mistake_test

import data.lib.onelayer.policies.resilience.retries_off_by_mistake

_routes(routes) := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "VirtualService",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"hosts": ["web"], "http": routes},
}

_of(api, kind, annotations) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": {},
}

_found(obj) := {[f.severity, f.path] | some f in retries_off_by_mistake.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in retries_off_by_mistake.violation with input as obj])

test_retries_without_attempts if {
	every retries in [{}, {"attempts": null}, {"backoff": "1s"}, {"perTryTimeout": "2s", "retryOn": "5xx"}] {
		_found(_routes([{}, {"retries": retries}])) == {["warning", "spec.http[1].retries"]}
	}
	every retries in [{"attempts": 0}, {"attempts": 2}, "odd", 3, []] {
		_found(_routes([{"retries": retries}])) == set()
	}
	_found(_routes([{}, 7, "odd"])) == set()
	_found(_routes("odd")) == set()
	_found(object.union(_routes([]), {"spec": 7})) == set()
}

test_faults if {
	fault := {"abort": {"httpStatus": 500}}
	_found(_routes([{"fault": fault, "retries": {"attempts": 2}}])) == {["warning", "spec.http[0].fault"]}
	_found(_routes([{"fault": fault, "timeout": "2s"}])) == {["warning", "spec.http[0].fault"]}
	_found(_routes([{"fault": fault}])) == set()
	_found(_routes([{"fault": fault, "retries": {"attempts": 0}, "timeout": null}])) == set()
	_found(_routes([{"fault": 7, "timeout": "2s"}])) == set()
	_found(_routes([{"fault": fault}, {"timeout": "2s"}])) == set()
}

test_limits_of_linkerd if {
	path := `metadata.annotations["retry.linkerd.io/limit"]`
	zero := {"retry.linkerd.io/limit": "0", "retry.linkerd.io/http": "5xx"}
	every named in [
		["v1", "Service"], ["gateway.networking.k8s.io/v1", "HTTPRoute"], ["gateway.networking.k8s.io/v1", "GRPCRoute"],
		["policy.linkerd.io/v1beta3", "HTTPRoute"],
	] {
		_found(_of(named[0], named[1], zero)) == {["warning", path]}
	}
	_found(_of("v1", "ConfigMap", zero)) == set()
	_found(_of("v1", "Service", {"retry.linkerd.io/limit": "0", "retry.linkerd.io/grpc": "internal"})) == {
		["warning", path],
	}
	_found(_of("v1", "Service", {"retry.linkerd.io/limit": "1", "retry.linkerd.io/http": "5xx"})) == set()
	_found(_of("v1", "Service", {"retry.linkerd.io/limit": "0", "retry.linkerd.io/timeout": "1s"})) == set()
	_found(_of("v1", "Service", "odd")) == set()
}

test_messages if {
	_said(_routes([{"retries": {}}])) == concat("", [
		"resilience/retries-off-by-mistake: retries without attempts means none in Istio, and the default of 2 is lost; ",
		"write attempts",
	])
	_said(_routes([{"fault": {}, "retries": {"attempts": 2}, "timeout": "2s"}])) == concat("", [
		"resilience/retries-off-by-mistake: a fault on this route switches off its retries and timeout in the mesh; put the ",
		"fault on a route of its own",
	])
	_said(_of("v1", "Service", {"retry.linkerd.io/limit": "0", "retry.linkerd.io/http": "5xx"})) == concat("", [
		"resilience/retries-off-by-mistake: retry.linkerd.io/limit=0 reads as not set, so Linkerd retries once; remove ",
		"retry.linkerd.io/http to retry never",
	])
}
