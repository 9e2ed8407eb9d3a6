# METADATA
# scope: package
# title: The ingress controller balances over Pods of the mesh by itself
# description: >-
#   By default the controller looks the Pods of a Service up and sends each request to one of them. The mesh owns
#   balancing, retries and routes of the Service, but sees calls of Pods only, so that nothing it was told about the
#   Service holds for traffic from outside, and stickiness is kept by a layer that knows nothing of the mesh.
# related_resources:
# - ref: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#service-upstream
#   description: ingress-nginx, service-upstream
# - ref: https://linkerd.io/2/tasks/using-ingress/
#   description: Linkerd, ingress traffic
# custom:
#   id: traffic/ingress-own-balancer
#   severity: warning
#   severities: [warning]
#   group: traffic
#   concerns: [load-balancing, retries]
#   layers: [kubernetes, mesh]
#   applies_to: [networking.k8s.io/Ingress, extensions/Ingress]
#   needs: [object, namespace, inventory]
#   needles: [
#     "nginx", "traefik"
#   ]
#   parameters:
#     allowed_classes:
#       type: array
#       items: {type: string}
#       description: >-
#         The classes of Ingresses whose controller hands requests to the mesh in another way or is meant to balance.
#       default: []
#   remediation:
#     default: >-
#       Let the controller send requests to the Service, or route by a gateway of the mesh.
#     sidecar: >-
#       Set nginx.ingress.kubernetes.io/service-upstream "true" and nginx.ingress.kubernetes.io/upstream-vhost to the
#       full name of the Service, or use a gateway of Istio; stickiness belongs into consistentHash.
#     ambient: >-
#       Set nginx.ingress.kubernetes.io/service-upstream "true", or use a gateway of Istio; stickiness belongs into
#       consistentHash of a waypoint.
#     linkerd: >-
#       Set nginx.ingress.kubernetes.io/service-upstream "true", for Traefik the annotation
#       traefik.ingress.kubernetes.io/service.nativelb "true" of the Service, or inject the controller in mode ingress.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.traffic.ingress_own_balancer

import data.lib.onelayer.finding
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s balances over Pods of Service %s, which is in the mesh, past what the mesh was told; %s", [
		fault.controller,
		resource.ref(backends[0].service).name,
		fault.advice,
	]),
	"path": fault.path,
	"related": [{"note": "is balanced by the mesh", "object": resource.ref(backend.service), "path": ["spec"]} |
		some backend in backends
	],
}) if {
	some record in resource.of({"networking.k8s.io/Ingress", "extensions/Ingress"})
	controller := _controller(record.obj)
	backends := [backend | some backend in _backends(record.obj); _balanced(controller, backend.service)]
	fault := _fault(controller, record.obj)
}

_class(obj) := resource.text(object.get(
	resource.annotations(obj), "kubernetes.io/ingress.class",
	object.get(obj, ["spec", "ingressClassName"], ""),
))

_controller(obj) := "nginx" if {
	class := _class(obj)
	not class in params.of("traffic/ingress-own-balancer").allowed_classes
	_is_nginx(class, obj)
} else := "Traefik" if {
	class := _class(obj)
	not class in params.of("traffic/ingress-own-balancer").allowed_classes
	contains(class, "traefik")
}

_is_nginx(class, _) if contains(class, "nginx")

_is_nginx("", obj) if {
	some key, _ in resource.annotations(obj)
	startswith(key, "nginx.ingress.kubernetes.io/")
}

_backends(obj) := [{"service": service} |
	some name in _names(obj.spec)
	services := inventory.service_at(resource.ref(obj).namespace, name)
	every service in services {
		modes := mesh.modes_of(service)
		count(modes - {"sidecar", "ambient", "linkerd"}) == 0
		count(modes) == 1
	}
	service := services[0]
]

_names(spec) := {name |
	some backend in array.concat(
		[path.backend | some rule in spec.rules; some path in rule.http.paths],
		[backend | some field in ["defaultBackend", "backend"]; backend := spec[field]],
	)
	name := _name(backend)
}

_name(backend) := name if {
	name := resource.text(backend.service.name)
} else := name if {
	name := resource.text(backend.serviceName)
}

_balanced("nginx", _)

_balanced("Traefik", service) if {
	resource.text(object.get(resource.annotations(service), _native, "")) != "true"
}

_native := "traefik.ingress.kubernetes.io/service.nativelb"

_fault("nginx", obj) := {
	"controller": "affinity cookie of nginx",
	"advice": "use consistentHash, or none",
	"path": ["metadata", "annotations", _affinity],
} if {
	resource.annotations(obj)[_affinity] == "cookie"
} else := {"controller": "nginx", "advice": "set service-upstream", "path": _annotated(obj)} if {
	resource.text(object.get(resource.annotations(obj), "nginx.ingress.kubernetes.io/service-upstream", "")) != "true"
}

_fault("Traefik", obj) := {
	"controller": "Traefik",
	"advice": "set service.nativelb of the Service",
	"path": _annotated(obj),
}

_affinity := "nginx.ingress.kubernetes.io/affinity"

_annotated(obj) := ["metadata", "annotations"] if {
	is_object(obj.metadata.annotations)
} else := ["metadata"]
