package policy

import "github.com/open-policy-agent/opa/v1/ast"

// member is the builtin behind the operator in.
const member = "internal.member_2"

// membershipLaw: what stands behind in is a literal of constants, or a name. OPA 1.21 looks a value up in its index among
// the constants of a literal only, and takes a value that a variable of the literal holds for no member.
func membershipLaw(c checked) []Violation {
	var found []Violation
	look := func(name string, operands []*ast.Term, location *ast.Location) {
		if name == member && len(operands) == 2 && !isScalar(operands[0]) && mixed(operands[1]) {
			found = append(found, c.at(LawMembership, location, "a literal behind in holds more than constants; give the set a name"))
		}
	}
	ast.NewGenericVisitor(func(node any) bool {
		switch n := node.(type) {
		case *ast.SomeDecl:
			// some .. in goes through all elements; it looks nothing up.
			return true
		case *ast.Expr:
			if n.IsCall() {
				look(n.Operator().String(), n.Operands(), n.Location)
			}
		case *ast.Term:
			if call, ok := n.Value.(ast.Call); ok {
				look(call[0].String(), call[1:], n.Location)
			}
		}
		return false
	}).Walk(c.module)
	return found
}

// mixed tells whether a term is a set or array with an element that is no constant.
func mixed(term *ast.Term) bool {
	switch v := term.Value.(type) {
	case ast.Set:
		return v.Until(func(element *ast.Term) bool { return !element.IsGround() || !ast.IsConstant(element.Value) })
	case *ast.Array:
		return v.Until(func(element *ast.Term) bool { return !element.IsGround() || !ast.IsConstant(element.Value) })
	}
	return false
}
