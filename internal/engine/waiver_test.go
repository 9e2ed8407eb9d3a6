package engine

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

const today = `now: "2026-06-15"`

func annotated(waivers ...string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    onelayer.dev/ignore: |
      ` + strings.Join(waivers, "\n      ") + `
spec:
  template:
    spec:
      containers:
      - name: web
        image: shop/web:1
`
}

var image = always("process/one", `["spec", "template", "spec", "containers", 0, "image"]`, "apps/Deployment")

func waiversOf(waived []finding.Waived) map[string]finding.Waiver {
	out := map[string]finding.Waiver{}
	for _, w := range waived {
		out[fmt.Sprintf("%s %s:%d", w.ID, w.File, w.Line)] = w.Waiver
	}
	return out
}

func TestAnnotationWaivesTheFindingsOfItsDocument(t *testing.T) {
	covered := document(t, "a.yaml", 1, annotated("process/one until=2026-06-15 owner=ana -- moves in June"))
	bare := document(t, "b.yaml", 1, annotated("process/other"))
	report := check(t, library(t, image), today, Options{}, tree(unit(covered, bare)))
	assert.Equal(t, map[string]finding.Waiver{
		"process/one a.yaml:14": {Reason: "moves in June", Owner: "ana", Until: "2026-06-15", Source: "annotation a.yaml:7"},
	}, waiversOf(report.Waived))
	assert.Equal(t, []string{
		`onelayer/config b.yaml:7 metadata.annotations["onelayer.dev/ignore"]`,
		"process/one b.yaml:14 spec.template.spec.containers[0].image",
	}, brief(report.Findings))
	assert.Equal(t, finding.Summary{Documents: 2, Error: 2, Waived: 1}, report.Summary)
}

func TestCommentWaivesTheLinesBelowIt(t *testing.T) {
	input := tree(unit(document(t, "a.yaml", 1, annotated("")), document(t, "a.yaml", 30, annotated(""))))
	input.Comments = []source.Comment{{
		File: "a.yaml", Line: 12, From: 13, To: 15, Text: "onelayer:ignore process/* until=2026-07-01 owner=ana -- agreed",
	}}
	report := check(t, library(t, image), today, Options{}, input)
	assert.Equal(t, map[string]finding.Waiver{
		"process/one a.yaml:14": {Reason: "agreed", Owner: "ana", Until: "2026-07-01", Source: "comment a.yaml:12"},
	}, waiversOf(report.Waived))
	assert.Equal(t, []string{"process/one a.yaml:43 spec.template.spec.containers[0].image"}, brief(report.Findings))
}

func TestConfigurationWaivesByMatch(t *testing.T) {
	config := document(t, ".onelayer.yaml", 1, `apiVersion: onelayer.dev/v1alpha1
kind: Config
metadata: {name: .onelayer.yaml}
spec:
  waivers:
  - rule: process/one
`)
	input := tree(&source.Unit{Documents: []*source.Document{config}},
		unit(document(t, "a.yaml", 1, deployment), document(t, "b.yaml", 1, deployment)))
	waivers := `
waivers:
- {rule: process/one, reason: agreed, owner: ana, until: "2026-07-01", match: {file: b.yaml, container: web}}
`
	report := check(t, library(t, image), today+waivers, Options{}, input)
	assert.Equal(t, map[string]finding.Waiver{
		"process/one b.yaml:11": {Reason: "agreed", Owner: "ana", Until: "2026-07-01", Source: "config .onelayer.yaml:5"},
	}, waiversOf(report.Waived))
	assert.Equal(t, []string{"process/one a.yaml:11 spec.template.spec.containers[0].image"}, brief(report.Findings))
}

func TestWaiversThemselvesAreJudged(t *testing.T) {
	input := tree(unit(document(t, "a.yaml", 1, annotated(
		"process/one until=2026-01-31 owner=ana -- long ago", "mesh/two until=2027-01-01 owner=ana -- nothing",
	))))
	input.Comments = []source.Comment{
		{File: "a.yaml", Line: 3, From: 3, To: 3, Text: "onelayer:ignore process/one until=2027-01-01 owner=ana -- nothing"},
		{File: "start.sh", Line: 2, From: 3, To: 3, Text: "onelayer:ignore process/none"},
	}
	lib := library(t, image, always("mesh/two", "[]", "/Service"))
	report := check(t, lib, today, Options{}, input)
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %s", f.Severity, f.File, f.Line, f.Msg))
	}
	assert.Equal(t, []string{
		"info a.yaml:3 onelayer/waiver-unused: the waiver of process/one covers no finding; remove it",
		"warning a.yaml:7 onelayer/waiver-expired: the waiver of process/one ended on 2026-01-31; ask ana",
		"info a.yaml:7 onelayer/waiver-unused: the waiver of mesh/two covers no finding; remove it",
		"error a.yaml:15 process/one: found",
		"error start.sh:2 onelayer/config: the waiver of process/none has no reason, has no owner, " +
			"has no end (until=YYYY-MM-DD), names no known rule: process/none",
	}, got)
	assert.Empty(t, report.Waived)
}

func TestUnusedWaiversAreReportedOnlyWhereAllWasJudged(t *testing.T) {
	unused := "process/one until=2027-01-01 owner=ana -- nothing"
	build := func(whole bool) *source.Tree {
		u := unit(document(t, "a.yaml", 1, strings.Replace(annotated(unused), "kind: Deployment", "kind: StatefulSet", 1)))
		u.Whole = whole
		input := tree(u)
		input.Comments = []source.Comment{{File: "start.sh", Line: 2, From: 3, To: 3, Text: "onelayer:ignore " + unused}}
		return input
	}
	waivers := "\nwaivers: [{rule: process/one, reason: r, owner: o, until: \"2027-01-01\"}]"
	lib := library(t, image)
	assert.Len(t, check(t, lib, today+waivers, Options{}, build(true)).Findings, 3)
	assert.Empty(t, check(t, lib, today+waivers, Options{}, build(false)).Findings)
	assert.Empty(t, check(t, lib, today+waivers, Options{Select: []string{"process/*"}}, build(true)).Findings)
	assert.Empty(t, check(t, lib, today+waivers, Options{Ignore: []string{"process/*"}}, build(true)).Findings)
	failed := build(true)
	failed.Problems = []finding.Problem{{Msg: "unreadable"}}
	assert.Empty(t, check(t, lib, today+waivers, Options{}, failed).Findings)
}

func TestDocumentCannotPoseAsReview(t *testing.T) {
	posing := document(t, "a.yaml", 1, `apiVersion: onelayer.dev/v1alpha1
kind: WaiverReview
metadata: {name: x}
waivers: [{source: annotation, text: wrong}]
`)
	report := check(t, library(t, image), today, Options{}, tree(unit(posing, document(t, "b.yaml", 1, deployment))))
	assert.Equal(t, []string{"process/one b.yaml:11 spec.template.spec.containers[0].image"}, brief(report.Findings))
}

func TestWaiversThatFailAreAProblemAndWaiveNothing(t *testing.T) {
	lib := libraryWith(t, fstest.MapFS{"lib/exempt/exempt.rego": {Data: []byte(`package lib.onelayer.exempt

counted := ["x"]

covered := 1 if input.kind

covered := 2 if input.kind

expired := set()

unused := set()

malformed := set()

label(_) := ""
`)}, "lib/exempt/record.rego": {Data: []byte("package lib.onelayer.exempt\n")}}, image)
	text := annotated("process/one until=2026-06-15 owner=ana -- moves in June")
	report := check(t, lib, today, Options{}, tree(unit(document(t, "a.yaml", 1, text))))
	assert.Equal(t, []string{"process/one a.yaml:14 spec.template.spec.containers[0].image"}, brief(report.Findings))
	require.Len(t, report.Errors, 1)
	assert.Contains(t, report.Errors[0].Msg, "apply waivers: ")
}

func TestLibraryWithoutWaiversHasNone(t *testing.T) {
	name, file := image.file()
	files := fstest.MapFS{name: file}
	for _, module := range []string{
		"lib/finding/finding.rego", "lib/params/params.rego", "lib/params/defaults.rego", "lib/resource/resource.rego", "lib/resource/files.rego",
	} {
		text, err := fs.ReadFile(repository, module)
		require.NoError(t, err)
		files[module] = &fstest.MapFile{Data: text}
	}
	lib, err := policy.Load(files)
	require.NoError(t, err)
	text := annotated("process/one until=2026-06-15 owner=ana -- moves in June")
	report := check(t, lib, today, Options{}, tree(unit(document(t, "a.yaml", 1, text))))
	assert.Equal(t, []string{"process/one a.yaml:14 spec.template.spec.containers[0].image"}, brief(report.Findings))
	assert.Empty(t, report.Waived)
}
