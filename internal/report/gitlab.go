package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/onelayer/onelayer/internal/finding"
)

// gitlabWriter prints a GitLab code quality report.
type gitlabWriter struct{}

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// Write implements Writer.
func (gitlabWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	v := newView(r, opts)
	issues := make([]gitlabIssue, 0, len(v.Findings)+len(v.Errors))
	seen := map[string]int{}
	for i := range v.Findings {
		f := &v.Findings[i]
		issue := gitlabIssue{Description: f.Msg, CheckName: f.ID, Fingerprint: f.Fingerprint, Severity: gitlabSeverity(f.Severity)}
		issue.Location.Path = f.File
		issue.Location.Lines.Begin = max(f.Line, 1)
		issues = append(issues, issue)
	}
	for _, problem := range v.Errors {
		issue := gitlabIssue{Description: problem.Msg, CheckName: "onelayer/problem", Severity: "blocker"}
		issue.Fingerprint = "problem:" + place(problem.File, problem.Line, problem.Column)
		issue.Location.Path = problem.File
		issue.Location.Lines.Begin = max(problem.Line, 1)
		issues = append(issues, issue)
	}
	// GitLab keeps only the first of several issues with one fingerprint.
	for i := range issues {
		key := issues[i].Fingerprint
		seen[key]++
		if seen[key] > 1 {
			issues[i].Fingerprint = key + "-" + strconv.Itoa(seen[key])
		}
	}
	if err := writeJSON(w, issues); err != nil {
		return fmt.Errorf("write code quality: %w", err)
	}
	return nil
}

func gitlabSeverity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "major"
	case finding.Warning:
		return "minor"
	default:
		return "info"
	}
}
