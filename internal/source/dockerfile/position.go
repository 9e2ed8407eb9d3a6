package dockerfile

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/command"
)

// Place is where a word stands. Line and Column are 1-based and count characters; EndColumn is the column after it when
// it ends on the same line, else 0.
type Place struct {
	Line, Column, EndColumn int
}

// Start gives the place of the instruction with this index, or of the file for an index that does not exist.
func (f *File) Start(index int) Place {
	if index < 0 || index >= len(f.Instructions) {
		return Place{Line: 1, Column: 1}
	}
	in := f.Instructions[index]
	line := f.line(in.From)
	blank := len(line) - len(strings.TrimLeft(line, " \t\r\n\v\f\ufeff"))
	return Place{Line: in.From, Column: utf8.RuneCountInString(line[:blank]) + 1}
}

// Word gives the place of a word of an instruction's value, or of the instruction where it cannot be told.
func (f *File) Word(index, word int) Place {
	start := f.Start(index)
	if index < 0 || index >= len(f.Instructions) {
		return start
	}
	in := f.Instructions[index]
	if word < 0 || word >= len(in.Value) {
		return start
	}
	joined := f.join(in)
	if joined.text != in.logical {
		return start
	}
	span, ok := wordSpan(in, word)
	if !ok {
		return start
	}
	return joined.place(f, span)
}

// Heredoc gives the place of the first line of an instruction's heredoc.
func (f *File) Heredoc(index, heredoc int) Place {
	start := f.Start(index)
	if index < 0 || index >= len(f.Instructions) {
		return start
	}
	in := f.Instructions[index]
	if heredoc < 0 || heredoc >= len(in.Heredocs) {
		return start
	}
	line := f.join(in).last + 1
	for _, earlier := range in.Heredocs[:heredoc] {
		line += strings.Count(earlier.Content, "\n") + 1
	}
	if line > in.To {
		return start
	}
	return Place{Line: line, Column: 1}
}

func (f *File) line(number int) string {
	if number < 1 || number > len(f.lines) {
		return ""
	}
	return strings.TrimRight(f.lines[number-1], "\r\n")
}

// joined is the logical line of an instruction, put together of its physical lines as BuildKit does.
type joined struct {
	text   string
	pieces []piece
	// last is the physical line that the logical line ends on.
	last int
}

// piece is the part of a logical line that one physical line gave.
type piece struct {
	offset, line, column int
}

func (f *File) join(in Instruction) joined {
	var text strings.Builder
	out := joined{last: in.From}
	for number := in.From; number <= in.To; number++ {
		raw := f.line(number)
		if number == 1 {
			raw = strings.TrimPrefix(raw, "\ufeff")
		}
		trimmed := strings.TrimLeft(raw, " \t\v\f\r")
		if number > in.From && (trimmed == "" || trimmed[0] == '#') {
			continue
		}
		cut := 0
		if number == in.From {
			cut = len(raw) - len(trimmed)
		}
		line, more := f.continued(raw[cut:])
		out.pieces = append(out.pieces, piece{offset: text.Len(), line: number, column: cut})
		out.last = number
		text.WriteString(line)
		if !more {
			break
		}
	}
	out.text = text.String()
	return out
}

// continued cuts the escape character off a line that goes on in the next one.
func (f *File) continued(line string) (string, bool) {
	trimmed := strings.TrimRight(line, " \t")
	escape := string(f.Escape)
	if !strings.HasSuffix(trimmed, escape) {
		return line, false
	}
	before := strings.TrimSuffix(trimmed, escape)
	if strings.HasSuffix(before, escape) {
		return line, false
	}
	return before, true
}

// place turns a span of the logical line into a place in the file.
func (j joined) place(f *File, s span) Place {
	i := sort.Search(len(j.pieces), func(i int) bool { return j.pieces[i].offset > s.from }) - 1
	if i < 0 {
		return Place{Line: j.last, Column: 1}
	}
	at := j.pieces[i]
	line := f.line(at.line)
	if at.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	from := min(at.column+s.from-at.offset, len(line))
	out := Place{Line: at.line, Column: utf8.RuneCountInString(line[:from]) + 1}
	ends := i == len(j.pieces)-1 || s.to <= j.pieces[i+1].offset
	if to := at.column + s.to - at.offset; ends && to <= len(line) {
		out.EndColumn = utf8.RuneCountInString(line[:to]) + 1
	}
	return out
}

// span is a range of bytes in a logical line.
type span struct{ from, to int }

// wordSpan finds a word of the value in the logical line.
func wordSpan(in Instruction, word int) (span, bool) {
	end := len(strings.TrimRight(in.logical, " \t\r\n\v\f"))
	at := afterWord(in.logical, 0)
	inner := in.Cmd
	if in.Cmd == command.Onbuild {
		at = afterWord(in.logical, at)
		inner = in.Sub
	}
	for _, flag := range in.Flags {
		at = afterFlag(in.logical, at, flag)
	}
	if inner == command.Healthcheck {
		at = afterWord(in.logical, at)
	}
	switch {
	case in.JSON:
		return jsonSpan(in.logical, at, word)
	case len(in.Value) == 1:
		from := end - len(in.Value[0])
		return span{from, end}, from >= at && in.logical[from:end] == in.Value[0]
	case inner == command.Env || inner == command.Label:
		return pairSpan(in, at, word)
	default:
		return listSpan(in, at, word)
	}
}

func afterWord(line string, at int) int {
	at += len(line[at:]) - len(strings.TrimLeft(line[at:], " \t\v\f\r"))
	if i := strings.IndexAny(line[at:], " \t\v\f\r"); i >= 0 {
		return at + i
	}
	return len(line)
}

func afterFlag(line string, at int, flag string) int {
	rest := strings.TrimLeft(line[at:], " \t\v\f\r")
	if strings.HasPrefix(rest, flag) {
		return len(line) - len(rest) + len(flag)
	}
	return afterWord(line, at)
}

func jsonSpan(line string, at, word int) (span, bool) {
	for count := 0; at < len(line); count++ {
		open := strings.IndexByte(line[at:], '"')
		if open < 0 {
			return span{}, false
		}
		from := at + open
		to := from + 1
		for to < len(line) && line[to] != '"' {
			if line[to] == '\\' {
				to++
			}
			to++
		}
		if to >= len(line) {
			return span{}, false
		}
		at = to + 1
		if count == word {
			return span{from, at}, true
		}
	}
	return span{}, false
}

func listSpan(in Instruction, at, word int) (span, bool) {
	for i, value := range in.Value {
		found := strings.Index(in.logical[at:], value)
		if found < 0 {
			return span{}, false
		}
		from := at + found
		at = from + len(value)
		if i == word {
			return span{from, at}, true
		}
	}
	return span{}, false
}

// pairSpan finds a word of key, value, separator triples; the separator stands before the value in the text.
func pairSpan(in Instruction, at, word int) (span, bool) {
	for i := 0; i+2 < len(in.Value); i += 3 {
		key := strings.Index(in.logical[at:], in.Value[i])
		if key < 0 {
			return span{}, false
		}
		from := at + key
		after := from + len(in.Value[i])
		value := strings.Index(in.logical[after:], in.Value[i+1])
		if value < 0 {
			return span{}, false
		}
		start := after + value
		at = start + len(in.Value[i+1])
		switch word - i {
		case 0:
			return span{from, after}, true
		case 1:
			return span{start, at}, true
		case 2:
			return span{after, min(after+1, len(in.logical))}, true
		}
	}
	return span{}, false
}
