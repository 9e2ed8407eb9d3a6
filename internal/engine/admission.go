package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

const (
	packageAdmission = "lib.onelayer.admission"
	kindNamespace    = "/Namespace"
)

// Inventory is what a cluster would sync of documents: data.inventory in Gatekeeper's shape. It copies no document.
func Inventory(documents []*source.Document) ast.Value { return inventory(documents) }

// Review is the input by which a cluster asks about a document that is being created, in Gatekeeper's shape without
// parameters. The namespace is that of the object, nil where it is not known.
func Review(document, namespace ast.Value) ast.Value {
	if namespace == nil {
		namespace = ast.NullValue
	}
	return ast.NewObject(ast.Item(ast.StringTerm("review"), ast.ObjectTerm(
		ast.Item(ast.StringTerm("operation"), ast.StringTerm("CREATE")),
		ast.Item(keyObject, ast.NewTerm(document)),
		ast.Item(ast.StringTerm("oldObject"), ast.NullTerm()),
		ast.Item(ast.StringTerm("namespaceObject"), ast.NewTerm(namespace)),
	)))
}

// ownKind tells whether a group/Kind is one of onelayer's own.
func ownKind(groupKind string) bool { return strings.HasPrefix(groupKind, ownGroup+"/") }

// lookedUp tells whether a document is only there to be looked up: at admission, all of onelayer's kinds but the
// configuration.
func (e *Engine) lookedUp(doc *source.Document) bool {
	return e.options.Admission && ownKind(doc.GroupKind) && doc.GroupKind != kindConfig
}

// reviewed gives the document as the cluster would ask about it.
func (u *unitRun) reviewed(doc *source.Document) *source.Document {
	var namespace ast.Value
	for _, other := range u.Documents {
		if other.GroupKind == kindNamespace && other.Object.Name == doc.Object.Namespace {
			namespace = other.Value
		}
	}
	asked := *doc
	asked.Value = Review(doc.Value, namespace)
	return &asked
}

// admit judges a document as the cluster would, which says nothing about some.
func (w *worker) admit(ctx context.Context, t *task) *verdict {
	asked := t.unit.reviewed(t.doc)
	w.budget.start(w.allowed)
	silent, err := answer(ctx, w.program, ask(packageAdmission+".silent", varAnswer), w.data, asked.Value, w.budget)
	if err != nil {
		return &verdict{problems: []finding.Problem{problem(t.doc, "admission", fmt.Errorf("ask for silence: %w", tooLong(err)))}}
	}
	if silent != nil && silent.Compare(ast.Boolean(true)) == 0 {
		return &verdict{}
	}
	return w.judge(ctx, asked, t.rules, t.declared)
}
