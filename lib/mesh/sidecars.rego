package lib.onelayer.mesh

import data.lib.onelayer.params
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# title: Native sidecars
# description: >-
#   Whether the proxy of a pod template runs as a native sidecar, which starts before and ends after the application by
#   itself, as true, false or unknown: what the template shows or asks for, else what the configuration says.
native(pod) := "true" if {
	_native_container(pod)
} else := said[0] if {
	said := _native_said(pod)
	count(said) > 0
} else := "unknown"

# METADATA
# title: Whether a proxy is a container like any other
# description: True when a pod template or the configuration says that the proxy is no native sidecar.
classic(pod) if {
	_native_said(pod)[0] == "false"
	not _native_container(pod)
}

# METADATA
# title: The configuration of Istio's proxy
# description: The configuration that the annotation proxy.istio.io/config holds; empty where there is none to read.
proxy_config(pod) := config if {
	text := resource.text(_annotations(pod)["proxy.istio.io/config"])
	yaml.is_valid(text)
	config := yaml.unmarshal(text)
	is_object(config)
} else := {}

_native_said(pod) := array.concat(
	[answer |
		some key in _native_keys
		answer := _switched(pod.meta.annotations[key])
	],
	_native_by_default,
)

_native_by_default := [answer | answer := _switched(params.config.mesh.native_sidecars)]

_native_keys := ["sidecar.istio.io/nativeSidecar", "config.linkerd.io/proxy-enable-native-sidecar"]

_native_container(pod) if {
	some entry in workload.containers_of(pod)
	entry.role == "sidecar"
	entry.name in {"istio-proxy", "linkerd-proxy"}
}

_switched(value) := "true" if {
	lower(resource.text(value)) in {"true", "enabled"}
} else := "false" if {
	lower(resource.text(value)) in {"false", "disabled"}
}
