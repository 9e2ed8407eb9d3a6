package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

var shopWeb = finding.Object{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}

func TestEvidenceAndRelatedPlacesAreLocated(t *testing.T) {
	chain := rule{id: "process/one", kinds: []string{"/Service"}, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": "found",
	"path": ["spec", "type"],
	"severity": "warning",
	"root": "process/two",
	"evidence": [{"note": "it is so"}, {"note": "the type", "path": ["spec", "type"]}],
	"related": [
		{"note": "runs it", "object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}, "path": ["spec", "template"]},
		{"note": "gone", "object": {"apiVersion": "v1", "kind": "Pod", "namespace": "", "name": "x"}},
		{"note": "here", "path": ["metadata", "name"]},
		{"note": "only said"},
	],
}) if {
	some record in resource.of({"/Service"})
}`}
	input := tree(unit(document(t, "a.yaml", 1, service), document(t, "b.yaml", 40, deployment)))
	report := check(t, library(t, chain), "", Options{}, input)
	require.Len(t, report.Findings, 1)
	got := report.Findings[0]
	assert.Equal(t, finding.Warning, got.Severity)
	assert.Equal(t, "process/two", got.Root)
	assert.Equal(t, []finding.Evidence{
		{Note: "it is so"}, {File: "a.yaml", Line: 7, Path: "spec.type", Note: "the type"},
	}, got.Evidence)
	assert.Equal(t, []finding.Related{
		{File: "b.yaml", Line: 46, Object: &shopWeb, Path: "spec.template", Note: "runs it"},
		{Object: &finding.Object{APIVersion: "v1", Kind: "Pod", Name: "x"}, Note: "gone"},
		{File: "a.yaml", Line: 4, Path: "metadata.name", Note: "here"},
		{Note: "only said"},
	}, got.Related)
}

func TestFindingOnAnotherObjectIsPlacedThere(t *testing.T) {
	elsewhere := rule{id: "process/one", kinds: []string{"/Service"}, body: `
violation contains finding.new(rego.metadata.chain(), target, {"msg": "found", "path": ["spec", "template"]}) if {
	some record in resource.of({"/Service"})
	target := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}
}`}
	same := document(t, "c.yaml", 1, service)
	same.Object.Name = "other"
	input := tree(unit(document(t, "a.yaml", 1, service), same, document(t, "b.yaml", 1, deployment), document(t, "c.yaml", 80, deployment)))
	report := check(t, library(t, elsewhere), "", Options{}, input)
	assert.Equal(t, []string{
		"process/one b.yaml:7 spec.template", "process/one c.yaml:86 spec.template",
	}, brief(report.Findings), "the document of the same file is preferred")

	report = check(t, library(t, elsewhere), "", Options{}, tree(unit(document(t, "a.yaml", 1, service))))
	assert.Equal(t, []string{"process/one a.yaml:6 spec.template"}, brief(report.Findings), "unknown objects leave the input")
}

func TestEqualFindingsBecomeOneWithAllRelatedPlaces(t *testing.T) {
	one := &source.Document{File: "Dockerfile"}
	other := &source.Document{File: "Dockerfile"}
	related := func(names ...string) []finding.Related {
		var list []finding.Related
		for _, name := range names {
			list = append(list, finding.Related{Object: &finding.Object{Name: name}, Note: "runs it"})
		}
		return list
	}
	found := func(doc *source.Document, id, path string, severity finding.Severity, names ...string) placed {
		return placed{doc: doc, Finding: finding.Finding{ID: id, Path: path, Severity: severity, Related: related(names...)}}
	}
	got := merge([]placed{
		found(one, "a/b", "spec", finding.Warning, "web", "web"),
		found(one, "a/b", "spec.x", finding.Warning, "web"),
		found(one, "a/b", "spec", finding.Error, "api", "web"),
		found(other, "a/b", "spec", finding.Info),
		found(one, "a/b", "spec", finding.Info, "job"),
	})
	assert.Equal(t, []placed{
		found(one, "a/b", "spec", finding.Error, "web", "api", "job"),
		found(one, "a/b", "spec.x", finding.Warning, "web"),
		found(other, "a/b", "spec", finding.Info),
	}, got)
}

func TestMergingManyFindingsIsLinear(t *testing.T) {
	doc := &source.Document{}
	all := make([]placed, 200_000)
	for i := range all {
		all[i] = placed{doc: doc, Finding: finding.Finding{ID: "a/b", Related: []finding.Related{{Note: fmt.Sprint(i)}}}}
	}
	merged := merge(all)
	require.Len(t, merged, 1)
	assert.Len(t, merged[0].Related, len(all))
}

func TestDocumentWithoutPositionsIsPlacedInItsFile(t *testing.T) {
	doc := document(t, "a.yaml", 1, service)
	doc.Locator = nil
	report := check(t, library(t, always("process/one", `["spec"]`, "/Service")), "", Options{}, tree(unit(doc)))
	assert.Equal(t, []string{"process/one a.yaml:0 spec"}, brief(report.Findings))
}

func TestValueThatIsNoFindingIsNone(t *testing.T) {
	for _, text := range []string{"5", "[]", "{}", "{id: process/one}", "{msg: found}", "{id: 5, msg: found}"} {
		_, ok := readHit(value(t, text))
		assert.False(t, ok, text)
	}
}

func TestFindingsOfLooseShapeAreRead(t *testing.T) {
	got, ok := readHit(value(t, `
id: process/one
msg: found
severity: 5
object: shop
path: [spec, containers, 0, -1, true]
evidence: [x, {note: why, path: 5}]
related: {a: b}
`))
	require.True(t, ok)
	assert.Equal(t, hit{id: "process/one", msg: "found", path: "spec.containers[0]", evidence: []step{{note: "why"}}}, got)
}

func TestSeverityOfAFindingFallsBackToItsRule(t *testing.T) {
	lib := library(t, rule{id: "process/one", kinds: []string{"/Service"}, severity: "info", body: `
violation contains {"id": "process/one", "msg": "found", "severity": "fatal", "path": "spec["}`})
	report := check(t, lib, "", Options{}, tree(unit(document(t, "a.yaml", 3, service))))
	require.Len(t, report.Findings, 1)
	assert.Equal(t, finding.Info, report.Findings[0].Severity)
	assert.Equal(t, 3, report.Findings[0].Line, "a path that cannot be read is the document")
}
