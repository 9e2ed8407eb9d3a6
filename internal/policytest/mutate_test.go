package policytest

import (
	"os"
	"regexp"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const survivorsHead = "-- tests/survivors.yaml --\n"

// unnoticed are the expressions of the rule in the tests that can go without a test noticing.
var unnoticed = []string{"n < 9", `c.name == "big"`, `c.image == "big"`}

func TestMutateNoticesWhatNoTestHolds(t *testing.T) {
	result := try(t, library(t, ""), Options{Mutate: true})
	const file = "policies/process/big_web/big_web.rego"
	assert.Equal(t, []string{
		"mutant " + file + `:35: _big without "n < 9": no unit test and no fixture notices that the expression is gone`,
		"mutant " + file + `:38: _big without "c.name == \"big\"": no unit test and no fixture notices that the expression is gone`,
		"mutant " + file + `:39: _big without "c.image == \"big\"": no unit test and no fixture notices that the expression is gone`,
	}, failures(result))
	// The name, which fixtures alone tell; the call of _big; the comparison, the filter of n > 2; every.
	assert.Equal(t, []Score{{Name: "process/big-web", Mutants: 8, Killed: 5}}, result.Scores)
}

func TestMutateKnowsExplainedSurvivors(t *testing.T) {
	text := survivorsHead
	for _, expression := range unnoticed {
		text += entry(expression, "_big")
	}
	result := try(t, library(t, text), Options{Mutate: true})
	assert.Empty(t, failures(result))
	assert.Equal(t, []Score{{Name: "process/big-web", Mutants: 8, Killed: 5, Explained: 3}}, result.Scores)
}

func entry(expression, rule string) string {
	return "- file: policies/process/big_web/big_web.rego\n  rule: " + rule + "\n  expression: '" + expression + "'\n  reason: a test\n"
}

func TestMutateRefusesStaleExplanations(t *testing.T) {
	const stale = "tests/survivors.yaml explains a mutant that does not survive; remove the entry"
	text := survivorsHead
	for _, expression := range append([]string{"n > 2"}, unnoticed...) {
		text += entry(expression, "_big")
	}
	text += entry("n < 9", "violation")
	assert.Equal(t, []string{
		`mutant policies/process/big_web/big_web.rego: _big without "n > 2": ` + stale,
		`mutant policies/process/big_web/big_web.rego: violation without "n < 9": ` + stale,
	}, failures(try(t, library(t, text), Options{Mutate: true})))
}

func TestMutateRefusesAnOddList(t *testing.T) {
	for text, says := range map[string]string{
		"- {file: a, rule: b, expression: c}\n":                       "entry 1 has no reason",
		"- {file: a, expression: c, reason: d}\n":                     "entry 1 has no rule",
		"- {file: a, rule: b, expression: c, reason: d, why: e}\n":    `unknown field "why"`,
		"- {file: a, rule: b, expression: c, reason: d}\n- reason: x": "entry 2 has no",
	} {
		_, err := Run(t.Context(), Options{Root: library(t, survivorsHead+text), Base: shared(t), Mutate: true})
		require.ErrorContains(t, err, "parse tests/survivors.yaml: ")
		require.ErrorContains(t, err, says)
	}
}

func TestMutateWaitsUntilAllPasses(t *testing.T) {
	changes := fixtureFolder + "deny_a/expected.yaml --\n# Wrong.\n[]\n"
	result := try(t, library(t, changes), Options{Mutate: true})
	assert.Len(t, failures(result), 1)
	assert.Empty(t, result.Scores)
}

// lib is a whole library: a shared module with a function that would fail without its guard, and a rule that uses it.
const lib = `
-- lib/half/half.rego --
package lib.onelayer.half

of(x) := x / 2 if is_number(x)

both(x) := [of(x), 1] if x > 2
-- lib/half/half_test.rego --
package lib.onelayer.half_test

import data.lib.onelayer.half

test_half if {
	half.of(4) == 2
	not half.of("x")
}
-- lib/half/more_test.rego --
package lib.onelayer.more_test

import data.lib.onelayer.half

test_noisy if {
	not time.parse_rfc3339_ns("no date")
	half.both(4) == [2, 1]
	not half.both(2)
}
`

func TestMutateLib(t *testing.T) {
	root := library(t, lib)
	require.NoError(t, os.CopyFS(root, shared(t)))
	result := try(t, root, Options{MutateLib: true, Run: regexp.MustCompile("^lib/half$")})
	assert.Empty(t, failures(result))
	assert.Equal(t, []Score{{Name: "lib/half", Mutants: 2, Killed: 2}}, result.Scores)
}

func TestMutantsOfEveryBody(t *testing.T) {
	module := ast.MustParseModule(`package a

default f(_) := 0

f(x) := 1 if {
	x == 1
} else := 2 if {
	every i, y in x {
		y == i
		y > 2
	}
} else := 3

g contains y if {
	some y in {z | z := input[_]; z > 1}
	count([z | z := input[_]; {a: 1 | a := z; a != 2}[z]]) > 0
	not y in {1}
}
`)
	texts := []string{}
	for _, m := range mutants("a.rego", module) {
		texts = append(texts, m.rule+" "+m.text)
		assert.NotEqual(t, module.String(), m.module.String(), m.text)
	}
	assert.ElementsMatch(t, []string{
		"f x == 1", "f every i, y in x { equal(y, i); gt(y, 2) }", "f y == i", "f y > 2",
		"g some y in {z | z := input[_]; z > 1}", "g z := input[_]", "g z > 1",
		"g count([z | z := input[_]; {a: 1 | a := z; a != 2}[z]]) > 0", "g z := input[_]",
		"g {a: 1 | a := z; a != 2}[z]", "g a := z", "g a != 2", "g not y in {1}",
	}, texts)
	assert.Contains(t, module.String(), "neq(a, 2)", "the module itself is left alone")
}
