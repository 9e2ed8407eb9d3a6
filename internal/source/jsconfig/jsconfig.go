// Package jsconfig evaluates configuration files that are JavaScript: process files of PM2, as modules or as JSON that is
// really JavaScript.
//
// It owns the sandbox, its limits, and the mark of values that are not known before run time. It must not know what the
// values mean.
package jsconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of one file.
const (
	// MaxScript and MaxJSON are the sizes in bytes of the largest script and JSON file.
	MaxScript = 128 << 10
	MaxJSON   = 1 << 20
	// MaxNesting is how deep brackets may nest.
	MaxNesting = 300
	// Timeout is the time that a file may take.
	Timeout = 500 * time.Millisecond
	// maxHeap is how many bytes the heap may grow while a file runs.
	maxHeap = 256 << 20
	// maxResult is the size in bytes of the largest result, as JSON.
	maxResult = 2 << 20
)

// ErrNotReadable tells that a file is of a kind that this package does not read, such as TypeScript.
var ErrNotReadable = errors.New("not readable as a JavaScript or JSON configuration")

// SyntaxError tells that a file is not valid, and where.
type SyntaxError struct {
	Line, Column int
	Msg          string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// LimitError tells that a file asks for more than it may have.
type LimitError struct {
	Line, Column int
	Msg          string
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// File is a configuration file that was read.
type File struct {
	// Value is what the file exports, made of map[string]any, []any, string, json.Number, bool and nil. What is not known
	// before run time is the object {"$expr": "<text of the expression>"}.
	Value any

	text *text
	root *place
}

// Read evaluates a file. Its extension decides how: .json and .json5 are JSON that may be JavaScript, .js, .cjs and .mjs
// are modules. Nothing outside of the text is read. The error is a *SyntaxError, a *LimitError or ErrNotReadable.
func Read(ctx context.Context, name string, data []byte) (*File, error) {
	ext := strings.ToLower(path.Ext(name))
	asJSON := ext == ".json" || ext == ".json5" || ext == ".jsonc"
	if !asJSON && ext != ".js" && ext != ".cjs" && ext != ".mjs" {
		return nil, ErrNotReadable
	}
	if err := bounded(data, asJSON); err != nil {
		return nil, err
	}
	t := newText(data, asJSON)
	m, err := parseModule(t)
	if err != nil {
		return nil, err
	}
	file := &File{text: t, root: m.root}
	file.Value, err = m.evaluate(ctx)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// bounded refuses text that no parser should see.
func bounded(data []byte, asJSON bool) error {
	limit := MaxScript
	if asJSON {
		limit = MaxJSON
	}
	if len(data) > limit {
		return &LimitError{1, 1, fmt.Sprintf("the file is larger than %d KiB", limit>>10)}
	}
	line, column, depth := 1, 1, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			return &SyntaxError{line, column, "the text is not valid UTF-8"}
		}
		switch r {
		case '(', '[', '{', '`':
			if r != '`' {
				depth++
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if depth > MaxNesting {
			return &LimitError{line, column, fmt.Sprintf("brackets nest deeper than %d levels", MaxNesting)}
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		rest = rest[size:]
	}
	return nil
}

// text is the source of a file and what the parser sees of it: of equal length, so that positions are the same.
type text struct {
	original string
	code     string
	// shift is the number of characters that stand before the original in code.
	shift  int
	asJSON bool
	lines  []int
}

func newText(data []byte, asJSON bool) *text {
	original := string(data)
	code := original
	if rest, found := strings.CutPrefix(code, "\uFEFF"); found {
		code = "   " + rest
	}
	if strings.HasPrefix(code, "#!") {
		code = "//" + code[2:]
	}
	t := &text{original: original, asJSON: asJSON, lines: []int{0}}
	if asJSON {
		code, t.shift = "("+code+"\n)", 1
	}
	t.code = code
	for i := bytes.IndexByte(data, '\n'); i >= 0; {
		t.lines = append(t.lines, i+1)
		next := bytes.IndexByte(data[i+1:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	return t
}

// position gives the line and column of an offset in the original.
func (t *text) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(t.original))
	low, high := 0, len(t.lines)
	for high-low > 1 {
		if middle := (low + high) / 2; t.lines[middle] <= offset {
			low = middle
		} else {
			high = middle
		}
	}
	return low + 1, utf8.RuneCountInString(t.original[t.lines[low]:offset]) + 1
}

// span is a range of offsets in the original.
type span struct{ from, to int }

// source gives the text of a span on one line, shortened.
func (t *text) source(s span) string {
	if s.from < 0 || s.to > len(t.original) || s.from >= s.to {
		return ""
	}
	words := strings.Join(strings.Fields(t.original[s.from:s.to]), " ")
	if len(words) > 200 {
		words = strings.ToValidUTF8(words[:200], "") + "..."
	}
	return words
}

// Locate gives the line, the column and the column after the end of the value at a path, or of its nearest ancestor that
// stands in the text.
func (f *File) Locate(path []any) (line, column, end int) {
	at := f.root
	for _, segment := range path {
		next := at.child(segment)
		if next == nil {
			if key, ok := segment.(string); ok {
				if offset := f.text.keyAfter(key, at); offset >= 0 {
					line, column = f.text.position(offset)
					return line, column, 0
				}
			}
			break
		}
		at = next
	}
	if at == nil || at.span.to == 0 {
		return 1, 1, 0
	}
	line, column = f.text.position(at.span.from)
	last, after := f.text.position(at.span.to)
	if last == line {
		end = after
	}
	return line, column, end
}

// keyAfter finds a key that was set in code of which no literal remains, from the place on.
func (t *text) keyAfter(key string, at *place) int {
	from := 0
	if at != nil {
		from = min(max(at.span.from, 0), len(t.original))
	}
	for _, start := range []int{from, 0} {
		for _, form := range []string{key + ":", `"` + key + `":`, "'" + key + "':", "." + key + " =", key + " :"} {
			if i := strings.Index(t.original[start:], form); i >= 0 {
				return start + i
			}
		}
	}
	return -1
}
