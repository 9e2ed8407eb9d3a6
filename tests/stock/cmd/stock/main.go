// Command stock builds the released programs that the tests run, or those of the named sets, and prints where they are.
// CI starts it first, beside its other steps; a later test that needs a set waits for the same build.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/onelayer/onelayer/tests/stock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stock:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	if len(names) == 0 {
		for _, set := range stock.Sets {
			names = append(names, set.Name)
		}
	}
	for _, name := range names {
		set, err := stock.Lookup(name)
		if err != nil {
			return err
		}
		began := time.Now()
		dir, err := stock.Build(ctx, set)
		if err != nil {
			return err
		}
		fmt.Printf("%s\t%s\t%.1fs\n", name, dir, time.Since(began).Seconds())
	}
	return nil
}
