package decode

import (
	"bytes"
	"encoding/json"
	"sort"
	"unicode/utf8"

	node "go.yaml.in/yaml/v3"
)

// text is the text of a document with an index of its lines, as editors count them and as the YAML parser does.
type text struct {
	raw    []byte
	starts []int // offsets of lines that "\n" ends
	parser []int // offsets of lines that any line break of YAML ends
}

func newText(raw []byte) *text {
	t := &text{raw: raw, starts: []int{0}}
	differ := false
	for i, c := range raw {
		switch c {
		case '\n':
			t.starts = append(t.starts, i+1)
		case '\r', 0xC2, 0xE2:
			differ = true
		}
	}
	t.parser = t.starts
	if differ {
		t.parser = parserLines(raw)
	}
	if n := len(t.starts); n > 1 && t.starts[n-1] == len(raw) {
		t.starts = t.starts[:n-1]
	}
	return t
}

// parserLines gives the offsets of lines as the YAML parser counts them.
func parserLines(raw []byte) []int {
	starts := []int{0}
	for i := 0; i < len(raw); i++ {
		rest := raw[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("\r\n")), bytes.HasPrefix(rest, []byte("\u0085")):
			i++
		case bytes.HasPrefix(rest, []byte("\u2028")), bytes.HasPrefix(rest, []byte("\u2029")):
			i += 2
		case rest[0] != '\n' && rest[0] != '\r':
			continue
		}
		starts = append(starts, i+1)
	}
	return starts
}

// offset gives the offset at which a node begins. A node on line 0 is one of JSON, whose column is its offset.
func (t *text) offset(n *node.Node) int {
	if n.Line == 0 {
		return n.Column
	}
	if n.Line > len(t.parser) {
		return len(t.raw)
	}
	at := t.parser[n.Line-1]
	for column := 1; column < n.Column && at < len(t.raw); column++ {
		_, size := utf8.DecodeRune(t.raw[at:])
		at += size
	}
	return at
}

// lineColumn gives the 1-based line and column, in characters, of an offset.
func (t *text) lineColumn(at int) (line, column int) {
	at = min(max(at, 0), len(t.raw))
	line = sort.SearchInts(t.starts, at+1)
	return line, utf8.RuneCount(t.raw[t.starts[line-1]:at]) + 1
}

// dash gives the offset of the dash in front of an item of a block sequence, or where the item begins.
func (t *text) dash(at int) int {
	before := bytes.TrimRight(t.raw[:at], " \t\r\n")
	if end := len(before); end > 0 && before[end-1] == '-' && end < at {
		return end - 1
	}
	return at
}

// end gives the offset after a node.
func (t *text) end(n *node.Node) int {
	start := t.offset(n)
	at := t.skipProperties(start)
	switch n.Kind {
	case node.AliasNode:
		return min(start+1+len(n.Value), len(t.raw))
	case node.ScalarNode:
		return t.scalarEnd(n, at)
	}
	end := at
	if len(n.Content) > 0 {
		end = max(at, t.end(n.Content[len(n.Content)-1]))
	}
	if at < len(t.raw) && (t.raw[at] == '[' || t.raw[at] == '{') && n.Style&node.FlowStyle != 0 {
		return t.closing(max(end, at+1))
	}
	return end
}

// skipProperties skips anchor and tag.
func (t *text) skipProperties(at int) int {
	for at < len(t.raw) && (t.raw[at] == '&' || t.raw[at] == '!') {
		for at < len(t.raw) && !isJSONSpace(t.raw[at]) {
			at++
		}
		at = t.skipBlank(at)
	}
	return at
}

// skipBlank skips blanks, line breaks and comments.
func (t *text) skipBlank(at int) int {
	for at < len(t.raw) {
		switch c := t.raw[at]; {
		case isJSONSpace(c):
			at++
		case c == '#':
			at = t.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// lineEnd gives the offset of the line break that ends the line of an offset.
func (t *text) lineEnd(at int) int {
	if end := bytes.IndexByte(t.raw[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(t.raw)
}

// closing gives the offset after the bracket that closes a flow collection, from the end of its last child.
func (t *text) closing(at int) int {
	for at = t.skipBlank(at); at < len(t.raw); at = t.skipBlank(at + 1) {
		if c := t.raw[at]; c == ']' || c == '}' {
			return at + 1
		}
	}
	return at
}

func (t *text) scalarEnd(n *node.Node, at int) int {
	switch {
	case n.Style&node.DoubleQuotedStyle != 0:
		return t.quoteEnd(at, '"')
	case n.Style&node.SingleQuotedStyle != 0:
		return t.quoteEnd(at, '\'')
	case n.Style&blockScalar != 0:
		return max(t.match(min(t.lineEnd(at)+1, len(t.raw)), n.Value), at+1)
	}
	return t.match(at, n.Value)
}

// quoteEnd gives the offset after the quote that closes a scalar. The two single quotes of an escaped one look like two
// scalars side by side, which leads to the same end.
func (t *text) quoteEnd(at int, quote byte) int {
	for i := at + 1; i < len(t.raw); i++ {
		switch {
		case quote == '"' && t.raw[i] == '\\':
			i++
		case t.raw[i] != quote:
		case quote == '\'' && i+1 < len(t.raw) && t.raw[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(t.raw)
}

// match gives the offset after the last character of a value in the text, which differ in blanks only.
func (t *text) match(at int, value string) int {
	end := at
	for i := range len(value) {
		if isJSONSpace(value[i]) {
			continue
		}
		for at < len(t.raw) && isJSONSpace(t.raw[at]) {
			at++
		}
		if at == len(t.raw) || t.raw[at] != value[i] {
			return end
		}
		at++
		end = at
	}
	return end
}

// jsonTree gives the syntax tree of valid JSON.
func jsonTree(t *text) *node.Node {
	s := jsonScanner{text: t}
	return s.value()
}

type jsonScanner struct {
	text *text
	at   int
}

func (s *jsonScanner) value() *node.Node {
	s.at = s.text.skipBlank(s.at)
	start := s.at
	n := &node.Node{Kind: node.ScalarNode, Column: start}
	switch s.peek() {
	case '{', '[':
		s.collection(n)
	case '"':
		s.at = s.text.quoteEnd(start, '"')
		n.Style = node.DoubleQuotedStyle
		if err := json.Unmarshal(s.text.raw[start:s.at], &n.Value); err != nil {
			n.Value = string(s.text.raw[start:s.at])
		}
	default:
		for s.at < len(s.text.raw) && bytes.IndexByte([]byte(",:]} \t\r\n"), s.peek()) < 0 {
			s.at++
		}
		n.Value = string(s.text.raw[start:s.at])
	}
	return n
}

func (s *jsonScanner) collection(n *node.Node) {
	n.Kind, n.Style = node.SequenceNode, node.FlowStyle
	if s.peek() == '{' {
		n.Kind = node.MappingNode
	}
	s.at++
	for {
		s.at = s.text.skipBlank(s.at)
		switch s.peek() {
		case 0:
			return
		case ']', '}':
			s.at++
			return
		case ',', ':':
			s.at++
			continue
		}
		n.Content = append(n.Content, s.value())
	}
}

func (s *jsonScanner) peek() byte {
	if s.at < len(s.text.raw) {
		return s.text.raw[s.at]
	}
	return 0
}
