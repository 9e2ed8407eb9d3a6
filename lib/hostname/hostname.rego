# METADATA
# scope: package
# title: Host names
# description: >-
#   Reads a host as Kubernetes and the meshes do: which Service of the cluster its spelling names. It looks nothing up,
#   so that whether there is such a Service is for lib.onelayer.inventory to say.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
#   description: Kubernetes, DNS for Services
package lib.onelayer.hostname

import data.lib.onelayer.params
import data.lib.onelayer.resource

# METADATA
# description: A host in lower case, with a dot at its end and blanks around it taken off; empty where it is no text.
text(value) := trim_suffix(lower(trim_space(resource.text(value))), ".")

# METADATA
# description: >-
#   The Service of the cluster that a host may mean to an object of a namespace, as {form, namespace, name}. name, and
#   perhaps namespace, is * for a wildcard. form is short (the name alone), fqdn, svc (name.namespace.svc) or namespaced
#   (name.namespace), empty for all Services of the cluster; Istio reads short and fqdn only. Undefined for a name that
#   no Service can have.
address(host, namespace) := {"form": "short", "namespace": namespace, "name": host} if {
	regex.match(_label, host)
	not regex.match(`^[0-9]+$`, host)
} else := {"form": "", "namespace": "*", "name": "*"} if {
	startswith(host, "*")
	endswith(_tail, trim_prefix(host, "*"))
} else := {"form": form, "namespace": parts[1], "name": parts[0]} if {
	form := _form(host)
	parts := split(trim_suffix(host, _ends[form]), ".")
	count(parts) == 2
	regex.match(_label, parts[1])
	_named_or_all(parts[0], form)
}

_form(host) := "fqdn" if {
	endswith(host, _tail)
} else := "svc" if {
	endswith(host, ".svc")
} else := "namespaced"

_ends := {"fqdn": _tail, "svc": ".svc", "namespaced": ""}

_named_or_all(name, form) if {
	regex.match(_label, name)
} else if {
	name == "*"
	form == "fqdn"
}

_domain := params.config.mesh.cluster_domain if {
	is_string(params.config.mesh.cluster_domain)
	params.config.mesh.cluster_domain != ""
} else := "cluster.local"

_tail := concat(".", ["", "svc", _domain])

_label := `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
