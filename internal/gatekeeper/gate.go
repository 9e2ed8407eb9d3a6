package gatekeeper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// The sets of an entry by what is asked before their rules. Rules that judge no workloads have no gate: their needles, such
// as timeout, stand in workloads with another meaning.
const (
	setFound      = "_found"
	setGated      = "_gated"
	setSurrounded = "_surrounded"
	setOthers     = "_of_others"
)

// setOf gives the set that a rule adds its findings to.
func setOf(rule *policy.Rule) string {
	switch {
	case !judgesWorkloads(rule):
		return setOthers
	case rule.ByItself():
		return setGated
	case len(rule.Surroundings) > 0, len(rule.Needles) > 0:
		return setSurrounded
	}
	return setFound
}

// judgesWorkloads tells whether a rule is asked about what most reviews are about.
func judgesWorkloads(rule *policy.Rule) bool {
	return slices.Contains(rule.AppliesTo, "apps/Deployment") || slices.Contains(rule.AppliesTo, "batch/Job")
}

// gates are the questions that an entry asks before it asks rules that judge workloads, each one for many rules, because most
// workloads hold nothing that any of them looks for.
type gates struct {
	// own must stand in the object, or an image that the cluster knows hides what runs. around may stand in the object, in its
	// namespace or in the parameters, or else the cluster must have synced something.
	own, around []string
}

func gatesOf(rules []*policy.Rule) *gates {
	g := &gates{}
	for _, rule := range rules {
		switch setOf(rule) {
		case setGated:
			g.own = append(g.own, rule.Needles...)
		case setSurrounded:
			g.around = slices.Concat(g.around, rule.Surroundings, rule.Needles)
		case setFound:
			for _, l := range levels {
				own, around := byPlace(rule.RaisedBy[l.severity])
				g.own, g.around = append(g.own, own...), append(g.around, around...)
			}
		}
	}
	return g
}

// byPlace parts needles of the object from those that may stand around it.
func byPlace(needles []string) (own, around []string) {
	for _, needle := range needles {
		if strings.HasPrefix(needle, policy.Around) {
			around = append(around, needle)
		} else {
			own = append(own, needle)
		}
	}
	return own, around
}

// asksFor gives the bodies of which one must hold for a constraint to show anything that a rule may find; none where every
// constraint does. A configuration may give a rule any severity.
func asksFor(rule *policy.Rule) []string {
	var bodies []string
	for _, l := range levels {
		if !slices.Contains(rule.Severities, l.severity) {
			continue
		}
		shown := fmt.Sprintf("\t%q in _severities\n", string(l.severity))
		own, around := byPlace(rule.RaisedBy[l.severity])
		if setOf(rule) != setFound || len(own)+len(around) == 0 {
			bodies = append(bodies, shown)
			continue
		}
		if len(own) > 0 {
			bodies = append(bodies, shown+"\t_telling\n")
		}
		if len(around) > 0 {
			bodies = append(bodies, shown+"\t_near\n")
		}
	}
	if len(rule.Severities) == len(levels) && (setOf(rule) != setFound || len(rule.RaisedBy) == 0) {
		return nil
	}
	return append(bodies, "\t_configured\n")
}

// write adds the rules of the gates to an entry.
func (g *gates) write(out *strings.Builder) {
	if len(g.own) > 0 {
		hints := policy.HintsFor(g.own...)
		g.question(out, "telling", hints, "_text", "_needles", append(ofJobs(hints), "\t_hidden\n"))
		out.WriteString(gateHidden)
	}
	if len(g.around) > 0 {
		g.question(out, "near", policy.HintsFor(g.around...), "_around", "_words", []string{"\tcount(synced.namespaces) > 0\n", "\tcount(synced.cluster) > 0\n"})
		out.WriteString(gateAround)
	}
	if len(g.own)+len(g.around) > 0 {
		out.WriteString(gateText)
	}
}

// question writes a rule that holds where a text holds a needle, or else one of the other bodies.
func (*gates) question(out *strings.Builder, name string, hints policy.Hints, text, needles string, others []string) {
	var bodies []string
	if len(hints.Plain) > 0 {
		bodies = append(bodies, fmt.Sprintf("\tstrings.replace_n(%s, %s) != %s\n", needles, text, text))
	}
	if words := hints.Words(); words != "" {
		bodies = append(bodies, fmt.Sprintf("\tregex.match(`%s`, %s)\n", words, text))
	}
	writeBodies(out, "_"+name, append(bodies, others...))
	if len(hints.Plain) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s := {\n", needles)
	for _, needle := range hints.Plain {
		fmt.Fprintf(out, "\t%q: \"\",\n", needle)
	}
	for _, usual := range completed {
		fmt.Fprintf(out, "\t%q: %q,\n", usual, usual)
	}
	out.WriteString("}\n")
}

// writeBodies writes a rule that holds where one of its bodies does.
func writeBodies(out *strings.Builder, name string, bodies []string) {
	fmt.Fprintf(out, "\n%s if {\n%s}\n", name, strings.Join(bodies, "} else if {\n"))
}

// completed is what an API server adds to every template: a policy that no rule has anything against but in a Job, and the file
// for the last words of a container. Needles are not looked for inside.
var completed = []string{restartAlways, "/dev/termination-log"}

const restartAlways = `"restartpolicy": "always"`

// ofJobs gives the body for Jobs where a needle looks for their restart policy.
func ofJobs(hints policy.Hints) []string {
	if !slices.ContainsFunc(hints.Plain, func(needle string) bool { return strings.Contains(restartAlways, needle) }) {
		return nil
	}
	return []string{fmt.Sprintf("\t_kind in workload.job_kinds\n\tcontains(_text, `%s`)\n", restartAlways)}
}

const (
	gateHidden = `
_hidden if {
	synced.cluster[resource.api_version].Image
	some entry in workload.containers
	inventory.image_of(resource.text(object.get(entry.container, "image", "")))
}
`
	gateAround = `
_around := concat("", [_text, lower(sprintf("%v%v", [
	object.get(input.review, "namespaceObject", null),
	object.get(input, "parameters", null),
]))])
`
	gateText = `
_text := lower(sprintf("%v%v", [
	object.remove(input.review.object, ["metadata", "status"]),
	object.remove(resource.meta(input.review.object), ["managedFields"]),
]))
`
)
