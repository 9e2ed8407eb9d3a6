package jsfile

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// static reads a file whose evaluation failed: the object literal that it exports, or else the first one that has
// apps, with everything but literals unknown.
func (in *interp) static(evaluated slot) (*File, error) {
	found := &literalFinder{module: in.main}
	for _, statement := range in.main.function.Body.List {
		found.statement(statement)
	}
	node := found.exported
	if node == nil {
		node = found.apps
	}
	in.module = in.main
	in.branches, in.skip = nil, false
	if node == nil {
		if isUnknown(evaluated.v) {
			return in.file(evaluated, true)
		}
		return in.file(slot{v: in.newObject(classObject, span{})}, true)
	}
	return in.file(in.literal(node, 0), true)
}

// literal reads an expression without evaluating anything.
func (in *interp) literal(node ast.Expression, depth int) slot {
	at := in.main.span(node)
	s := slot{at: at}
	if depth > maxNesting {
		s.v = in.unknown(at.text())
		return s
	}
	switch n := node.(type) {
	case *ast.StringLiteral:
		s.v = n.Value.String()
	case *ast.NumberLiteral:
		s.v = in.number(n)
	case *ast.BooleanLiteral:
		s.v = n.Value
	case *ast.NullLiteral:
		s.v = null
	case *ast.UnaryExpression:
		number, ok := n.Operand.(*ast.NumberLiteral)
		if f, known := in.literalNumber(number, ok); known && n.Operator == token.MINUS {
			s.v = -f
		} else {
			s.v = in.unknown(at.text())
		}
	case *ast.TemplateLiteral:
		if len(n.Expressions) == 0 && n.Tag == nil && len(n.Elements) == 1 {
			s.v = n.Elements[0].Parsed.String()
		} else {
			s.v = in.unknown(at.text())
		}
	case *ast.ArrayLiteral:
		a := in.newArray(at)
		for _, e := range n.Value {
			if e != nil {
				in.grow(a, at, in.literal(e, depth+1))
			}
		}
		s.v = a
	case *ast.ObjectLiteral:
		s.v = in.literalObject(n, at, depth)
	default:
		s.v = in.unknown(at.text())
	}
	return s
}

func (in *interp) literalNumber(n *ast.NumberLiteral, ok bool) (float64, bool) {
	if !ok {
		return 0, false
	}
	f, known := in.number(n).(float64)
	return f, known
}

func (in *interp) literalObject(n *ast.ObjectLiteral, at span, depth int) value {
	o := in.newObject(classObject, at)
	for _, property := range n.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			nameAt := in.main.span(&p.Name)
			in.define(o, p.Name.Name.String(), slot{v: in.unknown(nameAt.text()), at: nameAt})
		case *ast.PropertyKeyed:
			key, ok := p.Key.(*ast.StringLiteral)
			if ok && !p.Computed && p.Kind == ast.PropertyKindValue {
				in.define(o, key.Value.String(), in.literal(p.Value, depth+1))
			}
		}
	}
	return o
}

// literalFinder looks for object literals in the statements of a module.
type literalFinder struct {
	module   *module
	exported ast.Expression
	apps     ast.Expression
}

func (f *literalFinder) statement(statement ast.Statement) {
	switch s := statement.(type) {
	case *ast.ExpressionStatement:
		f.expression(s.Expression, 0)
	case *ast.VariableStatement:
		f.bindings(s.List)
	case *ast.LexicalDeclaration:
		f.bindings(s.List)
	case *ast.ReturnStatement:
		f.expression(s.Argument, 0)
	}
}

func (f *literalFinder) bindings(list []*ast.Binding) {
	for _, b := range list {
		f.expression(b.Initializer, 0)
	}
}

func (f *literalFinder) expression(node ast.Expression, depth int) {
	if depth > maxNesting {
		return
	}
	switch n := node.(type) {
	case *ast.AssignExpression:
		if isExports(n.Left) && f.exported == nil && isLiteral(n.Right) {
			f.exported = n.Right
		}
		f.expression(n.Right, depth+1)
	case *ast.ObjectLiteral:
		if f.apps == nil && hasProperty(n, "apps") {
			f.apps = n
		}
	case *ast.CallExpression:
		f.expression(n.Callee, depth+1)
		for _, a := range n.ArgumentList {
			f.expression(a, depth+1)
		}
	case *ast.AwaitExpression:
		f.expression(n.Argument, depth+1)
	case *ast.ArrowFunctionLiteral:
		if body, ok := n.Body.(*ast.ExpressionBody); ok {
			f.expression(body.Expression, depth+1)
		} else if block, ok := n.Body.(*ast.BlockStatement); ok {
			f.block(block, depth)
		}
	case *ast.FunctionLiteral:
		f.block(n.Body, depth)
	}
}

func (f *literalFinder) block(block *ast.BlockStatement, depth int) {
	if depth > maxBlocks {
		return
	}
	for _, statement := range block.List {
		if r, ok := statement.(*ast.ReturnStatement); ok {
			f.expression(r.Argument, depth+1)
		}
	}
}

// maxBlocks bounds how deep returned literals are looked for.
const maxBlocks = 8

func isLiteral(node ast.Expression) bool {
	switch node.(type) {
	case *ast.ObjectLiteral, *ast.ArrayLiteral:
		return true
	}
	return false
}

// isExports tells whether an assignment sets what the module exports.
func isExports(target ast.Expression) bool {
	switch t := target.(type) {
	case *ast.Identifier:
		return t.Name.String() == defaultLocal
	case *ast.DotExpression:
		id, ok := t.Left.(*ast.Identifier)
		return ok && id.Name.String() == "module" && t.Identifier.Name.String() == "exports"
	}
	return false
}

func hasProperty(n *ast.ObjectLiteral, name string) bool {
	for _, property := range n.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			if p.Name.Name.String() == name {
				return true
			}
		case *ast.PropertyKeyed:
			if key, ok := p.Key.(*ast.StringLiteral); ok && key.Value.String() == name {
				return true
			}
		}
	}
	return false
}
