package main

import (
	"bytes"
	"encoding/json"
	"fmt"

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

func printRule(out *bytes.Buffer, name string, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	fmt.Fprintf(out, "%s := ", name)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	out.WriteString("\n")
	return nil
}
