package snapshot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

var repository = os.DirFS("../..")

func load(t testing.TB) (library *policy.Library, packages, files []string) {
	t.Helper()
	library, err := policy.Load(repository)
	require.NoError(t, err)
	for _, info := range library.ModuleInfos() {
		packages = append(packages, info.Package)
	}
	files, err = library.Files(packages...)
	require.NoError(t, err)
	return library, packages, files
}

func TestTheEmbeddedSnapshotStandsForTheLibrary(t *testing.T) {
	library, _, _ := load(t)
	require.NotNil(t, For(library), "run go generate ./...")
	require.NotNil(t, Whole(library), "run go generate ./...")
	made, err := Make(library, Aside...)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(embedded, made), "run go generate ./...")
	made, err = Make(library)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(embeddedWhole, made), "run go generate ./...")
}

func TestJudgingDoesNotPayForWhatStandsAside(t *testing.T) {
	library, _, _ := load(t)
	for _, rule := range library.Rules() {
		files, err := library.Files(rule.ID)
		require.NoError(t, err)
		_, err = For(library).Compiler(files)
		require.NoError(t, err, rule.ID)
	}
	files, err := library.Files(Aside...)
	require.NoError(t, err)
	_, err = For(library).Compiler(files)
	require.ErrorContains(t, err, "no module lib/claims/claims.rego")
	assert.Less(t, len(embedded), len(embeddedWhole))
}

func TestASnapshotIsWhatTheCompilerMakes(t *testing.T) {
	library, packages, files := load(t)
	parsed, err := library.Modules(packages...)
	require.NoError(t, err)
	modules := map[string]*ast.Module{}
	for i, file := range files {
		modules[file] = parsed[i]
	}
	want := ast.NewCompiler()
	want.Compile(modules)
	require.Empty(t, want.Errors)
	got, err := Whole(library).Compiler(files)
	require.NoError(t, err)
	assert.Equal(t, Pure(want.Modules), Whole(library).Pure)
	assert.Equal(t, Settled(want.Modules), Whole(library).Settled)
	for _, file := range files {
		require.Len(t, got.Modules[file].Rules, len(want.Modules[file].Rules), file)
		for i, rule := range want.Modules[file].Rules {
			decoded := got.Modules[file].Rules[i]
			rule.Annotations = nil
			require.True(t, rule.Equal(decoded), "%s\n%s", rule, decoded)
			assert.Equal(t, rule.Ref().String(), decoded.Ref().String())
			assert.Equal(t, rule.Location.Row, decoded.Location.Row)
			assert.Equal(t, file, decoded.Location.File)
			assert.Equal(t, rule.Default, decoded.Default)
			assert.Equal(t, places(rule), places(decoded))
			assert.Equal(t, want.RuleTree.Find(rule.Ref().GroundPrefix()) == nil, got.RuleTree.Find(rule.Ref().GroundPrefix()) == nil)
		}
	}
	assert.Equal(t, indexed(want), indexed(got))
	assert.Positive(t, indexed(got))
}

// places lists the index and line of every expression.
func places(rule *ast.Rule) []string {
	var list []string
	ast.WalkExprs(rule, func(expr *ast.Expr) bool {
		list = append(list, fmt.Sprint(expr.Index, expr.Location.Row))
		return false
	})
	return list
}

// indexed counts the comprehensions that the compiler found a way to compute once.
func indexed(compiler *ast.Compiler) int {
	count := 0
	for _, module := range compiler.Modules {
		ast.WalkTerms(module, func(term *ast.Term) bool {
			if compiler.ComprehensionIndex(term) != nil {
				count++
			}
			return false
		})
	}
	return count
}

func TestASnapshotOfAnotherLibraryIsRefused(t *testing.T) {
	library, _, _ := load(t)
	_, err := Open(embedded, "another digest")
	assert.ErrorContains(t, err, "open compiled policies: made for \""+library.Digest+`", not for "another digest"`)
	other, err := policy.Load(fstest.MapFS{"lib/a/a.rego": {Data: []byte("package lib.onelayer.a\n")}})
	require.NoError(t, err)
	assert.Nil(t, For(other))
	_, err = For(library).Compiler([]string{"lib/none.rego"})
	assert.EqualError(t, err, "load compiled policies: no module lib/none.rego")
}

func TestADamagedSnapshotIsAnError(t *testing.T) {
	library, _, _ := load(t)
	for _, size := range []int{0, 1, 40, 200, len(embedded) / 2, len(embedded) - 1} {
		_, err := Open(embedded[:size], library.Digest)
		assert.ErrorContains(t, err, "decode compiled policies: the snapshot is damaged", size)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		damaged := slices.Clone(embedded)
		damaged[random.IntN(len(damaged))] ^= byte(1 + random.IntN(255))
		_, err := Open(damaged, library.Digest)
		assert.Error(t, err)
	}
}

func TestALibraryThatDoesNotCompileHasNoSnapshot(t *testing.T) {
	library, err := policy.Load(fstest.MapFS{"lib/a/a.rego": {Data: []byte("package lib.onelayer.a\n\nx := y\n")}})
	require.NoError(t, err)
	_, err = Make(library)
	assert.ErrorContains(t, err, "compile policies: ")
}

func BenchmarkOpen(b *testing.B) {
	library, _, files := load(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := For(library).Compiler(files)
		require.NoError(b, err)
	}
}
