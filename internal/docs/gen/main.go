// Command gen writes docs/rules. It runs from internal/docs, as go generate does.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/onelayer/onelayer/internal/docs"
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
	pages, err := docs.Pages(library, os.DirFS(filepath.Join(root, "tests", "fixtures")))
	if err != nil {
		return err
	}
	base := filepath.Join(root, "docs", "rules")
	if err := os.RemoveAll(base); err != nil {
		return fmt.Errorf("clear pages: %w", err)
	}
	for name, text := range pages {
		file := filepath.Join(base, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
	}
	return nil
}
