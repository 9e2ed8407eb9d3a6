package policy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// Gate says that a rule of a shared module is the empty array in every document that holds none of some literals, and in
// whose unit no Image stands that it may run. An engine may then leave the rule unasked.
type Gate struct {
	// Rule is the path without data, such as lib.onelayer.supervision.entries.
	Rule string
	// Needles are literals as in the METADATA of a policy, without what must stand around.
	Needles []string
}

// customShared is the closed schema of METADATA custom of a shared package.
type customShared struct {
	// Gates holds needles by the name of a rule.
	Gates map[string][]string `json:"gates"`
}

// readGates reads the gates in the METADATA of a shared package.
func readGates(module *ast.Module, file string) ([]Gate, []finding.Problem) {
	notes := packageAnnotations(module)
	if strings.HasPrefix(file, "policies/") || len(notes) == 0 || len(notes[0].Custom) == 0 {
		return nil, nil
	}
	m := &metadata{file: file, start: notes[0].Location.Row, lines: strings.Split(string(notes[0].Location.Text), "\n")}
	var out customShared
	text, err := json.Marshal(notes[0].Custom)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&out)
	}
	if err != nil {
		m.fail("custom", "decode custom of a shared package, which holds gates only: %v", err)
		return nil, m.problems
	}
	var gates []Gate
	for _, name := range slices.Sorted(maps.Keys(out.Gates)) {
		needles := out.Gates[name]
		m.checkGate(module, name, needles)
		gates = append(gates, Gate{Rule: packageName(module) + "." + name, Needles: needles})
	}
	return gates, m.problems
}

func (m *metadata) checkGate(module *ast.Module, name string, needles []string) {
	field := "gates." + name
	m.filled(field, needles)
	distinct(m, field, needles)
	for _, needle := range needles {
		if isEmptyNeedle(needle) || strings.Contains(needle, Around) {
			m.fail(field, "custom.%s: %q is no literal of the document itself", field, needle)
		}
	}
	if !slices.ContainsFunc(module.Rules, func(r *ast.Rule) bool { return isValueOf(r, name) }) {
		m.fail(field, "custom.%s: no rule of this file has that name and a value of its own", field)
	}
}

// isValueOf tells whether a rule gives the complete value at a name.
func isValueOf(rule *ast.Rule, name string) bool {
	head := rule.Head
	return len(head.Ref()) == 1 && head.Ref()[0].Value.Compare(ast.Var(name)) == 0 && len(head.Args) == 0 && head.Key == nil
}
