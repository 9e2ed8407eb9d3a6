package cluster

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/page"
)

// testPage pastes the commands of the page on Gatekeeper, in a fresh clone. They install the library.
func testPage(t *testing.T, c *Cluster) {
	root, err := stock.Root()
	require.NoError(t, err)
	script, err := page.Read(root, "docs/gatekeeper.md", func(string) bool { return false })
	require.NoError(t, err)
	clone := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	require.NoError(t, page.Clone(ctx, root, clone))
	// -trimpath, so that Go's cache knows the packages of a clone that lies elsewhere each time.
	require.NoError(t, script.Run(ctx, clone, append(c.Environment(), "GOWORK=off", "GOFLAGS=-trimpath")...))
}

// testLibrary installs the whole library as it is committed, rules about several objects included, and waits until
// Gatekeeper enforces all of it.
func testLibrary(t *testing.T, c *Cluster) {
	root, err := stock.Root()
	require.NoError(t, err)
	for _, folder := range []string{"referential", "constraints"} {
		eventually(t, time.Minute, func(ctx context.Context) error {
			// The kinds of constraints appear a moment after their templates.
			_, err := c.Kubectl(ctx, "", "apply", "--server-side", "-k", filepath.Join(root, "bundles", "gatekeeper", folder))
			return err
		})
	}
	files, err := filepath.Glob(filepath.Join(root, "bundles", "gatekeeper", "constraints", "*-*.yaml"))
	require.NoError(t, err)
	const least = 2 // of three constraints of a template, the default takes those that deny and warn
	eventually(t, time.Minute, c.enforced(len(files)*least/3))
	answer, err := c.API.Do(t.Context(), http.MethodGet, "/apis/templates.gatekeeper.sh/v1/constrainttemplates", nil)
	require.NoError(t, err)
	for _, template := range items(answer.Object, "items") {
		for _, report := range items(field[map[string]any](template, "status"), "byPod") {
			assert.Empty(t, report["errors"], fmt.Sprintf("template %s", nameOf(template)))
		}
	}
}
