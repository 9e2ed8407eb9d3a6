package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	node "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// decodeAuthority reads a document exactly as sigs.k8s.io/yaml does.
func decodeAuthority(raw []byte, limits Limits) (ast.Value, *SyntaxError) {
	if err := checkAliases(raw, limits); err != nil {
		return nil, err
	}
	native, err := unmarshal(raw)
	if err != nil {
		return nil, explain(raw, err, limits)
	}
	if nesting(native) > limits.Depth {
		return nil, tooDeep(raw, limits.Depth)
	}
	value, err := ast.InterfaceToValue(native)
	if err != nil {
		return nil, explain(raw, err, limits)
	}
	return value, nil
}

// unmarshal asks sigs.k8s.io/yaml. A panic in it becomes an error.
func unmarshal(raw []byte) (native any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot read document: %v", p)
		}
	}()
	useNumber := func(d *json.Decoder) *json.Decoder {
		d.UseNumber()
		return d
	}
	err = yaml.Unmarshal(raw, &native, useNumber)
	return native, err
}

// parseTree gives the syntax tree of a document, or nil. Aliases are not written out in it.
func parseTree(raw []byte) (tree *node.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			tree, err = nil, fmt.Errorf("cannot read document: %v", p)
		}
	}()
	var document node.Node
	if err := node.Unmarshal(raw, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, errors.New("no content")
	}
	return document.Content[0], nil
}

// nesting gives the depth of mappings and sequences.
func nesting(value any) int {
	deepest := 0
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			deepest = max(deepest, nesting(v))
		}
	case []any:
		for _, v := range value {
			deepest = max(deepest, nesting(v))
		}
	default:
		return 0
	}
	return deepest + 1
}

// tooDeep is the error of a document that nests deeper than the limit, at the first node that does.
func tooDeep(raw []byte, limit int) *SyntaxError {
	at := max(deepJSON(raw, limit), 0)
	if tree, err := parseTree(raw); err == nil {
		if n := deeperThan(tree, limit); n != nil {
			at = newText(raw).offset(n)
		}
	}
	return errorAt(raw, at, fmt.Sprintf("nested deeper than %d levels", limit))
}

// errorAt is an error at an offset.
func errorAt(raw []byte, at int, msg string) *SyntaxError {
	line, column := lineColumn(raw, at)
	return &SyntaxError{Line: line, Column: column, Msg: msg}
}

func deeperThan(n *node.Node, limit int) *node.Node {
	if n.Kind == node.ScalarNode || n.Kind == node.AliasNode {
		return nil
	}
	if limit == 0 {
		return n
	}
	for _, child := range n.Content {
		if found := deeperThan(child, limit-1); found != nil {
			return found
		}
	}
	return nil
}

// checkAliases refuses documents whose aliases, written out, would exceed the limit.
func checkAliases(raw []byte, limits Limits) *SyntaxError {
	if !bytes.ContainsRune(raw, '*') || !bytes.ContainsRune(raw, '&') {
		return nil
	}
	tree, err := parseTree(raw)
	if err != nil {
		return nil // The authority finds the words for it.
	}
	e := expansion{limit: max(limits.Expansion, 4*len(raw)), sizes: map[*node.Node]int{}}
	if size, _ := e.measure(tree); e.first == nil || size <= e.limit {
		return nil
	}
	return errorAt(raw, newText(raw).offset(e.first), excessive)
}

const excessive = "aliases expand to an excessive document"

// expansion measures what a document weighs once its aliases are written out.
type expansion struct {
	limit int
	sizes map[*node.Node]int // of nodes that aliases name
	first *node.Node
}

// measure gives the number of nodes and bytes below n, and whether n was a known target; it saturates above the limit.
func (e *expansion) measure(n *node.Node) (size int, known bool) {
	if n.Kind == node.AliasNode {
		if e.first == nil {
			e.first = n
		}
		return e.measure(n.Alias)
	}
	if size, known = e.sizes[n]; known {
		return size, true
	}
	if n.Anchor != "" {
		e.sizes[n] = 0 // An alias within itself: the authority refuses it.
	}
	size = 1 + len(n.Value)
	for _, child := range n.Content {
		below, _ := e.measure(child)
		size = min(size+below, e.limit+1)
	}
	if n.Anchor != "" {
		e.sizes[n] = size
	}
	return size, false
}
