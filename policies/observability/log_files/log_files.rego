# METADATA
# scope: package
# title: Logs go to files instead of stdout
# description: >-
#   The application writes its log to a file or a volume, by its command, its variables, its image or the ConfigMap that
#   it mounts. The cluster's pipeline owns logs, and it reads what containers print - a file never reaches it, nobody
#   rotates the file, and it fills the disk of the node or a volume that has to outlive the Pod.
# related_resources:
# - ref: https://12factor.net/logs
#   description: Logs as event streams
# - ref: https://kubernetes.io/docs/concepts/cluster-administration/logging/
#   description: Kubernetes, how the output of containers is kept and collected
# custom:
#   id: observability/log-files
#   severity: warning
#   severities: [warning, info]
#   group: observability
#   concerns: [logs]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source, inventory]
#   needles: [
#     "log", "configMap & unit:transports.", "configMap & unit:access_log", "configMap & unit:error_log",
#     "configMap & unit:CustomLog", "configMap & unit:ErrorLog", "configMap & unit:TransferLog"
#   ]
#   parameters:
#     allowed_paths:
#       type: array
#       items: {type: string}
#       description: >-
#         Files and folders that may be written, such as those of an audit log with a retention of its own.
#       default: []
#   remediation:
#     default: >-
#       Print to stdout and stderr, and remove the redirection, the file transport or the volume. Where a program can
#       write to a file only, link the file to /dev/stdout in the image.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.observability.log_files

import data.lib.onelayer.collector
import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s %s, which no log collector reads; print to stdout and stderr", [
		record.label, written.what,
	]),
	"severity": container.severity(record, written.severity),
	"path": container.place(record, written.path),
	"related": array.concat(container.related(record), object.get(written, "related", [])),
}) if {
	some record in container.records
	record.role in {"main", "sidecar", "service", "image"}
	not _of_the_pipeline(record)
	written := _written(record)[0]
}

_of_the_pipeline(record) if {
	collector.shipper(record.image_ref)
} else if {
	collector.rotator(record.image_ref)
} else if {
	some entry in workload.containers_of(record.pod)
	collector.shipper(object.get(entry.container, "image", ""))
}

_written(record) := found if {
	found := array.concat(
		array.concat(_redirected(record), _options(record)),
		array.concat(_transports(record), _configured(record)),
	)
	count(found) > 0
} else := array.concat(_variables(record), _volumes(record)) if {
	not _keeps_data(record)
	resource.ref(record.obj).namespace != "kube-system"
}

_redirected(record) := [written |
	some process in record.processes
	_stays(process)
	some redirect in process.redirects
	redirect.fd in {"1", "2", "&"}
	redirect.op in {">", ">>", ">|", "&>", "&>>", ">&"}
	_log_file(record, redirect.target)
	written := {
		"what": sprintf("redirects the output of %s to a file", [process.name]),
		"severity": _shown(record, redirect.target),
		"path": process.path,
	}
]

_stays(process) if {
	not process.maybe
	_lasts(process)
}

_lasts(process) if {
	process.last
} else := process.background

_shown(record, file) := "info" if {
	some process in record.processes
	process.name == "tail"
	file in process.argv
} else := "warning"

_options(record) := [written |
	some process in record.processes
	not process.maybe
	process.name != "supervisord"
	not _keeps_data(record)
	some index, word in process.argv
	index > 0
	option := split(word, "=")[0]
	option in _log_options
	_log_file(record, _value(process.argv, index))
	not _prints_too(process.argv)
	written := {
		"what": sprintf("starts %s with %s", [process.name, option]),
		"severity": "warning",
		"path": process.path,
	}
]

_log_options := {"--log-file", "--logfile", "--log_file", "--log-path", "--access-logfile", "--error-logfile"}

_value(argv, index) := substring(argv[index], indexof(argv[index], "=") + 1, -1) if {
	contains(argv[index], "=")
} else := argv[index + 1]

_prints_too(argv) if {
	some word in argv
	regex.match(`^--?(also)?logtostderr(=true)?$`, word)
}

_transports(record) := [written |
	record.kind == "onelayer.dev/Image"
	some file, content in record.image.spec.files
	some name in ["winston-daily-rotate-file", "file-stream-rotator", "rotating-file-stream", "pino-roll"]
	is_string(content.packageJSON.dependencies[name])
	written := {
		"what": sprintf("depends on %s to write log files", [name]),
		"severity": "warning",
		"path": ["spec", "files", file, "packageJSON", "dependencies", name],
	}
]

_configured(record) := [written |
	some index, mount in record.spec.volumeMounts
	some volume in record.pod.spec.volumes
	volume.name == mount.name
	maps := inventory.config_maps(resource.ref(record.obj).namespace, volume.configMap.name)
	count(maps) == 1
	some key, text in maps[0].data
	is_string(text)
	program := _writer(record, text)
	written := {
		"what": sprintf("has %s write log files by ConfigMap %s", [program, resource.ref(maps[0]).name]),
		"severity": "warning",
		"path": array.concat(record.path, ["volumeMounts", index]),
		"related": [{"note": "names the files", "object": resource.ref(maps[0]), "path": ["data", key]}],
	}
]

_writer(record, text) := "winston" if {
	regex.match(`(?m)^[^/*\n]*\btransports\.(?:Daily)?(?:Rotate)?File\s*\(`, text)
	not contains(text, "transports.Console")
} else := "its web server" if {
	some groups in regex.find_all_string_submatch_n(
		`(?m)^\s*(?:access_log|error_log|CustomLog|ErrorLog|TransferLog)\s+"?(/[^\s;"]+)`,
		text,
		20,
	)
	_log_file(record, groups[1])
	not groups[1] in _linked_in_nginx
}

_linked_in_nginx := {"/var/log/nginx/access.log", "/var/log/nginx/error.log"}

_variables(record) := [written |
	some name, variable in record.env
	regex.match(`^((APP_|NODE_|WINSTON_)?LOG_?(FILE|PATH|DIR)(_PATH|_NAME)?|LOGGING_FILE_(NAME|PATH))$`, name)
	_answers_for(record, variable)
	_path(record, resource.text(variable.value))
	written := {
		"what": sprintf("is told by %s to write log files", [name]),
		"severity": _kept(record, variable.value),
		"path": variable.path,
	}
]

_answers_for(record, variable) if {
	variable.from == "manifest"
} else if {
	record.kind == "onelayer.dev/Image"
} else if {
	resource.in_cluster
}

_kept(record, file) := "warning" if {
	some mount in _mounts(record)
	startswith(concat("", [file, "/"]), concat("", [trim_suffix(mount.at, "/"), "/"]))
} else := "info"

_volumes(record) := [written |
	some mount in _mounts(record)
	_for_logs(mount)
	_path(record, mount.at)
	written := {
		"what": sprintf("keeps logs on the volume %s", [mount.name]),
		"severity": _volume_severity(mount),
		"path": mount.path,
	}
]

_mounts(record) := [known |
	not endswith(record.kind, "/DaemonSet")
	some index, mount in record.spec.volumeMounts
	not mount.readOnly == true
	is_string(mount.mountPath)
	volume := _volume(record, resource.text(mount.name))
	not _scratch(record, volume)
	known := {
		"name": resource.text(mount.name),
		"at": mount.mountPath,
		"host": _host_path(volume),
		"path": array.concat(record.path, ["volumeMounts", index]),
	}
]

_volume(record, name) := volume if {
	found := [volume | some volume in record.pod.spec.volumes; resource.text(volume.name) == name]
	volume := found[0]
	some kind in ["emptyDir", "hostPath", "persistentVolumeClaim", "ephemeral"]
	is_object(volume[kind])
} else := template if {
	found := [template |
		some template in record.obj.spec.volumeClaimTemplates
		resource.text(template.metadata.name) == name
	]
	template := found[0]
}

_scratch(record, volume) if {
	is_object(volume.emptyDir)
	record.spec.securityContext.readOnlyRootFilesystem == true
}

_host_path(volume) := volume.hostPath.path if {
	is_string(volume.hostPath.path)
} else := ""

_for_logs(mount) if {
	regex.match(`^/var/log(/|$)|/logs?/?$`, mount.at)
} else if {
	_log_folder_of_node(mount.host)
}

_volume_severity(mount) := "warning" if {
	_log_folder_of_node(mount.host)
} else := "info"

_log_folder_of_node(path) if regex.match(`^/var/log/[^/]`, path)

_log_file(record, file) if {
	_path(record, file)
	regex.match(`\.log$|(^|/)logs?/`, file)
}

_path(record, path) if {
	contains(path, "/")
	not regex.match(`^/(dev|proc)/|(^|/)\.pm2(/|$)|audit|journal`, path)
	not _linked(record, path)
	not _allowed(path)
} else if {
	endswith(path, ".log")
	not contains(path, "/")
	not _linked(record, path)
	not _allowed(path)
}

_linked(record, path) if {
	some run in record.folded.runs
	regex.match(`/dev/std(out|err)|/proc/(1|self)/fd/`, run.text)
	contains(run.text, path)
}

_allowed(path) if {
	some allowed in params.of("observability/log-files").allowed_paths
	startswith(concat("", [path, "/"]), concat("", [trim_suffix(allowed, "/"), "/"]))
}

_keeps_data(record) if {
	some image in array.concat([record.image_ref], record.bases)
	regex.match(`mysql|mariadb|percona|postgres|mongo|redis|kafka|zookeeper|elastic|cassandra|clickhouse|etcd`, image)
}
