package lib.onelayer.hostname_test

import data.lib.onelayer.hostname

test_text_of_a_host if {
	hostname.text(" Cart.shop.svc.cluster.local. ") == "cart.shop.svc.cluster.local"
	hostname.text({}) == ""
}

_read(host) := [address.form, address.namespace, address.name] if {
	address := hostname.address(host, "shop")
}

_readings := {
	"cart": ["short", "shop", "cart"],
	"cart-1": ["short", "shop", "cart-1"],
	"api.pay": ["namespaced", "pay", "api"],
	"api.pay.svc": ["svc", "pay", "api"],
	"api.pay.svc.cluster.local": ["fqdn", "pay", "api"],
	"api.svc.svc.cluster.local": ["fqdn", "svc", "api"],
	"*": ["", "*", "*"],
	"*.local": ["", "*", "*"],
	"*.svc.cluster.local": ["", "*", "*"],
	"*.pay.svc.cluster.local": ["fqdn", "pay", "*"],
	"example.com": ["namespaced", "com", "example"],
}

_elsewhere := {
	"", "7", "10.0.0.1", "-cart", "*.pay", "*.pay.svc", "*.example.com", "shop.example.com", "Cart", "a.b.c.svc",
	"api.-x.svc.cluster.local", "a_b.pay.svc.cluster.local", "cart.pay.svc.example.com", ".pay.svc.cluster.local",
}

test_addresses if {
	every host, address in _readings {
		_read(host) == address
	}
	every host in _elsewhere {
		not _read(host)
	}
}

test_another_domain if {
	config := {"mesh": {"cluster_domain": "example.com"}}
	_read("api.pay.svc.example.com") == ["fqdn", "pay", "api"] with data.lib.onelayer.config as config
	not _read("api.pay.svc.cluster.local") with data.lib.onelayer.config as config
	every odd in ["", 7] {
		_read("api.pay.svc.cluster.local") == ["fqdn", "pay", "api"] with data.lib.onelayer.config as {
			"mesh": {"cluster_domain": odd},
		}
	}
}
