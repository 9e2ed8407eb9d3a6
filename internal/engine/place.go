package engine

import (
	"cmp"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// docsRoot is where the page of each rule is published.
const docsRoot = "https://github.com/onelayer/onelayer/blob/main/docs/rules/"

// catalog finds documents of a unit by the object that they hold.
type catalog map[finding.Object][]*source.Document

func newCatalog(documents []*source.Document) catalog {
	byObject := make(catalog, len(documents))
	for _, doc := range documents {
		byObject[doc.Object] = append(byObject[doc.Object], doc)
	}
	return byObject
}

// find gives the document that holds an object, as seen from another document: that document itself, else one of the same
// file, else the first; nil when there is none.
func (c catalog) find(object finding.Object, from *source.Document) *source.Document {
	if object == (finding.Object{}) || object == from.Object {
		return from
	}
	candidates := c[object]
	for _, doc := range candidates {
		if doc.File == from.File {
			return doc
		}
	}
	if len(candidates) > 0 {
		return candidates[0]
	}
	return nil
}

// locate gives the position of a path in a document; without a position of its own it is the document's file.
func locate(doc *source.Document, path source.Path) source.Position {
	if doc.Locator == nil {
		return source.Position{File: doc.File}
	}
	at := doc.Locate(path)
	if at.File == "" {
		at.File = doc.File
	}
	return at
}

// placed is a finding with what is needed to merge and to waive it.
type placed struct {
	finding.Finding

	doc  *source.Document
	path source.Path
	// unit is the one that the finding was made in.
	unit *unitRun
}

// placer turns hits into findings with positions.
type placer struct {
	rules map[string]*policy.Rule
	// several holds the objects that stand in more than one file: their fingerprints need the file.
	several map[finding.Object]bool
}

func newPlacer(rules []*policy.Rule, tree *source.Tree) *placer {
	p := &placer{rules: make(map[string]*policy.Rule, len(rules)), several: map[finding.Object]bool{}}
	for _, rule := range rules {
		p.rules[rule.ID] = rule
	}
	files := map[finding.Object]string{}
	for _, unit := range tree.Units {
		for _, doc := range unit.Documents {
			if file, seen := files[doc.Object]; seen && file != doc.File {
				p.several[doc.Object] = true
			}
			files[doc.Object] = doc.File
		}
	}
	return p
}

func (p *placer) place(h hit, doc *source.Document, objects catalog) placed {
	target := objects.find(h.object, doc)
	if target == nil {
		target = doc
	}
	path := parseOrEmpty(h.path)
	at := locate(target, path)
	out := placed{doc: target, path: path, Finding: finding.Finding{
		ID: h.id, Severity: finding.Severity(h.severity), Msg: h.msg, Root: h.root,
		File: at.File, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn,
		Object: h.object, Path: h.path, Docs: docsRoot + h.id + ".md",
		Evidence: make([]finding.Evidence, 0, len(h.evidence)),
		Related:  make([]finding.Related, 0, len(h.related)),
	}}
	if rule := p.rules[h.id]; rule != nil {
		out.Remediation = rule.Remediation.Default
		if out.Severity.Rank() == 0 {
			out.Severity = rule.Severity
		}
	}
	for _, s := range h.evidence {
		out.Evidence = append(out.Evidence, evidence(s, target))
	}
	for _, s := range h.related {
		out.Related = append(out.Related, related(s, target, objects))
	}
	out.Fingerprint = fingerprint(h.id, target, h.object, path, p.several[h.object])
	return out
}

// parseOrEmpty reads a path; one that no policy should have written addresses the whole document.
func parseOrEmpty(text string) source.Path {
	path, err := ParsePath(text)
	if err != nil {
		return nil
	}
	return path
}

// evidence places a step in the finding's object. A step without a path is a mere note.
func evidence(s step, doc *source.Document) finding.Evidence {
	if s.path == "" {
		return finding.Evidence{Note: s.note}
	}
	at := locate(doc, parseOrEmpty(s.path))
	return finding.Evidence{File: at.File, Line: at.Line, Path: s.path, Note: s.note}
}

// related places a step in the object that it names, or in the finding's object when it names none but a path.
func related(s step, doc *source.Document, objects catalog) finding.Related {
	out := finding.Related{Object: s.object, Path: s.path, Note: s.note}
	target := doc
	if s.object != nil {
		target = objects.find(*s.object, doc)
	} else if s.path == "" {
		target = nil
	}
	if target != nil {
		at := locate(target, parseOrEmpty(s.path))
		out.File, out.Line = at.File, at.Line
	}
	return out
}

// identity is what makes two findings one.
type identity struct {
	id, path string
	doc      *source.Document
	object   finding.Object
}

// group is a finding with the related places that it has already, once there is anything to merge.
type group struct {
	placed

	seen map[relatedKey]bool
}

type relatedKey struct {
	object           finding.Object
	file, path, note string
	line             int
}

// merge makes one finding of those that say the same about the same place: the most severe one stays, with the related
// places of all. Input order decides between equals.
func merge(all []placed) []placed {
	index := make(map[identity]*group, len(all))
	groups := make([]*group, 0, len(all))
	for _, next := range all {
		key := identity{next.ID, next.Path, next.doc, next.Object}
		if g := index[key]; g != nil {
			g.take(next)
			continue
		}
		index[key] = &group{placed: next}
		groups = append(groups, index[key])
	}
	merged := make([]placed, 0, len(groups))
	for _, g := range groups {
		merged = append(merged, g.placed)
	}
	return merged
}

func (g *group) take(next placed) {
	if g.seen == nil {
		g.seen = map[relatedKey]bool{}
		g.add(g.cutRelated())
	}
	related := next.Related
	if next.Severity.Rank() > g.Severity.Rank() {
		next.Related = g.Related
		g.placed = next
	}
	g.add(related)
}

// cutRelated takes the related places out, to add them again without repetition.
func (g *group) cutRelated() []finding.Related {
	related := g.Related
	g.Related = make([]finding.Related, 0, len(related))
	return related
}

func (g *group) add(related []finding.Related) {
	for _, r := range related {
		key := relatedKey{file: r.File, path: r.Path, note: r.Note, line: r.Line}
		if r.Object != nil {
			key.object = *r.Object
		}
		if !g.seen[key] {
			g.seen[key] = true
			g.Related = append(g.Related, r)
		}
	}
}

// order sorts findings by file, line, column and id; path and object make the order total.
func order(a, b *finding.Finding) int {
	return cmp.Or(
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.Path, b.Path),
		strings.Compare(a.Object.Name, b.Object.Name),
		strings.Compare(a.Msg, b.Msg),
	)
}
