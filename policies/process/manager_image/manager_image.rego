# METADATA
# scope: package
# title: The image is made for a process manager
# description: >-
#   The base image ships a process manager as its main program, such as keymetrics/pm2 or phusion/baseimage.
#   Whatever is built on it inherits a second supervisor beside Kubernetes, and starts it as soon as a command is
#   missing.
# custom:
#   id: process/manager-image
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [
#     /Pod, /PodTemplate, /ReplicationController, apps/Deployment, apps/StatefulSet, apps/DaemonSet,
#     apps/ReplicaSet, extensions/Deployment, extensions/DaemonSet, extensions/ReplicaSet, batch/Job,
#     batch/CronJob, argoproj.io/Rollout, serving.knative.dev/Service, serving.knative.dev/Configuration,
#     apps.openshift.io/DeploymentConfig, onelayer.dev/Image, onelayer.dev/Compose
#   ]
#   needs: [object, source]
#   needles: [
#     "pm2", "phusion", "linuxserver", "hassio", "homeassistant", "home-assistant", "alpine-s6", "discourse",
#     "gitlab", "systemd", "strong-pm", "-init"
#   ]
#   parameters:
#     allowed_managers:
#       type: array
#       description: >-
#         Names of process managers whose base images this cluster accepts, for example s6.
#       default: []
#       items:
#         type: string
#   remediation:
#     default: >-
#       Build on the plain runtime image instead, for example FROM node:22-slim, and state the program as CMD.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_image

import data.lib.onelayer.base_images
import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.params

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s is built on %s, a base image of %s; use the plain runtime image", [record.label, ref, base.name]),
	"severity": container.severity(record, "warning"),
	"path": path,
	"related": container.related(record),
}) if {
	some record in container.records
	some ref in record.bases
	base := base_images.of(ref)
	not base.name in params.of("process/manager-image").allowed_managers
	path := _path(record)
}

_path(record) := record.folded.base_path if {
	record.kind == "onelayer.dev/Image"
} else := array.concat(record.path, ["image"]) if {
	record.image == null
}
