package jsfile

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

const maxNesting = 200

// readStrict reads strict JSON. It answers false for what is not strict JSON, which may still be JavaScript.
func readStrict(data []byte, limits *Limits) (*File, bool, error) {
	if len(data) > limits.MaxJSON {
		return nil, true, tooLarge(data, limits.MaxJSON)
	}
	if !json.Valid(trimMark(data)) {
		return nil, false, nil
	}
	m := newModule("", decode(data))
	r := &jsonReader{module: m, text: m.text, left: limits.MaxValues}
	value, at, err := r.value(0)
	if err != nil {
		return nil, true, err
	}
	return &File{Value: value, module: m, root: at}, true, nil
}

func trimMark(data []byte) []byte {
	if len(data) >= 3 && string(data[:3]) == "\xef\xbb\xbf" {
		return data[3:]
	}
	return data
}

// jsonReader reads a text that is known to be valid JSON and keeps the positions of all values.
type jsonReader struct {
	module *module
	text   string
	pos    int
	left   int
}

func (r *jsonReader) value(depth int) (any, *place, error) {
	r.space()
	r.left--
	if depth > maxNesting || r.left < 0 {
		return nil, nil, r.module.limit(r.pos, fmt.Sprintf("more than %d levels or too many values", maxNesting))
	}
	from := r.pos
	at := &place{}
	var value any
	var err error
	switch r.text[r.pos] {
	case '{':
		value, err = r.object(at, depth)
	case '[':
		value, err = r.array(at, depth)
	case '"':
		value = r.str()
	default:
		value = r.word()
	}
	at.at = span{module: r.module, from: from, to: r.pos}
	return value, at, err
}

func (r *jsonReader) object(at *place, depth int) (any, error) {
	out := map[string]any{}
	at.props = map[string]*place{}
	r.pos++
	for r.space(); r.text[r.pos] != '}'; r.space() {
		if r.text[r.pos] == ',' {
			r.pos++
			r.space()
		}
		key := r.str()
		r.space()
		r.pos++ // the colon
		value, child, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out[key], at.props[key] = value, child
	}
	r.pos++
	return out, nil
}

func (r *jsonReader) array(at *place, depth int) (any, error) {
	out := []any{}
	r.pos++
	for r.space(); r.text[r.pos] != ']'; r.space() {
		if r.text[r.pos] == ',' {
			r.pos++
		}
		value, child, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out, at.elems = append(out, value), append(at.elems, child)
	}
	r.pos++
	return out, nil
}

func (r *jsonReader) str() string {
	from := r.pos
	for r.pos++; r.text[r.pos] != '"'; r.pos++ {
		if r.text[r.pos] == '\\' {
			r.pos++
		}
	}
	r.pos++
	var out string
	if json.Unmarshal([]byte(r.text[from:r.pos]), &out) != nil {
		return r.text[from+1 : r.pos-1]
	}
	return out
}

func (r *jsonReader) word() any {
	from := r.pos
	for r.pos < len(r.text) && (isWordByte(r.text[r.pos]) || r.text[r.pos] == '.' || r.text[r.pos] == '-' || r.text[r.pos] == '+') {
		r.pos++
	}
	switch word := r.text[from:r.pos]; word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	default:
		n, _ := strconv.ParseFloat(word, 64)
		return exportNumber(n)
	}
}

func (r *jsonReader) space() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// exportNumber gives whole numbers as int64, as a reader of JSON would; what JSON cannot hold is null.
func exportNumber(n float64) any {
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return nil
	case n == math.Trunc(n) && math.Abs(n) < 1<<53:
		return int64(n)
	}
	return n
}
