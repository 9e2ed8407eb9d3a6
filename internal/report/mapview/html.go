package mapview

import (
	_ "embed" // for the page
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/report"
)

//go:embed map.html.tmpl
var pageText string

// page is one file without scripts: nothing is fetched and everything is reachable by keyboard.
var page = template.Must(template.New("map").Funcs(template.FuncMap{
	"name":       func(o finding.Object) string { return name(&o) },
	"short":      func(o finding.Object) string { return short(&o) },
	"place":      place,
	"cell":       htmlCell,
	"conclusion": func(c document.Concern) string { return conclusion(&c) },
	"layers":     htmlLayers,
	"caller":     func(e document.Edge) string { return caller(&e) },
	"product":    htmlProduct,
	"stacked":    htmlStacked,
	"within":     htmlWithin,
	"why":        func(w document.Workload) string { return strings.Join(w.Mesh.Why, "; ") },
	"anchor":     func(i int) string { return fmt.Sprintf("w%d", i) },
	"plural":     plural,
}).Parse(pageText))

// view is what the page shows.
type view struct {
	*document.Map

	Concerns []string
	Docs     string
	Version  string
}

// writeHTML prints one self-contained page.
func writeHTML(w io.Writer, m *document.Map, opts Options) error {
	m = masked(m, opts)
	v := view{Map: m, Concerns: document.Concerns, Docs: opts.Docs, Version: opts.Version}
	if err := page.Execute(w, v); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}

// htmlStacked tells that several layers repeat a call after failures of a class.
func htmlStacked(e document.Edge, class string) bool {
	return factors(&e, class) > 1
}

// htmlSign is a concern in short: a shape, letters, a class for its colour and words for those who cannot see it.
type htmlSign struct{ Shape, Letters, Class, Text, Words string }

func htmlCell(c document.Concern) htmlSign {
	sign := htmlSign{Letters: owners(&c), Text: conclusion(&c)}
	switch {
	case c.Verdict == document.Two:
		sign.Shape, sign.Class = "✖", "two"
	case c.Verdict == document.Bypassed:
		sign.Shape, sign.Class = "↷", "bypassed"
	case c.Verdict == document.Unknown:
		sign.Shape, sign.Letters, sign.Class = "?", "", "unknown"
	case c.Gap():
		sign.Shape, sign.Letters, sign.Class = "○", "", "gap"
	case c.Verdict == document.None:
		sign.Shape, sign.Letters, sign.Class, sign.Text = "·", "", "unneeded", "not needed"
	default:
		sign.Class, sign.Text = "one", ownerWords(&c)
	}
	sign.Words = c.Concern + ": " + sign.Text
	return sign
}

// ownerWords says which layer owns a concern alone.
func ownerWords(c *document.Concern) string {
	for i, state := range c.States() {
		if state == document.Owns {
			return "owned by " + layerNames[i]
		}
	}
	for i := len(document.Layers) - 1; i >= 0; i-- {
		if c.States()[i] == document.Default {
			return layerNames[i] + ", by default"
		}
	}
	return "one owner"
}

// htmlLayer is a layer's part in a concern.
type htmlLayer struct {
	Name, State string
	Evidence    []document.Evidence
}

func htmlLayers(c document.Concern) []htmlLayer {
	out := make([]htmlLayer, 0, len(document.Layers))
	for i, layer := range document.Layers {
		out = append(out, htmlLayer{Name: layer, State: string(c.States()[i]), Evidence: evidenceOf(c.Evidence, layer)})
	}
	return out
}

func evidenceOf(all []document.Evidence, layer string) []document.Evidence {
	var out []document.Evidence
	for _, e := range all {
		if e.Layer == layer {
			e.Note = report.Clean(e.Note)
			out = append(out, e)
		}
	}
	return out
}

func htmlProduct(e document.Edge, class string) string {
	if class == "connect" {
		return product(&e, class, e.Connect)
	}
	return product(&e, class, e.ServerError)
}

func htmlWithin(e document.Edge) string {
	if e.BoundMs == nil {
		return "no bound"
	}
	return duration(*e.BoundMs)
}
