package lib.onelayer.policies.traffic.in_pod_proxy_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.traffic.in_pod_proxy

_nginx := {
	"name": "nginx",
	"image": "docker.io/library/nginx:1.27@sha256:0",
	"ports": [{"name": "http", "containerPort": 8080}],
}

_app := {"name": "api", "image": "shop/api:1", "ports": [{"containerPort": 3000}]}

_mounting := object.union(_nginx, {"volumeMounts": [{"name": "conf", "mountPath": "/etc/nginx/conf.d"}]})

_of(kind, spec) := {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"metadata": {"labels": {"app": "api"}}, "spec": object.union(
		{"volumes": [
			{"name": "conf", "configMap": {"name": "conf"}},
			{"name": "data", "emptyDir": {}},
			{"name": "odd", "configMap": {"name": 3}},
		]},
		spec,
	)}},
}

_pair(proxy, app) := _of("Deployment", {"containers": [proxy, app]})

_service(number) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"selector": {"app": "api"}, "ports": [{"port": 80, "targetPort": number}]},
}

_map(text) := {
	"apiVersion": "v1",
	"kind": "ConfigMap",
	"metadata": {"name": "conf", "namespace": "shop"},
	"data": {"default.conf": text, "odd": 3},
}

_injected := {"labels": {"istio-injection": "enabled"}}

_found(obj, namespace, services, maps) := found if {
	found := in_pod_proxy.violation with input as obj with data.inventory as {
		"cluster": {"v1": {"Namespace": {"shop": {
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": object.union({"name": "shop"}, namespace),
		}}}},
		"namespace": {"shop": {"v1": {
			"Service": {sprintf("%d", [index]): obj | some index, obj in services},
			"ConfigMap": {sprintf("%d", [index]): obj | some index, obj in maps},
		}}},
	}
}

_brief(obj, namespace, services, maps) := {[f.severity, f.path] | some f in _found(obj, namespace, services, maps)}

_at := "spec.template.spec.containers[0].image"

_warned := {["warning", _at]}

_served := [_service("http")]

_one := "server { location / { proxy_pass http://127.0.0.1:3000; } }"

_two := "upstream api {\n  server 127.0.0.1:3001 weight=2;\n  server localhost:3002;\n}\n"

test_services_show_the_proxy if {
	_brief(_pair(_nginx, _app), _injected, _served, []) == _warned
	_brief(_pair(_nginx, _app), {"annotations": {"linkerd.io/inject": "enabled"}}, _served, []) == _warned
	_brief(_pair(_nginx, _app), {"labels": {"istio.io/dataplane-mode": "ambient"}}, _served, []) == _warned
	_brief(_pair(_nginx, _app), {}, _served, []) == set()
	_brief(_pair(_nginx, _app), _injected, [], []) == set()
	_brief(_pair(_nginx, _app), _injected, [_service(3000)], []) == set()
	_brief(_pair(_nginx, _app), _injected, [_service("http"), _service(3000)], []) == set()
	_brief(_pair(_nginx, object.remove(_app, ["ports"])), _injected, _served, []) == set()
	_brief(_pair(_nginx, object.union(_app, {"ports": []})), _injected, _served, []) == set()
	every name in ["metrics", "prom", "health", "admin", "debug", "liveness-probe"] {
		listener := {"ports": [{"name": name, "containerPort": 3000}]}
		_brief(_pair(_nginx, object.union(_app, listener)), _injected, _served, []) == set()
	}
}

test_which_images_are_proxies if {
	every image in ["openresty/openresty", "localhost:5000/haproxy:3", "nginxinc/nginx-unprivileged", "caddy"] {
		_brief(_pair(object.union(_nginx, {"image": image}), _app), _injected, _served, []) == _warned
	}
	every image in ["shop/nginx-ui:1", "envoyproxy/envoy:v1", "nginx/nginx-prometheus-exporter", "", 3] {
		_brief(_pair(object.union(_nginx, {"image": image}), _app), _injected, _served, []) == set()
	}
	rules := {"traffic/in-pod-proxy": {"parameters": {"allowed_proxy_images": ["nginx"]}}}
	_brief(_pair(_nginx, _app), _injected, _served, []) == set() with config as {"rules": rules}
	_brief(_pair(object.union(_nginx, {"image": "caddy"}), _app), _injected, _served, []) == _warned with config as {
		"rules": rules,
	}
}

test_who_is_no_application if {
	every name in ["exporter", "fluent-bit", "git-sync", "config-reloader", "nginx-logs", "agent"] {
		_brief(_pair(_nginx, object.union(_app, {"name": name})), _injected, _served, []) == set()
	}
	_brief(_pair(_nginx, object.union(_app, {"image": "busybox"})), _injected, _served, []) == set()
	_brief(_pair(_nginx, object.union(_app, {"image": "haproxy"})), _injected, _served, []) == set()
	_brief(_pair(_nginx, object.union(_app, {"name": "catalog"})), _injected, _served, []) == _warned
	_brief(_of("Deployment", {"containers": [_nginx]}), _injected, _served, []) == set()
	_brief(_of("Deployment", {"containers": [_nginx], "initContainers": [_app]}), _injected, _served, []) == set()
	_brief(_of("Deployment", {"containers": [_app], "initContainers": [_nginx]}), _injected, _served, []) == set()
}

test_proxies_in_their_place if {
	every image in ["php:8-fpm", "shop/php8", "kong/kubernetes-ingress-controller:3", "shop/api-gateway", "x/controller"] {
		_brief(_pair(_nginx, object.union(_app, {"image": image})), _injected, _served, []) == set()
	}
	every name in ["fpm", "php-fpm", "uwsgi", "fastcgi", "fcgi"] {
		app := object.union(_app, {"ports": [{"name": name, "containerPort": 9000}]})
		_brief(_pair(_nginx, app), _injected, _served, []) == set()
	}
	job := object.union(_pair(_nginx, _app), {"apiVersion": "batch/v1", "kind": "Job"})
	_brief(job, _injected, _served, []) == set()
	templates := {"annotations": {"inject.istio.io/templates": "gateway"}}
	gateway := object.union(_pair(_nginx, _app), {"spec": {"template": {"metadata": templates}}})
	_brief(gateway, _injected, _served, []) == set()
	part := {"labels": {"linkerd.io/control-plane-component": "web"}}
	of_the_mesh := object.union(_pair(_nginx, _app), {"spec": {"template": {"metadata": part}}})
	_brief(of_the_mesh, {}, _served, [_map(_two)]) == set()
}

test_a_configuration_shows_the_proxy if {
	mounting := _pair(_mounting, _app)
	every text in [
		_one, "<VirtualHost *:80>\nProxyPass / http://localhost:3000/\n</VirtualHost>",
		"upstream api {\n  server 127.0.0.1:3000;\n}", "backend api\n  server one 127.0.0.1:3000 check",
		":80 {\n  reverse_proxy localhost:3000\n}", "servers:\n- url: http://127.0.0.1:3000",
	] {
		_brief(mounting, _injected, [], [_map(text)]) == _warned
		_brief(mounting, {}, [], [_map(text)]) == set()
	}
	every text in [
		"# proxy_pass http://127.0.0.1:3000;", "proxy_pass http://shop.example.com:80;", "listen 127.0.0.1:8081;",
		"fastcgi_pass 127.0.0.1:9000;",
	] {
		_brief(mounting, _injected, [], [_map(text)]) == set()
	}
	_brief(mounting, _injected, [], [_map(_one), _map(_one)]) == set()
	_brief(_pair(_nginx, _app), _injected, [], [_map(_one)]) == set()
	elsewhere := object.union(_nginx, {"volumeMounts": [{"name": "data", "mountPath": "/var/cache/nginx"}]})
	_brief(_pair(elsewhere, _app), _injected, [], [_map(_one)]) == set()
	other := object.union(_map(_one), {"metadata": {"name": "other"}})
	_brief(mounting, _injected, [], [other]) == set()
}

test_several_listeners if {
	mounting := _pair(_mounting, _app)
	every text in [
		_two, "backend api\n  server one 127.0.0.1:3001 check\n  server two 127.0.0.1:3002 check",
		":80 {\n  reverse_proxy localhost:3001 localhost:3002\n}",
		"<Proxy balancer://api>\nBalancerMember http://127.0.0.1:3001\nBalancerMember http://127.0.0.1:3002\n</Proxy>",
	] {
		_brief(mounting, _injected, [], [_map(text)]) == {["error", _at]}
		_brief(mounting, {}, [], [_map(text)]) == _warned
	}
	apart := "upstream web {\n  server 127.0.0.1:3001;\n}\nupstream api {\n  server 127.0.0.1:3002;\n}\n"
	_brief(mounting, _injected, [], [_map(apart)]) == _warned
	_brief(mounting, _injected, [], [_map("server 127.0.0.1:3001;\nserver backup.example.com:80;")]) == _warned
}

test_a_command_shows_the_proxy if {
	command := {"command": ["caddy", "reverse-proxy"], "args": ["--from", ":80", "--to", "localhost:3000", 3]}
	caddy := object.union(_nginx, object.union(command, {"image": "caddy:2"}))
	_brief(_pair(caddy, _app), _injected, [], []) == _warned
	_brief(_pair(object.remove(caddy, ["args"]), _app), _injected, [], []) == set()
}

test_unknown_namespaces if {
	obj := _pair(_nginx, _app)
	_unknown(obj, [_service("http")]) == {["info", _at]}
	_unknown(obj, []) == set()
}

_unknown(obj, services) := {[f.severity, f.path] |
	some f in in_pod_proxy.violation with input as obj with data.inventory as {"namespace": {"shop": {"v1": {
		"Service": {sprintf("%d", [index]): service | some index, service in services},
	}}}}
}

test_confidence if {
	low := {"rules": {"traffic/in-pod-proxy": {"parameters": {"min_confidence": "low"}}}}
	high := {"rules": {"traffic/in-pod-proxy": {"parameters": {"min_confidence": "high"}}}}
	mounting := _pair(_mounting, _app)
	_brief(mounting, _injected, [], []) == _warned with config as low
	_brief(mounting, {}, [], []) == set() with config as low
	_brief(mounting, _injected, _served, []) == set() with config as high
	_brief(mounting, _injected, _served, [_map(_one)]) == set() with config as high
	_brief(mounting, _injected, _served, [_map(_two)]) == {["error", _at]} with config as high
}

test_messages if {
	_said(_injected, [_map(_two)]) == {[
		concat("", [
			`traffic/in-pod-proxy: container "nginx" balances over several listeners of the application beside it; `,
			`the mesh owns routing and balancing, so let the Service target "api"`,
		]),
		["the application behind the proxy", "configures the proxy"],
	]}
	_said(_injected, []) == {[
		concat("", [
			`traffic/in-pod-proxy: container "nginx" is a reverse proxy before the application beside it; `,
			`the mesh owns routing and balancing, so let the Service target "api"`,
		]),
		["the application behind the proxy"],
	]}
	some said in _said({}, [_map(_two)])
	contains(said[0], "; the Service owns routing")
}

_said(namespace, maps) := {[f.msg, [place.note | some place in f.related]] |
	some f in _found(_pair(_mounting, _app), namespace, _served, maps)
}
