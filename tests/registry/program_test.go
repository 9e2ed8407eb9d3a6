package registry

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

// onelayer is the tool, built from the clone.
var onelayer string

func TestMain(m *testing.M) {
	code, err := stock.RunWithTool(m, &onelayer)
	if err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// released is the file of a released program.
func released(t *testing.T, set, name string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
	defer cancel()
	file, err := stock.Path(ctx, set, name)
	require.NoError(t, err)
	return file
}

// workshop is a folder with keys and bundles, where commands run against one registry.
type workshop struct {
	t    *testing.T
	dir  string
	host host
}

func newWorkshop(t *testing.T, h host) *workshop {
	t.Helper()
	w := &workshop{t: t, dir: t.TempDir(), host: h}
	bundle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	cosign, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	w.key("bundle", bundle)
	w.key("cosign", cosign)
	for _, name := range []string{"release", "timestamp", "stranger"} {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		w.key(name, key)
	}
	for _, target := range []string{"opa", "conftest", "gatekeeper"} {
		w.runs("build", "--target", target, "--sbom", target+".cdx.json")
	}
	w.runs("sign", "bundle", "onelayer-opa.tar.gz", "--key", "bundle.pem", "--key-id", "k1", "--channel", "stable")
	w.runs("sign", "keyring", "--version", "1", "--release-key", "release.pub", "--timestamp-key", "timestamp.pub", "--bundle-key", "k1=bundle.pub", "--key", "release.pem")
	return w
}

func (w *workshop) key(name string, key crypto.Signer) {
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(w.t, err)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(w.t, err)
	w.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	w.write(name+".pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})))
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(w.t, os.WriteFile(file, []byte(text), 0o600))
}

func (w *workshop) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(w.t, err)
	return string(text)
}

// run runs a program in the workshop.
func (w *workshop) run(program string, args ...string) child.Result {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Minute)
	defer cancel()
	result, err := child.Run(ctx, child.Command{
		Name: program, Args: args, Dir: w.dir, Env: []string{"DOCKER_CONFIG=" + w.host.config, "XDG_STATE_HOME=" + filepath.Join(w.dir, "state"), "COSIGN_PASSWORD="},
	})
	require.NoError(w.t, err)
	return result
}

// runs runs the tool, which must succeed, and gives its output.
func (w *workshop) runs(args ...string) string {
	w.t.Helper()
	result := w.run(onelayer, args...)
	require.Zero(w.t, result.Code, "%v: %s", args, result.Stderr)
	return strings.TrimSpace(result.Stdout)
}

// fails runs the tool, which must refuse with this text.
func (w *workshop) fails(text string, args ...string) {
	w.t.Helper()
	result := w.run(onelayer, args...)
	require.Equal(w.t, 2, result.Code, "%v: %s", args, result.Stdout)
	require.Contains(w.t, result.Stderr, text)
}

// push gives the arguments of a push of everything.
func (w *workshop) push(more ...string) []string {
	return append([]string{
		"push", w.host.reference(":stable"), "onelayer-opa.tar.gz", "--conftest", "onelayer-conftest.tar.gz", "--gatekeeper", "onelayer-gatekeeper.tar.gz",
		"--sbom", "opa.cdx.json", "--keyring", "keyring.json", "--plain-http",
	}, more...)
}

// pull gives the arguments of a pull.
func (w *workshop) pull(more ...string) []string {
	return append([]string{"pull", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http"}, more...)
}

// release signs the statements of a version and gives the digest of the artifact.
func (w *workshop) release(version string) string {
	w.t.Helper()
	digest := w.runs(w.push("--dry-run")...)
	w.runs("sign", "release", "onelayer-opa.tar.gz", "--key", "release.pem", "--channel", "stable", "--version", version, "--oci-digest", digest)
	w.runs("sign", "timestamp", "onelayer-opa.release.json", "--key", "timestamp.pem")
	return digest
}
