// Package finding defines what onelayer reports: findings, waivers and the report document.
//
// It owns the shape of the JSON report (schema onelayer.dev/report/v1) and the order of severities.
// It must not know how findings are made: no policy, no source, no engine.
package finding

import "fmt"

// SchemaReport names the JSON document that `onelayer check -o json` prints.
const SchemaReport = "onelayer.dev/report/v1"

// Severity is how much a finding matters: an error denies, a warning warns, an info informs.
type Severity string

// The severities, from the most to the least severe.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Rank orders severities: 3 for error, 2 for warning, 1 for info, 0 for anything else.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 3
	case Warning:
		return 2
	case Info:
		return 1
	default:
		return 0
	}
}

// ParseSeverity reads a severity as a user writes it; it fails on any other word.
func ParseSeverity(text string) (Severity, error) {
	if s := Severity(text); s.Rank() > 0 {
		return s, nil
	}
	return "", fmt.Errorf("unknown severity %q: use error, warning or info", text)
}

// Object identifies a judged object as Kubernetes does.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// Evidence is one step of the chain that led to a finding. Path is relative to the finding's object.
type Evidence struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Path string `json:"path,omitempty"`
	Note string `json:"note"`
}

// Related is another place that a finding concerns: the workload that runs an image, the autoscaler of a workload.
type Related struct {
	File   string  `json:"file,omitempty"`
	Line   int     `json:"line,omitempty"`
	Object *Object `json:"object,omitempty"`
	Path   string  `json:"path,omitempty"`
	Note   string  `json:"note"`
}

// Finding is one verdict of one rule. Line and Column are 1-based; Line is 0 only where no file is known.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	// Msg starts with the id and says container, cause and remedy in at most 200 bytes.
	Msg    string `json:"msg"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	// EndColumn is the column after the value at fault, 0 where it is not known.
	EndColumn int    `json:"-"`
	Object    Object `json:"object"`
	// Path addresses the node at fault in Object, for example spec.template.spec.containers[0].command[0].
	Path     string     `json:"path"`
	Evidence []Evidence `json:"evidence"`
	Related  []Related  `json:"related"`
	// Root is the id of the finding that this one follows from.
	Root        string `json:"root,omitempty"`
	Remediation string `json:"remediation"`
	Docs        string `json:"docs"`
	Fingerprint string `json:"fingerprint"`
}

// Waiver is an accepted exception: why, by whom and until which day (UTC, inclusive).
type Waiver struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Until  string `json:"until"`
	// Source says where the waiver stands: config, annotation or comment, with file and line where known.
	Source string `json:"source"`
}

// Waived is a finding that a waiver covers. It is shown and never counts.
type Waived struct {
	Finding
	Waiver Waiver `json:"waiver"`
}

// Problem is an input that could not be read. It never hides the findings of other inputs.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Msg    string `json:"msg"`
}

// Error prints the problem as file:line:column: message, leaving out what is not known.
func (p Problem) Error() string {
	switch {
	case p.File == "":
		return p.Msg
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Msg)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Msg)
	}
}

// Summary counts a report.
type Summary struct {
	Documents int `json:"documents"`
	Error     int `json:"error"`
	Warning   int `json:"warning"`
	Info      int `json:"info"`
	Waived    int `json:"waived"`
}

// Report is the outcome of one check. Slices are never nil, so that JSON shows [] and not null.
type Report struct {
	Schema   string    `json:"schema"`
	Findings []Finding `json:"findings"`
	Waived   []Waived  `json:"waived"`
	Errors   []Problem `json:"errors"`
	Summary  Summary   `json:"summary"`
	// Notices tell what was left out on purpose, such as a chart that is not rendered. They go to stderr.
	Notices []string `json:"-"`
}
