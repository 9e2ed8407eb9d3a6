package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/snapshot"
)

// preparation is what look-ups by key need of a unit: parts of lib.onelayer.inventory.computed, each computed when a
// policy first reads it, because most documents need none. It is safe for concurrent use.
type preparation struct {
	names []string
	parts map[string]func() ast.Value
}

// newPreparation makes a preparation of the parts named.
func newPreparation(names []string, compute func(part string) ast.Value) *preparation {
	p := &preparation{names: names, parts: make(map[string]func() ast.Value, len(names))}
	for _, name := range names {
		p.parts[name] = sync.OnceValue(func() ast.Value { return compute(name) })
	}
	return p
}

// part gives one part, nil when there is none of that name.
func (p *preparation) part(name string) ast.Value {
	if compute := p.parts[name]; compute != nil {
		return compute()
	}
	return nil
}

// all gives all parts as one object.
func (p *preparation) all() ast.Value {
	object := ast.NewObject()
	for _, name := range p.names {
		object.Insert(ast.StringTerm(name), ast.NewTerm(p.part(name)))
	}
	return object
}

// computedParts lists the parts that the library can compute: the rules at lib.onelayer.inventory.computed.PART.
func computedParts(modules map[string]*ast.Module) []string {
	const prefix = packageInventory + ".computed."
	var names []string
	for _, module := range modules {
		for _, rule := range module.Rules {
			if name, ok := strings.CutPrefix(snapshot.Dotted(rule.Ref()), prefix); ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// prepareShare is how many times the budget of a document the preparation of a part may take.
const prepareShare = 6

// prepare lets the units of a run compute what look-ups by key need.
func (r *run) prepare(ctx context.Context) error {
	names := computedParts(r.program.compiler.Modules)
	if len(names) == 0 {
		return nil
	}
	for _, u := range r.units {
		raw := *u.data
		u.data.prepared = newPreparation(names, func(part string) ast.Value {
			value, err := r.compute(ctx, part, &raw)
			if err != nil && ctx.Err() == nil {
				u.fail(finding.Problem{File: u.Root, Msg: fmt.Sprintf("prepare inventory: %v", tooLong(err))})
			}
			if err != nil || value == nil {
				return ast.NewObject()
			}
			return value
		})
	}
	return nil
}

// compute asks for one part, with data in which nothing is prepared.
func (r *run) compute(ctx context.Context, part string, raw *unitData) (ast.Value, error) {
	guard := &budget{}
	done := make(chan struct{})
	defer close(done)
	guard.start(prepareShare * r.engine.options.Budget)
	go watch(ctx, []*budget{guard}, done)
	return answer(ctx, r.program, ask(packageInventory+".computed."+part, varAnswer), raw, nil, guard)
}

// fail notes a problem of the unit, once.
func (u *unitRun) fail(problem finding.Problem) {
	u.lock.Lock()
	defer u.lock.Unlock()
	if !slices.Contains(u.problems, problem) {
		u.problems = append(u.problems, problem)
	}
}
