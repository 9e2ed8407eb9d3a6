package entry

import (
	"slices"

	"github.com/onelayer/onelayer/internal/policy"
)

// opa is package onelayer: the decision about any input, and the answer to an AdmissionReview.
func opa(library *policy.Library) string {
	var w writer
	w.head("onelayer", "The entry for OPA", `Generated from the METADATA of the policies; change it there. data.onelayer.decision judges any input that the
		library reads; data.onelayer.admission_review answers an AdmissionReview, so that a ValidatingWebhookConfiguration
		may call /v0/data/onelayer/admission_review as it is. The configuration is data.lib.onelayer.config.`,
		library.Rules(), "admission", "configuration", "exempt", "params", "resource", "subject")
	w.line("%s", opaCommon)
	w.opaNone(library.Rules())
	for _, rule := range library.Rules() {
		if own(rule) {
			w.opaOwn(rule)
			continue
		}
		w.line("_found contains found if {\n\t%s in _due\n\tsome found in policy_%s.violation\n}\n", quote(rule.ID), slug(rule))
	}
	w.dispatch(ofObjects(library))
	w.help(library.Rules())
	return w.String()
}

// opaNone defines what no rule of a small library adds to.
func (w *writer) opaNone(rules []*policy.Rule) {
	others := func(rule *policy.Rule) bool { return !own(rule) }
	if !slices.ContainsFunc(rules, own) {
		w.line("_own := set()\n")
	}
	if !slices.ContainsFunc(rules, others) {
		w.line("_found := set()\n")
	}
}

func (w *writer) opaOwn(rule *policy.Rule) {
	for _, kind := range rule.AppliesTo {
		w.line("_own contains found if {\n\tnot admission.silent\n\tparams.enabled(%s)", quote(rule.ID))
		w.line("\tsome found in policy_%s.violation with input as configuration.asked[%s]\n}\n", slug(rule), quote(kind))
	}
}

const opaCommon = `# METADATA
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
`
