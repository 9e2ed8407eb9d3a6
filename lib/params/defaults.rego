package lib.onelayer.params

# METADATA
# description: Generated from the METADATA of the policies; change it there.
_defaults := {
	"mesh/mtls-disabled": {"allowed_plaintext_ports": [], "permissive": "warn"},
	"mesh/opt-out": {
		"allowed_kinds": [],
		"allowed_namespaces": [
			"istio-system",
			"linkerd",
			"linkerd-viz",
			"linkerd-jaeger",
			"linkerd-multicluster",
			"kube-system",
		],
	},
	"mesh/proxy-identity": {"linkerd_proxy_uid": 2102, "proxy_uid": 1337},
	"observability/log-files": {"allowed_paths": []},
	"observability/log-shipper-sidecar": {"allowed_namespaces": []},
	"observability/logs-excluded": {"allowed_namespaces": []},
	"observability/mesh-telemetry-disabled": {"required_signals": ["metrics", "traces", "logs"]},
	"process/cron-in-container": {"schedule_seconds": 30},
	"process/drain-cut-short": {"min_drain_seconds": 5},
	"process/manager-entrypoint": {"allowed_managers": []},
	"process/manager-image": {"allowed_managers": []},
	"process/manager-installed": {"allowed_managers": []},
	"process/restart-loop": {"schedule_seconds": 30},
	"resilience/missing-probe": {"managed_is_error": true},
	"resilience/unsafe-retry": {"idempotent_annotation": "onelayer.dev/idempotent"},
	"traffic/in-container-cluster": {"web_concurrency": true},
	"traffic/in-pod-proxy": {"allowed_proxy_images": [], "min_confidence": "medium"},
	"traffic/mesh-balancer-disabled": {"allowed_hosts": [], "cluster_domain": "cluster.local"},
}

_schema := {
	"mesh/mtls-disabled": {
		"allowed_plaintext_ports": {"items": {"type": "integer"}, "type": "array"},
		"permissive": {"enum": ["warn", "allow"], "type": "string"},
	},
	"mesh/opt-out": {
		"allowed_kinds": {"items": {"type": "string"}, "type": "array"},
		"allowed_namespaces": {"items": {"type": "string"}, "type": "array"},
	},
	"mesh/proxy-identity": {"linkerd_proxy_uid": {"type": "integer"}, "proxy_uid": {"type": "integer"}},
	"observability/log-files": {"allowed_paths": {"items": {"type": "string"}, "type": "array"}},
	"observability/log-shipper-sidecar": {"allowed_namespaces": {"items": {"type": "string"}, "type": "array"}},
	"observability/logs-excluded": {"allowed_namespaces": {"items": {"type": "string"}, "type": "array"}},
	"observability/mesh-telemetry-disabled": {
		"required_signals": {"items": {"enum": ["metrics", "traces", "logs"], "type": "string"}, "type": "array"},
	},
	"process/cron-in-container": {"schedule_seconds": {"type": "integer"}},
	"process/drain-cut-short": {"min_drain_seconds": {"type": "number"}},
	"process/manager-entrypoint": {"allowed_managers": {"items": {"type": "string"}, "type": "array"}},
	"process/manager-image": {"allowed_managers": {"items": {"type": "string"}, "type": "array"}},
	"process/manager-installed": {"allowed_managers": {"items": {"type": "string"}, "type": "array"}},
	"process/restart-loop": {"schedule_seconds": {"type": "integer"}},
	"resilience/missing-probe": {"managed_is_error": {"type": "boolean"}},
	"resilience/unsafe-retry": {"idempotent_annotation": {"type": "string"}},
	"traffic/in-container-cluster": {"web_concurrency": {"type": "boolean"}},
	"traffic/in-pod-proxy": {
		"allowed_proxy_images": {"items": {"type": "string"}, "type": "array"},
		"min_confidence": {"enum": ["low", "medium", "high"], "type": "string"},
	},
	"traffic/mesh-balancer-disabled": {
		"allowed_hosts": {"items": {"type": "string"}, "type": "array"},
		"cluster_domain": {"type": "string"},
	},
}

_severities := {
	"mesh/double-enrolment": ["error", "warning"],
	"mesh/hand-rolled-proxy": ["warning", "info"],
	"mesh/host-network": ["warning", "info"],
	"mesh/ineffective-intent": ["error", "warning"],
	"mesh/mtls-disabled": ["error", "warning"],
	"mesh/opt-out": ["error", "warning"],
	"mesh/proxy-identity": ["error", "warning"],
	"mesh/switch-typo": ["error", "warning"],
	"observability/log-files": ["warning", "info"],
	"observability/log-shipper-sidecar": ["warning", "info"],
	"observability/logs-excluded": ["warning"],
	"observability/manager-logs": ["warning", "info"],
	"observability/manager-metrics": ["warning", "info"],
	"observability/manager-telemetry": ["warning", "info"],
	"observability/mesh-telemetry-disabled": ["error", "warning"],
	"onelayer/config": ["error"],
	"onelayer/waiver-expired": ["warning"],
	"onelayer/waiver-unused": ["info"],
	"process/cron-in-container": ["warning", "info"],
	"process/drain-cut-short": ["error", "warning", "info"],
	"process/file-watcher": ["error", "warning", "info"],
	"process/host-era-command": ["warning", "info"],
	"process/manager-daemonised": ["error", "warning", "info"],
	"process/manager-entrypoint": ["error", "warning", "info"],
	"process/manager-image": ["warning", "info"],
	"process/manager-in-hook": ["warning", "info"],
	"process/manager-in-job": ["error", "warning", "info"],
	"process/manager-installed": ["warning", "info"],
	"process/multiple-apps": ["error", "warning", "info"],
	"process/restart-loop": ["error", "warning", "info"],
	"process/signals-swallowed": ["warning", "info"],
	"resilience/manager-restart-policy": ["error", "warning", "info"],
	"resilience/missing-probe": ["error", "warning", "info"],
	"resilience/retries-off-by-mistake": ["warning"],
	"resilience/retry-exceeds-timeout": ["error", "warning", "info"],
	"resilience/unsafe-retry": ["warning"],
	"traffic/cluster-with-autoscaler": ["error", "warning", "info"],
	"traffic/in-container-cluster": ["error", "warning", "info"],
	"traffic/in-pod-proxy": ["error", "warning", "info"],
	"traffic/mesh-balancer-disabled": ["warning"],
	"traffic/replicas-with-autoscaler": ["warning"],
	"traffic/session-affinity": ["warning", "info"],
}

_aliases := object.union({}, {})

_renamed := object.union({}, {})
