package server

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// codes are the answers that are counted.
var codes = []int{
	http.StatusOK, http.StatusNotModified, http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound,
	http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable,
}

// counters count answers by code.
type counters struct{ counts [7]atomic.Int64 }

func (c *counters) add(code int) {
	for i, known := range codes {
		if known == code {
			c.counts[i].Add(1)
		}
	}
}

// delayBounds are the upper bounds of the buckets of a histogram, in seconds.
var delayBounds = [...]float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300}

// histogram counts durations. Who uses it must lock.
type histogram struct {
	buckets [len(delayBounds) + 1]int64
	sum     float64
}

func (h *histogram) observe(d time.Duration) {
	seconds := d.Seconds()
	h.sum += seconds
	for i, bound := range delayBounds {
		if seconds <= bound {
			h.buckets[i]++
			return
		}
	}
	h.buckets[len(delayBounds)]++
}

// publishCounts count offers by bundle, result and reason of a refusal. Reasons are those of package refusal, so that
// there are not many.
type publishCounts struct {
	mu     sync.Mutex
	counts map[publishKey]int64
}

type publishKey struct{ bundle, result, reason string }

func (p *publishCounts) add(slot *slot, result, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil {
		p.counts = map[publishKey]int64{}
	}
	p.counts[publishKey{slot.name, result, reason}]++
}
