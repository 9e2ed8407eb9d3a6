package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onelayer/onelayer/internal/finding"
)

// mistake is what is wrong at a path.
type mistake struct {
	path []any
	// key tells that the key at the path is wrong and not its value.
	key bool
	msg string
}

// check compares a document with the shape and reports the first mistake in the order of the text.
func (l *layer) check(value any) error {
	var found []mistake
	compare(documentShape(), value, nil, &found)
	if len(found) == 0 {
		return nil
	}
	problems := make([]finding.Problem, len(found))
	for i, m := range found {
		problems[i] = l.problem(m.path, m.key, m.msg)
	}
	slices.SortStableFunc(problems, func(a, b finding.Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return problems[0]
}

func (l *layer) problem(path []any, key bool, msg string) finding.Problem {
	full := append(append([]any{}, l.prefix...), path...)
	at := l.place(full, key)
	return finding.Problem{File: at.File, Line: at.Line, Column: at.Column, Msg: msg}
}

func compare(s *shape, value any, path []any, found *[]mistake) {
	if value == nil && len(path) > 0 {
		// An empty entry, as in "rules:", is not set.
		return
	}
	if msg := misfit(s, value, path); msg != "" {
		*found = append(*found, mistake{path: path, msg: msg})
		return
	}
	switch value := value.(type) {
	case map[string]any:
		compareObject(s, value, path, found)
	case []any:
		if s.items == nil {
			return
		}
		for i, item := range value {
			compare(s.items, item, join(path, i), found)
		}
	}
}

func compareObject(s *shape, object map[string]any, path []any, found *[]mistake) {
	for key, value := range object {
		switch inner := s.keys[key]; {
		case inner != nil:
			compare(inner, value, join(path, key), found)
		case s.values != nil:
			compare(s.values, value, join(path, key), found)
		case s.keys != nil:
			*found = append(*found, mistake{path: join(path, key), key: true, msg: unknownKey(s, key, path)})
		}
	}
	for _, key := range s.required {
		if object[key] == nil {
			msg := fmt.Sprintf("%s has no %s", name(path), key)
			if mend := mends[key]; mend != "" {
				msg += ": " + mend
			}
			*found = append(*found, mistake{path: path, msg: msg})
		}
	}
}

func unknownKey(s *shape, key string, path []any) string {
	keys := make([]string, 0, len(s.keys))
	for known := range s.keys {
		keys = append(keys, known)
	}
	slices.Sort(keys)
	msg := fmt.Sprintf("unknown key %q", key)
	if len(path) > 0 {
		msg += " in " + name(path)
	}
	if near := Nearest(key, keys); near != "" {
		return fmt.Sprintf("%s: did you mean %q?", msg, near)
	}
	return msg + ": use " + strings.Join(keys, ", ")
}

// misfit says what is wrong with a value itself, or nothing.
func misfit(s *shape, value any, path []any) string {
	got := typeName(value)
	switch {
	case s.judged || s.kind == "":
		return ""
	case s.kind == "date":
		return misdate(value, path)
	case s.kind != got:
		return fmt.Sprintf("%s must be %s, not %s%s", name(path), article(s.kind), article(got), quoteHint(s.kind, got))
	case s.enum != nil && !slices.Contains(s.enum, value.(string)):
		return fmt.Sprintf("%s must be one of %s, not %q", name(path), strings.Join(s.enum, ", "), value)
	case s.minimum > 0 && len(value.([]any)) < s.minimum:
		return fmt.Sprintf("%s must not be empty", name(path))
	default:
		return ""
	}
}

func misdate(value any, path []any) string {
	day, _ := value.(string)
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fmt.Sprintf("%s must be a day such as 2027-01-31, not %v", name(path), value)
	}
	return ""
}

func quoteHint(want, got string) string {
	if want == "string" && (got == "boolean" || got == "number") {
		return ": put it in quotes"
	}
	return ""
}

func typeName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number, float64, int, int64:
		return "number"
	default:
		return "value"
	}
}

func article(kind string) string {
	switch kind {
	case "object":
		return "a mapping"
	case "array":
		return "a list"
	case "boolean":
		return "true or false"
	case "null":
		return "nothing"
	case "string":
		return "text"
	default:
		return "a " + kind
	}
}

// name prints a path as a user would write it: waivers[0].until.
func name(path []any) string {
	if len(path) == 0 {
		return "the configuration"
	}
	var b strings.Builder
	for _, segment := range path {
		switch segment := segment.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", segment)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(segment)
		}
	}
	return b.String()
}

func join(path []any, segment any) []any {
	return append(slices.Clip(path), segment)
}
