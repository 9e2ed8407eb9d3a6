package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/onelayer/onelayer/internal/finding"
)

// junitWriter prints JUnit XML as Jenkins and GitLab read it: a suite per file, a case per finding. What is below
// Options.FailOn is a passed case with its text as output, so that the test report and the exit code agree.
type junitWriter struct{}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string       `xml:"name,attr"`
	ClassName string       `xml:"classname,attr"`
	File      string       `xml:"file,attr,omitempty"`
	Line      int          `xml:"line,attr,omitempty"`
	Time      string       `xml:"time,attr"`
	Skipped   *junitResult `xml:"skipped"`
	Error     *junitResult `xml:"error"`
	Failure   *junitResult `xml:"failure"`
	SystemOut *junitOutput `xml:"system-out"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// junitOutput is what a case printed.
type junitOutput struct {
	Text string `xml:",cdata"`
}

// Write implements Writer.
func (junitWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	v := newView(r, opts)
	b := &junitBuilder{tool: opts.Tool, byFile: map[string]*junitSuite{}, names: map[string]int{}}
	for i := range v.Findings {
		b.finding(&v.Findings[i], opts.FailOn)
	}
	for i := range v.Waived {
		b.waived(&v.Waived[i])
	}
	for _, problem := range v.Errors {
		b.problem(problem)
	}
	if len(b.suites) == 0 {
		// Jenkins fails on a report without a single case.
		b.add("onelayer", junitCase{Name: "no findings in " + plural(v.Summary.Documents, "document"), ClassName: "onelayer"})
	}
	doc := junitSuites{Name: "onelayer", Suites: b.suites}
	for _, suite := range b.suites {
		doc.Tests += suite.Tests
		doc.Failures += suite.Failures
		doc.Errors += suite.Errors
		doc.Skipped += suite.Skipped
	}
	return writeXML(w, doc)
}

func writeXML(w io.Writer, doc any) error {
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("encode junit: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", xml.Header, text); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

type junitBuilder struct {
	tool   Tool
	suites []*junitSuite
	byFile map[string]*junitSuite
	names  map[string]int
}

// add puts a case into the suite of its file and gives it a name of its own.
func (b *junitBuilder) add(file string, c junitCase) {
	suite := b.byFile[file]
	if suite == nil {
		suite = &junitSuite{Name: file, Time: "0", Properties: []junitProperty{
			{Name: "tool", Value: "onelayer"},
			{Name: "version", Value: b.tool.Version},
		}}
		b.byFile[file] = suite
		b.suites = append(b.suites, suite)
	}
	key := c.ClassName + "\x00" + c.Name
	b.names[key]++
	if n := b.names[key]; n > 1 {
		c.Name = fmt.Sprintf("%s #%d", c.Name, n)
	}
	c.Time = "0"
	suite.Tests++
	switch {
	case c.Failure != nil:
		suite.Failures++
	case c.Error != nil:
		suite.Errors++
	case c.Skipped != nil:
		suite.Skipped++
	}
	suite.Cases = append(suite.Cases, c)
}

func (b *junitBuilder) finding(f *finding.Finding, failOn finding.Severity) {
	c := junitCaseOf(f)
	text := junitText(f)
	if failOn != "" && f.Severity.Rank() >= failOn.Rank() {
		c.Failure = &junitResult{Message: message(f), Type: string(f.Severity), Text: text}
	} else {
		c.SystemOut = &junitOutput{Text: text}
	}
	b.add(suiteName(f.File, &f.Object), c)
}

func (b *junitBuilder) waived(w *finding.Waived) {
	c := junitCaseOf(&w.Finding)
	c.Skipped = &junitResult{Message: fmt.Sprintf("waived: %s %s", w.Waiver.Reason, waiverTerms(w.Waiver))}
	b.add(suiteName(w.File, &w.Object), c)
}

func (b *junitBuilder) problem(p finding.Problem) {
	b.add(suiteName(p.File, nil), junitCase{
		Name: "read", ClassName: suiteName(p.File, nil), File: p.File, Line: p.Line,
		Error: &junitResult{Message: p.Msg, Type: "problem", Text: xmlText(p.Error())},
	})
}

func junitCaseOf(f *finding.Finding) junitCase {
	name := f.ID
	if object := objectName(&f.Object); object != "" {
		name += " " + object
	}
	if f.Path != "" {
		name += " " + f.Path
	}
	return junitCase{Name: name, ClassName: suiteName(f.File, &f.Object), File: f.File, Line: f.Line}
}

func suiteName(file string, object *finding.Object) string {
	if file != "" {
		return file
	}
	if name := objectName(object); name != "" {
		return name
	}
	return "onelayer"
}

func junitText(f *finding.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s\n", place(f.File, f.Line, f.Column), f.Severity, f.Msg)
	for _, step := range f.Evidence {
		fmt.Fprintf(&b, "because: %s\n", withPlace(step.Note, step.File, step.Line))
	}
	for _, other := range f.Related {
		fmt.Fprintf(&b, "related: %s\n", withPlace(other.Note, other.File, other.Line))
	}
	if f.Remediation != "" {
		fmt.Fprintf(&b, "help: %s\n", f.Remediation)
	}
	if f.Docs != "" {
		fmt.Fprintf(&b, "docs: %s\n", f.Docs)
	}
	return xmlText(b.String())
}

// xmlText replaces the characters that XML cannot hold in a CDATA section.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, text)
}

func withPlace(note, file string, line int) string {
	if file == "" {
		return note
	}
	return note + " (" + place(file, line, 0) + ")"
}
