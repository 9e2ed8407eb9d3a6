# METADATA
# scope: package
# title: A Job runs under a process manager
# description: >-
#   A Job is done when its container ends, and failed when it ends with an error. PM2 ends with its own exit code,
#   never with that of the program, and restarts what ended, so failed work reads as Complete or never ends at all.
# custom:
#   id: process/manager-in-job
#   severity: error
#   severities: [error, warning, info]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [
#     batch/Job, batch/CronJob, onelayer.dev/Image
#   ]
#   needs: [object, source, image]
#   needles: [
#     "pm2", "forever", "supervisord", "s6-", "/init", "runsv", "runit", "my_init", "circusd", "monit", "god",
#     "systemd", "sl-pm", "sl-run", "slc", "passenger", "foreman", "honcho", "overmind", "hivemind", "goreman",
#     "forego", "phusion", "linuxserver", "hassio", "homeassistant", "home-assistant", "alpine-s6", "-init",
#     "procodile", "shoreman", '\bnf\b', "process-compose", "pebble", "bluepill", "chaperone", "horust", "dinit",
#     "immortal", "svscan", "supervise", "perpd", "perpboot"
#   ]
#   remediation:
#     default: >-
#       Run the program itself as the command of the Job, for example command: ["node", "job.js"], and let
#       backoffLimit and restartPolicy of the Job decide about retries.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_in_job

import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.supervision

violation contains finding.new(rego.metadata.chain(), found.record.obj, {
	"msg": sprintf("%s runs a Job under %s, which hides the program's exit code; start the program itself", [
		found.record.label,
		supervision.label(found.item),
	]),
	"severity": supervision.severity(found.record, found.item),
	"path": container.place(found.record, found.item.process.path),
	"evidence": container.evidence(found.record, found.item.process),
	"related": container.related(found.record),
}) if {
	some found in supervision.primary
	found.verdict == "job"
}
