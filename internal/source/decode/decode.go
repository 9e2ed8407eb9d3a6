// Package decode turns YAML and JSON text into values that Rego can judge, and tells where in the text each node stands.
//
// It owns reading text: splitting streams, values as kubectl reads them, limits, positions and waiver comments. It must
// not know files, Kubernetes kinds or rules.
//
// The authority on what a text means is sigs.k8s.io/yaml: YAML 1.1 booleans, keys as strings, the last of duplicate
// keys wins. A decoder for the common subset of YAML answers for most documents; whatever it is not sure of goes to the
// authority, and so does everything with Limits.Strict.
package decode

import (
	"bytes"
	"cmp"
	"fmt"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Limits bound what reading may cost. A zero field means its default.
type Limits struct {
	// Bytes is the largest text that is read.
	Bytes int
	// Depth is the deepest nesting of mappings and sequences.
	Depth int
	// Documents is the largest number of documents in one text.
	Documents int
	// Expansion is the largest number of bytes and nodes that a document may have once its aliases are written out. Four
	// times its own size are always allowed.
	Expansion int
	// Strict reads every document with the authority.
	Strict bool
}

// Default limits.
const (
	DefaultBytes     = 64 << 20
	DefaultDepth     = 500
	DefaultDocuments = 100_000
	DefaultExpansion = 16 << 20
)

func (l Limits) withDefaults() Limits {
	l.Bytes = cmp.Or(l.Bytes, DefaultBytes)
	l.Depth = cmp.Or(l.Depth, DefaultDepth)
	l.Documents = cmp.Or(l.Documents, DefaultDocuments)
	l.Expansion = cmp.Or(l.Expansion, DefaultExpansion)
	return l
}

// Doc is one document of a text.
type Doc struct {
	// Value is what kubectl would see.
	Value ast.Value
	// Raw is the text of the document, with the comments around it. It shares memory with the text that was read.
	Raw []byte
	// Line is the 1-based line of the text on which Raw begins, and Offset the byte at which it begins.
	Line   int
	Offset int
	// Column is the 1-based column at which Raw begins; it is above 1 only for JSON values that share a line.
	Column int
	// JSON tells that the document was read as JSON.
	JSON bool
}

// SyntaxError tells why and where a text could not be read. Line and Column are 1-based.
type SyntaxError struct {
	Line   int
	Column int
	Msg    string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Msg)
}

// Documents reads all documents of a YAML stream or of JSON text. A document that cannot be read gives an error and does
// not keep the others from being read. Documents without any content are left out. The text must not change afterwards.
func Documents(data []byte, limits Limits) ([]Doc, []*SyntaxError) {
	limits = limits.withDefaults()
	if len(data) > limits.Bytes {
		return nil, []*SyntaxError{{1, 1, fmt.Sprintf("text is larger than %d bytes", limits.Bytes)}}
	}
	if encoding := wideEncoding(data); encoding != "" {
		return nil, []*SyntaxError{{1, 1, "text is " + encoding + ", not UTF-8"}}
	}
	r := reader{limits: limits}
	split := newSplitter(data)
	for split.next() {
		if r.full(0) {
			r.fail(split.chunk, 0, fmt.Sprintf(tooMany, limits.Documents))
			break
		}
		r.read(split.chunk)
	}
	return r.docs, r.errs
}

// reader collects the documents of one text.
type reader struct {
	limits Limits
	docs   []Doc
	errs   []*SyntaxError
}

const tooMany = "more than %d documents"

// full tells whether no further document may be read.
func (r *reader) full(more int) bool { return len(r.docs)+len(r.errs)+more >= r.limits.Documents }

// read reads one chunk of a stream.
func (r *reader) read(c chunk) {
	if at := invalidUTF8(c.raw); at >= 0 {
		r.fail(c, at, "invalid UTF-8")
		return
	}
	if looksFlow(c.raw) && r.readJSON(c) {
		return
	}
	value, err := decodeYAML(c.raw, r.limits)
	if err != nil {
		err.Line += c.line - 1
		r.errs = append(r.errs, err)
		return
	}
	r.docs = append(r.docs, Doc{Value: value, Raw: c.raw, Line: c.line, Offset: c.offset, Column: 1})
}

// fail notes an error at an offset of a chunk.
func (r *reader) fail(c chunk, at int, msg string) {
	line, column := lineColumn(c.raw, at)
	r.errs = append(r.errs, &SyntaxError{Line: c.line + line - 1, Column: column, Msg: msg})
}

// decodeYAML reads one YAML document; error lines count from the start of raw.
func decodeYAML(raw []byte, limits Limits) (ast.Value, *SyntaxError) {
	if !limits.Strict {
		if value, ok := decodeSubset(raw, limits.Depth); ok {
			return value, nil
		}
	}
	return decodeAuthority(raw, limits)
}

// lineColumn gives the 1-based line and column (in characters) of an offset.
func lineColumn(raw []byte, at int) (line, column int) {
	at = min(max(at, 0), len(raw))
	start := bytes.LastIndexByte(raw[:at], '\n') + 1
	return bytes.Count(raw[:at], []byte{'\n'}) + 1, utf8.RuneCount(raw[start:at]) + 1
}

// invalidUTF8 gives the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
	return -1
}

// wideEncoding names the encoding of text that begins with a byte order mark other than UTF-8's.
func wideEncoding(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF}):
		return "UTF-32"
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return "UTF-16"
	}
	return ""
}
