// Command gen compiles the policy library of the repository and writes the snapshots that package snapshot embeds.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
)

func main() {
	if err := run("../..", "."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes the snapshots of the library in a folder to another one.
func run(root, target string) error {
	library, err := policy.Load(os.DirFS(root))
	if err != nil {
		return fmt.Errorf("load library: %w", err)
	}
	for name, without := range map[string][]string{"library.snapshot": snapshot.Aside, "whole.snapshot": nil} {
		data, err := snapshot.Make(library, without...)
		if err != nil {
			return fmt.Errorf("make snapshot: %w", err)
		}
		if err := renameio.WriteFile(filepath.Join(target, name), data, 0o644); err != nil {
			return fmt.Errorf("write snapshot: %w", err)
		}
	}
	return nil
}
