package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// chunk is how many documents a worker takes at once.
const chunk = 16

// evaluate judges all listed documents. Each worker writes the verdicts of its own tasks only, so that the outcome does not
// depend on how many there are.
func (r *run) evaluate(ctx context.Context) error {
	err := r.share(ctx, len(r.tasks), chunk, r.engine.options.Budget, func(w *worker, from, to int) {
		w.judgeAll(ctx, r.tasks[from:to])
	})
	if err != nil {
		return fmt.Errorf("evaluate policies: %w", err)
	}
	return nil
}

// share has as many workers as the options allow take portions of count tasks until none is left, each with a time allowed
// for one evaluation. It returns when all have ended; the error is that of the context.
func (r *run) share(ctx context.Context, count, portion int, allowed time.Duration, work func(w *worker, from, to int)) error {
	workers := make([]*worker, min(r.engine.options.Workers, (count+portion-1)/portion))
	budgets := make([]*budget, len(workers))
	for i := range workers {
		workers[i] = newWorker(r.program, allowed)
		workers[i].admission = r.engine.options.Admission
		budgets[i] = workers[i].budget
	}
	done := make(chan struct{})
	defer close(done)
	go watch(ctx, budgets, done)
	var next atomic.Int64
	var group sync.WaitGroup
	for _, w := range workers {
		group.Go(func() {
			for from := int(next.Add(int64(portion))) - portion; from < count && ctx.Err() == nil; from = int(next.Add(int64(portion))) - portion {
				work(w, from, min(from+portion, count))
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

func (w *worker) judgeAll(ctx context.Context, tasks []task) {
	for i := range tasks {
		if ctx.Err() != nil {
			return
		}
		t := &tasks[i]
		w.data = t.unit.data
		if w.admission && !ownKind(t.doc.GroupKind) {
			t.verdict = w.admit(ctx, t)
		} else {
			t.verdict = w.judge(ctx, t.doc, t.rules, t.declared)
		}
	}
}
