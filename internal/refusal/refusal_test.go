package refusal

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryReasonHasAMend reads the constants, so that a new one without a mend is noticed.
func TestEveryReasonHasAMend(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "reasons.go", nil, 0)
	require.NoError(t, err)
	seen := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || fmt.Sprint(spec.Type) != "Reason" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		assert.False(t, seen[text], "%s stands twice", text)
		assert.NotEmpty(t, mends[Reason(text)], text)
		seen[text] = true
		return true
	})
	assert.Len(t, Reasons(), len(seen))
}

func TestError(t *testing.T) {
	err := fmt.Errorf("verify a.tar.gz: %w", New(Rollback, "version %d", 3))
	assert.EqualError(t, err, "verify a.tar.gz: refused (rollback): version 3: keep what you have, and ask who released it")
	assert.True(t, Is(err, Rollback))
	assert.False(t, Is(err, Expired))
	_, ok := Of(fmt.Errorf("no refusal"))
	assert.False(t, ok)
}
