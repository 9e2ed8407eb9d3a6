package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// chunk is how many documents a worker takes at once.
const chunk = 16

// evaluate judges all listed documents. Each worker writes the verdicts of its own tasks only, so that the outcome does not
// depend on how many there are.
func (r *run) evaluate(ctx context.Context) error {
	count := min(r.engine.options.Workers, (len(r.tasks)+chunk-1)/chunk)
	workers := make([]*worker, count)
	budgets := make([]*budget, count)
	for i := range workers {
		workers[i] = newWorker(r.program, r.engine.options.Budget)
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
			for from := int(next.Add(chunk)) - chunk; from < len(r.tasks); from = int(next.Add(chunk)) - chunk {
				w.judgeAll(ctx, r.tasks[from:min(from+chunk, len(r.tasks))])
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("evaluate policies: %w", ctx.Err())
	}
	return nil
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
