package lib.onelayer.claims

import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.workload

_kubernetes(subject, "lifecycle") := _claim("owns", [_step(pod.obj, path, note)]) if {
	pod := subject.pod
	path := _known_path(pod, "restartPolicy")
	note := sprintf("the kubelet restarts its containers (restartPolicy %s)", [_restarts(pod)])
}

_kubernetes(subject, "scaling") := _scaled(subject)

_kubernetes(subject, "load-balancing") := _balanced(subject)

_kubernetes(subject, "drain") := _claim("owns", steps) if {
	steps := array.concat(
		[_step(subject.pod.obj, path, sprintf("the kubelet waits %s s between SIGTERM and SIGKILL", [given])) |
			given := resource.text(subject.pod.spec.terminationGracePeriodSeconds)
			path := _known_path(subject.pod, "terminationGracePeriodSeconds")
		],
		[_step(entry.obj, path, sprintf("the kubelet runs a preStop hook in container %q first", [entry.name])) |
			some entry in _main(subject)
			entry.container.lifecycle.preStop
			path := array.concat(entry.path, ["lifecycle", "preStop"])
		],
	)
	count(steps) > 0
} else := _claim("default", [_step(subject.pod.obj, subject.pod.path, note)]) if {
	note := "the kubelet sends SIGTERM and waits 30 s, by default"
}

_kubernetes(subject, "logs") := _claim("default", [_step(subject.pod.obj, subject.pod.path, note)]) if {
	note := "the kubelet keeps what containers write to stdout and stderr"
}

_kubernetes(subject, "metrics") := _claim("owns", scrapes) if {
	scrapes := array.concat(_monitored(subject), _annotated(subject))
	count(scrapes) > 0
}

_kubernetes(subject, "health") := _claim("owns", probes) if {
	probes := [_step(entry.obj, path, sprintf("the kubelet asks container %q (%s)", [entry.name, probe])) |
		some entry in _main(subject)
		some probe in ["readinessProbe", "livenessProbe", "startupProbe"]
		is_object(entry.container[probe])
		path := array.concat(entry.path, [probe])
	]
	count(probes) > 0
}

_main(subject) := [entry |
	some entry in workload.containers_of(subject.pod)
	entry.role == "main"
]

_known_path(pod, field) := array.concat(pod.path, [field]) if {
	object.get(pod.spec, field, null) != null
} else := pod.path

_restarts(pod) := text if {
	text := resource.text(object.get(pod.spec, "restartPolicy", ""))
	text != ""
} else := "Always"

_scaled(subject) := _claim("owns", array.concat(scalers, _fixed(subject))) if {
	scalers := [{"object": scaler, "path": ["spec", "scaleTargetRef"], "note": note} |
		some scaler in inventory.autoscalers(subject.ref)
		note := sprintf("%s %s scales it", [scaler.kind, scaler.name])
	]
	count(scalers) > 0
} else := _claim("owns", [_step(subject.pod.obj, ["spec"], _by_kind[kind])]) if {
	kind := subject.pod.kind
	_by_kind[kind]
} else := _claim("owns", _fixed(subject)) if {
	count(_fixed(subject)) > 0
} else := _claim("default", [_step(subject.pod.obj, ["spec"], "one replica, by default")]) if {
	not subject.pod.kind in {"/Pod", "/PodTemplate"}
}

_by_kind := {
	"apps/DaemonSet": "a DaemonSet runs one Pod a node",
	"extensions/DaemonSet": "a DaemonSet runs one Pod a node",
	"batch/Job": "the Job runs as many Pods as it needs",
	"batch/CronJob": "the CronJob starts a Job when it is due",
	"serving.knative.dev/Service": "Knative scales it by its requests",
	"serving.knative.dev/Configuration": "Knative scales it by its requests",
}

_fixed(subject) := [step |
	replicas := subject.pod.obj.spec.replicas
	is_number(replicas)
	step := _step(subject.pod.obj, ["spec", "replicas"], sprintf("%v replicas", [replicas]))
]

_balanced(subject) := _claim("default", services) if {
	services := [_step(service, ["spec", "selector"], note) |
		some service in subject.services
		not _headless(service)
		note := sprintf("Service %s spreads connections over the Pods", [resource.ref(service).name])
	]
	count(services) > 0
} else := _claim("unknown", [_step(subject.pod.obj, subject.pod.path, "no Service for its ports is in the input")]) if {
	not _served(subject)
	subject.ported
	not inventory.whole
}

_headless(service) if service.spec.clusterIP == "None"

_monitored(subject) := [{"object": monitor.ref, "path": ["spec", "selector"], "note": note} |
	some monitor in monitors_of(subject)
	note := sprintf("%s %s has Prometheus scrape it", [monitor.ref.kind, monitor.ref.name])
]

_annotated(subject) := [step |
	some holder in array.concat(
		[{"obj": subject.pod.obj, "values": _annotations(subject.pod), "path": subject.pod.meta_path}],
		[{"obj": service, "values": resource.annotations(service), "path": ["metadata"]} |
			some service in subject.services
		],
	)
	resource.text(object.get(holder.values, _scrape, "")) == "true"
	step := _step(
		holder.obj, array.concat(holder.path, ["annotations", _scrape]),
		"prometheus.io/scrape has Prometheus scrape it",
	)
]

_scrape := "prometheus.io/scrape"
