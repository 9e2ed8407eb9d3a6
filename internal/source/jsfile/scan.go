package jsfile

import (
	"fmt"
	"strings"
)

type tokenKind int

const (
	tokenWord tokenKind = iota
	tokenNumber
	tokenString
	tokenTemplate
	tokenRegexp
	tokenPunct
)

type lexeme struct {
	kind     tokenKind
	from, to int
	// depth is the number of brackets around the token.
	depth int
}

// Limits of what is given to the parser. It is recursive, and a stack that overflows cannot be caught.
const (
	maxBrackets = 10_000
	maxArrows   = 2_000
	maxColons   = 3_000
	maxLabels   = 50
)

// scanner splits a script into tokens, well enough to find brackets, imports and exports.
type scanner struct {
	m      *module
	text   string
	pos    int
	open   []byte // brackets around pos; '`' for the substitution of a template
	labels int    // words with a colon that follow each other
	tokens []lexeme
}

func (m *module) scan() ([]lexeme, error) {
	if err := m.checkRaw(); err != nil {
		return nil, err
	}
	s := &scanner{m: m, text: m.text}
	for s.pos < len(s.text) {
		if err := s.next(); err != nil {
			return nil, err
		}
		if s.labels > maxLabels {
			return nil, m.limit(s.pos-1, fmt.Sprintf("more than %d labels", maxLabels))
		}
	}
	return s.tokens, nil
}

// checkRaw bounds what no tokenizer can be sure of, whatever is a string, a comment or a regular expression.
func (m *module) checkRaw() error {
	brackets, arrows, colons := 0, 0, 0
	for i := 0; i < len(m.text); i++ {
		switch c := m.text[i]; {
		case c == '(' || c == '[' || c == '{':
			brackets++
		case c == '>' && i > 0 && m.text[i-1] == '=':
			arrows++
		case c == ':':
			colons++
		}
		switch {
		case brackets > maxBrackets:
			return m.limit(i, fmt.Sprintf("more than %d brackets", maxBrackets))
		case arrows > maxArrows:
			return m.limit(i, fmt.Sprintf("more than %d arrow functions", maxArrows))
		case colons > maxColons:
			return m.limit(i, fmt.Sprintf("more than %d colons", maxColons))
		}
	}
	return nil
}

func (s *scanner) next() error {
	c := s.text[s.pos]
	switch {
	case c <= ' ':
		s.pos++
	case strings.HasPrefix(s.text[s.pos:], "//"):
		s.pos = s.lineEnd(s.pos)
	case strings.HasPrefix(s.text[s.pos:], "/*"):
		s.pos = s.after("*/", s.pos+2)
	case c == '"' || c == '\'':
		s.add(tokenString, s.stringEnd(c))
	case c == '`':
		s.template(s.pos)
	case c >= '0' && c <= '9' || isWordByte(c) || c == '\\' || c >= 0x80:
		s.word()
	case c == '/' && s.regexpAllowed():
		s.add(tokenRegexp, s.regexpEnd())
	default:
		return s.punct(c)
	}
	return nil
}

func (s *scanner) add(kind tokenKind, to int) {
	s.countLabels(kind, s.text[s.pos])
	s.tokens = append(s.tokens, lexeme{kind: kind, from: s.pos, to: to, depth: len(s.open)})
	s.pos = to
}

// countLabels counts labels on labels: the parser is slow on them.
func (s *scanner) countLabels(kind tokenKind, first byte) {
	afterWord := len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].kind == tokenWord
	switch {
	case first == ':' && afterWord:
		s.labels++
	case kind != tokenWord || afterWord:
		s.labels = 0
	}
}

func (s *scanner) punct(c byte) error {
	switch c {
	case '(', '[', '{':
		s.add(tokenPunct, s.pos+1)
		s.open = append(s.open, c)
		if len(s.open) > maxNesting {
			return s.m.limit(s.pos-1, fmt.Sprintf("nested deeper than %d levels", maxNesting))
		}
		return nil
	case ')', ']', '}':
		if len(s.open) > 0 {
			top := s.open[len(s.open)-1]
			s.open = s.open[:len(s.open)-1]
			if c == '}' && top == '`' {
				s.template(s.pos)
				return nil
			}
		}
	}
	s.add(tokenPunct, s.pos+1)
	return nil
}

// template reads from a backtick, or from the brace that ends a substitution, to the next of them.
func (s *scanner) template(from int) {
	for i := from + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\':
			i++
		case s.text[i] == '`':
			s.add(tokenTemplate, i+1)
			return
		case strings.HasPrefix(s.text[i:], "${"):
			s.add(tokenTemplate, i+2)
			s.open = append(s.open, '`')
			return
		}
	}
	s.add(tokenTemplate, len(s.text))
}

func (s *scanner) word() {
	kind, to := tokenWord, s.pos
	if c := s.text[s.pos]; c >= '0' && c <= '9' {
		kind = tokenNumber
	}
	for to < len(s.text) && (isWordByte(s.text[to]) || s.text[to] == '\\' || s.text[to] >= 0x80) {
		to++
	}
	s.add(kind, to)
}

func (s *scanner) stringEnd(quote byte) int {
	for i := s.pos + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		case '\n':
			return i
		}
	}
	return len(s.text)
}

func (s *scanner) regexpEnd() int {
	class := false
	for i := s.pos + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\':
			i++
		case c == '\n':
			return i
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			return i + 1
		}
	}
	return len(s.text)
}

// regexpAllowed tells whether a slash begins a regular expression: not after an operand.
func (s *scanner) regexpAllowed() bool {
	if len(s.tokens) == 0 {
		return true
	}
	last := s.tokens[len(s.tokens)-1]
	text := s.text[last.from:last.to]
	switch last.kind {
	case tokenPunct:
		return text != ")" && text != "]" && text != "}"
	case tokenWord:
		switch text {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "do", "else", "yield", "await":
			return true
		}
		return false
	case tokenTemplate:
		return strings.HasSuffix(text, "${")
	}
	return false
}

func (s *scanner) lineEnd(from int) int {
	if i := strings.IndexAny(s.text[from:], "\r\n"); i >= 0 {
		return from + i
	}
	return len(s.text)
}

func (s *scanner) after(mark string, from int) int {
	if i := strings.Index(s.text[min(from, len(s.text)):], mark); i >= 0 {
		return min(from, len(s.text)) + i + len(mark)
	}
	return len(s.text)
}
