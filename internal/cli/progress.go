package cli

import (
	"fmt"
	"time"
)

// progress tells a person who waits how far reading has come. It stays silent when it is quick, or when nobody looks.
type progress struct {
	env   *Env
	on    bool
	next  time.Time
	shown bool
}

const (
	progressDelay    = 400 * time.Millisecond
	progressInterval = 100 * time.Millisecond
)

func newProgress(env *Env, quiet bool) *progress {
	on := !quiet && isTerminal(env.Stderr) && env.Getenv("CI") == ""
	return &progress{env: env, on: on, next: time.Now().Add(progressDelay)}
}

// report is called from one goroutine.
func (p *progress) report(done, total int) {
	if !p.on || time.Now().Before(p.next) {
		return
	}
	p.next = time.Now().Add(progressInterval)
	p.shown = true
	_, _ = fmt.Fprintf(p.env.Stderr, "\r\x1b[Kreading %d of %d files", done, total)
}

// done wipes the line.
func (p *progress) done() {
	if p.shown {
		_, _ = fmt.Fprint(p.env.Stderr, "\r\x1b[K")
	}
}
