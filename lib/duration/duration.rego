# METADATA
# scope: package
# title: Durations
# description: >-
#   Reads durations as Go writes them (Istio, Kubernetes), as the Gateway API restricts them (GEP-2257), and as Linkerd
#   does, in milliseconds. What is malformed has no duration.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/geps/gep-2257/
#   description: Gateway API, the format of durations
package lib.onelayer.duration

import data.lib.onelayer.resource

# METADATA
# description: The milliseconds of a duration as Go writes it, such as 1.5s or 1h30m; undefined where it is malformed.
of_go(value) := time.parse_duration_ns(text) / 1000000 if {
	text := resource.text(value)
	regex.match(`^(?:[0-9]{1,6}(?:\.[0-9]{1,9})?(?:ns|us|µs|ms|s|m|h)){1,6}$`, text)
}

# METADATA
# description: >-
#   The milliseconds of a duration of the Gateway API, one to four whole numbers with a unit; undefined where it is
#   malformed.
of_gateway(value) := time.parse_duration_ns(text) / 1000000 if {
	text := resource.text(value)
	regex.match(`^(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}$`, text)
}

# METADATA
# description: >-
#   The milliseconds of a duration of Linkerd, a whole number with one unit up to days, or a bare 0; undefined where it
#   is malformed, any other number without a unit included.
of_linkerd(value) := to_number(parts[1]) * _of_linkerd[parts[2]] if {
	some parts in regex.find_all_string_submatch_n(
		`^([0-9]{1,6})(ms|s|m|h|d)$`,
		trim_space(resource.text(value)),
		1,
	)
} else := 0 if {
	regex.match(`^0+$`, trim_space(resource.text(value)))
}

_of_linkerd := {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}

# METADATA
# description: Milliseconds as a duration that all of them read, whole seconds where that is exact.
text(milliseconds) := sprintf("%ds", [floor(milliseconds / 1000)]) if {
	milliseconds >= 1000
	floor(milliseconds) % 1000 == 0
} else := sprintf("%dms", [floor(milliseconds)])
