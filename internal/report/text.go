package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

const tabWidth = 4

// clean makes text from an input safe for a terminal: no control characters, no direction overrides.
func clean(text string) string {
	safe := true
	for _, r := range text {
		if r == '\t' || unsafeRune(r) {
			safe = false
			break
		}
	}
	if safe {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			b.WriteString(strings.Repeat(" ", tabWidth))
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case unsafeRune(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unsafeRune tells control characters, invalid bytes and the characters that reorder text.
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError ||
		(r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0x200E || r == 0x200F
}

// runeWidth is the number of columns that a character takes in a terminal.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// textWidth is the number of columns that a text takes in a terminal.
func textWidth(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// wrap breaks text into lines of at most the given width at spaces; a longer word stays whole. Line breaks in the text
// and the indentation of its lines are kept.
func wrap(text string, limit int) []string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		out = append(out, wrapLine(clean(line), limit)...)
	}
	return out
}

func wrapLine(line string, limit int) []string {
	trimmed := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(trimmed)]
	if textWidth(line) <= limit || trimmed == "" {
		return []string{strings.TrimRight(line, " ")}
	}
	var out []string
	current := indent
	empty := true
	for _, word := range strings.Fields(trimmed) {
		if !empty && textWidth(current)+1+textWidth(word) > limit {
			out = append(out, current)
			current, empty = indent, true
		}
		if !empty {
			current += " "
		}
		current += word
		empty = false
	}
	return append(out, current)
}

// pad fills text with spaces on the right.
func pad(text string, columns int) string {
	if n := columns - textWidth(text); n > 0 {
		return text + strings.Repeat(" ", n)
	}
	return text
}

// clip cuts text to a width and marks the cut.
func clip(text string, columns int, mark string) string {
	if textWidth(text) <= columns {
		return text
	}
	room := columns - textWidth(mark)
	n := 0
	for i, r := range text {
		n += runeWidth(r)
		if n > room {
			return text[:i] + mark
		}
	}
	return text
}
