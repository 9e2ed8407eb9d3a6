# METADATA
# scope: package
# title: Claims
# description: >-
#   Says for every workload which layer - container, Kubernetes, mesh - owns which runtime concern, by what the objects
#   declare and by what the rules found. A layer owns what it is told to do, does some things by default, may be kept
#   from its work (bypassed), may leave it (none), or cannot be known. The verdict is one owner, two, none, bypassed or
#   unknown; a finding about who owns a concern never leaves it with one owner.
package lib.onelayer.claims

import data.lib.onelayer.container
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.resource
import data.lib.onelayer.supervision
import data.lib.onelayer.workload

# METADATA
# description: The concerns of a workload, in the order of a map.
concerns := [
	"lifecycle", "scaling", "load-balancing", "drain", "logs", "metrics", "tracing", "retries", "timeouts",
	"circuit-breaking", "health", "mtls",
]

# METADATA
# description: >-
#   One entry per workload of the input, as {object, mesh, concerns, edges}. A concern is {concern, applies, container,
#   kubernetes, mesh, verdict, evidence}; a piece of evidence is {layer, object, path, note} and, where a rule found it,
#   {rule, file, line}. applies tells that the workload needs an owner of it. Edges are the calls to and from the
#   workload that the input names.
workloads := [entry |
	some pod in workload.pods
	subject := _subject(pod)
	entry := {
		"object": subject.ref,
		"mesh": subject.membership,
		"concerns": [_judged(subject, concern) | some concern in concerns],
		"edges": array.concat(_calls(subject), _entrances(subject)),
	}
]

_subject(pod) := {
	"pod": pod,
	"ref": ref,
	"membership": membership,
	"mode": membership.mode,
	"surroundings": _surroundings(pod),
	"left": _left(pod, membership),
	"services": services,
	"ported": _ported(pod),
	"policies": policies,
	"findings": _about(pod, ref, services, policies),
} if {
	ref := resource.ref(pod.obj)
	membership := mesh.membership(pod)
	services := inventory.services_of(ref.namespace, _labels(pod))
	policies := [policy | some service in services; some policy in policies_of(service)]
}

_labels(pod) := _object(pod.meta, "labels")

_annotations(pod) := _object(pod.meta, "annotations")

_object(holder, field) := holder[field] if {
	is_object(holder[field])
} else := {}

_meshed := {"sidecar", "ambient", "linkerd", "proxyless", "gateway"}

_left(pod, membership) := mesh.offered(pod) if {
	membership.mode == "none"
	not pod.job
	not mesh.part_of_a_mesh(pod)
	mesh.offered(pod).mode in _meshed
} else := null

_ported(pod) if {
	some entry in workload.containers_of(pod)
	entry.role == "main"
	count(entry.container.ports) > 0
} else := false

_surroundings(pod) := mesh.surroundings(pod) if {
	mesh.surroundings(pod)
} else := {"name": "", "labels": {}, "annotations": {}}

_served(subject) if count(subject.services) > 0

_records(subject) := [record |
	some record in container.records
	record.role in {"main", "sidecar"}
	_same_pod(record, subject)
	not record.name in {"istio-proxy", "linkerd-proxy"}
]

_entries(subject) := [entry |
	some entry in supervision.entries
	_same_pod(entry.record, subject)
]

_same_pod(record, subject) if {
	is_object(record.pod)
	record.pod.path == subject.pod.path
	resource.ref(record.obj) == subject.ref
}

_judged(subject, concern) := {
	"concern": concern,
	"applies": _applies(subject, concern, effects),
	"container": states.container,
	"kubernetes": states.kubernetes,
	"mesh": states.mesh,
	"verdict": _worst(array.concat([_structural(states)], [effect.verdict | some effect in effects])),
	"evidence": [step |
		some layer in _layers
		some step in array.concat(
			[object.union({"layer": layer}, claimed) | some claimed in claims[layer].evidence],
			[effect.evidence | some effect in effects; effect.layer == layer],
		)
	],
} if {
	claims := {
		"container": _of_container(subject, concern),
		"kubernetes": _of_kubernetes(subject, concern),
		"mesh": _of_mesh(subject, concern),
	}
	effects := [effect |
		some found in subject.findings
		some said in found.concerns
		said == concern
		effect := _effect(found)
	]
	states := {layer: _state(_claimed(claims[layer].state, layer, effects), shown) |
		some layer in _layers
		shown := {effect.state | some effect in effects; effect.layer == layer; effect.state != ""}
	}
}

_of_container(subject, concern) := claim if {
	claim := _container(subject, concern)
} else := _nothing

_of_kubernetes(subject, concern) := claim if {
	claim := _kubernetes(subject, concern)
} else := _nothing

_of_mesh(subject, concern) := claim if {
	claim := _mesh(subject, concern)
} else := _nothing

_nothing := {"state": "none", "evidence": []}

_layers := ["container", "kubernetes", "mesh"]

_claimed(state, layer, effects) := "owns" if {
	state == "none"
	some effect in effects
	effect.against == layer
} else := state

_state(claimed, shown) := claimed if {
	count(shown) == 0
} else := "owns" if {
	"owns" in shown
} else := "bypassed" if {
	"bypassed" in shown
} else := "none" if {
	"none" in shown
} else := "unknown" if {
	"unknown" in shown
}

_structural(states) := "two" if {
	count(_with(states, "owns")) > 1
} else := "bypassed" if {
	count(_with(states, "bypassed")) > 0
} else := "unknown" if {
	states.container == "unknown"
} else := "one" if {
	count(_with(states, "owns")) == 1
} else := "unknown" if {
	count(_with(states, "unknown")) > 0
} else := "one" if {
	count(_with(states, "default")) > 0
} else := "none"

_with(states, wanted) := [layer | some layer, state in states; state == wanted]

_worst(verdicts) := [verdict | some verdict in ["two", "bypassed", "none", "unknown", "one"]; verdict in verdicts][0]

_applies(subject, concern, effects) if {
	count(effects) > 0
} else := false if {
	subject.pod.job
	not concern in {"lifecycle", "scaling", "logs"}
} else if {
	not concern in _of_traffic
} else if {
	subject.ported
} else if {
	_served(subject)
} else := false

_of_traffic := {
	"load-balancing", "metrics", "tracing", "retries", "timeouts", "circuit-breaking", "health", "mtls",
}
