// Command onelayer finds the places where a container does the work of Kubernetes or of the mesh.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/onelayer/onelayer/internal/cli"
)

// A run is short and allocates much. It collects no garbage until the heap is worth it, and little from then on.
const (
	firstCollection = 256 << 20
	gcPercent       = 400
	memoryLimit     = 2 << 30
)

func main() {
	os.Exit(run())
}

func run() int {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" && !staysUp(os.Args[1:]) {
		delayCollection()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	return cli.Run(ctx, cli.System(), os.Args[1:])
}

// staysUp tells a command that runs for long: it collects garbage as every server does.
func staysUp(args []string) bool { return len(args) > 0 && args[0] == "serve" }

// delayCollection puts off the first garbage collection; what it sees of the dead sentinel sets the pace of the others.
func delayCollection() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(firstCollection)
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(int) {
		debug.SetMemoryLimit(memoryLimit)
		debug.SetGCPercent(gcPercent)
	}, 0)
}
