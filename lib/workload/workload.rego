# METADATA
# scope: package
# title: Workloads
# description: >-
#   Finds the pod templates and containers of every kind that makes Pods, with the path of each, so that no policy knows
#   where a CronJob keeps its containers. Missing and oddly typed fields read as absent.
package lib.onelayer.workload

import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: Where each kind keeps its pod template; a Pod is its own template.
template_paths := {
	"/Pod": [],
	"/PodTemplate": ["template"],
	"/ReplicationController": ["spec", "template"],
	"apps/Deployment": ["spec", "template"],
	"apps/StatefulSet": ["spec", "template"],
	"apps/DaemonSet": ["spec", "template"],
	"apps/ReplicaSet": ["spec", "template"],
	"extensions/Deployment": ["spec", "template"],
	"extensions/DaemonSet": ["spec", "template"],
	"extensions/ReplicaSet": ["spec", "template"],
	"batch/Job": ["spec", "template"],
	"batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
	"argoproj.io/Rollout": ["spec", "template"],
	"serving.knative.dev/Service": ["spec", "template"],
	"serving.knative.dev/Configuration": ["spec", "template"],
	"apps.openshift.io/DeploymentConfig": ["spec", "template"],
}

# METADATA
# description: The group/Kind of everything that makes Pods.
kinds := object.keys(template_paths)

# METADATA
# description: The kinds whose Pods run to an end.
job_kinds := {"batch/Job", "batch/CronJob"}

# METADATA
# description: >-
#   The pod templates of the input, as records {obj, kind, file, spec, path, meta, job}. A Pod that a controller made is
#   none of them, because the template of the controller is.
pods := [pod |
	some record in resource.all
	not _made(record)
	some pod in pods_of(record)
]

# METADATA
# description: >-
#   True for an object that belongs to a controller of a kind that makes Pods, and so is judged by what is written
#   there; never where the setting skip_owned is false.
owned(obj) if {
	some owner in resource.meta(obj).ownerReferences
	is_object(owner)
	owner.controller == true
	resource.group_kind(owner) in kinds
	not params.config.skip_owned == false
}

# METADATA
# description: The containers of the input, as records {obj, kind, file, container, name, path, role, pod}.
containers := [container |
	some pod in pods
	some container in containers_of(pod)
]

# METADATA
# description: The pod template of one record, as a list of none or one.
pods_of(record) := [{
	"obj": record.obj,
	"kind": record.kind,
	"file": record.file,
	"spec": template.spec,
	"path": array.concat(base, ["spec"]),
	"meta": resource.meta(template),
	"meta_path": array.concat(base, ["metadata"]),
	"job": job,
} |
	base := template_paths[record.kind]
	template := object.get(record.obj, base, null)
	is_object(template.spec)
	job := record.kind in job_kinds
]

# METADATA
# description: The containers of one pod template, init and ephemeral ones included.
containers_of(pod) := [record |
	some field in ["containers", "initContainers", "ephemeralContainers"]
	some index, container in pod.spec[field]
	is_object(container)
	record := {
		"obj": pod.obj,
		"kind": pod.kind,
		"file": pod.file,
		"container": container,
		"name": resource.text(object.get(container, "name", "")),
		"path": array.concat(pod.path, [field, index]),
		"role": _role(field, container),
		"pod": pod,
	}
]

_made(record) if {
	record.kind == "/Pod"
	owned(record.obj)
}

_role("containers", _) := "main"

_role("ephemeralContainers", _) := "ephemeral"

_role("initContainers", container) := "sidecar" if {
	container.restartPolicy == "Always"
} else := "init"
