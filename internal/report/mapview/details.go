package mapview

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/report"
)

// details says for each workload what has two owners or a kept-off one, with the lines of all sides, and what has none.
func (p *pretty) details(m *document.Map) {
	for i := range m.Workloads {
		w := &m.Workloads[i]
		if !slices.ContainsFunc(w.Concerns, func(c document.Concern) bool { return c.Verdict != document.One && c.Applies }) {
			continue
		}
		p.title(name(&w.Object), place(w.File, w.Line))
		for j := range w.Concerns {
			if c := &w.Concerns[j]; c.Verdict == document.Two || c.Verdict == document.Bypassed {
				p.conflict(c)
			}
		}
		p.unowned(w)
		p.unknown(w)
		p.line("")
	}
}

// mostEvidence is how many places of one layer are shown for a concern; the other formats show all.
const mostEvidence = 3

// conflict prints a concern with the evidence of each layer.
func (p *pretty) conflict(c *document.Concern) {
	text, tint := p.symbol(c)
	p.wrapped("  "+text+" "+c.Concern+": "+sentence(c), tint)
	for _, layer := range document.Layers {
		shown := 0
		for i := range c.Evidence {
			e := &c.Evidence[i]
			if e.Layer != layer {
				continue
			}
			if shown++; shown <= mostEvidence {
				p.evidence(e, shown == 1)
			}
		}
		if more := shown - mostEvidence; more > 0 {
			p.line("      " + report.Pad("", layerColumn) + p.Paint("dim", fmt.Sprintf("and %d more", more)))
		}
	}
}

// layerColumn is the width of the column of layers.
const layerColumn = 12

// evidence prints a note and its place, on one line where they fit.
func (p *pretty) evidence(e *document.Evidence, first bool) {
	margin := "      " + strings.Repeat(" ", layerColumn)
	lead := margin
	if first {
		lead = "      " + report.Pad(e.Layer, layerColumn)
	}
	at := report.Clean(place(e.File, e.Line))
	rows := report.Wrap(note(e), max(p.width-len(margin), 20))
	last := rows[len(rows)-1]
	for _, row := range rows[:len(rows)-1] {
		p.line(lead + row)
		lead = margin
	}
	if report.TextWidth(last)+2+report.TextWidth(at) <= p.width-len(margin) {
		p.line(lead + last + "  " + p.Paint("dim", at))
		return
	}
	p.line(lead + last)
	p.line(margin + p.Paint("dim", at))
}

// note is the text of a piece of evidence, with the rule that found it.
func note(e *document.Evidence) string {
	if e.Rule == "" {
		return report.Clean(e.Note)
	}
	return report.Clean(e.Note + " [" + e.Rule + "]")
}

// sentence says who takes part in a conflict.
func sentence(c *document.Concern) string {
	var owning, filling, off []string
	unsure := false
	for i, state := range c.States() {
		switch state {
		case document.Owns:
			owning = append(owning, layerNames[i])
		case document.Default:
			filling = append(filling, layerNames[i])
		case document.StateBypassed:
			off = append(off, layerNames[i])
		case document.StateUnknown:
			unsure = true
		}
	}
	sides := slices.Concat(owning, off, filling)
	switch {
	case c.Verdict == document.Bypassed && len(off) > 0:
		return "kept from " + list(off)
	case len(sides) > 1:
		return "owned by " + list(sides)
	case unsure:
		return "owned by " + strings.Join(sides, "") + ", and perhaps by another layer"
	case c.Container == document.Owns:
		return "owned by the container, which should leave it to the platform"
	default:
		return "two owners in " + strings.Join(sides, "")
	}
}

// list joins words as a sentence does.
func list(words []string) string {
	if len(words) < 3 {
		return strings.Join(words, " and ")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

var layerNames = [3]string{"the container", "Kubernetes", "the mesh"}

// unowned lists the concerns that nobody owns.
func (p *pretty) unowned(w *document.Workload) {
	var names []string
	for j := range w.Concerns {
		if w.Concerns[j].Gap() {
			names = append(names, w.Concerns[j].Concern)
		}
	}
	if len(names) > 0 {
		p.wrapped("  "+p.Glyph("○", "o")+" no owner: "+strings.Join(names, ", "), "yellow")
	}
}

// unknown lists the concerns whose owner the input does not tell, by reason.
func (p *pretty) unknown(w *document.Workload) {
	var reasons []string
	byReason := map[string][]string{}
	for j := range w.Concerns {
		c := &w.Concerns[j]
		if c.Verdict != document.Unknown {
			continue
		}
		reason := unknownReason(c)
		if byReason[reason] == nil {
			reasons = append(reasons, reason)
		}
		byReason[reason] = append(byReason[reason], c.Concern)
	}
	for _, reason := range reasons {
		p.wrapped("  ? "+strings.Join(byReason[reason], ", ")+": "+reason, "cyan")
	}
}

// unknownReason gives the note of the layer that is not known.
func unknownReason(c *document.Concern) string {
	for i, state := range c.States() {
		for j := range c.Evidence {
			if state == document.StateUnknown && c.Evidence[j].Layer == document.Layers[i] {
				return note(&c.Evidence[j])
			}
		}
	}
	return "not known"
}

// wrapped prints a text, its further lines indented.
func (p *pretty) wrapped(text, tint string) {
	limit := p.width
	if report.TextWidth(text) > limit {
		limit -= 4
	}
	for n, row := range report.Wrap(text, limit) {
		if n > 0 {
			row = "    " + strings.TrimLeft(row, " ")
		}
		p.line(p.Paint(tint, row))
	}
}

// edges prints how often each call is tried at most.
func (p *pretty) edges(m *document.Map) {
	if len(m.Edges) == 0 {
		return
	}
	p.line(p.Paint("bold", "TRIES PER CALL") + p.Paint("dim", "  at most, container x mesh"))
	widest := 0
	for i := range m.Edges {
		widest = max(widest, report.TextWidth(p.route(&m.Edges[i])))
	}
	for i := range m.Edges {
		p.edge(&m.Edges[i], widest)
	}
	p.line("")
}

// edge prints one call, on two lines where one has no room.
func (p *pretty) edge(e *document.Edge, widest int) {
	tint := ""
	if max(factors(e, "connect"), factors(e, "server-error")) > 1 {
		tint = "red"
	}
	text := tries(e)
	if 2+widest+2+report.TextWidth(text) <= p.width {
		p.line("  " + report.Pad(p.route(e), widest+2) + p.Paint(tint, text))
		return
	}
	p.line("  " + p.route(e))
	p.wrapped("    "+text, tint)
}

func (p *pretty) route(e *document.Edge) string {
	return report.Clean(caller(e)) + p.Glyph(" → ", " -> ") + report.Clean(short(&e.To))
}

// caller names what calls; a gateway is no workload.
func caller(e *document.Edge) string {
	if e.From.Kind == "Gateway" {
		return name(&e.From)
	}
	return short(&e.From)
}

// factors counts the layers that try a call more than once after failures of any of some classes.
func factors(e *document.Edge, classes ...string) int {
	n := 0
	for _, layer := range e.Layers {
		if layer.Tries > 1 && slices.ContainsFunc(classes, func(class string) bool { return slices.Contains(layer.Classes, class) }) {
			n++
		}
	}
	return n
}

// tries prints "4 x 3 = 12 when connections fail, 4 on errors".
func tries(e *document.Edge) string {
	text := product(e, "connect", e.Connect) + " when it cannot connect, " + product(e, "server-error", e.ServerError) + " on errors"
	if e.BoundMs != nil {
		text += ", within " + duration(*e.BoundMs)
	}
	if !e.Certain {
		text += ", or more: its mesh is not known"
	}
	return text
}

func product(e *document.Edge, class string, total int) string {
	var parts []string
	for _, layer := range e.Layers {
		if layer.Tries > 1 && slices.Contains(layer.Classes, class) {
			parts = append(parts, strconv.Itoa(layer.Tries))
		}
	}
	if len(parts) < 2 {
		return strconv.Itoa(total)
	}
	return strings.Join(parts, " x ") + " = " + strconv.Itoa(total)
}

func duration(ms float64) string {
	if ms < 1000 {
		return fmt.Sprintf("%.0f ms", ms)
	}
	return strconv.FormatFloat(ms/1000, 'f', -1, 64) + " s"
}
