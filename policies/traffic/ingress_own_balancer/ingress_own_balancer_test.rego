package lib.onelayer.policies.traffic.ingress_own_balancer_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.traffic.ingress_own_balancer

_ingress(annotations, spec) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "Ingress",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": object.union(
		{"rules": [{"http": {"paths": [{"path": "/", "backend": {"service": {"name": "web"}}}]}}]},
		spec,
	),
}

_service(annotations) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
	"spec": {"selector": {"app": "web"}},
}

_sidecar := {"labels": {"istio-injection": "enabled"}}

_ambient := {"labels": {"istio.io/dataplane-mode": "ambient"}}

_linkerd := {"annotations": {"linkerd.io/inject": "enabled"}}

_found(obj, namespace, services) := found if {
	found := ingress_own_balancer.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}},
		"namespace": {"shop": {"v1": {"Service": services}}},
	}
}

_places(obj, namespace) := [[f.severity, f.path] | some f in _found(obj, namespace, {"web": _service({})})]

_nginx := {"ingressClassName": "nginx"}

_prefix := "nginx.ingress.kubernetes.io"

_upstream := sprintf("%s/service-upstream", [_prefix])

_annotated := [["warning", "metadata.annotations"]]

test_every_mesh if {
	every namespace in [_sidecar, _ambient, _linkerd] {
		_places(_ingress({}, _nginx), namespace) == _annotated
	}
	_places(_ingress({}, _nginx), {}) == []
	ingress_own_balancer.violation == set() with input as _ingress({}, _nginx)
}

test_controllers if {
	_places(_ingress({}, {"ingressClassName": "nginx-internal"}), _sidecar) == _annotated
	_places(_ingress({"kubernetes.io/ingress.class": "nginx"}, {}), _sidecar) == _annotated
	_places(_ingress({sprintf("%s/rewrite-target", [_prefix]): "/"}, {}), _sidecar) == _annotated
	_places(_ingress({sprintf("%s/rewrite-target", [_prefix]): "/"}, {"ingressClassName": "kong"}), _sidecar) == []
	_places(_ingress({}, {}), _sidecar) == []
	_places(_ingress({"example.com/owner": "shop"}, {}), _sidecar) == []
	_places(_ingress({}, {"ingressClassName": "istio"}), _sidecar) == []
	_places(_ingress({}, {"ingressClassName": "traefik"}), _sidecar) == _annotated
	rules := {"traffic/ingress-own-balancer": {"parameters": {"allowed_classes": ["nginx", "traefik"]}}}
	_places(_ingress({}, _nginx), _sidecar) == [] with config as {"rules": rules}
	_places(_ingress({}, {"ingressClassName": "traefik"}), _sidecar) == [] with config as {"rules": rules}
}

test_who_hands_over if {
	_places(_ingress({_upstream: "true"}, _nginx), _sidecar) == []
	_places(_ingress({_upstream: true}, _nginx), _sidecar) == []
	_places(_ingress({_upstream: "false"}, _nginx), _sidecar) == _annotated
	traefik := _ingress({}, {"ingressClassName": "traefik"})
	native := {"traefik.ingress.kubernetes.io/service.nativelb": "true"}
	_found(traefik, _sidecar, {"web": _service(native)}) == set()
}

test_affinity if {
	affinity := sprintf("%s/affinity", [_prefix])
	place := [["warning", `metadata.annotations["nginx.ingress.kubernetes.io/affinity"]`]]
	_places(_ingress({affinity: "cookie"}, _nginx), _sidecar) == place
	_places(_ingress({affinity: "cookie", _upstream: "true"}, _nginx), _sidecar) == place
	_places(_ingress({affinity: "other", _upstream: "true"}, _nginx), _sidecar) == []
}

test_backends if {
	old := object.union(_ingress({}, _nginx), {"apiVersion": "extensions/v1beta1"})
	_places(object.union(old, {"spec": {"rules": [], "backend": {"serviceName": "web"}}}), _sidecar) == _annotated
	alone := {"rules": [], "defaultBackend": {"service": {"name": "web"}}}
	_places(_ingress({}, object.union(_nginx, alone)), _sidecar) == _annotated
	odd := [{"service": {"name": "api"}}, {"resource": {}}, "odd", {"serviceName": 3}, {"service": {"name": 3}}]
	every backend in odd {
		_places(_ingress({}, object.union(_nginx, {"rules": [], "defaultBackend": backend})), _sidecar) == []
	}
	_places(_ingress({}, object.union(_nginx, {"rules": "odd"})), _sidecar) == []
	elsewhere := {"rules": [], "odd": {"service": {"name": "web"}}}
	_places(_ingress({}, object.union(_nginx, elsewhere)), _sidecar) == []
	_places(object.remove(_ingress({}, _nginx), ["spec"]), _sidecar) == []
}

test_services_of_two_minds if {
	out := {
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "out", "namespace": "shop"},
		"spec": {"template": {"spec": {"containers": []}, "metadata": {"labels": {
			"app": "web",
			"sidecar.istio.io/inject": "false",
		}}}},
	}
	also := object.union(out, {
		"metadata": {"name": "in"},
		"spec": {"template": {"metadata": {"labels": {"sidecar.istio.io/inject": "true"}}}},
	})
	_mixed([out]) == 0
	_mixed([also]) == 1
	_mixed([out, also]) == 0
	odd := object.union(_service({}), {"spec": {"selector": null}})
	_found(_ingress({}, _nginx), _sidecar, {"web": odd}) == set()
}

_mixed(workloads) := count(found) if {
	found := ingress_own_balancer.violation with input as _ingress({}, _nginx) with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, _sidecar),
		}}}},
		"namespace": {"shop": {
			"v1": {"Service": {"web": _service({})}},
			"apps/v1": {"Deployment": {obj.metadata.name: obj | some obj in workloads}},
		}},
	}
}

test_messages if {
	some f in _found(_ingress({}, _nginx), _sidecar, {"web": _service({})})
	f.msg == concat("", [
		"traffic/ingress-own-balancer: nginx balances over Pods of Service web, which is in the mesh, past what the mesh ",
		"was told; set service-upstream",
	])
	f.related == [{
		"note": "is balanced by the mesh",
		"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
		"path": "spec",
	}]
	bare := object.remove(_ingress({}, _nginx), ["metadata"])
	named := object.union(bare, {"metadata": {"name": "web", "namespace": "shop"}})
	_places(named, _sidecar) == [["warning", "metadata"]]
	affinity := {"nginx.ingress.kubernetes.io/affinity": "cookie"}
	some cookie in _found(_ingress(affinity, _nginx), _sidecar, {"web": _service({})})
	contains(cookie.msg, ": affinity cookie of nginx balances over Pods")
	endswith(cookie.msg, "; use consistentHash, or none")
	some traefik in _found(_ingress({}, {"ingressClassName": "traefik"}), _sidecar, {"web": _service({})})
	endswith(traefik.msg, "; set service.nativelb of the Service")
}
