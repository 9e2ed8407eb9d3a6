package engine

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// tick is how often the watchdog looks at the running evaluations.
	tick = 10 * time.Millisecond
	// stopped marks a budget whose run was cancelled: nothing may be evaluated any more.
	stopped = -1
)

// budget bounds the time of one evaluation after the other. It is the topdown.Cancel of all queries of a worker: unlike
// OPA's own, it can be started again and needs no timer for each document.
type budget struct {
	// deadline is when the running evaluation must end, fired the deadline that has passed; both in nanoseconds.
	deadline, fired atomic.Int64
}

// start gives the next evaluation its time. It keeps deadlines distinct, so that a late alarm never hits the next one.
func (b *budget) start(allowed time.Duration) {
	b.deadline.Store(max(now()+int64(allowed), b.deadline.Load()+1))
}

// Cancel ends the running evaluation.
func (b *budget) Cancel() { b.fired.Store(b.deadline.Load()) }

// Cancelled tells whether the running evaluation must end.
func (b *budget) Cancelled() bool {
	fired := b.fired.Load()
	return fired != 0 && (fired == stopped || fired == b.deadline.Load())
}

var epoch = time.Now()

func now() int64 { return int64(time.Since(epoch)) + 1 }

// watch raises the alarm of budgets until done is closed, and stops them all when ctx ends.
func watch(ctx context.Context, budgets []*budget, done <-chan struct{}) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			for _, b := range budgets {
				b.fired.Store(stopped)
			}
			return
		case <-ticker.C:
			for _, b := range budgets {
				if deadline := b.deadline.Load(); deadline != 0 && now() > deadline {
					b.fired.Store(deadline)
				}
			}
		}
	}
}
