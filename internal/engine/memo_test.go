package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

func TestMemoKeepsPureAnswersFromQueryToQuery(t *testing.T) {
	m := newMemo(newPurity([]string{"lib.f", "lib.pure"}, nil, []string{"lib.pure", "lib.impure"}))
	function := ast.NewTerm(ast.MustParseRef("data.lib.f"))
	impure := ast.NewTerm(ast.MustParseRef("data.lib.g"))
	one, two := ast.IntNumberTerm(1), ast.IntNumberTerm(2)
	refs := map[string]ast.Ref{
		"pure call": {function, one}, "impure call": {impure, one},
		"pure rule": ast.MustParseRef("data.lib.pure"), "impure rule": ast.MustParseRef("data.lib.impure"),
		"part of a pure rule": ast.MustParseRef("data.lib.pure.x"), "dynamic": ast.MustParseRef("data.lib[1]"),
	}
	for range 2 {
		m.next(nil)
		for _, ref := range refs {
			m.Put(ref, two)
		}
	}
	for name, ref := range refs {
		got, undefined := m.Get(ref)
		assert.Equal(t, two, got, name)
		assert.False(t, undefined)
	}
	m.Push()
	got, _ := m.Get(refs["impure rule"])
	assert.Nil(t, got)
	got, _ = m.Get(refs["impure call"])
	assert.Nil(t, got)
	m.Put(refs["impure rule"], one)
	m.Put(refs["impure call"], one)
	m.Pop()
	got, _ = m.Get(refs["impure rule"])
	assert.Equal(t, two, got, "what a scope keeps ends with it")
	got, _ = m.Get(refs["impure call"])
	assert.Equal(t, two, got, "what a scope keeps ends with it")
	assert.NotEmpty(t, m.Keys())
	m.next(nil)
	for name, ref := range refs {
		got, _ := m.Get(ref)
		assert.Equal(t, strings.HasPrefix(name, "pure"), got != nil, name)
	}
	got, _ = m.Get(ast.Ref{function, two})
	assert.Nil(t, got, "other arguments")
	got, _ = m.Get(ast.Ref{function, one, two})
	assert.Nil(t, got, "more arguments")
	m.forget()
	for name, ref := range refs {
		got, _ := m.Get(ref)
		assert.Nil(t, got, name)
	}
}

func TestMemoKnowsUndefinedRules(t *testing.T) {
	m := newMemo(newPurity([]string{"lib.pure"}, nil, []string{"lib.pure"}))
	m.Put(ast.MustParseRef("data.lib.pure"), nil)
	m.next(nil)
	_, undefined := m.Get(ast.MustParseRef("data.lib.pure"))
	assert.True(t, undefined)
}

func TestMemoKeepsSettledAnswersInAUnit(t *testing.T) {
	m := newMemo(newPurity(nil, []string{"lib.f", "lib.settled"}, []string{"lib.settled"}))
	plain := true
	m.plain = func() bool { return plain }
	call := ast.Ref{ast.NewTerm(ast.MustParseRef("data.lib.f")), ast.IntNumberTerm(1)}
	rule := ast.MustParseRef("data.lib.settled")
	value := ast.IntNumberTerm(2)
	keep := func(unit *unitData) {
		m.next(unit)
		m.Put(call, value)
		m.Put(rule, value)
	}
	known := func() []*ast.Term {
		ofRule, isUndefined := m.Get(rule)
		assert.False(t, isUndefined)
		ofCall, _ := m.Get(call)
		return []*ast.Term{ofRule, ofCall}
	}
	one, other := &unitData{}, &unitData{}
	keep(one)
	keep(one)
	assert.Equal(t, []*ast.Term{value, value}, known())
	m.next(one)
	assert.Equal(t, []*ast.Term{value, value}, known())
	m.Push()
	assert.Equal(t, []*ast.Term{nil, nil}, known(), "in a scope with other data")
	m.Pop()
	plain = false
	assert.Equal(t, []*ast.Term{nil, nil}, known(), "of what is no plain object")
	plain = true
	m.next(other)
	assert.Equal(t, []*ast.Term{nil, nil}, known(), "in another unit")
	m.next(one)
	assert.Equal(t, []*ast.Term{nil, nil}, known(), "back in the first")
	plain = false
	keep(one)
	keep(one)
	plain = true
	m.next(one)
	assert.Equal(t, []*ast.Term{nil, nil}, known(), "from what is no plain object")
}

func TestMemoKeepsNothingOpen(t *testing.T) {
	m := newMemo(newPurity([]string{"lib.f"}, nil, nil))
	function := ast.NewTerm(ast.MustParseRef("data.lib.f"))
	open := ast.Ref{function, ast.VarTerm("x")}
	m.Put(open, ast.IntNumberTerm(1))
	m.Put(ast.Ref{function, ast.IntNumberTerm(1)}, ast.VarTerm("y"))
	m.Put(ast.Ref{function, ast.IntNumberTerm(1)}, nil)
	assert.Zero(t, m.count)
}

func TestMemoIsBounded(t *testing.T) {
	m := newMemo(newPurity([]string{"lib.f"}, nil, nil))
	function := ast.NewTerm(ast.MustParseRef("data.lib.f"))
	for i := range maxMemo + 2 {
		for range 2 {
			m.Put(ast.Ref{function, ast.IntNumberTerm(i)}, ast.IntNumberTerm(i))
		}
	}
	assert.Greater(t, m.count, maxMemo)
	m.next(nil)
	assert.Zero(t, m.count)
}

func TestMemoFindsEveryAnswerOfAQuery(t *testing.T) {
	m := newMemo(newPurity([]string{"lib.f"}, nil, nil))
	functions := []*ast.Term{ast.NewTerm(ast.MustParseRef("data.lib.f")), ast.NewTerm(ast.MustParseRef("data.lib.g"))}
	for round := range 3 {
		m.next(nil)
		for i := range 2 * manyPlaces {
			function := functions[i%2]
			ref := ast.Ref{function, ast.IntNumberTerm(i / 2), ast.IntNumberTerm(round)}
			known, _ := m.Get(ref)
			require.Nil(t, known)
			m.Put(ref, ast.IntNumberTerm(i))
		}
		for i := range 2 * manyPlaces {
			known, _ := m.Get(ast.Ref{functions[i%2], ast.IntNumberTerm(i / 2), ast.IntNumberTerm(round)})
			require.NotNil(t, known)
			require.True(t, known.Equal(ast.IntNumberTerm(i)))
		}
	}
	m.next(nil)
	assert.Len(t, m.recent.places, fewPlaces, "a big document costs the next ones nothing")
}

// managed are documents that the policies of the library object to.
const managed = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-%[1]d, namespace: shop}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: api, image: shop/api:%[1]d, command: [pm2-runtime, start, app.js, -i, max]}
      - {name: worker, image: shop/worker, command: [/bin/sh, -c, "while true; do node worker.js; sleep %[2]d; done"]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: job-%[1]d}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: job, image: job, command: ["sh", "-c", "pm2 start job.js && crond -f"]}]
`

func TestShortCutsChangeNoFinding(t *testing.T) {
	folder, _ := write(t, 300)
	for i := range 12 {
		name := filepath.Join(folder, fmt.Sprintf("managed-%d.yaml", i))
		require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, managed, i, i%3), 0o600))
	}
	dockerfile := "FROM node:22\nCOPY . /app\nCMD [\"pm2\", \"start\", \"app.js\"]\n"
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "api"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "api", "Dockerfile"), []byte(dockerfile), 0o600))
	lib, err := policy.Load(repository)
	require.NoError(t, err)
	run := func(folder string, change func(*Engine)) *finding.Report {
		loaded, err := source.Load(t.Context(), source.Options{Paths: []string{folder}, WorkDir: folder})
		require.NoError(t, err)
		engine, err := New(lib, nil, Options{})
		require.NoError(t, err)
		change(engine)
		report, err := engine.Run(t.Context(), loaded)
		require.NoError(t, err)
		require.Empty(t, report.Errors)
		return report
	}
	for _, folder := range []string{folder, filepath.Join(folder, "api"), filepath.Join("..", "..", "tests", "fixtures")} {
		plain := run(folder, func(e *Engine) { e.gating, e.memory = false, false })
		require.NotEmpty(t, plain.Findings)
		assert.Equal(t, plain, run(folder, func(e *Engine) { e.memory = false }), "with gating")
		assert.Equal(t, plain, run(folder, func(e *Engine) { e.gating = false }), "with memory")
		assert.Equal(t, plain, run(folder, func(e *Engine) { e.options.Verified = true }), "with all, and a verified library")
		assert.Equal(t, plain, run(folder, func(e *Engine) { e.options.Compiled = compiled(t, lib) }), "with all, and a compiled library")
	}
}
