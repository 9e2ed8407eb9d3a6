# METADATA
# scope: package
# title: The telemetry of the mesh is switched off
# description: >-
#   The mesh measures every request - rate, errors, duration, access logs - without the application's doing, and
#   traces it as far as the application passes its headers on. Here that is switched off, so that dashboards and
#   alerts are blind for these workloads, and the application would have to measure what the mesh owns.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/telemetry/
#   description: Istio, Telemetry
# - ref: https://linkerd.io/2/tasks/securing-linkerd-tap/
#   description: Linkerd, tap
# custom:
#   id: observability/mesh-telemetry-disabled
#   severity: warning
#   severities: [error, warning]
#   group: observability
#   concerns: [metrics, tracing, logs]
#   layers: [mesh]
#   applies_to: [
#     telemetry.istio.io/Telemetry, /Namespace, /Pod, /PodTemplate, /ReplicationController, apps/Deployment,
#     apps/StatefulSet, apps/DaemonSet, apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet,
#     extensions/ReplicaSet, batch/Job, batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service,
#     serving.knative.dev/Configuration, apps.openshift.io/DeploymentConfig
#   ]
#   needs: [object]
#   needles: [
#     "Telemetry", "proxy.istio.io/config", "viz.linkerd.io/disable-tap"
#   ]
#   parameters:
#     required_signals:
#       type: array
#       items: {type: string, enum: [metrics, traces, logs]}
#       description: >-
#         What the mesh must report.
#       default: [metrics, traces, logs]
#   remediation:
#     default: >-
#       Let the mesh report; where single requests are noise, filter them by an expression and not the whole signal.
#     sidecar: >-
#       Remove disabled, disableSpanReporting and the sampling of 0 from the Telemetry, or narrow it by a selector and a
#       filter.
#     linkerd: >-
#       Remove viz.linkerd.io/disable-tap.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.mesh_telemetry_disabled

import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), muted.obj, {
	"msg": sprintf("%s switches off %s of the mesh for %s, and no other layer sees all requests; remove it", [
		muted.what,
		object.get(muted, "name", muted.signal),
		muted.whose,
	]),
	"severity": _severity(muted),
	"path": muted.path,
}) if {
	some muted in array.concat(_of_telemetry, _of_holders)
	muted.signal in params.of("observability/mesh-telemetry-disabled").required_signals
}

_severity(muted) := "error" if {
	muted.signal == "metrics"
	muted.whose == _everyone
} else := "warning"

_everyone := "all its workloads"

_of_telemetry := [muted |
	some record in resource.of({"telemetry.istio.io/Telemetry"})
	some found in array.concat(_metrics(record.obj), array.concat(_traces(record.obj), _access_logs(record.obj)))
	muted := object.union(found, {"obj": record.obj, "whose": _scope(record.obj)})
]

_scope(obj) := "some workloads" if {
	some field in ["selector", "targetRef", "targetRefs"]
	obj.spec[field]
} else := _everyone

_metrics(obj) := [muted |
	some index, entry in obj.spec.metrics
	some at, override in entry.overrides
	override.disabled == true
	_of_requests(override)
	muted := {
		"signal": "metrics", "what": "disabled",
		"path": ["spec", "metrics", index, "overrides", at, "disabled"],
	}
]

_of_requests(override) if {
	not override.match.customMetric
	_metric(override) in {"ALL_METRICS", "REQUEST_COUNT", "REQUEST_DURATION"}
}

_metric(override) := object.get(override, ["match", "metric"], "ALL_METRICS") if {
	is_object(object.get(override, "match", {}))
}

_traces(obj) := [muted |
	some index, entry in obj.spec.tracing
	some [field, value, what] in [
		["disableSpanReporting", true, "disableSpanReporting"],
		["randomSamplingPercentage", 0, "a sampling of 0"],
	]
	entry[field] == value
	muted := {"signal": "traces", "what": what, "path": ["spec", "tracing", index, field]}
]

_access_logs(obj) := [muted |
	some index, entry in obj.spec.accessLogging
	entry.disabled == true
	not entry.filter
	muted := {"signal": "logs", "what": "disabled", "path": ["spec", "accessLogging", index, "disabled"]}
]

_of_holders := array.concat(
	[muted |
		some pod in workload.pods
		text := resource.text(pod.meta.annotations[_config])
		yaml.is_valid(text)
		config := yaml.unmarshal(text)
		config.tracing.sampling == 0
		muted := {
			"obj": pod.obj, "signal": "traces", "what": "tracing.sampling 0", "whose": "this Pod",
			"path": array.concat(pod.meta_path, ["annotations", _config]),
		}
	],
	[muted |
		some holder in _holders
		holder.meta.annotations[_tap] == "true"
		muted := {
			"obj": holder.obj, "signal": "traces", "name": "the live view", "what": _tap, "whose": holder.whose,
			"path": array.concat(holder.path, ["annotations", _tap]),
		}
	],
)

_config := "proxy.istio.io/config"

_tap := "viz.linkerd.io/disable-tap"

_holders := array.concat(
	[{"obj": pod.obj, "meta": pod.meta, "path": pod.meta_path, "whose": "this Pod"} | some pod in workload.pods],
	[{"obj": record.obj, "meta": resource.meta(record.obj), "path": ["metadata"], "whose": _everyone} |
		some record in resource.of({"/Namespace"})
	],
)
