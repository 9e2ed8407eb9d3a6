package gatekeeper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// entryImports are the modules of lib that every entry needs, and the rule about the configuration itself.
var entryImports = []string{"admission", "exempt", "params", "resource", "policies.onelayer.config"}

// Entry is the module in which Gatekeeper looks for violations: it asks the rules that judge the kind of the object, and
// passes on what is of the severities of the constraint and not waived. What is wrong with the parameters of the constraint
// is said at every object, whatever the severities, so that it cannot go unnoticed.
func Entry(rules []*policy.Rule) string {
	var out strings.Builder
	out.WriteString("package onelayer\n\n")
	for _, module := range entryImports {
		fmt.Fprintf(&out, "import data.%s.%s\n", libraryRoot, module)
	}
	for i, rule := range rules {
		fmt.Fprintf(&out, "import data.%s as policy_%d\n", rule.Package, i)
	}
	out.WriteString(entryHead)
	kinds := kindSets(rules)
	for i, rule := range rules {
		set := slices.IndexFunc(kinds, func(k []string) bool { return slices.Equal(k, sortedKinds(rule)) })
		fmt.Fprintf(&out, "\n_found contains found if {\n\t_kind in _kinds_%d\n\tparams.enabled(%q)\n\tsome found in policy_%d.violation\n}\n", set, rule.ID, i)
	}
	for i, set := range kinds {
		fmt.Fprintf(&out, "\n_kinds_%d := {\n%s}\n", i, quoted(set))
	}
	out.WriteString("\n_remediation := {\n")
	for _, rule := range rules {
		fmt.Fprintf(&out, "\t%q: %s,\n", rule.ID, strconv.Quote(oneLine(rule.Remediation.Default)))
	}
	out.WriteString("}\n")
	return out.String()
}

const entryHead = `
violation contains {"msg": found.msg, "details": details} if {
	not admission.silent
	some found in _found
	found.severity in _severities
	not exempt.waiver_for(found)
	details := object.union(object.remove(found, ["msg"]), {"remediation": _remediation[found.id]})
}

violation contains {"msg": found.msg, "details": object.remove(found, ["msg"])} if {
	not admission.silent
	some found in config.violation with input as {"parameters": _document, "review": {"object": _configuration}}
}

_document := object.remove(input.parameters, ["severities"])

_configuration := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Config",
	"metadata": {"name": ".onelayer.yaml"},
}

_severities := {severity | some severity in input.parameters.severities} if {
	is_array(input.parameters.severities)
} else := {"error", "warning", "info"}

_kind := resource.group_kind(input.review.object)
`

// sortedKinds are the kinds of a rule that a cluster asks about, in order.
func sortedKinds(rule *policy.Rule) []string { return slices.Sorted(slices.Values(clusterKinds(rule))) }

// kindSets lists the different sets of kinds of the rules.
func kindSets(rules []*policy.Rule) [][]string {
	var sets [][]string
	for _, rule := range rules {
		kinds := sortedKinds(rule)
		if !slices.ContainsFunc(sets, func(k []string) bool { return slices.Equal(k, kinds) }) {
			sets = append(sets, kinds)
		}
	}
	return sets
}

func quoted(values []string) string {
	var out strings.Builder
	for _, value := range values {
		fmt.Fprintf(&out, "\t%q,\n", value)
	}
	return out.String()
}

// oneLine puts a folded text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
