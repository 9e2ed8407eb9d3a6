// Package policy is the policy library as data: its modules, what each rule says about itself, and the laws that keep
// one source valid on every engine.
//
// It owns the closed METADATA schema of a rule, the import closure of rules, the generated entry modules and the laws.
// It must not know how modules are evaluated, where inputs come from or how findings are shown.
package policy

import (
	"slices"

	"github.com/onelayer/onelayer/internal/finding"
)

// Rule is what a policy says about itself in the METADATA of its package.
type Rule struct {
	// ID is group/rule with dashes, Title one line, Description what is wrong and why it hurts.
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Group       string `json:"group"`
	// Severity is the default; Severities are all that the rule may emit, the default among them.
	Severity   finding.Severity   `json:"severity"`
	Severities []finding.Severity `json:"severities"`
	// Concerns are rows of the responsibility map, Layers its columns.
	Concerns []string `json:"concerns"`
	Layers   []string `json:"layers"`
	// AppliesTo lists group/Kind: apps/Deployment, /Service, onelayer.dev/Image.
	AppliesTo []string `json:"applies_to"`
	// Needs lists what the rule reads: object, namespace, inventory, source, image.
	Needs []string `json:"needs"`
	// Needles are literals; a document that holds none of them cannot break the rule. Empty means: always judge. A \b at
	// an end of a needle asks for the end of a word: no letter or digit beside it. One that begins with unit: may stand
	// in any object that was given together with the document, or in the configuration, and A & unit:B asks for both.
	Needles []string `json:"needles"`
	// Surroundings are literals like needles; where none of them stands in any object that was given together or in the
	// configuration, the rule finds nothing.
	Surroundings []string `json:"surroundings,omitempty"`
	// RaisedBy are literals like needles for a severity above the default; where none of them stands, the rule finds nothing of
	// that severity.
	RaisedBy    map[finding.Severity][]string `json:"raised_by,omitempty"`
	Parameters  map[string]Parameter          `json:"parameters"`
	Remediation Remediation                   `json:"remediation"`
	// Fix is safe, unsafe or manual.
	Fix   string `json:"fix"`
	Since string `json:"since"`
	// Effective is the release from which the rule may deny; before it, it warns.
	Effective string `json:"effective,omitempty"`
	// Aliases are former ids that configurations and waivers may still use.
	Aliases []string `json:"aliases,omitempty"`
	// Deprecated says what replaces the rule; empty for a current rule.
	Deprecated       string            `json:"deprecated,omitempty"`
	RelatedResources []RelatedResource `json:"related_resources,omitempty"`
	// Package is the Rego package without data, File the path in the library.
	Package string `json:"-"`
	File    string `json:"-"`
}

// Parameter is a value that users may set for a rule. Every parameter has a default of its own type.
type Parameter struct {
	Type        string `json:"type"`
	Description string `json:"description"`
	Default     any    `json:"default"`
	// Enum lists the only values allowed, Items describes the elements of an array.
	Enum  []any  `json:"enum,omitempty"`
	Items *Items `json:"items,omitempty"`
}

// Items describes the elements of an array parameter.
type Items struct {
	Type string `json:"type"`
	Enum []any  `json:"enum,omitempty"`
}

// Remediation says what to do instead, in general and, where it differs, per data plane of the mesh.
type Remediation struct {
	Default string `json:"default"`
	Sidecar string `json:"sidecar,omitempty"`
	Ambient string `json:"ambient,omitempty"`
	Linkerd string `json:"linkerd,omitempty"`
}

// For gives the remediation for a data plane: sidecar, ambient or linkerd; the default for any other.
func (r Remediation) For(mode string) string {
	text := map[string]string{"sidecar": r.Sidecar, "ambient": r.Ambient, "linkerd": r.Linkerd}[mode]
	if text == "" {
		return r.Default
	}
	return text
}

// RelatedResource is a page to read on.
type RelatedResource struct {
	Ref         string `json:"ref"`
	Description string `json:"description,omitempty"`
}

// Judges tells whether the rule judges documents of that kind.
func (r *Rule) Judges(groupKind string) bool {
	return slices.Contains(r.AppliesTo, groupKind)
}

const (
	// Around begins a needle that is looked for around a document too.
	Around = "unit:"
	// And joins a needle of a document with one of what stands around it.
	And = " & "
)

// ByItself tells whether the text of a document alone can show that the rule finds nothing in it.
func (r *Rule) ByItself() bool {
	return len(r.Needles) > 0 && !slices.ContainsFunc(r.Needles, isAround)
}
