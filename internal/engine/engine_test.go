package engine

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: LoadBalancer
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
      - name: web
        image: shop/web:1
        command: [pm2, start]
`

func TestRunReportsFindingsWithPlaceAndRemedy(t *testing.T) {
	lib := library(t, always("process/one", `["spec", "type"]`, "/Service"))
	report := check(t, lib, "", Options{}, tree(unit(document(t, "k8s/web.yaml", 10, service))))

	require.Len(t, report.Findings, 1)
	got := report.Findings[0]
	assert.Len(t, got.Fingerprint, 64)
	got.Fingerprint = ""
	assert.Equal(t, finding.Finding{
		ID: "process/one", Severity: finding.Error, Msg: "process/one: found", File: "k8s/web.yaml", Line: 16, Column: 1,
		Object: finding.Object{APIVersion: "v1", Kind: "Service", Namespace: "shop", Name: "web"},
		Path:   "spec.type", Evidence: []finding.Evidence{}, Related: []finding.Related{}, Remediation: "Do it right.",
		Docs: "https://github.com/onelayer/onelayer/blob/main/docs/rules/process/one.md",
	}, got)
	assert.Equal(t, finding.Summary{Documents: 1, Error: 1}, report.Summary)
	assert.Equal(t, finding.SchemaReport, report.Schema)
	assert.Empty(t, report.Errors)
	assert.NotNil(t, report.Errors)
	assert.NotNil(t, report.Waived)
}

func TestRunOrdersFindings(t *testing.T) {
	lib := library(t,
		always("process/two", `["spec"]`, "/Service", "apps/Deployment"),
		always("process/one", `["spec"]`, "/Service"),
	)
	report := check(t, lib, "", Options{Workers: 3}, tree(
		unit(document(t, "b.yaml", 1, service), document(t, "a.yaml", 20, deployment), document(t, "a.yaml", 1, service)),
		unit(document(t, "c/b.yaml", 1, service)),
	))
	assert.Equal(t, []string{
		"process/one a.yaml:6 spec", "process/two a.yaml:6 spec", "process/two a.yaml:25 spec",
		"process/one b.yaml:6 spec", "process/two b.yaml:6 spec", "process/one c/b.yaml:6 spec", "process/two c/b.yaml:6 spec",
	}, brief(report.Findings))
	assert.Equal(t, finding.Summary{Documents: 4, Error: 7}, report.Summary)
}

func TestRunKeepsProblemsAndNoticesOfTheTree(t *testing.T) {
	input := tree(unit(&source.Document{GroupKind: "/Pod"}))
	input.Problems = []finding.Problem{{File: "a.yaml", Line: 3, Msg: "tabs"}}
	input.Notices = []string{"chart not rendered"}
	report := check(t, library(t), "", Options{}, input)
	assert.Equal(t, []string{"a.yaml:3: tabs"}, messages(report.Errors))
	assert.Equal(t, input.Notices, report.Notices)
}

func TestRunOfNothingFindsNothing(t *testing.T) {
	report := check(t, library(t, always("process/one", "[]", "/Service")), "", Options{}, tree())
	assert.Empty(t, report.Findings)
	assert.Equal(t, finding.Summary{}, report.Summary)
}

func TestRulesAreSelectedAndIgnored(t *testing.T) {
	lib := library(t,
		always("process/one", `[]`, "/Service"),
		always("process/two", `[]`, "/Service"),
		always("mesh/one", `[]`, "/Service"),
	)
	cases := map[string]struct {
		selects, ignores []string
		want             []string
	}{
		"all":             {nil, nil, []string{"mesh/one", "process/one", "process/two"}},
		"one":             {[]string{"process/two"}, nil, []string{"process/two"}},
		"group":           {[]string{"process/*"}, nil, []string{"process/one", "process/two"}},
		"group but one":   {[]string{"process/*"}, []string{"process/one"}, []string{"process/two"}},
		"all but group":   {[]string{"*"}, []string{"process/*"}, []string{"mesh/one"}},
		"same name":       {[]string{"*/one"}, nil, []string{"mesh/one", "process/one"}},
		"several":         {[]string{"mesh/one", "process/two"}, nil, []string{"mesh/one", "process/two"}},
		"nothing is left": {nil, []string{"*"}, []string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			options := Options{Select: c.selects, Ignore: c.ignores}
			report := check(t, lib, "", options, tree(unit(document(t, "a.yaml", 1, service))))
			ids := []string{}
			for _, f := range report.Findings {
				ids = append(ids, f.ID)
			}
			assert.Equal(t, c.want, ids)
		})
	}
}

func TestPatternThatMatchesNoRuleIsAnError(t *testing.T) {
	lib := library(t, always("process/one", `[]`, "/Service"))
	for _, options := range []Options{{Select: []string{"proces/*"}}, {Ignore: []string{"process/["}}} {
		_, err := New(lib, nil, options)
		assert.ErrorContains(t, err, "no rule matches")
	}
}

func TestConfigurationSwitchesRulesOffAndChangesSeverity(t *testing.T) {
	lib := library(t, always("process/one", `[]`, "/Service"), always("process/two", `[]`, "/Service"))
	config := `{rules: {process/one: {enabled: false}, process/two: {severity: info}}}`
	report := check(t, lib, config, Options{}, tree(unit(document(t, "a.yaml", 1, service))))
	assert.Equal(t, []string{"process/two a.yaml:1 "}, brief(report.Findings))
	assert.Equal(t, finding.Info, report.Findings[0].Severity)
	assert.Equal(t, finding.Summary{Documents: 1, Info: 1}, report.Summary)
}

func TestWrongConfigurationIsReportedInItsFile(t *testing.T) {
	lib := library(t, always("process/one", `[]`, "/Service"))
	config := document(t, ".onelayer.yaml", 1, `apiVersion: onelayer.dev/v1alpha1
kind: Config
metadata: {name: .onelayer.yaml}
spec:
  now: "2026-01-01"
  strict: 5
`)
	input := tree(&source.Unit{Root: ".", Documents: []*source.Document{config}}, unit(document(t, "a.yaml", 1, service)))
	report := check(t, lib, `{strict: 5, now: "2026-01-01"}`, Options{Select: []string{"process/one"}}, input)
	assert.Equal(t, []string{"onelayer/config .onelayer.yaml:6 spec.strict", "process/one a.yaml:1 "}, brief(report.Findings))
	assert.Equal(t, 1, report.Summary.Documents)
}

func TestPoliciesReadTheDataOfTheirUnit(t *testing.T) {
	reads := rule{id: "process/one", kinds: []string{"/Service"}, body: `
import data.lib.onelayer.inventory
import data.lib.onelayer.unit

violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": msg, "path": []}) if {
	some record in resource.of({"/Service"})
	msg := sprintf("whole %v, others %v", [unit.whole, inventory.index.names])
}`}
	lib := libraryWith(t, inventoryModule, reads)
	part := unit(document(t, "b.yaml", 1, service))
	part.Whole = false
	report := check(t, lib, "", Options{}, tree(unit(document(t, "a.yaml", 1, service), document(t, "a.yaml", 9, deployment)), part))
	require.Len(t, report.Findings, 2, "%v", report)
	assert.Equal(t, `process/one: whole true, others ["Deployment/web", "Service/web"]`, report.Findings[0].Msg)
	assert.Equal(t, `process/one: whole false, others ["Service/web"]`, report.Findings[1].Msg)
}

// inventoryModule is a small lib.onelayer.inventory.
var inventoryModule = fstest.MapFS{"lib/inventory/inventory.rego": {Data: []byte(`package lib.onelayer.inventory

import data.lib.onelayer.prepared

computed.names := sort([concat("/", [kind, name]) |
	some versions in data.inventory.namespace
	some kinds in versions
	some kind, objects in kinds
	some name, _ in objects
]) if {
	not prepared
}

index := prepared
`)}}

func TestPoliciesThatDoNotCompileFailTheRun(t *testing.T) {
	wrong := rule{id: "process/one", kinds: []string{"/Service"}, body: "violation contains x if y > 1"}
	engine, err := New(library(t, wrong), nil, Options{})
	require.NoError(t, err)
	_, err = engine.Run(t.Context(), tree(unit(document(t, "a.yaml", 1, service))))
	assert.ErrorContains(t, err, "compile policies")
	_, err = engine.Run(t.Context(), tree(unit(document(t, "a.yaml", 1, deployment))))
	assert.NoError(t, err, "a rule that no document needs is not compiled")
}

func TestRunEndsWithItsContext(t *testing.T) {
	engine, err := New(library(t, always("process/one", `[]`, "/Service"), endless("process/two")), nil, Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = engine.Run(ctx, tree(unit(document(t, "a.yaml", 1, service))))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

// endless is a rule that takes hours on a Service.
func endless(id string) rule {
	return rule{id: id, kinds: []string{"/Service"}, body: `
_numbers := numbers.range(1, 4000)

violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": []}) if {
	some record in resource.of({"/Service"})
	some a in _numbers
	some b in _numbers
	some c in _numbers
	a + b + c < 0
}`}
}

func TestRuleThatTakesTooLongCostsOnlyItself(t *testing.T) {
	lib := library(t, always("process/one", `["spec"]`, "/Service"), endless("process/two"), endless("process/three"))
	documents := []*source.Document{document(t, "a.yaml", 1, service), document(t, "b.yaml", 1, service)}
	report := check(t, lib, "", Options{Budget: 200 * time.Millisecond}, tree(unit(documents...)))
	assert.Equal(t, []string{"process/one a.yaml:6 spec", "process/one b.yaml:6 spec"}, brief(report.Findings))
	assert.Equal(t, []string{
		"a.yaml:1:1: evaluate process/three on Service web: evaluation took too long",
		"a.yaml:1:1: evaluate process/two on Service web: evaluation took too long",
		"b.yaml:1:1: evaluate process/three on Service web: evaluation took too long",
		"b.yaml:1:1: evaluate process/two on Service web: evaluation took too long",
	}, messages(report.Errors))
}

func TestRuleThatFailsCostsOnlyItself(t *testing.T) {
	fails := rule{id: "process/two", kinds: []string{"/Service"}, body: `
_name := record.obj.metadata.name if some record in resource.all

_name := record.obj.kind if some record in resource.all

violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": _name, "path": []}) if {
	some record in resource.of({"/Service"})
}`}
	lib := library(t, always("process/one", `["spec"]`, "/Service"), fails)
	report := check(t, lib, "", Options{}, tree(unit(document(t, "a.yaml", 4, service))))
	assert.Equal(t, []string{"process/one a.yaml:9 spec"}, brief(report.Findings))
	require.Len(t, report.Errors, 1)
	assert.Equal(t, 4, report.Errors[0].Line)
	assert.Contains(t, report.Errors[0].Msg, "evaluate process/two on Service web: ")
	assert.Contains(t, report.Errors[0].Msg, "conflict")
}

func TestPreparationThatFailsIsAProblem(t *testing.T) {
	reads := rule{id: "process/one", kinds: []string{"/Service"}, body: `
import data.lib.onelayer.inventory

violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": []}) if {
	some record in resource.of({"/Service"})
	inventory.index.names == {}
}`}
	broken := fstest.MapFS{"lib/inventory/inventory.rego": {Data: []byte(`package lib.onelayer.inventory

import data.lib.onelayer.prepared

computed.names := 1 if true

computed.names := 2 if true

index := prepared
`)}}
	report := check(t, libraryWith(t, broken, reads), "", Options{}, tree(unit(document(t, "a.yaml", 1, service))))
	assert.Equal(t, []string{"process/one a.yaml:1 "}, brief(report.Findings))
	require.Len(t, report.Errors, 1)
	assert.Contains(t, report.Errors[0].Msg, "prepare inventory: ")
}

func TestRunIsTheSameEveryTime(t *testing.T) {
	lib := library(t, always("process/one", `["spec"]`, "/Service", "apps/Deployment"), always("mesh/one", `[]`, "/Service"))
	var documents []*source.Document
	for i := range 200 {
		documents = append(documents, document(t, fmt.Sprintf("%d.yaml", i%40), 1+i, []string{service, deployment}[i%2]))
	}
	first := check(t, lib, "", Options{Workers: 1}, tree(unit(documents...)))
	for range 3 {
		assert.Equal(t, first, check(t, lib, "", Options{Workers: 4}, tree(unit(documents...))))
	}
}
