# METADATA
# scope: package
# title: A waiver covers nothing
# description: >-
#   A waiver in force covers no finding, although everything it could cover was judged. It is left over, and would
#   hide the same trouble in the container or the platform when that comes back.
# custom:
#   id: onelayer/waiver-unused
#   severity: info
#   severities: [info]
#   group: onelayer
#   concerns: []
#   layers: []
#   applies_to: [onelayer.dev/WaiverReview]
#   needs: [object, source]
#   needles: []
#   remediation:
#     default: Remove the waiver.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.onelayer.waiver_unused

import data.lib.onelayer.exempt
import data.lib.onelayer.finding

violation contains finding.new(rego.metadata.chain(), waiver.obj, {
	"msg": sprintf("the waiver of %s covers no finding; remove it", [exempt.label(waiver)]),
	"path": waiver.path,
}) if {
	some waiver in exempt.unused
}
