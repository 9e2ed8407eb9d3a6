package lib.onelayer.reverse_proxy_test

import data.lib.onelayer.config
import data.lib.onelayer.reverse_proxy

_entry(image) := {"container": {"image": image}}

test_names_of_images if {
	every image in ["nginx", "nginx:1.27", "docker.io/library/nginx@sha256:ab", "registry:5000/a/nginx:1@sha256:ab"] {
		reverse_proxy.image_name(_entry(image)) == "nginx"
	}
	reverse_proxy.image_name(_entry(7)) == ""
	reverse_proxy.image_name({"container": {}}) == ""
}

test_what_runs_a_proxy if {
	every image in ["nginx:1", "x/haproxy", "traefik@sha256:ab", "kong/kong", "envoy"] {
		reverse_proxy.runs(_entry(image))
	}
	every image in ["x/web", "nginx/web", "envoyproxy/envoy:v1", "nginx-exporter", 7] {
		not reverse_proxy.runs(_entry(image))
	}
	rules := {"traffic/in-pod-proxy": {"parameters": {"allowed_proxy_images": ["nginx"]}}}
	not reverse_proxy.runs(_entry("nginx:1")) with config as {"rules": rules}
	reverse_proxy.runs(_entry("haproxy:1")) with config as {"rules": rules}
}
