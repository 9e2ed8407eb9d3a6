// Command gen writes the JSON schema of the configuration document, with the parameters of every rule of the repository.
package main

import (
	"fmt"
	"os"

	"github.com/google/renameio/v2"

	"github.com/onelayer/onelayer/internal/config"
	"github.com/onelayer/onelayer/internal/policy"
)

func main() {
	if err := run("../..", "schema.json"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes the schema for the library in a folder.
func run(root, target string) error {
	library, err := policy.Load(os.DirFS(root))
	if err != nil {
		return fmt.Errorf("load library: %w", err)
	}
	schema, err := config.MakeSchema(library.Rules())
	if err != nil {
		return fmt.Errorf("make schema: %w", err)
	}
	if err := renameio.WriteFile(target, schema, 0o644); err != nil {
		return fmt.Errorf("write schema: %w", err)
	}
	return nil
}
