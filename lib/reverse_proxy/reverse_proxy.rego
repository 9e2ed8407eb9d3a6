# METADATA
# scope: package
# title: Reverse proxies
# description: Tells which containers run a web server that may stand before an application, by the name of their image.
package lib.onelayer.reverse_proxy

import data.lib.onelayer.params

# METADATA
# description: >-
#   True for a container of lib.onelayer.workload whose image is that of a proxy, unless the configuration allows it or
#   it is Envoy by its own name, which hand-rolled meshes use.
runs(entry) if {
	name := image_name(entry)
	name in names
	not name in params.of("traffic/in-pod-proxy").allowed_proxy_images
	not contains(entry.container.image, "envoyproxy/envoy")
}

# METADATA
# description: The names of images of proxies.
names := {
	"nginx", "nginx-unprivileged", "openresty", "haproxy", "traefik", "envoy", "caddy", "httpd", "apache", "varnish",
	"squid", "kong", "tengine",
}

# METADATA
# description: The name of the image of a container, without registry, folders, tag and digest; empty where it has none.
image_name(entry) := split(split(parts[count(parts) - 1], "@")[0], ":")[0] if {
	is_string(entry.container.image)
	parts := split(entry.container.image, "/")
} else := ""
