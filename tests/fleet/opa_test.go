package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

// agent is a running opa.
type agent struct {
	*child.Server
	address string
}

// opa starts the released opa against a service; more is written into its service block.
func (w *workshop) opa(service, more string) *agent {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 40*time.Minute)
	defer cancel()
	program, err := stock.Path(ctx, "opa", "opa")
	require.NoError(w.t, err)
	port, err := child.Port()
	require.NoError(w.t, err)
	a := &agent{address: "127.0.0.1:" + strconv.Itoa(port)}
	w.write("opa.yaml", `labels: {pod: agent-one}
services:
  policies:
    url: `+service+more+`
bundles:
  onelayer:
    service: policies
    size_limit_bytes: 1048576
    signing: {keyid: k1, scope: onelayer/onelayer-opa/stable}
    polling: {long_polling_timeout_seconds: 30}
keys:
  k1:
    algorithm: ES256
    key: |
      `+strings.ReplaceAll(strings.TrimSpace(w.read("bundle.pub")), "\n", "\n      ")+`
status: {service: policies}
decision_logs: {service: policies, reporting: {min_delay_seconds: 1, max_delay_seconds: 1}}
`)
	a.Server, err = child.Start(child.Command{Name: program, Dir: w.dir, Args: []string{
		"run", "--server", "--addr", a.address, "--log-level", "info", "--skip-version-check", "--config-file", "opa.yaml",
	}})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { assert.NoError(w.t, a.Stop()) })
	return a
}

// revision is what the agent runs, empty if nothing.
func (a *agent) revision(ctx context.Context) (string, error) {
	_, text, err := get(ctx, http.DefaultClient, "http://"+a.address+"/v1/data/system/bundles/onelayer/manifest/revision")
	if err != nil {
		return "", err
	}
	var answer struct{ Result string }
	return answer.Result, json.Unmarshal(text, &answer)
}

// activated is when the agent began to decide by the revision that it runs
// (https://www.openpolicyagent.org/docs/rest-api#status-api).
func (a *agent) activated(ctx context.Context) (time.Time, error) {
	_, text, err := get(ctx, http.DefaultClient, "http://"+a.address+"/v1/status")
	if err != nil {
		return time.Time{}, err
	}
	var answer struct {
		Result struct {
			Bundles map[string]struct {
				LastSuccessfulActivation time.Time `json:"last_successful_activation"`
			}
		}
	}
	err = json.Unmarshal(text, &answer)
	return answer.Result.Bundles["onelayer"].LastSuccessfulActivation, err
}

// agentRuns waits until the agent runs a revision.
func (w *workshop) agentRuns(a *agent, revision string) {
	w.t.Helper()
	w.wait(a.Server, func(ctx context.Context) error {
		if found, err := a.revision(ctx); err != nil || found != revision {
			return fmt.Errorf("the agent runs %q, wanted is %q: %w", found, revision, err)
		}
		return nil
	})
}

// TestAgent is a life of one agent over TLS with a token: it loads what is published at once, keeps what it has when the
// server refuses a release or somebody on the way changes bytes, and the view of the fleet says so.
func TestAgent(t *testing.T) {
	w := newWorkshop(t)
	https := w.authority("server")
	made := strings.Fields(w.runs("serve", "token"))
	w.write("tokens.txt", made[1]+" # agents\n")
	w.publish(w.release(1))
	s := w.serve("--tls-cert", "server.crt", "--tls-key", "server.key", "--tokens", "tokens.txt", "--print-decisions")
	target, err := url.Parse("https://" + s.agents)
	require.NoError(t, err)

	var tamper atomic.Bool
	var sent atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = https.Transport
	proxy.ModifyResponse = func(response *http.Response) error {
		if response.Request.Method != http.MethodGet || response.StatusCode != http.StatusOK {
			return nil
		}
		sent.Store(time.Now().UnixNano())
		if !tamper.Load() {
			return nil
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		text[len(text)/2] ^= 1
		response.Body = io.NopCloser(bytes.NewReader(text))
		return nil
	}
	between := httptest.NewServer(proxy)
	t.Cleanup(between.Close)

	a := w.opa(between.URL, "\n    credentials: {bearer: {token: "+made[0]+"}}")
	one := w.agent(s, "current", 1)
	w.agentRuns(a, one.Bundles[0].Revision)
	assert.Equal(t, "pod=agent-one", one.Agents[0].Labels)
	assert.Regexp(t, "^token [0-9a-f]{8}$", one.Agents[0].Credentials)

	// A new release is there long before a poll of 60 seconds would see it.
	folder := w.release(2)
	w.wait(s.Server, func(ctx context.Context) error {
		if v, err := s.view(ctx); err != nil || v.Bundles[0].Waiters == 0 {
			return fmt.Errorf("the agent does not wait: %w", err)
		}
		return nil
	})
	published := time.Now()
	w.publish(folder)
	two := w.agent(s, "current", 2)
	w.agentRuns(a, two.Bundles[0].Revision)
	activated, err := a.activated(t.Context())
	require.NoError(t, err)
	assert.True(t, activated.After(published))
	t.Logf("on its way to the agent %s after publishing, activated after %s, seen in the view after %s", time.Unix(0, sent.Load()).Sub(published).Round(time.Millisecond), activated.Sub(published).Round(time.Millisecond), time.Since(published).Round(time.Millisecond))
	assert.NotEqual(t, one.Bundles[0].Revision, two.Bundles[0].Revision)
	assert.Contains(t, w.metrics(s), `onelayer_fleet_acknowledge_seconds_count{bundle="onelayer"} 1`)
	for _, line := range strings.Split(w.metrics(s), "\n") {
		if strings.HasPrefix(line, "onelayer_fleet_acknowledge_seconds_sum") {
			t.Log(line)
		}
	}

	// An older release, and one that was changed, reach nobody.
	w.publish("v1")
	w.wait(s.Server, func(ctx context.Context) error {
		if v, err := s.view(ctx); err != nil || !strings.Contains(v.Bundles[0].Refused, "refused (rollback)") {
			return fmt.Errorf("the server does not refuse to go back: %w", err)
		}
		return nil
	})
	w.agent(s, "current", 2)

	// Who changes bytes on the way is noticed by the agent, which keeps what it has and says so.
	tamper.Store(true)
	w.publish(w.release(3))
	failing := w.agent(s, "failing", 3)
	assert.Equal(t, two.Bundles[0].Revision, failing.Agents[0].Revision)
	assert.Contains(t, failing.Agents[0].Message, "bundle_error")
	w.agentRuns(a, two.Bundles[0].Revision)
	tamper.Store(false)
	three := w.agent(s, "current", 3)
	w.agentRuns(a, three.Bundles[0].Revision)

	w.decides(s, a)
	problems, err := promlint.New(strings.NewReader(w.metrics(s))).Lint()
	require.NoError(t, err)
	assert.Empty(t, problems)
	_, page, err := get(t.Context(), http.DefaultClient, "http://"+s.admin+"/fleet")
	require.NoError(t, err)
	assert.Contains(t, string(page), "agent-one")
	assert.NotContains(t, s.Log(), made[0], "the log gives no token away")
}

// TestSmallBundle publishes one rule with the shared modules: what is left of the time is mostly the server's.
func TestSmallBundle(t *testing.T) {
	w := newWorkshop(t)
	root, err := stock.Root()
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(w.path("small/lib"), os.DirFS(filepath.Join(root, "lib"))))
	rule := "policies/process/restart_loop"
	require.NoError(t, os.CopyFS(w.path("small/"+rule), os.DirFS(filepath.Join(root, rule))))
	w.publish(w.release(1, "small"))
	s := w.serve()
	a := w.opa("http://"+s.agents, "")
	w.agent(s, "current", 1)
	for version := 2; version <= 4; version++ {
		folder := w.release(version, "small")
		w.wait(s.Server, func(ctx context.Context) error {
			if v, err := s.view(ctx); err != nil || v.Bundles[0].Waiters == 0 {
				return fmt.Errorf("the agent does not wait: %w", err)
			}
			return nil
		})
		published := time.Now()
		w.publish(folder)
		found := w.agent(s, "current", version)
		t.Logf("one rule: published, loaded and reported within %s", time.Since(published).Round(time.Millisecond))
		w.agentRuns(a, found.Bundles[0].Revision)
	}
	assert.Contains(t, w.metrics(s), `onelayer_fleet_acknowledge_seconds_count{bundle="onelayer"} 3`)
}

// decides asks the agent something; its decision log says what.
func (w *workshop) decides(s *service, a *agent) {
	input := `{"input": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {"spec": {"containers": [
		{"name": "app", "image": "web:1", "command": ["pm2-runtime", "ecosystem.config.js"]}]}}}}}`
	response, err := http.Post("http://"+a.address+"/v1/data/onelayer/decision", "application/json", strings.NewReader(input))
	require.NoError(w.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	assert.Contains(w.t, string(text), "process/manager-entrypoint")
	w.wait(s.Server, func(ctx context.Context) error {
		if _, text, err := get(ctx, http.DefaultClient, "http://"+s.admin+"/metrics"); err != nil || !strings.Contains(string(text), `onelayer_fleet_decisions_total{decision="denied"} 1`) {
			return fmt.Errorf("the decision did not arrive: %w", err)
		}
		return nil
	})
	assert.Contains(w.t, s.Log(), `"path":"onelayer/decision"`)
}

// TestCredentials lets only agents in that show a client certificate.
func TestCredentials(t *testing.T) {
	w := newWorkshop(t)
	w.authority("server", "opa")
	w.publish(w.release(1))
	s := w.serve("--tls-cert", "server.crt", "--tls-key", "server.key", "--tls-client-ca", "ca.pem")
	tlsBlock := "\n    tls: {ca_cert: ca.pem}"
	stranger := w.opa("https://"+s.agents, tlsBlock)
	w.wait(stranger.Server, func(context.Context) error {
		if !strings.Contains(stranger.Log(), "certificate required") {
			return fmt.Errorf("the agent got in: %s", stranger.Tail())
		}
		return nil
	})
	w.agentRuns(stranger, "")
	v, err := s.view(t.Context())
	require.NoError(t, err)
	assert.Empty(t, v.Agents)

	known := w.opa("https://"+s.agents, tlsBlock+"\n    credentials: {client_tls: {cert: opa.crt, private_key: opa.key}}")
	current := w.agent(s, "current", 1)
	w.agentRuns(known, current.Bundles[0].Revision)
	assert.Equal(t, "opa", current.Agents[0].Credentials)
}

// TestToken keeps out an agent with a token of somebody else.
func TestToken(t *testing.T) {
	w := newWorkshop(t)
	made, wrong := strings.Fields(w.runs("serve", "token")), strings.Fields(w.runs("serve", "token"))
	w.write("tokens.txt", made[1]+"\n")
	w.publish(w.release(1))
	s := w.serve("--tokens", "tokens.txt")
	stranger := w.opa("http://"+s.agents, "\n    credentials: {bearer: {token: "+wrong[0]+"}}")
	w.wait(stranger.Server, func(context.Context) error {
		if !strings.Contains(stranger.Log(), "Unauthorized") {
			return fmt.Errorf("the agent got in: %s", stranger.Tail())
		}
		return nil
	})
	w.agentRuns(stranger, "")
	assert.Contains(t, w.metrics(s), `onelayer_bundle_requests_total{bundle="onelayer",code="200"} 0`)
}
