package policy

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// EntryOptions says what an entry module holds beside the findings.
type EntryOptions struct {
	// Waivers adds the rule waivers: the waiver records that stand in the judged documents. Needs lib.onelayer.exempt.
	Waivers bool
	// Unconditional leaves out the question whether a rule is enabled, for callers that pass enabled rules only.
	Unconditional bool
}

// EntryPackage gives the package of the entry for a group/Kind, without data. Different kinds give different packages.
func EntryPackage(groupKind string) string {
	var name strings.Builder
	name.WriteString("kind_")
	for _, r := range groupKind {
		switch {
		case r == '.':
			name.WriteString("_")
		case r == '/':
			name.WriteString("__")
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			name.WriteRune(r)
		default:
			fmt.Fprintf(&name, "_x%x_", r)
		}
	}
	return libraryEntry + "." + name.String()
}

const libraryEntry = "onelayer.entry"

// Entry generates the module that judges documents of one group/Kind: the rule findings is the union of the violations of
// the rules named, by current or former id.
func (l *Library) Entry(groupKind string, ids []string, options EntryOptions) (*ast.Module, error) {
	rules := make([]*Rule, 0, len(ids))
	for _, id := range ids {
		rule, ok := l.byID[id]
		if !ok {
			return nil, fmt.Errorf("generate entry for %s: unknown rule %q", groupKind, id)
		}
		rules = append(rules, rule)
	}
	name := EntryPackage(groupKind)
	module, err := parse(Source{File: strings.ReplaceAll(name, ".", "/") + ".rego", Text: entryText(name, rules, options)})
	if err != nil {
		return nil, fmt.Errorf("generate entry for %s: %w", groupKind, err)
	}
	return module, nil
}

func entryText(name string, rules []*Rule, options EntryOptions) []byte {
	var head, body strings.Builder
	fmt.Fprintf(&head, "package %s\n\n", name)
	for i, rule := range rules {
		fmt.Fprintf(&head, "import data.%s as policy_%d\n", rule.Package, i)
		body.WriteString("findings contains found if {\n")
		if !options.Unconditional {
			fmt.Fprintf(&body, "\tparams.enabled(%q)\n", rule.ID)
		}
		fmt.Fprintf(&body, "\tsome found in policy_%d.violation\n}\n\n", i)
	}
	if body.Len() > 0 && !options.Unconditional {
		fmt.Fprintf(&head, "import data.%s.params\n", libraryRoot)
	}
	if options.Waivers {
		fmt.Fprintf(&head, "import data.%s.exempt\n", libraryRoot)
		body.WriteString("waivers contains waiver if some waiver in exempt.declared\n")
	}
	return []byte(head.String() + "\n" + body.String())
}
