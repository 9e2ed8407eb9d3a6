// Package mapview shows a responsibility map: one file per format.
//
// It owns how a map looks to people and to other tools. It must not know how claims are made: no policy, no source, no
// engine.
package mapview

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/report"
)

// Options say how a map is shown. The zero value gives plain ASCII text.
type Options struct {
	Color   bool
	Unicode bool
	// Width is the number of columns of the terminal; 0 means 100.
	Width int
	// Quiet leaves out the legend and what is no problem.
	Quiet bool
	// Brief leaves out the evidence where the format shows a table without it.
	Brief bool
	// Mask hides secret values in lines that follow each other. It is applied to all text that may quote an input.
	Mask func(lines []string) []string
	// Docs is where the page of each rule is published.
	Docs string
	// Version is the version of the tool, for formats that name it.
	Version string
}

// Writer shows a map in one format.
type Writer func(w io.Writer, m *document.Map, opts Options) error

var writers = map[string]Writer{
	"pretty":   writePretty,
	"json":     writeJSON,
	"markdown": writeMarkdown,
	"mermaid":  writeMermaid,
	"html":     writeHTML,
}

// Formats lists the names of all formats in alphabetical order.
func Formats() []string { return slices.Sorted(maps.Keys(writers)) }

// For gives the writer of a format.
func For(format string) (Writer, error) {
	if w, ok := writers[format]; ok {
		return w, nil
	}
	return nil, fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(Formats(), ", "))
}

// masked copies a map for showing, so that no writer can show a secret.
func masked(m *document.Map, opts Options) *document.Map {
	hide := report.Prose(opts.Mask)
	out := *m
	out.Workloads = slices.Clone(m.Workloads)
	for i := range out.Workloads {
		w := &out.Workloads[i]
		w.Concerns = slices.Clone(w.Concerns)
		for j := range w.Concerns {
			w.Concerns[j].Evidence = hideAll(w.Concerns[j].Evidence, hide)
		}
	}
	out.Edges = slices.Clone(m.Edges)
	for i := range out.Edges {
		e := &out.Edges[i]
		e.Evidence = hideAll(e.Evidence, hide)
		e.Layers = slices.Clone(e.Layers)
		for j := range e.Layers {
			e.Layers[j].Note = hide(e.Layers[j].Note)
		}
	}
	out.Errors = slices.Clone(m.Errors)
	for i := range out.Errors {
		out.Errors[i].Msg = hide(out.Errors[i].Msg)
	}
	return &out
}

func hideAll(evidence []document.Evidence, hide func(string) string) []document.Evidence {
	out := slices.Clone(evidence)
	for i := range out {
		out[i].Note = hide(out[i].Note)
	}
	return out
}

// name prints Kind namespace/name.
func name(o *finding.Object) string { return o.Kind + " " + short(o) }

// short prints namespace/name.
func short(o *finding.Object) string {
	if o.Namespace == "" {
		return o.Name
	}
	return o.Namespace + "/" + o.Name
}

// place prints file:line, leaving out what is not known.
func place(file string, line int) string {
	if file == "" || line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// plural prints a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// tally prints "3 workloads: 20 concerns with one owner, 2 with two owners".
func tally(m *document.Map) string {
	parts := []string{}
	for _, c := range []struct {
		n    int
		text string
	}{
		{m.Summary.Two, "with two owners"}, {m.Summary.Bypassed, "bypassed"}, {m.Summary.None, "without an owner"},
		{m.Summary.Unknown, "unknown"}, {m.Summary.One, "with one owner"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	if len(parts) == 0 {
		return "no workloads"
	}
	return plural(m.Summary.Workloads, "workload") + ": " + strings.Join(parts, ", ")
}
