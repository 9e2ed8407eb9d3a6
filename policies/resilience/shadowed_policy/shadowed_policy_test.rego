package lib.onelayer.policies.resilience.shadowed_policy_test

import data.lib.onelayer.policies.resilience.shadowed_policy

_of(api_version, kind, annotations, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": "cart", "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_service(annotations) := _of("v1", "Service", annotations, {"selector": {"app": "cart"}})

_parents := [{"group": "core", "kind": "Service", "name": "cart"}]

_route(annotations, rules) := _of(
	"gateway.networking.k8s.io/v1", "HTTPRoute", annotations,
	{"parentRefs": _parents, "rules": rules},
)

_profile(namespace, spec) := object.union(_of("linkerd.io/v1alpha2", "ServiceProfile", {}, spec), {"metadata": {
	"name": "cart.shop.svc.cluster.local",
	"namespace": namespace,
}})

_routed := {"routes": [{"name": "GET /"}]}

_found(obj, others) := found if {
	inventory := {"namespace": {namespace: versions |
		some namespace in {other.metadata.namespace | some other in others}
		versions := {other.apiVersion: {other.kind: {other.metadata.name: other}} |
			some other in others
			other.metadata.namespace == namespace
		}
	}}
	found := shadowed_policy.violation with input as obj with data.inventory as inventory
}

_brief(obj, others) := {[f.severity, f.path] | some f in _found(obj, others)}

_at(key) := sprintf("metadata.annotations[%q]", [key])

_error(key) := {["error", _at(key)]}

_limit := {"retry.linkerd.io/limit": "2"}

test_beside_a_service_profile if {
	_brief(_service(_limit), [_profile("shop", _routed)]) == _error("retry.linkerd.io/limit")
	_brief(_service({"timeout.linkerd.io/request": "5s"}), [_profile("shop", _routed)]) != set()
	_brief(_service({"balancer.linkerd.io/failure-accrual": "consecutive"}), [_profile("shop", _routed)]) != set()
	_brief(_service({"prometheus.io/scrape": "true"}), [_profile("shop", _routed)]) == set()
	_brief(_service(_limit), [_profile("shop", {})]) == set()
	_brief(_service(_limit), [_profile("other", _routed)]) == set()
	_brief(_service(_limit), []) == set()
	_brief(_service({}), [_profile("shop", _routed)]) == set()
	twin := object.union(_profile("shop", _routed), {"apiVersion": "linkerd.io/v1alpha1"})
	_brief(_service(_limit), [_profile("shop", _routed), twin]) == set()
	split := _of("split.smi-spec.io/v1alpha2", "TrafficSplit", {}, object.union(_routed, {"service": "cart"}))
	_brief(_service(_limit), [split]) == set()
	{count(f.related) | some f in _found(_service(_limit), [_profile("shop", _routed)])} == {1}
}

_linkerd := {"namespaces": {"shop": {"annotations": {"linkerd.io/inject": "enabled"}}}}

_istio := {"namespaces": {"shop": {"labels": {"istio-injection": "enabled"}}}}

_retry := [{"retry": {"attempts": 2}}]

test_fields_of_a_route if {
	_brief(_route({}, _retry), []) == {["error", "spec.rules[0].retry"]} with data.lib.onelayer.config as _linkerd
	_brief(_route({}, [{"timeouts": {"request": "5s", "backendRequest": "1s"}}]), []) == {[
		"warning",
		"spec.rules[0].timeouts.backendRequest",
	]} with data.lib.onelayer.config as _linkerd
	_brief(_route({}, _retry), []) == set() with data.lib.onelayer.config as _istio
	_brief(_route({}, _retry), []) == set()
	_brief(_route({"example.com/owner": "ana"}, _retry), []) == set()
	_brief(_route(_limit, _retry), []) == {["error", "spec.rules[0].retry"]}
	own := object.union(_route({}, [{"timeouts": {"backendRequest": "1s"}}]), {"apiVersion": "policy.linkerd.io/v1beta3"})
	_brief(own, []) == {["warning", "spec.rules[0].timeouts.backendRequest"]}
	_brief(_route(_limit, ["odd", {"retry": null}]), []) == set()
}

test_routes_of_gateways if {
	edge := object.union(_route(_limit, _retry), {"spec": {"parentRefs": [{"name": "edge"}]}})
	_brief(edge, []) == set()
	_brief(object.union(edge, {"spec": {"parentRefs": []}}), []) == set()
	both := object.union(_route(_limit, _retry), {"spec": {"parentRefs": array.concat(_parents, [{"name": "edge"}])}})
	_brief(both, []) == set()
}

test_annotation_before_field if {
	annotations := {"timeout.linkerd.io/request": "5s"}
	path := "spec.rules[0].timeouts.request"
	_brief(_route(annotations, [{"timeouts": {"request": "10s"}}]), []) == {["warning", path]}
	_brief(_route(annotations, [{"timeouts": {"request": "5000ms"}}]), []) == set()
	_brief(_route({}, [{"timeouts": {"request": "10s"}}]), []) == set()
}

test_values_that_linkerd_drops if {
	every case in [
		["timeout.linkerd.io/request", "5"],
		["timeout.linkerd.io/response", "1.5s"],
		["timeout.linkerd.io/idle", "soon"],
		["retry.linkerd.io/timeout", ""],
		["retry.linkerd.io/limit", "two"],
		["retry.linkerd.io/limit", "-1"],
		["retry.linkerd.io/http", "5xx,reset"],
		["retry.linkerd.io/http", "600"],
		["retry.linkerd.io/grpc", "UNKNOWN"],
		["balancer.linkerd.io/failure-accrual", "Consecutive"],
	] {
		_brief(_service({case[0]: case[1]}), []) == _error(case[0])
	}
	every case in [
		["timeout.linkerd.io/request", "5s"],
		["timeout.linkerd.io/request", " 1d "],
		["timeout.linkerd.io/request", "0"],
		["timeout.linkerd.io/request", "${TIMEOUT}"],
		["timeout.linkerd.io/request", "{{ .Values.timeout }}"],
		["retry.linkerd.io/limit", "3"],
		["retry.linkerd.io/http", "5XX, 429,500-503,gateway-error"],
		["retry.linkerd.io/grpc", "unavailable,Cancelled"],
		["balancer.linkerd.io/failure-accrual", "unified"],
		["timeout.linkerd.io/other", "5"],
	] {
		_brief(_service({case[0]: case[1]}), []) == set()
	}
	_brief(_route({"timeout.linkerd.io/request": "5"}, []), []) == _error("timeout.linkerd.io/request")
	gateway := {"spec": {"parentRefs": [{"name": "edge"}]}}
	_brief(object.union(_route({"timeout.linkerd.io/request": "5"}, []), gateway), []) == set()
	{f.msg | some f in _found(_route({"timeout.linkerd.io/request": "5"}, []), [])} == {concat("", [
		"resilience/shadowed-policy: Linkerd cannot read timeout.linkerd.io/request=5 and refuses the route; ",
		"write a whole number with a unit, such as 5s",
	])}
}

_istio_object(kind, spec) := _of("networking.istio.io/v1", kind, {}, spec)

_calls(route) := _istio_object("VirtualService", {"hosts": ["cart"], "http": [route]})

_rule(host, policy) := _istio_object("DestinationRule", {"host": host, "trafficPolicy": policy})

test_values_that_are_none if {
	_brief(_calls({"timeout": 5, "retries": {"attempts": "2", "perTryTimeout": "1x"}}), []) == {
		["error", "spec.http[0].timeout"],
		["error", "spec.http[0].retries.attempts"],
		["error", "spec.http[0].retries.perTryTimeout"],
	}
	_brief(_rule("cart", {"outlierDetection": {"interval": "often"}}), []) == {
		["error", "spec.trafficPolicy.outlierDetection.interval"],
	}
	_brief(_route({}, [{"timeouts": {"request": "1.5s"}}]), []) == {["error", "spec.rules[0].timeouts.request"]}
	_brief(_profile("shop", {"routes": [{"timeout": "5"}]}), []) == {["error", "spec.routes[0].timeout"]}
	_brief(_calls({"timeout": "1.5s"}), []) == set()
	{f.msg | some f in _found(_calls({"timeout": 5}), [])} == {concat("", [
		"resilience/shadowed-policy: the API server refuses timeout=5 of this VirtualService, ",
		"so nothing in it counts; write a duration such as 1.5s",
	])}
	{f.msg | some f in _found(_profile("shop", {"routes": [{"timeout": "5"}]}), [])} == {concat("", [
		"resilience/shadowed-policy: Linkerd cannot read timeout=5 of this ServiceProfile, ",
		"so it does not count; write a duration such as 1.5s",
	])}
}

test_delegates_of_delegates if {
	delegate := {"delegate": {"name": "next"}}
	_brief(_calls(delegate), []) == set()
	_brief(_istio_object("VirtualService", {"http": [delegate]}), []) == {["error", "spec.http[0].delegate"]}
	_brief(_istio_object("VirtualService", {"hosts": [], "http": [delegate]}), []) != set()
	every own in [{"name": "cart"}, {"name": "cart", "namespace": "shop"}] {
		_brief(_calls({"delegate": own}), []) == {["error", "spec.http[0].delegate"]}
	}
	_brief(_calls({"delegate": {"name": "cart", "namespace": "other"}}), []) == set()
	_brief(_calls({"delegate": "cart"}), []) == set()
	_brief(_istio_object("VirtualService", {"http": [{"delegate": "cart"}]}), []) == set()
	{f.msg | some f in _found(_calls({"delegate": {"name": "cart"}}), [])} == {concat("", [
		"resilience/shadowed-policy: this VirtualService delegates to itself, and Istio follows one level of delegates, ",
		"so nothing reads the policy behind it; name the last delegate in the first VirtualService",
	])}
}

_next(namespace, spec) := object.union(_istio_object("VirtualService", spec), {"metadata": {
	"name": "next",
	"namespace": namespace,
}})

test_delegates_with_hosts if {
	here := _calls({"delegate": {"name": "next"}})
	there := _calls({"delegate": {"name": "next", "namespace": "other"}})
	with_hosts := {"hosts": ["next"]}
	_brief(here, [_next("shop", with_hosts)]) == {["error", "spec.http[0].delegate"]}
	_brief(there, [_next("other", with_hosts)]) == {["error", "spec.http[0].delegate"]}
	_brief(there, [_next("shop", with_hosts)]) == set()
	_brief(here, [_next("other", with_hosts)]) == set()
	_brief(here, [_next("shop", {"hosts": []})]) == set()
	_brief(here, [_next("shop", {})]) == set()
	older := object.union(_next("shop", {}), {"apiVersion": "networking.istio.io/v1beta1"})
	_brief(here, [_next("shop", with_hosts), older]) == set()
	_brief(_calls({"delegate": "next"}), [_next("shop", with_hosts)]) == set()
	further := _istio_object("VirtualService", {"http": [{"delegate": {"name": "next"}}]})
	count(_found(further, [_next("shop", with_hosts)])) == 1
	itself := _calls({"delegate": {"name": "cart"}})
	count(_found(itself, [itself])) == 1
	{f.msg | some f in _found(here, [_next("shop", with_hosts)])} == {concat("", [
		"resilience/shadowed-policy: VirtualService next has hosts, so it is no delegate and Istio drops this route; ",
		"remove its hosts",
	])}
	{related.object.name | some f in _found(here, [_next("shop", with_hosts)]); some related in f.related} == {"next"}
}

_in_shop(obj, services) := {[f.severity, f.path] |
	some f in shadowed_policy.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {"kind": "Namespace", "metadata": {"name": "shop"}}}}},
		"namespace": {"shop": {"v1": {"Service": {name: _service({}) | some name in services}}}},
	}
}

_breaker := {"outlierDetection": {"consecutive5xxErrors": 5}}

test_hosts_that_nothing_has if {
	unknown := {["info", "spec.host"]}
	every host in ["stock", "stock.shop.svc.cluster.local"] {
		_in_shop(_rule(host, _breaker), ["cart"]) == unknown
	}
	every host in [
		"cart", "CART.shop.svc.cluster.local", "*.shop.svc.cluster.local", "stock.other.svc.cluster.local",
		"a.b.example.com", "${HOST}", "",
	] {
		_in_shop(_rule(host, _breaker), ["cart"]) == set()
	}
	every host in ["cart.shop", "cart.shop.svc"] {
		_in_shop(_rule(host, _breaker), ["cart"]) == {["warning", "spec.host"]}
	}
	_in_shop(_rule("stock.shop", _breaker), ["cart"]) == set()
	_in_shop(_rule("stock", {"loadBalancer": {"simple": "RANDOM"}}), ["cart"]) == set()
	_in_shop(_rule("stock", {"connectionPool": {"http": {}}}), ["cart"]) == unknown
	_brief(_rule("stock", _breaker), []) == set()
	called := {"host": "stock"}
	place := {["info", "spec.http[0].route[0].destination.host"]}
	_in_shop(_calls({"timeout": "5s", "route": [{"destination": called}]}), ["cart"]) == place
	_in_shop(_calls({"retries": {"attempts": 1}, "route": [{"destination": called}]}), ["cart"]) == place
	_in_shop(_calls({"route": [{"destination": called}]}), ["cart"]) == set()
	_said(_rule("stock", _breaker)) == {concat("", [
		"resilience/shadowed-policy: no Service and no ServiceEntry that is known is called stock, ",
		"so nothing takes this policy; correct the host",
	])}
	_said(_rule("cart.shop", _breaker)) == {concat("", [
		"resilience/shadowed-policy: Istio does not know host cart.shop, so nothing takes this policy; ",
		"write cart.shop.svc.DOMAIN",
	])}
}

_said(obj) := {f.msg |
	some f in shadowed_policy.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {"kind": "Namespace", "metadata": {"name": "shop"}}}}},
		"namespace": {"shop": {"v1": {"Service": {"cart": _service({})}}}},
	}
}

_rate := "balancer.alpha.linkerd.io/failure-accrual-success-rate-threshold"

_failures := "balancer.linkerd.io/failure-accrual-consecutive-max-failures"

_mode := "balancer.linkerd.io/failure-accrual"

test_breaking_without_its_mode if {
	_brief(_service({_failures: "7"}), []) == _error(_failures)
	_brief(_service({_failures: "7", _mode: "consecutive"}), []) == set()
	_brief(_service({_rate: "0.9"}), []) == _error(_rate)
	_brief(_service({_rate: "0.9", _mode: "consecutive"}), []) == _error(_rate)
	_brief(_service({_rate: "0.9", _mode: "unified"}), []) == set()
}

test_conditions_of_the_other_protocol if {
	grpc := {"retry.linkerd.io/grpc": "unavailable"}
	http := {"retry.linkerd.io/http": "5xx"}
	_brief(_route(grpc, []), []) == _error("retry.linkerd.io/grpc")
	_brief(_route(http, []), []) == set()
	_brief(object.union(_route(http, []), {"kind": "GRPCRoute"}), []) == _error("retry.linkerd.io/http")
	_brief(object.union(_route(grpc, []), {"kind": "GRPCRoute"}), []) == set()
}

test_annotations_that_replace if {
	service := _service({"retry.linkerd.io/http": "5xx", "timeout.linkerd.io/request": "5s"})
	_brief(_route(_limit, []), [service]) == {["warning", _at("retry.linkerd.io/limit")]}
	_brief(_route(object.union(_limit, {"retry.linkerd.io/http": "503"}), []), [service]) == set()
	response := {"timeout.linkerd.io/response": "5s"}
	_brief(_route(response, []), [service]) == {["warning", _at("timeout.linkerd.io/response")]}
	_brief(_route({}, []), [service]) == set()
	_brief(_route(_limit, []), [_service({})]) == set()
	_brief(_route(_limit, []), [_service({"retry.linkerd.io/grpc": "unavailable"})]) == set()
	_brief(_route(_limit, []), []) == set()
	twice := {"named_services": {"shop/cart": [service, _service({})]}}
	_brief(_route(_limit, []), []) == set() with data.lib.onelayer.prepared as twice
}

test_messages if {
	{f.msg | some f in _found(_service({"timeout.linkerd.io/request": "5"}), [])} == {concat("", [
		"resilience/shadowed-policy: Linkerd cannot read timeout.linkerd.io/request=5 and drops it with a log line only; ",
		"write a whole number with a unit, such as 5s",
	])}
	{f.msg | some f in _found(_service({_rate: "0.9"}), [])} == {concat("", [
		"resilience/shadowed-policy: balancer.alpha.linkerd.io/failure-accrual-success-rate-threshold says nothing to ",
		"Linkerd, because balancer.linkerd.io/failure-accrual is not set; set it to unified",
	])}
}
