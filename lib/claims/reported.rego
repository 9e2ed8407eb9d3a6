package lib.onelayer.claims

import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.surveyed

# METADATA
# description: >-
#   What a finding of a rule says about the concerns that the rule names, by id, where it does not follow from the
#   layers of the rule: {verdict, layer, against}; against is the layer that owns the concern as well, where the rule
#   knows it. The verdict one is that of a rule about how an owner does its work, which changes nothing about who owns.
#   A rule that names the container tells of a second owner, one that names Kubernetes alone of two owners in
#   Kubernetes, any other of a mesh that is kept from its work.
sayings := {
	"process/manager-image": {"verdict": "unknown", "layer": "container"},
	"process/manager-installed": {"verdict": "unknown", "layer": "container"},
	"process/signals-swallowed": {"verdict": "bypassed", "layer": "kubernetes"},
	"observability/logs-excluded": {"verdict": "bypassed", "layer": "kubernetes"},
	"observability/metrics-uncollected": {"verdict": "none", "layer": "kubernetes"},
	"resilience/missing-probe": {"verdict": "none", "layer": "kubernetes"},
	"resilience/probe-of-wrong-layer": {"verdict": "bypassed", "layer": "kubernetes"},
	"resilience/single-endpoint": {"verdict": "none", "layer": "kubernetes"},
	"resilience/no-mesh-policy": {"verdict": "none", "layer": "mesh"},
	"resilience/stacked-retries": {"verdict": "two", "layer": "container", "against": "mesh"},
	"resilience/unsafe-retry": {"verdict": "one", "layer": "mesh"},
	"traffic/session-affinity": {"verdict": "two", "layer": "kubernetes"},
	"traffic/ingress-own-balancer": {"verdict": "two", "layer": "kubernetes"},
	"traffic/two-route-owners": {"verdict": "two", "layer": "mesh"},
	"mesh/double-enrolment": {"verdict": "two", "layer": "mesh"},
	"mesh/missing-waypoint": {"verdict": "none", "layer": "mesh"},
	"mesh/proxy-identity": {"verdict": "bypassed", "layer": "mesh"},
}

# METADATA
# description: The key by which the findings about an object are known.
finding_key(ref) := concat("|", [ref.apiVersion, ref.kind, ref.namespace, ref.name])

_states := {"two": "owns", "bypassed": "bypassed", "none": "none", "unknown": "unknown", "one": ""}

_effect(found) := {
	"verdict": said.verdict,
	"layer": said.layer,
	"state": _states[said.verdict],
	"against": object.get(said, "against", ""),
	"evidence": {
		"layer": said.layer,
		"object": found.object,
		"path": found.path,
		"note": found.note,
		"rule": found.id,
		"file": found.file,
		"line": found.line,
	},
} if {
	said := _saying(found)
}

_saying(found) := sayings[found.id] if {
	sayings[found.id]
} else := {"verdict": "two", "layer": "container"} if {
	"container" in found.layers
} else := {"verdict": "two", "layer": "kubernetes"} if {
	found.layers == ["kubernetes"]
} else := {"verdict": "bypassed", "layer": "mesh"}

_about(pod, ref, services, policies) := array.concat(
	object.get(_findings, finding_key(ref), []),
	[found |
		some place in array.concat(
			_own_places(pod, ref, services),
			[{"ref": policy.ref, "within": policy.within} | some policy in policies],
		)
		some found in object.get(_findings, finding_key(place.ref), [])
		found.direct
		_inside(found.path, place.within)
	],
)

_findings := surveyed.findings if {
	is_object(surveyed.findings)
} else := {}

_own_places(pod, ref, services) := [{"ref": place, "within": ""} |
	subject := {"pod": pod, "ref": ref, "services": services}
	some place in array.concat(
		array.concat(
			[{"apiVersion": "v1", "kind": "Namespace", "namespace": "", "name": ref.namespace}],
			[resource.ref(service) | some service in services],
		),
		array.concat(
			array.concat(inventory.autoscalers(ref), [peer.ref | some peer in _peers_of(subject)]),
			array.concat(
				[telemetry.ref | some telemetry in telemetries_of(subject)],
				[monitor.ref | some monitor in monitors_of(subject)],
			),
		),
	)
]

_inside(path, within) if {
	within == ""
	path
} else if {
	startswith(concat("", [path, "."]), concat("", [within, "."]))
} else if {
	not regex.match(`^spec\.(?:http|rules)\[`, path)
}
