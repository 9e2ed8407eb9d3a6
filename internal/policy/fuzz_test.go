package policy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/cache"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

// patience is how long one evaluation may take; a document that needs more has found a blow-up.
const patience = 20 * time.Second

// gate evaluates the whole library: the violations of every policy and every public rule without arguments.
type gate struct {
	compiler *ast.Compiler
	query    ast.Body
	// strict makes a builtin that gets a wrong type an error instead of undefined.
	strict   bool
	patterns cache.InterQueryValueCache
}

// newGate compiles a library with an entry that names every rule. A rule that fails fails the entry.
func newGate(files fs.FS) (*gate, error) {
	library, err := policy.Load(files)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, info := range library.ModuleInfos() {
		names = append(names, info.Package)
	}
	modules, err := library.Modules(names...)
	if err != nil {
		return nil, err
	}
	byFile := map[string]*ast.Module{}
	for _, module := range modules {
		byFile[module.Package.Location.File] = module
	}
	byFile["gate.rego"], err = ast.ParseModuleWithOpts("gate.rego", gateText(modules), ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler()
	compiler.Compile(byFile)
	if compiler.Failed() {
		return nil, compiler.Errors
	}
	entries := 10_000
	config := &cache.Config{InterQueryBuiltinValueCache: cache.InterQueryBuiltinValueCacheConfig{MaxNumEntries: &entries}}
	made := &gate{compiler: compiler, patterns: cache.NewInterQueryValueCache(context.Background(), config)}
	return made, made.ask("data.gate = x")
}

// ask sets the query.
func (g *gate) ask(query string) (err error) {
	g.query, err = g.compiler.QueryCompiler().Compile(ast.MustParseBody(query))
	return err
}

// gateText is the module of the gate: values holds each public rule without arguments, results each public function
// applied to data.arguments.
func gateText(modules []*ast.Module) string {
	values, results := map[string]string{}, map[string]string{}
	for _, module := range modules {
		for _, rule := range module.Rules {
			name := rule.Head.Ref()[0].Value.String()
			ref := module.Package.Path.String() + "." + name
			switch arguments := len(rule.Head.Args); {
			case strings.HasPrefix(name, "_"):
			case arguments == 0:
				values[ref] = ref
			default:
				results[ref] = fmt.Sprintf("%s(%s)", ref, strings.Join(argumentRefs[:arguments], ", "))
			}
		}
	}
	var text strings.Builder
	text.WriteString("package gate\n\n")
	for name, group := range map[string]map[string]string{"values": values, "results": results} {
		for _, ref := range slices.Sorted(maps.Keys(group)) {
			fmt.Fprintf(&text, "%s[%q] := %s\n\n", name, ref, group[ref])
		}
	}
	return text.String()
}

// argumentRefs are what public functions are applied to.
var argumentRefs = []string{"data.arguments[0]", "data.arguments[1]", "data.arguments[2]", "data.arguments[3]", "data.arguments[4]"}

// evaluate gives the error of evaluating everything on an input with data beside it.
func (g *gate) evaluate(input, data any) error {
	ctx := context.Background()
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		return fmt.Errorf("convert input: %w", err)
	}
	object, ok := data.(map[string]any)
	if !ok {
		return errors.New("data is no object")
	}
	store := inmem.NewFromObject(object)
	cancel := topdown.NewCancel()
	timer := time.AfterFunc(patience, cancel.Cancel)
	defer timer.Stop()
	return storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		return topdown.NewQuery(g.query).WithCompiler(g.compiler).WithStore(store).WithTransaction(txn).WithCancel(cancel).
			WithInput(ast.NewTerm(value)).WithStrictBuiltinErrors(g.strict).WithInterQueryBuiltinValueCache(g.patterns).
			Iter(ctx, func(topdown.QueryResult) error { return nil })
	})
}

var sharedGate = sync.OnceValues(func() (*gate, error) { return newGate(os.DirFS(repository)) })

// TestSeedsAreJudged keeps the seeds worth mutating: each is judged without an error.
func TestSeedsAreJudged(t *testing.T) {
	gate, err := sharedGate()
	require.NoError(t, err)
	documents, err := seeds()
	require.NoError(t, err)
	for i, document := range documents {
		require.NoError(t, gate.evaluate(document, surroundings(documents)), "seed %d", i)
	}
}

// TestNoDocumentIsAnError runs the gate on a fixed series of mutated documents.
func TestNoDocumentIsAnError(t *testing.T) {
	gate, err := sharedGate()
	require.NoError(t, err)
	series(t, gate, 0, 300)
}

// TestNoBuiltinMeetsAWrongType does the same with builtins that are strict about types: what they get is guarded, so
// that nothing goes silent by accident. Functions are left out, because their callers answer for what they pass.
func TestNoBuiltinMeetsAWrongType(t *testing.T) {
	gate, err := sharedGate()
	require.NoError(t, err)
	strict := *gate
	strict.strict = true
	require.NoError(t, strict.ask("data.gate.values = x"))
	series(t, &strict, 10_000, 200)
}

// series evaluates trials from a number on and reports each error once.
func series(t *testing.T, g *gate, from, rounds uint64) {
	t.Helper()
	if testing.Short() {
		rounds /= 10
	}
	documents, err := seeds()
	require.NoError(t, err)
	failures := map[string]uint64{}
	for number := from; number < from+rounds; number++ {
		input, data := trial(documents, number, 1+int(number%4))
		if err := g.evaluate(input, data); err != nil {
			failures[err.Error()] = number
		}
	}
	for message, number := range failures {
		t.Errorf("trial %d: %s", number, message)
	}
}

// TestGateFindsErrors proves that the gate sees a conflict and, when strict, a wrong type.
func TestGateFindsErrors(t *testing.T) {
	files := func(text string) fs.FS {
		text = strings.ReplaceAll(libHead, "sample", "resource") + text
		return fstest.MapFS{"lib/resource/resource.rego": {Data: []byte(text)}}
	}
	conflict, err := newGate(files("all := _f(input)\n\n_f(x) := 1 if x.a\n\n_f(x) := 2 if x.b\n"))
	require.NoError(t, err)
	require.NoError(t, conflict.evaluate(map[string]any{"a": 1}, map[string]any{}))
	require.ErrorContains(t, conflict.evaluate(map[string]any{"a": 1, "b": 1}, map[string]any{}), "conflict")
	wrong, err := newGate(files("all := upper(input.a)\n"))
	require.NoError(t, err)
	require.NoError(t, wrong.evaluate(map[string]any{"a": 1}, map[string]any{}))
	wrong.strict = true
	require.ErrorContains(t, wrong.evaluate(map[string]any{"a": 1}, map[string]any{}), "upper: operand 1 must be string")
}

// FuzzEntries looks for documents on which the evaluation of any rule is an error: in Gatekeeper, one such error
// replaces all findings and denies.
func FuzzEntries(f *testing.F) {
	gate, err := sharedGate()
	require.NoError(f, err)
	documents, err := seeds()
	require.NoError(f, err)
	for number := range uint64(len(documents)) {
		f.Add(number, uint8(3))
	}
	f.Fuzz(func(t *testing.T, number uint64, changes uint8) {
		input, data := trial(documents, number, int(changes%16))
		require.NoError(t, gate.evaluate(input, data))
	})
}
