package mapview

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/report"
)

// writeMarkdown prints a table for a pull request or a page, with the evidence folded away.
func writeMarkdown(w io.Writer, m *document.Map, opts Options) error {
	m = masked(m, opts)
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "## Who owns what: %s\n", report.MarkdownCell(tally(m)))
	if len(m.Workloads) > 0 {
		markdownTable(out, m)
		if !opts.Quiet {
			_, _ = fmt.Fprint(out, "\nC container, K Kubernetes, M mesh; small letter: by default; ✖ two owners; ↷ bypassed; ○ no owner; ? unknown; · not needed\n")
		}
	}
	for i := range m.Workloads {
		if !opts.Brief {
			markdownWorkload(out, &m.Workloads[i], opts)
		}
	}
	markdownEdges(out, m)
	if len(m.Errors) > 0 {
		_, _ = fmt.Fprint(out, "\n### Problems\n\n")
	}
	for _, p := range m.Errors {
		_, _ = fmt.Fprintf(out, "- %s %s\n", report.MarkdownCode(place(p.File, p.Line)), report.MarkdownCell(p.Msg))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}

func markdownTable(w io.Writer, m *document.Map) {
	_, _ = fmt.Fprint(w, "\n| workload | mesh |")
	for _, concern := range document.Concerns {
		_, _ = fmt.Fprintf(w, " %s |", concern)
	}
	_, _ = fmt.Fprintf(w, "\n|%s\n", strings.Repeat("---|", len(document.Concerns)+2))
	signs := pretty{Painter: report.NewPainter(false, true)}
	for i := range m.Workloads {
		workload := &m.Workloads[i]
		_, _ = fmt.Fprintf(w, "| %s | %s |", report.MarkdownCell(short(&workload.Object)), report.MarkdownCell(modeOf(workload)))
		for j := range workload.Concerns {
			text, tint := signs.symbol(&workload.Concerns[j])
			if tint == "red" {
				text = "**" + text + "**"
			}
			_, _ = fmt.Fprintf(w, " %s |", text)
		}
		_, _ = fmt.Fprintln(w)
	}
}

func markdownWorkload(w io.Writer, workload *document.Workload, opts Options) {
	var open bool
	for i := range workload.Concerns {
		c := &workload.Concerns[i]
		if c.Verdict == document.One || !c.Applies {
			continue
		}
		if !open {
			_, _ = fmt.Fprintf(w, "\n<details><summary>%s</summary>\n\n", report.MarkdownCell(name(&workload.Object)))
			open = true
		}
		_, _ = fmt.Fprintf(w, "- **%s**: %s\n", c.Concern, conclusion(c))
		for j := range c.Evidence {
			e := &c.Evidence[j]
			_, _ = fmt.Fprintf(w, "  - %s: %s%s %s\n", e.Layer, report.MarkdownCell(e.Note), markdownRule(e, opts), report.MarkdownCode(place(e.File, e.Line)))
		}
	}
	if open {
		_, _ = fmt.Fprint(w, "\n</details>\n")
	}
}

// conclusion is the verdict in words.
func conclusion(c *document.Concern) string {
	switch c.Verdict {
	case document.Two, document.Bypassed:
		return sentence(c)
	case document.Unknown:
		return "unknown"
	case document.None:
		return "no owner"
	default:
		return "one owner"
	}
}

func markdownRule(e *document.Evidence, opts Options) string {
	if e.Rule == "" {
		return ""
	}
	return fmt.Sprintf(" ([%s](%s%s.md))", report.MarkdownCell(e.Rule), opts.Docs, e.Rule)
}

func markdownEdges(w io.Writer, m *document.Map) {
	if len(m.Edges) == 0 {
		return
	}
	_, _ = fmt.Fprint(w, "\n### Tries per call, at most\n\n| from | to | cannot connect | errors | within |\n|---|---|---|---|---|\n")
	for i := range m.Edges {
		e := &m.Edges[i]
		within := ""
		if e.BoundMs != nil {
			within = duration(*e.BoundMs)
		}
		_, _ = fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", report.MarkdownCell(caller(e)), report.MarkdownCell(short(&e.To)),
			product(e, "connect", e.Connect), product(e, "server-error", e.ServerError), within)
	}
}
