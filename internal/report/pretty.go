package report

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

const defaultWidth = 100

// prettyWriter prints findings for people, with the source line at fault and what led to the verdict.
type prettyWriter struct{}

// Write implements Writer.
func (prettyWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	buffered := bufio.NewWriter(w)
	p := &pretty{Writer: buffered, opts: opts, palette: palette{color: opts.Color, unicode: opts.Unicode}, helped: map[string]string{}}
	p.width = max(opts.Width, 40)
	if opts.Width == 0 {
		p.width = defaultWidth
	}
	v := newView(r, opts)
	for _, n := range group(v.Findings) {
		p.finding(n.Finding, nil, "")
		p.children(n)
		p.line("", "")
	}
	if !opts.Quiet {
		p.waived(v.Waived)
	}
	p.problems(v.Errors)
	if !opts.Quiet {
		p.summary(v)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// pretty prints one report. Errors of writing surface when the buffer is flushed.
type pretty struct {
	*bufio.Writer
	palette
	opts  Options
	width int
	// helped tells where the help of a rule was printed before.
	helped map[string]string
}

func (p *pretty) line(indent, text string) {
	_, _ = p.WriteString(strings.TrimRight(indent+text, " ") + "\n")
}

// finding prints a finding. Under a root that stands at the same place, the place is not printed again.
func (p *pretty) finding(f, root *finding.Finding, indent string) {
	p.header(f, indent)
	gutter := len(fmt.Sprint(max(f.Line, 1)))
	margin := indent + strings.Repeat(" ", gutter+1)
	if root == nil || root.File != f.File || root.Line != f.Line || root.Column != f.Column {
		p.frame(f, indent, gutter)
	}
	evidence, related := f.Evidence, f.Related
	if root != nil {
		evidence, related = without(evidence, root.Evidence), without(related, root.Related)
	}
	p.chain(evidence, margin)
	p.related(related, margin)
	p.help(f, margin)
}

// without leaves out what was said before.
func without[T any](list, said []T) []T {
	var out []T
	for _, one := range list {
		if !slices.ContainsFunc(said, func(other T) bool { return reflect.DeepEqual(one, other) }) {
			out = append(out, one)
		}
	}
	return out
}

// frame prints where a finding stands and the line of source.
func (p *pretty) frame(f *finding.Finding, indent string, gutter int) {
	margin := indent + strings.Repeat(" ", gutter+1)
	bar := p.paint(blue, p.glyph("│", "|"))
	if f.File != "" {
		arrow := p.paint(blue, p.glyph("──▶", "-->"))
		p.line(indent+strings.Repeat(" ", gutter), fmt.Sprintf("%s %s%s", arrow, clean(place(f.File, f.Line, f.Column)), p.object(f)))
	} else {
		p.line(margin, p.paint(blue, "= ")+"in "+clean(objectName(&f.Object))+" "+clean(f.Path))
	}
	if e, ok := readExcerpt(p.opts, f.File, f.Line, f.Column, f.EndColumn); ok {
		e = e.fit(p.width-len(margin)-2, p.glyph("…", "..."))
		p.line(margin, bar)
		p.line(indent, p.paint(blue, fmt.Sprintf("%*d ", gutter, f.Line))+bar+" "+e.text)
		p.line(margin, bar+" "+p.marker(e, f.Severity))
	}
}

// header prints severity, id and message, broken at the width of the terminal.
func (p *pretty) header(f *finding.Finding, indent string) {
	tag := fmt.Sprintf("%s[%s]", f.Severity, clean(f.ID))
	lines := wrap(tag+": "+message(f), p.width-len(indent))
	for i, text := range lines {
		switch {
		case i > 0:
			p.line(indent+"  ", p.paint(bold, text))
		case strings.HasPrefix(text, tag):
			p.line(indent, p.paint(severityStyle(f.Severity), tag)+p.paint(bold, strings.TrimPrefix(text, tag)))
		default:
			p.line(indent, p.paint(bold, text))
		}
	}
}

func (p *pretty) object(f *finding.Finding) string {
	name := objectName(&f.Object)
	if name == "" || strings.HasPrefix(f.Object.APIVersion, "onelayer.dev/") {
		return ""
	}
	return p.paint(dim, " ("+clean(name)+")")
}

func (p *pretty) marker(e excerpt, severity finding.Severity) string {
	if e.length == 0 {
		return ""
	}
	return strings.Repeat(" ", e.start) + p.paint(severityStyle(severity), strings.Repeat("^", e.length))
}

// note prints a labelled remark; further lines are indented under the first.
func (p *pretty) note(margin, label string, lines []string) {
	hang := strings.Repeat(" ", len(label)+4)
	for i, text := range lines {
		if i == 0 {
			p.line(margin, p.paint(blue, "=")+" "+p.paint(bold, label+":")+" "+text)
			continue
		}
		p.line(margin+hang, text)
	}
}

// chain prints the steps that led to the verdict, each indented under the one before.
func (p *pretty) chain(steps []finding.Evidence, margin string) {
	const label = "because"
	var lines []string
	room := p.width - len(margin) - len(label) - 4
	for i, step := range steps {
		lead, hang := "", ""
		if i > 0 {
			hang = strings.Repeat(" ", 3*min(i, 6))
			lead = hang[3:] + p.glyph("└─ ", "\\- ")
		}
		lines = append(lines, p.step(lead, hang, step.Note, place(step.File, step.Line, 0), room)...)
	}
	p.note(margin, label, lines)
}

func (p *pretty) related(places []finding.Related, margin string) {
	const label = "related"
	room := p.width - len(margin) - len(label) - 4
	var lines []string
	for _, other := range places {
		where := place(other.File, other.Line, 0)
		if where == "" {
			where = objectName(other.Object)
		}
		lines = append(lines, p.step("", "", other.Note, where, room)...)
	}
	p.note(margin, label, lines)
}

// step prints a remark and, dimmed behind it, the place that it speaks of.
func (p *pretty) step(lead, hang, note, where string, room int) []string {
	lines := wrap(note, max(room-len(hang), 20))
	for i := range lines {
		if i == 0 {
			lines[i] = lead + lines[i]
		} else {
			lines[i] = hang + lines[i]
		}
	}
	if where == "" {
		return lines
	}
	last := len(lines) - 1
	where = clean(where)
	if textWidth(lines[last])+2+textWidth(where) > room {
		return append(lines, hang+p.paint(dim, where))
	}
	lines[last] += "  " + p.paint(dim, where)
	return lines
}

// help prints the remedy and the page of the rule, in full only the first time.
func (p *pretty) help(f *finding.Finding, margin string) {
	const label = "help"
	key := f.ID + "\x00" + f.Remediation
	if where, seen := p.helped[key]; seen && where != "" && f.Remediation != "" {
		p.note(margin, label, []string{p.paint(dim, "as for "+clean(where)+" above")})
		return
	}
	p.helped[key] = place(f.File, f.Line, 0)
	if f.Remediation != "" {
		p.note(margin, label, wrap(f.Remediation, p.width-len(margin)-len(label)-4))
	}
	if f.Docs != "" {
		p.note(margin, "docs", []string{p.paint(underline, clean(f.Docs))})
	}
}

// children prints what follows from a finding, behind a bar of its own.
func (p *pretty) children(n node) {
	const indent = "    "
	for i, child := range n.children {
		if i == 0 {
			p.line(indent, p.paint(dim, p.glyph("╰─ and therefore", "`- and therefore")))
		} else {
			p.line("", "")
		}
		p.finding(child, n.Finding, indent+"   ")
	}
}

func (p *pretty) waived(waived []finding.Waived) {
	for i := range waived {
		w := &waived[i]
		p.line("", p.paint(dim, fmt.Sprintf("waived[%s]: %s", clean(w.ID), clean(message(&w.Finding)))))
		arrow := p.glyph("──▶", "-->")
		p.line("  ", p.paint(dim, fmt.Sprintf("%s %s", arrow, clean(place(w.File, w.Line, w.Column)))))
		p.line("  ", p.paint(dim, "= reason: "+clean(w.Waiver.Reason)+" "+clean(waiverTerms(w.Waiver))))
	}
	if len(waived) > 0 {
		p.line("", "")
	}
}

func waiverTerms(w finding.Waiver) string {
	return fmt.Sprintf("(%s, until %s, %s)", w.Owner, w.Until, w.Source)
}

func (p *pretty) problems(problems []finding.Problem) {
	for _, problem := range problems {
		lines := wrap("problem: "+problem.Msg, p.width)
		for i, text := range lines {
			if i == 0 {
				p.line("", p.paint(red, "problem")+strings.TrimPrefix(text, "problem"))
				continue
			}
			p.line("  ", text)
		}
		if problem.File != "" {
			f := finding.Finding{File: problem.File, Line: problem.Line, Column: problem.Column}
			p.where(&f)
		}
		p.line("", "")
	}
}

// where prints the place of a problem and its source line.
func (p *pretty) where(f *finding.Finding) {
	gutter := len(fmt.Sprint(max(f.Line, 1)))
	margin := strings.Repeat(" ", gutter+1)
	bar := p.paint(blue, p.glyph("│", "|"))
	p.line(margin[1:], p.paint(blue, p.glyph("──▶", "-->"))+" "+clean(place(f.File, f.Line, f.Column)))
	e, ok := readExcerpt(p.opts, f.File, f.Line, f.Column, 0)
	if !ok {
		return
	}
	e = e.fit(p.width-len(margin)-2, p.glyph("…", "..."))
	p.line(margin, bar)
	p.line("", p.paint(blue, fmt.Sprintf("%*d ", gutter, f.Line))+bar+" "+e.text)
	p.line(margin, bar+" "+p.marker(e, finding.Error))
}

func (p *pretty) summary(v view) {
	mark, tint := p.glyph("✔ ", ""), green
	switch {
	case v.Summary.Error > 0 || len(v.Errors) > 0:
		mark, tint = p.glyph("✖ ", ""), red
	case v.Summary.Warning > 0:
		mark, tint = p.glyph("! ", ""), yellow
	}
	text := p.paint(tint, mark+counts(v.Report))
	var asides []string
	if v.Summary.Waived > 0 {
		asides = append(asides, fmt.Sprintf("%d waived", v.Summary.Waived))
	}
	if v.hidden > 0 {
		asides = append(asides, fmt.Sprintf("%d below %s not shown", v.hidden, p.opts.MinSeverity))
	}
	if n := len(v.Errors); n > 0 {
		asides = append(asides, plural(n, "problem"))
	}
	if len(asides) > 0 {
		text += p.paint(dim, "; "+strings.Join(asides, "; "))
	}
	p.line("", text)
}
