package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// fingerprint identifies a finding across edits that do not touch its cause. An object is known by its name, so that it
// may move to another file, unless several files hold it; what has no name in Kubernetes is known by its file.
func fingerprint(id string, doc *source.Document, object finding.Object, path source.Path, several bool) string {
	group, _, grouped := strings.Cut(object.APIVersion, "/")
	if !grouped {
		group = ""
	}
	own := group == ownGroup || object.Name == ""
	parts := []string{id}
	if own || several {
		parts = append(parts, "file", doc.File)
	}
	if !own {
		parts = append(parts, "object", group, object.Kind, object.Namespace, object.Name)
	}
	parts = append(parts, "path")
	parts = append(parts, stable(doc.Value, path)...)
	hash := sha256.New()
	for _, part := range parts {
		hash.Write([]byte(strconv.Itoa(len(part)) + ":" + part)) // never fails
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// stable writes a path with names instead of indices wherever the element has one.
func stable(value ast.Value, path source.Path) []string {
	parts := make([]string, 0, len(path))
	key := ""
	for _, segment := range path {
		next := child(value, segment)
		switch segment := segment.(type) {
		case string:
			key = segment
			parts = append(parts, "."+segment)
		case int:
			parts = append(parts, elementName(key, next, segment))
		}
		value = next
	}
	return parts
}

func child(value ast.Value, segment any) ast.Value {
	var term *ast.Term
	switch node := value.(type) {
	case ast.Object:
		if name, ok := segment.(string); ok {
			term = node.Get(ast.StringTerm(name))
		}
	case *ast.Array:
		if index, ok := segment.(int); ok && index >= 0 && index < node.Len() {
			term = node.Elem(index)
		}
	}
	if term == nil {
		return nil
	}
	return term.Value
}

// elementName names an element of a list: a container by its name, an instruction by what it says, a line of a script by
// its text, anything else by its place.
func elementName(list string, value ast.Value, index int) string {
	switch node := value.(type) {
	case ast.Object:
		if name := text(node, keyName); name != "" {
			return "=" + name
		}
		if list == "dockerfile" {
			return "=" + node.String()
		}
	case ast.String:
		if list == "script" {
			return "=" + strings.TrimSpace(string(node))
		}
	}
	return "#" + strconv.Itoa(index)
}
