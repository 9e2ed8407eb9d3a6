# METADATA
# scope: package
# title: Ports
# description: >-
#   Tells which port of a Pod the port of a Service reaches, which ports of a pod template any Service sends traffic to,
#   and which ports a list in an annotation names.
package lib.onelayer.ports

import data.lib.onelayer.inventory
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: >-
#   The number that a port of a Service reaches in a pod template of lib.onelayer.workload, be it written as a number or
#   as the name of a port; undefined where no container has a port of that name.
reached(port, pod) := target if {
	target := _target(port)
	is_number(target)
} else := declared[0] if {
	name := _target(port)
	declared := [number |
		some entry in workload.containers_of(pod)
		some candidate in entry.container.ports
		candidate.name == name
		number := candidate.containerPort
		is_number(number)
	]
}

# METADATA
# description: >-
#   The ports of a pod template that Services of its namespace send traffic to, as a list of {number, service, index,
#   name}: the number of the port in the Pod, the Service, the index of the port there, and its name or number as text.
served(pod) := [entry |
	some service in inventory.services_of(resource.ref(pod.obj).namespace, object.get(pod.meta, "labels", {}))
	some entry in served_by(service, pod)
]

# METADATA
# description: The ports of a pod template that one Service sends traffic to, as served lists them.
served_by(service, pod) := [{"number": number, "service": service, "index": index, "name": _name(port)} |
	some index, port in service.spec.ports
	number := reached(port, pod)
]

# METADATA
# description: >-
#   The ports that a list such as 8080,9000-9100 names, as a list of {from, to, text}. Blanks around an entry do not
#   count, and what is neither a port nor a range is left out.
listed(text) := [{"from": from, "to": to, "text": entry} |
	is_string(text)
	some part in split(text, ",")
	entry := trim_space(part)
	regex.match(`^[0-9]{1,5}(-[0-9]{1,5})?$`, entry)
	bounds := split(entry, "-")
	from := to_number(bounds[0])
	to := to_number(bounds[count(bounds) - 1])
	from <= to
	to <= 65535
]

# METADATA
# description: True when a port lies in one entry of what listed gives.
within(number, entry) if {
	entry.from <= number
	number <= entry.to
}

_target(port) := port.targetPort if {
	_known(port.targetPort)
} else := port.port

_known(value) if {
	is_number(value)
	value > 0
} else if {
	is_string(value)
	value != ""
}

_name(port) := port.name if {
	is_string(port.name)
} else := resource.text(object.get(port, "port", ""))
