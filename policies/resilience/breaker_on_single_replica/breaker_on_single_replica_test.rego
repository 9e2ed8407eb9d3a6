package lib.onelayer.policies.resilience.breaker_on_single_replica_test

import data.lib.onelayer.inventory as lookups
import data.lib.onelayer.policies.resilience.breaker_on_single_replica

_of(api_version, kind, name, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

_service := _of("v1", "Service", "cart", {"selector": {"app": "cart"}})

_linkerd(mode) := object.union(_service, {"metadata": {"annotations": {"balancer.linkerd.io/failure-accrual": mode}}})

_workload(kind, name, labels, replicas) := _of("apps/v1", kind, name, object.union(replicas, {"template": {
	"metadata": {"labels": object.union({"app": "cart"}, labels)},
	"spec": {"containers": [{"name": "main"}]},
}}))

_one := {"replicas": 1}

_cart := _workload("Deployment", "cart", {}, _one)

_rule(host, policy) := _of("networking.istio.io/v1", "DestinationRule", "cart", object.union({"host": host}, policy))

_breaker := {"outlierDetection": {"consecutive5xxErrors": 5}}

_whole := {"trafficPolicy": _breaker}

_inventory(others) := {"namespace": {"shop": {version: kinds |
	some version in {other.apiVersion | some other in others}
	kinds := {kind: objects |
		some kind in {other.kind | some other in others; other.apiVersion == version}
		objects := {other.metadata.name: other | some other in others; other.kind == kind}
	}
}}}

_found(obj, others) := found if {
	found := breaker_on_single_replica.violation with input as obj with data.inventory as _inventory(others)
}

_brief(obj, others) := {[f.severity, f.path, f.related[0].path] | some f in _found(obj, others)}

_at(path) := {["warning", path, "spec.replicas"]}

_main := "spec.trafficPolicy.outlierDetection"

test_destination_rule if {
	every host in ["cart", "cart.shop.svc.cluster.local"] {
		_brief(_rule(host, _whole), [_service, _cart]) == _at(_main)
	}
	every host in ["cart.shop", "basket", "*.shop.svc.cluster.local", "cart.example.com", 3] {
		_brief(_rule(host, _whole), [_service, _cart]) == set()
	}
	by_port := {"trafficPolicy": {"portLevelSettings": [_breaker]}}
	_brief(_rule("cart", by_port), [_service, _cart]) == _at("spec.trafficPolicy.portLevelSettings[0].outlierDetection")
	_brief(_rule("cart", {"trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}}}), [_service, _cart]) == set()
	_brief(_rule("cart", {"trafficPolicy": {"outlierDetection": 3}}), [_service, _cart]) == set()
	guarded := {"trafficPolicy": {"outlierDetection": {"minHealthPercent": 50}}}
	_brief(_rule("cart", guarded), [_service, _cart]) == set()
}

test_subsets if {
	two := [_workload("Deployment", "v1", {"v": "1"}, _one), _workload("Deployment", "v2", {"v": "2"}, _one), _service]
	subset := {"subsets": [{"name": "v1", "labels": {"v": "1"}, "trafficPolicy": _breaker}]}
	_brief(_rule("cart", subset), two) == _at("spec.subsets[0].trafficPolicy.outlierDetection")
	_brief(_rule("cart", _whole), two) == set()
}

test_linkerd if {
	path := "metadata.annotations[\"balancer.linkerd.io/failure-accrual\"]"
	_brief(_linkerd("consecutive"), [_cart]) == _at(path)
	_brief(_linkerd("unified"), [_cart]) == _at(path)
	_brief(_linkerd("none"), [_cart]) == set()
	_brief(_service, [_cart]) == set()
}

test_replicas if {
	_brief(_rule("cart", _whole), [_service, _workload("Deployment", "cart", {}, {"replicas": 2})]) == set()
	_brief(_rule("cart", _whole), [_service, _workload("Deployment", "cart", {}, {"replicas": 0})]) == set()
	_brief(_rule("cart", _whole), [_service, _workload("DaemonSet", "cart", {}, {})]) == set()
	_brief(_rule("cart", _whole), [_service, _workload("StatefulSet", "cart", {}, _one)]) == _at(_main)
	bare := [_service, _workload("Deployment", "cart", {}, {})]
	_brief(_rule("cart", _whole), bare) == {["info", _main, "spec"]}
	_brief(_rule("cart", _whole), [_service]) == set()
}

test_autoscaled if {
	_brief(_rule("cart", _whole), [_service, _cart, _scaler({"minReplicas": 2})]) == set()
	every minimum in [{}, {"minReplicas": 1}] {
		_brief(_rule("cart", _whole), [_service, _cart, _scaler(minimum)]) == _at(_main)
	}
	some f in _found(_rule("cart", _whole), [_service, _cart, _scaler({})])
	[[place.object.kind, place.path] | some place in f.related] == [
		["Deployment", "spec.replicas"],
		["HorizontalPodAutoscaler", "spec"],
	]
}

_scaler(minimum) := _of("autoscaling/v2", "HorizontalPodAutoscaler", "cart", object.union(minimum, {"scaleTargetRef": {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"name": "cart",
}}))

test_two_candidates if {
	computed := lookups.computed with data.inventory as _inventory([_service, _cart])
	breaker_on_single_replica.violation != set() with input as _rule("cart", _whole)
		with data.lib.onelayer.prepared as computed
	twice := object.union(computed, {"named_services": {"shop/cart": [_service, _service]}})
	breaker_on_single_replica.violation == set() with input as _rule("cart", _whole)
		with data.lib.onelayer.prepared as twice
}

test_message if {
	{f.msg | some f in _found(_rule("cart", _whole), [_service, _cart])} == {concat("", [
		"resilience/breaker-on-single-replica: outlierDetection may eject the only replica of Deployment cart, which ",
		"cuts all traffic, or does nothing; run 2 replicas",
	])}
}
