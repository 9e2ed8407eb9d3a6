package cluster

import (
	"context"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

const webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"

// testOPA lets the API server ask the released OPA, without Gatekeeper.
func testOPA(t *testing.T, c *Cluster) {
	answer, err := c.API.Do(t.Context(), http.MethodGet, webhooks, nil)
	require.NoError(t, err)
	for _, configuration := range items(answer.Object, "items") {
		_, err := c.API.Do(t.Context(), http.MethodDelete, webhooks+"/"+nameOf(configuration), nil)
		require.NoError(t, err)
	}
	address := c.serveOPA(t)
	_, err = c.API.Do(t.Context(), http.MethodPost, webhooks, map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
		"metadata": map[string]any{"name": "onelayer"},
		"webhooks": []any{map[string]any{
			"name": "onelayer.example.test", "sideEffects": "None", "admissionReviewVersions": []any{"v1"}, "failurePolicy": "Fail",
			"clientConfig": map[string]any{"url": address + "/v0/data/onelayer/admission_review", "caBundle": c.authority.pem},
			"rules": []any{map[string]any{
				"apiGroups": []any{"*"}, "apiVersions": []any{"*"}, "resources": []any{"*", "*/status"},
				"operations": []any{"CREATE", "UPDATE", "DELETE"},
			}},
		}},
	})
	require.NoError(t, err)
	// The API server takes a moment to read its webhooks anew.
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		_, err := c.create(ctx, deployment("bad", pm2()), dryRun)
		if err == nil {
			return assert.AnError
		}
		assert.Contains(t, refusal(t, err), runsUnderPM2)
		return nil
	})
	answer, err = c.create(t.Context(), deployment("opa-good", node()), "")
	require.NoError(t, err)
	assert.Empty(t, answer.Warnings)
	_, err = c.create(t.Context(), workload("CronJob", "bad", pm2()), dryRun)
	assert.Contains(t, refusal(t, err), jobUnderPM2)
	_, err = c.create(t.Context(), ownedBy(workload("Pod", "owned", pm2()), "apps/v1", "ReplicaSet", "bad"), dryRun)
	assert.NoError(t, err)
	_, err = c.API.Do(t.Context(), http.MethodDelete, resources["Deployment"]+"/opa-good", nil)
	assert.NoError(t, err)
}

// serveOPA runs OPA with the library as a server with a certificate, and returns its address.
func (c *Cluster) serveOPA(t *testing.T) string {
	root, err := stock.Root()
	require.NoError(t, err)
	opa, err := stock.Path(t.Context(), "opa", "opa")
	require.NoError(t, err)
	port, err := child.Port()
	require.NoError(t, err)
	c.ports["opa"] = port
	server, err := c.Run(child.Command{Name: opa, Dir: root, Args: []string{
		"run", "--server", "--log-level=error", "--addr=https://" + host + ":" + strconv.Itoa(port),
		"--tls-cert-file=" + c.file("tls.crt"), "--tls-private-key-file=" + c.file("tls.key"), "--skip-version-check",
		"--ignore=*_test.rego", "lib", "policies", filepath.Join("bundles", "opa"),
	}})
	require.NoError(t, err)
	health, err := newClient(c.url("https", "opa", ""), c.authority, "")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, server.Ready(ctx, func(ctx context.Context) error {
		_, err := health.Do(ctx, http.MethodGet, "/health", nil)
		return err
	}))
	return c.url("https", "opa", "")
}
