package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// looksFlow tells whether text begins like a JSON object or array.
func looksFlow(raw []byte) bool {
	text := bytes.TrimLeft(raw, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// looksJSON tells whether text that begins like JSON is meant as JSON rather than as a flow style of YAML.
func looksJSON(raw []byte) bool {
	text := bytes.TrimLeft(raw, " \t\r\n")
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(rest) == 0 {
		return true
	}
	return bytes.IndexByte([]byte(`"{[]}`), rest[0]) >= 0 && !bytes.HasPrefix(text, []byte("{{"))
}

// readJSON reads a chunk of one or several JSON values. It gives up, and answers false, when the chunk is rather YAML.
func (r *reader) readJSON(c chunk) bool {
	docs, at, err := r.jsonValues(c)
	if err != nil && len(docs) == 0 && !looksJSON(c.raw) {
		return false
	}
	if err != nil && onlyComments(c.raw[at:]) {
		err = nil
	}
	if err != nil && len(docs) == 0 {
		// YAML accepts some texts that JSON does not: comments, unquoted words, trailing commas.
		if value, failed := decodeYAML(c.raw, r.limits); failed == nil {
			r.docs = append(r.docs, Doc{Value: value, Raw: c.raw, Line: c.line, Offset: c.offset, Column: 1})
			return true
		}
	}
	r.docs = append(r.docs, docs...)
	if err != nil {
		offset, msg := jsonProblem(c.raw, at, err)
		r.fail(c, offset, msg)
	}
	return true
}

// jsonValues reads values until the end or an error; at is the offset after the last good one.
func (r *reader) jsonValues(c chunk) (docs []Doc, at int, err error) {
	if offset := deepJSON(c.raw, r.limits.Depth); offset >= 0 {
		return nil, 0, &depthError{offset: offset, limit: r.limits.Depth}
	}
	decoder := json.NewDecoder(bytes.NewReader(c.raw))
	decoder.UseNumber()
	line := lineCounter{raw: c.raw}
	for {
		var native any
		if err := decoder.Decode(&native); errors.Is(err, io.EOF) {
			return docs, at, nil
		} else if err != nil {
			return docs, at, err
		}
		value, err := ast.InterfaceToValue(normalise(native))
		if err != nil {
			return docs, at, err
		}
		if r.full(len(docs)) {
			return docs, at, fmt.Errorf(tooMany, r.limits.Documents)
		}
		end := int(decoder.InputOffset())
		docs = append(docs, jsonDoc(c, value, &line, at, end))
		at = end
	}
}

// jsonDoc is the document of a value between two offsets of a chunk.
func jsonDoc(c chunk, value ast.Value, lines *lineCounter, from, to int) Doc {
	for from < to && isJSONSpace(c.raw[from]) {
		from++
	}
	line, column := lines.lineColumn(from)
	return Doc{
		Value: value, Raw: c.raw[from:to:to], Line: c.line + line - 1, Offset: c.offset + from, Column: column, JSON: true,
	}
}

// lineCounter tells lines and columns of offsets that only grow.
type lineCounter struct {
	raw    []byte
	at     int
	breaks int // line breaks in front of at
	column int // characters between the last of them and at
}

func (l *lineCounter) lineColumn(at int) (line, column int) {
	passed := l.raw[l.at:at]
	l.at = at
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		l.breaks += bytes.Count(passed, []byte{'\n'})
		l.column, passed = 0, passed[last+1:]
	}
	l.column += utf8.RuneCount(passed)
	return l.breaks + 1, l.column + 1
}

func isJSONSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// onlyComments tells whether YAML would see nothing in the text.
func onlyComments(raw []byte) bool {
	for _, line := range bytes.Split(raw, []byte{'\n'}) {
		if hasContent(line) {
			return false
		}
	}
	return true
}

type depthError struct{ offset, limit int }

func (e *depthError) Error() string {
	return "nested deeper than " + strconv.Itoa(e.limit) + " levels"
}

// jsonProblem gives the place and the words of an error; base is where the value began.
func jsonProblem(raw []byte, base int, err error) (offset int, msg string) {
	var syntax *json.SyntaxError
	var depth *depthError
	switch {
	case errors.As(err, &depth):
		return depth.offset, depth.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return len(bytes.TrimRight(raw, " \t\r\n")), "unexpected end of JSON"
	case errors.As(err, &syntax):
		return int(syntax.Offset) - 1, syntax.Error()
	}
	return base, err.Error()
}

// deepJSON gives the offset of the first bracket that nests deeper than the limit, or -1.
func deepJSON(raw []byte, limit int) int {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}

// normalise writes the numbers of a JSON value as the authority does.
func normalise(value any) any {
	switch value := value.(type) {
	case json.Number:
		return json.Number(jsonNumber(string(value)))
	case map[string]any:
		for k, v := range value {
			value[k] = normalise(v)
		}
	case []any:
		for i, v := range value {
			value[i] = normalise(v)
		}
	}
	return value
}

// jsonNumber writes a JSON number as the authority does: integers of 64 bits as they are, others as the nearest float.
// A number beyond all floats stays as it is.
func jsonNumber(text string) string {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	if u, err := strconv.ParseUint(text, 10, 64); err == nil {
		return strconv.FormatUint(u, 10)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return floatText(f)
}

// floatText writes a float as encoding/json does.
func floatText(f float64) string {
	text, err := json.Marshal(f)
	if err != nil {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return string(text)
}
