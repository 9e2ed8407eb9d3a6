# METADATA
# scope: package
# title: A second load balancer inside the container
# description: >-
#   PM2 runs several copies of the program in one container and spreads connections over them. The mesh and the
#   Service see one endpoint and cannot balance, measure or eject single workers; max counts the cores of the node
#   and not the CPU limit, so the workers throttle each other.
# custom:
#   id: traffic/in-container-cluster
#   severity: error
#   severities: [error, warning, info]
#   group: traffic
#   concerns: [load-balancing, scaling]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, image]
#   needles: [
#     "pm2", "keymetrics", "WEB_CONCURRENCY"
#   ]
#   parameters:
#     web_concurrency:
#       type: boolean
#       description: >-
#         Whether WEB_CONCURRENCY above 1 is reported when the program is node.
#       default: true
#   remediation:
#     default: >-
#       Run one process per container and raise replicas, or let a HorizontalPodAutoscaler do it; requests and
#       limits per process are the old ones divided by the number of workers.
#     sidecar: >-
#       Run one process per container and raise replicas; the sidecars balance requests over the Pods
#       (DestinationRule loadBalancer LEAST_REQUEST).
#     linkerd: >-
#       Run one process per container and raise replicas; Linkerd balances requests over the Pods by their latency.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.in_container_cluster

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": _message(entry.record, app, _workers(app)),
	"severity": container.severity(entry.record, supervision.certainty(item, _severity(app))),
	"path": supervision.app_path(entry.record, item, _where(app)),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	_clustered(app)
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s starts node with WEB_CONCURRENCY %d, a balancer the mesh cannot see; use replicas", [
		record.label,
		workers,
	]),
	"severity": container.severity(record, "warning"),
	"path": record.env.WEB_CONCURRENCY.path,
	"related": container.related(record),
}) if {
	some record in container.records
	workers := _concurrency(record)
	workers > 1
	some process in record.all_processes
	process.name in {"node", "nodejs"}
}

_clustered(app) if {
	app.exec_mode == "cluster"
} else if {
	supervision.multiplied(app)
}

_severity(app) := "info" if {
	app.instances == 1
} else := "warning" if {
	app.instances == "unknown"
} else := "error"

_workers(app) := "as many workers as the node has cores" if {
	app.instances == "max"
} else := "workers in number by an expression" if {
	app.instances == "unknown"
} else := "1 cluster worker" if {
	app.instances == 1
} else := sprintf("%v workers", [app.instances])

_message(record, app, workers) := sprintf("%s gives %s %s but a CPU limit of %s; run one process and add replicas", [
	record.label,
	app.name,
	workers,
	limit,
]) if {
	app.instances == "max"
	limit := resource.text(record.spec.resources.limits.cpu)
	limit != ""
} else := sprintf("%s gives %s %s, a balancer the mesh cannot see; run one process and add replicas", [
	record.label,
	app.name,
	workers,
])

_where(app) := object.get({"option": app.path}, app.from, _written(app))

_written(app) := object.get(app.where, "instances", object.get(app.where, "exec_mode", app.path))

_concurrency(record) := to_number(written) if {
	params.of("traffic/in-container-cluster").web_concurrency
	record.env.WEB_CONCURRENCY.from in _own[record.kind == "onelayer.dev/Image"]
	written := record.env.WEB_CONCURRENCY.value
	regex.match(`^[0-9]{1,6}$`, written)
}

_own := {true: {"image"}, false: {"manifest"}}
