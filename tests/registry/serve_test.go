package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

var addresses = regexp.MustCompile(`"bundles":"([^"]+)","admin":"([^"]+)"`)

// TestServe follows a tag: what is pushed is served, a younger timestamp renews it, an older release is refused.
func TestServe(t *testing.T) {
	each(t, func(t *testing.T, h host) {
		w := newWorkshop(t, h)
		w.release("1")
		w.runs(w.push()...)
		old := map[string]string{}
		for _, name := range []string{"onelayer-opa.release.json", "onelayer-opa.timestamp.json", "onelayer-opa.tar.gz"} {
			old[name] = w.read(name)
		}
		server, err := child.Start(child.Command{
			Name: onelayer, Dir: w.dir, Env: []string{"DOCKER_CONFIG=" + h.config},
			Args: []string{
				"serve", h.reference(":stable"), "--plain-http", "--interval", "200ms", "--keyring", "keyring.json", "--channel", "stable",
				"--state", "server-state", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
			},
		})
		require.NoError(t, err)
		defer func() { assert.NoError(t, server.Stop()) }()
		logs := func(text string) {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			require.NoError(t, server.Ready(ctx, func(context.Context) error {
				if !strings.Contains(server.Log(), text) {
					return errors.New("the log lacks " + text)
				}
				return nil
			}))
		}
		logs(`"msg":"published","bundle":"onelayer","channel":"stable","version":1`)
		agents := addresses.FindStringSubmatch(server.Log())[1]
		assert.Equal(t, w.read("onelayer-opa.tar.gz"), download(t, agents))

		w.runs("sign", "timestamp", "onelayer-opa.release.json", "--key", "timestamp.pem", "--expires", "48h")
		w.runs("push", h.reference(":stable"), "--release", "onelayer-opa.release.json", "--timestamp", "onelayer-opa.timestamp.json", "--keyring", "keyring.json", "--plain-http")
		logs(`"msg":"renewed"`)

		w.write("fleet.yaml", "rules: {process/manager-entrypoint: {severity: warning}}\n")
		w.runs("build", "--config", "fleet.yaml")
		w.runs("sign", "bundle", "onelayer-opa.tar.gz", "--key", "bundle.pem", "--key-id", "k1", "--channel", "stable")
		w.release("2")
		w.runs(w.push()...)
		logs(`"version":2`)
		second := w.read("onelayer-opa.tar.gz")
		assert.Equal(t, second, download(t, agents))

		for name, text := range old {
			w.write(name, text)
		}
		w.runs(w.push()...)
		logs(`"msg":"not published","bundle":"onelayer","channel":"stable","reason":"rollback"`)
		assert.Equal(t, second, download(t, agents))
		assert.NotContains(t, server.Log(), "panic")
		if h.password != "" {
			assert.NotContains(t, server.Log(), h.password)
		}
	})
}

func download(t *testing.T, agents string) string {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("http://%s/bundles/onelayer", agents))
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(text))
	return string(text)
}
