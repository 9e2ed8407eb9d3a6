package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/page"
)

// pages are those whose commands run here. The page on Gatekeeper needs a cluster: tests/cluster runs it.
var pages = []string{"README.md", "docs/bundles.md", "docs/conftest.md", "docs/opa.md", "docs/serve.md"}

// steps are commands of pages that .ci/run runs by itself, and which would run everything here once more.
var steps = []string{"go test ./..."}

// TestPages pastes the commands of each page, in a fresh clone, with the newest released programs at hand.
func TestPages(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	require.NoError(t, err)
	for _, step := range steps {
		assert.Contains(t, string(script), "\n"+step+"\n", "no step of CI")
	}
	path := strings.Join([]string{
		filepath.Dir(opa.newest.path(t)), filepath.Dir(conftest.newest.path(t)), filepath.Dir(gator.newest.path(t)), os.Getenv("PATH"),
	}, string(os.PathListSeparator))
	for _, name := range pages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			script, err := page.Read(root, name, func(command string) bool { return slices.Contains(steps, command) })
			require.NoError(t, err)
			clone := t.TempDir()
			require.NoError(t, page.Clone(ctx, root, clone))
			assert.NoError(t, script.Run(ctx, clone, "PATH="+path, "GOWORK=off"))
		})
	}
}
