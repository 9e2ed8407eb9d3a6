package jsfile

import (
	"context"
	"errors"
	"fmt"

	"github.com/dop251/goja/ast"
)

const (
	maxDepth = 5_000
	maxCalls = 400
	// maxArray bounds the length of one array, maxString the bytes of one string.
	maxArray  = 100_000
	maxString = 1 << 20
	// maxRequire bounds the chain of required files, maxModules their number.
	maxRequire = 8
	maxModules = 64
)

// interp evaluates modules. After a throw or a limit, err is set and everything that is still evaluated is undefined
// and has no effect, until a try statement takes the throw.
type interp struct {
	ctx     context.Context
	options *options
	main    *module
	err     error

	module  *module
	globals *scope
	modules map[string]*loaded
	nested  int // depth of required modules

	steps, ticks, memory int
	// last is where the evaluation is, in the main module.
	last         ast.Node
	depth, calls int
	seq          int
	// skip ends an optional chain.
	skip bool
	// returned tells whether the last branch that may be taken returned.
	returned bool
	// branches are the conditions that are not known and whose branches are being evaluated.
	branches []branch
}

// branch is one branch of a condition that is not known. What existed before seq may have kept its value.
type branch struct {
	text string
	seq  int
	// soft marks the other branch of a condition: it does not replace what the first one made.
	soft bool
	// otherwise marks the branch that is taken if the ones before are not.
	otherwise bool
	// final marks such a branch if all branches before it return.
	final bool
}

// thrown is a JavaScript exception.
type thrown struct {
	v  value
	at span
}

func (t *thrown) Error() string {
	return "uncaught exception at " + t.at.text()
}

var errStopped = errors.New("the module ended its process")

func evaluate(ctx context.Context, m *module, o *options) (*File, error) {
	in := &interp{ctx: ctx, options: o, main: m, modules: map[string]*loaded{}}
	in.globals = in.newGlobals()
	exported := in.exported(m, in.run(m))
	var limit *LimitError
	if errors.As(in.err, &limit) || ctx.Err() != nil {
		return nil, in.limitError()
	}
	threw := in.err != nil && !errors.Is(in.err, errStopped)
	in.err = nil
	if threw || m.kind != kindJSON && isUnknown(exported.v) {
		return in.static(exported)
	}
	return in.file(exported, false)
}

func (in *interp) file(exported slot, static bool) (*File, error) {
	e := &exporter{in: in, left: in.options.limits.MaxValues}
	value, root := e.export(exported, "")
	if in.err != nil {
		return nil, in.limitError()
	}
	return &File{Value: value, Static: static, module: in.main, root: root}, nil
}

func (in *interp) limitError() error {
	var limit *LimitError
	if errors.As(in.err, &limit) {
		return limit
	}
	if errors.Is(context.Cause(in.ctx), context.Canceled) {
		return fmt.Errorf("read %s: %w", in.main.name, context.Canceled)
	}
	return &LimitError{Line: 1, Column: 1, Msg: "the evaluation took too long"}
}

// step counts one evaluated node and tells whether the evaluation goes on.
func (in *interp) step(node ast.Node) bool {
	if in.err != nil {
		return false
	}
	in.steps++
	in.ticks++
	if node != nil && in.module == in.main {
		in.last = node
	}
	switch {
	case in.steps > in.options.limits.MaxSteps:
		in.exceed("the evaluation takes too many steps")
	case in.depth > maxDepth:
		in.exceed("an expression is nested too deeply")
	case in.ticks%256 == 0 && in.ctx.Err() != nil:
		in.exceed("the evaluation took too long")
	}
	return in.err == nil
}

// exceed ends the evaluation for good.
func (in *interp) exceed(msg string) {
	offset := 0
	if in.last != nil {
		offset = in.main.offset(in.last.Idx0())
	}
	in.fail(in.main.limit(offset, msg))
}

func (in *interp) exceedAt(at span, msg string) {
	offset := 0
	if at.module == in.main {
		offset = at.from
	}
	in.fail(in.main.limit(offset, msg))
}

func (in *interp) fail(err error) {
	var limit *LimitError
	if in.err == nil || errors.As(err, &limit) {
		in.err = err
	}
}

// throw raises a JavaScript error.
func (in *interp) throw(at span, msg string) value {
	if in.err == nil {
		e := in.newObject(classError, at)
		in.define(e, "message", slot{v: msg, at: at})
		in.fail(&thrown{v: e, at: at})
	}
	return undefined
}

// charge counts bytes of new values.
func (in *interp) charge(at span, bytes int) bool {
	in.memory += bytes
	if bytes < 0 || in.memory > in.options.limits.MaxMemory {
		in.exceedAt(at, "the evaluation needs too much memory")
	}
	return in.err == nil
}

// text makes a string value.
func (in *interp) text(at span, s string) value {
	if len(s) > maxString {
		in.exceedAt(at, "a string is too long")
		return undefined
	}
	if !in.charge(at, len(s)) {
		return undefined
	}
	return s
}

func (in *interp) newObject(class class, at span) *object {
	in.charge(at, 128)
	in.seq++
	return &object{class: class, at: at, seq: in.seq}
}

func (in *interp) newArray(at span, elems ...slot) *object {
	a := in.newObject(classArray, at)
	in.grow(a, at, elems...)
	return a
}

// grow appends to an array.
func (in *interp) grow(a *object, at span, elems ...slot) {
	if len(a.elems)+len(elems) > maxArray {
		in.exceedAt(at, fmt.Sprintf("an array has more than %d elements", maxArray))
		return
	}
	if in.charge(at, 64*len(elems)) {
		a.elems = append(a.elems, elems...)
	}
}

// define sets an own property without any check.
func (in *interp) define(o *object, key string, s slot) {
	if in.err != nil {
		return
	}
	if old, ok := o.props[key]; ok {
		*old = s
		return
	}
	if !in.charge(s.at, 96+len(key)) {
		return
	}
	if o.props == nil {
		o.props = map[string]*slot{}
	}
	o.props[key] = &s
	o.keys = append(o.keys, key)
}

func (in *interp) unknown(text string) *unknown {
	text = exprText(text)
	in.charge(span{}, len(text)+64)
	return &unknown{text: text}
}

// scope holds the variables of a block, a function or a module.
type scope struct {
	parent *scope
	vars   map[string]*variable
	// function is the frame of the function that the scope belongs to.
	frame *frame
}

type variable struct {
	slot
	seq      int
	constant bool
}

// frame is one activation of a function.
type frame struct {
	this value
	// returns are the results of branches that may be taken.
	returns []maybeReturn
	home    *object // the prototype that super looks above
	class   *classInfo
}

type maybeReturn struct {
	text string
	s    slot
	// always marks the return of the last branch: what follows it is not reached.
	always bool
}

func newScope(parent *scope) *scope {
	return &scope{parent: parent, frame: parent.frame}
}

func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.parent {
		if v, ok := s.vars[name]; ok {
			return v
		}
	}
	return nil
}

func (in *interp) declare(s *scope, name string, v slot) {
	if in.err != nil {
		return
	}
	if s.vars == nil {
		s.vars = map[string]*variable{}
	}
	in.seq++
	in.charge(v.at, 64)
	s.vars[name] = &variable{slot: v, seq: in.seq}
}
