package fleet

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

// onelayer is the tool, built from the clone.
var onelayer string

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := stock.RunWithTool(m, &onelayer)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// workshop is a folder with keys and releases.
type workshop struct {
	t   *testing.T
	dir string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{t: t, dir: t.TempDir()}
	bundle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	w.key("bundle", bundle)
	for _, name := range []string{"release", "timestamp"} {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		w.key(name, key)
	}
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

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workshop) write(name, text string) {
	w.t.Helper()
	require.NoError(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	require.NoError(w.t, os.WriteFile(w.path(name), []byte(text), 0o600))
}

func (w *workshop) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.path(name))
	require.NoError(w.t, err)
	return string(text)
}

// runs runs the tool, which must succeed, and gives its output.
func (w *workshop) runs(args ...string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Minute)
	defer cancel()
	result, err := child.Run(ctx, child.Command{Name: onelayer, Args: args, Dir: w.dir})
	require.NoError(w.t, err)
	require.Zero(w.t, result.Code, "%v: %s", args, result.Stderr)
	return strings.TrimSpace(result.Stdout)
}

// release makes a folder vN with a release of the whole library, or of the policies in folders, whose configuration differs
// from that of other versions.
func (w *workshop) release(version int, policies ...string) string {
	w.t.Helper()
	number := strconv.Itoa(version)
	folder := "v" + number
	w.write("fleet.yaml", "rules: {process/manager-entrypoint: {severity: "+[]string{"error", "warning"}[version%2]+"}}\n# "+number+"\n")
	require.NoError(w.t, os.MkdirAll(w.path(folder), 0o755))
	bundle := folder + "/onelayer-opa.tar.gz"
	w.runs(append([]string{"build", "--config", "fleet.yaml", "-o", bundle}, policies...)...)
	w.runs("sign", "bundle", bundle, "--key", "bundle.pem", "--key-id", "k1", "--channel", "stable")
	w.runs("sign", "release", bundle, "--key", "release.pem", "--channel", "stable", "--version", number)
	w.runs("sign", "timestamp", folder+"/onelayer-opa.release.json", "--key", "timestamp.pem")
	return folder
}

// publish turns a link to a folder, in one step.
func (w *workshop) publish(folder string) {
	w.t.Helper()
	require.NoError(w.t, os.Symlink(folder, w.path("next")))
	require.NoError(w.t, os.Rename(w.path("next"), w.path("current")))
}

// service is a running onelayer serve.
type service struct {
	*child.Server
	agents, admin string
}

var addresses = regexp.MustCompile(`"bundles":"([^"]+)","admin":"([^"]+)"`)

// serve starts the server; it ends with the test.
func (w *workshop) serve(args ...string) *service {
	w.t.Helper()
	s, err := child.Start(child.Command{Name: onelayer, Dir: w.dir, Args: append([]string{
		"serve", "current", "--keyring", "keyring.json", "--channel", "stable", "--state", "state", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
	}, args...)})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { assert.NoError(w.t, s.Stop()) })
	running := &service{Server: s}
	w.wait(s, func(context.Context) error {
		found := addresses.FindStringSubmatch(s.Log())
		if found == nil {
			return errors.New("it does not listen")
		}
		running.agents, running.admin = found[1], found[2]
		return nil
	})
	return running
}

// wait waits for what a running server brings about.
func (w *workshop) wait(s *child.Server, ready func(context.Context) error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	require.NoError(w.t, s.Ready(ctx, ready))
}
