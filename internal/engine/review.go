package engine

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// containerLists are the fields of a pod's spec that hold containers with names.
var containerLists = map[string]bool{"containers": true, "initContainers": true, "ephemeralContainers": true}

// reviewInput is the document by which waivers are held against findings.
func (r *run) reviewInput() ast.Value {
	numbers := map[*source.Document]int{}
	number := func(doc *source.Document) *ast.Term {
		if _, ok := numbers[doc]; !ok {
			numbers[doc] = len(numbers)
		}
		return ast.IntNumberTerm(numbers[doc])
	}
	complete := r.complete()
	waivers := make([]*ast.Term, 0, len(r.waivers))
	for place := range r.waivers {
		waivers = append(waivers, r.waivers[place].term(place, number(r.waivers[place].doc), complete))
	}
	findings := make([]*ast.Term, 0, len(r.placed))
	for i := range r.placed {
		findings = append(findings, r.placed[i].term(number(r.placed[i].doc)))
	}
	rules := ast.NewObject()
	for _, rule := range r.engine.library.Rules() {
		if rule.Group == groupOwn {
			continue
		}
		for _, id := range append([]string{rule.ID}, rule.Aliases...) {
			rules.Insert(ast.StringTerm(id), ast.StringTerm(rule.ID))
		}
	}
	return ast.NewObject(
		ast.Item(keyAPIVersion, ast.StringTerm(source.APIVersion)),
		ast.Item(keyKind, ast.StringTerm("WaiverReview")),
		ast.Item(ast.StringTerm("findings"), ast.ArrayTerm(findings...)),
		ast.Item(ast.StringTerm("waivers"), ast.ArrayTerm(waivers...)),
		ast.Item(ast.StringTerm("rules"), ast.NewTerm(rules)),
		ast.Item(ast.StringTerm("whole"), ast.BooleanTerm(complete && r.whole())),
	)
}

// term is the record as policies read it. They know it by its place in the list, because an object may stand in several
// documents.
func (w *waiverRecord) term(place int, doc *ast.Term, complete bool) *ast.Term {
	as := finding.Object{APIVersion: source.APIVersion, Kind: nameWaiver, Name: strconv.Itoa(place)}
	segments := make([]*ast.Term, 0, len(w.path))
	for _, segment := range w.path {
		segments = append(segments, segmentTerm(segment))
	}
	items := [][2]*ast.Term{
		ast.Item(ast.StringTerm("source"), ast.StringTerm(w.origin)),
		ast.Item(ast.StringTerm("text"), ast.StringTerm(w.text)),
		ast.Item(keyObject, objectTerm(w.object)),
		ast.Item(ast.StringTerm("as"), objectTerm(as)),
		ast.Item(keyPath, ast.ArrayTerm(segments...)),
		ast.Item(ast.StringTerm("file"), ast.StringTerm(w.at.File)),
		ast.Item(ast.StringTerm("line"), ast.IntNumberTerm(w.at.Line)),
		ast.Item(ast.StringTerm("doc"), doc),
		ast.Item(ast.StringTerm("whole"), ast.BooleanTerm(w.whole && complete)),
	}
	if w.origin == originComment {
		items = append(items,
			ast.Item(ast.StringTerm("from"), ast.IntNumberTerm(w.from)),
			ast.Item(ast.StringTerm("to"), ast.IntNumberTerm(w.to)))
	}
	return ast.ObjectTerm(items...)
}

func segmentTerm(segment any) *ast.Term {
	if index, ok := segment.(int); ok {
		return ast.IntNumberTerm(index)
	}
	name, _ := segment.(string)
	return ast.StringTerm(name)
}

func objectTerm(object finding.Object) *ast.Term {
	return ast.ObjectTerm(
		ast.Item(keyAPIVersion, ast.StringTerm(object.APIVersion)),
		ast.Item(keyKind, ast.StringTerm(object.Kind)),
		ast.Item(keyNamespace, ast.StringTerm(object.Namespace)),
		ast.Item(keyName, ast.StringTerm(object.Name)),
	)
}

func (p *placed) term(doc *ast.Term) *ast.Term {
	items := [][2]*ast.Term{
		ast.Item(keyID, ast.StringTerm(p.ID)),
		ast.Item(keySeverity, ast.StringTerm(string(p.Severity))),
		ast.Item(keyObject, objectTerm(p.Object)),
		ast.Item(keyPath, ast.StringTerm(p.Path)),
		ast.Item(ast.StringTerm("file"), ast.StringTerm(p.File)),
		ast.Item(ast.StringTerm("line"), ast.IntNumberTerm(p.Line)),
		ast.Item(ast.StringTerm("doc"), doc),
	}
	if name := container(p.doc.Value, p.path); name != "" {
		items = append(items, ast.Item(ast.StringTerm("container"), ast.StringTerm(name)))
	}
	return ast.ObjectTerm(items...)
}

// container gives the name of the container that a path leads into.
func container(value ast.Value, path source.Path) string {
	for i, segment := range path {
		if name, ok := segment.(string); ok && containerLists[name] && i+1 < len(path) {
			if found, ok := child(child(value, name), path[i+1]).(ast.Object); ok {
				return text(found, keyName)
			}
		}
		value = child(value, segment)
	}
	return ""
}
