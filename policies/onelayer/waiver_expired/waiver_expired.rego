# METADATA
# scope: package
# title: A waiver has expired
# description: >-
#   The last day of a waiver has passed, so it covers nothing any more: the findings that it accepted for a while, about
#   the container or about the platform, count again.
# custom:
#   id: onelayer/waiver-expired
#   severity: warning
#   severities: [warning]
#   group: onelayer
#   concerns: []
#   layers: []
#   applies_to: [onelayer.dev/WaiverReview]
#   needs: [object, source]
#   needles: []
#   remediation:
#     default: Repair what the waiver accepts and remove it, or agree on a new end with its owner.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.onelayer.waiver_expired

import data.lib.onelayer.exempt
import data.lib.onelayer.finding

violation contains finding.new(rego.metadata.chain(), waiver.obj, {
	"msg": sprintf("the waiver of %s ended on %s; ask %s", [exempt.label(waiver), waiver.until, waiver.owner]),
	"path": waiver.path,
}) if {
	some waiver in exempt.expired
}
