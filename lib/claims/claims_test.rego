package lib.onelayer.claims_test

import data.lib.onelayer.claims

_template(labels, annotations, spec) := {"metadata": {"labels": labels, "annotations": annotations}, "spec": spec}

_made(kind, spec, template) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union(spec, {"template": template}),
}

_web := {"name": "web", "image": "shop/web:1", "command": ["node", "server.js"], "ports": [{"containerPort": 8080}]}

_plain := {"containers": [_web]}

_deployment(spec) := _made("Deployment", {}, _template({"app": "web"}, {}, spec))

_annotated(annotations) := _made("Deployment", {}, _template({"app": "web"}, annotations, _plain))

_service(meta, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, meta),
	"spec": object.union({"selector": {"app": "web"}}, spec),
}

_served := {"v1": {"Service": {"web": _service({}, {})}}}

_namespaces := {
	"sidecar": {"labels": {"istio-injection": "enabled"}},
	"ambient": {"labels": {"istio.io/dataplane-mode": "ambient"}},
	"waypoint": {"labels": {"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "edge"}},
	"linkerd": {"annotations": {"linkerd.io/inject": "enabled"}},
	"none": {},
}

_known(namespace) := {"namespaces": {"shop": _namespaces[namespace]}}

_entry(obj, mode, objects) := entries[0] if {
	entries := claims.workloads with input as obj
		with data.lib.onelayer.config as _known(mode)
		with data.inventory as {"cluster": {}, "namespace": {"shop": objects}}
		with data.lib.onelayer.unit as {"whole": true}
}

_row(obj, mode, objects, concern) := [row | some row in _entry(obj, mode, objects).concerns; row.concern == concern][0]

_cells(row) := [row.container, row.kubernetes, row.mesh, row.verdict]

_states(obj, mode, objects, concern) := _cells(_row(obj, mode, objects, concern))

_notes(row, layer) := [step.note | some step in row.evidence; step.layer == layer]

test_a_served_workload_in_a_mesh if {
	entry := _entry(_deployment(_plain), "sidecar", _served)
	entry.object.name == "web"
	entry.mesh.mode == "sidecar"
	{row.concern: _cells(row) | some row in entry.concerns} == {
		"lifecycle": ["none", "owns", "none", "one"],
		"scaling": ["none", "default", "none", "one"],
		"load-balancing": ["none", "default", "default", "one"],
		"drain": ["none", "default", "none", "one"],
		"logs": ["none", "default", "none", "one"],
		"metrics": ["none", "none", "default", "one"],
		"tracing": ["none", "none", "unknown", "unknown"],
		"retries": ["none", "none", "default", "one"],
		"timeouts": ["none", "none", "none", "none"],
		"circuit-breaking": ["none", "none", "none", "none"],
		"health": ["none", "none", "none", "none"],
		"mtls": ["none", "none", "default", "one"],
	}
	[row.concern | some row in entry.concerns] == claims.concerns
	every row in entry.concerns {
		row.applies
	}
	entry.edges == []
}

test_what_a_workload_without_traffic_needs if {
	worker := _deployment({"containers": [object.remove(_web, ["ports"])]})
	entry := _entry(worker, "sidecar", {})
	[row.concern | some row in entry.concerns; row.applies] == ["lifecycle", "scaling", "drain", "logs"]
	_cells(_row(worker, "sidecar", {}, "load-balancing")) == ["none", "none", "none", "none"]
	served := _entry(worker, "sidecar", _served)
	[row.concern | some row in served.concerns; row.applies] == claims.concerns
}

test_what_a_job_needs if {
	job := {
		"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "web", "namespace": "shop"},
		"spec": {"template": _template({}, {"sidecar.istio.io/inject": "false"}, _plain)},
	}
	entry := _entry(job, "sidecar", {})
	[row.concern | some row in entry.concerns; row.applies] == ["lifecycle", "scaling", "logs"]
	_states(job, "sidecar", {}, "scaling") == ["none", "owns", "none", "one"]
	_states(job, "sidecar", {}, "mtls") == ["none", "none", "none", "none"]
}

test_a_manager_is_a_second_owner_of_the_lifecycle if {
	managed := _deployment({"containers": [object.union(_web, {"command": ["pm2-runtime", "-i", "4", "server.js"]})]})
	_states(managed, "none", {}, "lifecycle") == ["owns", "owns", "none", "two"]
	row := _row(managed, "none", {}, "lifecycle")
	_notes(row, "container") == ["pm2-runtime supervises in container \"web\""]
	[step.path | some step in row.evidence; step.layer == "container"] == [
		["spec", "template", "spec", "containers", 0, "command", 0],
	]
	_states(managed, "none", {}, "scaling") == ["owns", "default", "none", "one"]
	_states(managed, "none", _served, "load-balancing") == ["owns", "default", "none", "one"]
	_notes(_row(managed, "none", {}, "scaling"), "container") == [
		"pm2-runtime runs several copies of server in container \"web\"",
	]
	one := _deployment({"containers": [object.union(_web, {"command": ["pm2-runtime", "server.js"]})]})
	_states(one, "none", {}, "scaling") == ["none", "default", "none", "one"]
	listed := _deployment({"containers": [object.union(_web, {"command": ["pm2", "ls"]})]})
	_states(listed, "none", {}, "lifecycle") == ["none", "owns", "none", "one"]
}

test_an_image_that_nobody_gave_is_unknown if {
	bare := _deployment({"containers": [object.remove(_web, ["command"])]})
	_states(bare, "none", {}, "lifecycle") == ["unknown", "owns", "none", "unknown"]
	row := _row(bare, "none", {}, "lifecycle")
	_notes(row, "container") == ["what container \"web\" starts is not in the input"]
	row.evidence[0].path == ["spec", "template", "spec", "containers", 0, "image"]
	_states(bare, "none", {}, "scaling") == ["unknown", "default", "none", "unknown"]
	nameless := _deployment({"containers": [{"name": "web"}]})
	_row(nameless, "none", {}, "lifecycle").evidence[0].path == ["spec", "template", "spec", "containers", 0]
	script := _deployment({"containers": [object.union(_web, {"command": ["/bin/sh", "start.sh"]})]})
	_states(script, "none", {}, "lifecycle") == ["unknown", "owns", "none", "unknown"]
	proxied := _deployment({"containers": [_web, {"name": "istio-proxy", "image": "auto"}]})
	_states(proxied, "none", {}, "lifecycle") == ["none", "owns", "none", "one"]
}

test_restarts if {
	_notes(_row(_deployment(_plain), "none", {}, "lifecycle"), "kubernetes") == [
		"the kubelet restarts its containers (restartPolicy Always)",
	]
	never := _deployment(object.union(_plain, {"restartPolicy": "Never"}))
	row := _row(never, "none", {}, "lifecycle")
	_notes(row, "kubernetes") == ["the kubelet restarts its containers (restartPolicy Never)"]
	row.evidence[0].path == ["spec", "template", "spec", "restartPolicy"]
}

test_scaling if {
	fixed := _made("Deployment", {"replicas": 3}, _template({}, {}, _plain))
	row := _row(fixed, "none", {}, "scaling")
	row.kubernetes == "owns"
	_notes(row, "kubernetes") == ["3 replicas"]
	scaler := {
		"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
		"metadata": {"name": "web", "namespace": "shop"},
		"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}},
	}
	scaled := _row(fixed, "none", {"autoscaling/v2": {"HorizontalPodAutoscaler": {"web": scaler}}}, "scaling")
	_notes(scaled, "kubernetes") == ["HorizontalPodAutoscaler web scales it", "3 replicas"]
	scaled.verdict == "one"
	nodes := _made("DaemonSet", {}, _template({}, {}, _plain))
	_notes(_row(nodes, "none", {}, "scaling"), "kubernetes") == ["a DaemonSet runs one Pod a node"]
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": _plain}
	_states(pod, "none", {}, "scaling") == ["none", "none", "none", "none"]
	template := {
		"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "web", "namespace": "shop"},
		"template": {"spec": _plain},
	}
	_states(template, "none", {}, "scaling") == ["none", "none", "none", "none"]
	_row(_made("Deployment", {}, _template({}, {}, _plain)), "none", {}, "scaling").evidence[0].path == ["spec"]
}

test_balancing_by_services if {
	_notes(_row(_deployment(_plain), "none", _served, "load-balancing"), "kubernetes") == [
		"Service web spreads connections over the Pods",
	]
	headless := {"v1": {"Service": {"web": _service({}, {"clusterIP": "None"})}}}
	_states(_deployment(_plain), "none", headless, "load-balancing") == ["none", "none", "none", "none"]
	_states(_deployment(_plain), "none", {}, "load-balancing") == ["none", "none", "none", "none"]
	entries := claims.workloads with input as _deployment(_plain)
		with data.lib.onelayer.config as _known("none")
	[part] := [row | some row in entries[0].concerns; row.concern == "load-balancing"]
	_cells(part) == ["none", "unknown", "none", "unknown"]
}

test_drain if {
	explicit := _deployment(object.union(_plain, {"terminationGracePeriodSeconds": 40}))
	row := _row(explicit, "none", {}, "drain")
	row.kubernetes == "owns"
	_notes(row, "kubernetes") == ["the kubelet waits 40 s between SIGTERM and SIGKILL"]
	hook := {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}
	hooked := _row(_deployment({"containers": [object.union(_web, hook)]}), "linkerd", {}, "drain")
	_cells(hooked) == ["none", "owns", "none", "one"]
	_notes(hooked, "kubernetes") == ["the kubelet runs a preStop hook in container \"web\" first"]
	helper := object.union(_web, object.union(hook, {"name": "init"}))
	_states(_deployment({"containers": [_web], "initContainers": [helper]}), "none", {}, "drain") == [
		"none", "default", "none", "one",
	]
}

test_health if {
	probed := _deployment({"containers": [object.union(_web, {"readinessProbe": {"httpGet": {"port": 8080}}})]})
	row := _row(probed, "none", {}, "health")
	_cells(row) == ["none", "owns", "none", "one"]
	_notes(row, "kubernetes") == ["the kubelet asks container \"web\" (readinessProbe)"]
	odd := _deployment({"containers": [object.union(_web, {"readinessProbe": "yes"})]})
	_states(odd, "none", {}, "health") == ["none", "none", "none", "none"]
}
