package jsfile

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// control tells how a statement ended.
type control struct {
	kind  controlKind
	label string
	s     slot
}

type controlKind int

const (
	controlNone controlKind = iota
	controlBreak
	controlContinue
	controlReturn
)

// hoist declares functions and variables before the statements that need them.
func (in *interp) hoist(list []ast.Statement, sc *scope) {
	for _, statement := range list {
		if f, ok := statement.(*ast.FunctionDeclaration); ok && f.Function.Name != nil {
			v := in.function(f.Function, sc)
			in.declare(sc, f.Function.Name.Name.String(), slot{v: v, at: in.module.span(f.Function)})
		}
	}
}

func (in *interp) hoistVars(declarations []*ast.VariableDeclaration, sc *scope) {
	for _, d := range declarations {
		for _, b := range d.List {
			for _, name := range targetNames(nil, b.Target) {
				if _, ok := sc.vars[name]; !ok {
					in.declare(sc, name, slot{v: undefined})
				}
			}
		}
	}
}

func (in *interp) block(list []ast.Statement, sc *scope) control {
	in.hoist(list, sc)
	for _, statement := range list {
		if c := in.exec(statement, sc); c.kind != controlNone || in.err != nil {
			return c
		}
	}
	return control{}
}

func (in *interp) exec(statement ast.Statement, sc *scope) control {
	in.depth++
	defer func() { in.depth-- }()
	if statement == nil || !in.stepStatement() {
		return control{}
	}
	switch s := statement.(type) {
	case *ast.ExpressionStatement:
		in.eval(s.Expression, sc)
	case *ast.VariableStatement:
		in.variables(s.List, sc)
	case *ast.LexicalDeclaration:
		in.lexical(s, sc)
	case *ast.ClassDeclaration:
		if s.Class.Name != nil {
			in.declare(sc, s.Class.Name.Name.String(), slot{v: in.class(s.Class, sc), at: in.module.span(s.Class)})
		}
	case *ast.BlockStatement:
		return in.block(s.List, newScope(sc))
	case *ast.ReturnStatement:
		c := control{kind: controlReturn, s: slot{v: undefined}}
		if s.Argument != nil {
			c.s = in.slot(s.Argument, sc)
		}
		return c
	case *ast.ThrowStatement:
		v := in.eval(s.Argument, sc)
		if in.err == nil {
			in.fail(&thrown{v: v, at: in.module.span(s.Argument)})
		}
	case *ast.BranchStatement:
		return branchControl(s)
	case *ast.IfStatement:
		return in.ifStatement(s, sc)
	case *ast.TryStatement:
		return in.tryStatement(s, sc)
	case *ast.SwitchStatement:
		return in.switchStatement(s, sc)
	default:
		return in.loop(statement, sc, "")
	}
	return control{}
}

func (in *interp) stepStatement() bool { return in.step(nil) }

func branchControl(s *ast.BranchStatement) control {
	c := control{kind: controlBreak}
	if s.Token == token.CONTINUE {
		c.kind = controlContinue
	}
	if s.Label != nil {
		c.label = s.Label.Name.String()
	}
	return c
}

// variables runs a var statement: the names were declared when the function began.
func (in *interp) variables(list []*ast.Binding, sc *scope) {
	for _, b := range list {
		if b.Initializer == nil {
			continue
		}
		s := in.slot(b.Initializer, sc)
		in.nameFunction(s.v, b.Target)
		in.assign(b.Target, s, sc)
	}
}

func (in *interp) lexical(d *ast.LexicalDeclaration, sc *scope) {
	for _, b := range d.List {
		s := slot{v: undefined}
		if b.Initializer != nil {
			s = in.slot(b.Initializer, sc)
		}
		in.declareTarget(b.Target, s, sc, d.Token == token.CONST)
	}
}

// ifStatement takes the branch of its condition. Of a condition that is not known it takes the first branch, unless
// that only leaves the ordinary course; what the other branch would change is known no more.
func (in *interp) ifStatement(s *ast.IfStatement, sc *scope) control {
	test := in.eval(s.Test, sc)
	if in.err != nil {
		return control{}
	}
	if !isUnknown(test) {
		if truthy(test) {
			return in.exec(s.Consequent, sc)
		}
		return in.exec(s.Alternate, sc)
	}
	text := in.inline(s.Test, sc)
	taken := control{}
	left := diverts(s.Consequent)
	if !left {
		var ok bool
		if taken, ok = in.maybe(branch{text: text}, s.Consequent, sc); !ok {
			left = true
		}
	}
	if s.Alternate == nil || in.err != nil {
		return taken
	}
	if left {
		taken, _ = in.maybe(branch{text: "!(" + text + ")", otherwise: true}, s.Alternate, sc)
		return taken
	}
	if !diverts(s.Alternate) {
		in.maybe(branch{text: "!(" + text + ")", soft: true, otherwise: true, final: in.returned}, s.Alternate, sc)
	}
	return taken
}

// maybe runs a statement that may not be reached. A return is noted and the function goes on; an exception means that
// the statement is not reached.
func (in *interp) maybe(b branch, statement ast.Statement, sc *scope) (control, bool) {
	b.seq = in.seq
	in.returned = false
	in.branches = append(in.branches, b)
	c := in.exec(statement, sc)
	in.leave()
	if _, threw := in.err.(*thrown); threw {
		in.err = nil
		return control{}, false
	}
	if c.kind == controlReturn && in.err == nil {
		if sc.frame != nil {
			sc.frame.returns = append(sc.frame.returns, maybeReturn{text: b.text, s: c.s, always: b.final})
		}
		in.returned = true
		return control{}, true
	}
	in.returned = false
	return c, true
}

// diverts tells whether a branch does nothing but leave: it throws, ends the process or skips the rest.
func diverts(statement ast.Statement) bool {
	switch s := statement.(type) {
	case *ast.BlockStatement:
		if len(s.List) == 0 {
			return false
		}
		last := s.List[len(s.List)-1]
		return (len(s.List) == 1 || ends(last)) && diverts(last)
	case *ast.BranchStatement:
		return true
	case *ast.ReturnStatement:
		return s.Argument == nil
	}
	return ends(statement)
}

// ends tells whether a statement is a throw or process.exit().
func ends(statement ast.Statement) bool {
	switch s := statement.(type) {
	case *ast.ThrowStatement:
		return true
	case *ast.ExpressionStatement:
		call, ok := s.Expression.(*ast.CallExpression)
		if !ok {
			return false
		}
		dot, ok := call.Callee.(*ast.DotExpression)
		if !ok || dot.Identifier.Name.String() != "exit" {
			return false
		}
		id, ok := dot.Left.(*ast.Identifier)
		return ok && id.Name.String() == "process"
	}
	return false
}

func (in *interp) tryStatement(s *ast.TryStatement, sc *scope) control {
	c := in.block(s.Body.List, newScope(sc))
	if t, threw := in.err.(*thrown); threw && s.Catch != nil {
		in.err = nil
		inner := newScope(sc)
		if s.Catch.Parameter != nil {
			in.declareTarget(s.Catch.Parameter, slot{v: t.v, at: t.at}, inner, false)
		}
		c = in.block(s.Catch.Body.List, newScope(inner))
	}
	if s.Finally == nil {
		return c
	}
	pending := in.err
	if _, threw := pending.(*thrown); pending != nil && !threw {
		return c
	}
	in.err = nil
	if f := in.block(s.Finally.List, newScope(sc)); f.kind != controlNone {
		return f
	}
	if in.err == nil {
		in.err = pending
	}
	return c
}

func (in *interp) switchStatement(s *ast.SwitchStatement, sc *scope) control {
	v := in.eval(s.Discriminant, sc)
	if in.err != nil {
		return control{}
	}
	inner := newScope(sc)
	for _, c := range s.Body {
		in.hoist(c.Consequent, inner)
	}
	if isUnknown(v) {
		return in.switchUnknown(s, sc, inner)
	}
	start := s.Default
	for i, c := range s.Body {
		if c.Test == nil {
			continue
		}
		test := in.eval(c.Test, inner)
		if in.err != nil {
			return control{}
		}
		if !isUnknown(test) && strictEqual(v, test) {
			start = i
			break
		}
	}
	for i := start; i >= 0 && i < len(s.Body); i++ {
		for _, statement := range s.Body[i].Consequent {
			if c := in.exec(statement, inner); c.kind != controlNone || in.err != nil {
				return c.leaveSwitch()
			}
		}
	}
	return control{}
}

// switchUnknown runs every case as a branch that may be taken, the default last.
func (in *interp) switchUnknown(s *ast.SwitchStatement, sc, inner *scope) control {
	subject := in.inline(s.Discriminant, sc)
	order := make([]int, 0, len(s.Body))
	for i := range s.Body {
		if i != s.Default {
			order = append(order, i)
		}
	}
	if s.Default >= 0 {
		order = append(order, s.Default)
	}
	all := true
	for n, i := range order {
		c := s.Body[i]
		if len(c.Consequent) == 0 || len(c.Consequent) == 1 && diverts(c.Consequent[0]) {
			continue
		}
		b := branch{text: subject, soft: n > 0, otherwise: c.Test == nil, final: c.Test == nil && all && n > 0}
		if c.Test != nil {
			b.text += " === " + in.inline(c.Test, inner)
		}
		in.maybe(b, &ast.BlockStatement{List: c.Consequent}, inner)
		all = all && in.returned
		if in.err != nil {
			return control{}
		}
	}
	return control{}
}

func (c control) leaveSwitch() control {
	if c.kind == controlBreak && c.label == "" {
		return control{}
	}
	return c
}
