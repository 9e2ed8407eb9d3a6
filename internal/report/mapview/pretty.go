package mapview

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/report"
)

const (
	defaultWidth = 100
	// mostNames and leastNames are how wide the column of names may get.
	mostNames, leastNames = 28, 14
)

// headings are the columns of the table, by concern.
var headings = []string{"life", "scale", "balance", "drain", "logs", "metric", "trace", "retry", "time", "break", "health", "mtls"}

// pretty prints one map for people. Errors of writing surface when the buffer is flushed.
type pretty struct {
	*bufio.Writer
	report.Painter

	opts  Options
	width int
}

// writePretty prints the table, what is wrong in it with the lines that say so, and how often calls are tried.
func writePretty(w io.Writer, m *document.Map, opts Options) error {
	p := &pretty{Writer: bufio.NewWriter(w), Painter: report.NewPainter(opts.Color, opts.Unicode), opts: opts, width: defaultWidth}
	if opts.Width > 0 {
		p.width = max(opts.Width, 40)
	}
	m = masked(m, opts)
	if len(m.Workloads) > 0 {
		if names := p.names(m); p.fits(names) {
			p.table(m, names)
		} else {
			p.lists(m)
		}
		if !opts.Brief {
			p.details(m)
		}
	}
	p.edges(m)
	p.problems(m)
	if !opts.Quiet {
		p.legend(m)
		p.wrapped(tally(m), "")
	}
	if err := p.Flush(); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}

func (p *pretty) line(text string) { _, _ = p.WriteString(strings.TrimRight(text, " ") + "\n") }

// names is the width of the column of names: that of the widest, but no more than the terminal has room for.
func (p *pretty) names(m *document.Map) int {
	widest := len("WORKLOAD")
	for i := range m.Workloads {
		widest = max(widest, report.TextWidth(report.Clean(short(&m.Workloads[i].Object))))
	}
	return min(widest, mostNames, max(p.width-columnsBeside(), leastNames))
}

// fits tells whether the table fits into the terminal.
func (p *pretty) fits(names int) bool { return names+columnsBeside() <= p.width }

// columnsBeside is the width of the table without the names.
func columnsBeside() int {
	total := 2 + len("ambient") + 1
	for _, heading := range headings {
		total += columnWidth(heading)
	}
	return total
}

func columnWidth(heading string) int { return max(len(heading), 5) + 1 }

func (p *pretty) table(m *document.Map, names int) {
	head := report.Pad("WORKLOAD", names+2) + report.Pad("MESH", len("ambient")+1)
	for _, heading := range headings {
		head += report.Pad(heading, columnWidth(heading))
	}
	p.line(p.Paint("bold", strings.TrimRight(head, " ")))
	for i := range m.Workloads {
		w := &m.Workloads[i]
		text := report.Pad(report.Clip(report.Clean(short(&w.Object)), names, p.Glyph("…", "...")), names+2)
		mode := report.Pad(report.Clip(modeOf(w), len("ambient"), ""), len("ambient")+1)
		row := text + p.Paint("dim", mode)
		for j := range w.Concerns {
			row += p.cell(&w.Concerns[j], columnWidth(headings[j]))
		}
		p.line(row)
	}
	p.line("")
}

func modeOf(w *document.Workload) string {
	if w.Mesh.Mode == "unknown" {
		return "?"
	}
	return w.Mesh.Mode
}

// cell shows one concern: a shape for the verdict and a letter for each layer that takes part.
func (p *pretty) cell(c *document.Concern, columns int) string {
	text, tint := p.symbol(c)
	return p.Paint(tint, text) + strings.Repeat(" ", max(columns-report.TextWidth(text), 0))
}

// symbol gives the short form of a concern and its colour.
func (p *pretty) symbol(c *document.Concern) (text, tint string) {
	switch {
	case c.Verdict == document.Two:
		return p.Glyph("✖", "x") + owners(c), "red"
	case c.Verdict == document.Bypassed:
		return p.Glyph("↷", "~") + owners(c), "yellow"
	case c.Verdict == document.Unknown:
		return "?", "cyan"
	case c.Gap():
		return p.Glyph("○", "o"), "yellow"
	case c.Verdict == document.None:
		return p.Glyph("·", "."), "dim"
	default:
		return owners(c), "green"
	}
}

// owners gives a letter for each layer that takes part: upper case owns, lower case does so by default. Of one owner, a layer
// that would only fill in is left out.
func owners(c *document.Concern) string {
	letters := [3]string{"C", "K", "M"}
	var owning, filling, off, unsure string
	for i, state := range c.States() {
		switch state {
		case document.Owns:
			owning += letters[i]
		case document.Default:
			filling += strings.ToLower(letters[i])
		case document.StateBypassed:
			off += letters[i]
		case document.StateUnknown:
			unsure = "?"
		}
	}
	switch {
	case c.Verdict == document.Bypassed && off != "":
		return off
	case c.Verdict == document.Two && len(owning+filling+off) > 1:
		return owning + off + filling
	case c.Verdict == document.Two:
		return owning + unsure
	case owning != "":
		return owning
	case filling != "":
		return filling[len(filling)-1:]
	default:
		return ""
	}
}

// lists is the table for narrow terminals: one block a workload.
func (p *pretty) lists(m *document.Map) {
	for i := range m.Workloads {
		w := &m.Workloads[i]
		p.title(short(&w.Object), w.Object.Kind+", mesh: "+w.Mesh.Mode)
		var calm []string
		for j := range w.Concerns {
			c := &w.Concerns[j]
			text, tint := p.symbol(c)
			if c.Verdict == document.One {
				calm = append(calm, c.Concern+" "+p.Paint(tint, text))
			} else if c.Verdict != document.None || c.Applies {
				p.line("  " + report.Pad(c.Concern, 18) + p.Paint(tint, text+" "+verdictText(c)))
			}
		}
		for _, text := range wrapPainted(calm, p.width-2) {
			p.line("  " + text)
		}
	}
	p.line("")
}

// title prints a name and, where there is room, what it is.
func (p *pretty) title(name, about string) {
	name, about = report.Clip(report.Clean(name), p.width, p.Glyph("…", "...")), report.Clean(about)
	if report.TextWidth(name)+2+report.TextWidth(about) <= p.width {
		p.line(p.Paint("bold", name) + "  " + p.Paint("dim", about))
		return
	}
	p.line(p.Paint("bold", name))
	p.line("  " + p.Paint("dim", about))
}

// wrapPainted joins words that may hold colours, by commas, into lines.
func wrapPainted(words []string, limit int) []string {
	var lines []string
	current, used := "", 0
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		size := visible(word)
		if used > 0 && used+1+size > limit {
			lines = append(lines, current)
			current, used = "", 0
		}
		if used > 0 {
			current, used = current+" ", used+1
		}
		current, used = current+word, used+size
	}
	if used > 0 {
		lines = append(lines, current)
	}
	return lines
}

// visible is the width of a text without its colours.
func visible(text string) int {
	plain := text
	for {
		before, rest, found := strings.Cut(plain, "\x1b[")
		if !found {
			return report.TextWidth(plain)
		}
		_, after, _ := strings.Cut(rest, "m")
		plain = before + after
	}
}

func verdictText(c *document.Concern) string {
	switch c.Verdict {
	case document.Two:
		return "two owners"
	case document.Bypassed:
		return "bypassed"
	case document.None:
		return "no owner"
	case document.Unknown:
		return "unknown"
	default:
		return "one owner"
	}
}

func (p *pretty) problems(m *document.Map) {
	for _, problem := range m.Errors {
		at := place(problem.File, problem.Line)
		if at != "" {
			at += ": "
		}
		for _, text := range report.Wrap("problem: "+at+problem.Msg, p.width) {
			p.line(p.Paint("red", text))
		}
	}
	if len(m.Errors) > 0 {
		p.line("")
	}
}

// legend explains the signs.
func (p *pretty) legend(m *document.Map) {
	if len(m.Workloads) == 0 {
		return
	}
	text := fmt.Sprintf("C container, K Kubernetes, M mesh; small letter: by default; %s two owners; %s bypassed; %s no owner; ? unknown; %s not needed",
		p.Glyph("✖", "x"), p.Glyph("↷", "~"), p.Glyph("○", "o"), p.Glyph("·", "."))
	for _, row := range report.Wrap(text, p.width) {
		p.line(p.Paint("dim", row))
	}
}
