package jsfile

import (
	"github.com/dop251/goja/ast"
)

// classInfo is what new needs of a class.
type classInfo struct {
	node        *ast.ClassLiteral
	module      *module
	scope       *scope
	prototype   *object
	parent      *classInfo
	constructor *closure
}

// class makes a class: a function object with its static members, and a prototype with its methods.
func (in *interp) class(n *ast.ClassLiteral, sc *scope) value {
	at := in.module.span(n)
	o := in.newObject(classFunction, at)
	info := &classInfo{node: n, module: in.module, scope: newScope(sc), prototype: in.newObject(classObject, at)}
	o.construct = info
	if n.SuperClass != nil {
		parent, ok := asObject(in.eval(n.SuperClass, sc))
		if !ok || parent.construct == nil {
			return in.unknownAt(n, sc)
		}
		info.parent, info.prototype.proto, o.proto = parent.construct, parent.construct.prototype, parent
	}
	if n.Name != nil {
		in.declare(info.scope, n.Name.Name.String(), slot{v: o, at: at})
	}
	for _, element := range n.Body {
		in.classElement(info, o, element)
	}
	return o
}

func (in *interp) classElement(info *classInfo, o *object, element ast.ClassElement) {
	switch e := element.(type) {
	case *ast.MethodDefinition:
		in.classMethod(info, o, e)
	case *ast.FieldDefinition:
		if e.Static {
			in.field(e, o, o, info)
		}
	case *ast.ClassStaticBlock:
		sc := newScope(info.scope)
		sc.frame = &frame{this: o}
		in.block(e.Block.List, sc)
	}
}

func (in *interp) classMethod(info *classInfo, o *object, e *ast.MethodDefinition) {
	target := info.prototype
	if e.Static {
		target = o
	}
	name, ok := in.literalKey(e.Key, e.Computed, info.scope)
	if !ok {
		return
	}
	f := in.newObject(classFunction, in.module.span(e.Body))
	c := &closure{
		module: info.module, scope: info.scope, home: target,
		params: e.Body.ParameterList, vars: e.Body.DeclarationList, body: e.Body.Body,
	}
	f.call = func(in *interp, this value, args []slot, _ span) value { return in.enterFunction(c, this, args).v }
	switch {
	case e.Body.Generator:
		f.call = unknownCall
	case name == "constructor" && !e.Static:
		c.class, info.constructor = info, c
		return
	}
	switch e.Kind {
	case ast.PropertyKindGet:
		if target.getters == nil {
			target.getters = map[string]*object{}
		}
		target.getters[name] = f
	case ast.PropertyKindSet:
	default:
		in.define(target, name, slot{v: f, at: f.at})
	}
}

// field sets one field of an instance, or a static one.
func (in *interp) field(e *ast.FieldDefinition, target *object, this value, info *classInfo) {
	name, ok := in.literalKey(e.Key, e.Computed, info.scope)
	if !ok {
		return
	}
	s := slot{v: undefined}
	if e.Initializer != nil {
		sc := newScope(info.scope)
		sc.frame = &frame{this: this, home: info.prototype}
		s = in.slot(e.Initializer, sc)
	}
	in.define(target, name, s)
}

// initialise runs the constructors of a class and its parents on an instance.
func (in *interp) initialise(info *classInfo, instance *object, args []slot, at span) {
	in.calls++
	defer func() { in.calls-- }()
	if in.calls > maxCalls {
		in.exceedAt(at, "functions call each other too deeply")
	}
	if !in.step(nil) {
		return
	}
	if info.parent != nil && info.constructor == nil {
		in.initialise(info.parent, instance, args, at)
	}
	if info.parent == nil || info.constructor == nil {
		in.fields(info, instance)
	}
	if info.constructor != nil {
		in.enterFunction(info.constructor, instance, args)
	}
}

func (in *interp) fields(info *classInfo, instance *object) {
	saved := in.module
	in.module = info.module
	defer func() { in.module = saved }()
	for _, element := range info.node.Body {
		if e, ok := element.(*ast.FieldDefinition); ok && !e.Static {
			in.field(e, instance, instance, info)
		}
	}
}

// superCall runs the parent's constructor on the instance that is being made.
func (in *interp) superCall(n *ast.CallExpression, sc *scope) value {
	args := in.arguments(n.ArgumentList, sc)
	this, ok := asObject(in.thisOf(sc))
	if in.err != nil || !ok {
		return undefined
	}
	if info := sc.frame.class; info != nil && info.parent != nil {
		in.initialise(info.parent, this, args, in.module.span(n))
		in.fields(info, this)
	}
	return undefined
}

func (in *interp) superMember(key string, sc *scope) value {
	if sc.frame == nil || sc.frame.home == nil || sc.frame.home.proto == nil {
		return undefined
	}
	if s, ok := sc.frame.home.proto.lookup(key); ok {
		return s.v
	}
	return undefined
}
