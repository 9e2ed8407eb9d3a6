package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/internal/source"
)

// maxIndexDigits bounds an index, so that it fits an int on every platform.
const maxIndexDigits = 9

var errEmptySegment = errors.New("a name is missing")

// ParsePath reads a path as policies render it: names that look like identifiers are joined with dots, indices stand in
// brackets, all other names are JSON strings in brackets. The empty text is the whole document.
func ParsePath(text string) (source.Path, error) {
	var path source.Path
	rest := text
	for rest != "" {
		segment, after, err := nextSegment(rest, len(path) == 0)
		if err != nil {
			return nil, fmt.Errorf("parse path %q at byte %d: %w", text, len(text)-len(rest), err)
		}
		path = append(path, segment)
		rest = after
	}
	return path, nil
}

func nextSegment(text string, first bool) (segment any, rest string, err error) {
	switch {
	case strings.HasPrefix(text, `["`):
		return quotedSegment(text)
	case text[0] == '[':
		return indexSegment(text)
	case first:
		return nameSegment(text)
	case text[0] == '.':
		return nameSegment(text[1:])
	default:
		return nil, "", fmt.Errorf("unexpected %q", text[0])
	}
}

func nameSegment(text string) (segment any, rest string, err error) {
	end := 0
	for end < len(text) && nameByte(text[end], end == 0) {
		end++
	}
	if end == 0 {
		return nil, "", errEmptySegment
	}
	return text[:end], text[end:], nil
}

func nameByte(b byte, first bool) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', b == '_', b == '$':
		return true
	default:
		return !first && ('0' <= b && b <= '9' || b == '-')
	}
}

func indexSegment(text string) (segment any, rest string, err error) {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return nil, "", errors.New("] is missing")
	}
	digits := text[1:end]
	index, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || len(digits) > maxIndexDigits || strconv.FormatUint(index, 10) != digits {
		return nil, "", fmt.Errorf("%q is no index", digits)
	}
	return int(index), text[end+1:], nil
}

func quotedSegment(text string) (segment any, rest string, err error) {
	end := 2
	for end < len(text) && text[end] != '"' {
		if text[end] == '\\' {
			end++
		}
		end++
	}
	if end+1 >= len(text) || text[end+1] != ']' {
		return nil, "", errors.New(`"] is missing`)
	}
	var name string
	if err := json.Unmarshal([]byte(text[1:end+1]), &name); err != nil {
		return nil, "", fmt.Errorf("read name: %w", err)
	}
	return name, text[end+2:], nil
}

// RenderPath writes a path as policies do; ParsePath reads it back.
func RenderPath(path source.Path) string {
	var out strings.Builder
	for i, segment := range path {
		switch segment := segment.(type) {
		case int:
			fmt.Fprintf(&out, "[%d]", segment)
		case string:
			writeName(&out, segment, i == 0)
		}
	}
	return out.String()
}

func writeName(out *strings.Builder, name string, first bool) {
	_, rest, err := nameSegment(name)
	if err != nil || rest != "" {
		quoted, _ := json.Marshal(name) // a string always marshals
		out.WriteString("[" + string(quoted) + "]")
		return
	}
	if !first {
		out.WriteByte('.')
	}
	out.WriteString(name)
}
