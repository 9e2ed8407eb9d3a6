package jsfile

import (
	"encoding/json"
	"strconv"
	"strings"
)

// place is a node of the tree of positions, parallel to the value.
type place struct {
	at    span
	props map[string]*place
	elems []*place
}

// Locate gives the position of the value at path, or of its nearest existing ancestor: the 1-based line, the 1-based
// column in characters, and the column after the value if the value ends on the same line, else 0.
func (f *File) Locate(path []any) (line, column, endColumn int) {
	at := span{module: f.module, to: len(f.module.text)}
	if f.root != nil && f.root.at.module == f.module && f.root.at.known() {
		at = f.root.at
	}
	node := f.root
	for _, step := range path {
		if node = node.child(step); node == nil {
			break
		}
		if node.at.known() && node.at.module == f.module {
			at = node.at
		} else if found, ok := f.findKey(at, step); ok {
			at = found
		}
	}
	return f.module.place(at)
}

func (p *place) child(step any) *place {
	if p == nil {
		return nil
	}
	switch step := step.(type) {
	case string:
		return p.props[step]
	case json.Number:
		if i, err := strconv.Atoi(step.String()); err == nil {
			return p.child(i)
		}
	case int64:
		return p.child(int(step))
	case float64:
		return p.child(int(step))
	case int:
		if step >= 0 && step < len(p.elems) {
			return p.elems[step]
		}
	}
	return nil
}

// findKey looks for the name of a property in the text of its ancestor.
func (f *File) findKey(in span, step any) (span, bool) {
	key, ok := step.(string)
	if !ok || key == "" {
		return span{}, false
	}
	text := f.module.text
	for from := in.from; from < in.to; {
		at := strings.Index(text[from:in.to], key)
		if at < 0 {
			return span{}, false
		}
		at += from
		from = at + len(key)
		if at > 0 && isWordByte(text[at-1]) {
			continue
		}
		rest := strings.TrimLeft(text[from:in.to], "'\"] \t")
		if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") {
			return span{module: f.module, from: at, to: from}, true
		}
	}
	return span{}, false
}

func (m *module) place(at span) (line, column, endColumn int) {
	line, column = m.lines.position(at.from)
	endLine, end := m.lines.position(at.to)
	if endLine == line && end > column {
		endColumn = end
	}
	return line, column, endColumn
}
