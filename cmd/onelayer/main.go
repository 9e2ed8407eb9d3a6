// Command onelayer finds the places where a container does the work of Kubernetes or of the mesh.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/onelayer/onelayer/internal/cli"
)

// A run is short and allocates much: it is faster with little garbage collection, within a bound.
const (
	gcPercent   = 400
	memoryLimit = 2 << 30
)

func main() {
	os.Exit(run())
}

func run() int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	return cli.Run(ctx, cli.System(), os.Args[1:])
}
