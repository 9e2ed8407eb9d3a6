package gatekeeper

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// entryImports are the modules of lib that every entry needs.
var entryImports = []string{"admission", "exempt", "inventory", "params", "resource", "subject", "synced", "workload"}

// Entry is the module in which Gatekeeper looks for violations: it asks the rules that judge the kind of the object, and
// passes on what is of the severities of the constraint and not waived.
//
// The creation of what nobody owns is never silent, which is asked before admission is, because it is most of what comes.
//
// A rule with needles is asked only where one of them stands in the object, or where an image hides what runs.
//
// What is wrong with the parameters of a constraint is no fault of the object: a constraint that may deny keeps it for the
// audit, any other says it at admission too.
func Entry(library *policy.Library, rules []*policy.Rule) string {
	var out strings.Builder
	out.WriteString("package onelayer\n\n")
	for _, module := range entryImports {
		fmt.Fprintf(&out, "import data.%s.%s\n", libraryRoot, module)
	}
	own := ownRules(library)
	for _, rule := range slices.Concat(rules, own) {
		fmt.Fprintf(&out, "import data.%s as %s\n", rule.Package, alias(rule))
	}
	out.WriteString(entryHead)
	for _, rule := range own {
		writeOwn(&out, rule)
	}
	kinds := distinct(rules)
	var gated, others []*policy.Rule
	for _, rule := range rules {
		name := "_found"
		switch {
		case !judgesWorkloads(rule):
			name, others = "_of_others", append(others, rule)
		case isGated(rule):
			name, gated = "_gated", append(gated, rule)
		}
		fmt.Fprintf(&out, "\n%s contains found if {\n\t_kind in _kinds_%d\n\tsome found in %s.violation\n}\n",
			name, place(kinds, clusterKinds(rule)), alias(rule))
	}
	writeOthers(&out, others)
	for i, set := range kinds {
		fmt.Fprintf(&out, "\n_kinds_%d := {\n%s}\n", i, lines(set))
	}
	if len(gated) > 0 {
		gateOf(gated).write(&out)
	}
	out.WriteString("\n_remediation := {\n")
	for _, rule := range slices.Concat(rules, own) {
		fmt.Fprintf(&out, "\t%q: %s,\n", rule.ID, strconv.Quote(oneLine(rule.Remediation.Default)))
	}
	out.WriteString("}\n")
	return out.String()
}

const entryHead = `
violation contains {"msg": found.msg, "details": details} if {
	_asked
	some found in _shown
	details := object.union(object.remove(found, ["msg"]), {"remediation": _remediation[found.id]})
}

_asked if {
	input.review.operation == "CREATE"
	not input.review.object.metadata.ownerReferences
	not input.review.object.metadata.deletionTimestamp
} else if {
	not admission.silent
}

_shown contains found if {
	some found in _found
	found.severity in _severities
	params.enabled(found.id)
	not exempt.accepted(found)
}

_shown contains found if {
	_configured
	_may_speak_of_itself
	some found in _own
	params.enabled(found.id)
}

_configured if {
	some name, _ in input.parameters
	name != "severities"
}

_may_speak_of_itself if {
	not "error" in _severities
} else if {
	object.get(input.review, "operation", "") == ""
}

_severities := {severity | some severity in input.parameters.severities} if {
	is_array(input.parameters.severities)
} else := {"error", "warning", "info"}

_kind := concat("/", [input.review.kind.group, input.review.kind.kind])

`

// writeOthers asks the rules that judge no workloads together, so that for workloads, which are most of what comes, the kind
// is compared once.
func writeOthers(out *strings.Builder, others []*policy.Rule) {
	if len(others) == 0 {
		return
	}
	kinds := map[string]bool{}
	for _, rule := range others {
		for _, kind := range clusterKinds(rule) {
			kinds[kind] = true
		}
	}
	out.WriteString("\n_found contains found if {\n\t_kind in _kinds_of_others\n\tsome found in _of_others\n}\n")
	fmt.Fprintf(out, "\n_kinds_of_others := {\n%s}\n", lines(slices.Sorted(maps.Keys(kinds))))
}

// ownRules are the rules about onelayer's own configuration and waivers.
func ownRules(library *policy.Library) []*policy.Rule {
	var own []*policy.Rule
	for _, rule := range library.Rules() {
		if rule.Group == groupOwn {
			own = append(own, rule)
		}
	}
	return own
}

// writeOwn asks a rule about onelayer's own kinds with the inputs that the library makes of the review.
func writeOwn(out *strings.Builder, rule *policy.Rule) {
	for _, kind := range rule.AppliesTo {
		fmt.Fprintf(out, "\n_own contains found if {\n\tsome found in %s.violation with input as subject.own[%q]\n}\n", alias(rule), kind)
	}
}

// alias is the name of a rule's package in an entry.
func alias(rule *policy.Rule) string { return strings.NewReplacer("/", "_", "-", "_").Replace(rule.ID) }

// distinct lists the different sets of kinds that rules judge, each in order.
func distinct(rules []*policy.Rule) [][]string {
	var sets [][]string
	for _, rule := range rules {
		if kinds := clusterKinds(rule); place(sets, kinds) < 0 {
			sets = append(sets, slices.Sorted(slices.Values(kinds)))
		}
	}
	return sets
}

// place finds a list whatever its order.
func place(sets [][]string, list []string) int {
	sorted := slices.Sorted(slices.Values(list))
	return slices.IndexFunc(sets, func(set []string) bool { return slices.Equal(set, sorted) })
}

// lines writes texts one on a line.
func lines(values []string) string {
	var out strings.Builder
	for _, value := range values {
		fmt.Fprintf(&out, "\t%q,\n", value)
	}
	return out.String()
}

// oneLine puts a folded text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
