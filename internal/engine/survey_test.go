package engine

import (
	"encoding/json"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// claimsHead is a stand-in for the claims of the library.
const claimsHead = `# METADATA
# scope: package
# title: Claims
# description: Claims of a test.
package lib.onelayer.claims

import data.lib.onelayer.resource
import data.lib.onelayer.surveyed
import data.lib.onelayer.workload

# METADATA
# description: The kinds, so that the module of workloads is there.
kinds := workload.kinds
`

func claiming(t *testing.T, body string, rules ...rule) *policy.Library {
	t.Helper()
	return libraryWith(t, fstest.MapFS{"lib/claims/claims.rego": {Data: []byte(claimsHead + body)}}, rules...)
}

func surveyed(t *testing.T, lib Library, options Options, input *source.Tree) *Survey {
	t.Helper()
	engine, err := New(lib, nil, options)
	require.NoError(t, err)
	out, err := engine.Survey(t.Context(), input)
	require.NoError(t, err)
	return out
}

const webDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec: {}
`

const echo = `
# METADATA
# description: Computed once a unit.
computed := {"known": object.keys(surveyed.findings)}

# METADATA
# description: What the engine hands over.
workloads := [{"name": record.obj.metadata.name, "findings": surveyed.findings, "places": surveyed.places} |
	some record in resource.all
]
`

func TestSurveyHandsFindingsOverByObject(t *testing.T) {
	pointing := rule{id: "process/pointing", kinds: []string{"apps/Deployment"}, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": "found", "path": ["spec"],
	"related": [
		{"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"}, "path": [], "note": "beside"},
		{"object": {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"}, "path": [], "note": "again"},
		{"note": "nowhere"},
	],
}) if {
	some record in resource.of({"apps/Deployment"})
}`}
	out := surveyed(t, claiming(t, echo, pointing), Options{}, tree(
		unit(document(t, "a.yaml", 1, webDeployment)),
		unit(document(t, "b.yaml", 1, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: alone\n")),
	))
	require.Empty(t, out.Report.Errors)
	require.Len(t, out.Report.Findings, 1)
	require.Len(t, out.Workloads, 2)
	got, err := ast.JSON(out.Workloads[0].Value)
	require.NoError(t, err)
	found := func(direct bool) []any {
		return []any{map[string]any{
			"id": "process/pointing", "concerns": []any{"lifecycle"}, "layers": []any{"container"}, "direct": direct,
			"path": "spec", "note": "found", "file": "a.yaml", "line": json.Number("6"),
			"object": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
		}}
	}
	assert.Equal(t, []any{map[string]any{
		"name": "web",
		"findings": map[string]any{
			"apps/v1|Deployment|shop|web": found(true),
			"v1|Service|shop|web":         found(false),
		},
		"places": map[string]any{"known": []any{"apps/v1|Deployment|shop|web", "v1|Service|shop|web"}},
	}}, got)
	other, err := ast.JSON(out.Workloads[1].Value)
	require.NoError(t, err)
	assert.Equal(t, []any{map[string]any{"name": "alone", "findings": map[string]any{}, "places": map[string]any{"known": []any{}}}}, other,
		"what was found in one unit is not known in another")
}

func TestSurveyCountsWaivedFindings(t *testing.T) {
	lib := claiming(t, echo, always("process/always", `["spec"]`, "apps/Deployment"))
	config := value(t, "waivers: [{rule: process/always, reason: r, owner: o, until: \"2099-12-31\", match: {name: web}}]")
	engine, err := New(lib, config, Options{})
	require.NoError(t, err)
	out, err := engine.Survey(t.Context(), tree(unit(document(t, "a.yaml", 1, webDeployment))))
	require.NoError(t, err)
	assert.Empty(t, out.Report.Findings)
	require.Len(t, out.Report.Waived, 1)
	assert.Contains(t, out.Workloads[0].Value.String(), "process/always")
}

func TestSurveyPlacesPaths(t *testing.T) {
	doc := document(t, "a.yaml", 10, webDeployment)
	out := surveyed(t, claiming(t, echo), Options{}, tree(unit(doc)))
	assert.Equal(t, source.Position{File: "a.yaml", Line: 15, Column: 1}, out.Workloads[0].Place(doc.Object, "spec"))
	assert.Equal(t, source.Position{}, out.Workloads[0].Place(finding.Object{Kind: "Service", Name: "x"}, "spec"))
}

func TestSurveyLeavesOutPatchesAndWhatMakesNoPods(t *testing.T) {
	patch := document(t, "patch.yaml", 1, webDeployment)
	patch.Patch = true
	out := surveyed(t, claiming(t, echo), Options{}, tree(unit(patch, document(t, "s.yaml", 1, "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"))))
	assert.Empty(t, out.Workloads)
	assert.Empty(t, out.Report.Errors)
}

func TestSurveyIsTheSameWithOneWorkerAndMany(t *testing.T) {
	lib := claiming(t, echo, always("process/always", `["spec"]`, "apps/Deployment"))
	var docs []*source.Document
	for range 40 {
		docs = append(docs, document(t, "a.yaml", 1, webDeployment))
	}
	one := surveyed(t, lib, Options{Workers: 1}, tree(unit(docs...)))
	many := surveyed(t, lib, Options{Workers: 8}, tree(unit(docs...)))
	require.Len(t, many.Workloads, 40)
	for i := range one.Workloads {
		assert.Equal(t, 0, one.Workloads[i].Value.Compare(many.Workloads[i].Value))
	}
}

func TestSurveyNamesWhatFails(t *testing.T) {
	conflicting := `
# METADATA
# description: Nothing.
computed := {}

# METADATA
# description: Two values at once.
workloads := x if {
	some x in [[1], [2]]
}
`
	out := surveyed(t, claiming(t, conflicting), Options{}, tree(unit(document(t, "a.yaml", 3, webDeployment))))
	assert.Empty(t, out.Workloads)
	require.Len(t, out.Report.Errors, 1)
	assert.Contains(t, out.Report.Errors[0].Error(), "a.yaml:3:1: evaluate lib.onelayer.claims on Deployment web: ")

	places := `
# METADATA
# description: Two values at once.
computed := x if {
	some x in [{"a": 1}, {"a": 2}]
}

# METADATA
# description: Nothing.
workloads := []
`
	out = surveyed(t, claiming(t, places), Options{}, tree(unit(document(t, "a.yaml", 3, webDeployment))))
	require.Len(t, out.Report.Errors, 1)
	assert.Contains(t, out.Report.Errors[0].Error(), "prepare claims: ")

	endless := `
# METADATA
# description: Nothing.
computed := {}

# METADATA
# description: Takes longer than it may.
workloads := [n |
	some a in numbers.range(1, 2000)
	some b in numbers.range(1, 2000)
	some c in numbers.range(1, 2000)
	n := (a * b) * c
	n < 0
]
`
	out = surveyed(t, claiming(t, endless), Options{Budget: 20 * time.Millisecond}, tree(unit(document(t, "a.yaml", 3, webDeployment))))
	require.Len(t, out.Report.Errors, 1)
	assert.Contains(t, out.Report.Errors[0].Error(), "took too long")
}

func TestSurveyNeedsClaims(t *testing.T) {
	engine, err := New(library(t), nil, Options{})
	require.NoError(t, err)
	_, err = engine.Survey(t.Context(), tree(unit(document(t, "a.yaml", 1, webDeployment))))
	assert.ErrorContains(t, err, `unknown package "lib.onelayer.claims"`)
}
