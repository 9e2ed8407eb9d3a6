package decode

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// flow reads a flow collection; end is the offset behind its closing bracket.
func (s *subset) flow(at int) (term *ast.Term, end int, ok bool) {
	if s.depth--; s.depth < 0 {
		return nil, 0, false
	}
	if s.text[at] == '[' {
		term, end, ok = s.flowSequence(at + 1)
	} else {
		term, end, ok = s.flowMapping(at + 1)
	}
	s.depth++
	return term, end, ok
}

func (s *subset) flowSequence(at int) (*ast.Term, int, bool) {
	begun := s.start()
	if at = s.flowBlank(at); s.byteAt(at) == ']' {
		return s.array(begun), at + 1, true
	}
	for {
		term, end, ok := s.flowNode(at)
		if !ok {
			return nil, 0, false
		}
		s.items = append(s.items, term)
		at = s.flowBlank(end)
		switch s.byteAt(at) {
		case ',':
			at = s.flowBlank(at + 1)
		case ']':
			return s.array(begun), at + 1, true
		default:
			return nil, 0, false
		}
	}
}

func (s *subset) flowMapping(at int) (*ast.Term, int, bool) {
	begun := s.start()
	if at = s.flowBlank(at); s.byteAt(at) == '}' {
		term, ok := s.object(begun)
		return term, at + 1, ok
	}
	for {
		k, after, ok := s.flowKey(at)
		if !ok {
			return nil, 0, false
		}
		term, end, ok := s.flowNode(s.flowBlank(after))
		if !ok {
			return nil, 0, false
		}
		s.push(k, term)
		at = s.flowBlank(end)
		switch s.byteAt(at) {
		case ',':
			at = s.flowBlank(at + 1)
		case '}':
			term, ok := s.object(begun)
			return term, at + 1, ok
		default:
			return nil, 0, false
		}
	}
}

// flowKey reads a key; after is the offset behind its colon.
func (s *subset) flowKey(at int) (k *shared, after int, ok bool) {
	var name string
	c := s.byteAt(at)
	quote := c == '"' || c == '\''
	if quote {
		name, after, ok = s.quoted(at)
	} else {
		name, after, ok = s.flowWord(at)
	}
	if !ok || s.byteAt(after) != ':' || strings.Contains(s.text[at:after], "\n") || after-at > maxKey || !quote && !s.blankAt(after+1) {
		return nil, 0, false
	}
	k, ok = s.terms.key(name, quote)
	return k, after + 1, ok
}

func (s *subset) flowNode(at int) (*ast.Term, int, bool) {
	switch c := s.byteAt(at); {
	case c == '"' || c == '\'':
		value, end, ok := s.quoted(at)
		if !ok {
			return nil, 0, false
		}
		return s.string(value), end, true
	case isFlow(c):
		return s.flow(at)
	}
	word, end, ok := s.flowWord(at)
	if !ok {
		return nil, 0, false
	}
	term, ok := s.terms.plain(word)
	return term, end, ok
}

// flowWord reads a plain scalar of harmless characters.
func (s *subset) flowWord(at int) (word string, end int, ok bool) {
	end = at
	for end < len(s.text) {
		c := s.text[end]
		next := s.byteAt(end + 1)
		inner := c == ' ' || c == '-' || c == ':' && flowSafe[next]
		first := c == '-' && (flowSafe[next] || next == '-')
		if !flowSafe[c] && (end > at && !inner || end == at && !first) {
			break
		}
		end++
	}
	word = strings.TrimRight(s.text[at:end], " ")
	return word, at + len(word), word != ""
}

// flowSafe holds the characters that never mean anything in a flow collection.
var flowSafe = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 ||
			strings.IndexByte("_./$+~()=", byte(c)) >= 0
	}
	return table
}()

// flowBlank skips blanks and line breaks.
func (s *subset) flowBlank(at int) int {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\n') {
		at++
	}
	return at
}
