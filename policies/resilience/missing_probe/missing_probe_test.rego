package lib.onelayer.policies.resilience.missing_probe_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.resilience.missing_probe
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in missing_probe.violation}

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {
		"metadata": {"labels": {"app": "api"}},
		"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]},
	}},
}

_kind(kind, container) := object.union(_deployment(container), kind)

_id := "resilience/missing-probe"

_place := "spec.template.spec.containers[0]"

_mesh := {
	"images": {}, "bases": {}, "consumers": {}, "autoscalers": {}, "mesh": true,
	"services": {"shop\napp\napi": [{"kind": "Service", "spec": {"selector": {"app": "api"}}}]},
}

_port := {"command": ["node", "x.js"], "ports": [{"containerPort": 80}]}

_managed := {"command": ["pm2-runtime", "x.js"]}

_probe(port) := {"tcpSocket": {"port": port}}

_messages := {found.msg | some found in missing_probe.violation}

test_a_port_without_readiness if {
	_all == {[_id, "info", _place]} with input as _deployment(_port)
	_all == {[_id, "warning", _place]} with input as _deployment(_port) with prepared as _mesh
	_all == {[_id, "info", _place]} with input as _deployment(_port)
		with prepared as object.remove(_mesh, ["services"])
	_all == {[_id, "info", _place]} with input as _deployment(_port)
		with prepared as object.union(_mesh, {"mesh": false})
	_messages == {concat("", [
		`resilience/missing-probe: container "api" has no readinessProbe, `,
		"so traffic comes before it is ready; add one",
	])} with input as _deployment(_port)
	_all == set() with input as _deployment(object.union(_port, {"readinessProbe": _probe(80)}))
	_all == set() with input as _deployment(object.union(_port, {"ports": []}))
}

_beside(extra) := object.union(_deployment({}), {"spec": {"template": {"spec": {"containers": [
	object.union(_port, {
		"name": "api",
		"ports": [{"name": "http", "containerPort": 80}],
		"readinessProbe": _probe(80),
	}),
	object.union({"name": "helper", "ports": [{"name": "grpc", "containerPort": 81}]}, extra),
]}}}})

_helper := "spec.template.spec.containers[1]"

_sent(list) := object.union(_mesh, {"services": {"shop\napp\napi": [{"kind": "Service", "spec": {
	"selector": {"app": "api"},
	"ports": list,
}}]}})

test_a_container_to_which_no_service_sends_traffic if {
	every list in [
		[{"port": 80}],
		[{"port": 8080, "targetPort": 80}],
		[{"port": 8080, "targetPort": "http"}, {"port": 80}],
	] {
		_all == {[_id, "info", _helper]} with input as _beside({}) with prepared as _sent(list)
	}
	every list in [
		[],
		"odd",
		["odd"],
		[{"port": 81}],
		[{"port": 80}, {"port": 8080, "targetPort": "grpc"}],
		[{"port": 8080, "targetPort": "unknown"}],
		[{"port": 8080, "targetPort": 82}],
	] {
		_all == {[_id, "warning", _helper]} with input as _beside({}) with prepared as _sent(list)
	}
	agent := object.union(_beside({}), {"kind": "DaemonSet"})
	_all == set() with input as agent with prepared as _sent([{"port": 80}])
	_all == {[_id, "warning", _helper]} with input as agent with prepared as _sent([{"port": 81}])
	_all == {[_id, "error", _helper]} with input as _beside(_managed) with prepared as _sent([{"port": 80}])
}

test_a_manager_hides_crashes if {
	_all == {[_id, "error", _place]} with input as _deployment(_managed)
	_all == {[_id, "error", _place]} with input as _deployment({"command": ["honcho", "start"]})
	_messages == {concat("", [
		`resilience/missing-probe: container "api" has no readinessProbe `,
		"and a manager hides its crashes; add probes",
	])} with input as _deployment(_managed)
	_all == set() with input as _deployment({"command": ["pm2", "ls"]})
	_all == set() with input as _deployment({"command": ["nodemon", "x.js"]})
	_all == set() with input as _deployment({"command": ["sh", "-c", "if x; then pm2-runtime x.js; else node x.js; fi"]})
	_all == set() with input as _deployment(object.union(_managed, {"readinessProbe": _probe(80)}))
}

test_the_error_can_be_switched_off if {
	rules := {_id: {"parameters": {"managed_is_error": false}}}
	_all == {[_id, "info", _place]} with input as _deployment(_managed) with config as {"rules": rules}
}

test_one_question_for_two if {
	same := object.union(_port, {"readinessProbe": _probe(80), "livenessProbe": _probe(80)})
	place := sprintf("%s.livenessProbe", [_place])
	_all == {[_id, "info", place]} with input as _deployment(same)
	_all == {[_id, "warning", place]} with input as _deployment(same) with prepared as _mesh
	_all == set() with input as _deployment(object.union(same, {"livenessProbe": _probe(81)}))
	odd := object.union(_port, {"readinessProbe": "x", "livenessProbe": "x"})
	_all == set() with input as _deployment(odd)
}

test_an_agent_of_the_node_must_be_ready_for_a_service_only if {
	agent := _kind({"kind": "DaemonSet"}, _port)
	_all == set() with input as agent
	_all == set() with input as agent with prepared as object.remove(_mesh, ["services"])
	_all == {[_id, "warning", _place]} with input as agent with prepared as _mesh
	_all == set() with input as _kind({"kind": "DaemonSet"}, {}) with prepared as _mesh
	_all == {[_id, "error", _place]} with input as _kind({"kind": "DaemonSet"}, _managed)
}

test_proxies_of_meshes_are_left_alone if {
	every name in ["istio-proxy", "linkerd-proxy"] {
		_all == set() with input as _deployment(object.union(_port, {"name": name}))
	}
}

test_knative_asks_by_itself if {
	knative := {"apiVersion": "serving.knative.dev/v1", "kind": "Service"}
	_all == set() with input as _kind(knative, _port)
	_all == set() with input as _kind(knative, _managed)
	same := object.union(_port, {"readinessProbe": _probe(80), "livenessProbe": _probe(80)})
	place := sprintf("%s.livenessProbe", [_place])
	_all == {[_id, "info", place]} with input as _kind(knative, same)
}

test_jobs_and_other_roles_are_left_alone if {
	job := {
		"apiVersion": "batch/v1",
		"kind": "Job",
		"metadata": {"name": "api"},
		"spec": {"template": {"spec": {"containers": [object.union(_port, {"name": "api"})]}}},
	}
	_all == set() with input as job
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "api"},
		"spec": {
			"initContainers": [object.union(_port, {"name": "init"})],
			"containers": [{"name": "api", "command": ["node", "x.js"]}],
		},
	}
	_all == set() with input as pod
}

test_a_manager_of_an_image_hides_nothing_here if {
	_all == set() with input as {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Compose",
		"metadata": {"name": "compose"},
		"spec": {"services": {"api": _managed}},
	}
}
