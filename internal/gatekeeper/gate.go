package gatekeeper

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// gate tells whether rules must be asked about an object: where one of their needles stands in it, or where an image that
// the cluster knows hides what runs. It is one for all rules with needles, because most objects hold none of them.
type gate struct {
	// plain are literals that may stand anywhere, words expressions for those that begin or end with a word.
	plain, words []string
}

func gateOf(rules []*policy.Rule) *gate {
	g := &gate{}
	for _, rule := range rules {
		for _, needle := range rule.Needles {
			g.take(needle)
		}
	}
	all := slices.Clone(g.plain)
	g.plain = slices.DeleteFunc(g.plain, func(needle string) bool { return holdsAnother(needle, all) })
	slices.Sort(g.plain)
	slices.Sort(g.words)
	return g
}

// holdsAnother tells whether a needle is found wherever it stands by a shorter one too.
func holdsAnother(needle string, all []string) bool {
	return slices.ContainsFunc(all, func(other string) bool { return other != needle && strings.Contains(needle, other) })
}

// take adds a needle. The text that it is looked for in is the object as Rego writes it, in lower case; there a line ends
// with an escape, whose letter is no part of the word behind it.
func (g *gate) take(needle string) {
	const boundary = `\b`
	literal, left := strings.CutPrefix(needle, boundary)
	literal, right := strings.CutSuffix(literal, boundary)
	literal = strings.ToLower(literal)
	if !left && !right {
		g.plain = appendNew(g.plain, literal)
		return
	}
	word := regexp.QuoteMeta(literal)
	if left {
		word = `(?:^|[^0-9a-z]|\\[abfnrtv]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4})` + word
	}
	if right {
		word += `(?:[^0-9a-z]|$)`
	}
	g.words = appendNew(g.words, word)
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// write adds the rules of the gate to an entry.
func (g *gate) write(out *strings.Builder) {
	out.WriteString("\n_found contains found if {\n\t_telling\n\tsome found in _gated\n}\n\n_telling if {\n")
	if len(g.plain) > 0 {
		out.WriteString("\tstrings.replace_n(_needles, _text) != _text\n} else if {\n")
	}
	if len(g.words) > 0 {
		fmt.Fprintf(out, "\tregex.match(`%s`, _text)\n} else if {\n", strings.Join(g.words, "|"))
	}
	out.WriteString("\t_hidden\n}\n")
	if len(g.plain) > 0 {
		out.WriteString("\n_needles := {\n")
		for _, needle := range g.plain {
			fmt.Fprintf(out, "\t%q: \"\",\n", needle)
		}
		out.WriteString("}\n")
	}
	out.WriteString(gateTail)
}

// An API server completes every template with restartPolicy Always, which no rule has anything against but in a Job.
const gateTail = `
_text := text if {
	_kind in workload.job_kinds
	text := _whole
} else := replace(_whole, ` + "`\"restartpolicy\": \"always\"`" + `, "")

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
