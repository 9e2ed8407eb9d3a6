package cluster

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// latency measures how long the API server takes to answer, one request after the other, and logs it. It judges nothing:
// the time depends on the machine.
func latency(t *testing.T, c *Cluster, label string) {
	t.Helper()
	const warmUp, requests = 10, 100
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var times []time.Duration
	for i := range warmUp + requests {
		began := time.Now()
		_, err := c.create(ctx, deployment("measured", node()), dryRun)
		require.NoError(t, err)
		if i >= warmUp {
			times = append(times, time.Since(began))
		}
	}
	slices.Sort(times)
	t.Logf("admission latency, %s: p50 %.1f ms, p90 %.1f ms of %d requests", label,
		milliseconds(times[requests/2]), milliseconds(times[requests*9/10]), requests)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
