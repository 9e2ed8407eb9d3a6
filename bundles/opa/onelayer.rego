# METADATA
# scope: package
# title: The entry for OPA
# description: >-
#   Generated from the METADATA of the policies; change it there. data.onelayer.decision judges any input that the
#   library reads; data.onelayer.admission_review answers an AdmissionReview, so that a ValidatingWebhookConfiguration
#   may call /v0/data/onelayer/admission_review as it is. The configuration is data.lib.onelayer.config.
package onelayer

import data.lib.onelayer.admission
import data.lib.onelayer.configuration
import data.lib.onelayer.exempt
import data.lib.onelayer.params
import data.lib.onelayer.policies.mesh.client_tls_override as policy_mesh_client_tls_override
import data.lib.onelayer.policies.mesh.double_enrolment as policy_mesh_double_enrolment
import data.lib.onelayer.policies.mesh.hand_rolled_proxy as policy_mesh_hand_rolled_proxy
import data.lib.onelayer.policies.mesh.hbone_blocked as policy_mesh_hbone_blocked
import data.lib.onelayer.policies.mesh.host_network as policy_mesh_host_network
import data.lib.onelayer.policies.mesh.ineffective_intent as policy_mesh_ineffective_intent
import data.lib.onelayer.policies.mesh.missing_waypoint as policy_mesh_missing_waypoint
import data.lib.onelayer.policies.mesh.mtls_disabled as policy_mesh_mtls_disabled
import data.lib.onelayer.policies.mesh.opt_out as policy_mesh_opt_out
import data.lib.onelayer.policies.mesh.proxy_identity as policy_mesh_proxy_identity
import data.lib.onelayer.policies.mesh.switch_typo as policy_mesh_switch_typo
import data.lib.onelayer.policies.observability.log_files as policy_observability_log_files
import data.lib.onelayer.policies.observability.log_shipper_sidecar as policy_observability_log_shipper_sidecar
import data.lib.onelayer.policies.observability.logs_excluded as policy_observability_logs_excluded
import data.lib.onelayer.policies.observability.manager_logs as policy_observability_manager_logs
import data.lib.onelayer.policies.observability.manager_metrics as policy_observability_manager_metrics
import data.lib.onelayer.policies.observability.manager_telemetry as policy_observability_manager_telemetry
import data.lib.onelayer.policies.observability.mesh_telemetry_disabled as policy_observability_mesh_telemetry_disabled
import data.lib.onelayer.policies.observability.metrics_split as policy_observability_metrics_split
import data.lib.onelayer.policies.observability.metrics_uncollected as policy_observability_metrics_uncollected
import data.lib.onelayer.policies.onelayer.config as policy_onelayer_config
import data.lib.onelayer.policies.onelayer.waiver_expired as policy_onelayer_waiver_expired
import data.lib.onelayer.policies.onelayer.waiver_unused as policy_onelayer_waiver_unused
import data.lib.onelayer.policies.process.cron_in_container as policy_process_cron_in_container
import data.lib.onelayer.policies.process.drain_cut_short as policy_process_drain_cut_short
import data.lib.onelayer.policies.process.file_watcher as policy_process_file_watcher
import data.lib.onelayer.policies.process.host_era_command as policy_process_host_era_command
import data.lib.onelayer.policies.process.manager_daemonised as policy_process_manager_daemonised
import data.lib.onelayer.policies.process.manager_entrypoint as policy_process_manager_entrypoint
import data.lib.onelayer.policies.process.manager_image as policy_process_manager_image
import data.lib.onelayer.policies.process.manager_in_hook as policy_process_manager_in_hook
import data.lib.onelayer.policies.process.manager_in_job as policy_process_manager_in_job
import data.lib.onelayer.policies.process.manager_installed as policy_process_manager_installed
import data.lib.onelayer.policies.process.multiple_apps as policy_process_multiple_apps
import data.lib.onelayer.policies.process.proxy_lifecycle_script as policy_process_proxy_lifecycle_script
import data.lib.onelayer.policies.process.restart_loop as policy_process_restart_loop
import data.lib.onelayer.policies.process.signals_swallowed as policy_process_signals_swallowed
import data.lib.onelayer.policies.resilience.breaker_on_single_replica as policy_resilience_breaker_on_single_replica
import data.lib.onelayer.policies.resilience.manager_restart_policy as policy_resilience_manager_restart_policy
import data.lib.onelayer.policies.resilience.missing_probe as policy_resilience_missing_probe
import data.lib.onelayer.policies.resilience.no_mesh_policy as policy_resilience_no_mesh_policy
import data.lib.onelayer.policies.resilience.probe_of_wrong_layer as policy_resilience_probe_of_wrong_layer
import data.lib.onelayer.policies.resilience.retries_off_by_mistake as policy_resilience_retries_off_by_mistake
import data.lib.onelayer.policies.resilience.retry_exceeds_timeout as policy_resilience_retry_exceeds_timeout
import data.lib.onelayer.policies.resilience.shadowed_policy as policy_resilience_shadowed_policy
import data.lib.onelayer.policies.resilience.single_endpoint as policy_resilience_single_endpoint
import data.lib.onelayer.policies.resilience.stacked_retries as policy_resilience_stacked_retries
import data.lib.onelayer.policies.resilience.unsafe_retry as policy_resilience_unsafe_retry
import data.lib.onelayer.policies.traffic.capture_exclusion as policy_traffic_capture_exclusion
import data.lib.onelayer.policies.traffic.cluster_with_autoscaler as policy_traffic_cluster_with_autoscaler
import data.lib.onelayer.policies.traffic.edge_bypass as policy_traffic_edge_bypass
import data.lib.onelayer.policies.traffic.headless_service as policy_traffic_headless_service
import data.lib.onelayer.policies.traffic.in_container_cluster as policy_traffic_in_container_cluster
import data.lib.onelayer.policies.traffic.in_pod_proxy as policy_traffic_in_pod_proxy
import data.lib.onelayer.policies.traffic.ingress_own_balancer as policy_traffic_ingress_own_balancer
import data.lib.onelayer.policies.traffic.mesh_balancer_disabled as policy_traffic_mesh_balancer_disabled
import data.lib.onelayer.policies.traffic.replicas_with_autoscaler as policy_traffic_replicas_with_autoscaler
import data.lib.onelayer.policies.traffic.session_affinity as policy_traffic_session_affinity
import data.lib.onelayer.policies.traffic.two_route_owners as policy_traffic_two_route_owners
import data.lib.onelayer.policies.traffic.undeclared_protocol as policy_traffic_undeclared_protocol
import data.lib.onelayer.resource
import data.lib.onelayer.subject

# METADATA
# description: >-
#   What the input is judged to be, as {allow, findings, waived, summary, revision}. Nothing but errors forbids. At
#   admission, what is wrong with the configuration forbids nothing either: it is no fault of the object.
decision := {
	"allow": count(_forbidding) == 0,
	"findings": [found | some found in _standing],
	"waived": [found | some found in _waived],
	"summary": {
		"error": count([found | some found in _standing; found.severity == "error"]),
		"warning": count([found | some found in _standing; found.severity == "warning"]),
		"info": count([found | some found in _standing; found.severity == "info"]),
		"waived": count(_waived),
	},
	"revision": revision,
}

# METADATA
# description: The answer to an AdmissionReview of admission.k8s.io/v1.
admission_review := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"response": object.union({"uid": input.request.uid, "allowed": decision.allow}, _response),
} if {
	input.kind == "AdmissionReview"
	is_string(input.request.uid)
}

_response := object.union(_status, _warnings)

_status := {} if {
	decision.allow
} else := {"status": {"code": 403, "message": concat("\n", [found.msg | some found in _forbidding])}}

_warnings := {"warnings": warnings} if {
	warnings := [found.msg |
		some found in _standing
		found.severity in {"error", "warning"}
		not found in _forbidding
	]
	count(warnings) > 0
} else := {}

_forbidding contains found if {
	some found in _standing
	found.severity == "error"
	not _forgiven(found)
}

_forgiven(found) if {
	resource.in_cluster
	startswith(found.id, "onelayer/")
}

_standing contains _shown(found, "") if some found in _own

_standing contains _shown(entry.found, subject.file(entry, entry.found)) if {
	some entry in _judged
	not entry.waiver
}

_waived contains object.union(_shown(entry.found, subject.file(entry, entry.found)), {"waiver": entry.waiver}) if some entry in _judged

_judged contains object.union(entry, object.filter(judged, ["file", "folder"])) if {
	some judged in subject.all
	some entry in _verdicts with input as judged.input with data.lib.onelayer.prepared as subject.prepared
}

_verdicts contains object.union({"found": found}, _waiver(found)) if some found in _found

_waiver(found) := {"waiver": exempt.accepted(found)} if {
	exempt.accepted(found)
} else := {}

_shown(found, file) := object.union(object.union(found, _located(file)), {
	"remediation": _remediation[found.id],
	"docs": concat("", [_docs, found.id, ".md"]),
})

_located(file) := {"file": file} if {
	file != ""
} else := {}

_found contains found if {
	"mesh/client-tls-override" in _due
	some found in policy_mesh_client_tls_override.violation
}

_found contains found if {
	"mesh/double-enrolment" in _due
	some found in policy_mesh_double_enrolment.violation
}

_found contains found if {
	"mesh/hand-rolled-proxy" in _due
	some found in policy_mesh_hand_rolled_proxy.violation
}

_found contains found if {
	"mesh/hbone-blocked" in _due
	some found in policy_mesh_hbone_blocked.violation
}

_found contains found if {
	"mesh/host-network" in _due
	some found in policy_mesh_host_network.violation
}

_found contains found if {
	"mesh/ineffective-intent" in _due
	some found in policy_mesh_ineffective_intent.violation
}

_found contains found if {
	"mesh/missing-waypoint" in _due
	some found in policy_mesh_missing_waypoint.violation
}

_found contains found if {
	"mesh/mtls-disabled" in _due
	some found in policy_mesh_mtls_disabled.violation
}

_found contains found if {
	"mesh/opt-out" in _due
	some found in policy_mesh_opt_out.violation
}

_found contains found if {
	"mesh/proxy-identity" in _due
	some found in policy_mesh_proxy_identity.violation
}

_found contains found if {
	"mesh/switch-typo" in _due
	some found in policy_mesh_switch_typo.violation
}

_found contains found if {
	"observability/log-files" in _due
	some found in policy_observability_log_files.violation
}

_found contains found if {
	"observability/log-shipper-sidecar" in _due
	some found in policy_observability_log_shipper_sidecar.violation
}

_found contains found if {
	"observability/logs-excluded" in _due
	some found in policy_observability_logs_excluded.violation
}

_found contains found if {
	"observability/manager-logs" in _due
	some found in policy_observability_manager_logs.violation
}

_found contains found if {
	"observability/manager-metrics" in _due
	some found in policy_observability_manager_metrics.violation
}

_found contains found if {
	"observability/manager-telemetry" in _due
	some found in policy_observability_manager_telemetry.violation
}

_found contains found if {
	"observability/mesh-telemetry-disabled" in _due
	some found in policy_observability_mesh_telemetry_disabled.violation
}

_found contains found if {
	"observability/metrics-split" in _due
	some found in policy_observability_metrics_split.violation
}

_found contains found if {
	"observability/metrics-uncollected" in _due
	some found in policy_observability_metrics_uncollected.violation
}

_own contains found if {
	not admission.silent
	params.enabled("onelayer/config")
	some found in policy_onelayer_config.violation with input as configuration.asked["onelayer.dev/Config"]
}

_own contains found if {
	not admission.silent
	params.enabled("onelayer/config")
	some found in policy_onelayer_config.violation with input as configuration.asked["onelayer.dev/WaiverReview"]
}

_own contains found if {
	not admission.silent
	params.enabled("onelayer/waiver-expired")
	some found in policy_onelayer_waiver_expired.violation with input as configuration.asked["onelayer.dev/WaiverReview"]
}

_own contains found if {
	not admission.silent
	params.enabled("onelayer/waiver-unused")
	some found in policy_onelayer_waiver_unused.violation with input as configuration.asked["onelayer.dev/WaiverReview"]
}

_found contains found if {
	"process/cron-in-container" in _due
	some found in policy_process_cron_in_container.violation
}

_found contains found if {
	"process/drain-cut-short" in _due
	some found in policy_process_drain_cut_short.violation
}

_found contains found if {
	"process/file-watcher" in _due
	some found in policy_process_file_watcher.violation
}

_found contains found if {
	"process/host-era-command" in _due
	some found in policy_process_host_era_command.violation
}

_found contains found if {
	"process/manager-daemonised" in _due
	some found in policy_process_manager_daemonised.violation
}

_found contains found if {
	"process/manager-entrypoint" in _due
	some found in policy_process_manager_entrypoint.violation
}

_found contains found if {
	"process/manager-image" in _due
	some found in policy_process_manager_image.violation
}

_found contains found if {
	"process/manager-in-hook" in _due
	some found in policy_process_manager_in_hook.violation
}

_found contains found if {
	"process/manager-in-job" in _due
	some found in policy_process_manager_in_job.violation
}

_found contains found if {
	"process/manager-installed" in _due
	some found in policy_process_manager_installed.violation
}

_found contains found if {
	"process/multiple-apps" in _due
	some found in policy_process_multiple_apps.violation
}

_found contains found if {
	"process/proxy-lifecycle-script" in _due
	some found in policy_process_proxy_lifecycle_script.violation
}

_found contains found if {
	"process/restart-loop" in _due
	some found in policy_process_restart_loop.violation
}

_found contains found if {
	"process/signals-swallowed" in _due
	some found in policy_process_signals_swallowed.violation
}

_found contains found if {
	"resilience/breaker-on-single-replica" in _due
	some found in policy_resilience_breaker_on_single_replica.violation
}

_found contains found if {
	"resilience/manager-restart-policy" in _due
	some found in policy_resilience_manager_restart_policy.violation
}

_found contains found if {
	"resilience/missing-probe" in _due
	some found in policy_resilience_missing_probe.violation
}

_found contains found if {
	"resilience/no-mesh-policy" in _due
	some found in policy_resilience_no_mesh_policy.violation
}

_found contains found if {
	"resilience/probe-of-wrong-layer" in _due
	some found in policy_resilience_probe_of_wrong_layer.violation
}

_found contains found if {
	"resilience/retries-off-by-mistake" in _due
	some found in policy_resilience_retries_off_by_mistake.violation
}

_found contains found if {
	"resilience/retry-exceeds-timeout" in _due
	some found in policy_resilience_retry_exceeds_timeout.violation
}

_found contains found if {
	"resilience/shadowed-policy" in _due
	some found in policy_resilience_shadowed_policy.violation
}

_found contains found if {
	"resilience/single-endpoint" in _due
	some found in policy_resilience_single_endpoint.violation
}

_found contains found if {
	"resilience/stacked-retries" in _due
	some found in policy_resilience_stacked_retries.violation
}

_found contains found if {
	"resilience/unsafe-retry" in _due
	some found in policy_resilience_unsafe_retry.violation
}

_found contains found if {
	"traffic/capture-exclusion" in _due
	some found in policy_traffic_capture_exclusion.violation
}

_found contains found if {
	"traffic/cluster-with-autoscaler" in _due
	some found in policy_traffic_cluster_with_autoscaler.violation
}

_found contains found if {
	"traffic/edge-bypass" in _due
	some found in policy_traffic_edge_bypass.violation
}

_found contains found if {
	"traffic/headless-service" in _due
	some found in policy_traffic_headless_service.violation
}

_found contains found if {
	"traffic/in-container-cluster" in _due
	some found in policy_traffic_in_container_cluster.violation
}

_found contains found if {
	"traffic/in-pod-proxy" in _due
	some found in policy_traffic_in_pod_proxy.violation
}

_found contains found if {
	"traffic/ingress-own-balancer" in _due
	some found in policy_traffic_ingress_own_balancer.violation
}

_found contains found if {
	"traffic/mesh-balancer-disabled" in _due
	some found in policy_traffic_mesh_balancer_disabled.violation
}

_found contains found if {
	"traffic/replicas-with-autoscaler" in _due
	some found in policy_traffic_replicas_with_autoscaler.violation
}

_found contains found if {
	"traffic/session-affinity" in _due
	some found in policy_traffic_session_affinity.violation
}

_found contains found if {
	"traffic/two-route-owners" in _due
	some found in policy_traffic_two_route_owners.violation
}

_found contains found if {
	"traffic/undeclared-protocol" in _due
	some found in policy_traffic_undeclared_protocol.violation
}

_due contains id if {
	not admission.silent
	some record in resource.all
	some id in _rules[record.kind]
	params.enabled(id)
}

_rules := {
	"/Namespace": [
		"mesh/double-enrolment",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/switch-typo",
		"observability/mesh-telemetry-disabled",
		"traffic/capture-exclusion",
	],
	"/Pod": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
	],
	"/PodTemplate": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
	],
	"/ReplicationController": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"/Service": [
		"mesh/ineffective-intent",
		"resilience/breaker-on-single-replica",
		"resilience/no-mesh-policy",
		"resilience/retries-off-by-mistake",
		"resilience/retry-exceeds-timeout",
		"resilience/shadowed-policy",
		"resilience/unsafe-retry",
		"traffic/edge-bypass",
		"traffic/headless-service",
		"traffic/mesh-balancer-disabled",
		"traffic/session-affinity",
		"traffic/undeclared-protocol",
	],
	"apps.openshift.io/DeploymentConfig": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/single-endpoint",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"apps/DaemonSet": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
	],
	"apps/Deployment": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/single-endpoint",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"apps/ReplicaSet": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"apps/StatefulSet": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"argoproj.io/Rollout": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/single-endpoint",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"batch/CronJob": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/manager-in-job",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/probe-of-wrong-layer",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
	],
	"batch/Job": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/manager-in-job",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/probe-of-wrong-layer",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
	],
	"extensions.istio.io/WasmPlugin": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
	],
	"extensions/DaemonSet": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
	],
	"extensions/Deployment": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/single-endpoint",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/cluster-with-autoscaler",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"extensions/Ingress": [
		"traffic/ingress-own-balancer",
	],
	"extensions/ReplicaSet": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"observability/metrics-uncollected",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/edge-bypass",
		"traffic/in-container-cluster",
		"traffic/in-pod-proxy",
		"traffic/replicas-with-autoscaler",
	],
	"gateway.networking.k8s.io/GRPCRoute": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
		"resilience/retries-off-by-mistake",
		"resilience/retry-exceeds-timeout",
		"resilience/shadowed-policy",
		"traffic/two-route-owners",
	],
	"gateway.networking.k8s.io/Gateway": [
		"mesh/ineffective-intent",
	],
	"gateway.networking.k8s.io/HTTPRoute": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
		"resilience/retries-off-by-mistake",
		"resilience/retry-exceeds-timeout",
		"resilience/shadowed-policy",
		"resilience/unsafe-retry",
		"traffic/two-route-owners",
	],
	"linkerd.io/ServiceProfile": [
		"mesh/ineffective-intent",
		"resilience/shadowed-policy",
	],
	"networking.istio.io/DestinationRule": [
		"mesh/client-tls-override",
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
		"resilience/breaker-on-single-replica",
		"resilience/shadowed-policy",
		"traffic/mesh-balancer-disabled",
	],
	"networking.istio.io/ServiceEntry": [
		"mesh/ineffective-intent",
		"traffic/mesh-balancer-disabled",
	],
	"networking.istio.io/VirtualService": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
		"resilience/retries-off-by-mistake",
		"resilience/retry-exceeds-timeout",
		"resilience/shadowed-policy",
		"resilience/unsafe-retry",
	],
	"networking.k8s.io/Ingress": [
		"traffic/ingress-own-balancer",
	],
	"networking.k8s.io/NetworkPolicy": [
		"mesh/hbone-blocked",
	],
	"onelayer.dev/Compose": [
		"observability/log-files",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"traffic/in-container-cluster",
	],
	"onelayer.dev/Image": [
		"observability/log-files",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/manager-in-job",
		"process/manager-installed",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"traffic/in-container-cluster",
	],
	"policy.linkerd.io/HTTPRoute": [
		"mesh/ineffective-intent",
		"resilience/retries-off-by-mistake",
		"resilience/retry-exceeds-timeout",
		"resilience/shadowed-policy",
		"resilience/unsafe-retry",
		"traffic/two-route-owners",
	],
	"security.istio.io/AuthorizationPolicy": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
	],
	"security.istio.io/PeerAuthentication": [
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
	],
	"security.istio.io/RequestAuthentication": [
		"mesh/ineffective-intent",
		"mesh/missing-waypoint",
	],
	"serving.knative.dev/Configuration": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
	],
	"serving.knative.dev/Service": [
		"mesh/double-enrolment",
		"mesh/hand-rolled-proxy",
		"mesh/host-network",
		"mesh/ineffective-intent",
		"mesh/mtls-disabled",
		"mesh/opt-out",
		"mesh/proxy-identity",
		"mesh/switch-typo",
		"observability/log-files",
		"observability/log-shipper-sidecar",
		"observability/logs-excluded",
		"observability/manager-logs",
		"observability/manager-metrics",
		"observability/manager-telemetry",
		"observability/mesh-telemetry-disabled",
		"observability/metrics-split",
		"process/cron-in-container",
		"process/drain-cut-short",
		"process/file-watcher",
		"process/host-era-command",
		"process/manager-daemonised",
		"process/manager-entrypoint",
		"process/manager-image",
		"process/manager-in-hook",
		"process/multiple-apps",
		"process/proxy-lifecycle-script",
		"process/restart-loop",
		"process/signals-swallowed",
		"resilience/manager-restart-policy",
		"resilience/missing-probe",
		"resilience/probe-of-wrong-layer",
		"resilience/stacked-retries",
		"traffic/capture-exclusion",
		"traffic/in-container-cluster",
	],
	"split.smi-spec.io/TrafficSplit": [
		"mesh/ineffective-intent",
	],
	"telemetry.istio.io/Telemetry": [
		"mesh/ineffective-intent",
		"observability/mesh-telemetry-disabled",
	],
}

_remediation := {
	"mesh/client-tls-override": "Remove the tls block, so that the mesh encrypts between its workloads; use SIMPLE for hosts outside of the cluster only.",
	"mesh/double-enrolment": "Keep one mesh and one data plane per namespace and remove the keys of the other; during a migration move namespace by namespace.",
	"mesh/hand-rolled-proxy": "Remove the container and let the mesh inject its proxy; customise it by annotations of the mesh.",
	"mesh/hbone-blocked": "Add the port 15008 with protocol TCP to the rules for other Pods, and restrict ports of the application by an AuthorizationPolicy.",
	"mesh/host-network": "Remove hostNetwork and publish the workload by a Service or the gateway of the mesh; agents that need the node's network belong in a namespace outside the mesh.",
	"mesh/ineffective-intent": "Put the key where the mesh reads it - on the metadata of the pod template, not of the controller - and remove what overrules it there, so that the mesh owns the traffic as intended. Write objects in a version that the mesh serves.",
	"mesh/missing-waypoint": "Make a waypoint and label the Service or its namespace istio.io/use-waypoint with its name; attach policies on requests to it by targetRefs.",
	"mesh/mtls-disabled": "Let the mesh encrypt - remove what switches it off, and where one caller is outside the mesh, open one port and not the workload.",
	"mesh/opt-out": "Remove the key, so that the mesh owns the traffic again. Where one port is the reason, exclude the port and not the Pod; where a Job never ends because of its proxy, use a native sidecar.",
	"mesh/proxy-identity": "Run the application as any other user and group, so that its traffic goes through the proxy of the mesh.",
	"mesh/switch-typo": "Write the value as the mesh reads it, in small letters and in quotes - istio-injection enabled or disabled, sidecar.istio.io/inject \"true\" or \"false\", istio.io/dataplane-mode ambient or none, linkerd.io/inject enabled, disabled or ingress.",
	"observability/log-files": "Print to stdout and stderr, and remove the redirection, the file transport or the volume. Where a program can write to a file only, link the file to /dev/stdout in the image.",
	"observability/log-shipper-sidecar": "Let the application print to stdout and stderr and remove the container and the shared volume; the collector on the node reads, labels and ships it. Parse and filter in the collector.",
	"observability/logs-excluded": "Remove the key, so that the collector reads what the container prints; where it prints too much, lower the level of the application or filter in the collector.",
	"observability/manager-logs": "Write to stdout and stderr only: remove out_file, error_file, log_file and the log options, and drop pm2-logrotate; the container runtime rotates and the collector ships.",
	"observability/manager-metrics": "Remove pm2 web, port 9615 and the metrics module; serve /metrics with prom-client from the one process and scrape it with a PodMonitor or ServiceMonitor.",
	"observability/manager-telemetry": "Remove the keys, options and packages of PM2 Plus; take request metrics and traces from the mesh, and the program's own from prom-client or OpenTelemetry.",
	"observability/mesh-telemetry-disabled": "Let the mesh report; where single requests are noise, filter them by an expression and not the whole signal.",
	"observability/metrics-split": "Annotate the pod template with prometheus.io/scrape \"true\" and the port and path of the application, and let one collector scrape each series.",
	"observability/metrics-uncollected": "Select the Pod with a PodMonitor, or its Service with a ServiceMonitor; where Prometheus reads annotations, set prometheus.io/scrape \"true\" and prometheus.io/port. Remove the port if nobody needs the figures.",
	"onelayer/config": "Correct the setting, or remove it to get the default. A waiver reads: onelayer:ignore GROUP/RULE until=YYYY-MM-DD owner=NAME -- reason.",
	"onelayer/waiver-expired": "Repair what the waiver accepts and remove it, or agree on a new end with its owner.",
	"onelayer/waiver-unused": "Remove the waiver.",
	"process/cron-in-container": "Make the work a CronJob with the same image and schedule; it records each run, its exit code and its logs, and concurrencyPolicy keeps runs apart. A program that leaks needs a memory limit, not a nightly restart.",
	"process/drain-cut-short": "Start the program itself, so that it gets SIGTERM and the whole grace period; keep the preStop hook short and set terminationGracePeriodSeconds to the hook, the drain and five seconds.",
	"process/file-watcher": "Start the program without a watcher, for example CMD [\"node\", \"server.js\"]; keep the watcher in the dev script and in tools such as Tilt or Skaffold.",
	"process/host-era-command": "Remove the command or the volume: the image and the Deployment say what runs, and a rolling update deploys it.",
	"process/manager-daemonised": "Start the application in the foreground as the container's command, for example CMD [\"node\", \"server.js\"]; drop the manager together with the tail or sleep that keeps the container alive.",
	"process/manager-entrypoint": "Start the application itself as the container's command, for example CMD [\"node\", \"server.js\"] or behind tini, remove the manager, and let the kubelet restart it (restartPolicy, probes) and the Deployment scale it (replicas, HorizontalPodAutoscaler).",
	"process/manager-image": "Build on the plain runtime image instead, for example FROM node:22-slim, and state the program as CMD.",
	"process/manager-in-hook": "Probe the application itself with httpGet, grpc or tcpSocket; use a rolling update instead of a reload, and terminationGracePeriodSeconds with a SIGTERM handler instead of a stop command.",
	"process/manager-in-job": "Run the program itself as the command of the Job, for example command: [\"node\", \"job.js\"], and let backoffLimit and restartPolicy of the Job decide about retries.",
	"process/manager-installed": "Remove the manager from the RUN instruction or from dependencies in package.json; a tool for developers belongs in devDependencies.",
	"process/multiple-apps": "Give each application a container of its own: one Deployment per application from the same image with its own command, a native sidecar for a true helper, a Job or CronJob for what ends.",
	"process/proxy-lifecycle-script": "Remove the script and let the proxy be a native sidecar; Kubernetes starts it first and ends it last, and a Job completes by itself.",
	"process/restart-loop": "Start the program once, with exec, as the container's command and let the kubelet restart it: it counts, waits between tries and shows CrashLoopBackOff. For periodic work use a CronJob.",
	"process/signals-swallowed": "Use the exec form, CMD [\"node\", \"server.js\"]; end an entrypoint script with exec; call node instead of npm start; add tini when the program must not be PID 1.",
	"resilience/breaker-on-single-replica": "Run at least two replicas, or let an autoscaler keep two, and spread them over nodes; else remove the breaker.",
	"resilience/manager-restart-policy": "Drop the keys and let the kubelet restart: resources.limits.memory instead of max_memory_restart (with --max-old-space-size for node), a livenessProbe for hangs, and the kubelet's own back-off.",
	"resilience/missing-probe": "Add a readinessProbe that asks the application whether it can serve, and a livenessProbe that asks whether it must be restarted, on different questions; a startupProbe covers a slow start.",
	"resilience/no-mesh-policy": "Declare a timeout and circuit breaking for the Service where the mesh reads them.",
	"resilience/probe-of-wrong-layer": "Ask the application itself, at a port of its own and by a request that it answers only when it is well.",
	"resilience/retries-off-by-mistake": "Say how often the mesh retries; where it must not, say so with attempts 0 in Istio or without retry annotations in Linkerd.",
	"resilience/retry-exceeds-timeout": "Give each try at most the timeout divided by the number of tries, which is one more than that of retries.",
	"resilience/shadowed-policy": "Write the policy where the mesh reads it, once, and delete what is ignored.",
	"resilience/single-endpoint": "Set spec.replicas to two or more, or let a HorizontalPodAutoscaler with minReplicas 2 own the number; a workload that may run only once says so by strategy Recreate.",
	"resilience/stacked-retries": "Keep the retries of the mesh, which knows all endpoints, and set those of the application to 0; where the application must decide, because only it knows what may be repeated, switch those of the mesh off.",
	"resilience/unsafe-retry": "Split the route - retry server errors on GET, HEAD and OPTIONS only, and on writes only what never reached the application (connect-failure, refused-stream, 503).",
	"traffic/capture-exclusion": "Remove the port or address from the list, so that the mesh owns the traffic again; open what callers outside of the mesh need by policy, for one port.",
	"traffic/cluster-with-autoscaler": "Run one process per container and let the HorizontalPodAutoscaler or replicas scale: replicas times workers becomes replicas, and the resources of one container become those of one process.",
	"traffic/edge-bypass": "Make the Service a ClusterIP, remove hostPort and externalIPs, and let the gateway of the mesh take what comes from outside.",
	"traffic/headless-service": "Let clients call a Service that has a ClusterIP, and keep headless Services for StatefulSets and peers that must know each other.",
	"traffic/in-container-cluster": "Run one process per container and raise replicas, or let a HorizontalPodAutoscaler do it; requests and limits per process are the old ones divided by the number of workers.",
	"traffic/in-pod-proxy": "Let the Service target the port of the application, remove the proxy, and run several replicas instead of several listeners; what the proxy did for requests belongs into the Ingress or route.",
	"traffic/ingress-own-balancer": "Let the controller send requests to the Service, or route by a gateway of the mesh.",
	"traffic/mesh-balancer-disabled": "Let the mesh balance - choose LEAST_REQUEST or ROUND_ROBIN, let the Service of Kubernetes stand for a host of the cluster, and list databases that balance by themselves in allowed_hosts.",
	"traffic/replicas-with-autoscaler": "Remove spec.replicas from the manifest and let minReplicas of the autoscaler be the lower bound.",
	"traffic/session-affinity": "Remove sessionAffinity, and keep sessions outside of the process.",
	"traffic/two-route-owners": "Keep one routing API for the Service, move what the other says into it and delete the other.",
	"traffic/undeclared-protocol": "Say what the port speaks in the form that the mesh reads.",
}

_docs := "https://github.com/onelayer/onelayer/blob/main/docs/rules/"
