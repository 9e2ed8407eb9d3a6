package config

import (
	"bytes"
	_ "embed" // for the schema
	"encoding/json"
	"fmt"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// SchemaID is where the JSON schema of the configuration document is published.
const SchemaID = "https://onelayer.dev/schema/config/v1.json"

//go:generate go run ./gen

//go:embed schema.json
var schema []byte

// Schema is the JSON schema of the configuration document, with the parameters of the rules that the tool came with.
func Schema() []byte { return bytes.Clone(schema) }

// MakeSchema writes the JSON schema for a set of rules.
func MakeSchema(rules []*policy.Rule) ([]byte, error) {
	document := documentShape().schema()
	document["$schema"] = "http://json-schema.org/draft-07/schema#"
	document["$id"] = SchemaID
	document["title"] = "onelayer configuration"
	properties := document["properties"].(map[string]any)
	properties["rules"] = rulesSchema(rules)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return out.Bytes(), nil
}

func (s *shape) schema() map[string]any {
	out := map[string]any{}
	if s.description != "" {
		out["description"] = s.description
	}
	switch s.kind {
	case "date":
		out["type"], out["pattern"] = "string", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	case "":
	default:
		out["type"] = s.kind
	}
	if s.enum != nil {
		out["enum"] = s.enum
	}
	if s.required != nil {
		out["required"] = s.required
	}
	if s.items != nil {
		out["items"] = s.items.schema()
	}
	if s.minimum > 0 {
		out["minItems"] = s.minimum
	}
	if s.values != nil {
		out["additionalProperties"] = s.values.schema()
	}
	if s.keys != nil {
		properties := map[string]any{}
		for key, inner := range s.keys {
			properties[key] = inner.schema()
		}
		out["properties"], out["additionalProperties"] = properties, false
	}
	return out
}

// rulesSchema describes each rule with its own parameters.
func rulesSchema(rules []*policy.Rule) map[string]any {
	properties := map[string]any{}
	for _, rule := range rules {
		settings := rulesShape().values.schema()
		settings["description"] = rule.Title
		settings["properties"].(map[string]any)["parameters"] = parametersSchema(rule.Parameters)
		for _, id := range append([]string{rule.ID}, rule.Aliases...) {
			properties[id] = settings
		}
	}
	out := rulesShape().schema()
	out["properties"], out["additionalProperties"] = properties, false
	return out
}

func parametersSchema(parameters map[string]policy.Parameter) map[string]any {
	properties := map[string]any{}
	for name, parameter := range parameters {
		one := map[string]any{"type": parameter.Type, "default": parameter.Default}
		if parameter.Description != "" {
			one["description"] = strings.TrimSpace(parameter.Description)
		}
		if parameter.Enum != nil {
			one["enum"] = parameter.Enum
		}
		if parameter.Items != nil {
			items := map[string]any{"type": parameter.Items.Type}
			if parameter.Items.Enum != nil {
				items["enum"] = parameter.Items.Enum
			}
			one["items"] = items
		}
		properties[name] = one
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}
