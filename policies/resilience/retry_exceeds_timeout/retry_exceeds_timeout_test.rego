package lib.onelayer.policies.resilience.retry_exceeds_timeout_test

import data.lib.onelayer.policies.resilience.retry_exceeds_timeout

_virtual(route) := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "VirtualService",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"hosts": ["web"], "http": [route]},
}

_route(rule) := {
	"apiVersion": "gateway.networking.k8s.io/v1",
	"kind": "HTTPRoute",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"rules": [rule]},
}

_linkerd(api, kind, annotations) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": {},
}

_service(annotations) := _linkerd("v1", "Service", annotations)

_found(obj) := {[f.severity, f.path] | some f in retry_exceeds_timeout.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in retry_exceeds_timeout.violation with input as obj])

_istio(attempts, each, total) := _virtual({"timeout": total, "retries": {"attempts": attempts, "perTryTimeout": each}})

_try := "spec.http[0].retries.perTryTimeout"

_retries := "spec.http[0].retries"

test_istio if {
	_found(_istio(2, "3s", "3s")) == {["error", _try]}
	_found(_istio(2, "5s", "3s")) == {["error", _try]}
	_found(_istio(2, "2s", "3s")) == {["warning", _try]}
	_found(_istio(2, "1s", "3s")) == {["warning", _try]}
	_found(_istio(2, "1s", "3050ms")) == set()
	_found(_istio(2, "1s", "3049ms")) == {["warning", _try]}
	_found(_istio(2, "1s", "4s")) == set()
	_found(_istio(0, "5s", "3s")) == set()
	_found(_istio(-1, "5s", "3s")) == set()
	_found(_istio("2", "5s", "3s")) == set()
}

test_times_of_istio_that_are_not_set if {
	_found(_virtual({"timeout": "3s", "retries": {"attempts": 2}})) == {["warning", _retries]}
	_found(_virtual({"retries": {"attempts": 2}})) == {["info", _retries]}
	_found(_virtual({"retries": {"attempts": 2, "perTryTimeout": "3s"}})) == set()
	_found(_virtual({"timeout": "3s", "retries": {}})) == set()
	_found(_virtual({"timeout": "3s"})) == set()
	_found(_istio(2, null, null)) == {["info", _retries]}
}

test_times_that_are_malformed_or_off if {
	_found(_istio(2, "5s", "3")) == set()
	_found(_istio(2, "5", "3s")) == set()
	_found(_istio(2, 5, ["3s"])) == set()
	_found(_istio(2, "5s", "0s")) == set()
	_found(_istio(2, "0s", "3s")) == set()
	_found(_virtual({"timeout": "odd", "retries": {"attempts": 2}})) == set()
	_found(_virtual(7)) == set()
	_found(_virtual({"retries": "odd", "timeout": "3s"})) == set()
	_found(_route("odd")) == set()
	_found(_service("odd")) == set()
}

test_retries_that_never_happen if {
	written := {"timeout": "3s", "retries": {"attempts": 2, "perTryTimeout": "5s"}}
	_found(_virtual(object.union(written, {"fault": {"abort": {"httpStatus": 500}}}))) == set()
	_found(_virtual(object.union(written, {"fault": null}))) == {["error", _try]}
	http := {"retry.linkerd.io/http": "5xx"}
	grpc := {"retry.linkerd.io/grpc": "unavailable"}
	api := "gateway.networking.k8s.io/v1"
	_found(_linkerd(api, "GRPCRoute", http)) == set()
	_found(_linkerd(api, "HTTPRoute", grpc)) == set()
	_found(_linkerd(api, "HTTPRoute", http)) != set()
	_found(_linkerd(api, "GRPCRoute", grpc)) != set()
	_found(_linkerd(api, "GRPCRoute", object.union(http, {"retry.linkerd.io/limit": "2"}))) == {
		["info", `metadata.annotations["retry.linkerd.io/limit"]`],
	}
	_found(_service(object.union(http, grpc))) != set()
	parents := {"spec": {"parentRefs": [{"kind": "Service", "name": "web"}]}}
	route := object.union(_route({"retry": {"codes": [503]}, "timeouts": {"request": "3s"}}), parents)
	_found(route) == {["warning", "spec.rules[0].retry"]}
	_found(route) == set() with data.lib.onelayer.config as {"mesh": {"assume_mesh": "linkerd"}}
}

test_gateway_api if {
	path := "spec.rules[0].timeouts.backendRequest"
	_found(_route({"retry": {"attempts": 1}, "timeouts": {"request": "3s", "backendRequest": "3s"}})) == {["error", path]}
	_found(_route({"retry": {}, "timeouts": {"request": "3s", "backendRequest": "1s"}})) == {["warning", path]}
	_found(_route({"retry": {"attempts": 1}, "timeouts": {"request": "3s", "backendRequest": "1s"}})) == set()
	_found(_route({"retry": {"attempts": 0}, "timeouts": {"request": "3s", "backendRequest": "3s"}})) == set()
	_found(_route({"retry": {"codes": [503]}, "timeouts": {"request": "3s"}})) == {["warning", "spec.rules[0].retry"]}
	_found(_route({"retry": {"codes": [503]}})) == {["info", "spec.rules[0].retry"]}
	_found(_route({"timeouts": {"request": "3s", "backendRequest": "3s"}})) == set()
	_found(_route({"retry": "odd", "timeouts": {"request": "3s", "backendRequest": "3s"}})) == set()
	_found(_route({"retry": {}, "timeouts": {"request": "1.5s", "backendRequest": "3s"}})) == set()
	_found(_route({"retry": {}, "timeouts": "odd"})) == {["info", "spec.rules[0].retry"]}
}

test_linkerd if {
	path := `metadata.annotations["retry.linkerd.io/timeout"]`
	timeouts := {"retry.linkerd.io/timeout": "2s", "timeout.linkerd.io/request": "3s"}
	_found(_service(timeouts)) == {["warning", path]}
	_found(_service(object.union(timeouts, {"retry.linkerd.io/timeout": "3s"}))) == {["error", path]}
	_found(_service(object.union(timeouts, {"timeout.linkerd.io/request": "4s"}))) == set()
	_found(_service(object.union(timeouts, {"retry.linkerd.io/limit": "0"}))) == {["warning", path]}
	four := {"timeout.linkerd.io/request": "4s", "retry.linkerd.io/limit": "2"}
	_found(_service(object.union(timeouts, four))) == {["warning", path]}
	odd := {"timeout.linkerd.io/request": "4s", "retry.linkerd.io/limit": "x2"}
	_found(_service(object.union(timeouts, odd))) == set()
	_found(_service({"retry.linkerd.io/http": "5xx", "timeout.linkerd.io/request": "3s"})) == {
		["warning", `metadata.annotations["retry.linkerd.io/http"]`],
	}
	_found(_service({"retry.linkerd.io/grpc": "internal"})) == {["info", `metadata.annotations["retry.linkerd.io/grpc"]`]}
	_found(_service({"timeout.linkerd.io/request": "3s"})) == set()
	_found(_service({"retry.linkerd.io/limit": "2", "timeout.linkerd.io/request": "3"})) == set()
	every named in [
		["gateway.networking.k8s.io/v1", "HTTPRoute"], ["gateway.networking.k8s.io/v1", "GRPCRoute"],
		["policy.linkerd.io/v1beta3", "HTTPRoute"],
	] {
		_found(_linkerd(named[0], named[1], timeouts)) == {["warning", path]}
	}
}

test_messages if {
	_said(_istio(2, "3s", "3s")) == concat("", [
		"resilience/retry-exceeds-timeout: perTryTimeout 3s is no shorter than timeout 3s, so the mesh never retries; give ",
		"each of 3 tries 1s",
	])
	_said(_istio(2, "2s", "3s")) == concat("", [
		"resilience/retry-exceeds-timeout: 3 tries of 2s take up to 6050ms, but timeout is 3s, so the mesh cuts the last; ",
		"give each 983ms",
	])
	_said(_virtual({"timeout": "3s", "retries": {"attempts": 2}})) == concat("", [
		"resilience/retry-exceeds-timeout: timeout of 3s covers all tries and perTryTimeout is not set, so a slow try ",
		"leaves none to the mesh; set it to 1s",
	])
	_said(_virtual({"retries": {"attempts": 2}})) == concat("", [
		"resilience/retry-exceeds-timeout: the mesh retries without timeout or perTryTimeout, so nobody ends a call that ",
		"hangs; set both",
	])
}
