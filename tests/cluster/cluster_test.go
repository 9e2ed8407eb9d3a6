package cluster

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCluster runs everything in one cluster, in order: each part builds on what the ones before left.
func TestCluster(t *testing.T) {
	// Building takes minutes where no cache holds the programs; starting them takes seconds.
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
	defer cancel()
	c, err := Start(ctx, t.TempDir())
	defer func() {
		assert.NoError(t, c.Stop())
		if t.Failed() {
			for _, server := range c.servers {
				t.Log(server.Tail())
			}
		}
	}()
	require.NoError(t, err)
	_, err = c.API.Do(ctx, http.MethodPost, "/api/v1/namespaces", map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": shop},
	})
	require.NoError(t, err)
	step := func(name string, test func(t *testing.T, c *Cluster)) {
		t.Run(name, func(t *testing.T) { test(t, c) })
	}
	step("loopback", testLoopback)
	step("latency with no template", func(t *testing.T, c *Cluster) { latency(t, c, "no template") })
	_, err = c.create(ctx, deployment("legacy", pm2()), "")
	require.NoError(t, err, "there is no policy yet")
	step("membership by the namespace of the review", testMembership)
	step("the page on Gatekeeper", testPage)
	step("library", testLibrary)
	step("denial", testDenial)
	step("actions", testActions)
	step("audit", testAudit)
	step("parameters", testParameters)
	step("inventory", testInventory)
	step("autoscaler", testAutoscaler)
	step("objects of a mesh", testMeshObjects)
	step("latency with all", func(t *testing.T, c *Cluster) { latency(t, c, "the whole library") })
	step("silence", testSilence)
	step("OPA", testOPA)
	step("the page on compatibility", testCompatibility)
}
