// Package engine judges documents with policies: it compiles what the kinds at hand need, evaluates one query per document,
// places what the policies found in files, and lets waivers cover findings.
//
// It owns evaluation: dispatch by kind, gating by literals, the data that policies read beside the input, time budgets, the
// order of findings and their fingerprints. It must make no verdict of its own and must not know how files are read, what
// a rule is about or how a report is printed.
package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// DefaultBudget is the time that the evaluation of one document may take.
const DefaultBudget = 10 * time.Second

// Library is what the engine needs of a policy library.
type Library interface {
	// Rules lists the rules ordered by id.
	Rules() []*policy.Rule
	// Modules gives the modules of the rules and packages named, with all that they import.
	Modules(names ...string) ([]*ast.Module, error)
}

// Options narrow and bound a run. The zero value judges everything with the default budget.
type Options struct {
	// Select and Ignore are ids or patterns such as process/*. No Select means all rules.
	Select, Ignore []string
	// Budget is the time that the evaluation of one document may take; 0 means DefaultBudget.
	Budget time.Duration
	// Workers is how many documents are evaluated at the same time; 0 means as many as there are processors.
	Workers int
}

// Engine judges trees of documents. It is safe for concurrent use.
type Engine struct {
	library Library
	rules   []*policy.Rule
	config  ast.Value
	options Options
	// gating can be switched off in tests, to prove that it changes no finding.
	gating bool
}

// New makes an engine that judges with the rules of a library. The configuration is the document that policies read at
// data.lib.onelayer.config; nil means none. New fails on a pattern that matches no rule.
func New(library Library, config ast.Value, options Options) (*Engine, error) {
	rules, err := chosen(library.Rules(), options.Select, options.Ignore)
	if err != nil {
		return nil, err
	}
	if config == nil {
		config = ast.NewObject()
	}
	if options.Budget <= 0 {
		options.Budget = DefaultBudget
	}
	if options.Workers <= 0 {
		options.Workers = runtime.GOMAXPROCS(0)
	}
	return &Engine{library: library, rules: rules, config: config, options: options, gating: true}, nil
}

// Run judges every document of a tree. A rule that fails on a document, or takes too long, is a problem of the report and
// costs no other finding. Run itself fails only if the policies do not compile or ctx ends.
func (e *Engine) Run(ctx context.Context, tree *source.Tree) (*finding.Report, error) {
	r := &run{engine: e, tree: tree, problems: slices.Clone(tree.Problems)}
	if err := r.compile(ctx); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if err := r.evaluate(ctx); err != nil {
		return nil, err
	}
	r.place()
	if err := r.review(ctx); err != nil {
		return nil, err
	}
	return r.report(), nil
}

// run is the state of one call of Run.
type run struct {
	engine  *Engine
	tree    *source.Tree
	program *program
	units   []*unitRun
	tasks   []task
	placer  *placer
	// placed are the findings, merged and in order.
	placed   []placed
	waivers  []waiverRecord
	waived   []finding.Waived
	problems []finding.Problem
	// review tells that waivers may stand in the input or the configuration.
	reviews bool
}

// unitRun is a unit with the data that its policies read.
type unitRun struct {
	*source.Unit

	data    *unitData
	objects catalog
	// joined tells that the unit holds images, so that a document's own text says nothing about what it runs.
	joined bool
}

// task is the evaluation of one document.
type task struct {
	unit     *unitRun
	doc      *source.Document
	rules    ruleSet
	declared bool
	verdict  *verdict
}

// compile builds the program for the kinds of the tree and lists the documents that any rule concerns.
func (r *run) compile(ctx context.Context) error {
	kinds := map[string]bool{}
	r.reviews = len(r.tree.Comments) > 0 || configured(r.engine.config)
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			if doc.Value != nil {
				kinds[doc.GroupKind] = true
				r.reviews = r.reviews || mayDeclare(doc)
			}
		}
	}
	if r.reviews {
		kinds[kindReview] = true
	}
	program, err := r.engine.build(kinds, r.reviews)
	if err != nil {
		return err
	}
	r.program = program
	r.reviews = r.reviews && program.loaded[packageExempt]
	return r.program.disable(ctx, r.engine.config)
}

// prepare gives every unit its data, and computes once per unit what look-ups by key need.
func (r *run) prepare(ctx context.Context) error {
	guard := &budget{}
	done := make(chan struct{})
	defer close(done)
	go watch(ctx, []*budget{guard}, done)
	for _, unit := range r.tree.Units {
		u := &unitRun{Unit: unit, objects: newCatalog(unit.Documents)}
		u.data = newUnitData(r.engine.config, unit.Whole, func() ast.Value { return inventory(unit.Documents) })
		u.joined = slices.ContainsFunc(unit.Documents, func(d *source.Document) bool { return d.GroupKind == kindImage })
		r.units = append(r.units, u)
		if !r.list(u) || !r.program.loaded[packageInventory] {
			continue
		}
		guard.start(prepareShare * r.engine.options.Budget)
		expr := ask(packageInventory+".computed", varAnswer)
		prepared, err := answer(ctx, r.program, expr, u.data, nil, guard)
		if ctx.Err() != nil {
			return fmt.Errorf("prepare inventory: %w", ctx.Err())
		}
		if err != nil {
			prepared = ast.NewObject()
			r.problems = append(r.problems, finding.Problem{File: unit.Root, Msg: fmt.Sprintf("prepare inventory: %v", tooLong(err))})
		}
		u.data.prepared = prepared
	}
	return nil
}

// prepareShare is how many times the budget of a document the preparation of a unit may take.
const prepareShare = 6

// list adds the tasks of a unit; it tells whether there are any.
func (r *run) list(u *unitRun) bool {
	before := len(r.tasks)
	for _, doc := range u.Documents {
		if doc.Value == nil || doc.GroupKind == kindReview {
			continue
		}
		declared := r.reviews && mayDeclare(doc)
		rules, any := r.program.choose(doc, r.engine.gating && !u.joined)
		if any || declared {
			r.tasks = append(r.tasks, task{unit: u, doc: doc, rules: rules, declared: declared})
		}
	}
	return len(r.tasks) > before
}

// place turns what the policies found into findings with positions, in order.
func (r *run) place() {
	r.placer = newPlacer(r.engine.library.Rules(), r.tree)
	var all []placed
	for i := range r.tasks {
		t := &r.tasks[i]
		if t.verdict == nil {
			continue
		}
		r.problems = append(r.problems, t.verdict.problems...)
		for _, h := range t.verdict.hits {
			all = append(all, r.placer.place(h, t.doc, t.unit.objects))
		}
		for _, value := range t.verdict.declared {
			r.waivers = append(r.waivers, declaredWaiver(value, t.doc, t.unit.Whole))
		}
	}
	r.placed = merge(all)
	r.sort()
}

func (r *run) sort() {
	slices.SortStableFunc(r.placed, func(a, b placed) int { return order(&a.Finding, &b.Finding) })
}

// report assembles the outcome.
func (r *run) report() *finding.Report {
	report := &finding.Report{
		Schema:   finding.SchemaReport,
		Findings: make([]finding.Finding, 0, len(r.placed)),
		Waived:   append([]finding.Waived{}, r.waived...),
		Errors:   append([]finding.Problem{}, r.problems...),
		Notices:  r.tree.Notices,
	}
	for _, p := range r.placed {
		report.Findings = append(report.Findings, p.Finding)
		switch p.Severity {
		case finding.Error:
			report.Summary.Error++
		case finding.Warning:
			report.Summary.Warning++
		default:
			report.Summary.Info++
		}
	}
	report.Summary.Waived = len(report.Waived)
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			if doc.GroupKind != kindConfig {
				report.Summary.Documents++
			}
		}
	}
	return report
}
