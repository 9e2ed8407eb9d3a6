package lib.onelayer.claims

import data.lib.onelayer.malformed
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.retries
import data.lib.onelayer.selector
import data.lib.onelayer.surveyed
import data.lib.onelayer.synced

# METADATA
# description: >-
#   What look-ups by key need, computed once a unit: the policies of a mesh and the Ingresses about a Service (by
#   namespace/name), names of Services, PeerAuthentications and Telemetries (by namespace), monitors (by one label).
computed := {
	"policies": {key: found |
		some key in {place.key | some place in _policy_places}
		found := [place.value | some place in _policy_places; place.key == key]
	},
	"services": {place.key: place.value | some place in _service_places},
	"peers": {key: found |
		some key in {place.key | some place in _peer_places}
		found := [place.value | some place in _peer_places; place.key == key]
	},
	"telemetries": {key: found |
		some key in {place.key | some place in _telemetry_places}
		found := [place.value | some place in _telemetry_places; place.key == key]
	},
	"monitors": {key: found |
		some key in {place.key | some place in _monitor_places}
		found := [place.value | some place in _monitor_places; place.key == key]
	},
}

# METADATA
# description: The policies about a Service, as a list of {role, ref, within, marks, retries, in_mesh, gateways}.
policies_of(service) := [policy |
	ref := resource.ref(service)
	some key in [_key(ref.namespace, ref.name), _key(ref.namespace, "*"), "*/*"]
	some policy in object.get(_places.policies, key, [])
]

# METADATA
# description: The PeerAuthentication that decides for a workload, as {ref, mode, path}; undefined where none does.
peer_of(subject) := peers[0] if {
	peers := [peer |
		some rank in [0, 1, 2]
		some peer in _peers_of(subject)
		peer.rank == rank
	]
	count(peers) > 0
}

# METADATA
# description: The Telemetries that speak of a workload, as a list of {ref, selector, traces}.
telemetries_of(subject) := [telemetry |
	some namespace in {subject.ref.namespace, _root}
	some telemetry in object.get(_places.telemetries, namespace, [])
	_takes(telemetry.selector, subject)
]

# METADATA
# description: The ServiceMonitors and PodMonitors that take a workload, as a list of {ref, selector, any, namespaces}.
monitors_of(subject) := [monitor |
	some labelled in array.concat(
		[{"kind": "ServiceMonitor", "labels": object.get(resource.meta(service), "labels", {})} |
			some service in subject.services
		],
		[{"kind": "PodMonitor", "labels": _labels(subject.pod)}],
	)
	some key in _pairs_of(labelled.kind, labelled.labels)
	some monitor in object.get(_places.monitors, key, [])
	selector.matches(monitor.selector, labelled.labels)
	_in_reach(monitor, subject.ref.namespace)
]

_places := surveyed.places if {
	is_object(surveyed.places)
} else := computed

_key(namespace, name) := concat("/", [namespace, name])

_root := "istio-system"

_peers_of(subject) := [object.union(peer, {"rank": _rank(peer, subject)}) |
	some namespace in {subject.ref.namespace, _root}
	some peer in object.get(_places.peers, namespace, [])
	_takes(peer.selector, subject)
]

_rank(peer, _) := 0 if {
	peer.selector != null
} else := 1 if {
	peer.ref.namespace != _root
} else := 2

_takes(wanted, subject) if {
	wanted == null
	subject
} else if {
	selector.matches(wanted, _labels(subject.pod))
}

_pairs_of(kind, labels) := [concat("\n", [kind, key, resource.text(value)]) | some key, value in labels] if {
	is_object(labels)
} else := []

_in_reach(monitor, namespace) if {
	monitor.any == true
} else if {
	count(monitor.namespaces) == 0
	monitor.ref.namespace == namespace
} else if {
	namespace in monitor.namespaces
}

_of_kinds(kinds) := [obj |
	some versions in synced.namespaces
	some version, held in versions
	not resource.foreign(version)
	some kind in kinds
	some obj in held[kind]
	is_object(obj)
	is_object(obj.spec)
]

_service_places := [{"key": _key(ref.namespace, ref.name), "value": place} |
	some obj in _of_kinds(["Service"])
	resource.group_kind(obj) == "/Service"
	ref := resource.ref(obj)
	place := {"ref": ref, "limit": _linkerd_limit(obj), "waypoint": _behind_waypoint(obj)}
]

_behind_waypoint(obj) if {
	mesh.waypoint_of(obj)
} else := false

_linkerd_limit(obj) := retries.of_annotations(resource.annotations(obj)) if {
	retries.of_annotations(resource.annotations(obj))
} else := null

_peer_places := [{"key": ref.namespace, "value": peer} |
	some obj in _of_kinds(["PeerAuthentication"])
	ref := resource.ref(obj)
	mode := obj.spec.mtls.mode
	mode in {"STRICT", "PERMISSIVE", "DISABLE"}
	peer := {"ref": ref, "mode": mode, "path": ["spec", "mtls", "mode"], "selector": _selector_of(obj)}
]

_telemetry_places := [{"key": ref.namespace, "value": telemetry} |
	some obj in _of_kinds(["Telemetry"])
	ref := resource.ref(obj)
	telemetry := {"ref": ref, "selector": _selector_of(obj), "traces": _traces(obj)}
]

_selector_of(obj) := {"matchLabels": obj.spec.selector.matchLabels} if {
	is_object(obj.spec.selector.matchLabels)
} else := null

_traces(obj) if {
	some entry in obj.spec.tracing
	not entry.disableSpanReporting == true
	not entry.randomSamplingPercentage == 0
} else := false

_monitor_places := [place |
	some obj in _of_kinds(["ServiceMonitor", "PodMonitor"])
	pairs := obj.spec.selector.matchLabels
	is_object(pairs)
	key := min(object.keys(pairs))
	place := {
		"key": concat("\n", [obj.kind, key, resource.text(pairs[key])]),
		"value": {
			"ref": resource.ref(obj),
			"selector": obj.spec.selector,
			"any": object.get(obj.spec, ["namespaceSelector", "any"], false),
			"namespaces": _list(object.get(obj.spec, ["namespaceSelector", "matchNames"], [])),
		},
	}
]

_list(value) := value if {
	is_array(value)
} else := []

_policy_places := [{"key": key, "value": policy} |
	some obj in _of_kinds([
		"VirtualService", "DestinationRule", "HTTPRoute", "GRPCRoute", "ServiceProfile", "Ingress", "ServiceEntry",
	])
	kind := resource.group_kind(obj)
	count(malformed.fields(kind, obj)) == 0
	some policy in _policies(kind, obj)
	some key in policy.keys
]
