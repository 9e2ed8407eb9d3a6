// Command generate writes bundles/gatekeeper, with tests for gator that are made of the fixtures, and the map of the example
// shop into the pages. It runs from its own folder, as go generate does, which comes here after the generators that write the
// library itself.
//
//go:generate go run .
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/onelayer/onelayer/internal/cli"
	"github.com/onelayer/onelayer/tests/equivalence"
)

func main() {
	code, err := run(context.Background(), equivalence.Root("."))
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		code = cli.ExitError
	}
	os.Exit(code)
}

func run(ctx context.Context, root string) (int, error) {
	if err := pages(ctx, root); err != nil {
		return 0, err
	}
	cases, err := equivalence.Load(ctx, root)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "onelayer-cases-")
	if err != nil {
		return 0, fmt.Errorf("make folder for cases: %w", err)
	}
	defer os.RemoveAll(dir)
	text, err := json.Marshal(cases)
	if err != nil {
		return 0, fmt.Errorf("encode cases: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cases.json"), text, 0o644); err != nil {
		return 0, fmt.Errorf("write cases: %w", err)
	}
	bundle := filepath.Join(root, "bundles", "gatekeeper")
	return cli.Run(ctx, cli.System(), []string{"gatekeeper", "--out", bundle, "--cases", dir}), nil
}
