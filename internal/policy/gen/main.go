// Command gen writes the files that are derived from the policy library: the embed patterns, the catalogue that lets the
// tool start without parsing every policy, and the parameter defaults in Rego.
//
// Run it from anywhere in the repository with: go run -tags bootstrap ./internal/policy/gen
package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes what is derived from the valid part of the library and fails if any part is not valid.
func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	// The defaults are part of the library that the other files describe, hence the second pass.
	var problems []finding.Problem
	for range 2 {
		var files map[string][]byte
		if files, problems, err = generate(root); err != nil {
			return err
		}
		if err := write(root, files); err != nil {
			return err
		}
	}
	return report(problems)
}

func report(problems []finding.Problem) error {
	all := make([]error, 0, len(problems))
	for _, problem := range problems {
		all = append(all, problem)
	}
	return errors.Join(all...)
}

// generate gives the derived files by path below root.
func generate(root string) (map[string][]byte, []finding.Problem, error) {
	library, problems, err := policy.LoadPartial(os.DirFS(root))
	if err != nil {
		return nil, nil, err
	}
	files := map[string][]byte{}
	for file, make := range map[string]func(*policy.Library) ([]byte, error){
		"embed.go":                         embedFile,
		"internal/policy/catalogue_gen.go": catalogueFile,
		"lib/params/defaults.rego":         defaultsFile,
	} {
		if files[file], err = make(library); err != nil {
			return nil, nil, fmt.Errorf("generate %s: %w", file, err)
		}
	}
	return files, problems, nil
}

// write replaces the files that differ.
func write(root string, files map[string][]byte) error {
	for _, file := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, file)
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, files[file]) {
			continue
		}
		if err := os.WriteFile(path, files[file], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
	}
	return nil
}

// moduleRoot finds the folder of go.mod from the working directory upwards.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find module root: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find module root: no go.mod here or above")
		}
		dir = parent
	}
}
