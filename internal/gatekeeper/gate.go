package gatekeeper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// gate tells whether rules must be asked about an object: where one of their needles stands in it, or where an image that
// the cluster knows hides what runs. It is one for all rules with needles, because most workloads hold none of them.
type gate struct{ policy.Hints }

// judgesWorkloads tells whether a rule is asked about what most reviews are about.
func judgesWorkloads(rule *policy.Rule) bool {
	return slices.Contains(rule.AppliesTo, "apps/Deployment") || slices.Contains(rule.AppliesTo, "batch/Job")
}

// isGated tells whether the gate is for a rule. Rules that judge no workloads stay outside: their needles, such as timeout,
// stand in workloads with another meaning.
func isGated(rule *policy.Rule) bool {
	return rule.ByItself() && judgesWorkloads(rule)
}

func gateOf(rules []*policy.Rule) *gate {
	return &gate{policy.HintsOf(rules...)}
}

// write adds the rules of the gate to an entry.
func (g *gate) write(out *strings.Builder) {
	out.WriteString("\n_found contains found if {\n\t_telling\n\tsome found in _gated\n}\n\n_telling if {\n")
	if len(g.Plain) > 0 {
		out.WriteString("\tstrings.replace_n(_needles, _text) != _text\n} else if {\n")
	}
	if len(g.Words) > 0 {
		fmt.Fprintf(out, "\tregex.match(`%s`, _text)\n} else if {\n", strings.Join(g.Words, "|"))
	}
	out.WriteString("\t_hidden\n}\n")
	if len(g.Plain) > 0 {
		out.WriteString("\n_needles := {\n")
		for _, needle := range g.Plain {
			fmt.Fprintf(out, "\t%q: \"\",\n", needle)
		}
		out.WriteString("}\n")
	}
	out.WriteString(gateTail)
}

// An API server completes every template with restartPolicy Always, which no rule has anything against but in a Job, and
// every container with the file for its last words.
const gateTail = `
_text := text if {
	_kind in workload.job_kinds
	text := _whole
} else := strings.replace_n({` + "`\"restartpolicy\": \"always\"`" + `: "", "/dev/termination-log": ""}, _whole)

_whole := lower(sprintf("%v%v", [
	object.remove(input.review.object, ["metadata", "status"]),
	object.remove(resource.meta(input.review.object), ["managedFields"]),
]))

_hidden if {
	synced.cluster[resource.api_version].Image
	some entry in workload.containers
	inventory.image_of(resource.text(object.get(entry.container, "image", "")))
}
`
