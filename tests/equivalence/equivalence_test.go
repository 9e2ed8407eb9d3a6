package equivalence

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cases are made once for all tests.
var cases = sync.OnceValues(func() ([]*Case, error) { return Load(context.Background(), Root(".")) })

func everyCase(t *testing.T) []*Case {
	t.Helper()
	made, err := cases()
	require.NoError(t, err)
	return made
}

// TestCasesCoverEveryFixture keeps the comparison worth something: every fixture is a case, and both ways find much.
func TestCasesCoverEveryFixture(t *testing.T) {
	dirs, err := Fixtures(Root("."))
	require.NoError(t, err)
	names := map[string]bool{}
	plain, review := 0, 0
	for _, c := range everyCase(t) {
		names[c.Name] = true
		plain += len(c.Plain)
		review += len(c.Review)
	}
	for _, dir := range dirs {
		assert.True(t, names[NameOf(dir)], "%s is no case", dir)
	}
	assert.Greater(t, plain, len(dirs))
	assert.Greater(t, review, len(dirs)/2)
}

// TestOPA asks OPA with the built bundle about every object by itself, about all of them in one input, and about the
// review of each.
func TestOPA(t *testing.T) {
	files, err := library("bundles/opa")
	require.NoError(t, err)
	engine, err := newOPA(t.Context(), files)
	require.NoError(t, err)
	ask := func(input any) ([]Finding, error) { return engine.decide(t.Context(), input) }
	for _, c := range everyCase(t) {
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, put(t.Context(), engine.store, c.plain()))
			assert.Equal(t, c.Plain, all(t, c.each(), ask), "one by one")
			require.NoError(t, put(t.Context(), engine.store, c.together()))
			assert.Equal(t, c.Plain, all(t, []any{c.combined()}, ask), "combined")
			require.NoError(t, put(t.Context(), engine.store, c.cluster()))
			assert.Equal(t, c.Review, all(t, c.reviews(), ask), "reviews")
		})
	}
}

// TestConftest asks conftest's own engine about all objects of a case at once, as with --combine.
func TestConftest(t *testing.T) {
	engines := pool(t)
	for _, c := range everyCase(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			engine := <-engines
			defer func() { engines <- engine }()
			require.NoError(t, put(t.Context(), engine.Store(), c.withInfo().together()))
			assert.Equal(t, c.Plain, all(t, []any{c.byFile()}, engine.combined(t.Context())))
		})
	}
}
