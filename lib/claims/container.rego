package lib.onelayer.claims

import data.lib.onelayer.container
import data.lib.onelayer.resource
import data.lib.onelayer.supervision

_container(subject, "lifecycle") := _claim("owns", managers) if {
	managers := _managers(subject)
	count(managers) > 0
} else := _unread(subject)

_container(subject, "scaling") := _multiplying(subject)

_container(subject, "load-balancing") := _multiplying(subject)

_container(subject, "tracing") := _claim(_tracing_state(subject), instruments) if {
	instruments := _instruments(subject)
	count(instruments) > 0
}

_claim(state, evidence) := {"state": state, "evidence": evidence}

_step(obj, path, note) := {"object": resource.ref(obj), "path": path, "note": note}

_managers(subject) := [step |
	some entry in _entries(subject)
	some item in entry.found
	item.manager.starts
	step := _step(entry.record.obj, container.place(entry.record, item.process.path), sprintf("%s supervises in %s", [
		supervision.label(item),
		entry.record.label,
	]))
]

_multiplying(subject) := _claim("owns", copies) if {
	copies := [step |
		some entry in _entries(subject)
		some item in entry.found
		some app in item.apps
		supervision.multiplied(app)
		step := _step(entry.record.obj, container.place(entry.record, item.process.path), sprintf(
			"%s runs several copies of %s in %s",
			[item.process.name, app.name, entry.record.label],
		))
	]
	count(copies) > 0
} else := _unread(subject)

_unread(subject) := _claim("unknown", steps) if {
	steps := [_step(record.obj, _where(record), sprintf("what %s starts is not in the input", [record.label])) |
		some record in _records(subject)
		_hides(record)
	]
	count(steps) > 0
}

_hides(record) if {
	count(record.command.words) == 0
} else if {
	count(record.unknown) > 0
}

_where(record) := array.concat(record.path, ["image"]) if {
	record.spec.image
} else := record.path

_tracing_state(subject) := "default" if {
	count(_explicit(subject, "tracing")) > 0
} else := "owns"

_instruments(subject) := array.concat(
	[step |
		some record in _records(subject)
		some name, variable in record.env
		variable.from == "manifest"
		regex.match(`^(?:OTEL_(?:EXPORTER_|TRACES_|SERVICE_NAME)|DD_TRACE_|ELASTIC_APM_SERVER|JAEGER_)`, name)
		step := _step(record.obj, variable.path, sprintf("%s in %s sets up traces of the application", [
			name,
			record.label,
		]))
	],
	[_step(subject.pod.obj, path, "OpenTelemetry is injected into the application") |
		some key, _ in _annotations(subject.pod)
		startswith(key, "instrumentation.opentelemetry.io/inject-")
		path := array.concat(subject.pod.meta_path, ["annotations", key])
	],
)
