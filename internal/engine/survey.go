package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

const (
	packageClaims   = "lib.onelayer.claims"
	packageWorkload = "lib.onelayer.workload"

	// surveyShare is how many times the budget of a document the claims of one workload may take.
	surveyShare = 2
)

// Survey is what a library says about who owns what, beside the findings that it rests on.
type Survey struct {
	Report    *finding.Report
	Workloads []Surveyed
}

// Surveyed is a document with the claims about its workloads, as the policies gave them.
type Surveyed struct {
	Document *source.Document
	Value    ast.Value

	objects catalog
}

// Place gives the position of a path in an object, as seen from the surveyed document; the zero position where the object
// is not in the input.
func (s *Surveyed) Place(object finding.Object, path string) source.Position {
	target := s.objects.find(object, s.Document)
	if target == nil {
		return source.Position{}
	}
	return locate(target, parseOrEmpty(path))
}

// Survey judges a tree as Run does and then asks the library for the claims about each workload. A workload whose claims
// cannot be computed is a problem of the report.
func (e *Engine) Survey(ctx context.Context, tree *source.Tree) (*Survey, error) {
	r := &run{engine: e, tree: tree, problems: slices.Clone(tree.Problems), surveys: true}
	report, err := r.all(ctx)
	if err != nil {
		return nil, err
	}
	s := &survey{run: r}
	if err := s.list(ctx); err != nil {
		return nil, err
	}
	if err := s.ask(ctx); err != nil {
		return nil, err
	}
	workloads := s.answered()
	report.Errors = append(report.Errors, s.problems...)
	return &Survey{Report: report, Workloads: workloads}, nil
}

// survey is the state of one call of Survey.
type survey struct {
	*run
	asked    []surveyTask
	problems []finding.Problem
}

type surveyTask struct {
	unit  *unitRun
	doc   *source.Document
	value ast.Value
	err   error
}

// list finds the workloads and gives each unit what its claims look up.
func (s *survey) list(ctx context.Context) error {
	kinds, err := s.workloadKinds(ctx)
	if err != nil {
		return err
	}
	guard := &budget{}
	done := make(chan struct{})
	defer close(done)
	go watch(ctx, []*budget{guard}, done)
	for _, u := range s.units {
		before := len(s.asked)
		for _, doc := range u.Documents {
			if doc.Value != nil && !doc.Patch && kinds[doc.GroupKind] {
				s.asked = append(s.asked, surveyTask{unit: u, doc: doc})
			}
		}
		if len(s.asked) == before {
			continue
		}
		u.data.surveyed = ast.NewObject(ast.Item(ast.StringTerm("findings"), s.findings(u)))
		guard.start(prepareShare * s.engine.options.Budget)
		places, err := answer(ctx, s.program, ask(packageClaims+".computed", varAnswer), u.data, nil, guard)
		if ctx.Err() != nil {
			return fmt.Errorf("prepare claims: %w", ctx.Err())
		}
		if err != nil || places == nil {
			s.problems = append(s.problems, finding.Problem{File: u.Root, Msg: fmt.Sprintf("prepare claims: %v", tooLong(err))})
			places = ast.NewObject()
		}
		u.data.surveyed.(ast.Object).Insert(ast.StringTerm("places"), ast.NewTerm(places))
	}
	return nil
}

// workloadKinds asks the library what makes Pods.
func (s *survey) workloadKinds(ctx context.Context) (map[string]bool, error) {
	data := newUnitData(s.engine.config, false, func() ast.Value { return ast.NewObject() })
	value, err := answer(ctx, s.program, ask(packageWorkload+".kinds", varAnswer), data, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("read kinds of workloads: %w", err)
	}
	kinds := map[string]bool{}
	for _, term := range elements(ast.NewTerm(value)) {
		if kind, ok := term.Value.(ast.String); ok {
			kinds[string(kind)] = true
		}
	}
	return kinds, nil
}

// findings gives what was found in a unit, waived or not, by the objects that it concerns.
func (s *survey) findings(u *unitRun) *ast.Term {
	rules := map[string][2]*ast.Term{}
	for _, rule := range s.engine.library.Rules() {
		if len(rule.Concerns) > 0 {
			rules[rule.ID] = [2]*ast.Term{texts(rule.Concerns), texts(rule.Layers)}
		}
	}
	byKey := map[string][]*ast.Term{}
	for i := range s.found {
		p := &s.found[i]
		about, known := rules[p.ID]
		if !known || p.unit != u {
			continue
		}
		own := findingKey(&p.Object)
		byKey[own] = append(byKey[own], foundTerm(&p.Finding, about, true))
		seen := map[string]bool{own: true}
		for _, related := range p.Related {
			if related.Object == nil || seen[findingKey(related.Object)] {
				continue
			}
			key := findingKey(related.Object)
			seen[key] = true
			byKey[key] = append(byKey[key], foundTerm(&p.Finding, about, false))
		}
	}
	out := ast.NewObject()
	for key, found := range byKey {
		out.Insert(ast.StringTerm(key), ast.ArrayTerm(found...))
	}
	return ast.NewTerm(out)
}

func findingKey(o *finding.Object) string {
	return strings.Join([]string{o.APIVersion, o.Kind, o.Namespace, o.Name}, "|")
}

// foundTerm is a finding as the claims read it; direct tells that it is known under its own object.
func foundTerm(f *finding.Finding, about [2]*ast.Term, direct bool) *ast.Term {
	note := strings.TrimPrefix(strings.TrimPrefix(f.Msg, f.ID), ": ")
	return ast.ObjectTerm(
		ast.Item(ast.StringTerm("id"), ast.StringTerm(f.ID)),
		ast.Item(ast.StringTerm("concerns"), about[0]),
		ast.Item(ast.StringTerm("layers"), about[1]),
		ast.Item(ast.StringTerm("direct"), ast.BooleanTerm(direct)),
		ast.Item(ast.StringTerm("path"), ast.StringTerm(f.Path)),
		ast.Item(ast.StringTerm("note"), ast.StringTerm(note)),
		ast.Item(ast.StringTerm("file"), ast.StringTerm(f.File)),
		ast.Item(ast.StringTerm("line"), ast.IntNumberTerm(f.Line)),
		ast.Item(ast.StringTerm("object"), ast.ObjectTerm(
			ast.Item(keyAPIVersion, ast.StringTerm(f.Object.APIVersion)),
			ast.Item(keyKind, ast.StringTerm(f.Object.Kind)),
			ast.Item(keyNamespace, ast.StringTerm(f.Object.Namespace)),
			ast.Item(keyName, ast.StringTerm(f.Object.Name)),
		)),
	)
}

func texts(list []string) *ast.Term {
	terms := make([]*ast.Term, len(list))
	for i, text := range list {
		terms[i] = ast.StringTerm(text)
	}
	return ast.ArrayTerm(terms...)
}

// ask evaluates the claims of all workloads, each worker writing its own tasks only.
func (s *survey) ask(ctx context.Context) error {
	err := s.share(ctx, len(s.asked), 1, surveyShare*s.engine.options.Budget, func(w *worker, from, _ int) {
		t := &s.asked[from]
		t.value, t.err = w.claims(ctx, t)
	})
	if err != nil {
		return fmt.Errorf("evaluate claims: %w", err)
	}
	return nil
}

// claims asks for the claims about one document.
func (w *worker) claims(ctx context.Context, t *surveyTask) (value ast.Value, err error) {
	defer recovered(&err)
	w.budget.start(w.allowed)
	w.data = t.unit.data
	w.memo.next(w.data)
	query := newQuery(w.program.compiler, ast.NewBody(ask(packageClaims+".workloads", varAnswer)), w.data, w.budget).
		WithVirtualCache(w.memo).WithInput(ast.NewTerm(t.doc.Value))
	err = query.Iter(ctx, func(result topdown.QueryResult) error {
		if term := result[varAnswer]; term != nil {
			value = term.Value
		}
		return nil
	})
	return value, err
}

// answered gives the answers in the order of the input, and turns failures into problems.
func (s *survey) answered() []Surveyed {
	out := make([]Surveyed, 0, len(s.asked))
	for i := range s.asked {
		t := &s.asked[i]
		if t.err != nil {
			s.problems = append(s.problems, problem(t.doc, packageClaims, t.err))
			continue
		}
		if t.value != nil {
			out = append(out, Surveyed{Document: t.doc, Value: t.value, objects: t.unit.objects})
		}
	}
	return out
}
