package jsfile

import (
	"github.com/dop251/goja/ast"
)

// closure is a function of the file with the scope it was made in.
type closure struct {
	module *module
	scope  *scope
	params *ast.ParameterList
	vars   []*ast.VariableDeclaration
	body   ast.ConciseBody
	arrow  bool
	// home is the object above which super looks.
	home *object
	// class is set for constructors.
	class *classInfo
}

func (in *interp) function(node ast.Expression, sc *scope) value {
	o := in.newObject(classFunction, in.module.span(node))
	c := &closure{module: in.module, scope: sc}
	switch f := node.(type) {
	case *ast.FunctionLiteral:
		c.params, c.vars, c.body = f.ParameterList, f.DeclarationList, f.Body
		if f.Generator {
			o.call = unknownCall
			return o
		}
		if f.Name != nil {
			c.scope = newScope(sc)
			in.declare(c.scope, f.Name.Name.String(), slot{v: o, at: o.at})
		}
	case *ast.ArrowFunctionLiteral:
		c.params, c.vars, c.body, c.arrow = f.ParameterList, f.DeclarationList, f.Body, true
	}
	o.call = func(in *interp, this value, args []slot, at span) value { return in.enterFunction(c, this, args).v }
	return o
}

// enterFunction runs the body of a function.
func (in *interp) enterFunction(c *closure, this value, args []slot) slot {
	sc := newScope(c.scope)
	if !c.arrow {
		sc.frame = &frame{this: this, home: c.home, class: c.class}
	} else {
		// Arrow functions share this and super, but return by themselves.
		inherited := frame{}
		if c.scope.frame != nil {
			inherited = *c.scope.frame
		}
		inherited.returns = nil
		sc.frame = &inherited
	}
	saved := in.module
	in.module = c.module
	defer func() { in.module = saved }()
	if !c.arrow {
		in.declareArguments(c, sc, args)
	}
	in.bindParams(c.params, args, sc)
	in.hoistVars(c.vars, sc)
	var result slot
	switch body := c.body.(type) {
	case *ast.ExpressionBody:
		result = in.slot(body.Expression, sc)
	case *ast.BlockStatement:
		result = in.block(body.List, sc).s
	}
	if result.v == nil || in.err != nil {
		result.v = undefined
	}
	return in.foldReturns(sc.frame, result)
}

func (in *interp) declareArguments(c *closure, sc *scope, args []slot) {
	if c.body == nil || in.module == nil || len(args) == 0 {
		return
	}
	in.declare(sc, "arguments", slot{v: in.newArray(span{}, args...)})
}

func (in *interp) bindParams(params *ast.ParameterList, args []slot, sc *scope) {
	if params == nil {
		return
	}
	for i, p := range params.List {
		s := slot{v: undefined}
		if i < len(args) {
			s = args[i]
		}
		in.declareTarget(p, s, sc, false)
	}
	if params.Rest != nil {
		var rest []slot
		if len(args) > len(params.List) {
			rest = args[len(params.List):]
		}
		in.declareTarget(params.Rest, slot{v: in.newArray(span{}, rest...)}, sc, false)
	}
}

// foldReturns joins the results of branches that may be taken with the result of the function.
func (in *interp) foldReturns(f *frame, result slot) slot {
	for i := len(f.returns) - 1; i >= 0 && in.err == nil; i-- {
		r := f.returns[i]
		if r.always {
			result = r.s
			continue
		}
		text := r.text + " ? " + in.leafText(r.s.v) + " : " + in.leafText(result.v)
		result = slot{v: in.join(r.text, r.s, result, r.s.at, text), at: r.s.at}
	}
	return result
}

func unknownCall(in *interp, _ value, _ []slot, at span) value {
	return in.unknown(at.text())
}

// invoke calls a function value.
func (in *interp) invoke(f *object, this value, args []slot, at span) value {
	if in.err != nil {
		return undefined
	}
	if f.call == nil {
		return in.unknown(at.text())
	}
	in.calls++
	defer func() { in.calls-- }()
	if in.calls > maxCalls {
		in.exceedAt(at, "functions call each other too deeply")
		return undefined
	}
	if !in.step(nil) {
		return undefined
	}
	v := f.call(in, this, args, at)
	if in.err != nil || v == nil {
		return undefined
	}
	return v
}

// callValue calls a function that a method was given; anything else gives an unknown value.
func (in *interp) callValue(f value, at span, args ...slot) value {
	if o, ok := asObject(f); ok && o.call != nil {
		return in.invoke(o, undefined, args, at)
	}
	return in.unknown(at.text())
}

func (in *interp) callExpression(n *ast.CallExpression, sc *scope) value {
	if _, ok := n.Callee.(*ast.SuperExpression); ok {
		return in.superCall(n, sc)
	}
	this, f := in.callee(n.Callee, sc)
	if in.skip || in.err != nil {
		return undefined
	}
	args := in.arguments(n.ArgumentList, sc)
	if in.err != nil {
		return undefined
	}
	at := in.module.span(n)
	o, ok := asObject(f)
	if !ok {
		return in.unknownAt(n, sc)
	}
	v := in.invoke(o, this, args, at)
	if u, open := v.(*unknown); open && u.text == exprText(at.text()) {
		u.text = exprText(in.inline(n, sc))
	}
	return v
}

// callee gives the function and its this.
func (in *interp) callee(node ast.Expression, sc *scope) (this, f value) {
	if o, ok := node.(*ast.Optional); ok {
		this, f = in.callee(o.Expression, sc)
		in.skip = in.skip || isNullish(f)
		return this, f
	}
	switch n := node.(type) {
	case *ast.DotExpression:
		if _, ok := n.Left.(*ast.SuperExpression); ok {
			return in.thisOf(sc), in.superMember(n.Identifier.Name.String(), sc)
		}
		return in.calleeMember(n, n.Left, n.Identifier.Name.String(), sc)
	case *ast.PrivateDotExpression:
		return in.calleeMember(n, n.Left, "#"+n.Identifier.Name.String(), sc)
	case *ast.BracketExpression:
		base := in.eval(n.Left, sc)
		if in.skip {
			return undefined, undefined
		}
		member := in.eval(n.Member, sc)
		if in.err != nil {
			return undefined, undefined
		}
		return receiver(base), in.getComputed(base, member, n, sc)
	}
	return undefined, in.eval(node, sc)
}

func (in *interp) calleeMember(node, left ast.Expression, key string, sc *scope) (this, f value) {
	base := in.eval(left, sc)
	if in.skip || in.err != nil {
		return undefined, undefined
	}
	f = in.get(base, key, in.module.span(node))
	if u, ok := base.(*unknown); ok && u.likely == nil && u.fallback != nil {
		return base, in.fallbackMethod(u, f, key, in.module.span(node))
	}
	return receiver(base), f
}

// receiver is what a method of a value works on: what it probably is, if it is not known.
func receiver(base value) value {
	if u, ok := base.(*unknown); ok && u.likely != nil {
		return u.likely
	}
	return base
}

// fallbackMethod is a method of a value that is not known but falls back to a simple one: its result is not known, and
// falls back to the method's result for that.
func (in *interp) fallbackMethod(u *unknown, f value, key string, at span) value {
	method, ok := asObject(in.get(u.fallback, key, at))
	if !ok || method.call == nil {
		return f
	}
	o := in.newObject(classFunction, at)
	o.call = func(in *interp, _ value, args []slot, at span) value {
		out := in.unknown(at.text())
		if result := in.invoke(method, u.fallback, args, at); in.err == nil {
			out.setLikely(result)
		}
		return out
	}
	return o
}

func (in *interp) thisOf(sc *scope) value {
	if sc.frame != nil && sc.frame.this != nil {
		return sc.frame.this
	}
	return undefined
}

func (in *interp) arguments(list []ast.Expression, sc *scope) []slot {
	var args []slot
	for _, a := range list {
		if in.err != nil {
			return nil
		}
		if spread, ok := a.(*ast.SpreadElement); ok {
			elems := in.iterate(in.eval(spread.Expression, sc), in.module.span(spread.Expression))
			if in.charge(span{}, 64*len(elems)) {
				args = append(args, elems...)
			}
			continue
		}
		args = append(args, in.slot(a, sc))
	}
	return args
}

func (in *interp) newExpression(n *ast.NewExpression, sc *scope) value {
	f := in.eval(n.Callee, sc)
	args := in.arguments(n.ArgumentList, sc)
	o, ok := asObject(f)
	if in.err != nil || !ok {
		return in.unknownAt(n, sc)
	}
	at := in.module.span(n)
	if o.construct != nil {
		instance := in.newObject(classObject, at)
		instance.proto = o.construct.prototype
		in.initialise(o.construct, instance, args, at)
		return instance
	}
	v := in.invoke(o, undefined, args, at)
	if _, isObject := v.(*object); isObject || in.err != nil {
		return v
	}
	return in.unknownAt(n, sc)
}
