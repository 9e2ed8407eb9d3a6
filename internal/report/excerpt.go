package report

import (
	"strings"
	"unicode"
)

// excerpt is one line of source with the part that is at fault, ready to print.
type excerpt struct {
	text string
	// start is the first column of the part at fault, length its width; length 0 means that no part is marked.
	start, length int
}

// readExcerpt gives the line of a file that a finding points at; ok is false where it cannot be shown.
func readExcerpt(opts Options, file string, line, column, endColumn int) (excerpt, bool) {
	if opts.Source == nil || file == "" || line < 1 {
		return excerpt{}, false
	}
	lines, err := opts.Source(file)
	if err != nil || line > len(lines) {
		return excerpt{}, false
	}
	raw := []rune(strings.TrimRight(lines[line-1], "\r\n"))
	start, end := span(raw, column, endColumn)
	shown := []rune(shownLine(opts.Mask, lines, line-1))
	start, end = shift(raw, shown, start, end)
	return expand(shown, start, end), true
}

// Lines before the one shown that the mask gets to see, and how far back a key in PEM form may begin.
const (
	maskContext = 12
	pemContext  = 100
)

// shownLine gives a line without secrets. What is secret may be told by the lines before.
func shownLine(mask func([]string) []string, lines []string, index int) string {
	text := hideEnvValue(lines, index)
	if mask == nil {
		return text
	}
	from := max(index-maskContext, 0)
	for i := index; i >= max(index-pemContext, 0); i-- {
		if strings.Contains(lines[i], "-----BEGIN") {
			from = min(from, i)
			break
		}
	}
	window := append([]string(nil), lines[from:index+1]...)
	for i := range window {
		window[i] = strings.TrimRight(window[i], "\r\n")
	}
	window[len(window)-1] = text
	masked := mask(window)
	return masked[len(masked)-1]
}

// span turns 1-based columns into a range of characters. Without an end it takes the word that stands there.
func span(line []rune, column, endColumn int) (start, end int) {
	if column < 1 || column > len(line) {
		return 0, 0
	}
	start = column - 1
	if endColumn > column {
		return start, min(endColumn-1, len(line))
	}
	return start, wordEnd(line, start)
}

// wordEnd finds the end of the quoted string or the word that begins at start.
func wordEnd(line []rune, start int) int {
	first := line[start]
	if first == '"' || first == '\'' || first == '`' {
		for i := start + 1; i < len(line); i++ {
			if line[i] == first && line[i-1] != '\\' {
				return i + 1
			}
		}
	}
	for i := start; i < len(line); i++ {
		if unicode.IsSpace(line[i]) {
			return max(i, start+1)
		}
		if i > start && strings.ContainsRune(",:]})", line[i]) && (i+1 == len(line) || unicode.IsSpace(line[i+1])) {
			return i
		}
	}
	return len(line)
}

// shift moves a range from a line to its masked form, where the part between a common head and tail has changed.
func shift(raw, masked []rune, start, end int) (newStart, newEnd int) {
	head := 0
	for head < len(raw) && head < len(masked) && raw[head] == masked[head] {
		head++
	}
	tail := 0
	for tail < len(raw)-head && tail < len(masked)-head && raw[len(raw)-1-tail] == masked[len(masked)-1-tail] {
		tail++
	}
	move := func(i, inside int) int {
		switch {
		case i <= head:
			return i
		case i >= len(raw)-tail:
			return i + len(masked) - len(raw)
		default:
			return inside
		}
	}
	return move(start, head), move(end, len(masked)-tail)
}

// expand makes a line printable and turns character positions into columns.
func expand(line []rune, start, end int) excerpt {
	var b strings.Builder
	out := excerpt{}
	column := 0
	for i, r := range line {
		if i == start {
			out.start = column
		}
		text := clean(string(r))
		b.WriteString(text)
		column += textWidth(text)
		if i == end-1 {
			out.length = column - out.start
		}
	}
	out.text = strings.TrimRight(b.String(), " ")
	return out
}

// fit cuts an excerpt to a width, keeping the part at fault in sight.
func (e excerpt) fit(columns int, mark string) excerpt {
	if columns < 20 || textWidth(e.text) <= columns {
		return e
	}
	const lead = 12
	if e.start+e.length > columns-textWidth(mark) && e.start > lead {
		text := []rune(e.text)
		cut, at := 0, 0
		for at < len(text) && cut < e.start-lead {
			cut += runeWidth(text[at])
			at++
		}
		e.text = mark + string(text[at:])
		e.start = e.start - cut + textWidth(mark)
	}
	e.text = clip(e.text, columns, mark)
	e.length = max(min(e.length, textWidth(e.text)-e.start), 1)
	return e
}
