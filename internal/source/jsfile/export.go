package jsfile

import "sort"

// exporter turns values into Go values and keeps their places.
type exporter struct {
	in    *interp
	left  int
	depth int
	// open tells that something was not known.
	open bool
	// above are the objects around the one that is being exported.
	above []*object
}

// export gives the value and its place. The key is the name of the property that holds it.
func (e *exporter) export(s slot, key string) (any, *place) {
	if e.in.err != nil || !e.in.step(nil) {
		return nil, nil
	}
	e.left--
	if e.left < 0 || e.depth > maxNesting {
		e.in.exceedAt(s.at, "the value is too large")
		return nil, nil
	}
	switch v := s.v.(type) {
	case nil, undefinedValue, nullValue:
		return nil, &place{at: s.at}
	case float64:
		return exportNumber(v), &place{at: s.at}
	case *unknown:
		if v.likely != nil && (key == "apps" || key == "pm2" || e.depth == 0) && structured(v.likely) {
			return e.export(slot{v: v.likely, at: s.at}, key)
		}
		return e.expr(v.text, s.at)
	case *object:
		return e.object(v, s, key)
	}
	return s.v, &place{at: s.at}
}

func (e *exporter) expr(text string, at span) (any, *place) {
	e.open = true
	return map[string]any{ExprKey: exprText(text)}, &place{at: at}
}

func (e *exporter) object(o *object, s slot, key string) (any, *place) {
	for _, outer := range e.above {
		if outer == o {
			return e.expr(s.at.text(), s.at)
		}
	}
	at := o.at
	if !at.known() || at.module != e.in.main && s.at.module == e.in.main {
		at = s.at
	}
	switch o.class {
	case classFunction, classRegexp:
		return e.expr(at.text(), at)
	case classSet, classMap, classError:
		return map[string]any{}, &place{at: at}
	}
	e.depth++
	e.above = append(e.above, o)
	defer func() {
		e.depth--
		e.above = e.above[:len(e.above)-1]
	}()
	if o.class == classArray {
		return e.array(o, at, key)
	}
	out := map[string]any{}
	node := &place{at: at, props: map[string]*place{}}
	for _, name := range e.in.keysOf(o) {
		property := e.in.getSlot(o, name, at)
		if property.v == value(undefined) || e.in.err != nil {
			continue
		}
		out[name], node.props[name] = e.export(property, name)
	}
	return out, node
}

// array exports the elements; those of a list of apps may be likely objects as well.
func (e *exporter) array(a *object, at span, key string) (any, *place) {
	if key != "apps" && key != "pm2" {
		key = ""
	}
	out := make([]any, 0, len(a.elems))
	node := &place{at: at}
	for _, s := range a.elems {
		v, child := e.export(s, key)
		if e.in.err != nil {
			return nil, nil
		}
		out, node.elems = append(out, v), append(node.elems, child)
	}
	return out, node
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
