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
var entryImports = []string{"admission", "configuration", "exempt", "inventory", "params", "resource", "synced", "workload"}

// Entry is the module in which Gatekeeper looks for violations: it asks the rules that judge the kind of the object, and
// passes on what is of the severities of the constraint and not waived.
//
// The creation of what nobody owns is never silent, which is asked before admission is, because it is most of what comes.
//
// A rule is asked only where the constraint shows what it may find, where one of its needles stands in the object or an image
// hides what runs, and where something stands around the object that it looks for there.
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
	writeRules(&out, rules)
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

// writeRules asks each rule about the kinds that it judges where a constraint shows what it finds, behind the question of its
// set.
func writeRules(out *strings.Builder, rules []*policy.Rule) {
	kinds := distinct(rules)
	var asked []string
	bySet := map[string][]*policy.Rule{}
	for _, rule := range rules {
		set := setOf(rule)
		bySet[set] = append(bySet[set], rule)
		fmt.Fprintf(out, "\n%s contains found if {\n\t_kind in _kinds_%d\n", set, place(kinds, clusterKinds(rule)))
		if bodies := asksFor(rule); bodies != nil {
			text := strings.Join(bodies, "} else if {\n")
			if !slices.Contains(asked, text) {
				asked = append(asked, text)
			}
			fmt.Fprintf(out, "\t_asked_%d\n", slices.Index(asked, text))
		}
		fmt.Fprintf(out, "\tsome found in %s.violation\n}\n", alias(rule))
	}
	for i, text := range asked {
		fmt.Fprintf(out, "\n_asked_%d if {\n%s}\n", i, text)
	}
	writeSets(out, bySet)
	for i, set := range kinds {
		fmt.Fprintf(out, "\n_kinds_%d := {\n%s}\n", i, lines(set))
	}
	gatesOf(rules).write(out)
}

// writeSets asks the rules of a set together. For workloads, which are most of what comes, the kind is compared once with those
// of all rules that judge none.
func writeSets(out *strings.Builder, bySet map[string][]*policy.Rule) {
	for _, set := range [][2]string{{setGated, "_telling"}, {setSurrounded, "_near"}, {setOthers, "_kind in _kinds_of_others"}} {
		if len(bySet[set[0]]) > 0 {
			fmt.Fprintf(out, "\n%s contains found if {\n\t%s\n\tsome found in %s\n}\n", setFound, set[1], set[0])
		}
	}
	if others := bySet[setOthers]; len(others) > 0 {
		kinds := map[string]bool{}
		for _, rule := range others {
			for _, kind := range clusterKinds(rule) {
				kinds[kind] = true
			}
		}
		fmt.Fprintf(out, "\n_kinds_of_others := {\n%s}\n", lines(slices.Sorted(maps.Keys(kinds))))
	}
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
		fmt.Fprintf(out, "\n_own contains found if {\n\tsome found in %s.violation with input as configuration.asked[%q]\n}\n", alias(rule), kind)
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
