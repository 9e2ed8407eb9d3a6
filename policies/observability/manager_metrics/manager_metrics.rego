# METADATA
# scope: package
# title: The process manager serves metrics of its own
# description: >-
#   PM2's web API or a metrics module of PM2 publishes figures of the container: a second source beside the
#   cluster's, on a port that binds every address. Its figures are of the node or of single workers, so counters of
#   a scrape jump between workers.
# custom:
#   id: observability/manager-metrics
#   severity: warning
#   severities: [warning, info]
#   group: observability
#   concerns: [metrics]
#   layers: [container, kubernetes, mesh]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "pm2", "keymetrics"
#   ]
#   remediation:
#     default: >-
#       Remove pm2 web, port 9615 and the metrics module; serve /metrics with prom-client from the one process and
#       scrape it with a PodMonitor or ServiceMonitor.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.manager_metrics

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.pm2
import data.lib.onelayer.resource
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s starts PM2 with its web API (--web); remove it and serve /metrics yourself", [entry.record.label]),
	"severity": container.severity(entry.record, "warning"),
	"path": container.place(entry.record, item.process.path),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "process/manager-entrypoint",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some topic in pm2.option_topics(item.parsed)
	topic.topic == "metrics"
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s %s, metrics of PM2 and not of the program; serve /metrics yourself", [
		record.label, _what(process),
	]),
	"severity": container.severity(record, "warning"),
	"path": container.place(record, process.path),
	"related": container.related(record),
}) if {
	some record in container.records
	some process in array.concat(record.processes, supervision.build_processes(record))
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s opens port 9615, the web API of PM2; remove it and serve /metrics yourself", [record.label]),
	"severity": container.severity(record, "warning"),
	"path": array.concat(record.path, ["ports", index]),
}) if {
	some record in container.records
	record.pod != null
	some index, port in record.spec.ports
	resource.text(object.get(port, "containerPort", "")) == "9615"
	_of_pm2(record, port)
}

_of_pm2(record, port) if {
	contains(lower(resource.text(object.get(port, "name", ""))), "pm2")
} else if {
	some entry in supervision.entries
	entry.record.path == record.path
	some item in entry.found
	item.manager.name == "pm2"
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s ships %s, metrics of PM2 and not of the program; use prom-client", [record.label, name]),
	"severity": container.severity(record, "warning"),
	"path": ["spec", "files", key, "packageJSON", "dependencies", name],
	"related": container.related(record),
}) if {
	some record in container.records
	record.kind == "onelayer.dev/Image"
	some key, file in record.command.files
	some name, _ in file.packageJSON.dependencies
	pm2.module_kind(name) == "metrics"
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s gives each worker of %s a metrics port (increment_var); run one process and scrape it", [
		entry.record.label,
		app.name,
	]),
	"severity": container.severity(entry.record, "warning"),
	"path": supervision.app_path(entry.record, item, array.concat(app.path, [app.keys.increment_var])),
	"evidence": container.evidence(entry.record, item.process),
	"related": container.related(entry.record),
	"root": "traffic/in-container-cluster",
}) if {
	some entry in supervision.answerable
	some item in entry.found
	some app in item.apps
	supervision.multiplied(app)
	regex.match(`(?i)metric|prom`, app.raw.increment_var)
}

violation contains finding.new(rego.metadata.chain(), entry.record.obj, {
	"msg": sprintf("%s is scraped, yet each scrape reaches one of the workers of %s; run one process per container", [
		entry.record.label,
		app.name,
	]),
	"severity": container.severity(entry.record, supervision.certainty(item, "warning")),
	"path": array.concat(entry.record.pod.meta_path, ["annotations", "prometheus.io/scrape"]),
	"evidence": container.evidence(entry.record, item.process),
	"root": "traffic/in-container-cluster",
}) if {
	some entry in supervision.entries
	entry.record.role in {"main", "sidecar"}
	resource.text(entry.record.pod.meta.annotations["prometheus.io/scrape"]) == "true"
	some item in entry.found
	some app in item.apps
	app.exec_mode == "cluster"
	supervision.multiplied(app)
}

_what(process) := sprintf("installs %s", [module.name]) if {
	module := pm2.module_install(pm2.parse(process.argv))
	module.kind == "metrics"
} else := "starts pm2 web" if {
	pm2.parse(process.argv).verb == "web"
}
