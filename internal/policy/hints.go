package policy

import (
	"regexp"
	"slices"
	"strings"
)

// Hints are the needles of rules as an entry in Rego looks for them in an object as Rego writes it, in lower case.
type Hints struct {
	// Plain are literals that may stand anywhere.
	Plain []string
	// Words are expressions in RE2's syntax for what begins or ends with a word.
	Words []string
}

// HintsOf gives the needles of rules, each once and in order, without literals that hold a shorter one.
func HintsOf(rules ...*Rule) Hints {
	var h Hints
	for _, rule := range rules {
		for _, needle := range rule.Needles {
			h.take(needle)
		}
	}
	all := slices.Clone(h.Plain)
	h.Plain = slices.DeleteFunc(h.Plain, func(needle string) bool { return holdsAnother(needle, all) })
	slices.Sort(h.Plain)
	slices.Sort(h.Words)
	return h
}

// holdsAnother tells whether a needle is found wherever it stands by a shorter one too.
func holdsAnother(needle string, all []string) bool {
	return slices.ContainsFunc(all, func(other string) bool { return other != needle && strings.Contains(needle, other) })
}

// take adds a needle. In the text that Rego writes a line ends with an escape, whose letter is no part of the word
// behind it.
func (h *Hints) take(needle string) {
	const boundary = `\b`
	needle, _, _ = strings.Cut(needle, And)
	literal, left := strings.CutPrefix(needle, boundary)
	literal, right := strings.CutSuffix(literal, boundary)
	literal = strings.ToLower(literal)
	if !left && !right {
		h.Plain = appendNew(h.Plain, literal)
		return
	}
	word := regexp.QuoteMeta(literal)
	if left {
		word = `(?:^|[^0-9a-z]|\\[abfnrtv]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4})` + word
	}
	if right {
		word += `(?:[^0-9a-z]|$)`
	}
	h.Words = appendNew(h.Words, word)
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}
