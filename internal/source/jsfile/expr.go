package jsfile

import (
	"math/big"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// slot evaluates an expression and tells where its value was written: variables give the place of their value.
func (in *interp) slot(node ast.Expression, sc *scope) slot {
	if id, ok := node.(*ast.Identifier); ok && in.step(node) {
		return in.identifier(id, sc)
	}
	v := in.eval(node, sc)
	if in.err != nil {
		return slot{v: undefined}
	}
	return slot{v: v, at: in.module.span(node)}
}

func (in *interp) eval(node ast.Expression, sc *scope) value {
	in.depth++
	defer func() { in.depth-- }()
	if node == nil || !in.step(node) {
		return undefined
	}
	switch n := node.(type) {
	case *ast.StringLiteral:
		return in.text(span{}, n.Value.String())
	case *ast.NumberLiteral:
		return in.number(n)
	case *ast.BooleanLiteral:
		return n.Value
	case *ast.NullLiteral:
		return null
	case *ast.Identifier:
		return in.identifier(n, sc).v
	case *ast.TemplateLiteral:
		return in.template(n, sc)
	case *ast.RegExpLiteral:
		return in.newRegexp(in.module.span(n), n.Pattern, n.Flags)
	case *ast.ObjectLiteral:
		return in.objectLiteral(n, sc)
	case *ast.ArrayLiteral:
		return in.arrayLiteral(n, sc)
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return in.function(n, sc)
	case *ast.ClassLiteral:
		return in.class(n, sc)
	}
	return in.operation(node, sc)
}

func (in *interp) operation(node ast.Expression, sc *scope) value {
	switch n := node.(type) {
	case *ast.DotExpression:
		return in.memberOf(n, n.Left, n.Identifier.Name.String(), sc)
	case *ast.PrivateDotExpression:
		return in.memberOf(n, n.Left, "#"+n.Identifier.Name.String(), sc)
	case *ast.BracketExpression:
		return in.bracket(n, sc)
	case *ast.CallExpression:
		return in.callExpression(n, sc)
	case *ast.NewExpression:
		return in.newExpression(n, sc)
	case *ast.BinaryExpression:
		return in.binaryExpression(n, sc)
	case *ast.UnaryExpression:
		return in.unary(n, sc)
	case *ast.ConditionalExpression:
		return in.conditional(n, sc)
	case *ast.AssignExpression:
		return in.assignExpression(n, sc).v
	case *ast.SequenceExpression:
		var v value = undefined
		for _, e := range n.Sequence {
			v = in.eval(e, sc)
		}
		return v
	case *ast.AwaitExpression:
		return in.eval(n.Argument, sc)
	case *ast.OptionalChain:
		v := in.eval(n.Expression, sc)
		if in.skip {
			in.skip = false
			return undefined
		}
		return v
	case *ast.Optional:
		v := in.eval(n.Expression, sc)
		in.skip = in.skip || isNullish(v)
		return v
	case *ast.ThisExpression:
		if sc.frame != nil && sc.frame.this != nil {
			return sc.frame.this
		}
		return undefined
	}
	return in.unknownAt(node, sc)
}

func (in *interp) number(n *ast.NumberLiteral) value {
	switch v := n.Value.(type) {
	case int64:
		return float64(v)
	case int:
		return float64(v)
	case float64:
		return v
	case *big.Int:
		return in.unknown(n.Literal)
	}
	return textNumber(n.Literal)
}

func (in *interp) identifier(n *ast.Identifier, sc *scope) slot {
	name := n.Name.String()
	at := in.module.span(n)
	if v := sc.find(name); v != nil {
		if !v.at.known() {
			return slot{v: v.v, at: at}
		}
		return v.slot
	}
	if name == "undefined" {
		return slot{v: undefined, at: at}
	}
	return slot{v: in.unknown(name), at: at}
}

func (in *interp) template(n *ast.TemplateLiteral, sc *scope) value {
	if n.Tag != nil {
		return in.unknownAt(n, sc)
	}
	var b strings.Builder
	open := false
	for i, element := range n.Elements {
		b.WriteString(element.Parsed.String())
		if i >= len(n.Expressions) {
			continue
		}
		v := in.eval(n.Expressions[i], sc)
		text, known := in.toText(v)
		if in.err != nil {
			return undefined
		}
		open = open || !known
		b.WriteString(text)
		if b.Len() > maxString {
			break
		}
	}
	if open {
		return in.unknownAt(n, sc)
	}
	return in.text(in.module.span(n), b.String())
}

func (in *interp) objectLiteral(n *ast.ObjectLiteral, sc *scope) value {
	o := in.newObject(classObject, in.module.span(n))
	for _, property := range n.Value {
		if in.err != nil {
			return undefined
		}
		switch p := property.(type) {
		case *ast.PropertyShort:
			id := p.Name
			in.define(o, id.Name.String(), in.shorthand(&id, sc))
		case *ast.PropertyKeyed:
			in.keyedProperty(o, p, sc)
		case *ast.SpreadElement:
			in.copyProperties(o, in.eval(p.Expression, sc), in.module.span(p.Expression))
		}
	}
	return o
}

// shorthand is the value of { name }: at the place of the variable's value, or of the name.
func (in *interp) shorthand(id *ast.Identifier, sc *scope) slot {
	if !in.step(id) {
		return slot{v: undefined}
	}
	return in.identifier(id, sc)
}

func (in *interp) keyedProperty(o *object, p *ast.PropertyKeyed, sc *scope) {
	key, ok := in.literalKey(p.Key, p.Computed, sc)
	switch p.Kind {
	case ast.PropertyKindGet:
		if getter, isFunction := asObject(in.eval(p.Value, sc)); isFunction && ok {
			in.define(o, key, slot{v: undefined, at: in.module.span(p.Value)})
			if o.getters == nil {
				o.getters = map[string]*object{}
			}
			o.getters[key] = getter
		}
		return
	case ast.PropertyKindSet:
		return
	}
	s := in.slot(p.Value, sc)
	if ok {
		in.define(o, key, s)
	}
}

// literalKey is the name of a property in a literal or a pattern; false when it is not known.
func (in *interp) literalKey(key ast.Expression, computed bool, sc *scope) (string, bool) {
	if !computed {
		switch k := key.(type) {
		case *ast.StringLiteral:
			return k.Value.String(), true
		case *ast.Identifier:
			return k.Name.String(), true
		case *ast.PrivateIdentifier:
			return "#" + k.Name.String(), true
		}
	}
	return in.propertyKey(in.eval(key, sc))
}

func (in *interp) propertyKey(v value) (string, bool) {
	if isUnknown(v) {
		return "", false
	}
	return in.toText(v)
}

// copyProperties is what a spread and Object.assign do.
func (in *interp) copyProperties(o *object, v value, at span) {
	if u, ok := v.(*unknown); ok && u.likely != nil {
		v = u.likely
	}
	switch from := v.(type) {
	case *object:
		for _, key := range in.keysOf(from) {
			in.define(o, key, in.getSlot(from, key, at))
		}
	case string:
		for i, s := range in.iterate(from, at) {
			in.define(o, numberText(float64(i)), s)
		}
	}
}

func (in *interp) arrayLiteral(n *ast.ArrayLiteral, sc *scope) value {
	a := in.newArray(in.module.span(n))
	for _, element := range n.Value {
		if in.err != nil {
			return undefined
		}
		switch e := element.(type) {
		case nil:
			in.grow(a, a.at, slot{v: undefined})
		case *ast.SpreadElement:
			in.grow(a, a.at, in.iterate(in.eval(e.Expression, sc), in.module.span(e.Expression))...)
		default:
			in.grow(a, a.at, in.slot(e, sc))
		}
	}
	return a
}

// iterate gives the elements that a spread or a loop sees.
func (in *interp) iterate(v value, at span) []slot {
	switch v := v.(type) {
	case string:
		in.charge(at, 80*len(v))
		if in.err != nil {
			return nil
		}
		var out []slot
		for _, r := range v {
			out = append(out, slot{v: string(r), at: at})
		}
		return out
	case *object:
		switch v.class {
		case classArray, classSet, classMap:
			return v.elems
		}
	case *unknown:
		if v.likely != nil && v.likely.class == classArray {
			return v.likely.elems
		}
		return []slot{{v: in.unknown(v.text), at: at}}
	}
	in.throw(at, "value is not iterable")
	return nil
}

func (in *interp) unary(n *ast.UnaryExpression, sc *scope) value {
	switch n.Operator {
	case token.INCREMENT, token.DECREMENT:
		return in.update(n, sc)
	case token.DELETE:
		in.deleteMember(n.Operand, sc)
		return true
	case token.TYPEOF:
		if id, ok := n.Operand.(*ast.Identifier); ok && sc.find(id.Name.String()) == nil {
			return "undefined"
		}
	}
	v := in.eval(n.Operand, sc)
	if in.err != nil {
		return undefined
	}
	if n.Operator == token.VOID {
		return undefined
	}
	if isUnknown(v) {
		return in.unknownAt(n, sc)
	}
	switch n.Operator {
	case token.NOT:
		return !truthy(v)
	case token.TYPEOF:
		return typeOf(v)
	}
	number, known := in.toNumber(v)
	if !known {
		return in.unknownAt(n, sc)
	}
	switch n.Operator {
	case token.MINUS:
		return -number
	case token.PLUS:
		return number
	case token.BITWISE_NOT:
		return float64(^toInt32(number))
	}
	return in.unknownAt(n, sc)
}

func (in *interp) update(n *ast.UnaryExpression, sc *scope) value {
	old := in.slot(n.Operand, sc)
	delta := 1.0
	if n.Operator == token.DECREMENT {
		delta = -1
	}
	number, known := in.toNumber(old.v)
	at := in.module.span(n)
	var result value = in.resultOf(known, number+delta, n, sc)
	in.assign(n.Operand, slot{v: result, at: at}, sc)
	if n.Postfix {
		return in.resultOf(known, number, n, sc)
	}
	return result
}

func (in *interp) resultOf(known bool, number float64, n ast.Expression, sc *scope) value {
	if known {
		return number
	}
	return in.unknownAt(n, sc)
}

// conditional is the ternary operator. If the test is not known, both results are evaluated and joined.
func (in *interp) conditional(n *ast.ConditionalExpression, sc *scope) value {
	test := in.eval(n.Test, sc)
	if in.err != nil {
		return undefined
	}
	if !isUnknown(test) {
		if truthy(test) {
			return in.eval(n.Consequent, sc)
		}
		return in.eval(n.Alternate, sc)
	}
	a, aok := in.attempt(n.Consequent, sc)
	b, bok := in.attempt(n.Alternate, sc)
	switch {
	case in.err != nil:
		return undefined
	case aok && !bok:
		return a.v
	case bok && !aok:
		return b.v
	}
	return in.join(in.inline(n.Test, sc), a, b, in.module.span(n), in.inline(n, sc))
}

// attempt evaluates what may not be reached: an exception means that it is not.
func (in *interp) attempt(node ast.Expression, sc *scope) (slot, bool) {
	in.enter(node, sc)
	s := in.slot(node, sc)
	in.leave()
	if _, threw := in.err.(*thrown); threw {
		in.err = nil
		return slot{v: undefined}, false
	}
	return s, in.err == nil
}

// enter and leave surround what is evaluated although its condition is not known.
func (in *interp) enter(condition ast.Expression, sc *scope) {
	in.branches = append(in.branches, branch{text: in.inline(condition, sc), seq: in.seq})
}

func (in *interp) leave() {
	in.branches = in.branches[:len(in.branches)-1]
}
