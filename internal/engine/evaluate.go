package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// emptyList is the value of a shared rule whose gate is closed.
var emptyList = ast.ArrayTerm()

// retryShare is the part of the budget that one rule gets when the rules of a document are asked one by one.
const retryShare = 8

// verdict is what the evaluation of one document gave.
type verdict struct {
	hits     []hit
	declared []ast.Value
	problems []finding.Problem
}

// worker evaluates one document after the other. It belongs to one goroutine.
type worker struct {
	program *program
	allowed time.Duration
	budget  *budget
	data    *unitData
	queries map[queryKey]*topdown.Query
	memo    *memo
	given   *given
	// admission tells that documents are judged as a cluster would.
	admission bool
}

type queryKey struct {
	rules    ruleSet
	declared bool
}

func newWorker(p *program, allowed time.Duration) *worker {
	w := &worker{
		program: p, allowed: allowed, budget: &budget{}, queries: map[queryKey]*topdown.Query{}, memo: newMemo(p.purity),
		given: &given{layouts: p.layouts},
	}
	w.memo.plain = func() bool { return w.given.records() != nil }
	w.memo.give(packageParams+".config", w.given.configuration)
	w.memo.give(packageResource+".all", w.given.records)
	w.memo.give(packageWorkload+".pods", w.given.templates)
	w.memo.give(packageWorkload+".containers", w.given.list)
	return w
}

// judge evaluates the rules that concern a document. A rule that fails costs its own findings only.
func (w *worker) judge(ctx context.Context, doc *source.Document, rules ruleSet, declared bool) (v *verdict) {
	v = &verdict{}
	w.budget.start(w.allowed)
	err := w.ask(ctx, queryKey{rules, declared}, doc.Value, v)
	if err == nil || ctx.Err() != nil {
		return v
	}
	w.memo.forget()
	return w.judgeEach(ctx, doc, rules, declared)
}

// judgeEach asks one rule after the other, to name the one that fails and to keep the findings of the others. All of them
// together get no more time than a document has.
func (w *worker) judgeEach(ctx context.Context, doc *source.Document, rules ruleSet, declared bool) *verdict {
	v := &verdict{}
	end := now() + int64(w.allowed)
	for i, rule := range w.program.rules {
		if !rules.has(i) {
			continue
		}
		left := time.Duration(end - now())
		if left <= 0 {
			v.problems = append(v.problems, problem(doc, rule.ID, errBudget))
			continue
		}
		w.budget.start(min(left, w.allowed/retryShare))
		one := rules
		one.intersect(&w.program.all)
		one.add(i)
		if err := w.ask(ctx, queryKey{rules: one}, doc.Value, v); err != nil && ctx.Err() == nil {
			v.problems = append(v.problems, problem(doc, rule.ID, err))
		}
	}
	if declared {
		w.budget.start(w.allowed)
		if err := w.ask(ctx, queryKey{rules: w.program.all, declared: true}, doc.Value, v); err != nil && ctx.Err() == nil {
			v.problems = append(v.problems, problem(doc, "waivers", err))
		}
	}
	return v
}

var errBudget = errors.New("evaluation took too long")

// problem names the rule and the document that an evaluation failed on.
func problem(doc *source.Document, what string, err error) finding.Problem {
	at := source.Position{File: doc.File}
	if doc.Locator != nil {
		at = doc.Locate(nil)
	}
	name := doc.Object.Kind + " " + doc.Object.Name
	return finding.Problem{File: at.File, Line: at.Line, Column: at.Column, Msg: fmt.Sprintf("evaluate %s on %s: %v", what, name, tooLong(err))}
}

// tooLong replaces the error of a cancelled evaluation by one that says why.
func tooLong(err error) error {
	if topdown.IsCancel(err) {
		return errBudget
	}
	return err
}

// ask runs one query and adds its answers to v.
func (w *worker) ask(ctx context.Context, key queryKey, input ast.Value, v *verdict) (err error) {
	defer recovered(&err)
	query := w.queries[key]
	if query == nil {
		query = newQuery(w.program.compiler, w.program.body(&key.rules, key.declared), w.data, w.budget).WithVirtualCache(w.memo)
		w.queries[key] = query
	}
	w.begin(&key.rules, input)
	query = query.WithStore(w.data).WithBaseCache(w.data).WithInput(ast.NewTerm(input))
	return query.Iter(ctx, func(result topdown.QueryResult) error {
		for variable, term := range result {
			v.add(variable, elements(term))
		}
		return nil
	})
}

// begin takes what is known of a document before anything is asked.
func (w *worker) begin(open *ruleSet, input ast.Value) {
	w.memo.next(w.data)
	w.given.begin(input, w.data.config)
	for i, gate := range w.program.gates {
		if !open.has(len(w.program.rules) + i) {
			w.memo.know(gate.Rule, emptyList)
		}
	}
}

func (v *verdict) add(variable ast.Var, terms []*ast.Term) {
	for _, term := range terms {
		if variable == varDeclared {
			v.declared = append(v.declared, term.Value)
		} else if found, ok := readHit(term.Value); ok {
			v.hits = append(v.hits, found)
		}
	}
}

// recovered turns a panic of an evaluation into its error.
func recovered(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("internal error: %v", cause)
	}
}

func newQuery(compiler *ast.Compiler, body ast.Body, data *unitData, cancel topdown.Cancel) *topdown.Query {
	return topdown.NewQuery(body).
		WithCompiler(compiler).
		WithStore(data).
		WithTransaction(transaction{}).
		WithBaseCache(data).
		WithMetrics(metrics.NoOp()).
		WithCancel(cancel)
}

// answer asks for the value of one rule of the library, outside of any document; nil when it is undefined.
func answer(ctx context.Context, p *program, expr *ast.Expr, data *unitData, input ast.Value, cancel topdown.Cancel) (value ast.Value, err error) {
	defer recovered(&err)
	query := newQuery(p.compiler, ast.NewBody(expr), data, cancel)
	if input != nil {
		query = query.WithInput(ast.NewTerm(input))
	}
	err = query.Iter(ctx, func(result topdown.QueryResult) error {
		if term := result[varAnswer]; term != nil {
			value = term.Value
		}
		return nil
	})
	return value, err
}
