// Package report prints a report: one file per format.
//
// It owns how findings look to people and to other tools. It must not know how findings are made: no policy, no source,
// no engine. What it needs beside the report comes in through Options.
package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// Writer prints a report in one format.
type Writer interface {
	Write(w io.Writer, r *finding.Report, opts Options) error
}

// Tool names the program in formats that ask for it.
type Tool struct {
	Name    string
	Version string
	URL     string
}

// Rule is what a report says about a rule beside its findings.
type Rule struct {
	ID          string
	Title       string
	Description string
	Severity    finding.Severity
	Tags        []string
	Docs        string
	// Help is the rule's page in markdown.
	Help string
}

// Options say how a report is shown. The zero value gives plain ASCII text without excerpts.
type Options struct {
	Color   bool
	Unicode bool
	// Width is the number of columns of the terminal; 0 means 100.
	Width int
	// Quiet leaves out what is not a finding or a problem: waived findings and the summary line.
	Quiet bool
	// MinSeverity hides findings below it. It changes what is shown and nothing else.
	MinSeverity finding.Severity
	// FailOn is the severity from which on a finding fails the run; empty means that none does.
	FailOn finding.Severity
	// Source gives the lines of a file for excerpts; nil means no excerpts.
	Source func(file string) ([]string, error)
	// Mask hides secret values in lines that follow each other. It is applied to all source and all text that is printed.
	Mask func(lines []string) []string
	// Rules by id, for formats that describe rules.
	Rules map[string]Rule
	Tool  Tool
}

var writers = map[string]Writer{
	"pretty":   prettyWriter{},
	"table":    tableWriter{},
	"json":     jsonWriter{},
	"sarif":    sarifWriter{},
	"junit":    junitWriter{},
	"github":   githubWriter{},
	"gitlab":   gitlabWriter{},
	"markdown": markdownWriter{},
}

// Formats lists the names of all formats in alphabetical order.
func Formats() []string {
	names := make([]string, 0, len(writers))
	for name := range writers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// For gives the writer of a format.
func For(format string) (Writer, error) {
	if w, ok := writers[format]; ok {
		return w, nil
	}
	return nil, fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(Formats(), ", "))
}

// view is the report as it is shown: masked, and without what is below the least severity.
type view struct {
	*finding.Report
	// hidden counts the findings that are below the least severity.
	hidden int
}

// newView copies the report for printing, so that no writer can change it or show a secret.
func newView(r *finding.Report, opts Options) view {
	mask := masker(opts.Mask)
	out := *r
	out.Findings = make([]finding.Finding, 0, len(r.Findings))
	out.Waived = make([]finding.Waived, 0, len(r.Waived))
	out.Errors = make([]finding.Problem, 0, len(r.Errors))
	hidden := 0
	for i := range r.Findings {
		if r.Findings[i].Severity.Rank() < opts.MinSeverity.Rank() {
			hidden++
			continue
		}
		out.Findings = append(out.Findings, mask.finding(r.Findings[i]))
	}
	for i := range r.Waived {
		if r.Waived[i].Severity.Rank() < opts.MinSeverity.Rank() {
			continue
		}
		waived := r.Waived[i]
		waived.Finding = mask.finding(waived.Finding)
		waived.Waiver.Reason = mask.prose(waived.Waiver.Reason, messageWord)
		out.Waived = append(out.Waived, waived)
	}
	for _, problem := range r.Errors {
		problem.Msg = mask.text(problem.Msg)
		out.Errors = append(out.Errors, problem)
	}
	return view{Report: &out, hidden: hidden}
}

// masker hides secrets in text; nil hides nothing.
type masker func(lines []string) []string

// text masks text that may quote an input.
func (m masker) text(text string) string {
	if m == nil || text == "" {
		return text
	}
	return strings.Join(m(strings.Split(text, "\n")), "\n")
}

// prose masks sentences. A sentence may speak of an option or a variable without its value: a colon is no assignment, and
// the plain word that follows is none either.
func (m masker) prose(text string, plainWord *regexp.Regexp) string {
	if m == nil || text == "" {
		return text
	}
	parts := strings.Split(text, ": ")
	for i := range parts {
		parts[i] = keepWords(parts[i], m.text(parts[i]), plainWord)
	}
	return strings.Join(parts, ": ")
}

// Words that are taken for words and not for secrets. Messages are sentences of rules; notes may quote an input.
var (
	messageWord = regexp.MustCompile(`^[a-z]+(?:-[a-z]+)*[,.;)]?$`)
	noteWord    = regexp.MustCompile(`^[a-z]{1,7}[,.;)]?$`)
)

// Prose gives a function that masks sentences about an input as this package masks its own.
func Prose(mask func(lines []string) []string) func(text string) string {
	return func(text string) string { return masker(mask).prose(text, messageWord) }
}

// keepWords brings back the plain words that a mask has hidden.
func keepWords(text, masked string, plainWord *regexp.Regexp) string {
	before, after := strings.Split(text, " "), strings.Split(masked, " ")
	if text == masked || len(before) != len(after) {
		return masked
	}
	for i := range after {
		if before[i] != after[i] && plainWord.MatchString(before[i]) {
			after[i] = before[i]
		}
	}
	return strings.Join(after, " ")
}

func (m masker) finding(f finding.Finding) finding.Finding {
	f.Msg = m.prose(f.Msg, messageWord)
	evidence := make([]finding.Evidence, 0, len(f.Evidence))
	for _, step := range f.Evidence {
		step.Note = m.prose(step.Note, noteWord)
		evidence = append(evidence, step)
	}
	related := make([]finding.Related, 0, len(f.Related))
	for _, place := range f.Related {
		place.Note = m.prose(place.Note, noteWord)
		related = append(related, place)
	}
	f.Evidence, f.Related = evidence, related
	return f
}

// message gives a finding's message without the id in front of it.
func message(f *finding.Finding) string {
	return strings.TrimPrefix(strings.TrimPrefix(f.Msg, f.ID), ": ")
}

// place prints file:line:column, leaving out what is not known.
func place(file string, line, column int) string {
	switch {
	case file == "":
		return ""
	case line == 0:
		return file
	case column == 0:
		return fmt.Sprintf("%s:%d", file, line)
	default:
		return fmt.Sprintf("%s:%d:%d", file, line, column)
	}
}

// objectName prints Kind namespace/name.
func objectName(o *finding.Object) string {
	if o == nil || o.Kind == "" {
		return ""
	}
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + o.Name
	}
	if name == "" {
		return o.Kind
	}
	return o.Kind + " " + name
}

// plural prints a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// counts prints "2 errors, 1 warning in 14 documents".
func counts(r *finding.Report) string {
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{r.Summary.Error, "error"}, {r.Summary.Warning, "warning"}, {r.Summary.Info, "info"}} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, c.noun))
		}
	}
	text := "no findings"
	if len(parts) > 0 {
		text = strings.Join(parts, ", ")
	}
	return text + " in " + plural(r.Summary.Documents, "document")
}
