package lib.onelayer.ports_test

import data.lib.onelayer.ports

_web := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
}

_pod := {
	"obj": _web, "kind": "apps/Deployment", "file": "", "path": ["spec", "template", "spec"], "job": false,
	"meta": {"labels": {"app": "web"}},
	"spec": {
		"containers": [
			{"name": "web", "ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 9090}, "odd"]},
			{"name": "odd", "ports": [{"name": "odd", "containerPort": "x"}]},
		],
		"initContainers": [{"name": "side", "ports": [{"name": "admin", "containerPort": 7000}]}],
	},
}

_reached(port) := [number | number := ports.reached(port, _pod)]

test_what_a_port_reaches if {
	_reached({"port": 80, "targetPort": "http"}) == [8080]
	_reached({"port": 80, "targetPort": "admin"}) == [7000]
	_reached({"port": 80, "targetPort": 9090}) == [9090]
	_reached({"port": 80, "targetPort": 0}) == [80]
	_reached({"port": 80, "targetPort": ""}) == [80]
	_reached({"port": 80, "targetPort": ["http"]}) == [80]
	_reached({"port": 80}) == [80]
	_reached({"port": 80, "targetPort": "nowhere"}) == []
	_reached({"port": 80, "targetPort": "odd"}) == []
	_reached({}) == []
	_reached("odd") == []
}

_service(name, given) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"selector": {"app": "web"}, "ports": given},
}

_served(pod, given) := found if {
	services := {"web": _service("web", given), "odd": _service("odd", "80")}
	found := [[entry.number, entry.service.metadata.name, entry.index, entry.name] |
		some entry in ports.served(pod)
	] with data.inventory as {"namespace": {"shop": {"v1": {"Service": services}}}}
}

test_what_services_serve if {
	given := [
		{"name": "http", "port": 80, "targetPort": "http"}, {"port": 9090}, {"port": 1, "targetPort": "nowhere"},
		{"targetPort": 7},
	]
	_served(_pod, given) == [[8080, "web", 0, "http"], [9090, "web", 1, "9090"], [7, "web", 3, ""]]
	_served(object.remove(_pod, ["meta"]), given) == []
	_served(object.union(_pod, {"meta": {"labels": {"app": "api"}}}), given) == []
	ports.served(_pod) == []
}

test_lists if {
	ports.listed("80, 443,9000-9100") == [
		{"from": 80, "to": 80, "text": "80"},
		{"from": 443, "to": 443, "text": "443"},
		{"from": 9000, "to": 9100, "text": "9000-9100"},
	]
	ports.listed("*, 80-, http, 123456, -, 1-2-3,, 99999, 90-80, 1-65536") == []
	count(ports.listed("65535,7-7")) == 2
	ports.listed("") == []
	ports.listed(80) == []
}

test_within if {
	range := {"from": 9000, "to": 9100, "text": ""}
	[number | some number in [8999, 9000, 9050, 9100, 9101]; ports.within(number, range)] == [9000, 9050, 9100]
}
