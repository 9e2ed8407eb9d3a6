package policy

import (
	"fmt"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reserved are the names of builtins and the first parts of their names: a rule, import or variable of that name makes
// the builtin unreachable, and in Gatekeeper the module does not compile.
var reserved = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, builtin := range ast.CapabilitiesForThisVersion().Builtins {
		if namespace, _, _ := strings.Cut(builtin.Name, "."); !builtin.IsDeprecated() {
			names[namespace] = true
		}
	}
	return names
})

// nameLaw: nothing is named like a builtin or its namespace.
func nameLaw(c checked) []Violation {
	var found []Violation
	declare := func(name string, location *ast.Location) {
		if reserved()[name] {
			found = append(found, c.at(LawNames, location, fmt.Sprintf("%s is the name of a builtin", name)))
		}
	}
	for _, one := range c.module.Imports {
		declare(string(one.Name()), one.Location)
	}
	for _, rule := range c.module.Rules {
		declare(strings.Trim(rule.Head.Ref()[0].Value.String(), `"`), rule.Location)
		declareVars(rule.Head.Args, declare)
		walk(rule, func(node any) { declareIn(node, declare) })
	}
	return found
}

// declareIn declares the variables that a node introduces.
func declareIn(node any, declare func(string, *ast.Location)) {
	switch n := node.(type) {
	case *ast.Rule:
		declareVars(n.Head.Args, declare)
	case *ast.Every:
		declareVars([]*ast.Term{n.Key, n.Value}, declare)
	case *ast.SomeDecl:
		for _, symbol := range n.Symbols {
			declareSymbol(symbol, declare)
		}
	case *ast.Expr:
		if n.IsAssignment() {
			declareVars([]*ast.Term{n.Operand(0)}, declare)
		}
	}
}

// declareSymbol declares what stands before in: some x, some x in xs, some i, x in xs.
func declareSymbol(symbol *ast.Term, declare func(string, *ast.Location)) {
	call, ok := symbol.Value.(ast.Call)
	if !ok {
		declareVars([]*ast.Term{symbol}, declare)
		return
	}
	declareVars(call[1:len(call)-1], declare)
}

func declareVars(terms []*ast.Term, declare func(string, *ast.Location)) {
	for _, term := range terms {
		if term == nil {
			continue
		}
		walk(term, func(node any) {
			if inner, ok := node.(*ast.Term); ok {
				if name, ok := inner.Value.(ast.Var); ok {
					declare(string(name), inner.Location)
				}
			}
		})
	}
}
