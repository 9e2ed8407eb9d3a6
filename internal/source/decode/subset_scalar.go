package decode

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// plain reads a plain scalar of one or several lines.
func (s *subset) plain(at, parent int) (*ast.Term, bool) {
	word, ended, ok := s.words(at)
	if !ok {
		return nil, false
	}
	if s.indent <= parent {
		return s.terms.plain(word)
	}
	s.buf = append(s.buf[:0], word...)
	for s.indent > parent {
		if ended || s.remark {
			return nil, false
		}
		if s.blanks == 0 {
			s.buf = append(s.buf, ' ')
		}
		for range s.blanks {
			s.buf = append(s.buf, '\n')
		}
		if word, ended, ok = s.words(s.at); !ok {
			return nil, false
		}
		s.buf = append(s.buf, word...)
	}
	return s.terms.plain(string(s.buf))
}

// words reads one line of a plain scalar and moves on to the next line; ended tells that a comment follows.
func (s *subset) words(at int) (words string, ended, ok bool) {
	text := s.text
	end := at
	for ; end < len(text) && text[end] != '\n'; end++ {
		switch text[end] {
		case ':':
			if s.blankAt(end + 1) {
				return "", false, false
			}
		case '\t':
			return "", false, false
		case '#':
			if text[end-1] == ' ' {
				return strings.TrimRight(text[at:end], " "), true, s.line(s.lineEnd(end) + 1)
			}
		}
	}
	return strings.TrimRight(text[at:end], " "), false, s.line(end + 1)
}

// quoted reads a quoted scalar; end is the offset behind its closing quote.
func (s *subset) quoted(at int) (value string, end int, ok bool) {
	quote := s.text[at]
	for i := at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == quote && (quote == '"' || s.byteAt(i+1) != quote):
			return s.text[at+1 : i], i + 1, true
		case c == quote, c == '\n', c == '\\' && quote == '"':
			return s.escaped(at, i)
		}
	}
	return "", 0, false
}

// escaped reads a quoted scalar whose first escape or line break stands at an offset.
func (s *subset) escaped(at, first int) (value string, end int, ok bool) {
	quote := s.text[at]
	s.buf = append(s.buf[:0], s.text[at+1:first]...)
	solid := len(strings.TrimRight(s.text[at+1:first], " \t")) // blanks from here on vanish in front of a line break
	for i := first; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case c == '\n':
			s.buf = s.buf[:solid]
			i = s.fold(i+1, ' ') - 1
		case c == quote && (quote == '"' || s.byteAt(i+1) != quote):
			return string(s.buf), i + 1, true
		case c == quote:
			s.buf = append(s.buf, quote)
			i++
		case c == '\\' && quote == '"':
			next, ok := s.escape(i + 1)
			if !ok {
				return "", 0, false
			}
			i = next - 1
		default:
			s.buf = append(s.buf, c)
			if c == ' ' || c == '\t' {
				continue
			}
		}
		solid = len(s.buf)
	}
	return "", 0, false
}

// fold skips the blanks and line breaks behind a line break of a quoted scalar, and writes what they stand for.
func (s *subset) fold(at int, joint byte) int {
	breaks := 0
	for at < len(s.text) && isJSONSpace(s.text[at]) {
		if s.text[at] == '\n' {
			s.buf = append(s.buf, '\n')
			breaks++
		}
		at++
	}
	if breaks == 0 && joint != 0 {
		s.buf = append(s.buf, joint)
	}
	return at
}

// escape writes what the escape behind a backslash stands for, and gives the offset behind it.
func (s *subset) escape(at int) (after int, ok bool) {
	switch c := s.byteAt(at); c {
	case '\n':
		return s.fold(at+1, 0), true
	case 'u':
		if at+5 > len(s.text) {
			return 0, false
		}
		r, err := strconv.ParseUint(s.text[at+1:at+5], 16, 32)
		if err != nil || !utf8.ValidRune(rune(r)) {
			return 0, false
		}
		s.buf = utf8.AppendRune(s.buf, rune(r))
		return at + 5, true
	default:
		if c = unescape[c]; c == 0 {
			return 0, false
		}
		s.buf = append(s.buf, c)
		return at + 1, true
	}
}

// unescape maps the usual escapes to what they mean.
var unescape = [256]byte{'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\', '\'': '\'', ' ': ' '}

// chomping tells what happens to the line breaks at the end of a block scalar.
type chomping byte

const (
	clip chomping = iota
	strip
	keep
)

// blockScalar reads a literal or folded scalar whose indicator stands at an offset.
func (s *subset) blockScalar(at, parent int) (*ast.Term, bool) {
	folded, chomp := s.text[at] == '>', clip
	if at++; at < len(s.text) {
		switch s.text[at] {
		case '-':
			chomp = strip
			at++
		case '+':
			chomp = keep
			at++
		}
	}
	end := s.lineEnd(at)
	if end == len(s.text) || !isTrailer(s.text[at:end]) {
		return nil, false
	}
	b := blockReader{text: s.text, at: end + 1, buf: s.buf[:0]}
	if !b.findIndent(max(parent+1, 1)) || !b.read(folded) {
		return nil, false
	}
	b.chomp(chomp)
	s.buf = b.buf
	return s.string(string(b.buf)), s.line(b.at)
}

// isTrailer tells whether the rest of a line is blank or a comment behind a blank.
func isTrailer(rest string) bool {
	trimmed := strings.TrimLeft(rest, " ")
	return trimmed == "" || trimmed[0] == '#' && len(trimmed) < len(rest)
}

// blockReader reads the lines of a block scalar, step by step as the authority does.
type blockReader struct {
	text   string
	at     int // beginning of a line
	indent int
	column int  // number of blanks at the beginning of that line, up to indent
	breaks int  // blank lines not written yet
	broken bool // the last line ended with a line break
	buf    []byte
}

// findIndent finds the indentation, which the first line with content and the blank lines before it decide.
func (b *blockReader) findIndent(least int) bool {
	widest := 0
	for {
		i := b.at
		for i < len(b.text) && b.text[i] == ' ' {
			i++
		}
		b.column = i - b.at
		widest = max(widest, b.column)
		if i < len(b.text) && b.text[i] == '\t' {
			return false
		}
		if i == len(b.text) || b.text[i] != '\n' {
			break
		}
		b.breaks++
		b.at = i + 1
	}
	b.indent = max(widest, least)
	return true
}

// read reads the lines with content.
func (b *blockReader) read(folded bool) bool {
	leadingBlank := false
	for b.column == b.indent && b.at+b.indent < len(b.text) {
		start := b.at + b.indent
		blank := b.text[start] == ' ' || b.text[start] == '\t'
		switch {
		case !b.broken:
		case folded && !leadingBlank && !blank:
			if b.breaks == 0 {
				b.buf = append(b.buf, ' ')
			}
		default:
			b.buf = append(b.buf, '\n')
		}
		b.writeBreaks()
		leadingBlank = blank
		end := strings.IndexByte(b.text[start:], '\n')
		if b.broken = end >= 0; !b.broken {
			b.buf = append(b.buf, b.text[start:]...)
			b.at, b.column = len(b.text), 0
			return true
		}
		b.buf = append(b.buf, b.text[start:start+end]...)
		b.at = start + end + 1
		if !b.skipBlankLines() {
			return false
		}
	}
	return true
}

// skipBlankLines moves to the next line that has more than blanks up to the indentation.
func (b *blockReader) skipBlankLines() bool {
	for {
		i := b.at
		for i < len(b.text) && i-b.at < b.indent && b.text[i] == ' ' {
			i++
		}
		b.column = i - b.at
		if i < len(b.text) && b.text[i] == '\t' && b.column < b.indent {
			return false
		}
		if i == len(b.text) || b.text[i] != '\n' {
			return true
		}
		b.breaks++
		b.at = i + 1
	}
}

func (b *blockReader) writeBreaks() {
	for range b.breaks {
		b.buf = append(b.buf, '\n')
	}
	b.breaks = 0
}

func (b *blockReader) chomp(c chomping) {
	if c != strip && b.broken {
		b.buf = append(b.buf, '\n')
	}
	if c == keep {
		b.writeBreaks()
	}
}
