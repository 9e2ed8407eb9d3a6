package registry

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

// TestReleaseScript does what the release workflow does, and pulls what it published.
func TestReleaseScript(t *testing.T) {
	each(t, func(t *testing.T, h host) {
		w := newWorkshop(t, h)
		w.script("policies", "v1.2.3")
		assert.Contains(t, w.read("dist/SHA256SUMS"), "onelayer-opa.tar.gz")
		assert.Contains(t, w.runs(w.pull("-o", "pulled.tar.gz")...), "version 1002003")
		assert.Equal(t, w.read("dist/onelayer-opa.tar.gz"), w.read("pulled.tar.gz"))
		before := w.read("dist/onelayer-opa.timestamp.json")
		w.script("timestamp")
		assert.NotEqual(t, before, w.read("dist/onelayer-opa.timestamp.json"))
		w.runs(w.pull("-o", "pulled.tar.gz")...)
		verified := w.runs("verify", h.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http", "--cosign-key", "cosign.pub")
		assert.Contains(t, verified, "version 1002003")
	})
}

// script runs the release script with the keys of the workshop.
func (w *workshop) script(args ...string) {
	w.t.Helper()
	root, err := stock.Root()
	require.NoError(w.t, err)
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Minute)
	defer cancel()
	result, err := child.Run(ctx, child.Command{
		Name: "bash", Args: append([]string{filepath.Join(root, ".ci", "release")}, args...), Dir: w.dir,
		Env: []string{
			"BUNDLE_KEY=" + w.read("bundle.pem"), "RELEASE_KEY=" + w.read("release.pem"), "TIMESTAMP_KEY=" + w.read("timestamp.pem"),
			"COSIGN_KEY=" + w.read("cosign.pem"), "KEYRING=" + w.read("keyring.json"), "KEY_ID=k1", "DIST=" + filepath.Join(w.dir, "dist"),
			"REPOSITORY=" + w.host.image(""), "PUSH_FLAGS=--plain-http", "REGISTRY_USER=" + w.host.user, "REGISTRY_PASSWORD=" + w.host.password,
			"GITHUB_SERVER_URL=https://example.org", "GITHUB_REPOSITORY=acme/policies", "GITHUB_SHA=" + "0123456789012345678901234567890123456789",
		},
	})
	require.NoError(w.t, err)
	require.Zero(w.t, result.Code, "%s%s", result.Stdout, result.Stderr)
}
