// Package claims makes the responsibility map: it asks the policies who owns what and places their evidence in files.
//
// It owns the way from the claims of the policies to the map document. It must make no verdict of its own and must not know
// how a map is shown.
package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// Of makes the map of a tree.
func Of(ctx context.Context, e *engine.Engine, tree *source.Tree) (*document.Map, error) {
	survey, err := e.Survey(ctx, tree)
	if err != nil {
		return nil, err
	}
	return From(survey)
}

// From makes the map of a survey.
func From(survey *engine.Survey) (*document.Map, error) {
	m := document.New()
	m.Errors = append(m.Errors, survey.Report.Errors...)
	m.Notices = survey.Report.Notices
	for i := range survey.Workloads {
		if err := add(m, &survey.Workloads[i]); err != nil {
			return nil, err
		}
	}
	sortMap(m)
	m.Count()
	return m, nil
}

// claimed is a workload as the policies describe it.
type claimed struct {
	Object   finding.Object      `json:"object"`
	Mesh     document.Membership `json:"mesh"`
	Concerns []claimedConcern    `json:"concerns"`
	Edges    []claimedEdge       `json:"edges"`
}

type claimedConcern struct {
	document.Concern

	Evidence []step `json:"evidence"`
}

type claimedEdge struct {
	From        finding.Object `json:"from"`
	To          finding.Object `json:"to"`
	Layers      []tries        `json:"layers"`
	Connect     int            `json:"connect"`
	ServerError int            `json:"server_error"`
	Certain     bool           `json:"certain"`
	BoundMs     *float64       `json:"bound_ms"`
	Evidence    []step         `json:"evidence"`
}

// step is a piece of evidence: a path in an object, or a place that is known already.
type step struct {
	Layer  string          `json:"layer"`
	Object *finding.Object `json:"object"`
	Path   any             `json:"path"`
	Note   string          `json:"note"`
	Rule   string          `json:"rule"`
	File   string          `json:"file"`
	Line   int             `json:"line"`
}

type tries struct {
	step

	Tries   int      `json:"tries"`
	Classes []string `json:"classes"`
}

// add takes the claims about one document into the map.
func add(m *document.Map, s *engine.Surveyed) error {
	value, err := ast.JSON(s.Value)
	if err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	var list []claimed
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	for i := range list {
		m.Workloads = append(m.Workloads, workload(s, &list[i]))
		for j := range list[i].Edges {
			m.Edges = append(m.Edges, edge(s, &list[i].Edges[j]))
		}
	}
	return nil
}

func workload(s *engine.Surveyed, c *claimed) document.Workload {
	at := s.Place(c.Object, "")
	w := document.Workload{
		Object: c.Object, File: at.File, Line: at.Line, Mesh: c.Mesh, Concerns: make([]document.Concern, 0, len(c.Concerns)),
	}
	for i := range c.Concerns {
		row := c.Concerns[i].Concern
		row.Evidence = placeAll(s, c.Concerns[i].Evidence)
		w.Concerns = append(w.Concerns, row)
	}
	return w
}

func edge(s *engine.Surveyed, c *claimedEdge) document.Edge {
	out := document.Edge{
		From: c.From, To: c.To, Layers: make([]document.Tries, 0, len(c.Layers)), Connect: c.Connect, ServerError: c.ServerError,
		Certain: c.Certain, BoundMs: c.BoundMs, Evidence: placeAll(s, c.Evidence),
	}
	for i := range c.Layers {
		layer := &c.Layers[i]
		out.Layers = append(out.Layers, document.Tries{Tries: layer.Tries, Classes: layer.Classes, Evidence: place(s, &layer.step)})
	}
	return out
}

// placeAll places evidence, each piece once.
func placeAll(s *engine.Surveyed, steps []step) []document.Evidence {
	out := make([]document.Evidence, 0, len(steps))
	for i := range steps {
		next := place(s, &steps[i])
		if !slices.ContainsFunc(out, func(e document.Evidence) bool { return same(&e, &next) }) {
			out = append(out, next)
		}
	}
	return out
}

func same(a, b *document.Evidence) bool {
	return a.Layer == b.Layer && a.File == b.File && a.Line == b.Line && a.Path == b.Path && a.Note == b.Note && a.Rule == b.Rule
}

func place(s *engine.Surveyed, st *step) document.Evidence {
	out := document.Evidence{
		Layer: st.Layer, File: st.File, Line: st.Line, Object: st.Object, Note: st.Note, Rule: st.Rule, Path: pathText(st.Path),
	}
	if st.File == "" && st.Object != nil {
		at := s.Place(*st.Object, out.Path)
		out.File, out.Line = at.File, at.Line
	}
	return out
}

// pathText writes the path of a claim, a list of segments, as findings write theirs.
func pathText(path any) string {
	segments, ok := path.([]any)
	if !ok {
		text, _ := path.(string)
		return text
	}
	out := make(source.Path, 0, len(segments))
	for _, segment := range segments {
		if index, ok := segment.(float64); ok {
			out = append(out, int(index))
		} else {
			out = append(out, segment)
		}
	}
	return engine.RenderPath(out)
}

// sortMap orders workloads by namespace, name, kind and file; duplicates of overlays stand beside each other. Of several
// calls from one object to another one stays for each count of tries.
func sortMap(m *document.Map) {
	slices.SortStableFunc(m.Workloads, func(a, b document.Workload) int {
		return strings.Compare(order(&a.Object)+"\x00"+a.File, order(&b.Object)+"\x00"+b.File)
	})
	slices.SortStableFunc(m.Edges, func(a, b document.Edge) int {
		return strings.Compare(order(&a.From)+"\x00"+order(&a.To), order(&b.From)+"\x00"+order(&b.To))
	})
	m.Edges = slices.CompactFunc(m.Edges, func(a, b document.Edge) bool {
		return a.From == b.From && a.To == b.To && a.Connect == b.Connect && a.ServerError == b.ServerError
	})
}

func order(o *finding.Object) string {
	return strings.Join([]string{o.Namespace, o.Name, o.Kind}, "\x00")
}
