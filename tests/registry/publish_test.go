package registry

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: registry.example/web:1
        command: [pm2-runtime, ecosystem.config.js]
`

// TestPublish takes one artifact with every program by one digest.
func TestPublish(t *testing.T) {
	each(t, func(t *testing.T, h host) {
		w := newWorkshop(t, h)
		w.write("web.yaml", manifest)
		digest := w.release("1")
		pinned := w.runs(w.push("--key", "cosign.pem", "--source", "https://example.org/policies", "--commit", strings.Repeat("a", 40), "--builder", "https://example.org/builder")...)
		assert.Equal(t, h.reference("@"+digest), pinned)
		assert.Equal(t, pinned, w.runs(w.push("--key", "cosign.pem")...), "the same contents have the same digest")

		t.Run("onelayer", func(t *testing.T) { w.at(t).withOnelayer() })
		t.Run("conftest", func(t *testing.T) { w.at(t).withConftest(digest) })
		t.Run("gator", func(t *testing.T) { w.at(t).withGator(digest) })
		t.Run("opa", func(t *testing.T) { w.at(t).withOPA(digest) })
	})
}

func (w workshop) at(t *testing.T) *workshop {
	w.t = t
	return &w
}

func (w *workshop) withOnelayer() {
	out := w.runs(w.pull("-o", "pulled.tar.gz", "--opa", "1.22.2")...)
	assert.Contains(w.t, out, "pulled.tar.gz: verified: onelayer for opa, channel stable, version 1")
	assert.Equal(w.t, w.read("onelayer-opa.tar.gz"), w.read("pulled.tar.gz"))
	w.runs(w.pull("--format", "gatekeeper", "-o", "cluster")...)
	assert.Contains(w.t, w.read("cluster/gatekeeper/templates/process.yaml"), "kind: ConstraintTemplate")
	w.runs(w.pull("--format", "conftest")...)
	assert.Contains(w.t, w.read("policy/onelayer/bundles/conftest/main.rego"), "package main")
	assert.Contains(w.t, w.read("policy/.onelayer-pull"), `"version":1`)
	verified := w.runs("verify", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http", "--cosign-key", "cosign.pub")
	assert.Contains(w.t, verified, "version 1")
	w.fails("refused (signature-wrong)", "verify", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http", "--cosign-key", "bundle.pub")
	w.fails("refused (wrong-channel)", "pull", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "dev", "--plain-http")
	w.fails("not found", "pull", w.host.reference(":none"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http")
	w.fails("give --plain-http", "pull", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable")
}

func (w *workshop) withConftest(digest string) {
	conftest := released(w.t, "conftest", "conftest")
	result := w.run(conftest, "pull", "--policy", "by-conftest", w.host.reference("@"+digest))
	require.Zero(w.t, result.Code, result.Stderr)
	w.runs(w.pull("--format", "conftest", "-o", "by-onelayer")...)
	for _, folder := range []string{"by-conftest", "by-onelayer"} {
		result = w.run(conftest, "test", "--policy", folder, "--output", "json", "web.yaml")
		assert.Equal(w.t, 1, result.Code, result.Stderr)
		assert.Contains(w.t, result.Stdout, "process/manager-entrypoint", folder)
	}
}

func (w *workshop) withGator(digest string) {
	gator := released(w.t, "cluster", "gator")
	result := w.run(gator, "test", "--image", w.host.image("@"+digest), "--filename", "web.yaml")
	assert.Equal(w.t, 1, result.Code, result.Stderr)
	assert.Contains(w.t, result.Stdout+result.Stderr, "process/manager-entrypoint")
	w.runs(w.pull("--format", "gatekeeper", "-o", "by-onelayer")...)
	result = w.run(gator, "test", "--filename", "by-onelayer", "--filename", "web.yaml")
	assert.Equal(w.t, 1, result.Code, result.Stderr)
	assert.Contains(w.t, result.Stdout+result.Stderr, "process/manager-entrypoint", "the folder holds nothing but objects")
}

func (w *workshop) withOPA(digest string) {
	port, err := child.Port()
	require.NoError(w.t, err)
	address := "127.0.0.1:" + strconv.Itoa(port)
	credentials := ""
	if w.host.user != "" {
		credentials = "\n    credentials: {bearer: {scheme: Basic, token: \"" + w.host.user + ":" + w.host.password + "\"}}"
	}
	config := func(scope string) string {
		return "services:\n  registry:\n    url: http://" + w.host.address + "\n    type: oci" + credentials + `
bundles:
  onelayer:
    service: registry
    resource: ` + w.host.image("@"+digest) + `
    size_limit_bytes: 1048576
    signing: {keyid: k1, scope: ` + scope + `}
    polling: {min_delay_seconds: 1, max_delay_seconds: 1}
keys:
  k1:
    algorithm: ES256
    key: |
      ` + strings.ReplaceAll(strings.TrimSpace(w.read("bundle.pub")), "\n", "\n      ") + "\n"
	}
	w.write("opa.yaml", config("onelayer/onelayer-opa/stable"))
	server, err := child.Start(child.Command{Name: released(w.t, "opa", "opa"), Dir: w.dir, Args: []string{
		"run", "--server", "--addr", address, "--log-level", "error", "--skip-version-check", "--config-file", "opa.yaml",
	}})
	require.NoError(w.t, err)
	defer func() { assert.NoError(w.t, server.Stop()) }()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	require.NoError(w.t, server.Ready(ctx, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/health?bundles", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	}))
}

// TestUpdate publishes again: newer versions come, older ones do not, and what was there stays.
func TestUpdate(t *testing.T) {
	each(t, func(t *testing.T, h host) {
		w := newWorkshop(t, h)
		w.release("1")
		w.runs(w.push()...)
		old := map[string]string{}
		for _, name := range []string{"onelayer-opa.release.json", "onelayer-opa.timestamp.json", "onelayer-opa.tar.gz"} {
			old[name] = w.read(name)
		}
		w.runs(w.pull("--format", "conftest")...)

		w.write("fleet.yaml", "rules: {process/manager-entrypoint: {severity: warning}}\n")
		w.runs("build", "--config", "fleet.yaml")
		w.runs("sign", "bundle", "onelayer-opa.tar.gz", "--key", "bundle.pem", "--key-id", "k1", "--channel", "stable")
		w.release("2")
		w.runs(w.push()...)
		w.runs(w.pull("--format", "conftest")...)
		w.runs(w.pull("-o", "opa.tar.gz")...)
		marker := w.read("policy/.onelayer-pull")
		assert.Contains(t, marker, `"version":2`)

		w.runs("sign", "timestamp", "onelayer-opa.release.json", "--key", "timestamp.pem", "--expires", "48h")
		refresh := []string{"push", h.reference(":stable"), "--release", "onelayer-opa.release.json", "--timestamp", "onelayer-opa.timestamp.json", "--keyring", "keyring.json", "--plain-http"}
		w.runs(refresh...)
		w.runs(w.pull("-o", "opa.tar.gz")...)

		w.write("old.release.json", old["onelayer-opa.release.json"])
		w.fails("old.release.json is about sha256:", "push", h.reference(":stable"), "--release", "old.release.json", "--plain-http")
		for name, text := range old {
			w.write(name, text)
		}
		w.runs(w.push()...)
		w.fails("refused (rollback)", w.pull("--format", "conftest")...)
		w.fails("refused (rollback)", w.pull("-o", "opa.tar.gz")...)
		assert.Equal(t, marker, w.read("policy/.onelayer-pull"))

	})
}

// TestPushNoticesMistakes keeps publishers from publishing what no client would take.
func TestPushNoticesMistakes(t *testing.T) {
	w := newWorkshop(t, lister(t))
	w.runs("sign", "release", "onelayer-opa.tar.gz", "--key", "release.pem", "--channel", "stable", "--version", "1")
	w.fails("the release statement names artifact none", w.push()...)
	digest := w.release("1")
	w.fails("the release statement names artifact "+digest, "push", w.host.reference(":stable"), "onelayer-opa.tar.gz", "--plain-http")
	w.runs("build", "--target", "opa", "-o", "unsigned.tar.gz")
	w.fails("is not signed", "push", w.host.reference(":stable"), "unsigned.tar.gz", "--plain-http")
	w.fails("refused (wrong-name)", "push", w.host.reference(":stable"), "onelayer-opa.tar.gz", "--conftest", "onelayer-gatekeeper.tar.gz", "--plain-http")
	w.runs("new", "rule", "process/clock-in-container", "--dir", "mine")
	w.runs("build", "mine", "--target", "conftest", "-o", "other.tar.gz")
	w.fails("build both from the same policies", "push", w.host.reference(":stable"), "onelayer-opa.tar.gz", "--conftest", "other.tar.gz", "--plain-http")
	w.fails("has no tag", "push", w.host.reference(""), "onelayer-opa.tar.gz", "--plain-http")
	w.fails("is no reference to a registry", "push", "https://example.org/x:y", "onelayer-opa.tar.gz")
	w.fails("not found: check the name and the tag", w.pull()...)

	require.NoError(t, os.Remove(filepath.Join(w.dir, "onelayer-opa.release.json")))
	result := w.run(onelayer, w.push()...)
	require.Zero(t, result.Code, result.Stderr)
	assert.Contains(t, result.Stderr, "onelayer pull will refuse this artifact")
	w.fails("refused (not-signed)", w.pull()...)
	w.write("policy/mine.rego", "package main")
	w.release("2")
	w.runs(w.push()...)
	w.fails("holds files that no pull wrote", w.pull("--format", "conftest")...)
	assert.Equal(t, "package main", w.read("policy/mine.rego"))
}

func TestPasswordIsNeeded(t *testing.T) {
	h := guarded(t)
	w := newWorkshop(t, h)
	w.release("1")
	require.NoError(t, os.WriteFile(filepath.Join(h.config, "config.json"), []byte(`{"auths": {}}`), 0o600))
	w.fails("run docker login", w.push()...)
}
