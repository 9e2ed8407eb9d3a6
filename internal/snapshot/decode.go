package snapshot

import (
	"encoding/binary"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
)

// errDamaged is the error of a snapshot that ends early or holds what no encoder writes.
var errDamaged = errors.New("decode compiled policies: the snapshot is damaged")

// decoder reads a snapshot. It keeps the first error; from then on everything reads as empty.
type decoder struct {
	data  []byte
	terms sharedTerms
	file  string
	// indexed are the rules with comprehensions that the compiler can index.
	indexed []*ast.Rule
	slab    slab
	err     error
}

// sharedTerms are the terms that stand in many places. Most runs need few of them, so that each is read when it is first
// asked for.
type sharedTerms struct {
	// forms is the table as written; the form of term i begins at starts[i].
	forms  []byte
	starts []uint32
	read   []*ast.Term
}

// slab hands out nodes from blocks, because a snapshot holds very many of few types and all live as long as the run.
type slab struct {
	terms []ast.Term
	exprs []ast.Expr
	lists []*ast.Term
	spots []ast.Location
}

const block = 1024

func (s *slab) term(value ast.Value) *ast.Term {
	if len(s.terms) == 0 {
		s.terms = make([]ast.Term, block)
	}
	term := &s.terms[0]
	s.terms = s.terms[1:]
	term.Value = value
	return term
}

func (s *slab) expr() *ast.Expr {
	if len(s.exprs) == 0 {
		s.exprs = make([]ast.Expr, block)
	}
	expr := &s.exprs[0]
	s.exprs = s.exprs[1:]
	return expr
}

// list gives an empty list with room for exactly n terms.
func (s *slab) list(n int) []*ast.Term {
	if n > len(s.lists) {
		s.lists = make([]*ast.Term, max(n, 4*block))
	}
	list := s.lists[:0:n]
	s.lists = s.lists[n:]
	return list
}

func (s *slab) spot(file string, row int) *ast.Location {
	if len(s.spots) == 0 {
		s.spots = make([]ast.Location, block)
	}
	spot := &s.spots[0]
	s.spots = s.spots[1:]
	spot.File, spot.Row, spot.Col = file, row, 1
	return spot
}

func (d *decoder) fail() {
	d.err, d.data = errDamaged, nil
}

func (d *decoder) byte() byte {
	if len(d.data) == 0 {
		d.fail()
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

// number reads a count or an index; what is counted takes a byte or more each, so more than is left is damage.
func (d *decoder) number() int {
	n, size := binary.Uvarint(d.data)
	if size <= 0 || n > uint64(1<<30) {
		d.fail()
		return 0
	}
	d.data = d.data[size:]
	return int(n)
}

func (d *decoder) count() int {
	n := d.number()
	if n > len(d.data) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) bytes() []byte {
	n := d.count()
	part := d.data[:n]
	d.data = d.data[n:]
	return part
}

func (d *decoder) text() string { return string(d.bytes()) }

func (d *decoder) texts() []string {
	list := make([]string, d.count())
	for i := range list {
		list[i] = d.text()
	}
	return list
}

// shared finds the terms of the table that stand in many places.
func (d *decoder) shared() {
	n := d.count()
	d.terms = sharedTerms{forms: d.data, starts: make([]uint32, n)}
	for i := range n {
		d.terms.starts[i] = uint32(len(d.terms.forms) - len(d.data))
		d.bytes()
	}
}

func (d *decoder) sharedTerm(form []byte) *ast.Term {
	if len(form) == 0 {
		d.fail()
		return ast.NullTerm()
	}
	switch text := form[1:]; form[0] {
	case tagNull:
		return d.slab.term(ast.NullValue)
	case tagFalse:
		return d.slab.term(ast.Boolean(false))
	case tagTrue:
		return d.slab.term(ast.Boolean(true))
	case tagNumber:
		return d.slab.term(ast.Number(text))
	case tagString:
		return d.slab.term(ast.String(text))
	case tagVar:
		return d.slab.term(ast.Var(text))
	case tagSharedRef:
		return d.sharedRef(text)
	}
	d.fail()
	return ast.NullTerm()
}

// sharedRef reads a reference whose parts are shared themselves; they stand before it in the table.
func (d *decoder) sharedRef(form []byte) *ast.Term {
	inner := decoder{data: form}
	ref := d.slab.list(inner.count())
	for range cap(ref) {
		ref = append(ref, d.at(inner.number()))
	}
	if inner.err != nil {
		d.fail()
	}
	return d.slab.term(ast.Ref(ref))
}

// at gives a shared term.
func (d *decoder) at(number int) *ast.Term {
	if number >= len(d.terms.starts) {
		d.fail()
		return ast.NullTerm()
	}
	if d.terms.read == nil {
		d.terms.read = make([]*ast.Term, len(d.terms.starts))
	}
	if d.terms.read[number] == nil {
		inner := decoder{data: d.terms.forms[d.terms.starts[number]:]}
		d.terms.read[number] = d.sharedTerm(inner.bytes())
	}
	return d.terms.read[number]
}

func (d *decoder) term() *ast.Term {
	switch d.byte() {
	case tagShared:
		return d.at(d.number())
	case tagRef:
		return d.slab.term(ast.Ref(d.list()))
	case tagCall:
		return d.slab.term(ast.Call(d.list()))
	case tagArray:
		return d.slab.term(ast.NewArray(d.list()...))
	case tagSet:
		return d.slab.term(ast.NewSet(d.list()...))
	case tagObject:
		pairs := make([][2]*ast.Term, d.count())
		for i := range pairs {
			pairs[i] = [2]*ast.Term{d.term(), d.term()}
		}
		return d.slab.term(ast.NewObject(pairs...))
	case tagArrayComprehension:
		return d.slab.term(&ast.ArrayComprehension{Term: d.term(), Body: d.body()})
	case tagSetComprehension:
		return d.slab.term(&ast.SetComprehension{Term: d.term(), Body: d.body()})
	case tagObjectComprehension:
		return d.slab.term(&ast.ObjectComprehension{Key: d.term(), Value: d.term(), Body: d.body()})
	}
	d.fail()
	return ast.NullTerm()
}

func (d *decoder) list() []*ast.Term {
	list := d.slab.list(d.count())
	for range cap(list) {
		list = append(list, d.term())
	}
	return list
}

func (d *decoder) body() ast.Body {
	body := make(ast.Body, d.count())
	for i := range body {
		body[i] = d.expr()
		body[i].Index = i
	}
	return body
}

func (d *decoder) expr() *ast.Expr {
	expr := d.slab.expr()
	form := int(d.byte())
	expr.Negated = form&exprNegated != 0
	expr.Location = d.slab.spot(d.file, d.number())
	switch form &^ (exprNegated | exprWith) {
	case exprTerm:
		expr.Terms = d.term()
	case exprCall:
		expr.Terms = d.list()
	case exprEvery:
		expr.Terms = d.every(expr.Location)
	default:
		d.fail()
	}
	if form&exprWith != 0 {
		expr.With = make([]*ast.With, d.count())
		for i := range expr.With {
			expr.With[i] = &ast.With{Target: d.term(), Value: d.term(), Location: expr.Location}
		}
	}
	return expr
}

func (d *decoder) every(location *ast.Location) *ast.Every {
	every := &ast.Every{Location: location}
	if d.byte() == 1 {
		every.Key = d.term()
	}
	every.Value, every.Domain = d.term(), d.term()
	every.Body = d.body()
	return every
}

func (d *decoder) rule(module *ast.Module) *ast.Rule {
	parts := int(d.byte())
	location := d.slab.spot(d.file, d.number())
	head := &ast.Head{Name: ast.Var(d.text()), Reference: d.list(), Assign: parts&ruleAssign != 0, Location: location}
	if arguments := d.list(); len(arguments) > 0 {
		head.Args = arguments
	}
	if parts&ruleKey != 0 {
		head.Key = d.term()
	}
	if parts&ruleValue != 0 {
		head.Value = d.term()
	}
	rule := &ast.Rule{Head: head, Body: d.body(), Default: parts&ruleDefault != 0, Location: location, Module: module}
	if parts&ruleElse != 0 && d.err == nil {
		rule.Else = d.rule(module)
	}
	if parts&ruleIndexed != 0 {
		d.indexed = append(d.indexed, rule)
	}
	return rule
}

func (d *decoder) module() *ast.Module {
	module := &ast.Module{Package: &ast.Package{Path: d.list()}}
	module.Rules = make([]*ast.Rule, d.count())
	for i := range module.Rules {
		module.Rules[i] = d.rule(module)
	}
	return module
}
