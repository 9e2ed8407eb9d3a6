// Command gen compiles the policy library of the repository and writes the snapshot that package snapshot embeds.
package main

import (
	"fmt"
	"os"

	"github.com/google/renameio/v2"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
)

func main() {
	if err := run("../..", "library.snapshot"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes the snapshot of the library in a folder.
func run(root, target string) error {
	library, err := policy.Load(os.DirFS(root))
	if err != nil {
		return fmt.Errorf("load library: %w", err)
	}
	data, err := snapshot.Make(library)
	if err != nil {
		return fmt.Errorf("make snapshot: %w", err)
	}
	if err := renameio.WriteFile(target, data, 0o644); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}
