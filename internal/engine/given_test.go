package engine

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

// knownProgram is the library's shared modules, compiled.
func knownProgram(t *testing.T) (*program, *unitData) {
	t.Helper()
	lib, err := policy.Load(repository)
	require.NoError(t, err)
	engine, err := New(lib, nil, Options{})
	require.NoError(t, err)
	p, err := engine.plan(map[string]bool{})
	require.NoError(t, err)
	require.NoError(t, p.compile(lib, &ruleSet{}, []string{packageWorkload, packageParams}, &Options{}))
	data := newUnitData(value(t, "{mesh: {trust_domain: a}}"), true, func() ast.Value { return ast.NewObject() })
	p.layouts = readLayouts(t.Context(), p, data)
	require.NotEmpty(t, p.layouts)
	return p, data
}

// podText is a pod template with every kind of container.
const podText = `{metadata: {labels: {app: a}}, spec: {
  containers: [{name: app, image: a}, {image: b}], initContainers: [{name: i}, {name: s, restartPolicy: Always}],
  ephemeralContainers: [{name: e}], restartPolicy: Always}}`

// workloads gives a document of each kind that makes Pods, and some that make none.
func workloads(t *testing.T, p *program) []any {
	t.Helper()
	docs := []any{"text", 3, nil, []any{}, map[string]any{}}
	for kind, l := range p.layouts {
		template := plain(t, value(t, podText))
		for i := len(l.template) - 1; i >= 0; i-- {
			template = map[string]any{string(l.template[i].Value.(ast.String)): template}
		}
		doc := template.(map[string]any)
		group, name, _ := strings.Cut(kind, "/")
		doc["apiVersion"], doc["kind"] = strings.TrimPrefix(group+"/v1", "/"), name
		docs = append(docs, doc)
	}
	for _, text := range []string{
		"{apiVersion: v1, kind: Service, spec: {}}", "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, spec: {containers: []}}]}",
		"{review: {object: {apiVersion: v1, kind: Pod}}, parameters: {mesh: {}}}", "{apiVersion: a/b/c, kind: Pod}", "{apiVersion: /, kind: Pod}",
		"{apiVersion: v1, kind: Pod, metadata: {ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, controller: true}]}, spec: {containers: [{name: a}]}}",
		"{onelayer: {document: {apiVersion: v1, kind: Pod, spec: {}}, file: a.yaml}}", "[{path: a, contents: {apiVersion: v1, kind: Pod, spec: {}}}]",
	} {
		docs = append(docs, plain(t, value(t, text)))
	}
	return docs
}

func plain(t *testing.T, v ast.Value) any {
	t.Helper()
	decoded, err := ast.JSON(v)
	require.NoError(t, err)
	return decoded
}

var odd = []any{nil, true, false, 3, "", "text", "Always", "v1", "apps/v1", []any{}, []any{3, "x"}, map[string]any{}, map[string]any{"name": 3}, map[string]any{"0": map[string]any{"name": "x"}}}

// broken copies a value with something odd somewhere in it.
func broken(random *rand.Rand, v any) any {
	if random.IntN(8) == 0 {
		return odd[random.IntN(len(odd))]
	}
	switch node := v.(type) {
	case map[string]any:
		return brokenObject(random, node)
	case []any:
		copied := append([]any(nil), node...)
		if len(copied) > 0 {
			i := random.IntN(len(copied))
			copied[i] = broken(random, copied[i])
		}
		return copied
	default:
		return v
	}
}

func brokenObject(random *rand.Rand, node map[string]any) any {
	copied := map[string]any{}
	chosen := random.IntN(len(node) + 1)
	i := 0
	for _, name := range slices.Sorted(maps.Keys(node)) {
		switch {
		case i != chosen:
			copied[name] = node[name]
		case random.IntN(4) > 0:
			copied[name] = broken(random, node[name])
		}
		i++
	}
	if random.IntN(12) == 0 {
		copied[[]string{"items", "review", "request", "onelayer", "metadata"}[random.IntN(5)]] = odd[random.IntN(len(odd))]
	}
	return copied
}

// TestGivenAnswersAreThoseOfTheLibrary compares what is known without evaluation with what the rules say, on documents of
// every kind and with something odd anywhere in them.
func TestGivenAnswersAreThoseOfTheLibrary(t *testing.T) {
	p, data := knownProgram(t)
	g := &given{layouts: p.layouts}
	answers := map[string]func() *ast.Term{
		packageParams + ".config": g.configuration, packageResource + ".all": g.records,
		packageWorkload + ".pods": g.templates, packageWorkload + ".containers": g.list,
	}
	known := map[string]int{}
	compare := func(doc any) {
		input, err := ast.InterfaceToValue(doc)
		require.NoError(t, err)
		g.begin(input, data.config)
		for path, give := range answers {
			got := give()
			if got == nil {
				continue
			}
			known[path]++
			want, err := answer(t.Context(), p, ask(path, varAnswer), data, input, nil)
			require.NoError(t, err)
			require.NotNil(t, want, "%s of %v", path, input)
			require.Zero(t, got.Value.Compare(want), "%s of %v:\n%v\n%v", path, input, got, want)
			require.Equal(t, want.Hash(), got.Value.Hash())
		}
	}
	random := rand.New(rand.NewPCG(7, 8))
	docs := workloads(t, p)
	for _, doc := range docs {
		compare(doc)
	}
	for path := range answers {
		assert.GreaterOrEqual(t, known[path], len(p.layouts), "plain workloads are known: %s", path)
	}
	for range 4000 {
		doc := docs[random.IntN(len(docs))]
		for range 1 + random.IntN(3) {
			doc = broken(random, doc)
		}
		compare(doc)
	}
}

func TestNothingIsGivenInAScope(t *testing.T) {
	m := newMemo(newPurity(nil, nil, []string{"lib.known", "lib.other"}))
	asked := 0
	m.give("lib.known", func() *ast.Term { asked++; return ast.IntNumberTerm(asked) })
	m.give("lib.nowhere", func() *ast.Term { return emptyList })
	ref := ast.MustParseRef("data.lib.known")
	m.next(nil)
	m.Push()
	got, _ := m.Get(ref)
	assert.Nil(t, got, "below a with")
	m.Pop()
	for range 2 {
		got, _ = m.Get(ref)
		assert.Equal(t, ast.IntNumberTerm(1), got, "asked once for a query")
	}
	m.next(nil)
	got, _ = m.Get(ref)
	assert.Equal(t, ast.IntNumberTerm(2), got)
	m.know("lib.other", emptyList)
	m.know("lib.nowhere", emptyList)
	got, _ = m.Get(ast.MustParseRef("data.lib.other"))
	assert.Equal(t, emptyList, got)
	m.next(nil)
	got, _ = m.Get(ast.MustParseRef("data.lib.other"))
	assert.Nil(t, got)
}

// gatedModule is a shared module whose rule is not what its gate says, so that only the gate makes it empty.
const gatedModule = `# METADATA
# scope: package
# title: Words
# description: Words of a test.
# custom:
#   gates:
#     all: [alpha, 'beta\b']
package lib.onelayer.words

# METADATA
# description: Never empty.
all := ["a"]
`

func TestGatesOfSharedRules(t *testing.T) {
	words := rule{id: "process/words", kinds: []string{"/ConfigMap", kindImage}, body: `
import data.lib.onelayer.words

violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": word, "path": []}) if {
	some record in resource.of({"/ConfigMap", "onelayer.dev/Image"})
	some word in words.all
}`}
	lib := libraryWith(t, fstest.MapFS{"lib/words/words.rego": {Data: []byte(gatedModule)}}, words)
	require.Equal(t, []policy.Gate{{Rule: "lib.onelayer.words.all", Needles: []string{"alpha", `beta\b`}}}, lib.Gates())
	image := document(t, "image.yaml", 1, "apiVersion: onelayer.dev/v1alpha1\nkind: Image\nmetadata: {name: i}\nspec: {refs: [x/shop]}\n")
	for text, want := range map[string]int{
		"{a: b}": 0, "{a: ALPHA}": 1, "{a: betas}": 0, "{a: beta}": 1, `{a: "\x61lpha"}`: 1, "{a: shop}": 1,
	} {
		doc := document(t, "a.yaml", 1, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: "+text+"\n")
		report := check(t, lib, "", Options{}, tree(unit(doc, image)))
		assert.Len(t, report.Findings, want+1, "%s, and the Image, which nothing gates", text)
	}
	failing := rule{id: "process/failing", kinds: []string{"/ConfigMap"}, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "x", "path": []}) if {
	some record in resource.of({"/ConfigMap"})
	every n in numbers.range(1, 100000000) { n > 0 }
}`}
	lib = libraryWith(t, fstest.MapFS{"lib/words/words.rego": {Data: []byte(gatedModule)}}, words, failing)
	for text, want := range map[string]int{"{a: b}": 0, "{a: alpha}": 1} {
		doc := document(t, "a.yaml", 1, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: "+text+"\n")
		engine, err := New(lib, nil, Options{Budget: 300 * time.Millisecond})
		require.NoError(t, err)
		report, err := engine.Run(t.Context(), tree(unit(doc)))
		require.NoError(t, err)
		assert.Len(t, report.Errors, 1, "one rule takes too long")
		assert.Len(t, report.Findings, want, "%s, where the rules are asked one by one", text)
	}
}
