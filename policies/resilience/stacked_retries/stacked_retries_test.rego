package lib.onelayer.policies.resilience.stacked_retries_test

import data.lib.onelayer.policies.resilience.stacked_retries

_of(api_version, kind, name, annotations, spec) := {
	"apiVersion": api_version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop", "annotations": annotations},
	"spec": spec,
}

_web(env) := _of("apps/v1", "Deployment", "web", {}, {"template": {"spec": {"containers": [{
	"name": "web",
	"env": [{"name": name, "value": value} | some name, value in env],
}]}}})

_service(annotations) := _of("v1", "Service", "orders", annotations, {"selector": {"app": "orders"}})

_virtual(http) := _of("networking.istio.io/v1", "VirtualService", "orders", {}, {"hosts": ["orders"], "http": http})

_route(annotations, rules) := _of("gateway.networking.k8s.io/v1", "HTTPRoute", "orders", annotations, {
	"parentRefs": [{"group": "", "kind": "Service", "name": "orders"}],
	"rules": rules,
})

_istio := {"labels": {"istio-injection": "enabled"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_found_with(obj, others, namespace, parameters) := found if {
	inventory := {"namespace": {"shop": {other.apiVersion: {other.kind: {other.metadata.name: other}} |
		some other in others
	}}}
	config := {
		"namespaces": {"shop": namespace},
		"rules": {"resilience/stacked-retries": {"parameters": parameters}},
	}
	found := stacked_retries.violation with input as obj with data.inventory as inventory
		with data.lib.onelayer.config as config
}

_found(env, others, namespace) := _found_with(_web(env), others, namespace, {})

_brief(env, others, namespace) := {[f.severity, f.path, f.related] |
	some f in _found(env, others, namespace)
}

_severities(env, others, namespace) := {f.severity | some f in _found(env, others, namespace)}

_calling := {"A_URL": "http://orders:8080/v1", "HTTP_RETRIES": "3"}

_attempts(number) := _virtual([{"retries": {"attempts": number}}])

test_declared_in_istio if {
	_brief(_calling, [_service({}), _attempts(2)], _istio) == {[
		"error",
		"spec.template.spec.containers[0].env[1].value",
		[{
			"note": "retries the same calls",
			"object": {
				"apiVersion": "networking.istio.io/v1",
				"kind": "VirtualService",
				"namespace": "shop",
				"name": "orders",
			},
			"path": "spec.http[0].retries",
		}],
	]}
	_severities(object.union(_calling, {"HTTP_RETRIES": "2"}), [_service({}), _attempts(2)], _istio) == {"warning"}
	_severities({"A_URL": "orders:80", "MAX_RETRIES": "9"}, [_service({}), _attempts(2)], _istio) == {"warning"}
	most := _virtual([{"retries": {"attempts": 1}}, {"retries": {"attempts": 4}}, {"retries": {"attempts": "5"}}])
	{f.related[0].path | some f in _found(_calling, [_service({}), most], _istio)} == {"spec.http[1].retries"}
	_severities(_calling, [_service({}), _route({}, [{"retry": {"codes": [503]}}, {}])], _istio) == {"error"}
	_severities(_calling, [_service({}), _route({}, [{"retry": {"attempts": 1}}])], _istio) == {"warning"}
}

test_default_of_istio if {
	_severities(_calling, [_service({})], _istio) == {"info"}
	_severities(_calling, [_service({}), _virtual([{"timeout": "5s"}])], _istio) == {"info"}
	_severities({"HTTP_RETRIES": "9"}, [], _istio) == {"info"}
	_severities(_calling, [_service({}), _attempts(0)], _istio) == set()
	_severities(_calling, [_service({}), _virtual([{"retries": {}}])], _istio) == set()
	_severities(_calling, [_service({}), _virtual([{"retries": "odd"}])], _istio) == {"info"}
	_severities(_calling, [_service({}), _route({}, [{"retry": "odd"}])], _istio) == {"info"}
	_severities(_calling, [_service({}), _route({}, [{"retry": {"attempts": "5"}}])], _istio) == {"info"}
	of_linkerd := object.union(_route({}, [{"retry": {}}]), {"apiVersion": "policy.linkerd.io/v1beta3"})
	_severities(_calling, [_service({}), of_linkerd], _istio) == {"info"}
	twin := object.union(_attempts(3), {"apiVersion": "networking.istio.io/v1beta1"})
	_severities(_calling, [_service({}), _attempts(3), twin], _istio) == {"info"}
	off := {"mesh_default_retries": 0}
	_found_with(_web(_calling), [_service({})], _istio, off) == set()
	_found_with(_web({"HTTP_RETRIES": "3"}), [], _istio, off) == set()
}

test_linkerd if {
	annotations := {"retry.linkerd.io/http": "5xx", "retry.linkerd.io/limit": "3"}
	_severities(_calling, [_service(annotations)], _linkerd) == {"error"}
	_severities(_calling, [_service({"retry.linkerd.io/grpc": "unavailable"})], _linkerd) == {"warning"}
	_severities(_calling, [_service({}), _route(annotations, [])], _linkerd) == {"error"}
	_severities(_calling, [_service({"retry.linkerd.io/limit": "3"})], _linkerd) == {"error"}
	odd := object.union(annotations, {"retry.linkerd.io/limit": "many"})
	_severities(_calling, [_service(odd)], _linkerd) == {"warning"}
	annotated := object.union(_attempts(3), {"metadata": {"annotations": annotations}})
	_severities(_calling, [_service({}), annotated], _linkerd) == set()
	_severities(_calling, [_service({}), _attempts(3)], _linkerd) == set()
	_severities({"HTTP_RETRIES": "3"}, [_service(annotations)], _linkerd) == set()
}

test_the_annotation_that_retries_is_named if {
	annotations := {"balancer.linkerd.io/failure-accrual": "consecutive", "retry.linkerd.io/http": "5xx"}
	[found.related[0].path | some found in _found(_calling, [_service(annotations)], _linkerd)] == [
		"metadata.annotations[\"retry.linkerd.io/http\"]",
	]
}

test_outside_of_a_mesh if {
	_severities(_calling, [_service({}), _attempts(3)], {}) == set()
	_severities(_calling, [_service({}), _attempts(3)], null) == set()
	_severities(_calling, [_service({}), _attempts(3)], {"labels": {"istio.io/dataplane-mode": "ambient"}}) == set()
}

_waypoint := {"labels": {"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint"}}

test_waypoints if {
	_severities(_calling, [_service({}), _attempts(3)], _waypoint) == {"error"}
	_severities(_calling, [_service({})], _waypoint) == {"info"}
	_severities(_calling, [_service({}), _attempts(0)], _waypoint) == set()
	_severities(_calling, [], _waypoint) == set()
	out := object.union(_service({}), {"metadata": {"labels": {"istio.io/use-waypoint": "none"}}})
	_severities(_calling, [out, _attempts(3)], _waypoint) == set()
}

test_proxyless if {
	template := {"metadata": {"annotations": {"inject.istio.io/templates": "grpc-agent"}}}
	bare := object.union(_web(_calling), {"spec": {"template": template}})
	[f.severity | some f in _found_with(bare, [_service({}), _attempts(3)], _istio, {})] == ["error"]
	[f.severity | some f in _found_with(bare, [], _istio, {})] == ["info"]
}

test_variables if {
	every name in [
		"HTTP_RETRIES", "MAX_RETRIES", "retry_count", "AXIOS_RETRY", "ORDERS_MAX_RETRY_ATTEMPTS",
		"MAXRETRIES",
	] {
		_severities({name: "2"}, [], _istio) == {"info"}
	}
	every name in ["KAFKA_RETRIES", "DB_MAX_RETRIES", "JOB_RETRY_LIMIT", "RETRY_DELAY", "RETRY_TIMEOUT_MS", "ENTRIES"] {
		_severities({name: "2"}, [], _istio) == set()
	}
	every value in ["0", "", "true", "100", "-1", "1.5"] {
		_severities({"HTTP_RETRIES": value}, [], _istio) == set()
	}
	_found_with(_web({"HTTP_RETRIES": 2}), [], _istio, {}) != set()
	_found_with(_web({"HTTP_RETRIES": "2"}), [], _istio, {"ignored_variables": ["HTTP_RETRIES"]}) == set()
}

_service_config(attempts) := {
	"ORDERS_ADDR": "orders",
	"GRPC_SERVICE_CONFIG": json.marshal({"methodConfig": [
		{"retryPolicy": {"maxAttempts": attempts}},
		{"timeout": "1s"},
	]}),
}

test_service_config_of_grpc if {
	_severities(_service_config(4), [_service({}), _attempts(2)], _istio) == {"error"}
	_severities(_service_config(3), [_service({}), _attempts(2)], _istio) == {"warning"}
	_severities(_service_config(1), [_service({}), _attempts(2)], _istio) == set()
	_severities(_service_config("4"), [_service({}), _attempts(2)], _istio) == set()
	other := {"ORDERS_ADDR": "orders", "OTHER_CONFIG": _service_config(4).GRPC_SERVICE_CONFIG}
	_severities(other, [_service({}), _attempts(2)], _istio) == set()
	_severities({"GRPC_SERVICE_CONFIG": "{broken"}, [_service({}), _attempts(2)], _istio) == set()
}

test_who_is_called if {
	every env in [
		{"A": "https://orders.shop.svc.cluster.local/x"}, {"A": "grpc://orders"}, {"ORDERS_HOST": "orders"},
		{"A": "orders.shop:80"},
	] {
		_severities(object.union(env, {"HTTP_RETRIES": "3"}), [_service({}), _attempts(2)], _istio) == {"error"}
	}
	every env in [{"APP": "orders"}, {"A": "postgres://orders:5432"}, {"A": "http://basket"}, {"A": "orders two:80"}] {
		_severities(object.union(env, {"HTTP_RETRIES": "3"}), [_service({}), _attempts(2)], _istio) == {"info"}
	}
}

test_hosts_of_service_entries if {
	entry := _of("networking.istio.io/v1", "ServiceEntry", "orders", {}, {"hosts": ["orders.example.com"]})
	env := {"A": "http://orders.example.com", "HTTP_RETRIES": "3"}
	inventory := {"namespace": {"shop": {"networking.istio.io/v1": {
		"ServiceEntry": {"orders": entry},
		"VirtualService": {"orders": _attempts(3)},
	}}}}
	{f.severity | some f in stacked_retries.violation} == {"info"} with input as _web(env)
		with data.inventory as inventory
		with data.lib.onelayer.config as {"namespaces": {"shop": _istio}}
}

test_other_containers if {
	job := object.union(_web(_calling), {"apiVersion": "batch/v1", "kind": "Job"})
	_found_with(job, [_service({}), _attempts(3)], _istio, {}) == set()
	init := json.patch(_web(_calling), [{
		"op": "move",
		"from": "/spec/template/spec/containers",
		"path": "/spec/template/spec/initContainers",
	}])
	_found_with(init, [_service({}), _attempts(3)], _istio, {}) == set()
}

test_message if {
	{f.msg | some f in _found(_calling, [_service({}), _attempts(3)], _istio)} == {concat("", [
		"resilience/stacked-retries: HTTP_RETRIES of container \"web\" and VirtualService orders retry the same calls, ",
		"4 x 4 = 16 tries; keep those of the mesh",
	])}
	{f.msg | some f in _found({"HTTP_RETRIES": "3"}, [], _istio)} == {concat("", [
		"resilience/stacked-retries: HTTP_RETRIES of container \"web\" and Istio by default retry the same calls, ",
		"4 x 3 = 12 tries; keep those of the mesh",
	])}
}
