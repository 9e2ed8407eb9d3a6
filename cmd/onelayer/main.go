// Command onelayer finds the places where a container does the work of Kubernetes or of the mesh.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/onelayer/onelayer/internal/cli"
	_ "github.com/onelayer/onelayer/internal/memory" // sets up the heap
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	return cli.Run(ctx, cli.System(), os.Args[1:])
}
