package tests

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/claims"
	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// TestMapAgreesWithRules holds the map of every fixture against the findings in it. What is true of all of them, without an
// exception:
//
//   - where a rule finds something about a workload, as its object or a related one, none of the concerns that the rule
//     names has one owner on the map: it has two, none, a bypassed or an unknown one, and the finding is in its evidence;
//   - where the map sees two owners, a rule found something about that concern: the claims derive no conflict of their own;
//   - where the map counts the tries of a call in the container and in the mesh, the rule about stacked retries found the
//     caller;
//   - the states of the layers bear the verdict out, and all evidence of objects in the input has a file and a line.
func TestMapAgreesWithRules(t *testing.T) {
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	compiled := snapshot.Whole(library)
	require.NotNil(t, compiled, "the snapshot is not that of the library: go generate ./...")
	inputs, err := filepath.Glob(filepath.Join("fixtures", "*", "*", "*", "input"))
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	seen := map[document.Verdict]int{}
	for _, input := range inputs {
		t.Run(filepath.ToSlash(filepath.Dir(input)), func(t *testing.T) {
			report, shown := mapOf(t, library, compiled, input)
			assert.Empty(t, shown.Errors[len(report.Errors):])
			for i := range report.Findings {
				findingAgrees(t, library, &report.Findings[i], shown)
			}
			for i := range report.Waived {
				findingAgrees(t, library, &report.Waived[i].Finding, shown)
			}
			for i := range shown.Edges {
				edgeAgrees(t, &shown.Edges[i], report)
			}
			for i := range shown.Workloads {
				for j := range shown.Workloads[i].Concerns {
					c := &shown.Workloads[i].Concerns[j]
					concernHolds(t, &shown.Workloads[i], c)
					seen[c.Verdict]++
				}
			}
		})
	}
	for _, verdict := range []document.Verdict{document.One, document.Two, document.None, document.Bypassed, document.Unknown} {
		assert.Positive(t, seen[verdict], "no fixture has the verdict %s", verdict)
	}
}

// mapOf judges and maps a fixture.
func mapOf(t *testing.T, library *policy.Library, compiled *snapshot.Library, input string) (*finding.Report, *document.Map) {
	t.Helper()
	config, images := fixtureConfig(t, filepath.Join(filepath.Dir(input), "config.yaml"))
	e, err := engine.New(library, config, engine.Options{Compiled: compiled, Verified: true})
	require.NoError(t, err)
	tree, err := source.Load(t.Context(), source.Options{Paths: []string{"."}, WorkDir: input, Images: images})
	require.NoError(t, err)
	survey, err := e.Survey(t.Context(), tree)
	require.NoError(t, err)
	report, err := e.Run(t.Context(), tree)
	require.NoError(t, err)
	shown, err := claims.From(survey)
	require.NoError(t, err)
	return report, shown
}

func fixtureConfig(t *testing.T, file string) (ast.Value, []source.ConfigImage) {
	t.Helper()
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	require.NoError(t, err)
	var document any
	require.NoError(t, yaml.Unmarshal(text, &document))
	value, err := ast.InterfaceToValue(document)
	require.NoError(t, err)
	var known struct {
		Images []source.ConfigImage `json:"images"`
	}
	require.NoError(t, yaml.Unmarshal(text, &known))
	return value, known.Images
}

func findingAgrees(t *testing.T, library *policy.Library, f *finding.Finding, shown *document.Map) {
	t.Helper()
	rule, ok := library.Rule(f.ID)
	require.True(t, ok)
	about := func(w *document.Workload) bool {
		related := func(r finding.Related) bool { return r.Object != nil && *r.Object == w.Object }
		return f.Object == w.Object || slices.ContainsFunc(f.Related, related)
	}
	for i := range shown.Workloads {
		w := &shown.Workloads[i]
		if !about(w) {
			continue
		}
		for j := range w.Concerns {
			c := &w.Concerns[j]
			if !slices.Contains(rule.Concerns, c.Concern) {
				continue
			}
			assert.NotEqual(t, document.One, c.Verdict, "%s found %q about %s, which has one owner of %s", f.ID, f.Msg, w.Object.Name, c.Concern)
			assert.True(t, c.Applies)
			assert.True(t, slices.ContainsFunc(c.Evidence, func(e document.Evidence) bool {
				return e.Rule == f.ID && e.File == f.File && e.Line == f.Line
			}), "%s is no evidence for %s of %s", f.ID, c.Concern, w.Object.Name)
		}
	}
}

func edgeAgrees(t *testing.T, e *document.Edge, report *finding.Report) {
	t.Helper()
	repeats := func(layer string) bool {
		return slices.ContainsFunc(e.Layers, func(l document.Tries) bool { return l.Layer == layer && l.Tries > 1 })
	}
	found := slices.ContainsFunc(report.Findings, func(f finding.Finding) bool {
		return f.ID == "resilience/stacked-retries" && f.Object == e.From
	})
	assert.False(t, repeats("container") && repeats("mesh") && !found, "%s and %s multiply retries, which no rule found", e.From.Name, e.To.Name)
}

func concernHolds(t *testing.T, w *document.Workload, c *document.Concern) {
	t.Helper()
	has := func(states ...document.State) bool {
		return slices.ContainsFunc([]document.State{c.Container, c.Kubernetes, c.Mesh}, func(s document.State) bool { return slices.Contains(states, s) })
	}
	found := slices.ContainsFunc(c.Evidence, func(e document.Evidence) bool { return e.Rule != "" })
	what := c.Concern + " of " + w.Object.Kind + " " + w.Object.Name
	switch c.Verdict {
	case document.One:
		assert.True(t, has(document.Owns, document.Default), what)
		assert.False(t, has(document.StateBypassed), what)
		assert.False(t, found, what)
	case document.Two:
		assert.True(t, has(document.Owns), what)
		assert.True(t, found, "no rule found the two owners of %s", what)
	case document.Bypassed:
		assert.True(t, has(document.StateBypassed), what)
	case document.Unknown:
		assert.True(t, has(document.StateUnknown), what)
	case document.None:
		assert.False(t, has(document.StateBypassed), what)
	default:
		assert.Fail(t, "no such verdict", "%s: %q", what, c.Verdict)
	}
	for _, e := range c.Evidence {
		assert.Contains(t, document.Layers, e.Layer, what)
		assert.NotEmpty(t, e.Note, what)
		if e.Object == nil || e.Object.APIVersion != source.APIVersion {
			assert.NotEmpty(t, e.File, "%s: %s", what, e.Note)
			assert.Positive(t, e.Line, "%s: %s", what, e.Note)
		}
	}
}
