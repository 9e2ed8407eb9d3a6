package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const images = "/apis/onelayer.dev/v1alpha1/images"

// hidden is a pod's spec that does not say what it runs: its image does.
func hidden() map[string]any {
	spec := node()
	container := items(spec, "containers")[0]
	delete(container, "command")
	container["image"] = "registry.example.com/shop/hidden:1"
	return spec
}

// testInventory shows that admission sees what a manifest hides, once the cluster knows of it.
func testInventory(t *testing.T, c *Cluster) {
	answer, err := c.create(t.Context(), deployment("hidden", hidden()), dryRun)
	require.NoError(t, err, "nobody knows what the image runs, so nobody may deny it")
	assert.Empty(t, answer.Warnings)
	_, err = c.API.Do(t.Context(), http.MethodPost, images, map[string]any{
		"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": map[string]any{"name": "hidden"},
		"spec": map[string]any{
			"refs": []any{"registry.example.com/shop/hidden:1"},
			"dockerfile": []any{
				instruction("from", false, "node:22"),
				instruction("cmd", true, "pm2-runtime", "server.js"),
			},
		},
	})
	require.NoError(t, err)
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		_, err := c.create(ctx, deployment("hidden", hidden()), dryRun)
		if err == nil {
			return errors.New("the Image has not reached data.inventory")
		}
		assert.Contains(t, refusal(t, err), runsUnderPM2)
		return nil
	})
	_, err = c.API.Do(t.Context(), http.MethodDelete, images+"/hidden", nil)
	require.NoError(t, err)
}

// instruction is one instruction of a Dockerfile as an Image keeps it.
func instruction(cmd string, json bool, value ...any) map[string]any {
	return map[string]any{"cmd": cmd, "sub": "", "json": json, "flags": []any{}, "value": value, "heredocs": []any{}, "stage": int64(0)}
}

// testAutoscaler shows a rule about two objects: workers in the container and an autoscaler over it.
func testAutoscaler(t *testing.T, c *Cluster) {
	const two = "traffic/cluster-with-autoscaler"
	workers := deployment("scaled", podSpec("pm2-runtime", "-i", "max", "server.js"))
	_, err := c.create(t.Context(), workers, dryRun)
	assert.NotContains(t, refusal(t, err), two)
	_, err = c.API.Do(t.Context(), http.MethodPost, "/apis/autoscaling/v2/namespaces/"+shop+"/horizontalpodautoscalers", map[string]any{
		"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
		"metadata": map[string]any{"name": "scaled", "namespace": shop},
		"spec": map[string]any{
			"scaleTargetRef": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": "scaled"},
			"minReplicas":    int64(2), "maxReplicas": int64(5),
		},
	})
	require.NoError(t, err)
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		_, err := c.create(ctx, workers, dryRun)
		if message := refusal(t, err); !strings.Contains(message, two) {
			return fmt.Errorf("the autoscaler has not reached data.inventory: %s", message)
		}
		return nil
	})
}
