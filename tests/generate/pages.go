package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/onelayer/onelayer/internal/cli"
)

// What stands between these lines of a page is the map of the example shop, as a terminal of 110 columns shows it.
const (
	shopBegin = "<!-- shop: begin -->\n"
	shopEnd   = "<!-- shop: end -->"
)

// pages writes the map of the shop into the pages that show it.
func pages(ctx context.Context, root string) error {
	var out, problems bytes.Buffer
	settings := map[string]string{"LANG": "C.UTF-8", "COLUMNS": "110"}
	env := cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &problems, Getenv: func(name string) string { return settings[name] }}
	shop := filepath.Join(root, "tests", "examples", "shop", "sidecar")
	if code := cli.Run(ctx, env, []string{"map", "--brief", shop}); code != cli.ExitOK {
		return fmt.Errorf("map %s: %s", shop, problems.String())
	}
	for _, page := range []string{"README.md", "docs/map.md"} {
		if err := fill(filepath.Join(root, page), "```\n"+strings.TrimSpace(out.String())+"\n```\n"); err != nil {
			return err
		}
	}
	return nil
}

// fill replaces what stands between the marks of a page.
func fill(page, shown string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	before, rest, begun := strings.Cut(string(text), shopBegin)
	_, after, ended := strings.Cut(rest, shopEnd)
	if !begun || !ended {
		return fmt.Errorf("fill %s: no place for the map of the shop", page)
	}
	filled := before + shopBegin + shown + shopEnd + after
	if filled == string(text) {
		return nil
	}
	if err := os.WriteFile(page, []byte(filled), 0o644); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
