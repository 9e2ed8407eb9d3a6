package memory

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestServersAreLeftAlone(t *testing.T) {
	assert.True(t, staysUp([]string{"onelayer", "serve", "bundles"}))
	assert.False(t, staysUp([]string{"onelayer", "check", "serve"}))
	assert.False(t, staysUp([]string{"onelayer"}))
}

func TestTheFirstCollectionSetsThePace(t *testing.T) {
	percent, bytes := debug.SetGCPercent(-1), debug.SetMemoryLimit(math.MaxInt64)
	defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(bytes) }()
	for name, tc := range map[string]struct {
		allowed     uint64
		until, then int64
	}{
		"nobody knows":      {0, first, limit},
		"a usual machine":   {24 << 30, first, limit},
		"a small container": {256 << 20, 128 << 20, 192 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			delayCollection(tc.allowed)
			assert.Equal(t, tc.until, debug.SetMemoryLimit(-1))
			assert.Eventually(t, func() bool {
				runtime.GC()
				now := debug.SetGCPercent(-1)
				debug.SetGCPercent(now)
				return now == gcPercent
			}, 10*time.Second, time.Millisecond)
			assert.Equal(t, tc.then, debug.SetMemoryLimit(-1))
		})
	}
}
