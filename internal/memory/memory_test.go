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
	delayCollection()
	assert.Equal(t, int64(first), debug.SetMemoryLimit(-1))
	assert.Eventually(t, func() bool {
		runtime.GC()
		now := debug.SetGCPercent(-1)
		debug.SetGCPercent(now)
		return now == gcPercent
	}, 10*time.Second, time.Millisecond)
	assert.Equal(t, int64(limit), debug.SetMemoryLimit(-1))
}
