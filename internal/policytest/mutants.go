package policytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is a module with one expression dropped.
type mutant struct {
	file   string
	module *ast.Module
	line   int
	// rule is the name of the Rego rule that holds the expression, text the expression as the module states it.
	rule, text string
}

func (m mutant) name() string {
	return fmt.Sprintf("%s:%d: %s without %q", m.file, m.line, m.rule, m.text)
}

// mutants makes one copy of a module per expression that stands anywhere in it: in the body of a rule, an else branch, a
// comprehension, an every.
func mutants(file string, module *ast.Module) []mutant {
	var all []mutant
	for b, place := range bodies(module) {
		body := *place.body
		if isEmpty(body) {
			continue
		}
		for e := range body {
			copied := module.Copy()
			target := bodies(copied)[b].body
			*target = dropped(*target, e)
			all = append(all, mutant{
				file: file, module: copied, line: body[e].Location.Row, rule: place.rule, text: oneLine(exprText(body[e])),
			})
		}
	}
	return all
}

// bodyPlace is a body of expressions with the name of the rule around it.
type bodyPlace struct {
	rule string
	body *ast.Body
}

// bodies lists every body of a module, in an order that depends on its text alone.
func bodies(module *ast.Module) []bodyPlace {
	var all []bodyPlace
	for _, rule := range module.Rules {
		name := rule.Head.Ref().String()
		ast.NewGenericVisitor(func(node any) bool {
			switch node := node.(type) {
			case *ast.Rule:
				all = append(all, bodyPlace{name, &node.Body})
			case *ast.ArrayComprehension:
				all = append(all, bodyPlace{name, &node.Body})
			case *ast.SetComprehension:
				all = append(all, bodyPlace{name, &node.Body})
			case *ast.ObjectComprehension:
				all = append(all, bodyPlace{name, &node.Body})
			case *ast.Every:
				all = append(all, bodyPlace{name, &node.Body})
			}
			return false
		}).Walk(rule)
	}
	return all
}

func isEmpty(body ast.Body) bool {
	return len(body) == 1 && body[0].Equal(ast.NewExpr(ast.BooleanTerm(true)))
}

// dropped is a body without its expression at index; an empty body is true.
func dropped(body ast.Body, index int) ast.Body {
	rest := slices.Delete(slices.Clone(body), index, index+1)
	if len(rest) == 0 {
		return ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))
	}
	return ast.NewBody(rest...)
}

// exprText is the expression as the module states it; the parser keeps only the start of some.
func exprText(e *ast.Expr) string {
	text := string(e.Location.Text)
	if _, every := e.Terms.(*ast.Every); every || text == "" {
		return e.String()
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
