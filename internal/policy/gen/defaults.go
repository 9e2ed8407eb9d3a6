package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/onelayer/onelayer/internal/policy"
)

const defaultsHead = `package lib.onelayer.params

# METADATA
# description: Generated from the METADATA of the policies; change it there.
`

// schema is what lib.onelayer.params needs to check a parameter.
type schema struct {
	Type  string        `json:"type"`
	Enum  []any         `json:"enum,omitempty"`
	Items *policy.Items `json:"items,omitempty"`
}

// defaultsFile prints the ids, severities, former ids, defaults and schemas of all rules as Rego.
func defaultsFile(library *policy.Library) ([]byte, error) {
	defaults, schemas := map[string]map[string]any{}, map[string]map[string]schema{}
	severities, aliases, renamed := map[string]any{}, map[string][]string{}, map[string]string{}
	for _, rule := range library.Rules() {
		severities[rule.ID] = rule.Severities
		if len(rule.Aliases) > 0 {
			aliases[rule.ID] = rule.Aliases
		}
		for _, alias := range rule.Aliases {
			renamed[alias] = rule.ID
		}
		for name, parameter := range rule.Parameters {
			put(defaults, rule.ID, name, parameter.Default)
			put(schemas, rule.ID, name, schema{Type: parameter.Type, Enum: parameter.Enum, Items: parameter.Items})
		}
	}
	var out bytes.Buffer
	out.WriteString(defaultsHead)
	for _, rule := range []struct {
		name  string
		value any
	}{
		{"_defaults", defaults}, {"_schema", schemas}, {"_severities", severities}, {"_aliases", aliases}, {"_renamed", renamed},
	} {
		if err := printRule(&out, rule.name, rule.value); err != nil {
			return nil, err
		}
	}
	return format.Source("lib/params/defaults.rego", out.Bytes())
}

func put[T any](target map[string]map[string]T, id, name string, value T) {
	if target[id] == nil {
		target[id] = map[string]T{}
	}
	target[id][name] = value
}

// width is the longest line of the file.
const width = 120

// printRule prints a constant rule, one line an entry of its object.
func printRule(out *bytes.Buffer, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	term, err := ast.ParseTerm(string(text))
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	fmt.Fprintf(out, "%s := ", name)
	if object, ok := term.Value.(ast.Object); ok && object.Len() > 0 {
		printLines(out, term, 0)
	} else {
		// Before OPA 1.22 a reference into the literal {} is a type error.
		out.WriteString("object.union({}, {})")
	}
	out.WriteString("\n\n")
	return nil
}

// printTerm prints a term on one line where it fits, else one line an element.
func printTerm(out *bytes.Buffer, term *ast.Term, depth, used int) {
	text := term.String()
	if depth*tab+used+len(text) < width {
		out.WriteString(text)
		return
	}
	printLines(out, term, depth)
}

// tab is how wide an indentation counts.
const tab = 4

func printLines(out *bytes.Buffer, term *ast.Term, depth int) {
	indent := strings.Repeat("\t", depth)
	switch value := term.Value.(type) {
	case ast.Object:
		out.WriteString("{\n")
		value.Foreach(func(key, element *ast.Term) {
			start := key.String() + ": "
			out.WriteString(indent + "\t" + start)
			printTerm(out, element, depth+1, len(start))
			out.WriteString(",\n")
		})
		out.WriteString(indent + "}")
	case *ast.Array:
		out.WriteString("[\n")
		value.Foreach(func(element *ast.Term) {
			out.WriteString(indent + "\t")
			printTerm(out, element, depth+1, 0)
			out.WriteString(",\n")
		})
		out.WriteString(indent + "]")
	default:
		out.WriteString(term.String())
	}
}
