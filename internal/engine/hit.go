package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// hit is a finding as a policy gave it, before it is placed in a file.
type hit struct {
	id, severity, msg, root string
	object                  finding.Object
	path                    string
	evidence                []step
	related                 []step
}

// step is a piece of evidence or a related place.
type step struct {
	note, path string
	object     *finding.Object
}

var (
	keyID         = ast.StringTerm("id")
	keySeverity   = ast.StringTerm("severity")
	keyMsg        = ast.StringTerm("msg")
	keyRoot       = ast.StringTerm("root")
	keyObject     = ast.StringTerm("object")
	keyPath       = ast.StringTerm("path")
	keyNote       = ast.StringTerm("note")
	keyEvidence   = ast.StringTerm("evidence")
	keyRelated    = ast.StringTerm("related")
	keyAPIVersion = ast.StringTerm("apiVersion")
	keyKind       = ast.StringTerm("kind")
	keyNamespace  = ast.StringTerm("namespace")
	keyName       = ast.StringTerm("name")
)

// readHit reads a violation; it fails on a value that is no finding.
func readHit(value ast.Value) (hit, bool) {
	obj, ok := value.(ast.Object)
	if !ok {
		return hit{}, false
	}
	h := hit{
		id:       text(obj, keyID),
		severity: text(obj, keySeverity),
		msg:      text(obj, keyMsg),
		root:     text(obj, keyRoot),
		path:     readPath(obj),
		evidence: readSteps(obj, keyEvidence),
		related:  readSteps(obj, keyRelated),
	}
	if ref := readObject(obj); ref != nil {
		h.object = *ref
	}
	return h, h.id != "" && h.msg != ""
}

func text(obj ast.Object, key *ast.Term) string {
	if term := obj.Get(key); term != nil {
		if value, ok := term.Value.(ast.String); ok {
			return string(value)
		}
	}
	return ""
}

func readObject(obj ast.Object) *finding.Object {
	term := obj.Get(keyObject)
	if term == nil {
		return nil
	}
	ref, ok := term.Value.(ast.Object)
	if !ok {
		return nil
	}
	return &finding.Object{
		APIVersion: text(ref, keyAPIVersion),
		Kind:       text(ref, keyKind),
		Namespace:  text(ref, keyNamespace),
		Name:       text(ref, keyName),
	}
}

// readPath reads a path that is rendered already, or renders its segments.
func readPath(obj ast.Object) string {
	term := obj.Get(keyPath)
	if term == nil {
		return ""
	}
	if segments, ok := term.Value.(*ast.Array); ok {
		return RenderPath(segmentsOf(segments))
	}
	return text(obj, keyPath)
}

func segmentsOf(array *ast.Array) source.Path {
	path := make(source.Path, 0, array.Len())
	for i := range array.Len() {
		switch segment := array.Elem(i).Value.(type) {
		case ast.String:
			path = append(path, string(segment))
		case ast.Number:
			if index, ok := segment.Int(); ok && index >= 0 {
				path = append(path, index)
			}
		}
	}
	return path
}

// readSteps reads a list or set of evidence or related places, in its order.
func readSteps(obj ast.Object, key *ast.Term) []step {
	var steps []step
	for _, term := range elements(obj.Get(key)) {
		entry, ok := term.Value.(ast.Object)
		if !ok {
			continue
		}
		steps = append(steps, step{note: text(entry, keyNote), path: readPath(entry), object: readObject(entry)})
	}
	return steps
}

func elements(term *ast.Term) []*ast.Term {
	if term == nil {
		return nil
	}
	var list []*ast.Term
	switch value := term.Value.(type) {
	case *ast.Array:
		value.Foreach(func(element *ast.Term) { list = append(list, element) })
	case ast.Set:
		list = value.Slice()
	}
	return list
}
