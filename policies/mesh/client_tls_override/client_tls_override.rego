# METADATA
# scope: package
# title: A client policy overrides the encryption of the mesh
# description: >-
#   Inside the mesh the proxies encrypt and know who calls whom by themselves. A DestinationRule for a Service of the
#   cluster sets its own TLS - DISABLE sends plain text to a workload that the mesh would encrypt for, SIMPLE and MUTUAL
#   put a second owner of certificates beside the mesh - so that identity, and policies by it, are lost.
# related_resources:
# - ref: https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/
#   description: Istio, TLS configuration
# custom:
#   id: mesh/client-tls-override
#   severity: error
#   severities: [error, warning]
#   group: mesh
#   concerns: [mtls]
#   layers: [mesh]
#   applies_to: [networking.istio.io/DestinationRule]
#   needs: [object, namespace, inventory]
#   needles: [
#     "DISABLE", "SIMPLE", "MUTUAL"
#   ]
#   parameters:
#     allowed_hosts:
#       type: array
#       items: {type: string}
#       description: >-
#         The hosts, as their DestinationRule writes them, whose TLS is not for the mesh to own, such as workloads that
#         end TLS themselves.
#       default: []
#   remediation:
#     default: >-
#       Remove the tls block, so that the mesh encrypts between its workloads; use SIMPLE for hosts outside of the
#       cluster only.
#     sidecar: >-
#       Remove trafficPolicy.tls; automatic mTLS sends plain text where the workload has no sidecar.
#     ambient: >-
#       Remove trafficPolicy.tls; ztunnel encrypts by HBONE, below the DestinationRule.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.mesh.client_tls_override

import data.lib.onelayer.destination
import data.lib.onelayer.finding
import data.lib.onelayer.hostname
import data.lib.onelayer.inventory
import data.lib.onelayer.mesh
import data.lib.onelayer.params
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("TLS mode %s for %s %s%s, though the mesh owns encryption; remove the tls block", [
		setting.mode,
		resource.text(record.obj.spec.host),
		_effect[setting.mode],
		target.doubt,
	]),
	"severity": _severity(setting.mode, target.doubt),
	"path": array.concat(setting.path, ["tls", "mode"]),
}) if {
	some record in resource.of({"networking.istio.io/DestinationRule"})
	not record.obj.spec.host in params.of("mesh/client-tls-override").allowed_hosts
	some setting in _settings(record.obj)
	target := _target(setting.mode, record.obj)
}

_settings(obj) := [setting |
	some policy in destination.policies(obj)
	mode := policy.value.tls.mode
	setting := {"mode": mode, "path": policy.path}
]

_effect := {
	"DISABLE": "sends plain text",
	"SIMPLE": "puts certificates of its own in place of its identities",
	"MUTUAL": "puts certificates of its own in place of its identities",
}

_severity("DISABLE", "") := "error"

_severity("DISABLE", doubt) := "warning" if doubt != ""

_severity(mode, _) := "warning" if mode != "DISABLE"

_target(mode, obj) := {"doubt": _doubt[mode][verdict]} if {
	verdict := _verdict(inventory.host(hostname.text(obj.spec.host), resource.ref(obj).namespace))
}

_doubt := {
	"DISABLE": {"meshed": "", "ambient": " from sidecars", "unknown": ", if it is in the mesh"},
	"SIMPLE": {"meshed": "", "ambient": ""},
	"MUTUAL": {"meshed": "", "ambient": ""},
}

_verdict(host) := _plane[mode] if {
	modes := {mode | some service in host.objects; some mode in mesh.modes_of(service)}
	count(modes) == 1
	some mode in modes
} else := "meshed" if {
	host.namespace == "*"
} else := _plane[mesh.mode_in(host.namespace)] if {
	host.kind == "wildcard"
} else := "unknown" if {
	host.kind == "unknown"
	host.form in {"short", "fqdn"}
	not host.namespace in {"kube-system", "kube-public"}
	not [host.namespace, host.name] == ["default", "kubernetes"]
	_plane[mesh.mode_in(host.namespace)]
}

_plane := {"sidecar": "meshed", "ambient": "ambient", "unknown": "unknown"}
