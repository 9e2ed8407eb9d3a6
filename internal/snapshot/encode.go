package snapshot

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// The kinds of nodes. A shared term is written once and referred to by its number.
const (
	tagShared = iota
	tagRef
	tagArray
	tagObject
	tagSet
	tagCall
	tagArrayComprehension
	tagObjectComprehension
	tagSetComprehension
)

// The kinds of shared terms.
const (
	tagNull = iota
	tagFalse
	tagTrue
	tagNumber
	tagString
	tagVar
	tagSharedRef
)

// The forms of an expression.
const (
	exprTerm = iota
	exprCall
	exprEvery
	exprNegated = 1 << 3
	exprWith    = 1 << 4
)

// Which optional parts a rule has.
const (
	ruleKey = 1 << iota
	ruleValue
	ruleElse
	ruleDefault
	ruleAssign
	// ruleIndexed tells that the compiler can index a comprehension of the rule.
	ruleIndexed
)

// encoder writes modules. It keeps the first error.
type encoder struct {
	out bytes.Buffer
	// shared numbers the terms that stand in many places; table holds them as written.
	shared map[string]int
	table  bytes.Buffer
	// indexed tells a comprehension that the compiler can index.
	indexed func(*ast.Term) bool
	err     error
}

func (e *encoder) number(n int) { e.out.Write(binary.AppendUvarint(nil, uint64(n))) }

func (e *encoder) text(s string) {
	e.number(len(s))
	e.out.WriteString(s)
}

func (e *encoder) texts(list []string) {
	e.number(len(list))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) fail(format string, arguments ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("encode compiled policies: "+format, arguments...)
	}
}

// scalar gives the form of a shared term, without references; false for anything else.
func scalar(value ast.Value) ([]byte, bool) {
	switch v := value.(type) {
	case ast.Null:
		return []byte{tagNull}, true
	case ast.Boolean:
		if v {
			return []byte{tagTrue}, true
		}
		return []byte{tagFalse}, true
	case ast.Number:
		return append([]byte{tagNumber}, v...), true
	case ast.String:
		return append([]byte{tagString}, v...), true
	case ast.Var:
		return append([]byte{tagVar}, v...), true
	}
	return nil, false
}

// sharedTerm numbers a scalar, or a reference that is made of scalars only.
func (e *encoder) sharedTerm(value ast.Value) (int, bool) {
	if form, ok := scalar(value); ok {
		return e.intern(form), true
	}
	ref, ok := value.(ast.Ref)
	if !ok {
		return 0, false
	}
	form := binary.AppendUvarint([]byte{tagSharedRef}, uint64(len(ref)))
	for _, part := range ref {
		plain, ok := scalar(part.Value)
		if !ok {
			return 0, false
		}
		form = binary.AppendUvarint(form, uint64(e.intern(plain)))
	}
	return e.intern(form), true
}

func (e *encoder) intern(form []byte) int {
	if known, ok := e.shared[string(form)]; ok {
		return known
	}
	number := len(e.shared)
	e.shared[string(form)] = number
	e.table.Write(binary.AppendUvarint(nil, uint64(len(form))))
	e.table.Write(form)
	return number
}

func (e *encoder) term(t *ast.Term) {
	if number, ok := e.sharedTerm(t.Value); ok {
		e.out.WriteByte(tagShared)
		e.number(number)
		return
	}
	switch v := t.Value.(type) {
	case ast.Ref:
		e.list(tagRef, v)
	case ast.Call:
		e.list(tagCall, v)
	case *ast.Array:
		var elements []*ast.Term
		v.Foreach(func(element *ast.Term) { elements = append(elements, element) })
		e.list(tagArray, elements)
	case ast.Set:
		e.list(tagSet, v.Slice())
	case ast.Object:
		e.out.WriteByte(tagObject)
		e.number(v.Len())
		v.Foreach(func(key, value *ast.Term) { e.term(key); e.term(value) })
	case *ast.ArrayComprehension:
		e.out.WriteByte(tagArrayComprehension)
		e.term(v.Term)
		e.body(v.Body)
	case *ast.SetComprehension:
		e.out.WriteByte(tagSetComprehension)
		e.term(v.Term)
		e.body(v.Body)
	case *ast.ObjectComprehension:
		e.out.WriteByte(tagObjectComprehension)
		e.term(v.Key)
		e.term(v.Value)
		e.body(v.Body)
	default:
		e.fail("a term of type %T", t.Value)
	}
}

func (e *encoder) list(tag byte, terms []*ast.Term) {
	e.out.WriteByte(tag)
	e.terms(terms)
}

func (e *encoder) terms(terms []*ast.Term) {
	e.number(len(terms))
	for _, term := range terms {
		e.term(term)
	}
}

func (e *encoder) body(body ast.Body) {
	e.number(len(body))
	for _, expr := range body {
		e.expr(expr)
	}
}

func (e *encoder) expr(expr *ast.Expr) {
	form := exprTerm
	switch expr.Terms.(type) {
	case []*ast.Term:
		form = exprCall
	case *ast.Every:
		form = exprEvery
	}
	if expr.Negated {
		form |= exprNegated
	}
	if len(expr.With) > 0 {
		form |= exprWith
	}
	e.out.WriteByte(byte(form))
	e.row(expr.Location)
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		e.term(terms)
	case []*ast.Term:
		e.terms(terms)
	case *ast.Every:
		e.every(terms)
	default:
		e.fail("an expression of type %T", expr.Terms)
	}
	if len(expr.With) > 0 {
		e.number(len(expr.With))
		for _, with := range expr.With {
			e.term(with.Target)
			e.term(with.Value)
		}
	}
}

func (e *encoder) every(every *ast.Every) {
	if every.Key == nil {
		e.out.WriteByte(0)
	} else {
		e.out.WriteByte(1)
		e.term(every.Key)
	}
	e.term(every.Value)
	e.term(every.Domain)
	e.body(every.Body)
}

// row writes the line of a node; errors of an evaluation name it.
func (e *encoder) row(location *ast.Location) {
	if location == nil {
		e.number(0)
		return
	}
	e.number(location.Row)
}

// anyIndexed tells whether a rule or a branch of it holds a comprehension that the compiler can index.
func (e *encoder) anyIndexed(rule *ast.Rule) bool {
	found := false
	ast.WalkTerms(rule, func(term *ast.Term) bool {
		found = found || e.indexed(term)
		return found
	})
	return found
}

func (e *encoder) rule(rule *ast.Rule, indexed bool) {
	parts := 0
	set := func(present bool, part int) {
		if present {
			parts |= part
		}
	}
	set(rule.Head.Key != nil, ruleKey)
	set(rule.Head.Value != nil, ruleValue)
	set(rule.Else != nil, ruleElse)
	set(rule.Default, ruleDefault)
	set(rule.Head.Assign, ruleAssign)
	set(indexed, ruleIndexed)
	e.out.WriteByte(byte(parts))
	e.row(rule.Location)
	e.text(string(rule.Head.Name))
	e.terms(rule.Head.Reference)
	e.terms(rule.Head.Args)
	if rule.Head.Key != nil {
		e.term(rule.Head.Key)
	}
	if rule.Head.Value != nil {
		e.term(rule.Head.Value)
	}
	e.body(rule.Body)
	if rule.Else != nil {
		e.rule(rule.Else, false)
	}
}

// module writes one module, behind its length.
func (e *encoder) module(file string, module *ast.Module) {
	outer := e.out
	e.out = bytes.Buffer{}
	e.terms(module.Package.Path)
	e.number(len(module.Rules))
	for _, rule := range module.Rules {
		e.rule(rule, e.anyIndexed(rule))
	}
	inner := e.out
	e.out = outer
	e.text(file)
	e.number(inner.Len())
	e.out.Write(inner.Bytes())
}
