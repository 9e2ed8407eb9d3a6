package docs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/docs"
	"github.com/onelayer/onelayer/internal/policy"
)

// TestPagesAreCurrent fails when a rule or a fixture changed and its page did not: run go generate ./internal/docs.
func TestPagesAreCurrent(t *testing.T) {
	root := filepath.Join("..", "..")
	library, err := policy.Load(os.DirFS(root))
	require.NoError(t, err)
	pages, err := docs.Pages(library, os.DirFS(filepath.Join(root, "tests", "fixtures")))
	require.NoError(t, err)
	assert.Len(t, pages, len(library.Rules())+1)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(root, "docs", "rules", filepath.FromSlash(name)))
		require.NoError(t, err, "run go generate ./internal/docs")
		assert.Equal(t, want, string(got), "%s is stale: run go generate ./internal/docs", name)
	}
}
