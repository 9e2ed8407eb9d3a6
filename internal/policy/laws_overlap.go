package policy

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// definition is one body of a function or complete rule, with its file.
type definition struct {
	file checked
	rule *ast.Rule
}

// overlapLaw: of a function or complete rule at most one body holds for any arguments, or all give the same constant.
// Otherwise an input that satisfies two of them is an evaluation error, which in Gatekeeper replaces every finding.
func overlapLaw(files []checked) []Violation {
	groups := map[string][]definition{}
	for _, c := range files {
		for _, rule := range c.module.Rules {
			if rule.Default || rule.Head.RuleKind() == ast.MultiValue {
				continue
			}
			key := fmt.Sprintf("%s/%d", rule.Head.Ref(), len(rule.Head.Args))
			groups[key] = append(groups[key], definition{file: c, rule: rule})
		}
	}
	var found []Violation
	for _, group := range groups {
		found = append(found, overlaps(group)...)
	}
	return found
}

func overlaps(group []definition) []Violation {
	var found []Violation
	for i, one := range group {
		for _, earlier := range group[:i] {
			if disjoint(earlier.rule, one.rule) || sameConstant(earlier.rule, one.rule) {
				continue
			}
			msg := fmt.Sprintf("%s has another body at %s:%d that may hold too; use else",
				one.rule.Head.Ref(), earlier.file.File, earlier.rule.Location.Row)
			found = append(found, one.file.at(LawOverlap, one.rule.Location, msg))
			break
		}
	}
	return found
}

// disjoint tells whether the arguments of two rules differ in a constant, or one rule has a constant where every body
// of the other says that the argument is not that constant.
func disjoint(a, b *ast.Rule) bool {
	for i := range a.Head.Args {
		x, y := a.Head.Args[i], b.Head.Args[i]
		if isScalar(x) && isScalar(y) && !x.Equal(y) || isScalar(x) && excludes(b, y, x) || isScalar(y) && excludes(a, x, y) {
			return true
		}
	}
	return false
}

// excludes tells whether every body of a rule holds the expression argument != constant.
func excludes(rule *ast.Rule, argument, constant *ast.Term) bool {
	if _, ok := argument.Value.(ast.Var); !ok {
		return false
	}
	for branch := rule; branch != nil; branch = branch.Else {
		if !slices.ContainsFunc(branch.Body, func(e *ast.Expr) bool { return differs(e, argument, constant) }) {
			return false
		}
	}
	return true
}

func differs(e *ast.Expr, argument, constant *ast.Term) bool {
	if e.Negated || len(e.With) > 0 || !e.IsCall() || e.Operator().String() != ast.NotEqual.Name {
		return false
	}
	x, y := e.Operand(0), e.Operand(1)
	return x.Equal(argument) && y.Equal(constant) || y.Equal(argument) && x.Equal(constant)
}

func isScalar(term *ast.Term) bool {
	switch term.Value.(type) {
	case ast.String, ast.Number, ast.Boolean, ast.Null:
		return true
	default:
		return false
	}
}

// sameConstant tells whether every value that two rules and their else branches give is one scalar.
func sameConstant(a, b *ast.Rule) bool {
	value := a.Head.Value
	if value == nil || !isScalar(value) {
		return false
	}
	for _, rule := range []*ast.Rule{a, b} {
		for branch := rule; branch != nil; branch = branch.Else {
			if branch.Head.Value == nil || !branch.Head.Value.Equal(value) {
				return false
			}
		}
	}
	return true
}
