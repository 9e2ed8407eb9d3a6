package lib.onelayer.policies.observability.log_shipper_sidecar_test

import data.lib.onelayer.policies.observability.log_shipper_sidecar

_app := {"name": "web", "image": "shop/web:1", "volumeMounts": [_mount]}

_mount := {"name": "logs", "mountPath": "/srv/logs"}

_volume := {"name": "logs", "emptyDir": {}}

_second := "spec.template.spec.containers[1]"

_of(kind, spec) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": spec}},
}

_beside(app, other) := _of("Deployment", {"containers": [app, other], "volumes": [_volume]})

_shipper(image) := {"name": "ship", "image": image, "volumeMounts": [object.union(_mount, {"readOnly": true})]}

_found(obj) := {[f.severity, f.path] | some f in log_shipper_sidecar.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in log_shipper_sidecar.violation with input as obj])

_image := {["warning", "spec.template.spec.containers[1].image"]}

test_shippers if {
	every image in [
		"fluent/fluent-bit:3", "bitnami/fluentbit", "fluent/fluentd:v1", "shop/td-agent", "elastic/filebeat:8", "logstash",
		"grafana/promtail", "timberio/vector:1", "grafana/alloy", "grafana/agent:v0.40",
	] {
		_found(_beside(_app, _shipper(image))) == _image
	}
	_found(_beside(_app, _shipper("shop/web-2:1"))) == set()
	_found(_beside(_app, {"name": "ship", "image": "fluent/fluentd"})) == set()
	_found(_beside({"name": "web", "image": "shop/web:1"}, _shipper("fluent/fluentd"))) == set()
}

test_rotators if {
	_found(_beside(_app, _shipper("blacklabelops/logrotate:1"))) == _image
	_found(_beside({"name": "web"}, _shipper("blacklabelops/logrotate:1"))) == set()
	rotating := object.union(_shipper("alpine:3"), {"command": ["sh", "-c", "logrotate -f /etc/logrotate.conf"]})
	_found(_beside(_app, rotating)) == {["warning", concat("", [_second, ".command[2]"])]}
	_found(_beside(_app, object.union(_shipper("a/logrotate"), {"command": ["logrotate"]}))) == _image
	_found(_beside(_app, object.union(rotating, {"command": ["sh", "-c", "echo logrotate"]}))) == set()
}

test_followers if {
	every words in [["tail", "-n+1", "-F", "/srv/logs/a.log"], ["tail", "--follow=name", "/srv/logs/b.log"]] {
		_found(_beside(_app, object.union(_shipper("busybox"), {"args": words}))) == {
			["info", concat("", [_second, ".args[0]"])],
		}
	}
	every words in [["tail", "-F", "/tmp/a.log"], ["tail", "-n", "5", "/srv/logs/a.log"], ["tail", "-F", "a.log"]] {
		_found(_beside(_app, object.union(_shipper("busybox"), {"args": words}))) == set()
	}
	_found(_beside(_app, object.union(_shipper("busybox"), {"args": ["cat", "-f", "/srv/logs/a.log"]}))) == set()
	_found(_beside({"name": "web"}, object.union(_shipper("busybox"), {"args": ["tail", "-f", "/srv/logs/a"]}))) == set()
	alone := object.union(_app, {"command": ["tail", "-f", "/srv/logs/a"]})
	_found(_of("Deployment", {"containers": [alone], "volumes": [_volume]})) == set()
}

test_roles if {
	native := object.union(_shipper("fluent/fluentd"), {"restartPolicy": "Always"})
	spec := {"containers": [_app], "initContainers": [native], "volumes": [_volume]}
	_found(_of("Deployment", spec)) == {["warning", "spec.template.spec.initContainers[0].image"]}
	first := {"containers": [_app], "initContainers": [_shipper("fluent/fluentd")], "volumes": [_volume]}
	_found(_of("Deployment", first)) == set()
	rotate := {"name": "x", "image": "alpine", "command": ["logrotate"]}
	_found(_of("Deployment", {"containers": [_app], "initContainers": [rotate]})) == set()
	helper := object.union(_app, {"restartPolicy": "Always"})
	only := {"containers": [_shipper("fluent/fluentd")], "initContainers": [helper]}
	_found(_of("Deployment", only)) == set()
}

test_agents_of_nodes if {
	spec := _beside(_app, _shipper("fluent/fluentd")).spec.template.spec
	_found(_of("DaemonSet", spec)) == set()
	owned := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "p", "ownerReferences": [{"kind": "DaemonSet"}]},
		"spec": spec,
	}
	_found(owned) == set()
	_found(object.union(owned, {"metadata": {"ownerReferences": [{"kind": "Job"}]}})) != set()
	rotate := {"containers": [{"name": "x", "image": "alpine", "command": ["logrotate"]}]}
	_found(_of("DaemonSet", rotate)) == set()
	_found(_of("StatefulSet", rotate)) != set()
	_found(_of("Deployment", object.union(spec, {"tolerations": [{"key": "virtual-kubelet.io/provider"}]}))) == set()
}

test_namespaces_that_may if {
	parameters := {"rules": {"observability/log-shipper-sidecar": {"parameters": {"allowed_namespaces": ["shop"]}}}}
	found := log_shipper_sidecar.violation with input as _beside(_app, _shipper("fluent/fluentd"))
		with data.lib.onelayer.config as parameters
	found == set()
}

test_helpers_of_a_collector if {
	own := _shipper("fluent/fluentd")
	every helper in [
		{"name": "sync", "image": "shop/config-reload"}, {"name": "reloader", "image": "shop/x"},
		{"name": "two", "image": "grafana/promtail"}, {"name": "rotate", "image": "shop/logrotate"},
	] {
		_found(_beside(object.union(_app, helper), own)) == set()
	}
}

test_volumes_that_hold_no_logs if {
	own := _shipper("fluent/fluentd")
	every kind in ["configMap", "secret", "projected", "downwardAPI", "csi"] {
		spec := {"containers": [_app, own], "volumes": [{"name": "logs", kind: {}}]}
		_found(_of("Deployment", spec)) == set()
	}
	every path in ["/etc/localtime", 7] {
		spec := {"containers": [_app, own], "volumes": [{"name": "logs", "hostPath": {"path": path}}]}
		_found(_of("Deployment", spec)) == set()
	}
	every volume in [
		{"hostPath": {"path": "/var/Log/web"}}, {"persistentVolumeClaim": {}}, {"name": "other", "configMap": {}},
		{"name": "other", "hostPath": {"path": "/x"}},
	] {
		spec := {"containers": [_app, own], "volumes": [object.union(_volume, volume)]}
		_found(_of("Deployment", spec)) == _image
	}
	_found(_of("StatefulSet", {"containers": [_app, own]})) == _image
}

test_mounts_that_hold_no_logs if {
	every change in [
		{"mountPath": "/tmp"}, {"mountPath": "/etc/web"}, {"mountPath": "/srv/certs"}, {"readOnly": true},
		{"mountPath": "/var/run/app.sock"}, {"name": "tmp"},
	] {
		app := object.union(_app, {"volumeMounts": [object.union(_mount, change)]})
		_found(_beside(app, _shipper("fluent/fluentd"))) == set()
	}
	nameless := {"name": "x", "image": "fluent/fluentd", "volumeMounts": [{"mountPath": "/a"}]}
	_found(_beside({"name": "y", "volumeMounts": [{"mountPath": "/a"}]}, nameless)) == set()
	empty := {"name": "x", "image": "fluent/fluentd", "volumeMounts": [{"name": "", "mountPath": "/a"}]}
	_found(_beside({"name": "y", "volumeMounts": [{"name": "", "mountPath": "/a"}]}, empty)) == set()
}

test_odd_types if {
	_found(_beside(_app, {"name": 7, "image": ["fluentd"], "volumeMounts": "x"})) == set()
	_found(_beside({"name": "w", "volumeMounts": [7]}, _shipper("fluent/fluentd"))) == set()
	odd := {"containers": [_app, _shipper("fluent/fluentd")], "volumes": [7, {"name": "logs", "hostPath": "x"}]}
	_found(_of("Deployment", odd)) == _image
}

test_messages_and_places if {
	_said(_beside(_app, _shipper("fluent/fluentd"))) == concat("", [
		`observability/log-shipper-sidecar: container "ship" ships log files of "web" with Fluentd; `,
		"the cluster's pipeline owns logs, so print to stdout",
	])
	_said(_beside(_app, _shipper("a/logrotate"))) == concat("", [
		`observability/log-shipper-sidecar: container "ship" rotates log files; `,
		"the container runtime owns rotation, so print to stdout",
	])
	_said(_beside(_app, {"name": "ship", "image": "alpine", "command": ["logrotate"]})) == concat("", [
		`observability/log-shipper-sidecar: container "ship" runs logrotate; `,
		"the container runtime owns rotation, so print to stdout",
	])
	_said(_beside(_app, object.union(_shipper("busybox"), {"args": ["tail", "-F", "/srv/logs/a"]}))) == concat("", [
		`observability/log-shipper-sidecar: container "ship" only copies the log file /srv/logs/a to its output; `,
		`let "web" print to stdout itself`,
	])
	every other in [_shipper("fluent/fluentd"), _shipper("a/logrotate")] {
		related := {place |
			some f in log_shipper_sidecar.violation with input as _beside(_app, other)
			some place in f.related
		}
		{[place.path, place.note] | some place in related} == {
			["spec.template.spec.containers[0].volumeMounts[0]", "web writes here"],
		}
	}
	followed := log_shipper_sidecar.violation with input as _beside(_app, object.union(
		_shipper("busybox"),
		{"args": ["tail", "-F", "/srv/logs/a"]},
	))
	{place.object.name | some f in followed; some place in f.related} == {"web"}
}
