# METADATA
# scope: package
# title: The entry for conftest
# description: >-
#   Generated from the METADATA of the policies; change it there. For each rule it holds deny_RULE for errors and
#   warn_RULE for warnings, and for what is worth knowing if the configuration asks with conftest.info. The
#   configuration is data.lib.onelayer.config: conftest test --data FILE.
package main

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
import data.lib.onelayer.synced

deny_mesh_client_tls_override contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/client-tls-override")
	some judged in _subjects
	some found in _mesh_client_tls_override with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_client_tls_override contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/client-tls-override")
	some judged in _subjects
	some found in _mesh_client_tls_override with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_client_tls_override contains found if {
	"mesh/client-tls-override" in _due
	some found in policy_mesh_client_tls_override.violation
	not exempt.accepted(found)
}

deny_mesh_double_enrolment contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/double-enrolment")
	some judged in _subjects
	some found in _mesh_double_enrolment with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_double_enrolment contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/double-enrolment")
	some judged in _subjects
	some found in _mesh_double_enrolment with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_double_enrolment contains found if {
	"mesh/double-enrolment" in _due
	some found in policy_mesh_double_enrolment.violation
	not exempt.accepted(found)
}

deny_mesh_hand_rolled_proxy contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/hand-rolled-proxy")
	some judged in _subjects
	some found in _mesh_hand_rolled_proxy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_hand_rolled_proxy contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/hand-rolled-proxy")
	some judged in _subjects
	some found in _mesh_hand_rolled_proxy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_hand_rolled_proxy contains found if {
	"mesh/hand-rolled-proxy" in _due
	some found in policy_mesh_hand_rolled_proxy.violation
	not exempt.accepted(found)
}

deny_mesh_hbone_blocked contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/hbone-blocked")
	some judged in _subjects
	some found in _mesh_hbone_blocked with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_hbone_blocked contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/hbone-blocked")
	some judged in _subjects
	some found in _mesh_hbone_blocked with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_hbone_blocked contains found if {
	"mesh/hbone-blocked" in _due
	some found in policy_mesh_hbone_blocked.violation
	not exempt.accepted(found)
}

deny_mesh_host_network contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/host-network")
	some judged in _subjects
	some found in _mesh_host_network with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_host_network contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/host-network")
	some judged in _subjects
	some found in _mesh_host_network with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_host_network contains found if {
	"mesh/host-network" in _due
	some found in policy_mesh_host_network.violation
	not exempt.accepted(found)
}

deny_mesh_ineffective_intent contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/ineffective-intent")
	some judged in _subjects
	some found in _mesh_ineffective_intent with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_ineffective_intent contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/ineffective-intent")
	some judged in _subjects
	some found in _mesh_ineffective_intent with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_ineffective_intent contains found if {
	"mesh/ineffective-intent" in _due
	some found in policy_mesh_ineffective_intent.violation
	not exempt.accepted(found)
}

deny_mesh_missing_waypoint contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/missing-waypoint")
	some judged in _subjects
	some found in _mesh_missing_waypoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_missing_waypoint contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/missing-waypoint")
	some judged in _subjects
	some found in _mesh_missing_waypoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_missing_waypoint contains found if {
	"mesh/missing-waypoint" in _due
	some found in policy_mesh_missing_waypoint.violation
	not exempt.accepted(found)
}

deny_mesh_mtls_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/mtls-disabled")
	some judged in _subjects
	some found in _mesh_mtls_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_mtls_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/mtls-disabled")
	some judged in _subjects
	some found in _mesh_mtls_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_mtls_disabled contains found if {
	"mesh/mtls-disabled" in _due
	some found in policy_mesh_mtls_disabled.violation
	not exempt.accepted(found)
}

deny_mesh_opt_out contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/opt-out")
	some judged in _subjects
	some found in _mesh_opt_out with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_opt_out contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/opt-out")
	some judged in _subjects
	some found in _mesh_opt_out with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_opt_out contains found if {
	"mesh/opt-out" in _due
	some found in policy_mesh_opt_out.violation
	not exempt.accepted(found)
}

deny_mesh_proxy_identity contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/proxy-identity")
	some judged in _subjects
	some found in _mesh_proxy_identity with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_proxy_identity contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/proxy-identity")
	some judged in _subjects
	some found in _mesh_proxy_identity with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_proxy_identity contains found if {
	"mesh/proxy-identity" in _due
	some found in policy_mesh_proxy_identity.violation
	not exempt.accepted(found)
}

deny_mesh_switch_typo contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/switch-typo")
	some judged in _subjects
	some found in _mesh_switch_typo with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_mesh_switch_typo contains _flat(found, subject.file(judged, found)) if {
	_asked("mesh/switch-typo")
	some judged in _subjects
	some found in _mesh_switch_typo with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_mesh_switch_typo contains found if {
	"mesh/switch-typo" in _due
	some found in policy_mesh_switch_typo.violation
	not exempt.accepted(found)
}

deny_observability_log_files contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/log-files")
	some judged in _subjects
	some found in _observability_log_files with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_log_files contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/log-files")
	some judged in _subjects
	some found in _observability_log_files with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_log_files contains found if {
	"observability/log-files" in _due
	some found in policy_observability_log_files.violation
	not exempt.accepted(found)
}

deny_observability_log_shipper_sidecar contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/log-shipper-sidecar")
	some judged in _subjects
	some found in _observability_log_shipper_sidecar with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_log_shipper_sidecar contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/log-shipper-sidecar")
	some judged in _subjects
	some found in _observability_log_shipper_sidecar with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_log_shipper_sidecar contains found if {
	"observability/log-shipper-sidecar" in _due
	some found in policy_observability_log_shipper_sidecar.violation
	not exempt.accepted(found)
}

deny_observability_logs_excluded contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/logs-excluded")
	some judged in _subjects
	some found in _observability_logs_excluded with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_logs_excluded contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/logs-excluded")
	some judged in _subjects
	some found in _observability_logs_excluded with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_logs_excluded contains found if {
	"observability/logs-excluded" in _due
	some found in policy_observability_logs_excluded.violation
	not exempt.accepted(found)
}

deny_observability_manager_logs contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-logs")
	some judged in _subjects
	some found in _observability_manager_logs with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_manager_logs contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-logs")
	some judged in _subjects
	some found in _observability_manager_logs with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_manager_logs contains found if {
	"observability/manager-logs" in _due
	some found in policy_observability_manager_logs.violation
	not exempt.accepted(found)
}

deny_observability_manager_metrics contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-metrics")
	some judged in _subjects
	some found in _observability_manager_metrics with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_manager_metrics contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-metrics")
	some judged in _subjects
	some found in _observability_manager_metrics with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_manager_metrics contains found if {
	"observability/manager-metrics" in _due
	some found in policy_observability_manager_metrics.violation
	not exempt.accepted(found)
}

deny_observability_manager_telemetry contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-telemetry")
	some judged in _subjects
	some found in _observability_manager_telemetry with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_manager_telemetry contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/manager-telemetry")
	some judged in _subjects
	some found in _observability_manager_telemetry with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_manager_telemetry contains found if {
	"observability/manager-telemetry" in _due
	some found in policy_observability_manager_telemetry.violation
	not exempt.accepted(found)
}

deny_observability_mesh_telemetry_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/mesh-telemetry-disabled")
	some judged in _subjects
	some found in _observability_mesh_telemetry_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_mesh_telemetry_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/mesh-telemetry-disabled")
	some judged in _subjects
	some found in _observability_mesh_telemetry_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_mesh_telemetry_disabled contains found if {
	"observability/mesh-telemetry-disabled" in _due
	some found in policy_observability_mesh_telemetry_disabled.violation
	not exempt.accepted(found)
}

deny_observability_metrics_split contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/metrics-split")
	some judged in _subjects
	some found in _observability_metrics_split with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_metrics_split contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/metrics-split")
	some judged in _subjects
	some found in _observability_metrics_split with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_metrics_split contains found if {
	"observability/metrics-split" in _due
	some found in policy_observability_metrics_split.violation
	not exempt.accepted(found)
}

deny_observability_metrics_uncollected contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/metrics-uncollected")
	some judged in _subjects
	some found in _observability_metrics_uncollected with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_observability_metrics_uncollected contains _flat(found, subject.file(judged, found)) if {
	_asked("observability/metrics-uncollected")
	some judged in _subjects
	some found in _observability_metrics_uncollected with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_observability_metrics_uncollected contains found if {
	"observability/metrics-uncollected" in _due
	some found in policy_observability_metrics_uncollected.violation
	not exempt.accepted(found)
}

deny_onelayer_config contains _flat(found, "") if {
	some found in _onelayer_config
	found.severity == "error"
}

warn_onelayer_config contains _flat(found, "") if {
	some found in _onelayer_config
	found.severity in _warned
}

_onelayer_config contains found if {
	params.enabled("onelayer/config")
	some [kind, asked] in _own
	kind == "onelayer.dev/Config"
	some found in policy_onelayer_config.violation with input as asked
}

_onelayer_config contains found if {
	params.enabled("onelayer/config")
	some [kind, asked] in _own
	kind == "onelayer.dev/WaiverReview"
	some found in policy_onelayer_config.violation with input as asked
}

deny_onelayer_waiver_expired contains _flat(found, "") if {
	some found in _onelayer_waiver_expired
	found.severity == "error"
}

warn_onelayer_waiver_expired contains _flat(found, "") if {
	some found in _onelayer_waiver_expired
	found.severity in _warned
}

_onelayer_waiver_expired contains found if {
	params.enabled("onelayer/waiver-expired")
	some [kind, asked] in _own
	kind == "onelayer.dev/WaiverReview"
	some found in policy_onelayer_waiver_expired.violation with input as asked
}

deny_onelayer_waiver_unused contains _flat(found, "") if {
	some found in _onelayer_waiver_unused
	found.severity == "error"
}

warn_onelayer_waiver_unused contains _flat(found, "") if {
	some found in _onelayer_waiver_unused
	found.severity in _warned
}

_onelayer_waiver_unused contains found if {
	params.enabled("onelayer/waiver-unused")
	some [kind, asked] in _own
	kind == "onelayer.dev/WaiverReview"
	some found in policy_onelayer_waiver_unused.violation with input as asked
}

deny_process_cron_in_container contains _flat(found, subject.file(judged, found)) if {
	_asked("process/cron-in-container")
	some judged in _subjects
	some found in _process_cron_in_container with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_cron_in_container contains _flat(found, subject.file(judged, found)) if {
	_asked("process/cron-in-container")
	some judged in _subjects
	some found in _process_cron_in_container with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_cron_in_container contains found if {
	"process/cron-in-container" in _due
	some found in policy_process_cron_in_container.violation
	not exempt.accepted(found)
}

deny_process_drain_cut_short contains _flat(found, subject.file(judged, found)) if {
	_asked("process/drain-cut-short")
	some judged in _subjects
	some found in _process_drain_cut_short with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_drain_cut_short contains _flat(found, subject.file(judged, found)) if {
	_asked("process/drain-cut-short")
	some judged in _subjects
	some found in _process_drain_cut_short with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_drain_cut_short contains found if {
	"process/drain-cut-short" in _due
	some found in policy_process_drain_cut_short.violation
	not exempt.accepted(found)
}

deny_process_file_watcher contains _flat(found, subject.file(judged, found)) if {
	_asked("process/file-watcher")
	some judged in _subjects
	some found in _process_file_watcher with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_file_watcher contains _flat(found, subject.file(judged, found)) if {
	_asked("process/file-watcher")
	some judged in _subjects
	some found in _process_file_watcher with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_file_watcher contains found if {
	"process/file-watcher" in _due
	some found in policy_process_file_watcher.violation
	not exempt.accepted(found)
}

deny_process_host_era_command contains _flat(found, subject.file(judged, found)) if {
	_asked("process/host-era-command")
	some judged in _subjects
	some found in _process_host_era_command with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_host_era_command contains _flat(found, subject.file(judged, found)) if {
	_asked("process/host-era-command")
	some judged in _subjects
	some found in _process_host_era_command with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_host_era_command contains found if {
	"process/host-era-command" in _due
	some found in policy_process_host_era_command.violation
	not exempt.accepted(found)
}

deny_process_manager_daemonised contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-daemonised")
	some judged in _subjects
	some found in _process_manager_daemonised with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_daemonised contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-daemonised")
	some judged in _subjects
	some found in _process_manager_daemonised with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_daemonised contains found if {
	"process/manager-daemonised" in _due
	some found in policy_process_manager_daemonised.violation
	not exempt.accepted(found)
}

deny_process_manager_entrypoint contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-entrypoint")
	some judged in _subjects
	some found in _process_manager_entrypoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_entrypoint contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-entrypoint")
	some judged in _subjects
	some found in _process_manager_entrypoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_entrypoint contains found if {
	"process/manager-entrypoint" in _due
	some found in policy_process_manager_entrypoint.violation
	not exempt.accepted(found)
}

deny_process_manager_image contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-image")
	some judged in _subjects
	some found in _process_manager_image with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_image contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-image")
	some judged in _subjects
	some found in _process_manager_image with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_image contains found if {
	"process/manager-image" in _due
	some found in policy_process_manager_image.violation
	not exempt.accepted(found)
}

deny_process_manager_in_hook contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-in-hook")
	some judged in _subjects
	some found in _process_manager_in_hook with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_in_hook contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-in-hook")
	some judged in _subjects
	some found in _process_manager_in_hook with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_in_hook contains found if {
	"process/manager-in-hook" in _due
	some found in policy_process_manager_in_hook.violation
	not exempt.accepted(found)
}

deny_process_manager_in_job contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-in-job")
	some judged in _subjects
	some found in _process_manager_in_job with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_in_job contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-in-job")
	some judged in _subjects
	some found in _process_manager_in_job with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_in_job contains found if {
	"process/manager-in-job" in _due
	some found in policy_process_manager_in_job.violation
	not exempt.accepted(found)
}

deny_process_manager_installed contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-installed")
	some judged in _subjects
	some found in _process_manager_installed with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_manager_installed contains _flat(found, subject.file(judged, found)) if {
	_asked("process/manager-installed")
	some judged in _subjects
	some found in _process_manager_installed with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_manager_installed contains found if {
	"process/manager-installed" in _due
	some found in policy_process_manager_installed.violation
	not exempt.accepted(found)
}

deny_process_multiple_apps contains _flat(found, subject.file(judged, found)) if {
	_asked("process/multiple-apps")
	some judged in _subjects
	some found in _process_multiple_apps with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_multiple_apps contains _flat(found, subject.file(judged, found)) if {
	_asked("process/multiple-apps")
	some judged in _subjects
	some found in _process_multiple_apps with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_multiple_apps contains found if {
	"process/multiple-apps" in _due
	some found in policy_process_multiple_apps.violation
	not exempt.accepted(found)
}

deny_process_proxy_lifecycle_script contains _flat(found, subject.file(judged, found)) if {
	_asked("process/proxy-lifecycle-script")
	some judged in _subjects
	some found in _process_proxy_lifecycle_script with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_proxy_lifecycle_script contains _flat(found, subject.file(judged, found)) if {
	_asked("process/proxy-lifecycle-script")
	some judged in _subjects
	some found in _process_proxy_lifecycle_script with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_proxy_lifecycle_script contains found if {
	"process/proxy-lifecycle-script" in _due
	some found in policy_process_proxy_lifecycle_script.violation
	not exempt.accepted(found)
}

deny_process_restart_loop contains _flat(found, subject.file(judged, found)) if {
	_asked("process/restart-loop")
	some judged in _subjects
	some found in _process_restart_loop with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_restart_loop contains _flat(found, subject.file(judged, found)) if {
	_asked("process/restart-loop")
	some judged in _subjects
	some found in _process_restart_loop with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_restart_loop contains found if {
	"process/restart-loop" in _due
	some found in policy_process_restart_loop.violation
	not exempt.accepted(found)
}

deny_process_signals_swallowed contains _flat(found, subject.file(judged, found)) if {
	_asked("process/signals-swallowed")
	some judged in _subjects
	some found in _process_signals_swallowed with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_process_signals_swallowed contains _flat(found, subject.file(judged, found)) if {
	_asked("process/signals-swallowed")
	some judged in _subjects
	some found in _process_signals_swallowed with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_process_signals_swallowed contains found if {
	"process/signals-swallowed" in _due
	some found in policy_process_signals_swallowed.violation
	not exempt.accepted(found)
}

deny_resilience_breaker_on_single_replica contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/breaker-on-single-replica")
	some judged in _subjects
	some found in _resilience_breaker_on_single_replica with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_breaker_on_single_replica contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/breaker-on-single-replica")
	some judged in _subjects
	some found in _resilience_breaker_on_single_replica with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_breaker_on_single_replica contains found if {
	"resilience/breaker-on-single-replica" in _due
	some found in policy_resilience_breaker_on_single_replica.violation
	not exempt.accepted(found)
}

deny_resilience_manager_restart_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/manager-restart-policy")
	some judged in _subjects
	some found in _resilience_manager_restart_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_manager_restart_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/manager-restart-policy")
	some judged in _subjects
	some found in _resilience_manager_restart_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_manager_restart_policy contains found if {
	"resilience/manager-restart-policy" in _due
	some found in policy_resilience_manager_restart_policy.violation
	not exempt.accepted(found)
}

deny_resilience_missing_probe contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/missing-probe")
	some judged in _subjects
	some found in _resilience_missing_probe with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_missing_probe contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/missing-probe")
	some judged in _subjects
	some found in _resilience_missing_probe with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_missing_probe contains found if {
	"resilience/missing-probe" in _due
	some found in policy_resilience_missing_probe.violation
	not exempt.accepted(found)
}

deny_resilience_no_mesh_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/no-mesh-policy")
	some judged in _subjects
	some found in _resilience_no_mesh_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_no_mesh_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/no-mesh-policy")
	some judged in _subjects
	some found in _resilience_no_mesh_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_no_mesh_policy contains found if {
	"resilience/no-mesh-policy" in _due
	some found in policy_resilience_no_mesh_policy.violation
	not exempt.accepted(found)
}

deny_resilience_probe_of_wrong_layer contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/probe-of-wrong-layer")
	some judged in _subjects
	some found in _resilience_probe_of_wrong_layer with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_probe_of_wrong_layer contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/probe-of-wrong-layer")
	some judged in _subjects
	some found in _resilience_probe_of_wrong_layer with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_probe_of_wrong_layer contains found if {
	"resilience/probe-of-wrong-layer" in _due
	some found in policy_resilience_probe_of_wrong_layer.violation
	not exempt.accepted(found)
}

deny_resilience_retries_off_by_mistake contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/retries-off-by-mistake")
	some judged in _subjects
	some found in _resilience_retries_off_by_mistake with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_retries_off_by_mistake contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/retries-off-by-mistake")
	some judged in _subjects
	some found in _resilience_retries_off_by_mistake with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_retries_off_by_mistake contains found if {
	"resilience/retries-off-by-mistake" in _due
	some found in policy_resilience_retries_off_by_mistake.violation
	not exempt.accepted(found)
}

deny_resilience_retry_exceeds_timeout contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/retry-exceeds-timeout")
	some judged in _subjects
	some found in _resilience_retry_exceeds_timeout with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_retry_exceeds_timeout contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/retry-exceeds-timeout")
	some judged in _subjects
	some found in _resilience_retry_exceeds_timeout with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_retry_exceeds_timeout contains found if {
	"resilience/retry-exceeds-timeout" in _due
	some found in policy_resilience_retry_exceeds_timeout.violation
	not exempt.accepted(found)
}

deny_resilience_shadowed_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/shadowed-policy")
	some judged in _subjects
	some found in _resilience_shadowed_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_shadowed_policy contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/shadowed-policy")
	some judged in _subjects
	some found in _resilience_shadowed_policy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_shadowed_policy contains found if {
	"resilience/shadowed-policy" in _due
	some found in policy_resilience_shadowed_policy.violation
	not exempt.accepted(found)
}

deny_resilience_single_endpoint contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/single-endpoint")
	some judged in _subjects
	some found in _resilience_single_endpoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_single_endpoint contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/single-endpoint")
	some judged in _subjects
	some found in _resilience_single_endpoint with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_single_endpoint contains found if {
	"resilience/single-endpoint" in _due
	some found in policy_resilience_single_endpoint.violation
	not exempt.accepted(found)
}

deny_resilience_stacked_retries contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/stacked-retries")
	some judged in _subjects
	some found in _resilience_stacked_retries with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_stacked_retries contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/stacked-retries")
	some judged in _subjects
	some found in _resilience_stacked_retries with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_stacked_retries contains found if {
	"resilience/stacked-retries" in _due
	some found in policy_resilience_stacked_retries.violation
	not exempt.accepted(found)
}

deny_resilience_unsafe_retry contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/unsafe-retry")
	some judged in _subjects
	some found in _resilience_unsafe_retry with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_resilience_unsafe_retry contains _flat(found, subject.file(judged, found)) if {
	_asked("resilience/unsafe-retry")
	some judged in _subjects
	some found in _resilience_unsafe_retry with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_resilience_unsafe_retry contains found if {
	"resilience/unsafe-retry" in _due
	some found in policy_resilience_unsafe_retry.violation
	not exempt.accepted(found)
}

deny_traffic_capture_exclusion contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/capture-exclusion")
	some judged in _subjects
	some found in _traffic_capture_exclusion with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_capture_exclusion contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/capture-exclusion")
	some judged in _subjects
	some found in _traffic_capture_exclusion with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_capture_exclusion contains found if {
	"traffic/capture-exclusion" in _due
	some found in policy_traffic_capture_exclusion.violation
	not exempt.accepted(found)
}

deny_traffic_cluster_with_autoscaler contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/cluster-with-autoscaler")
	some judged in _subjects
	some found in _traffic_cluster_with_autoscaler with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_cluster_with_autoscaler contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/cluster-with-autoscaler")
	some judged in _subjects
	some found in _traffic_cluster_with_autoscaler with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_cluster_with_autoscaler contains found if {
	"traffic/cluster-with-autoscaler" in _due
	some found in policy_traffic_cluster_with_autoscaler.violation
	not exempt.accepted(found)
}

deny_traffic_edge_bypass contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/edge-bypass")
	some judged in _subjects
	some found in _traffic_edge_bypass with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_edge_bypass contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/edge-bypass")
	some judged in _subjects
	some found in _traffic_edge_bypass with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_edge_bypass contains found if {
	"traffic/edge-bypass" in _due
	some found in policy_traffic_edge_bypass.violation
	not exempt.accepted(found)
}

deny_traffic_headless_service contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/headless-service")
	some judged in _subjects
	some found in _traffic_headless_service with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_headless_service contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/headless-service")
	some judged in _subjects
	some found in _traffic_headless_service with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_headless_service contains found if {
	"traffic/headless-service" in _due
	some found in policy_traffic_headless_service.violation
	not exempt.accepted(found)
}

deny_traffic_in_container_cluster contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/in-container-cluster")
	some judged in _subjects
	some found in _traffic_in_container_cluster with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_in_container_cluster contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/in-container-cluster")
	some judged in _subjects
	some found in _traffic_in_container_cluster with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_in_container_cluster contains found if {
	"traffic/in-container-cluster" in _due
	some found in policy_traffic_in_container_cluster.violation
	not exempt.accepted(found)
}

deny_traffic_in_pod_proxy contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/in-pod-proxy")
	some judged in _subjects
	some found in _traffic_in_pod_proxy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_in_pod_proxy contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/in-pod-proxy")
	some judged in _subjects
	some found in _traffic_in_pod_proxy with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_in_pod_proxy contains found if {
	"traffic/in-pod-proxy" in _due
	some found in policy_traffic_in_pod_proxy.violation
	not exempt.accepted(found)
}

deny_traffic_ingress_own_balancer contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/ingress-own-balancer")
	some judged in _subjects
	some found in _traffic_ingress_own_balancer with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_ingress_own_balancer contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/ingress-own-balancer")
	some judged in _subjects
	some found in _traffic_ingress_own_balancer with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_ingress_own_balancer contains found if {
	"traffic/ingress-own-balancer" in _due
	some found in policy_traffic_ingress_own_balancer.violation
	not exempt.accepted(found)
}

deny_traffic_mesh_balancer_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/mesh-balancer-disabled")
	some judged in _subjects
	some found in _traffic_mesh_balancer_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_mesh_balancer_disabled contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/mesh-balancer-disabled")
	some judged in _subjects
	some found in _traffic_mesh_balancer_disabled with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_mesh_balancer_disabled contains found if {
	"traffic/mesh-balancer-disabled" in _due
	some found in policy_traffic_mesh_balancer_disabled.violation
	not exempt.accepted(found)
}

deny_traffic_replicas_with_autoscaler contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/replicas-with-autoscaler")
	some judged in _subjects
	some found in _traffic_replicas_with_autoscaler with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_replicas_with_autoscaler contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/replicas-with-autoscaler")
	some judged in _subjects
	some found in _traffic_replicas_with_autoscaler with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_replicas_with_autoscaler contains found if {
	"traffic/replicas-with-autoscaler" in _due
	some found in policy_traffic_replicas_with_autoscaler.violation
	not exempt.accepted(found)
}

deny_traffic_session_affinity contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/session-affinity")
	some judged in _subjects
	some found in _traffic_session_affinity with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_session_affinity contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/session-affinity")
	some judged in _subjects
	some found in _traffic_session_affinity with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_session_affinity contains found if {
	"traffic/session-affinity" in _due
	some found in policy_traffic_session_affinity.violation
	not exempt.accepted(found)
}

deny_traffic_two_route_owners contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/two-route-owners")
	some judged in _subjects
	some found in _traffic_two_route_owners with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_two_route_owners contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/two-route-owners")
	some judged in _subjects
	some found in _traffic_two_route_owners with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_two_route_owners contains found if {
	"traffic/two-route-owners" in _due
	some found in policy_traffic_two_route_owners.violation
	not exempt.accepted(found)
}

deny_traffic_undeclared_protocol contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/undeclared-protocol")
	some judged in _subjects
	some found in _traffic_undeclared_protocol with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity == "error"
}

warn_traffic_undeclared_protocol contains _flat(found, subject.file(judged, found)) if {
	_asked("traffic/undeclared-protocol")
	some judged in _subjects
	some found in _traffic_undeclared_protocol with input as judged.input
		with data.lib.onelayer.prepared as _prepared
	found.severity in _warned
}

_traffic_undeclared_protocol contains found if {
	"traffic/undeclared-protocol" in _due
	some found in policy_traffic_undeclared_protocol.violation
	not exempt.accepted(found)
}

_flat(found, file) := object.union(fields, _located(file)) if {
	fields := {
		"msg": found.msg,
		"id": found.id,
		"severity": found.severity,
		"path": found.path,
		"object": found.object,
		"remediation": _remediation[found.id],
		"docs": concat("", [_docs, found.id, ".md"]),
	}
}

_located(file) := {"_loc": {"file": file, "line": 1}} if {
	file != ""
} else := {}

_warned := {"warning", "info"} if {
	params.config.conftest.info == true
} else := {"warning"}

_asked(id) if {
	some kind in _kinds
	id in _rules[kind]
	_hinted(id)
}

_kinds := _given_kinds | {"onelayer.dev/Image" | _of_files}

_given_kinds := kinds if {
	kinds := {record.kind | some record in resource.all} with input as _given
}

_of_files if {
	some kind in _given_kinds
	startswith(kind, "onelayer.dev/")
}

_hinted(id) if {
	not _hints[id]
} else if {
	_of_files
} else if {
	some hint in _hints[id].plain
	contains(_text, hint)
} else if {
	regex.match(_hints[id].words, _text)
} else if {
	synced.cluster[resource.api_version].Image
}

_text := lower(sprintf("%v", [input]))

_subjects := subjects if subjects := subject.all with input as _given

_prepared := prepared if prepared := subject.prepared with input as _given

_own contains [kind, asked] if {
	not admission.silent
	some kind, asked in configuration.asked with input as _given
}

_given := input if {
	resource.combined
} else := input if {
	resource.in_cluster
} else := {"onelayer": {"document": input, "file": _file}}

_file := trim_prefix(replace(whole, `\`, "/"), concat("", [_folder, "/"])) if {
	whole := concat("/", [data.conftest.file.dir, data.conftest.file.name])
} else := ""

_folder := object.get(opa.runtime(), ["env", "PWD"], "/")

_hints := {
	"mesh/client-tls-override": {"plain": ["disable", "mutual", "simple"]},
	"mesh/double-enrolment": {"plain": ["istio-injection", "istio.io/dataplane-mode", "istio.io/rev", "linkerd.io/inject", "sidecar.istio.io/inject"]},
	"mesh/hand-rolled-proxy": {"plain": ["consul-dataplane", "envoyproxy/envoy", "istio-init", "istio-proxy", "kuma-dp", "linkerd-init", "linkerd-proxy", "linkerd/proxy", "proxyv2"]},
	"mesh/hbone-blocked": {"plain": ["ports"]},
	"mesh/host-network": {"plain": ["hostnetwork"]},
	"mesh/ineffective-intent": {"plain": ["gateway.networking.k8s.io/", "istio-injection", "istio.io/", "linkerd.io/", "split.smi-spec.io/"]},
	"mesh/mtls-disabled": {"plain": ["config.linkerd.io/default-inbound-policy", "disable", "permissive", "security.istio.io/tlsmode"]},
	"mesh/opt-out": {"plain": ["istio.io/dataplane-mode", "linkerd.io/inject", "sidecar.istio.io/inject"]},
	"mesh/proxy-identity": {"plain": ["runasgroup", "runasuser"]},
	"mesh/switch-typo": {"plain": ["istio-injection", "istio.io/dataplane-mode", "linkerd.io/inject", "sidecar.istio.io/inject"]},
	"observability/log-files": {"plain": ["configmap", "log"]},
	"observability/log-shipper-sidecar": {"plain": ["alloy", "filebeat", "fluent-bit", "fluentbit", "fluentd", "grafana/agent", "logrotate", "logstash", "promtail", "td-agent", "vector"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:tail)(?:[^0-9a-z]|$))`},
	"observability/logs-excluded": {"plain": ["co.elastic.logs", "fluentbit.io/exclude", "logs_exclude", "splunk.com/exclude", "sumologic.com/exclude", "vector.dev/exclude"]},
	"observability/manager-logs": {"plain": ["keymetrics", "pm2"]},
	"observability/manager-metrics": {"plain": ["keymetrics", "pm2"]},
	"observability/manager-telemetry": {"plain": ["agent_transport", "agent_websocket", "keymetrics", "km_recycle", "pm2", "pmx"]},
	"observability/mesh-telemetry-disabled": {"plain": ["proxy.istio.io/config", "telemetry", "viz.linkerd.io/disable-tap"]},
	"observability/metrics-uncollected": {"plain": ["metrics"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:prom)`},
	"process/cron-in-container": {"plain": ["((", "cron", "keymetrics", "pm2"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:until|while)(?:[^0-9a-z]|$))`},
	"process/drain-cut-short": {"plain": ["keymetrics", "pm2", "prestop", "proxy-wait-before-exit-seconds", "terminationdrainduration"]},
	"process/file-watcher": {"plain": ["--hot", "--reload", "chokidar", "compiledaemon", "flask", "keymetrics", "nest", "node-dev", "nodemon", "pm2", "reflex", "supervisor", "tsnd", "watch"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:air|entr|rerun)(?:[^0-9a-z]|$))`},
	"process/host-era-command": {"plain": ["pm2"]},
	"process/manager-daemonised": {"plain": ["/init", "bluepill", "chaperone", "circusd", "dinit", "forego", "foreman", "forever", "god", "goreman", "hivemind", "honcho", "horust", "immortal", "monit", "my_init", "overmind", "passenger", "pebble", "perpboot", "perpd", "pm2", "process-compose", "procodile", "runit", "runsv", "s6-", "shoreman", "sl-pm", "sl-run", "slc", "supervise", "supervisord", "svscan", "systemd"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:nf)(?:[^0-9a-z]|$))`},
	"process/manager-entrypoint": {"plain": ["-init", "/init", "alpine-s6", "bluepill", "chaperone", "circusd", "dinit", "forego", "foreman", "forever", "god", "goreman", "hassio", "hivemind", "home-assistant", "homeassistant", "honcho", "horust", "immortal", "linuxserver", "monit", "my_init", "overmind", "passenger", "pebble", "perpboot", "perpd", "phusion", "pm2", "process-compose", "procodile", "runit", "runsv", "s6-", "shoreman", "sl-pm", "sl-run", "slc", "supervise", "supervisord", "svscan", "systemd"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:nf)(?:[^0-9a-z]|$))`},
	"process/manager-image": {"plain": ["-init", "alpine-s6", "discourse", "gitlab", "hassio", "home-assistant", "homeassistant", "linuxserver", "phusion", "pm2", "strong-pm", "systemd"]},
	"process/manager-in-hook": {"plain": ["/init", "bluepill", "chaperone", "circus", "dinit", "forever", "god", "horust", "immortal", "monit", "my_init", "passenger", "pebble", "perpboot", "perpd", "pm2", "process-compose", "runit", "runsv", "s6-", "sl-pm", "sl-run", "slc", "supervis", "systemctl", "systemd"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:sv)(?:[^0-9a-z]|$))`},
	"process/manager-in-job": {"plain": ["-init", "/init", "alpine-s6", "bluepill", "chaperone", "circusd", "dinit", "forego", "foreman", "forever", "god", "goreman", "hassio", "hivemind", "home-assistant", "homeassistant", "honcho", "horust", "immortal", "linuxserver", "monit", "my_init", "overmind", "passenger", "pebble", "perpboot", "perpd", "phusion", "pm2", "process-compose", "procodile", "runit", "runsv", "s6-", "shoreman", "sl-pm", "sl-run", "slc", "supervise", "supervisord", "svscan", "systemd"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:nf)(?:[^0-9a-z]|$))`},
	"process/multiple-apps": {"plain": ["&", "-init", "/init", "alpine-s6", "concurrently", "forego", "foreman", "goreman", "hassio", "hivemind", "home-assistant", "homeassistant", "honcho", "keymetrics", "linuxserver", "mprocs", "multirun", "my_init", "npm-run-all", "overmind", "phusion", "pm2", "procodile", "run-p", "runit", "runsv", "s6-", "shoreman", "supervisord"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:nf)(?:[^0-9a-z]|$))`},
	"process/proxy-lifecycle-script": {"plain": [":15020/", ":15021/", ":4191/", "envoy_admin_api", "holdapplicationuntilproxystarts", "istio_quit_api", "linkerd-await", "pilot-agent", "quitquitquit", "scuttle"]},
	"process/restart-loop": {"plain": ["((", "restartpolicy"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:until|while)(?:[^0-9a-z]|$))`},
	"process/signals-swallowed": {"plain": ["keymetrics", "pm2"], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:yarn|(?:bun|bunx|npm|npx|pnpm|pnpx)(?:[^0-9a-z]|$))|(?:sh)(?:[^0-9a-z]|$)`},
	"resilience/breaker-on-single-replica": {"plain": ["balancer.linkerd.io/failure-accrual", "outlierdetection"]},
	"resilience/manager-restart-policy": {"plain": ["keymetrics", "pm2"]},
	"resilience/no-mesh-policy": {"plain": ["selector"]},
	"resilience/probe-of-wrong-layer": {"plain": ["15020", "15021", "4191", "apache", "caddy", "envoy", "haproxy", "httpd", "kong", "nginx", "openresty", "rewriteapphttpprobers", "squid", "tengine", "traefik", "varnish"]},
	"resilience/retries-off-by-mistake": {"plain": ["fault", "retries", "retry.linkerd.io/limit"]},
	"resilience/retry-exceeds-timeout": {"plain": ["retries", "retry"]},
	"resilience/shadowed-policy": {"plain": ["connectionpool", "delegate", "failure-accrual", "outlierdetection", "retries", "retry", "timeout"]},
	"resilience/stacked-retries": {"plain": ["retries", "retry"]},
	"resilience/unsafe-retry": {"plain": ["retry"]},
	"traffic/capture-exclusion": {"plain": ["bypass-inbound-capture", "config.linkerd.io/skip-", "interceptionmode", "traffic.sidecar.istio.io"]},
	"traffic/cluster-with-autoscaler": {"plain": ["keymetrics", "pm2"]},
	"traffic/edge-bypass": {"plain": ["externalips", "hostport", "loadbalancer", "nodeport"]},
	"traffic/headless-service": {"plain": ["none"]},
	"traffic/in-container-cluster": {"plain": ["keymetrics", "pm2", "web_concurrency"]},
	"traffic/in-pod-proxy": {"plain": ["apache", "caddy", "envoy", "haproxy", "httpd", "kong", "nginx", "openresty", "squid", "tengine", "traefik", "varnish"]},
	"traffic/ingress-own-balancer": {"plain": ["nginx", "traefik"]},
	"traffic/mesh-balancer-disabled": {"plain": ["networking.istio.io/exportto", "passthrough", "serviceentry"]},
	"traffic/session-affinity": {"plain": ["clientip"]},
	"traffic/two-route-owners": {"plain": [], "words": `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))(?:(?:service)(?:[^0-9a-z]|$))`},
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
