package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, format string, r *finding.Report, opts Options) string {
	t.Helper()
	w, err := For(format)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, w.Write(&out, r, opts))
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	colour := sampleOptions()
	colour.Color = true
	plain := sampleOptions()
	plain.Unicode = false
	plain.Width = 72
	least := sampleOptions()
	least.MinSeverity = finding.Error
	quiet := sampleOptions()
	quiet.Quiet = true
	for _, test := range []struct {
		name, format string
		opts         Options
	}{
		{"pretty.txt", "pretty", sampleOptions()},
		{"pretty-colour.txt", "pretty", colour},
		{"pretty-ascii-narrow.txt", "pretty", plain},
		{"pretty-errors.txt", "pretty", least},
		{"pretty-quiet.txt", "pretty", quiet},
		{"table.txt", "table", sampleOptions()},
		{"report.json", "json", sampleOptions()},
		{"report.sarif", "sarif", sampleOptions()},
		{"junit.xml", "junit", sampleOptions()},
		{"github.txt", "github", sampleOptions()},
		{"gitlab.json", "gitlab", sampleOptions()},
		{"summary.md", "markdown", sampleOptions()},
	} {
		t.Run(test.name, func(t *testing.T) {
			golden(t, test.name, render(t, test.format, sampleReport(), test.opts))
		})
	}
}

func TestEmptyReport(t *testing.T) {
	empty := &finding.Report{Summary: finding.Summary{Documents: 3}}
	opts := sampleOptions()
	assert.Equal(t, "✔ no findings in 3 documents\n", render(t, "pretty", empty, opts))
	assert.Equal(t, "no findings in 3 documents\n", render(t, "table", empty, opts))
	assert.Equal(t, "[]\n", render(t, "gitlab", empty, opts))
	assert.Empty(t, render(t, "github", empty, opts))
	assert.JSONEq(t, `{"schema":"onelayer.dev/report/v1","findings":[],"waived":[],"errors":[],
		"summary":{"documents":3,"error":0,"warning":0,"info":0,"waived":0}}`, render(t, "json", empty, opts))
	assert.Contains(t, render(t, "sarif", empty, opts), `"results": []`)
	assert.Contains(t, render(t, "junit", empty, opts), `<testcase name="no findings in 3 documents"`)
}

func TestNoFormatShowsSecrets(t *testing.T) {
	for _, format := range Formats() {
		out := render(t, format, sampleReport(), sampleOptions())
		assert.NotContains(t, out, "hunter2", format)
	}
}

func TestSarifIsValidAndComplete(t *testing.T) {
	doc, err := sarif.FromString(render(t, "sarif", sampleReport(), sampleOptions()))
	require.NoError(t, err)
	require.NoError(t, doc.Validate())
	run := doc.Runs[0]
	require.Len(t, run.Results, 6)
	for _, result := range run.Results {
		region := result.Locations[0].PhysicalLocation.Region
		assert.GreaterOrEqual(t, *region.StartLine, 1)
		assert.GreaterOrEqual(t, *region.StartColumn, 1)
		assert.Equal(t, *result.RuleID, *run.Tool.Driver.Rules[result.RuleIndex].ID)
		assert.NotEmpty(t, result.PartialFingerprints["onelayer/v1"])
	}
	assert.Len(t, run.Results[5].Suppressions, 1)
	assert.False(t, *run.Invocations[0].ExecutionSuccessful)
	assert.Len(t, run.Invocations[0].ToolExecutionNotifications, 2)
}

func TestJUnitCountsAgree(t *testing.T) {
	opts := sampleOptions()
	opts.FailOn = finding.Warning
	var doc junitSuites
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", sampleReport(), opts)), &doc))
	assert.Equal(t, []int{8, 4, 2, 1}, []int{doc.Tests, doc.Failures, doc.Errors, doc.Skipped})
	opts.FailOn = ""
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", sampleReport(), opts)), &doc))
	assert.Zero(t, doc.Failures)
}

func TestGitHubEscapes(t *testing.T) {
	r := &finding.Report{Findings: []finding.Finding{{
		ID: "a/b", Severity: finding.Warning, Msg: "a/b: 100%\n::error::forged", File: "a,b:c%.yaml", Line: 2, Column: 3, EndColumn: 5,
	}}}
	assert.Equal(t, "::warning file=a%2Cb%3Ac%25.yaml,line=2,col=3,endColumn=4,title=a/b::100%25%0A::error::forged\n",
		render(t, "github", r, Options{}))
}

func TestTextFromInputsCannotDriveTheTerminal(t *testing.T) {
	r := &finding.Report{
		Findings: []finding.Finding{{ID: "a/b", Severity: finding.Error, Msg: "a/b: \x1b[31mred\u202e", File: "a\nb\x07.yaml", Line: 1, Column: 1}},
		Errors:   []finding.Problem{{File: "x\x1b]0;t\x07", Msg: "bad \x1b[2J"}},
	}
	opts := Options{Source: func(string) ([]string, error) { return []string{"\x1b[2Jgone\u202e"}, nil }}
	for _, format := range []string{"pretty", "table", "markdown"} {
		out := render(t, format, r, opts)
		assert.False(t, strings.ContainsAny(out, "\x1b\x07\u202e"), "%s: %q", format, out)
	}
	var doc junitSuites
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", r, opts)), &doc))
}

func TestMinSeverityChangesNoCounts(t *testing.T) {
	opts := sampleOptions()
	opts.MinSeverity = finding.Error
	var doc finding.Report
	require.NoError(t, json.Unmarshal([]byte(render(t, "json", sampleReport(), opts)), &doc))
	assert.Len(t, doc.Findings, 1)
	assert.Equal(t, sampleReport().Summary, doc.Summary)
}

func TestWritersLeaveTheReportAlone(t *testing.T) {
	r := sampleReport()
	for _, format := range Formats() {
		render(t, format, r, sampleOptions())
	}
	assert.Equal(t, sampleReport(), r)
}

func TestUnknownFormat(t *testing.T) {
	_, err := For("yaml")
	assert.EqualError(t, err, `unknown format "yaml": use one of github, gitlab, json, junit, markdown, pretty, sarif, table`)
}
