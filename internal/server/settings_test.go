package server

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadSettings(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "serve.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
listen: 0.0.0.0:8443
tls: {cert: server.pem, key: /etc/server.key, client_ca: clients.pem}
admin_tokens: admins.txt
bundles:
  onelayer/stable: {directory: releases, keyring: keyring.json, channel: stable, tokens: tokens.txt, clients: [opa.example]}
  beta: {registry: "oci://ghcr.io/acme/policies:beta", keyring: keyring.json, channel: beta, interval: 1m}
polling: {max_wait: 2m}
fleet: {silent_after: 10m, max_agents: 7}
`), 0o600))
	settings, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "server.pem"), settings.TLS.Cert)
	assert.Equal(t, "/etc/server.key", settings.TLS.Key)
	assert.Equal(t, filepath.Join(dir, "releases"), settings.Bundles["onelayer/stable"].Directory)
	assert.Equal(t, "oci://ghcr.io/acme/policies:beta", settings.Bundles["beta"].Registry)
	assert.Equal(t, time.Minute, settings.withDefaults().Bundles["beta"].Interval)
	assert.Equal(t, 2*time.Minute, settings.Polling.MaxWait)
	assert.Equal(t, 7, settings.withDefaults().Fleet.MaxAgents)
	assert.Equal(t, DefaultAdmin, settings.withDefaults().Admin)
}

func TestReadSettingsRefuses(t *testing.T) {
	bundle := func(text string) string { return "bundles:\n  one: {" + text + "}\n" }
	for text, mend := range map[string]string{
		"":                                 "is empty: name at least one bundle",
		"listen: 127.0.0.1:1\n":            "there is nothing to serve",
		"a: 1\n":                           "line 1: there is no setting a: see docs/serve.md",
		"listen: [1]\n":                    "line 1: cannot unmarshal",
		"listen: a\nlisten: b\n":           `"listen" already defined at line 1`,
		bundle("keyring: k, channel: c"):   "line 2: bundle one: give either directory or registry",
		bundle("directory: d, channel: c"): "line 2: bundle one: nobody to trust",
		bundle("directory: d, keyring: k"): "line 2: bundle one: give the channel",
		bundle("directory: d, registry: r, keyring: k, channel: c"):                       "give either directory or registry",
		bundle("directory: d, keyring: k, channel: c, plain_http: true"):                  "are about registries",
		bundle("directory: d, keyring: k, channel: c, name: A"):                           "is not made of small letters",
		bundle("directory: d, keyring: k, channel: c, clients: [x]"):                      "give tls.client_ca",
		bundle("directory: d, keyring: k, channel: c, tokenz: x"):                         "line 2: there is no setting tokenz",
		bundle("registry: r, keyring: k, channel: c, interval: 7"):                        "line 2: cannot unmarshal",
		bundle("registry: r, keyring: k, channel: c, interval: -7s"):                      "is negative",
		bundle("directory: d, keyring: k, channel: c") + "tls: {cert: c}\n":               "tls needs both cert and key",
		bundle("directory: d, keyring: k, channel: c") + "fleet: {max_agents: -1}\n":      "are not negative",
		bundle("directory: d, keyring: k, channel: c") + "---\na: 1\n":                    "holds a second document",
		"bundles:\n  ../etc: {directory: d, keyring: k, channel: c}\n":                    "line 2: bundle \"../etc\": a name is small letters",
		"bundles:\n  a: {directory: d, keyring: k, channel: c}\n  b:\n    directory: d\n": "line 3: bundle b: nobody to trust",
		"bundles: {a: &x {directory: d, keyring: k, channel: c}, B: *x}":                  `bundle "B": a name is small letters`,
	} {
		file := filepath.Join(t.TempDir(), "serve.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := Read(file)
		require.ErrorContains(t, err, mend, text)
		assert.Contains(t, err.Error(), file)
		assert.NotContains(t, err.Error(), "\n")
	}
	_, err := Read(filepath.Join(t.TempDir(), "nothing.yaml"))
	require.ErrorContains(t, err, "read settings")
}

// TestNewRefuses finds what is missing before anything listens.
func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	w.write("bad.txt", []byte("x"))
	for mend, change := range map[string]func(*Settings, *Bundle){
		"find releases":                func(_ *Settings, b *Bundle) { b.Directory = w.path("nowhere") },
		"is no directory":              func(_ *Settings, b *Bundle) { b.Directory = w.path("keyring.json") },
		"read keyring":                 func(_ *Settings, b *Bundle) { b.Keyring = w.path("nowhere") },
		"read tokens":                  func(_ *Settings, b *Bundle) { b.Tokens = w.path("nowhere") },
		"line 1 is no hash of a token": func(_ *Settings, b *Bundle) { b.Tokens = w.path("bad.txt") },
		"read certificate":             func(s *Settings, _ *Bundle) { s.TLS = TLSFiles{Cert: w.path("bad.txt"), Key: w.path("bad.txt")} },
		"is no reference":              func(_ *Settings, b *Bundle) { b.Directory, b.Registry = "", "https://example.org" },
		"give either directory":        func(_ *Settings, b *Bundle) { b.Directory = "" },
		"there is nothing to serve":    func(s *Settings, _ *Bundle) { s.Bundles = nil },
	} {
		settings := w.settings()
		about := settings.Bundles["onelayer"]
		change(&settings, &about)
		if settings.Bundles != nil {
			settings.Bundles["onelayer"] = about
		}
		_, err := New(settings, w.options())
		require.ErrorContains(t, err, mend)
	}
}
