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

	words []word
}

// word is a literal that begins or ends with a word.
type word struct {
	literal     string
	left, right bool
}

// HintsOf gives the needles of rules, each once and in order, without literals that hold a shorter one.
func HintsOf(rules ...*Rule) Hints {
	var needles []string
	for _, rule := range rules {
		needles = append(needles, rule.Needles...)
	}
	return HintsFor(needles...)
}

// HintsFor does the same for needles alone. Where one stands makes no difference: what begins with unit: is looked for too.
func HintsFor(needles ...string) Hints {
	var h Hints
	for _, needle := range needles {
		h.take(strings.TrimPrefix(needle, Around))
	}
	all := slices.Clone(h.Plain)
	h.Plain = slices.DeleteFunc(h.Plain, func(needle string) bool { return holdsAnother(needle, all) })
	slices.Sort(h.Plain)
	return h
}

const (
	// beforeWord is what may stand before a word. In the text that Rego writes a line ends with an escape, whose letter is no
	// part of the word behind it.
	beforeWord = `(?:^|[^0-9a-z]|\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))`
	afterWord  = `(?:[^0-9a-z]|$)`
)

// Words is one expression in RE2's syntax for all that begins or ends with a word, empty where there is none. What stands
// around a word is written once for all, because a search takes as long as an expression has beginnings.
func (h Hints) Words() string {
	both, begin, end := h.literals(true, true), h.literals(true, false), h.literals(false, true)
	if len(both) > 0 {
		begin = append(begin, anyOf(both)+afterWord)
	}
	var all []string
	if len(begin) > 0 {
		all = append(all, beforeWord+anyOf(begin))
	}
	if len(end) > 0 {
		all = append(all, anyOf(end)+afterWord)
	}
	return strings.Join(all, "|")
}

// literals gives the words with these ends in order, quoted for an expression.
func (h Hints) literals(left, right bool) []string {
	var found []string
	for _, w := range h.words {
		if w.left == left && w.right == right {
			found = append(found, regexp.QuoteMeta(w.literal))
		}
	}
	slices.Sort(found)
	return found
}

func anyOf(expressions []string) string { return "(?:" + strings.Join(expressions, "|") + ")" }

// holdsAnother tells whether a needle is found wherever it stands by a shorter one too.
func holdsAnother(needle string, all []string) bool {
	return slices.ContainsFunc(all, func(other string) bool { return other != needle && strings.Contains(needle, other) })
}

// take adds a needle.
func (h *Hints) take(needle string) {
	const boundary = `\b`
	needle, _, _ = strings.Cut(needle, And)
	literal, left := strings.CutPrefix(needle, boundary)
	literal, right := strings.CutSuffix(literal, boundary)
	literal = strings.ToLower(literal)
	if left || right {
		h.words = appendNew(h.words, word{literal, left, right})
	} else {
		h.Plain = appendNew(h.Plain, literal)
	}
}

func appendNew[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}
