package jsconfig

import (
	"strconv"

	"github.com/dop251/goja/ast"
)

// maxPlaces is how deep literals are followed.
const maxPlaces = 100

// place is where a value of the result stands in the text.
type place struct {
	span span
	// leaf tells that the value is not made of literals, depends that it depends on where the module runs.
	leaf, depends bool
	expression    ast.Expression
	keys          map[string]*place
	elements      []*place
}

func (p *place) child(segment any) *place {
	if p == nil {
		return nil
	}
	switch segment := segment.(type) {
	case string:
		return p.keys[segment]
	case int:
		if segment >= 0 && segment < len(p.elements) {
			return p.elements[segment]
		}
	case int64:
		return p.child(int(segment))
	}
	return nil
}

// resolved follows names to the literals that they stand for.
func (m *module) resolved(e ast.Expression) ast.Expression {
	for range 10 {
		name, ok := e.(*ast.Identifier)
		if !ok {
			break
		}
		next := m.variables[string(name.Name)]
		if next == nil {
			break
		}
		e = next
	}
	return e
}

// place finds the literals that make a value.
func (m *module) place(e ast.Expression, depth int) *place {
	if e == nil || depth > maxPlaces {
		return nil
	}
	p := &place{span: m.span(e), expression: m.resolved(e)}
	switch literal := p.expression.(type) {
	case *ast.ObjectLiteral:
		p.keys = map[string]*place{}
		for _, property := range literal.Value {
			m.property(p, property, depth)
		}
	case *ast.ArrayLiteral:
		for _, element := range literal.Value {
			if spread, ok := element.(*ast.SpreadElement); ok {
				if inner := m.place(spread.Expression, depth+1); inner != nil {
					p.elements = append(p.elements, inner.elements...)
				}
				continue
			}
			p.elements = append(p.elements, m.place(element, depth+1))
		}
	default:
		p.leaf, p.depends = true, m.depends(p.span)
	}
	return p
}

func (m *module) property(p *place, property ast.Property, depth int) {
	switch property := property.(type) {
	case *ast.PropertyKeyed:
		if key, ok := literalKey(property); ok && property.Kind == ast.PropertyKindValue {
			p.keys[key] = m.place(property.Value, depth+1)
		}
	case *ast.PropertyShort:
		name := property.Name
		p.keys[string(name.Name)] = m.place(&name, depth+1)
	case *ast.SpreadElement:
		if inner := m.place(property.Expression, depth+1); inner != nil {
			for key, value := range inner.keys {
				p.keys[key] = value
			}
		}
	}
}

func literalKey(property *ast.PropertyKeyed) (string, bool) {
	switch key := property.Key.(type) {
	case *ast.StringLiteral:
		return string(key.Value), true
	case *ast.Identifier:
		return string(key.Name), !property.Computed
	case *ast.NumberLiteral:
		return key.Literal, true
	}
	return "", false
}

// static is the value that the literals of a place make, without running anything.
func (m *module) static(p *place) any {
	if p == nil {
		return nil
	}
	switch literal := p.expression.(type) {
	case *ast.ObjectLiteral:
		object := map[string]any{}
		for key, child := range p.keys {
			object[key] = m.static(child)
		}
		return object
	case *ast.ArrayLiteral:
		array := make([]any, len(p.elements))
		for i, child := range p.elements {
			array[i] = m.static(child)
		}
		return array
	case *ast.StringLiteral:
		return string(literal.Value)
	case *ast.BooleanLiteral:
		return literal.Value
	case *ast.NullLiteral:
		return nil
	case *ast.NumberLiteral:
		if number, err := strconv.ParseFloat(literal.Literal, 64); err == nil {
			return number
		}
	}
	return map[string]any{"$expr": m.text.source(p.span)}
}
