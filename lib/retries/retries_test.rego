package lib.onelayer.retries_test

import data.lib.onelayer.retries

_read(name, value) := [found.tries, found.certain] if {
	found := retries.of_variable(name, value)
}

test_variables if {
	_read("HTTP_RETRIES", "3") == [4, true]
	_read("ORDERS_MAX_RETRY_ATTEMPTS", "10") == [11, false]
	_read("maxRetries", "1") == [2, false]
	every value in ["0", "", "true", "100", "-1", "1.5"] {
		not _read("HTTP_RETRIES", value)
	}
	every name in ["KAFKA_RETRIES", "RETRY_DELAY", "ENTRIES", ""] {
		not _read(name, "3")
	}
}

_service_config(attempts) := json.marshal({"methodConfig": [
	{"retryPolicy": {"maxAttempts": attempts}}, {"retryPolicy": {"maxAttempts": "9"}}, 3,
]})

test_service_config if {
	_read("GRPC_SERVICE_CONFIG", _service_config(4)) == [4, true]
	not _read("GRPC_SERVICE_CONFIG", _service_config(1))
	not _read("GRPC_SERVICE_CONFIG", _service_config("4"))
	not _read("GRPC_SERVICE_CONFIG", "{")
	not _read("SERVICE_CONFIG", _service_config(4))
}

test_parameters if {
	config := {"rules": {"resilience/stacked-retries": {"parameters": {
		"ignored_variables": ["HTTP_RETRIES", "GRPC_SERVICE_CONFIG"],
		"mesh_default_retries": 0,
	}}}}
	not _read("HTTP_RETRIES", "3") with data.lib.onelayer.config as config
	not _read("GRPC_SERVICE_CONFIG", _service_config(4)) with data.lib.onelayer.config as config
	_read("API_RETRIES", "3") == [4, true] with data.lib.onelayer.config as config
	retries.of_istio_by_default == 0 with data.lib.onelayer.config as config
	retries.of_istio_by_default == 2
}

test_annotations_of_linkerd if {
	retries.of_annotations({"retry.linkerd.io/limit": "3"}) == 3
	retries.of_annotations({"retry.linkerd.io/http": "5xx"}) == 1
	every odd in ["0", "many", "-1", "12345", {}] {
		retries.of_annotations({"retry.linkerd.io/limit": odd}) == 1
	}
	not retries.of_annotations({"timeout.linkerd.io/request": "1s"})
	not retries.of_annotations({})
}
