package jsfile

import (
	"github.com/dop251/goja/ast"
)

// assign stores a value in a variable, a property or a pattern that exists.
func (in *interp) assign(target ast.Expression, s slot, sc *scope) {
	if in.err != nil {
		return
	}
	switch t := target.(type) {
	case *ast.Identifier:
		in.assignVariable(t, s, sc)
	case *ast.DotExpression:
		in.set(in.eval(t.Left, sc), t.Identifier.Name.String(), s, in.module.span(t))
	case *ast.PrivateDotExpression:
		in.set(in.eval(t.Left, sc), "#"+t.Identifier.Name.String(), s, in.module.span(t))
	case *ast.BracketExpression:
		base := in.eval(t.Left, sc)
		if key, ok := in.propertyKey(in.eval(t.Member, sc)); ok {
			in.set(base, key, s, in.module.span(t))
		}
	default:
		in.bind(target, s, sc, func(leaf ast.Expression, s slot) { in.assign(leaf, s, sc) })
	}
}

func (in *interp) assignVariable(id *ast.Identifier, s slot, sc *scope) {
	name := id.Name.String()
	v := sc.find(name)
	if v == nil {
		in.declare(in.globals, name, s)
		return
	}
	if v.constant {
		in.throw(in.module.span(id), "assignment to constant variable")
		return
	}
	if guarded, ok := in.guard(v.seq, v.slot, s); ok {
		v.slot = guarded
	}
}

// declareTarget declares the names of a pattern in a scope.
func (in *interp) declareTarget(target ast.Expression, s slot, sc *scope, constant bool) {
	in.bind(target, s, sc, func(leaf ast.Expression, s slot) {
		id, ok := leaf.(*ast.Identifier)
		if !ok {
			return
		}
		in.nameFunction(s.v, id)
		s.v = in.nameModule(s.v, id.Name.String())
		in.declare(sc, id.Name.String(), s)
		if v := sc.vars[id.Name.String()]; v != nil {
			v.constant = constant
		}
	})
}

// nameModule lets a variable stand for a module that cannot be read.
func (in *interp) nameModule(v value, name string) value {
	if u, ok := v.(*unknown); ok && u.module {
		named := in.unknown(name)
		named.module = true
		return named
	}
	return v
}

// bind takes a value apart along a pattern and hands each part to store.
func (in *interp) bind(target ast.Expression, s slot, sc *scope, store func(ast.Expression, slot)) {
	if target == nil || !in.step(target) {
		return
	}
	switch t := target.(type) {
	case *ast.Binding:
		in.bind(t.Target, in.orDefault(s, t.Initializer, sc), sc, store)
	case *ast.AssignExpression:
		in.bind(t.Left, in.orDefault(s, t.Right, sc), sc, store)
	case *ast.ArrayPattern:
		in.bindArray(t, s, sc, store)
	case *ast.ObjectPattern:
		in.bindObject(t, s, sc, store)
	default:
		store(target, s)
	}
}

// orDefault is the default of a parameter or a pattern, for undefined; a value that is not known may fall back to it.
func (in *interp) orDefault(s slot, initializer ast.Expression, sc *scope) slot {
	if initializer == nil {
		return s
	}
	switch v := s.v.(type) {
	case undefinedValue:
		return in.slot(initializer, sc)
	case *unknown:
		d, ok := in.attempt(initializer, sc)
		if !ok || in.err != nil {
			return s
		}
		u := in.unknown(v.text + " ?? " + in.leafText(d.v))
		u.likely, u.fallback = v.likely, v.fallback
		if u.likely == nil && u.fallback == nil {
			u.setLikely(d.v)
		}
		return slot{v: u, at: s.at}
	}
	return s
}

func (in *interp) bindArray(t *ast.ArrayPattern, s slot, sc *scope, store func(ast.Expression, slot)) {
	at := in.module.span(t)
	var elems []slot
	u, open := s.v.(*unknown)
	if open = open && u.likely == nil; !open {
		elems = in.iterate(s.v, at)
	}
	element := func(i int) slot {
		switch {
		case open:
			return slot{v: in.get(u, numberText(float64(i)), at), at: at}
		case i < len(elems):
			return elems[i]
		}
		return slot{v: undefined, at: at}
	}
	for i, e := range t.Elements {
		in.bind(e, element(i), sc, store)
	}
	if t.Rest == nil {
		return
	}
	rest := in.newArray(at)
	if open {
		in.grow(rest, at, slot{v: in.unknown(u.text), at: at})
	} else if len(elems) > len(t.Elements) {
		in.grow(rest, at, elems[len(t.Elements):]...)
	}
	in.bind(t.Rest, slot{v: rest, at: at}, sc, store)
}

func (in *interp) bindObject(t *ast.ObjectPattern, s slot, sc *scope, store func(ast.Expression, slot)) {
	at := in.module.span(t)
	if isNullish(s.v) {
		in.throw(at, "cannot destructure "+typeName(s.v))
		return
	}
	taken := map[string]bool{}
	part := func(key string) slot {
		taken[key] = true
		found := in.getSlot(s.v, key, at)
		return found
	}
	for _, property := range t.Properties {
		switch p := property.(type) {
		case *ast.PropertyShort:
			id := p.Name
			in.bind(&id, in.orDefault(part(id.Name.String()), p.Initializer, sc), sc, store)
		case *ast.PropertyKeyed:
			if key, ok := in.literalKey(p.Key, p.Computed, sc); ok {
				in.bind(p.Value, part(key), sc, store)
			} else {
				in.bind(p.Value, slot{v: in.unknownAt(p.Key, sc), at: at}, sc, store)
			}
		}
	}
	if t.Rest == nil {
		return
	}
	rest := in.newObject(classObject, at)
	if o, ok := likelyObject(s.v); ok {
		for _, key := range in.keysOf(o) {
			if !taken[key] {
				in.define(rest, key, in.getSlot(o, key, at))
			}
		}
	}
	in.bind(t.Rest, slot{v: rest, at: at}, sc, store)
}
