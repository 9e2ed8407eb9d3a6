# METADATA
# scope: package
# title: Log collectors
# description: >-
#   Knows the programs that read and ship logs by their images, and the Pods that have no node agent beside them which
#   could do it, so that every rule about logs means the same programs.
package lib.onelayer.collector

import data.lib.onelayer.resource

# METADATA
# description: >-
#   The name of the log shipper that an image runs, such as Fluent Bit; undefined for other images and for the helpers
#   of shippers that reload or measure them.
shipper(image) := _names[name] if {
	base := _base(image)
	not helper(base)
	groups := regex.find_all_string_submatch_n(
		`^(?:(fluent-?bit|fluentd|td-agent)(?:-.*)?|(filebeat|logstash|promtail)(?:-oss)?|(vector|alloy)|(grafana)/agent)$`,
		base, 1,
	)[0]
	name := concat("", array.slice(groups, 1, 5))
}

# METADATA
# description: True for an image that rotates log files.
rotator(image) if regex.match(`(^|[_-])logrotate([_-]|$)`, _base(image))

# METADATA
# description: True for an image or a container name of a helper that serves another program and is no application.
helper(name) if regex.match(`exporter|reload|watcher|operator|k8s-sidecar|istio-proxy|linkerd-proxy`, name)

# METADATA
# description: True when a pod template runs where no agent of a node can collect, as on Fargate and virtual nodes.
without_node(pod) if {
	some key, value in pod.spec.nodeSelector
	[key, resource.text(value)] in {["eks.amazonaws.com/compute-type", "fargate"], ["type", "virtual-kubelet"]}
} else if {
	some toleration in pod.spec.tolerations
	toleration.key in {"eks.amazonaws.com/compute-type", "virtual-kubelet.io/provider", "azure.com/aci"}
} else if {
	some key, _ in pod.meta.labels
	key == "eks.amazonaws.com/fargate-profile"
}

_names := {
	"fluent-bit": "Fluent Bit",
	"fluentbit": "Fluent Bit",
	"fluentd": "Fluentd",
	"td-agent": "Fluentd",
	"filebeat": "Filebeat",
	"logstash": "Logstash",
	"promtail": "Promtail",
	"vector": "Vector",
	"alloy": "Alloy",
	"grafana": "Grafana Agent",
}

_base(image) := "grafana/agent" if {
	regex.match(`(^|/)grafana/agent([:@]|$)`, resource.text(image))
} else := trim_prefix(regex.replace(lower(resource.text(image)), `^.*/|[:@].*$`, ""), "aws-for-")
