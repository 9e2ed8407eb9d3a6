package snapshot

import (
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPureRulesAreThoseThatReadNothingThatChanges(t *testing.T) {
	texts := []string{`package lib.onelayer.a

import data.lib.onelayer.b
import data.lib.onelayer.config
import data.lib.onelayer.params
import data.lib.onelayer.prepared
import data.lib.onelayer.resource
import data.lib.onelayer.unit

constant := {"x", "y"}

of_arguments(x) := count(x) if x in constant

of_config := config.strict

of_input := input.kind

of_input_later(x) := [x, of_input]

of_else(x) := 1 if {
	x == 2
} else := input.kind

of_unit := unit.whole

of_prepared := prepared.images

of_inventory(x) := data.inventory.cluster[x]

of_effective := params.config.mesh

of_cluster := "cluster" if resource.in_cluster

of_resources := resource.all

of_clock := time.now_ns()

of_other(x) := b.twice(x)

of_other_impure := b.names

of_with := x if x := of_other(2) with input as {}

of_package := data.lib.onelayer.b

of_missing := data.lib.onelayer.c.x

by_key[key] contains 1 if some key in constant

of_key := by_key.x
`, `package lib.onelayer.b

twice(x) := x * 2

names contains name if some name in input.names
`, `package lib.onelayer.params

config := input.parameters
`, `package lib.onelayer.resource

in_cluster if input.review

all := [input]
`}
	modules := map[string]*ast.Module{}
	for i, text := range texts {
		modules[fmt.Sprint(i)] = ast.MustParseModule(text)
	}
	compiler := ast.NewCompiler()
	compiler.Compile(modules)
	require.Empty(t, compiler.Errors)
	assert.Equal(t, []string{
		"lib.onelayer.a.by_key", "lib.onelayer.a.constant", "lib.onelayer.a.of_arguments", "lib.onelayer.a.of_config",
		"lib.onelayer.a.of_key", "lib.onelayer.a.of_other", "lib.onelayer.b.twice",
	}, Pure(compiler.Modules))
	assert.Equal(t, []string{
		"lib.onelayer.a.by_key", "lib.onelayer.a.constant", "lib.onelayer.a.of_arguments", "lib.onelayer.a.of_cluster",
		"lib.onelayer.a.of_config", "lib.onelayer.a.of_effective", "lib.onelayer.a.of_inventory", "lib.onelayer.a.of_key",
		"lib.onelayer.a.of_other", "lib.onelayer.a.of_prepared", "lib.onelayer.a.of_unit", "lib.onelayer.b.twice",
	}, Settled(compiler.Modules))
}
