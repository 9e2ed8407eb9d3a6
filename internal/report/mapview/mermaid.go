package mapview

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/report"
)

// writeMermaid prints a flowchart: the calls between workloads with their tries, each workload with what is wrong with it.
func writeMermaid(w io.Writer, m *document.Map, opts Options) error {
	m = masked(m, opts)
	g := &graph{Writer: bufio.NewWriter(w), ids: map[finding.Object]string{}, services: servicesOf(m)}
	g.line("flowchart LR")
	for i := range m.Workloads {
		g.workload(&m.Workloads[i])
	}
	for i := range m.Edges {
		g.edge(&m.Edges[i])
	}
	g.line("  classDef two fill:#fde2e1,stroke:#b3261e,stroke-width:3px,color:#3b0907")
	g.line("  classDef gap fill:#fff4d6,stroke:#8a6100,stroke-dasharray:5 3,color:#3d2b00")
	g.line("  classDef one fill:#e3f3e6,stroke:#1e6b34,color:#0c2b15")
	g.line("  classDef outside fill:#eceff4,stroke:#4c566a,color:#1c2230")
	if err := g.Flush(); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}

// graph prints nodes and edges. Errors of writing surface when the buffer is flushed.
type graph struct {
	*bufio.Writer

	ids      map[finding.Object]string
	services map[finding.Object][]finding.Object
}

func (g *graph) line(text string) { _, _ = g.WriteString(text + "\n") }

// id numbers the nodes.
func (g *graph) id(o finding.Object) (id string, known bool) {
	if id, known = g.ids[o]; known {
		return id, true
	}
	id = fmt.Sprintf("n%d", len(g.ids)+1)
	g.ids[o] = id
	return id, false
}

func (g *graph) workload(w *document.Workload) {
	id, known := g.id(w.Object)
	if known {
		return
	}
	var two, gaps []string
	for i := range w.Concerns {
		c := &w.Concerns[i]
		switch {
		case c.Verdict == document.Two:
			two = append(two, c.Concern)
		case c.Verdict == document.Bypassed || c.Gap():
			gaps = append(gaps, c.Concern)
		}
	}
	label, class := quoted(name(&w.Object))+"<br/>mesh: "+quoted(w.Mesh.Mode), "one"
	if len(two) > 0 {
		label += "<br/>✖ two owners: " + strings.Join(two, ", ")
		class = "two"
	}
	if len(gaps) > 0 {
		label += "<br/>○ no owner: " + strings.Join(gaps, ", ")
		if class == "one" {
			class = "gap"
		}
	}
	g.line(fmt.Sprintf("  %s[\"%s\"]:::%s", id, label, class))
}

// edge draws a call to the workloads behind a Service, or to the Service where none is known.
func (g *graph) edge(e *document.Edge) {
	from := g.node(e.From)
	targets := g.services[e.To]
	if len(targets) == 0 {
		targets = []finding.Object{e.To}
	}
	arrow := "-->"
	if max(factors(e, "connect"), factors(e, "server-error")) > 1 {
		arrow = "==>"
	}
	for _, target := range targets {
		g.line(fmt.Sprintf("  %s %s|\"%s\"| %s", from, arrow, quoted("tries "+product(e, "connect", e.Connect)), g.node(target)))
	}
}

// node gives the id of an object, and draws it where it is no workload.
func (g *graph) node(o finding.Object) string {
	id, known := g.id(o)
	if !known {
		g.line(fmt.Sprintf("  %s([\"%s\"]):::outside", id, quoted(name(&o))))
	}
	return id
}

// servicesOf finds the workloads behind each Service by the evidence for their balancing.
func servicesOf(m *document.Map) map[finding.Object][]finding.Object {
	out := map[finding.Object][]finding.Object{}
	for i := range m.Workloads {
		w := &m.Workloads[i]
		for j := range w.Concerns {
			if w.Concerns[j].Concern != "load-balancing" {
				continue
			}
			for _, e := range w.Concerns[j].Evidence {
				if e.Object != nil && e.Object.Kind == "Service" && e.Rule == "" {
					out[*e.Object] = append(out[*e.Object], w.Object)
				}
			}
		}
	}
	return out
}

// quoted makes text safe inside a quoted label.
func quoted(text string) string {
	return strings.NewReplacer("\"", "#quot;", "<", "&lt;", ">", "&gt;", "#", "#35;", ";", "#59;", "`", "'").Replace(report.Clean(text))
}
