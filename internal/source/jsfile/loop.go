package jsfile

import (
	"github.com/dop251/goja/ast"
)

// loop runs loops and labelled statements.
func (in *interp) loop(statement ast.Statement, sc *scope, label string) control {
	switch s := statement.(type) {
	case *ast.LabelledStatement:
		name := s.Label.Name.String()
		var c control
		switch s.Statement.(type) {
		case *ast.ForStatement, *ast.ForOfStatement, *ast.ForInStatement, *ast.WhileStatement, *ast.DoWhileStatement:
			c = in.loop(s.Statement, sc, name)
		default:
			c = in.exec(s.Statement, sc)
		}
		if c.kind == controlBreak && c.label == name {
			return control{}
		}
		return c
	case *ast.ForStatement:
		return in.forLoop(s, sc, label)
	case *ast.ForOfStatement:
		v := in.eval(s.Source, sc)
		if in.err != nil {
			return control{}
		}
		elems := in.iterate(v, in.module.span(s.Source))
		return in.each(elems, s.Into, s.Body, sc, label, in.openSource(s.Source, v, sc))
	case *ast.ForInStatement:
		return in.forIn(s, sc, label)
	case *ast.WhileStatement:
		return in.while(s.Test, s.Body, sc, label, false)
	case *ast.DoWhileStatement:
		return in.while(s.Test, s.Body, sc, label, true)
	}
	return control{}
}

// openSource is the condition under which the body of a loop over an unknown value runs.
func (in *interp) openSource(node ast.Expression, v value, sc *scope) *branch {
	if u, ok := v.(*unknown); ok && u.likely == nil {
		return &branch{text: in.inline(node, sc)}
	}
	return nil
}

func (in *interp) forIn(s *ast.ForInStatement, sc *scope, label string) control {
	v := in.eval(s.Source, sc)
	if in.err != nil {
		return control{}
	}
	at := in.module.span(s.Source)
	var elems []slot
	if o, ok := likelyObject(v); ok {
		for _, key := range in.keysOf(o) {
			elems = append(elems, slot{v: key, at: at})
		}
	} else if isUnknown(v) {
		elems = []slot{{v: in.unknownAt(s.Source, sc), at: at}}
	}
	return in.each(elems, s.Into, s.Body, sc, label, in.openSource(s.Source, v, sc))
}

func (in *interp) each(elems []slot, into ast.ForInto, body ast.Statement, sc *scope, label string, open *branch) control {
	for i := 0; i < len(elems); i++ {
		if !in.stepStatement() {
			return control{}
		}
		inner := newScope(sc)
		switch t := into.(type) {
		case *ast.ForDeclaration:
			in.declareTarget(t.Target, elems[i], inner, t.IsConst)
		case *ast.ForIntoVar:
			in.assign(t.Binding.Target, elems[i], inner)
		case *ast.ForIntoExpression:
			in.assign(t.Expression, elems[i], inner)
		}
		c := in.body(body, inner, open)
		if end, stop := c.leaveLoop(label); stop || in.err != nil {
			return end
		}
	}
	return control{}
}

func (in *interp) body(body ast.Statement, sc *scope, open *branch) control {
	if open == nil {
		return in.exec(body, sc)
	}
	c, _ := in.maybe(*open, body, sc)
	return c
}

// leaveLoop tells whether a loop ends, and how.
func (c control) leaveLoop(label string) (control, bool) {
	mine := c.label == "" || c.label == label
	switch {
	case c.kind == controlNone, c.kind == controlContinue && mine:
		return control{}, false
	case c.kind == controlBreak && mine:
		return control{}, true
	}
	return c, true
}

// while runs until its test fails; a test that is not known holds once.
func (in *interp) while(test ast.Expression, body ast.Statement, sc *scope, label string, after bool) control {
	for first := true; in.err == nil; first = false {
		var open *branch
		if !after || !first {
			v := in.eval(test, sc)
			if isUnknown(v) {
				if !first {
					return control{}
				}
				open = &branch{text: in.inline(test, sc)}
			} else if in.err != nil || !truthy(v) {
				return control{}
			}
		}
		c := in.body(body, newScope(sc), open)
		if end, stop := c.leaveLoop(label); stop || open != nil {
			return end
		}
	}
	return control{}
}

func (in *interp) forLoop(s *ast.ForStatement, sc *scope, label string) control {
	outer := newScope(sc)
	switch init := s.Initializer.(type) {
	case *ast.ForLoopInitializerExpression:
		in.eval(init.Expression, outer)
	case *ast.ForLoopInitializerVarDeclList:
		in.variables(init.List, outer)
	case *ast.ForLoopInitializerLexicalDecl:
		in.lexical(&init.LexicalDeclaration, outer)
	}
	for first := true; in.err == nil; first = false {
		var open *branch
		if s.Test != nil {
			v := in.eval(s.Test, outer)
			if isUnknown(v) {
				if !first {
					return control{}
				}
				open = &branch{text: in.inline(s.Test, outer)}
			} else if in.err != nil || !truthy(v) {
				return control{}
			}
		}
		// Each round has its own variables, which closures may keep.
		round := in.copyScope(outer, sc)
		c := in.body(s.Body, newScope(round), open)
		if end, stop := c.leaveLoop(label); stop || open != nil || in.err != nil {
			return end
		}
		outer = in.copyScope(round, sc)
		if s.Update != nil {
			in.eval(s.Update, outer)
		} else {
			in.stepStatement()
		}
	}
	return control{}
}

func (in *interp) copyScope(from, parent *scope) *scope {
	to := newScope(parent)
	if len(from.vars) > 0 {
		in.charge(span{}, 64*len(from.vars))
		to.vars = make(map[string]*variable, len(from.vars))
		for name, v := range from.vars {
			c := *v
			to.vars[name] = &c
		}
	}
	return to
}
