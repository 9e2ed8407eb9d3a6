package equivalence

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/entry"
)

// survivors are the expressions of the entries that no scenario misses, each with the reason.
var survivors = map[string]string{
	"bundles/opa/onelayer.rego _waiver: exempt.accepted(found)":                                        "the head is undefined where it is",
	`bundles/conftest/main.rego _onelayer_config: equal(kind, "onelayer.dev/Config")`:                  sameAnswer,
	`bundles/conftest/main.rego _onelayer_config: equal(kind, "onelayer.dev/WaiverReview")`:            sameAnswer,
	`bundles/conftest/main.rego _onelayer_waiver_expired: equal(kind, "onelayer.dev/WaiverReview")`:    sameAnswer,
	`bundles/conftest/main.rego deny_process_manager_entrypoint: _asked("process/manager-entrypoint")`: onlyWork,
	`bundles/conftest/main.rego warn_process_manager_entrypoint: _asked("process/manager-entrypoint")`: onlyWork,
	`bundles/conftest/main.rego deny_process_signals_swallowed: _asked("process/signals-swallowed")`:   onlyWork,
	`bundles/conftest/main.rego warn_process_signals_swallowed: _asked("process/signals-swallowed")`:   onlyWork,
}

// sameAnswer is why a rule about the configuration may be asked about every input of its kind: a policy says nothing about
// inputs that it does not know, and the union is the same. The expression saves work.
const sameAnswer = "the policy is silent about the other input"

// onlyWork is why a rule may be asked in vain: it finds nothing then. Which rules are asked is held by questions.
const onlyWork = "the rule finds nothing where it is not asked"

// mutant is an entry without one of its expressions.
type mutant struct {
	name string
	text []byte
}

// mutants drops one expression of a module at a time. Of the rules that are generated for each rule of the library, which
// differ in names only, those of the rules that scenarios watch stand for all.
func mutants(t *testing.T, file string, text []byte) []mutant {
	t.Helper()
	parse := func() *ast.Module {
		module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		return module
	}
	var list []mutant
	for i, rule := range parse().Rules {
		depth := 0
		for link := rule; link != nil; link = link.Else {
			for k := range link.Body {
				broken := parse()
				target := broken.Rules[i]
				for range depth {
					target = target.Else
				}
				name := fmt.Sprintf("%s %s: %s", file, rule.Head.Name, target.Body[k])
				if target.Body[k].String() == "true" || !stands(rule) {
					continue
				}
				target.Body = append(target.Body[:k:k], target.Body[k+1:]...)
				if len(target.Body) == 0 {
					target.Body = ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))
				}
				formatted, err := format.Ast(broken)
				require.NoError(t, err)
				list = append(list, mutant{name, formatted})
			}
			depth++
		}
	}
	return list
}

// stands tells whether a rule is no repetition of another one for another rule of the library.
func stands(rule *ast.Rule) bool {
	text := rule.String()
	if !strings.Contains(text, "policy_") && !strings.HasPrefix(string(rule.Head.Name), "deny_") && !strings.HasPrefix(string(rule.Head.Name), "warn_") {
		return true
	}
	for _, id := range []string{"process_manager_entrypoint", "process_signals_swallowed", "onelayer_config", "onelayer_waiver_expired"} {
		if strings.Contains(text, id) {
			return true
		}
	}
	return false
}

// TestMutationOfEntries drops every expression of the entries, one at a time, and demands that a scenario notices.
func TestMutationOfEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for _, kind := range []struct {
		folder, file string
		load         func(t *testing.T, files map[string][]byte) (subject, error)
	}{
		{"bundles/opa", entry.FileOPA, func(t *testing.T, files map[string][]byte) (subject, error) {
			o, err := newOPA(t.Context(), files)
			return subject{
				try:   func(s *scenario) (string, error) { return s.tryOPA(t.Context(), o) },
				asked: func() (string, error) { return "", nil },
			}, err
		}},
		{"bundles/conftest", entry.FileConftest, func(t *testing.T, files map[string][]byte) (subject, error) {
			c, err := newConftest(t.TempDir(), files)
			return subject{
				try:   func(s *scenario) (string, error) { return s.tryConftest(t.Context(), c) },
				asked: func() (string, error) { return c.misasked(t.Context()) },
			}, err
		}},
	} {
		files, err := library(kind.folder)
		require.NoError(t, err)
		killed := 0
		for _, m := range mutants(t, kind.file, files[kind.file]) {
			broken := maps.Clone(files)
			broken[kind.file] = m.text
			loaded, err := kind.load(t, broken)
			if err != nil {
				continue // what does not compile is no mutant
			}
			noticed := loaded.notices()
			_, explained := survivors[m.name]
			assert.True(t, noticed || explained, "no scenario misses: %s", m.name)
			assert.False(t, noticed && explained, "a scenario misses what is said to survive: %s", m.name)
			if noticed {
				killed++
			}
		}
		assert.Greater(t, killed, 15, kind.folder)
	}
}

// subject is what a mutant is loaded into. Both tell what goes wrong: try in a scenario, asked in a question about which
// rules are evaluated.
type subject struct {
	try   func(s *scenario) (string, error)
	asked func() (string, error)
}

// notices tells whether any scenario or question goes wrong.
func (s subject) notices() bool {
	if detail, err := s.asked(); err != nil || detail != "" {
		return true
	}
	for i := range scenarios {
		if detail, err := s.try(&scenarios[i]); err != nil || detail != "" {
			return true
		}
	}
	return false
}
