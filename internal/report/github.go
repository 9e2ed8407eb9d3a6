package report

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// githubWriter prints workflow commands, which GitHub shows as annotations. It shows ten a step, so the worst come first.
type githubWriter struct{}

// Write implements Writer.
func (githubWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	v := newView(r, opts)
	out := bufio.NewWriter(w)
	for _, problem := range v.Errors {
		githubCommand(out, "error", problem.File, problem.Line, problem.Column, 0, "onelayer: cannot be read", problem.Msg)
	}
	ordered := append([]finding.Finding(nil), v.Findings...)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].Severity.Rank() > ordered[j].Severity.Rank() })
	for i := range ordered {
		f := &ordered[i]
		githubCommand(out, githubLevel(f.Severity), f.File, f.Line, f.Column, f.EndColumn, f.ID, githubText(f))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func githubLevel(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "error"
	case finding.Warning:
		return "warning"
	default:
		return "notice"
	}
}

func githubText(f *finding.Finding) string {
	lines := []string{message(f)}
	for _, step := range f.Evidence {
		lines = append(lines, "because: "+withPlace(step.Note, step.File, step.Line))
	}
	for _, other := range f.Related {
		lines = append(lines, "related: "+withPlace(other.Note, other.File, other.Line))
	}
	if f.Remediation != "" {
		lines = append(lines, "help: "+f.Remediation)
	}
	if f.Docs != "" {
		lines = append(lines, f.Docs)
	}
	return strings.Join(lines, "\n")
}

func githubCommand(w io.Writer, level, file string, line, column, endColumn int, title, text string) {
	properties := make([]string, 0, 5)
	if file != "" {
		properties = append(properties, "file="+githubProperty(file))
	}
	if file != "" && line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d", line))
		if column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", column))
		}
		if endColumn > column {
			properties = append(properties, fmt.Sprintf("endColumn=%d", endColumn-1))
		}
	}
	properties = append(properties, "title="+githubProperty(title))
	_, _ = fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(properties, ","), githubData(text))
}

var (
	githubDataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubData(text string) string { return githubDataEscapes.Replace(text) }

func githubProperty(text string) string { return githubPropertyEscapes.Replace(text) }
