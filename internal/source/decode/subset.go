package decode

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// The subset of YAML that is read here, in the words of the authority: block mappings and sequences, plain scalars of
// one or several lines, quoted scalars of one line, block scalars, flow collections, comments. On anything else, and on
// anything that may be an error, the subset decoder gives up, and the authority decides.

// decodeSubset reads a document, or answers false when it is not sure.
func decodeSubset(raw []byte, depth int) (ast.Value, bool) {
	s := subsets.Get().(*subset)
	defer subsets.Put(s)
	s.text, s.depth = string(raw), depth
	if strings.Contains(s.text, "\r\n") {
		s.text = strings.ReplaceAll(s.text, "\r\n", "\n") // Lines of a text end with "\n", however the file ends them.
	}
	s.reset()
	defer func() { s.text = "" }()
	return s.document()
}

var subsets = sync.Pool{New: func() any { return new(subset) }}

// subset reads one document. Its cursor stands on the first character of a line's content: at is its offset, indent its
// column. At the end of the text indent is -1.
type subset struct {
	terms
	text   string
	at     int
	indent int
	blanks int  // blank lines in front of the cursor's line
	remark bool // comment lines in front of the cursor's line
	depth  int  // levels of nesting left
	buf    []byte
}

func (s *subset) document() (ast.Value, bool) {
	if !plainText(s.text) || !s.line(0) {
		return nil, false
	}
	if strings.HasPrefix(s.text[s.at:], "---") && s.indent == 0 && !s.endLine(s.at+len("---")) {
		return nil, false
	}
	if s.indent < 0 || s.text[s.at] == '%' {
		return nil, false
	}
	if !s.dashed(s.at) && !isFlow(s.text[s.at]) {
		if _, _, state := s.key(); state != isKey {
			return nil, false
		}
	}
	term, ok := s.block(-1)
	if !ok || s.indent >= 0 {
		return nil, false
	}
	return term.Value, true
}

// plainText tells whether the text holds only characters that mean the same to everyone: no control characters, no
// carriage returns, no line breaks outside of ASCII, no byte order marks.
func plainText(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x80 {
			return plainRunes(text[i:])
		}
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

func plainRunes(text string) bool {
	for _, r := range text {
		switch {
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7F && r < 0xA0, r == 0x2028, r == 0x2029, r == utf8.RuneError:
			return false
		case r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return false
		}
	}
	return true
}

// line moves the cursor to the first line with content from the line that begins at an offset.
func (s *subset) line(at int) bool {
	s.blanks, s.remark = 0, false
	text := s.text
	for at < len(text) {
		i := at
		for i < len(text) && text[i] == ' ' {
			i++
		}
		if i == len(text) {
			break
		}
		switch text[i] {
		case '\n':
			s.blanks++
			at = i + 1
		case '#':
			s.remark = true
			at = s.lineEnd(i) + 1
		case '\t':
			return false
		default:
			s.at, s.indent = i, i-at
			return true
		}
	}
	s.at, s.indent = len(text), -1
	return true
}

// lineEnd gives the offset of the next line break, or of the end.
func (s *subset) lineEnd(at int) int {
	if end := strings.IndexByte(s.text[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(s.text)
}

// endLine moves on to the next line when nothing but blanks and a comment is left of this one.
func (s *subset) endLine(at int) bool {
	start := at
	for at < len(s.text) && s.text[at] == ' ' {
		at++
	}
	switch {
	case at == len(s.text):
	case s.text[at] == '#' && at > start:
		at = s.lineEnd(at)
	case s.text[at] != '\n':
		return false
	}
	return s.line(at + 1)
}

// byteAt gives the byte at an offset, or 0.
func (s *subset) byteAt(at int) byte {
	if at < len(s.text) {
		return s.text[at]
	}
	return 0
}

// blankAt tells whether a blank, a line break or the end stands at an offset.
func (s *subset) blankAt(at int) bool {
	return at >= len(s.text) || s.text[at] == ' ' || s.text[at] == '\n' || s.text[at] == '\t'
}

// dashed tells whether a sequence's dash stands at an offset.
func (s *subset) dashed(at int) bool {
	return at < len(s.text) && s.text[at] == '-' && s.blankAt(at+1)
}

// block reads the node at the cursor, which belongs to a collection indented by parent.
func (s *subset) block(parent int) (*ast.Term, bool) {
	if s.dashed(s.at) {
		return s.sequence(s.indent)
	}
	k, after, state := s.key()
	switch state {
	case isKey:
		return s.mapping(s.indent, k, after)
	case isNone:
		return s.inline(s.at, parent)
	}
	return nil, false
}

// sequence reads the items whose dashes stand at an indentation.
func (s *subset) sequence(indent int) (*ast.Term, bool) {
	if s.depth--; s.depth < 0 {
		return nil, false
	}
	begun := s.start()
	for s.indent == indent && s.dashed(s.at) {
		term, ok := s.item(indent)
		if !ok || s.indent > indent {
			return nil, false
		}
		s.items = append(s.items, term)
	}
	s.depth++
	return s.array(begun), true
}

// item reads the item whose dash is at the cursor.
func (s *subset) item(indent int) (*ast.Term, bool) {
	at := s.at + 1
	for at < len(s.text) && s.text[at] == ' ' {
		at++
	}
	if at < len(s.text) && s.text[at] != '\n' && s.text[at] != '#' {
		s.indent += at - s.at
		s.at = at
		return s.block(indent)
	}
	if !s.endLine(s.at + 1) {
		return nil, false
	}
	if s.indent > indent {
		return s.block(indent)
	}
	return nullTerm, true
}

// mapping reads the entries whose keys stand at an indentation; the first key has been read.
func (s *subset) mapping(indent int, k *shared, after int) (*ast.Term, bool) {
	if s.depth--; s.depth < 0 {
		return nil, false
	}
	begun := s.start()
	for {
		term, ok := s.value(after, indent)
		if !ok || s.indent > indent {
			return nil, false
		}
		s.push(k, term)
		if s.indent < indent {
			break
		}
		var state keyState
		if k, after, state = s.key(); state != isKey {
			return nil, false
		}
	}
	s.depth++
	return s.object(begun)
}

// value reads what stands behind the colon of an entry.
func (s *subset) value(at, indent int) (*ast.Term, bool) {
	start := at
	for at < len(s.text) && s.text[at] == ' ' {
		at++
	}
	if at < len(s.text) && s.text[at] != '\n' && (s.text[at] != '#' || at == start) {
		return s.inline(at, indent)
	}
	if !s.endLine(start) {
		return nil, false
	}
	switch {
	case s.indent > indent:
		return s.block(indent)
	case s.indent == indent && s.dashed(s.at):
		return s.sequence(indent)
	}
	return nullTerm, true
}

type keyState byte

const (
	isNone keyState = iota // no key: a scalar or a flow collection
	isKey
	isDoubt
)

// maxKey is the longest key that is read here; the authority refuses those above 1024.
const maxKey = 500

// key reads the key at the cursor; after is the offset behind its colon.
func (s *subset) key() (k *shared, after int, state keyState) {
	var name string
	c := s.text[s.at]
	quote := c == '"' || c == '\''
	switch {
	case quote:
		value, end, ok := s.quoted(s.at)
		if !ok {
			return nil, 0, isNone
		}
		for end < len(s.text) && s.text[end] == ' ' {
			end++
		}
		if end == len(s.text) || s.text[end] != ':' || !s.blankAt(end+1) || strings.Contains(s.text[s.at:end], "\n") {
			return nil, 0, isNone
		}
		name, after = value, end+1
	case plainStart[c]:
		end := s.colon()
		if end < 0 {
			return nil, 0, isNone
		}
		name, after = strings.TrimRight(s.text[s.at:end], " "), end+1
	default:
		return nil, 0, isNone
	}
	if after-s.at > maxKey {
		return nil, 0, isDoubt
	}
	k, ok := s.terms.key(name, quote)
	if !ok {
		return nil, 0, isDoubt
	}
	return k, after, isKey
}

// colon gives the offset of the colon that ends the plain key at the cursor, or -1.
func (s *subset) colon() int {
	text := s.text
	for i := s.at; i < len(text); i++ {
		switch text[i] {
		case ':':
			if s.blankAt(i + 1) {
				return i
			}
		case '\n', '\t':
			return -1
		case '#':
			if text[i-1] == ' ' {
				return -1
			}
		}
	}
	return -1
}

// plainStart holds the characters with which a plain scalar may begin, whatever follows.
var plainStart = func() (table [256]bool) {
	for c := range table {
		table[c] = c > ' ' && c != 0x7F && strings.IndexByte("-?:,[]{}#&*!|>'\"%@`", byte(c)) < 0
	}
	return table
}()

func isFlow(c byte) bool { return c == '[' || c == '{' }

// inline reads a scalar or flow collection that begins at an offset, and moves on to the line behind it.
func (s *subset) inline(at, parent int) (*ast.Term, bool) {
	switch c := s.text[at]; {
	case plainStart[c], c == '-' && !s.blankAt(at+1):
		return s.plain(at, parent)
	case c == '"' || c == '\'':
		value, end, ok := s.quoted(at)
		if !ok || !s.endLine(end) {
			return nil, false
		}
		return s.string(value), true
	case c == '|' || c == '>':
		return s.blockScalar(at, parent)
	case isFlow(c):
		term, end, ok := s.flow(at)
		if !ok || !s.endLine(end) {
			return nil, false
		}
		return term, true
	}
	return nil, false
}
