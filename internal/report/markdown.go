package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// markdownWriter prints a summary for a pull request or a job page.
type markdownWriter struct{}

// Write implements Writer.
func (markdownWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	v := newView(r, opts)
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "## onelayer: %s\n", counts(v.Report))
	if len(v.Findings) > 0 {
		_, _ = fmt.Fprint(out, "\n| severity | rule | place | finding |\n|---|---|---|---|\n")
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		_, _ = fmt.Fprintf(out, "| %s | %s | %s | %s |\n", f.Severity, markdownRule(f), markdownCode(place(f.File, f.Line, 0)), markdownCell(message(f)))
	}
	for i := range v.Findings {
		markdownDetails(out, &v.Findings[i])
	}
	markdownWaived(out, v.Waived)
	if len(v.Errors) > 0 {
		_, _ = fmt.Fprint(out, "\n### Problems\n\n")
	}
	for _, p := range v.Errors {
		_, _ = fmt.Fprintf(out, "- %s %s\n", markdownCode(place(p.File, p.Line, p.Column)), markdownCell(p.Msg))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func markdownDetails(w io.Writer, f *finding.Finding) {
	if len(f.Evidence)+len(f.Related) == 0 && f.Remediation == "" {
		return
	}
	_, _ = fmt.Fprintf(w, "\n<details><summary>%s %s</summary>\n\n", markdownCell(f.ID), markdownCell(place(f.File, f.Line, 0)))
	for _, step := range f.Evidence {
		_, _ = fmt.Fprintf(w, "- because: %s %s\n", markdownCell(step.Note), markdownCode(place(step.File, step.Line, 0)))
	}
	for _, other := range f.Related {
		_, _ = fmt.Fprintf(w, "- related: %s %s\n", markdownCell(other.Note), markdownCode(place(other.File, other.Line, 0)))
	}
	if f.Remediation != "" {
		_, _ = fmt.Fprintf(w, "\n**Help:** %s\n", markdownCell(f.Remediation))
	}
	_, _ = fmt.Fprint(w, "\n</details>\n")
}

func markdownWaived(w io.Writer, waived []finding.Waived) {
	if len(waived) == 0 {
		return
	}
	_, _ = fmt.Fprintf(w, "\n<details><summary>%d waived</summary>\n\n", len(waived))
	for i := range waived {
		f := &waived[i]
		_, _ = fmt.Fprintf(w, "- %s %s: %s %s\n", markdownCell(f.ID), markdownCode(place(f.File, f.Line, 0)),
			markdownCell(f.Waiver.Reason), markdownCell(waiverTerms(f.Waiver)))
	}
	_, _ = fmt.Fprint(w, "\n</details>\n")
}

func markdownRule(f *finding.Finding) string {
	if f.Docs == "" {
		return markdownCell(f.ID)
	}
	return fmt.Sprintf("[%s](%s)", markdownCell(f.ID), f.Docs)
}

// markdownEscapes keeps text from an input what it is: text.
var markdownEscapes = strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "@", "&#64;")

func markdownCell(text string) string {
	return markdownEscapes.Replace(clean(text))
}

func markdownCode(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(clean(text)) + "`"
}
