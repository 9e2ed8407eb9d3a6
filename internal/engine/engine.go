// Package engine judges documents with policies: it compiles what the kinds at hand need, evaluates one query per document,
// places what the policies found in files, and lets waivers cover findings.
//
// It owns evaluation: dispatch by kind, gating by literals, the data that policies read beside the input, time budgets, the
// order of findings and their fingerprints. It must make no verdict of its own and must not know how files are read, what
// a rule is about or how a report is printed.
package engine

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
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
	// Files gives the files that Modules would parse.
	Files(names ...string) ([]string, error)
	// Gates lists the shared rules that are empty in most documents.
	Gates() []policy.Gate
}

// Options narrow and bound a run. The zero value judges everything with the default budget.
type Options struct {
	// Select and Ignore are ids or patterns such as process/*. No Select means all rules.
	Select, Ignore []string
	// Budget is the time that the evaluation of one document may take; 0 means DefaultBudget.
	Budget time.Duration
	// Workers is how many documents are evaluated at the same time; 0 means as many as there are processors.
	Workers int
	// Admission judges each object as a cluster would when it is created: by itself, with what else is known to look up.
	Admission bool
	// Compiled stands for the library, so that nothing is parsed and compiled; nil compiles.
	Compiled *snapshot.Library
	// Verified says that the library has passed every check of the compiler before, as the one in the binary has.
	Verified bool
}

// Engine judges trees of documents. It is safe for concurrent use.
type Engine struct {
	library Library
	rules   []*policy.Rule
	config  ast.Value
	options Options
	// gating and memory can be switched off in tests, to prove that they change no finding.
	gating, memory bool
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
	return &Engine{library: library, rules: rules, config: config, options: options, gating: true, memory: true}, nil
}

// Run judges every document of a tree. A rule that fails on a document, or takes too long, is a problem of the report and
// costs no other finding. Run itself fails only if the policies do not compile or ctx ends.
func (e *Engine) Run(ctx context.Context, tree *source.Tree) (*finding.Report, error) {
	r := &run{engine: e, tree: tree, problems: slices.Clone(tree.Problems)}
	return r.all(ctx)
}

// all goes through the steps of a run.
func (r *run) all(ctx context.Context) (*finding.Report, error) {
	for _, step := range []func(context.Context) error{r.plan, r.compile, r.prepare, r.evaluate} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	r.place()
	if r.surveys {
		r.found = slices.Clone(r.placed)
	}
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
	// reviews tells that waivers may stand in the input or the configuration.
	reviews bool
	// on are the rules that are needed and switched on.
	on ruleSet
	// surveys tells that the claims are asked for as well; found are all findings then, waived or not.
	surveys bool
	found   []placed
}

// unitRun is a unit with the data that its policies read.
type unitRun struct {
	*source.Unit

	data    *unitData
	objects catalog
	// joined knows the images of the unit.
	joined joined
	// problems are what preparing look-ups met, under lock.
	lock     sync.Mutex
	problems []finding.Problem
}

// task is the evaluation of one document.
type task struct {
	unit     *unitRun
	doc      *source.Document
	rules    ruleSet
	declared bool
	verdict  *verdict
}

// plan lists the documents that any rule concerns, with the rules that are worth asking.
func (r *run) plan(context.Context) error {
	kinds := map[string]bool{kindReview: true}
	r.reviews = len(r.tree.Comments) > 0 || holds(r.engine.config, "waivers")
	for _, unit := range r.tree.Units {
		for _, doc := range unit.Documents {
			if doc.Value != nil {
				kinds[doc.GroupKind] = true
				r.reviews = r.reviews || mayDeclare(doc)
			}
		}
	}
	if r.reviews {
		_, err := r.engine.library.Modules(packageExempt)
		r.reviews = err == nil
	}
	program, err := r.engine.plan(kinds)
	if err != nil {
		return err
	}
	r.program = program
	for _, unit := range r.tree.Units {
		u := &unitRun{Unit: unit, objects: newCatalog(unit.Documents)}
		seen := slices.Concat(unit.Documents, unit.Context)
		u.data = newUnitData(r.engine.config, unit.Whole && !r.engine.options.Admission, func() ast.Value { return inventory(seen) })
		u.joined = newJoined(seen)
		r.list(u)
		r.units = append(r.units, u)
	}
	return nil
}

// list adds the tasks of a unit.
func (r *run) list(u *unitRun) {
	var unit *ruleSet
	texts := make([]*ruleSet, len(u.Documents)+len(u.Context))
	if r.engine.gating {
		docs := slices.Concat(u.Documents, u.Context)
		for i, doc := range docs {
			texts[i] = r.program.scanned(doc)
		}
		unit = r.program.around(docs, texts, r.engine.config)
	}
	for i, doc := range u.Documents {
		if doc.Value == nil || doc.GroupKind == kindReview || r.engine.lookedUp(doc) {
			continue
		}
		declared := r.reviews && mayDeclare(doc)
		if u.joined.mentions(doc) {
			texts[i] = nil
		}
		rules, any := r.program.choose(doc, unit, texts[i])
		if any || declared {
			r.tasks = append(r.tasks, task{unit: u, doc: doc, rules: rules, declared: declared})
		}
	}
}

// compile compiles what the tasks need, and takes out the rules that the configuration switches off.
func (r *run) compile(ctx context.Context) error {
	var needed ruleSet
	for i := range r.tasks {
		needed.union(&r.tasks[i].rules)
	}
	var beside []string
	if r.reviews {
		reviewers, _ := r.program.choose(&source.Document{GroupKind: kindReview}, nil, nil)
		needed.union(&reviewers)
		beside = append(beside, packageExempt)
	}
	if r.engine.options.Admission {
		beside = append(beside, packageAdmission)
	}
	if r.surveys {
		beside = append(beside, packageClaims)
	}
	if err := r.program.compile(r.engine.library, &needed, beside, &r.engine.options); err != nil {
		return err
	}
	if r.engine.memory {
		r.program.layouts = readLayouts(ctx, r.program, newUnitData(r.engine.config, false, func() ast.Value { return ast.NewObject() }))
	} else {
		r.program.purity = newPurity(nil, nil, nil)
	}
	on, err := r.program.enabled(ctx, &needed, r.engine.config)
	if err != nil {
		return err
	}
	r.on = on
	for i := range r.tasks {
		r.tasks[i].rules.intersect(&on)
	}
	return nil
}

// place turns what the policies found into findings with positions, in order.
func (r *run) place() {
	r.placer = newPlacer(r.engine.library.Rules(), r.tree)
	for _, u := range r.units {
		r.problems = append(r.problems, u.problems...)
	}
	var all []placed
	for i := range r.tasks {
		t := &r.tasks[i]
		if t.verdict == nil {
			continue
		}
		r.problems = append(r.problems, t.verdict.problems...)
		for _, h := range t.verdict.hits {
			p := r.placer.place(h, t.doc, t.unit.objects)
			p.unit = t.unit
			all = append(all, p)
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
