package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

const (
	// kindReview is the kind of the input by which waivers are held against findings, nameWaiver that of a waiver in it.
	kindReview = ownGroup + "/WaiverReview"
	nameWaiver = "Waiver"

	// annotationWaiver is the annotation that holds waivers. Only its key spelled out is found.
	annotationWaiver = "onelayer.dev/ignore"

	originAnnotation = "annotation"
	originComment    = "comment"
	originConfig     = "config"
)

// waiverRecord is a waiver as it was found, before the policies read it.
type waiverRecord struct {
	origin, text string
	object       finding.Object
	path         source.Path
	at           source.Position
	from, to     int
	doc          *source.Document
	whole        bool
}

// holds tells whether the configuration says anything under a key.
func holds(config ast.Value, key string) bool {
	object, ok := config.(ast.Object)
	return ok && object.Get(ast.StringTerm(key)) != nil
}

// mayDeclare tells whether a document may hold waivers in its annotations.
func mayDeclare(doc *source.Document) bool {
	if strings.HasPrefix(doc.GroupKind, ownGroup+"/") {
		return false
	}
	return doc.Raw == nil || bytes.Contains(doc.Raw, []byte(annotationWaiver))
}

// declaredWaiver reads a record that the policies found in the annotations of a document.
func declaredWaiver(value ast.Value, doc *source.Document, whole bool) waiverRecord {
	record := waiverRecord{origin: originAnnotation, object: doc.Object, doc: doc, whole: whole}
	object, ok := value.(ast.Object)
	if !ok {
		return record
	}
	record.text = text(object, ast.StringTerm("text"))
	if ref := readObject(object); ref != nil {
		record.object = *ref
	}
	record.path = parseOrEmpty(readPath(object))
	record.at = locate(doc, record.path)
	return record
}

// commentWaiver makes the record of a comment. The comment counts as an object of its own.
func commentWaiver(comment source.Comment, whole bool) waiverRecord {
	at := source.Position{File: comment.File, Line: comment.Line, Column: 1}
	object := finding.Object{
		APIVersion: source.APIVersion, Kind: nameWaiver, Name: comment.File + ":" + strconv.Itoa(comment.Line),
	}
	doc := &source.Document{GroupKind: ownGroup + "/" + nameWaiver, Object: object, File: comment.File, Locator: fixed(at)}
	return waiverRecord{
		origin: originComment, text: comment.Text, object: object, at: at, from: comment.From, to: comment.To, doc: doc, whole: whole,
	}
}

// fixed is the locator of something that stands in one place.
type fixed source.Position

// Locate gives the place, whatever the path.
func (f fixed) Locate(source.Path) source.Position { return source.Position(f) }

// review holds the findings against all waivers: policies decide which finding is covered and which waiver has expired,
// covers nothing or cannot be read.
func (r *run) review(ctx context.Context) error {
	r.comments()
	if !r.reviews || len(r.waivers) == 0 && !holds(r.engine.config, "waivers") {
		return nil
	}
	data := newUnitData(r.engine.config, r.whole(), func() ast.Value { return ast.NewObject() })
	doc := &source.Document{GroupKind: kindReview, Value: r.reviewInput()}
	w := newWorker(r.program, reviewShare*r.engine.options.Budget)
	w.data = data
	done := make(chan struct{})
	defer close(done)
	go watch(ctx, []*budget{w.budget}, done)

	w.budget.start(w.allowed)
	covered, err := answer(ctx, r.program, ask(packageExempt+".covered", varAnswer), data, doc.Value, w.budget)
	if err == nil {
		rules, _ := r.program.choose(doc, nil, nil)
		rules.intersect(&r.on)
		audit := w.judge(ctx, doc, rules, false)
		r.problems = append(r.problems, audit.problems...)
		r.cover(covered)
		r.audit(audit.hits, doc)
	} else if ctx.Err() == nil {
		r.problems = append(r.problems, finding.Problem{Msg: fmt.Sprintf("apply waivers: %v", tooLong(err))})
	}
	if ctx.Err() != nil {
		return fmt.Errorf("apply waivers: %w", ctx.Err())
	}
	return nil
}

// reviewShare is how many times the budget of a document the review of all waivers may take.
const reviewShare = 6

// comments adds the waivers that stand in comments.
func (r *run) comments() {
	wholes := map[string]bool{}
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			wholes[doc.File] = unit.Whole
		}
	}
	all := r.whole()
	for _, comment := range r.tree.Comments {
		whole, known := wholes[comment.File]
		r.waivers = append(r.waivers, commentWaiver(comment, whole || !known && all))
	}
}

// whole tells that every unit was given completely.
func (r *run) whole() bool {
	return !slices.ContainsFunc(r.tree.Units, func(u *source.Unit) bool {
		config := func(d *source.Document) bool { return d.GroupKind == kindConfig }
		return !u.Whole && slices.ContainsFunc(u.Documents, func(d *source.Document) bool { return !config(d) })
	})
}

// complete tells that every rule was asked and answered, so that a waiver that covers nothing is left over.
func (r *run) complete() bool {
	options := r.engine.options
	return len(options.Select) == 0 && len(options.Ignore) == 0 && len(r.problems) == 0
}

// cover moves the findings that a waiver covers out of the findings.
func (r *run) cover(covered ast.Value) {
	object, ok := covered.(ast.Object)
	if !ok {
		return
	}
	kept := r.placed[:0:0]
	for i, p := range r.placed {
		term := object.Get(ast.IntNumberTerm(i))
		if term == nil {
			kept = append(kept, p)
			continue
		}
		if waiver, ok := term.Value.(ast.Object); ok {
			r.waived = append(r.waived, finding.Waived{Finding: p.Finding, Waiver: r.waiver(waiver)})
		}
	}
	r.placed = kept
}

// waiver reads the waiver that covers a finding and says where it stands.
func (r *run) waiver(object ast.Object) finding.Waiver {
	origin := text(object, ast.StringTerm("source"))
	at := source.Position{File: text(object, ast.StringTerm("file")), Line: number(object, "line")}
	if origin == originConfig {
		at = r.configPosition(parseOrEmpty(readPath(object)))
	}
	return finding.Waiver{
		Reason: text(object, ast.StringTerm("reason")),
		Owner:  text(object, ast.StringTerm("owner")),
		Until:  text(object, ast.StringTerm("until")),
		Source: strings.TrimSpace(origin + " " + placeText(at)),
	}
}

func number(object ast.Object, key string) int {
	if term := object.Get(ast.StringTerm(key)); term != nil {
		if n, ok := term.Value.(ast.Number); ok {
			i, _ := n.Int()
			return i
		}
	}
	return 0
}

func placeText(at source.Position) string {
	if at.File == "" || at.Line == 0 {
		return at.File
	}
	return at.File + ":" + strconv.Itoa(at.Line)
}

func (r *run) configPosition(path source.Path) source.Position {
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			if doc.GroupKind == kindConfig {
				return locate(doc, path)
			}
		}
	}
	return source.Position{}
}

// audit adds what the policies say about the waivers themselves.
func (r *run) audit(hits []hit, review *source.Document) {
	var configs []*source.Document
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			if doc.GroupKind == kindConfig {
				configs = append(configs, doc)
			}
		}
	}
	objects := newCatalog(configs)
	for _, h := range hits {
		if record := r.record(h.object); record != nil {
			r.placed = append(r.placed, r.placer.placeWaiver(h, record))
		} else {
			r.placed = append(r.placed, r.placer.place(h, review, objects))
		}
	}
	r.placed = merge(r.placed)
	r.sort()
}

// record finds the waiver that policies know by its place in the review.
func (r *run) record(object finding.Object) *waiverRecord {
	if object.APIVersion != source.APIVersion || object.Kind != nameWaiver {
		return nil
	}
	place, err := strconv.Atoi(object.Name)
	if err != nil || place < 0 || place >= len(r.waivers) {
		return nil
	}
	return &r.waivers[place]
}

// placeWaiver places what a policy says about a waiver where the waiver stands. Two waivers in one annotation are two.
func (p *placer) placeWaiver(h hit, record *waiverRecord) placed {
	h.object = record.object
	doc := &source.Document{Object: record.object, File: record.at.File, Locator: fixed(record.at)}
	out := p.place(h, doc, nil)
	out.Fingerprint = fingerprint(h.id+" "+record.text, doc, record.object, record.path, true)
	return out
}
