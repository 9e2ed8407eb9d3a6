package registry

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// host is a registry on loopback.
type host struct {
	// address is HOST:PORT, config a folder of docker login.
	address, config, user, password string
	// referrers tells that the registry lists them.
	referrers bool
}

const repository = "acme/policies"

// reference names a tag or digest in the registry.
func (h host) reference(suffix string) string {
	return "oci://" + h.address + "/" + repository + suffix
}

// image is the same for programs that want no scheme.
func (h host) image(suffix string) string { return h.address + "/" + repository + suffix }

// each runs a test on every registry.
func each(t *testing.T, run func(t *testing.T, h host)) {
	for name, start := range map[string]func(t *testing.T) host{"with referrers": lister, "with a password": guarded} {
		t.Run(name, func(t *testing.T) { run(t, start(t)) })
	}
}

// lister is a registry that lists referrers and lets everybody in.
func lister(t *testing.T) host {
	t.Helper()
	silent := log.New(io.Discard, "", 0)
	return serve(t, registry.New(registry.WithReferrersSupport(true), registry.Logger(silent)), host{referrers: true})
}

// guarded is the registry of the distribution project, which asks for a password and knows no referrers.
func guarded(t *testing.T) host {
	t.Helper()
	h := host{user: "user", password: fmt.Sprintf("pass-%x", os.Getpid())}
	hashed, err := bcrypt.GenerateFromPassword([]byte(h.password), bcrypt.MinCost)
	require.NoError(t, err)
	passwords := filepath.Join(t.TempDir(), "htpasswd")
	require.NoError(t, os.WriteFile(passwords, fmt.Appendf(nil, "%s:%s\n", h.user, hashed), 0o600))
	logrus.SetOutput(io.Discard)
	config := &configuration.Configuration{
		Storage: configuration.Storage{
			"inmemory": configuration.Parameters{}, "maintenance": configuration.Parameters{"uploadpurging": map[any]any{"enabled": false}},
		},
		Auth: configuration.Auth{"htpasswd": configuration.Parameters{"realm": "test", "path": passwords}},
	}
	config.HTTP.Secret = "not a secret"
	app := handlers.NewApp(context.Background(), config)
	t.Cleanup(func() { require.NoError(t, app.Shutdown()) })
	return serve(t, app, h)
}

func serve(t *testing.T, handler http.Handler, h host) host {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.address = strings.TrimPrefix(server.URL, "http://")
	h.config = t.TempDir()
	auth := ""
	if h.user != "" {
		auth = fmt.Sprintf(`%q: {"auth": %q}`, h.address, base64.StdEncoding.EncodeToString([]byte(h.user+":"+h.password)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(h.config, "config.json"), []byte(`{"auths": {`+auth+`}}`), 0o600))
	return h
}
