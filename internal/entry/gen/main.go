// Command gen writes the entries for conftest and OPA into bundles/. It runs from internal/policy, as go generate does,
// after the files of the library that are generated themselves.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/onelayer/onelayer/internal/entry"
	"github.com/onelayer/onelayer/internal/policy"
)

func main() {
	if err := run(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string) error {
	library, err := policy.Load(os.DirFS(root))
	if err != nil {
		return err
	}
	files, err := entry.Files(library)
	if err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return fmt.Errorf("write entry: %w", err)
		}
	}
	return nil
}
