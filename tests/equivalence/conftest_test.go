package equivalence

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/conftest/output"
	"github.com/open-policy-agent/conftest/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// conftest is conftest's own engine with the library.
type conftest struct{ *policy.Engine }

// newConftest writes the modules to a folder and loads them as conftest test --policy does.
func newConftest(dir string, files map[string][]byte) (*conftest, error) {
	for file, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return nil, fmt.Errorf("write module: %w", err)
		}
	}
	engine, err := policy.LoadWithData([]string{dir}, nil, policy.CompilerOptions{
		RegoVersion: "v1", Capabilities: ast.CapabilitiesForThisVersion(), Strict: true,
	})
	if err != nil {
		return nil, fmt.Errorf("load conftest's engine: %w", err)
	}
	engine.ShowBuiltinErrors()
	return &conftest{engine}, nil
}

// withInfo is the case with a configuration that has conftest show findings of severity info too.
func (c *Case) withInfo() *Case {
	asking := *c
	asking.Config = maps.Clone(c.Config)
	asking.Config["conftest"] = map[string]any{"info": true}
	return &asking
}

// byFile gives the objects of a case as what conftest reads out of files: several of one file are a list.
func (c *Case) byFile() map[string]any {
	files := map[string]any{}
	for _, object := range c.Objects {
		list, _ := files[object.File].([]any)
		files[object.File] = append(list, any(object.Value))
	}
	return files
}

// combined asks about all documents together.
func (c *conftest) combined(ctx context.Context) func(input any) ([]Finding, error) {
	return func(input any) ([]Finding, error) {
		files, _ := input.(map[string]any)
		result, err := c.CheckCombined(ctx, files, "main")
		if err != nil {
			return nil, fmt.Errorf("check combined: %w", err)
		}
		return read(output.CheckResults{result})
	}
}

// read gives the findings of conftest's results and holds them against what conftest shows: a failure is an error, and a
// warning starts with the id as its message does.
func read(results output.CheckResults) ([]Finding, error) {
	found := []Finding{}
	for _, result := range results {
		for severity, list := range map[string][]output.Result{"error": result.Failures, "warning": result.Warnings} {
			for _, one := range list {
				f := findingOf(one.Metadata)
				if !strings.HasPrefix(one.Message, f.ID+": ") || severity == "error" != (f.Severity == "error") {
					return nil, fmt.Errorf("a result of severity %s says %s %q", severity, f, one.Message)
				}
				found = append(found, f)
			}
		}
		if len(result.Exceptions) > 0 {
			return nil, fmt.Errorf("%d exceptions without an exception rule", len(result.Exceptions))
		}
	}
	return found, nil
}
