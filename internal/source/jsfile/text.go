package jsfile

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"
)

// span is a range of bytes in the text of a module.
type span struct {
	module   *module
	from, to int
}

func (s span) known() bool { return s.module != nil && s.to > s.from }

// text is the source text with white space collapsed.
func (s span) text() string {
	if !s.known() {
		return ""
	}
	text := s.module.text[s.from:s.to]
	if len(text) > maxInline {
		text = strings.ToValidUTF8(text[:maxInline], "")
	}
	return collapse(text)
}

// lines finds the lines of a text.
type lines struct {
	text   string
	starts []int
}

func newLines(text string) lines {
	starts := []int{0}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			starts = append(starts, i+1)
		case '\r':
			if i+1 == len(text) || text[i+1] != '\n' {
				starts = append(starts, i+1)
			}
		}
	}
	return lines{text: text, starts: starts}
}

// position turns an offset into a line and a column, both 1-based; columns count characters.
func (l lines) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(l.text))
	row := sort.SearchInts(l.starts, offset+1) - 1
	return row + 1, utf8.RuneCountInString(l.text[l.starts[row]:offset]) + 1
}

// offset is the reverse of position, with the column in bytes.
func (l lines) offset(line, column int) int {
	if line < 1 || line > len(l.starts) {
		return len(l.text)
	}
	return min(max(l.starts[line-1]+column-1, 0), len(l.text))
}

// decode gives the text of a file: without byte order mark, invalid UTF-8 replaced as Node.js does, and with the
// interpreter line turned into a comment of the same length.
func decode(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := strings.ToValidUTF8(string(data), string(utf8.RuneError))
	if strings.HasPrefix(text, "#!") {
		text = "//" + text[2:]
	}
	return text
}

func collapse(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

const maxExpr = 200

// exprText is the text of an unknown value: one line of at most 200 bytes.
func exprText(text string) string {
	text = collapse(text)
	if len(text) <= maxExpr {
		return text
	}
	cut := maxExpr - len("...")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
