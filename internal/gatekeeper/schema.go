package gatekeeper

import (
	"fmt"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// schema is the part of OpenAPI v3 that Kubernetes takes as a structural schema.
type schema struct {
	Type                 string             `yaml:"type,omitempty"`
	Description          string             `yaml:"description,omitempty"`
	Enum                 []string           `yaml:"enum,omitempty"`
	Items                *schema            `yaml:"items,omitempty"`
	MaxItems             int                `yaml:"maxItems,omitempty"`
	MaxProperties        int                `yaml:"maxProperties,omitempty"`
	Required             []string           `yaml:"required,omitempty"`
	Properties           map[string]*schema `yaml:"properties,omitempty"`
	AdditionalProperties *schema            `yaml:"additionalProperties,omitempty"`
	PreserveUnknown      bool               `yaml:"x-kubernetes-preserve-unknown-fields,omitempty"`
	Validations          []validation       `yaml:"x-kubernetes-validations,omitempty"`
}

type validation struct {
	Rule    string `yaml:"rule"`
	Message string `yaml:"message"`
}

// parameterSchema describes spec.parameters: the configuration document, and the severities of the constraint. Ids are
// checked by the API server. It prunes silently what a schema does not know, so everything else is let through; the rule
// onelayer/config says what is wrong. There are no defaults: a stored default would outlive an upgrade.
func parameterSchema(library *policy.Library) schema {
	known := ids(library)
	quoted := make([]string, 0, len(known))
	for _, id := range known {
		quoted = append(quoted, "'"+id+"'")
	}
	return schema{
		Type: "object", PreserveUnknown: true,
		Description: "The configuration document of onelayer, and which severities this constraint reports.",
		Properties: map[string]*schema{
			"severities": {
				Type: "array", MaxItems: len(levels), Items: &schema{Type: "string", Enum: []string{"error", "warning", "info"}},
				Description: "The severities that this constraint reports; all of them unless set.",
			},
			"rules": {
				Type: "object", MaxProperties: len(known),
				Description:          "Settings by id of a rule: enabled, severity, parameters.",
				AdditionalProperties: &schema{Type: "object", PreserveUnknown: true},
				Validations: []validation{{
					Rule:    fmt.Sprintf("self.all(id, id in [%s])", strings.Join(quoted, ", ")),
					Message: "unknown rule: onelayer rules lists the ids",
				}},
			},
		},
	}
}
