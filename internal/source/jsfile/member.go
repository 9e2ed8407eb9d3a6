package jsfile

import (
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

func (in *interp) memberOf(node, left ast.Expression, key string, sc *scope) value {
	if _, ok := left.(*ast.SuperExpression); ok {
		return in.superMember(key, sc)
	}
	base := in.eval(left, sc)
	if in.skip || in.err != nil {
		return undefined
	}
	at := in.module.span(node)
	v := in.get(base, key, at)
	if u, ok := v.(*unknown); ok && isUnknown(base) {
		if text := at.text(); strings.ReplaceAll(text, "?.", ".") == u.text {
			u.text = text
		}
	}
	return v
}

func (in *interp) bracket(n *ast.BracketExpression, sc *scope) value {
	base := in.eval(n.Left, sc)
	if in.skip {
		return undefined
	}
	member := in.eval(n.Member, sc)
	if in.err != nil {
		return undefined
	}
	return in.getComputed(base, member, n, sc)
}

// getComputed is base[member]. A member that is not known takes the entry that its fallback names, as a likely value.
func (in *interp) getComputed(base, member value, n ast.Expression, sc *scope) value {
	at := in.module.span(n)
	if u, ok := base.(*unknown); ok && u.likely == nil {
		if key, ok := in.propertyKey(member); ok {
			return in.get(base, key, at)
		}
		return in.unknownAt(n, sc)
	}
	if key, ok := in.propertyKey(member); ok {
		return in.get(base, key, at)
	}
	out := in.unknownAt(n, sc)
	o, isObject := likelyObject(base)
	u, isUnknown := out.(*unknown)
	if !isObject || !isUnknown || in.err != nil {
		return out
	}
	if m, ok := member.(*unknown); ok && m.fallback != nil {
		if key, ok := in.toText(m.fallback); ok {
			u.setLikely(in.get(o, key, at))
		}
	}
	if u.likely == nil {
		u.likely = in.firstObject(o)
	}
	return out
}

func (u *unknown) setLikely(v value) {
	if o, ok := likelyObject(v); ok {
		u.likely = o
	} else {
		u.fallback = knownLeaf(v)
	}
}

// firstObject is the first entry of an object that itself is an object.
func (in *interp) firstObject(o *object) *object {
	for _, s := range o.elems {
		if e, ok := asObject(s.v); ok {
			return e
		}
	}
	for _, key := range o.keys {
		if e, ok := asObject(o.props[key].v); ok {
			return e
		}
	}
	return nil
}

// get is base.key.
func (in *interp) get(base value, key string, at span) value {
	return in.getSlot(base, key, at).v
}

func (in *interp) getSlot(base value, key string, at span) slot {
	if in.err != nil {
		return slot{v: undefined}
	}
	switch b := base.(type) {
	case *object:
		if getter := b.getter(key); getter != nil {
			return slot{v: in.invoke(getter, b, nil, at), at: at}
		}
		if s, ok := in.ownElement(b, key); ok {
			return s
		}
		if s, ok := b.lookup(key); ok {
			return *s
		}
		return slot{v: in.builtinMember(b, key, at), at: at}
	case string:
		return slot{v: in.stringMember(b, key, at), at: at}
	case *unknown:
		return slot{v: in.unknownMember(b, key, at), at: at}
	case undefinedValue, nullValue:
		return slot{v: in.throw(at, "cannot read properties of "+typeName(base)+" (reading '"+key+"')")}
	}
	return slot{v: in.method(primitiveMethods, key, at), at: at}
}

func typeName(v value) string {
	if _, ok := v.(nullValue); ok {
		return "null"
	}
	return "undefined"
}

func (in *interp) ownElement(o *object, key string) (slot, bool) {
	if o.class != classArray {
		return slot{}, false
	}
	if i, ok := arrayIndex(key); ok {
		if i < len(o.elems) {
			return o.elems[i], true
		}
		return slot{v: undefined}, true
	}
	if key == "length" {
		return slot{v: float64(len(o.elems))}, true
	}
	return slot{}, false
}

// unknownMember is a property of a value that is not known. What it falls back to goes along.
func (in *interp) unknownMember(u *unknown, key string, at span) value {
	if key == "then" || in.err != nil {
		return undefined
	}
	text := u.text
	if compound(text) {
		text = "(" + text + ")"
	}
	out := in.unknown(memberText(text, key))
	if u.likely != nil {
		v := in.get(u.likely, key, at)
		if f, ok := asObject(v); ok && f.class == classFunction {
			return v
		}
		out.setLikely(v)
	}
	return out
}

func memberText(base, key string) string {
	if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$#") != "" {
		return base + "[" + quote(key) + "]"
	}
	if _, err := strconv.Atoi(key); err == nil {
		return base + "[" + key + "]"
	}
	return base + "." + key
}

func (in *interp) stringMember(s, key string, at span) value {
	if key == "length" {
		return float64(stringLength(s))
	}
	if i, ok := arrayIndex(key); ok {
		if i >= stringLength(s) {
			return undefined
		}
		return substring(s, i, i+1)
	}
	return in.method(stringMethods, key, at)
}

// set is base.key = s.
func (in *interp) set(base value, key string, s slot, at span) {
	if in.err != nil {
		return
	}
	o, ok := likelyObject(base)
	if !ok {
		if isNullish(base) {
			in.throw(at, "cannot set properties of "+typeName(base))
		}
		return
	}
	if o.frozen {
		return
	}
	if o.class == classArray {
		if i, isIndex := arrayIndex(key); isIndex {
			in.setElement(o, i, s, at)
			return
		}
		if key == "length" {
			in.setLength(o, s.v, at)
			return
		}
	}
	old := slot{v: undefined}
	if existing, ok := o.own(key); ok {
		old = *existing
	}
	if guarded, ok := in.guard(o.seq, old, s); ok {
		in.define(o, key, guarded)
	}
}

func (in *interp) setElement(a *object, i int, s slot, at span) {
	for len(a.elems) <= i && in.err == nil {
		if i >= maxArray {
			in.exceedAt(at, "an array is too long")
			return
		}
		in.grow(a, at, slot{v: undefined})
	}
	if in.err != nil {
		return
	}
	if guarded, ok := in.guard(a.seq, a.elems[i], s); ok {
		a.elems[i] = guarded
	}
}

func (in *interp) setLength(a *object, v value, at span) {
	n, ok := v.(float64)
	if !ok {
		return
	}
	if n < 0 || n > maxArray {
		in.exceedAt(at, "an array is too long")
		return
	}
	for len(a.elems) < int(n) && in.err == nil {
		in.grow(a, at, slot{v: undefined})
	}
	if in.err == nil {
		a.elems = a.elems[:int(n)]
	}
}

// guard decides what an assignment gives when it stands in a branch that may not be taken: objects are taken, simple
// values are known no more. It answers false when the assignment has no effect.
func (in *interp) guard(seq int, old, s slot) (slot, bool) {
	b, ok := in.branchAfter(seq)
	if !ok || sameLeaf(old.v, s.v) {
		return s, true
	}
	if structured(s.v) {
		_, had := likelyObject(old.v)
		return s, !b.soft || !had
	}
	if o, isObject := asObject(s.v); isObject && o != nil {
		return s, true
	}
	u := in.branchValue(b, old.v, s.v)
	u.likely, _ = likelyObject(old.v)
	if u.likely == nil && !isUnknown(old.v) && isUnknown(s.v) {
		u.fallback = knownLeaf(old.v)
	}
	return slot{v: u, at: s.at}, true
}

// branchValue is the value of what a branch sets: "condition ? new : old".
func (in *interp) branchValue(b branch, old, v value) *unknown {
	if o, ok := old.(*unknown); ok && b.otherwise && o.condition != "" {
		return in.unknown(o.condition + " ? " + o.yes + " : " + in.leafText(v))
	}
	yes := in.leafText(v)
	u := in.unknown(b.text + " ? " + yes + " : " + in.leafText(old))
	u.condition, u.yes = b.text, yes
	return u
}

// branchAfter is the innermost branch of an unknown condition that began after something was made. It is soft if any
// such branch is.
func (in *interp) branchAfter(seq int) (branch, bool) {
	n := len(in.branches)
	if n == 0 || in.branches[n-1].seq < seq {
		return branch{}, false
	}
	b := in.branches[n-1]
	for _, outer := range in.branches {
		b.soft = b.soft || outer.soft && outer.seq >= seq
	}
	return b, true
}

func (in *interp) deleteMember(node ast.Expression, sc *scope) {
	var base value
	var key string
	known := true
	switch n := node.(type) {
	case *ast.DotExpression:
		base, key = in.eval(n.Left, sc), n.Identifier.Name.String()
	case *ast.BracketExpression:
		base = in.eval(n.Left, sc)
		key, known = in.propertyKey(in.eval(n.Member, sc))
	}
	o, ok := asObject(base)
	if !ok || !known || in.err != nil || o.frozen {
		return
	}
	if _, maybe := in.branchAfter(o.seq); !maybe {
		o.delete(key)
	} else if s, found := o.own(key); found && !structured(s.v) {
		in.set(o, key, slot{v: undefined, at: s.at}, s.at)
	}
}

// assignExpression is target = value and target op= value.
func (in *interp) assignExpression(n *ast.AssignExpression, sc *scope) slot {
	if n.Operator == token.ASSIGN {
		s := in.slot(n.Right, sc)
		in.nameFunction(s.v, n.Left)
		in.assign(n.Left, s, sc)
		return s
	}
	old := in.slot(n.Left, sc)
	if in.err != nil {
		return slot{v: undefined}
	}
	s := slot{at: in.module.span(n.Right)}
	switch n.Operator {
	case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		if !isUnknown(old.v) && !takesRight(n.Operator, old.v) {
			return old
		}
		s.v = in.logical(n.Operator, old.v, n.Right, n, sc)
		in.nameCompound(n, old.v, s.v, sc)
	default:
		right := in.eval(n.Right, sc)
		if in.err != nil {
			return slot{v: undefined}
		}
		s.v = in.binary(n.Operator, old.v, right, n, sc)
		in.nameCompound(n, old.v, s.v, sc)
	}
	in.assign(n.Left, s, sc)
	return s
}

// nameCompound gives the result of "target op= value" the text of "old op value".
func (in *interp) nameCompound(n *ast.AssignExpression, old, v value, sc *scope) {
	if u, open := v.(*unknown); open {
		u.text = exprText(in.leafText(old) + " " + n.Operator.String() + " " + in.operand(n.Right, sc))
	}
}

// nameFunction has no effect on values; anonymous functions keep the name of their variable for exports only.
func (in *interp) nameFunction(v value, target ast.Expression) {
	id, ok := target.(*ast.Identifier)
	o, isObject := asObject(v)
	if ok && isObject && o.class == classFunction && o.props == nil {
		in.define(o, "name", slot{v: id.Name.String(), at: o.at})
	}
}
