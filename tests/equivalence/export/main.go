// Command export writes the cases of the equivalence tests for engines that live in another module:
//
//	go run ./tests/equivalence/export -out DIR
//
// from the root of the repository writes DIR/GROUP__RULE__FIXTURE.json for each fixture, each an array with one object
// for each unit of the fixture, nearly always one:
//
//	{
//	  "name": "process/restart_loop/deny_x",      // with #2 for a second unit
//	  "config": {},                               // the configuration document; spec.parameters in Gatekeeper
//	  "whole": true,                              // data.lib.onelayer.unit.whole; Gatekeeper never knows
//	  "namespaces": {"shop": {"kind": "Namespace", ..}},  // namespaceObject of reviews, by name
//	  "inventory": {"cluster": {VERSION: {KIND: {NAME: OBJECT}}}, "namespace": {NS: {VERSION: {KIND: {NAME: OBJECT}}}}},
//	  "objects": [{"file": "k8s/deployment.yaml", "value": OBJECT}, ..],
//	  "plain": [{"id", "object": {"apiVersion", "kind", "namespace", "name"}, "path", "severity"}, ..],
//	  "review": [..]                              // the same, about {"review": {"operation": "CREATE", "object": OBJECT, ..}}
//	}
//
// In reviews the objects of group onelayer.dev are only part of the inventory.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/onelayer/onelayer/tests/equivalence"
)

func main() {
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if err := run(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	if out == "" {
		return fmt.Errorf("no folder: give -out DIR")
	}
	cases, err := equivalence.Load(ctx, ".")
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		return fmt.Errorf("no fixtures in tests/fixtures: run from the root of the repository")
	}
	byFixture := map[string][]*equivalence.Case{}
	for _, c := range cases {
		name, _, _ := strings.Cut(c.Name, "#")
		byFixture[name] = append(byFixture[name], c)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	for name, units := range byFixture {
		text, err := json.MarshalIndent(units, "", "  ")
		if err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
		file := filepath.Join(out, strings.ReplaceAll(name, "/", "__")+".json")
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			return fmt.Errorf("write case: %w", err)
		}
	}
	return nil
}
