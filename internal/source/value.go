package source

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// get follows keys in a value; nil where one is missing.
func get(value ast.Value, keys ...string) ast.Value {
	for _, key := range keys {
		object, ok := value.(ast.Object)
		if !ok {
			return nil
		}
		term := object.Get(ast.InternedTerm(key))
		if term == nil {
			return nil
		}
		value = term.Value
	}
	return value
}

// str gives a string value, empty for anything else.
func str(value ast.Value) string {
	text, _ := value.(ast.String)
	return string(text)
}

// text gives a scalar as its author wrote it, empty for anything else.
func text(value ast.Value) string {
	switch value := value.(type) {
	case ast.String:
		return string(value)
	case ast.Boolean, ast.Number:
		return value.String()
	}
	return ""
}

// items gives the elements of an array.
func items(value ast.Value) []ast.Value {
	array, ok := value.(*ast.Array)
	if !ok {
		return nil
	}
	list := make([]ast.Value, 0, array.Len())
	array.Foreach(func(term *ast.Term) { list = append(list, term.Value) })
	return list
}

// field is a key of an object with its value.
type field struct {
	key   string
	value ast.Value
}

// fields gives the entries of an object in the order of their keys.
func fields(value ast.Value) []field {
	object, ok := value.(ast.Object)
	if !ok {
		return nil
	}
	list := make([]field, 0, object.Len())
	object.Foreach(func(key, value *ast.Term) {
		list = append(list, field{str(key.Value), value.Value})
	})
	slices.SortFunc(list, func(a, b field) int { return strings.Compare(a.key, b.key) })
	return list
}

// pair is an entry of an object to be.
func pair(key string, value ast.Value) [2]*ast.Term {
	return [2]*ast.Term{ast.InternedTerm(key), ast.NewTerm(value)}
}

func object(pairs ...[2]*ast.Term) ast.Value { return ast.NewObject(pairs...) }

func stringArray(list []string) ast.Value {
	terms := make([]*ast.Term, len(list))
	for i, s := range list {
		terms[i] = ast.StringTerm(s)
	}
	return ast.NewArray(terms...)
}

// with gives an object with another value for a key.
func with(value ast.Value, key string, replacement ast.Value) ast.Value {
	old, ok := value.(ast.Object)
	if !ok {
		return value
	}
	pairs := make([][2]*ast.Term, 0, old.Len()+1)
	old.Foreach(func(k, v *ast.Term) {
		if str(k.Value) != key {
			pairs = append(pairs, [2]*ast.Term{k, v})
		}
	})
	return ast.NewObject(append(pairs, pair(key, replacement))...)
}
