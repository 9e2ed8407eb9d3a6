package lib.onelayer.claims

import data.lib.onelayer.mesh
import data.lib.onelayer.resource

_mesh(subject, "mtls") := _encrypted(subject)

_mesh(subject, "load-balancing") := _carried(subject, "load-balancing") if _reached(subject)

_mesh(subject, "metrics") := _carried(subject, "metrics")

_mesh(subject, "tracing") := _carried(subject, "tracing")

_mesh(subject, "retries") := _carried(subject, "retries")

_mesh(subject, "timeouts") := _carried(subject, "timeouts")

_mesh(subject, "circuit-breaking") := _carried(subject, "circuit-breaking")

_reached(subject) if {
	_served(subject)
} else if {
	subject.ported
}

_carried(subject, concern) := _claim("owns", steps) if {
	steps := _explicit(subject, concern)
	count(steps) > 0
	subject.left == null
} else := _claim("bypassed", [_leaving(subject)]) if {
	subject.left != null
	concern in {"load-balancing", "metrics", "retries"}
} else := _claim("bypassed", array.concat([_leaving(subject)], steps)) if {
	subject.left != null
	steps := _explicit(subject, concern)
	count(steps) > 0
} else := _claim("unknown", [_of_member(subject, "whether a mesh carries its traffic is not known")]) if {
	subject.mode == "unknown"
} else := _claim(said.state, [_of_member(subject, said.note)]) if {
	said := _by_default(subject, concern)
}

_of_member(subject, note) := _step(subject.pod.obj, subject.pod.path, note)

_leaving(subject) := _of_member(subject, sprintf("its namespace gives it %s, which it leaves", [
	_names[subject.left.mode],
]))

_names := {
	"sidecar": "Istio's sidecar", "ambient": "Istio's ambient mode", "linkerd": "Linkerd's proxy",
	"proxyless": "gRPC without a proxy", "gateway": "a gateway of Istio",
}

_by_default(subject, "load-balancing") := {"state": "default", "note": note} if {
	note := sprintf("%s balances the calls to it", [_names[subject.mode]])
}

_by_default(subject, "metrics") := {"state": "default", "note": note} if {
	note := "ztunnel measures connections, without a waypoint no requests"
	subject.mode == "ambient"
	not _waypoint(subject)
} else := {"state": "default", "note": note} if {
	note := sprintf("%s measures its requests", [_names[subject.mode]])
}

_by_default(subject, "retries") := {"state": "default", "note": note} if {
	_routed_by_istio(subject)
	note := "Istio repeats a failed connection up to twice, unless a route says otherwise"
}

_by_default(subject, "tracing") := {"state": "unknown", "note": note} if {
	note := "no Telemetry in the input says where spans of Istio go"
	_routed_by_istio(subject)
}

_routed_by_istio(subject) if {
	subject.mode in {"sidecar", "gateway", "proxyless"}
} else if {
	subject.mode == "ambient"
	_waypoint(subject)
}

_waypoint(subject) if {
	some obj in subject.services
	mesh.waypoint_of(obj)
} else if {
	_chosen([_labels(subject.pod)])
} else if {
	count(subject.services) == 0
	_chosen([subject.surroundings.labels])
}

_chosen(places) if {
	some labels in places
	name := resource.text(object.get(labels, "istio.io/use-waypoint", ""))
	not name in {"", "none"}
}

_encrypted(subject) := _claim("bypassed", [_leaving(subject)]) if {
	subject.left != null
} else := _claim(_peer_state(subject, peer), [{"object": peer.ref, "path": peer.path, "note": note}]) if {
	subject.mode in {"sidecar", "ambient", "gateway", "proxyless"}
	peer := peer_of(subject)
	note := sprintf("PeerAuthentication %s asks for %s", [peer.ref.name, peer.mode])
} else := _claim("default", [_of_member(subject, note)]) if {
	note := sprintf("%s encrypts between members of the mesh and still takes plain text", [_names[subject.mode]])
} else := _claim("unknown", [_of_member(subject, "whether a mesh carries its traffic is not known")]) if {
	subject.mode == "unknown"
}

_peer_state(subject, peer) := "owns" if {
	peer.mode == "STRICT"
} else := "bypassed" if {
	peer.mode == "DISABLE"
	subject.mode != "ambient"
} else := "default"

_explicit(subject, concern) := array.concat(
	array.concat(
		[{"object": policy.ref, "path": mark.path, "note": mark.note} |
			some policy in subject.policies
			some mark in policy.marks
			mark.concern == concern
		],
		[step |
			some service in subject.services
			some key, _ in resource.annotations(service)
			some prefix in _linkerd_annotations[concern]
			startswith(key, prefix)
			note := sprintf("%s on Service %s", [key, resource.ref(service).name])
			step := _step(service, ["metadata", "annotations", key], note)
		],
	),
	[{"object": telemetry.ref, "path": ["spec", "tracing"], "note": note} |
		concern == "tracing"
		some telemetry in telemetries_of(subject)
		telemetry.traces
		note := sprintf("Telemetry %s has the proxies report spans", [telemetry.ref.name])
	],
)

_linkerd_annotations := {
	"retries": ["retry.linkerd.io/"],
	"timeouts": ["timeout.linkerd.io/"],
	"circuit-breaking": ["balancer.linkerd.io/failure-accrual"],
}
