package report

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/onelayer/onelayer/internal/finding"
)

// fingerprintKey names onelayer's stable fingerprint in SARIF results.
const fingerprintKey = "onelayer/v1"

// sourceRoot is the base of the relative file names in SARIF: the folder that the tool was started in.
const sourceRoot = "%SRCROOT%"

// sarifWriter prints SARIF 2.1.0 for code scanning.
type sarifWriter struct{}

// Write implements Writer.
func (sarifWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	doc, err := sarifReport(newView(r, opts), opts)
	if err != nil {
		return fmt.Errorf("make sarif: %w", err)
	}
	if err := doc.PrettyWrite(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func sarifReport(v view, opts Options) (*sarif.Report, error) {
	run := sarif.NewRunWithInformationURI(opts.Tool.Name, opts.Tool.URL)
	run.Tool.Driver.WithSemanticVersion(strings.TrimPrefix(opts.Tool.Version, "v")).WithVersion(opts.Tool.Version)
	run.WithColumnKind("unicodeCodePoints")
	rules := sarifRules(run, v, opts)
	for i := range v.Findings {
		run.AddResult(sarifResult(&v.Findings[i], rules))
	}
	for i := range v.Waived {
		run.AddResult(sarifWaived(&v.Waived[i], rules))
	}
	run.AddInvocation(sarifInvocation(v.Errors))
	doc := sarif.NewReport()
	doc.AddRun(run)
	return doc, nil
}

// sarifRules describes the rules that have results, in the order of their ids, and gives the index of each.
func sarifRules(run *sarif.Run, v view, opts Options) map[string]int {
	var ids []string
	for i := range v.Findings {
		ids = append(ids, v.Findings[i].ID)
	}
	for i := range v.Waived {
		ids = append(ids, v.Waived[i].ID)
	}
	slices.Sort(ids)
	index := map[string]int{}
	for _, id := range slices.Compact(ids) {
		rule, known := opts.Rules[id]
		if !known {
			rule = Rule{ID: id, Title: id}
		}
		run.Tool.Driver.AddRule(sarifRule(rule))
		index[id] = len(index)
	}
	return index
}

func sarifRule(rule Rule) *sarif.ReportingDescriptor {
	d := sarif.NewRule(rule.ID).WithName(strings.ReplaceAll(rule.ID, "/", "-"))
	d.WithShortDescription(sarifText(rule.Title, ""))
	if rule.Description != "" {
		d.WithFullDescription(sarifText(rule.Description, ""))
	}
	if rule.Help != "" {
		d.WithHelp(sarifText(rule.Description, rule.Help))
	}
	if rule.Docs != "" {
		d.WithHelpURI(rule.Docs)
	}
	level := sarif.NewReportingConfiguration()
	level.Level = sarifLevel(rule.Severity)
	d.WithDefaultConfiguration(level)
	properties := sarif.NewPropertyBag()
	properties.Tags = append(properties.Tags, rule.Tags...)
	properties.Add("precision", "very-high")
	properties.Add("problem.severity", sarifProblemSeverity(rule.Severity))
	return d.WithProperties(properties)
}

func sarifText(text, markdown string) *sarif.MultiformatMessageString {
	m := sarif.NewMultiformatMessageString().WithText(text)
	if text == "" {
		m.WithText(markdown)
	}
	if markdown != "" {
		m.WithMarkdown(markdown)
	}
	return m
}

func sarifLevel(s finding.Severity) string {
	switch s {
	case finding.Error:
		return sarif.LevelError
	case finding.Info:
		return sarif.LevelNote
	default:
		return sarif.LevelWarning
	}
}

func sarifProblemSeverity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "error"
	case finding.Info:
		return "recommendation"
	default:
		return "warning"
	}
}

func sarifResult(f *finding.Finding, rules map[string]int) *sarif.Result {
	result := sarif.NewRuleResult(f.ID).WithRuleIndex(rules[f.ID]).WithLevel(sarifLevel(f.Severity))
	result.WithMessage(sarif.NewTextMessage(sarifMessage(f)))
	result.AddLocation(sarifLocation(f))
	id := 0
	for _, step := range f.Evidence {
		id = sarifRelated(result, id, step.File, step.Line, step.Note)
	}
	for _, other := range f.Related {
		id = sarifRelated(result, id, other.File, other.Line, other.Note)
	}
	if f.Fingerprint != "" {
		result.WithPartialFingerprints(map[string]string{fingerprintKey: f.Fingerprint})
	}
	properties := sarif.NewPropertyBag()
	properties.Add("object", f.Object)
	properties.Add("path", f.Path)
	if f.Root != "" {
		properties.Add("root", f.Root)
	}
	return result.WithProperties(properties)
}

func sarifMessage(f *finding.Finding) string {
	if f.Remediation == "" {
		return message(f)
	}
	return message(f) + "\n" + f.Remediation
}

func sarifLocation(f *finding.Finding) *sarif.Location {
	location := sarif.NewLocation()
	if f.File != "" {
		location.WithPhysicalLocation(sarifPlace(f.File, f.Line, f.Column, f.EndColumn))
	}
	if name := objectName(&f.Object); name != "" {
		logical := sarif.NewLogicalLocation().WithKind("resource").WithName(f.Object.Name)
		logical.WithFullyQualifiedName(name + " " + f.Path)
		location.AddLogicalLocation(logical)
	}
	return location
}

func sarifPlace(file string, line, column, endColumn int) *sarif.PhysicalLocation {
	artifact := sarif.NewArtifactLocation().WithURI(sarifURI(file))
	if !strings.HasPrefix(file, "/") {
		artifact.WithURIBaseID(sourceRoot)
	}
	region := sarif.NewRegion().WithStartLine(max(line, 1)).WithStartColumn(max(column, 1))
	if endColumn > column && column > 0 {
		region.WithEndLine(max(line, 1)).WithEndColumn(endColumn)
	}
	return sarif.NewPhysicalLocation().WithArtifactLocation(artifact).WithRegion(region)
}

func sarifURI(file string) string {
	return (&url.URL{Path: strings.TrimPrefix(strings.ReplaceAll(file, "\\", "/"), "./")}).String()
}

func sarifRelated(result *sarif.Result, id int, file string, line int, note string) int {
	if file == "" {
		return id
	}
	id++
	location := sarif.NewLocation().WithID(id).WithMessage(sarif.NewTextMessage(note))
	location.WithPhysicalLocation(sarifPlace(file, line, 1, 0))
	result.AddRelatedLocation(location)
	return id
}

func sarifWaived(w *finding.Waived, rules map[string]int) *sarif.Result {
	kind := "inSource"
	if strings.HasPrefix(w.Waiver.Source, "config") {
		kind = "external"
	}
	suppression := sarif.NewSuppression().WithKind(kind).WithStatus("accepted")
	suppression.WithJustification(w.Waiver.Reason + " " + waiverTerms(w.Waiver))
	return sarifResult(&w.Finding, rules).WithSuppressions([]*sarif.Suppression{suppression})
}

// sarifInvocation tells whether everything could be read.
func sarifInvocation(problems []finding.Problem) *sarif.Invocation {
	invocation := sarif.NewInvocation().WithExecutionSuccessful(len(problems) == 0)
	for _, p := range problems {
		notification := sarif.NewNotification().WithLevel(sarif.LevelError).WithMessage(sarif.NewTextMessage(p.Msg))
		if p.File != "" {
			location := sarif.NewLocation().WithPhysicalLocation(sarifPlace(p.File, p.Line, p.Column, 0))
			notification.AddLocation(location)
		}
		invocation.AddToolExecutionNotification(notification)
	}
	return invocation
}
