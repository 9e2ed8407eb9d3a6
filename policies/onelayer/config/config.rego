# METADATA
# scope: package
# title: The configuration is wrong
# description: >-
#   The configuration or a waiver cannot be used as it is written: an unknown rule or parameter, a value of a wrong
#   type, a waiver without a reason, an owner or an end. What is wrong counts as not set, so a typing error would
#   silently change what both the container's and the platform's rules report.
# custom:
#   id: onelayer/config
#   severity: error
#   severities: [error]
#   group: onelayer
#   concerns: []
#   layers: []
#   applies_to: [onelayer.dev/Config, onelayer.dev/WaiverReview]
#   needs: [object, source]
#   needles: []
#   remediation:
#     default: >-
#       Correct the setting, or remove it to get the default. A waiver reads: onelayer:ignore GROUP/RULE
#       until=YYYY-MM-DD owner=NAME -- reason.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.onelayer.config

import data.lib.onelayer.exempt
import data.lib.onelayer.finding
import data.lib.onelayer.params
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": problem.msg,
	"path": array.concat(["spec"], problem.path),
}) if {
	some record in resource.of({"onelayer.dev/Config"})
	some problem in params.problems
}

violation contains finding.new(rego.metadata.chain(), waiver.obj, {
	"msg": sprintf("the waiver of %s %s", [exempt.label(waiver), concat(", ", waiver.problems)]),
	"path": waiver.path,
}) if {
	some waiver in exempt.malformed
}
