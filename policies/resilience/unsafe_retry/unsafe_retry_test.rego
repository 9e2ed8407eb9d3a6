package lib.onelayer.policies.resilience.unsafe_retry_test

import data.lib.onelayer.policies.resilience.unsafe_retry

_virtual(route) := {
	"apiVersion": "networking.istio.io/v1",
	"kind": "VirtualService",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"hosts": ["web"], "http": [route]},
}

_on(words) := _matching(words, {})

_matching(words, extra) := _virtual(object.union({"retries": {"attempts": 2, "retryOn": words}}, extra))

_route(rule) := {
	"apiVersion": "gateway.networking.k8s.io/v1",
	"kind": "HTTPRoute",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"rules": [rule]},
}

_linkerd(api, kind, value, spec) := {
	"apiVersion": api,
	"kind": kind,
	"metadata": {"name": "web", "namespace": "shop", "annotations": {"retry.linkerd.io/http": value}},
	"spec": spec,
}

_service(value) := _linkerd("v1", "Service", value, {})

_found(obj) := {[f.severity, f.path] | some f in unsafe_retry.violation with input as obj}

_said(obj) := concat("|", [f.msg | some f in unsafe_retry.violation with input as obj])

_retry_on := {["warning", "spec.http[0].retries.retryOn"]}

_reads(method) := {"match": [{"method": method}]}

test_words_of_istio if {
	every words in [
		"5xx", "gateway-error", "connect-failure, reset", "retriable-4xx", "retriable-status-codes", "500", "502,503",
	] {
		_found(_on(words)) == _retry_on
	}
	every words in ["connect-failure,refused-stream", "reset-before-request", "503", "unavailable", "429", "", 7, null] {
		_found(_on(words)) == set()
	}
	_found(_virtual({"retries": {"retryOn": "5xx"}})) == set()
	_found(_virtual({"retries": {"attempts": 0, "retryOn": "5xx"}})) == set()
	_found(_virtual({"retries": {"attempts": "2", "retryOn": "5xx"}})) == set()
	_found(_virtual({"retries": {"attempts": 2}})) == set()
	_found(_virtual("odd")) == set()
}

test_methods_of_istio if {
	every method in [{"exact": "GET"}, {"exact": "HEAD"}, {"regex": "GET|OPTIONS"}, {"regex": "^(GET|HEAD)$"}] {
		_found(_matching("5xx", _reads(method))) == set()
	}
	every method in [{"exact": "POST"}, {"regex": "GET|POST"}, {"prefix": "G"}, "GET", 7] {
		_found(_matching("5xx", _reads(method))) == _retry_on
	}
	_found(_matching("5xx", {"match": [{"method": {"exact": "GET"}}, {"uri": {"prefix": "/"}}]})) == _retry_on
	_found(_matching("5xx", {"match": []})) == _retry_on
	_found(_matching("5xx", {"match": [{"headers": {"content-type": {"prefix": "application/grpc"}}}]})) == set()
	_found(_matching("5xx", {"match": [{"headers": {"content-type": {"exact": "text/html"}}}]})) == _retry_on
	_found(_matching("5xx", {"match": [{"headers": {"x-kind": {"exact": "application/grpc"}}}]})) == _retry_on
}

test_gateway_api if {
	codes := {["warning", "spec.rules[0].retry.codes"]}
	_found(_route({"retry": {"codes": [503, 500]}})) == codes
	_found(_route({"retry": {"codes": [503]}})) == set()
	_found(_route({"retry": {"codes": [500], "attempts": 0}})) == set()
	_found(_route({"retry": {"codes": "500"}})) == set()
	_found(_route({"retry": {"codes": {"first": 500}}})) == set()
	_found(_route({"retry": {"attempts": 2}})) == set()
	_found(_route({"retry": {"codes": [502]}, "matches": [{"method": "GET"}, {"method": "HEAD"}]})) == set()
	_found(_route({"retry": {"codes": [502]}, "matches": [{"method": "GET"}, {"method": "PUT"}]})) == codes
	_found(_route({"retry": {"codes": [502]}, "matches": []})) == codes
	_found(_route(7)) == set()
}

test_linkerd if {
	path := {["warning", `metadata.annotations["retry.linkerd.io/http"]`]}
	every value in ["5xx", "gateway-error", "500", "500-504", "503,504"] {
		_found(_service(value)) == path
	}
	every value in ["503", "429", "4xx", 7] {
		_found(_service(value)) == set()
	}
	reads := {"rules": [{"matches": [{"method": "GET"}]}]}
	both := {"rules": [{"matches": [{"method": "GET"}]}, {}]}
	every api in ["gateway.networking.k8s.io/v1", "policy.linkerd.io/v1beta3"] {
		_found(_linkerd(api, "HTTPRoute", "5xx", reads)) == set()
		_found(_linkerd(api, "HTTPRoute", "5xx", both)) == path
		_found(_linkerd(api, "HTTPRoute", "5xx", {"rules": []})) == path
	}
	_found(_linkerd("v1", "ConfigMap", "5xx", {})) == set()
}

test_what_may_be_repeated if {
	repeatable := {"metadata": {"annotations": {"onelayer.dev/idempotent": "true"}}}
	_found(object.union(_on("5xx"), repeatable)) == set()
	_found(object.union(_on("5xx"), {"metadata": {"annotations": {"onelayer.dev/idempotent": "no"}}})) == _retry_on
	keys := {[f.severity, f.path] |
		parameters := {"idempotent_annotation": "shop/keys"}
		obj := object.union(_on("5xx"), {"metadata": {"annotations": {"shop/keys": true}}})
		some f in unsafe_retry.violation with input as obj
			with data.lib.onelayer.config as {"rules": {"resilience/unsafe-retry": {"parameters": parameters}}}
	}
	keys == set()
}

test_messages if {
	_said(_on("5xx,reset,connect-failure")) == concat("", [
		"resilience/unsafe-retry: the mesh repeats 5xx,reset on a route of any method, which may repeat writes that were ",
		"done; retry these on GET alone",
	])
	contains(_said(_service("5xx")), "the mesh repeats 5xx on a Service of any method")
	contains(_said(_route({"retry": {"codes": [500, 502]}})), "the mesh repeats 500,502 on a rule of any method")
}
