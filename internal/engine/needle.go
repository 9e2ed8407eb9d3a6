package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// maxRules bounds the rules of a run.
const maxRules = 256

// around is added to the number of a rule for its needles that may stand anywhere in a unit.
const around = maxRules

// firstPair is the number of the first pseudo rule for needles of two literals.
const firstPair = maxRules * 3 / 4

// doubtRule is the number of the pseudo rule for the doubtful spellings.
const doubtRule = maxRules - 1

// ruleSet is a set of rule numbers; those from around on are of needles of the unit.
type ruleSet [2 * maxRules / 64]uint64

func (s *ruleSet) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s *ruleSet) remove(i int)   { s[i/64] &^= 1 << (i % 64) }
func (s *ruleSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *ruleSet) union(other *ruleSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s *ruleSet) intersect(other *ruleSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

// fromAround adds the rules one of whose needles stands in the unit, or takes out, among those that need it, the ones
// without.
func (s *ruleSet) fromAround(unit, needed *ruleSet) {
	const half = maxRules / 64
	for i := range half {
		s[i] = (s[i] | unit[half+i]&^needed[i]) &^ (needed[i] &^ unit[half+i])
	}
}

// doubtful are spellings after which the text of a document no longer shows its values letter by letter: escapes in double
// quotes, line joining, tags such as !!binary, and other encodings than UTF-8.
var doubtful = []string{`\x`, `\u`, `\/`, "\\\n", "\\\r", "!!", "!<", "%tag", "\x00"}

// boundary at an end of a needle asks that the letters and digits of a text end there, as in the metadata of a rule.
const boundary = `\b`

// needle is a literal and whether it must stand at the beginning or the end of a word.
type needle struct {
	literal     string
	left, right bool
}

// parseNeedle reads a needle as the metadata of a rule writes it.
func parseNeedle(written string) needle {
	literal, left := strings.CutPrefix(written, boundary)
	literal, right := strings.CutSuffix(literal, boundary)
	return needle{lowerASCII(literal), left, right}
}

// fits tells whether the needle stands as it must where it ends in text before at.
func (n *needle) fits(text []byte, at int) bool {
	start := at - len(n.literal)
	return !(n.left && start > 0 && isWord(text[start-1]) || n.right && at < len(text) && isWord(text[at]))
}

// isWord tells whether a byte is part of a word; bytes beyond ASCII are not, so that a needle beside them is found.
func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// isNumber tells whether a needle is a whole number as JSON writes it. YAML has other spellings, so that the value of a
// document has to be looked at as well as its text.
func isNumber(needle string) bool {
	n, err := strconv.ParseInt(needle, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == needle
}

// holdsNumber tells whether a number of a set stands in a value.
func holdsNumber(value ast.Value, numbers map[string]bool) bool {
	found := false
	ast.WalkTerms(value, func(term *ast.Term) bool {
		if number, ok := term.Value.(ast.Number); ok && numbers[string(number)] {
			found = true
		}
		return found
	})
	return found
}

// usable tells whether a literal stands in a document exactly as in its value: printable ASCII without blanks, quotes and
// backslashes, and nothing that YAML also knows by another spelling, such as a number.
func usable(written string) bool {
	needle := parseNeedle(written).literal
	for i := range len(needle) {
		if b := needle[i]; b <= ' ' || b > '~' || b == '"' || b == '\'' || b == '\\' {
			return false
		}
	}
	_, noFloat := strconv.ParseFloat(needle, 64)
	_, noInt := strconv.ParseInt(needle, 0, 64)
	return needle != "" && noFloat != nil && noInt != nil && !slices.Contains([]string{"true", "false", "null"}, lowerASCII(needle))
}

// scanner finds, in one pass over a text, which rules have one of their needles in it. It is an Aho-Corasick automaton
// that ignores the case of ASCII letters. It is immutable and safe for concurrent use.
type scanner struct {
	// class maps a byte to its column; bytes that no needle holds share column 0.
	class   [256]uint8
	columns int
	// next holds the transitions, row after row. A target's sign bit says that it has an output.
	next    []int32
	outputs map[int32]*output
	// doubt is the number of the pseudo rule for the doubtful spellings.
	doubt int
}

// output is what ends at a state: rules whose needle stands anywhere, and those whose needle must fit its surroundings.
type output struct {
	anywhere ruleSet
	bounded  []boundedNeedle
}

type boundedNeedle struct {
	needle
	rules ruleSet
}

func (o *output) add(n needle, rule int) {
	if !n.left && !n.right {
		o.anywhere.add(rule)
		return
	}
	for i := range o.bounded {
		if o.bounded[i].needle == n {
			o.bounded[i].rules.add(rule)
			return
		}
	}
	o.bounded = append(o.bounded, boundedNeedle{needle: n})
	o.bounded[len(o.bounded)-1].rules.add(rule)
}

func (o *output) union(other *output) {
	o.anywhere.union(&other.anywhere)
	o.bounded = append(o.bounded, other.bounded...)
}

const outputFlag = int32(-1 << 31)

// newScanner builds the automaton for the needles of each rule, given by rule number.
func newScanner(needles map[int][]string, doubt int) *scanner {
	words := map[string]*output{}
	for rule, literals := range needles {
		for _, literal := range literals {
			addWord(words, literal, rule)
		}
	}
	for _, literal := range doubtful {
		addWord(words, literal, doubt)
	}
	s := &scanner{outputs: map[int32]*output{}, doubt: doubt}
	s.classify(words)
	s.link(s.grow(words))
	return s
}

func addWord(words map[string]*output, literal string, rule int) {
	n := parseNeedle(literal)
	if words[n.literal] == nil {
		words[n.literal] = &output{}
	}
	words[n.literal].add(n, rule)
}

func lowerASCII(text string) string {
	lower := []byte(text)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return string(lower)
}

// classify gives every byte that occurs in a needle a column of its own; an upper case letter shares the column of its
// lower case.
func (s *scanner) classify(words map[string]*output) {
	s.columns = 1
	for word := range words {
		for i := range len(word) {
			if s.class[word[i]] == 0 {
				s.class[word[i]] = uint8(s.columns)
				s.columns++
			}
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		s.class[b] = s.class[b+'a'-'A']
	}
}

// grow builds the trie and returns the number of its states.
func (s *scanner) grow(words map[string]*output) int {
	letters := 0
	for word := range words {
		letters += len(word)
	}
	s.next = make([]int32, s.columns, s.columns*(letters+1))
	states := 1
	for _, word := range sortedWords(words) {
		state := 0
		for i := range len(word) {
			cell := state*s.columns + int(s.class[word[i]])
			if s.next[cell] == 0 {
				s.next[cell] = int32(states)
				s.next = s.next[:len(s.next)+s.columns]
				states++
			}
			state = int(s.next[cell])
		}
		s.output(int32(state)).union(words[word])
	}
	return states
}

func sortedWords(words map[string]*output) []string {
	list := make([]string, 0, len(words))
	for word := range words {
		list = append(list, word)
	}
	slices.Sort(list)
	return list
}

func (s *scanner) output(state int32) *output {
	if s.outputs[state] == nil {
		s.outputs[state] = &output{}
	}
	return s.outputs[state]
}

// link turns the trie into a complete automaton, breadth first: a missing transition is that of the longest proper suffix.
func (s *scanner) link(states int) {
	suffix := make([]int32, states)
	queue := make([]int32, 0, states)
	for column := range s.columns {
		if child := s.next[column]; child != 0 {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		if inherited := s.outputs[suffix[state]]; inherited != nil {
			s.output(state).union(inherited)
		}
		for column := range s.columns {
			cell := int(state)*s.columns + column
			fallback := s.next[int(suffix[state])*s.columns+column]
			if child := s.next[cell]; child != 0 {
				suffix[child] = fallback
				queue = append(queue, child)
			} else {
				s.next[cell] = fallback
			}
		}
	}
	s.flag()
}

// flag turns targets into row offsets and marks those with an output.
func (s *scanner) flag() {
	for i, state := range s.next {
		row := state * int32(s.columns)
		if s.outputs[state] != nil {
			row |= outputFlag
		}
		s.next[i] = row
	}
	byRow := make(map[int32]*output, len(s.outputs))
	for state, set := range s.outputs {
		byRow[state*int32(s.columns)] = set
	}
	s.outputs = byRow
}

// scan adds the rules of all needles in text to found.
func (s *scanner) scan(text []byte, found *ruleSet) {
	row := int32(0)
	for i, b := range text {
		row = s.next[row+int32(s.class[b])]
		if row >= 0 {
			continue
		}
		row &^= outputFlag
		out := s.outputs[row]
		found.union(&out.anywhere)
		for j := range out.bounded {
			if out.bounded[j].fits(text, i+1) {
				found.union(&out.bounded[j].rules)
			}
		}
	}
}
