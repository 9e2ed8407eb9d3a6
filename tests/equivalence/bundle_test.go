package equivalence

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/finding"
)

// library gives the modules of the library and the entries of one folder of bundles, by path.
func library(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(onelayer.Library, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(file, "bundles/") && !strings.HasPrefix(file, folder+"/") {
			return err
		}
		files[file], err = fs.ReadFile(onelayer.Library, file)
		return err
	})
	return files, err
}

// opa is OPA with the library as a bundle, written and read back as a fleet gets it.
type opa struct {
	store    storage.Store
	compiler *ast.Compiler
	query    rego.PreparedEvalQuery
	// answers asks for the answer to an AdmissionReview.
	answers rego.PreparedEvalQuery
}

// newOPA builds the bundle of some modules and activates it. Its roots are the packages that it holds, so that
// lib/onelayer/config stays free.
func newOPA(ctx context.Context, files map[string][]byte) (*opa, error) {
	text, err := archive(files)
	if err != nil {
		return nil, err
	}
	read, err := bundle.NewReader(bytes.NewReader(text)).WithProcessAnnotations(true).Read()
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	o := &opa{store: inmem.New(), compiler: ast.NewCompiler()}
	err = storage.Txn(ctx, o.store, storage.WriteParams, func(txn storage.Transaction) error {
		return bundle.Activate(&bundle.ActivateOpts{
			Ctx: ctx, Store: o.store, Txn: txn, Compiler: o.compiler, Metrics: metrics.New(),
			Bundles: map[string]*bundle.Bundle{"onelayer": &read}, ParserOptions: ast.ParserOptions{RegoVersion: ast.RegoV1},
		})
	})
	if err != nil {
		return nil, fmt.Errorf("activate bundle: %w", err)
	}
	for name, query := range map[string]*rego.PreparedEvalQuery{"decision": &o.query, "admission_review": &o.answers} {
		asked := rego.New(rego.Query("data.onelayer."+name), rego.Compiler(o.compiler), rego.Store(o.store))
		if *query, err = asked.PrepareForEval(ctx); err != nil {
			return nil, fmt.Errorf("prepare query: %w", err)
		}
	}
	return o, nil
}

func archive(files map[string][]byte) ([]byte, error) {
	made := bundle.Bundle{Data: map[string]any{}}
	version := 1
	made.Manifest.RegoVersion = &version
	roots := []string{}
	for file, text := range files {
		module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
		if err != nil {
			return nil, fmt.Errorf("parse module: %w", err)
		}
		made.Modules = append(made.Modules, bundle.ModuleFile{URL: file, Path: file, Raw: text, Parsed: module})
		path, err := module.Package.Path.Ptr()
		if err != nil {
			return nil, fmt.Errorf("read package: %w", err)
		}
		if !slices.Contains(roots, path) {
			roots = append(roots, path)
		}
	}
	made.Manifest.Roots = &roots
	var out bytes.Buffer
	if err := bundle.NewWriter(&out).DisableFormat(true).Write(made); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return out.Bytes(), nil
}

// put sets the data that stands beside the library for one case.
func put(ctx context.Context, store storage.Store, data map[string]any) error {
	return storage.Txn(ctx, store, storage.WriteParams, func(txn storage.Transaction) error {
		for path, value := range data {
			parsed, ok := storage.ParsePath(path)
			if !ok {
				return fmt.Errorf("set data: bad path %s", path)
			}
			if err := storage.MakeDir(ctx, store, txn, parsed[:len(parsed)-1]); err != nil {
				return fmt.Errorf("set data: %w", err)
			}
			if err := store.Write(ctx, txn, storage.AddOp, parsed, value); err != nil {
				return fmt.Errorf("set data: %w", err)
			}
		}
		return nil
	})
}

// plain is the data beside the library when files are judged one by one; together is the same for all in one input,
// which know each other without an inventory.
func (c *Case) plain() map[string]any { return c.files(c.Inventory) }

func (c *Case) together() map[string]any { return c.files(c.around) }

func (c *Case) files(inventory map[string]any) map[string]any {
	return map[string]any{
		"/lib/onelayer/config": c.Config, "/lib/onelayer/unit": map[string]any{"whole": c.Whole}, "/inventory": inventory,
	}
}

// cluster is the same when a cluster asks: the configuration comes with the review.
func (c *Case) cluster() map[string]any {
	return map[string]any{"/lib/onelayer/config": map[string]any{}, "/lib/onelayer/unit": map[string]any{}, "/inventory": c.Inventory}
}

// review is the input by which Gatekeeper asks about a new object.
func (c *Case) review(object map[string]any) map[string]any {
	var namespace any
	if meta, ok := object["metadata"].(map[string]any); ok {
		if name, ok := meta["namespace"].(string); ok {
			namespace = c.Namespaces[name]
		}
	}
	request := map[string]any{"operation": "CREATE", "object": object, "oldObject": nil, "namespaceObject": namespace}
	return map[string]any{"review": request, "parameters": c.Config}
}

// combined is the input of conftest --combine for the objects.
func (c *Case) combined() []any {
	list := []any{}
	for _, object := range c.Objects {
		list = append(list, map[string]any{"path": object.File, "contents": object.Value})
	}
	return list
}

// decide asks OPA about one input.
func (o *opa) decide(ctx context.Context, input any) ([]Finding, error) {
	results, err := o.query.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return nil, fmt.Errorf("evaluate decision: %w", err)
	}
	if len(results) != 1 {
		return nil, fmt.Errorf("evaluate decision: %d results", len(results))
	}
	decision, _ := results[0].Expressions[0].Value.(map[string]any)
	list, ok := decision["findings"].([]any)
	if !ok {
		return nil, fmt.Errorf("evaluate decision: findings are %T", decision["findings"])
	}
	found := []Finding{}
	errors := 0
	for _, item := range list {
		f := findingOf(item)
		found = append(found, f)
		if f.Severity == finding.Error {
			errors++
		}
	}
	if decision["allow"] != (errors == 0) {
		return nil, fmt.Errorf("evaluate decision: allow is %v with %d errors", decision["allow"], errors)
	}
	return found, nil
}

// findingOf reads what engines print of a finding.
func findingOf(item any) Finding {
	fields, _ := item.(map[string]any)
	ref, _ := fields["object"].(map[string]any)
	text := func(fields map[string]any, key string) string { value, _ := fields[key].(string); return value }
	return Finding{
		ID: text(fields, "id"), Path: text(fields, "path"), Severity: finding.Severity(text(fields, "severity")),
		Object: finding.Object{
			APIVersion: text(ref, "apiVersion"), Kind: text(ref, "kind"), Namespace: text(ref, "namespace"), Name: text(ref, "name"),
		},
	}
}

// all makes the union of what an engine says about several inputs.
func all(t testing.TB, inputs []any, ask func(input any) ([]Finding, error)) []Finding {
	t.Helper()
	found := []Finding{}
	for _, input := range inputs {
		more, err := ask(input)
		require.NoError(t, err)
		found = append(found, more...)
	}
	return Sorted(found)
}

// each gives the objects one by one.
func (c *Case) each() []any {
	list := []any{}
	for _, object := range c.Objects {
		list = append(list, object.Value)
	}
	return list
}

// reviews gives the reviews of the objects one by one.
func (c *Case) reviews() []any {
	list := []any{}
	for _, object := range c.Objects {
		list = append(list, c.review(object.Value))
	}
	return list
}
