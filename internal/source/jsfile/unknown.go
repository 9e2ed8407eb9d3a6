package jsfile

import (
	"sort"
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"
)

// maxInline bounds the source text in which variables are replaced by what they stand for.
const maxInline = 2_000

// unknownAt is the value of an expression that is not known.
func (in *interp) unknownAt(node ast.Expression, sc *scope) value {
	if in.err != nil {
		return undefined
	}
	return in.unknown(in.inline(node, sc))
}

// inline is the source text of an expression in which variables that are not known are replaced by their expressions,
// and variables with a simple value by that value.
func (in *interp) inline(node ast.Expression, sc *scope) string {
	at := in.module.span(node)
	if at.to-at.from > maxInline {
		return at.text()
	}
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	var test ast.Expression
	if c, ok := node.(*ast.ConditionalExpression); ok {
		test = c.Test
	}
	visitIdentifiers(node, 0, func(id *ast.Identifier) {
		v := sc.find(id.Name.String())
		if v == nil {
			return
		}
		alone := node == ast.Expression(id) || test == ast.Expression(id) && !isConditional(v.v)
		if text, ok := inlineText(v.v, alone); ok {
			from := in.module.offset(id.Idx)
			edits = append(edits, edit{from: from, to: from + len(id.Name.String()), text: text})
		}
	})
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].from < edits[j].from })
	var b strings.Builder
	pos := at.from
	for _, e := range edits {
		if e.from < pos || e.to > at.to || b.Len() > maxInline {
			continue
		}
		b.WriteString(in.module.text[pos:e.from])
		b.WriteString(e.text)
		pos = e.to
	}
	b.WriteString(in.module.text[pos:max(pos, at.to)])
	return collapse(b.String())
}

// compound tells whether the text of an expression needs parentheses as an operand: it has an operator outside of
// brackets and quotes.
func compound(text string) bool {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (strings.IndexByte(" |&=<>+*/", c) >= 0 || c == '?' && !strings.HasPrefix(text[i:], "?.")):
			return true
		}
	}
	return false
}

// operand is an expression as the operand of another.
func (in *interp) operand(node ast.Expression, sc *scope) string {
	text := in.inline(node, sc)
	if compound(text) {
		return "(" + text + ")"
	}
	return text
}

// isConditional tells whether an unknown value cannot be the test of a conditional without parentheses.
func isConditional(v value) bool {
	u, ok := v.(*unknown)
	return ok && strings.Contains(strings.ReplaceAll(u.text, "?.", ""), "?")
}

func inlineText(v value, alone bool) (string, bool) {
	switch v := v.(type) {
	case *unknown:
		if v.module {
			return "", false
		}
		if !alone && compound(v.text) {
			return "(" + v.text + ")", true
		}
		return v.text, true
	case string:
		return quote(v), len(v) < 64
	case float64:
		return numberText(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(text) + "'"
}

// visitIdentifiers visits the variables that an expression reads, but not in the bodies of functions.
func visitIdentifiers(node ast.Expression, depth int, visit func(*ast.Identifier)) {
	if depth > maxNesting {
		return
	}
	all := func(nodes ...ast.Expression) {
		for _, n := range nodes {
			visitIdentifiers(n, depth+1, visit)
		}
	}
	switch n := node.(type) {
	case *ast.Identifier:
		visit(n)
	case *ast.DotExpression:
		all(n.Left)
	case *ast.BracketExpression:
		all(n.Left, n.Member)
	case *ast.CallExpression:
		all(n.Callee)
		all(n.ArgumentList...)
	case *ast.NewExpression:
		all(n.ArgumentList...)
	case *ast.BinaryExpression:
		all(n.Left, n.Right)
	case *ast.UnaryExpression:
		all(n.Operand)
	case *ast.ConditionalExpression:
		all(n.Test, n.Consequent, n.Alternate)
	case *ast.TemplateLiteral:
		all(n.Expressions...)
	case *ast.SequenceExpression:
		all(n.Sequence...)
	case *ast.OptionalChain:
		all(n.Expression)
	case *ast.Optional:
		all(n.Expression)
	case *ast.AwaitExpression:
		all(n.Argument)
	case *ast.ArrayLiteral:
		all(n.Value...)
	case *ast.SpreadElement:
		all(n.Expression)
	}
}

// join gives the value of "test ? a : b" for a test that is not known.
func (in *interp) join(test string, a, b slot, at span, text string) value {
	if sameLeaf(a.v, b.v) {
		return a.v
	}
	ao, aok := likelyObject(a.v)
	bo, bok := likelyObject(b.v)
	switch {
	case aok && bok && ao.class == classObject && bo.class == classObject:
		return in.joinObjects(test, ao, bo, at)
	case aok && bok && ao.class == bo.class:
		if ao.class == classArray && len(ao.elems) == 0 {
			return bo
		}
		return ao
	}
	u := in.unknown(text)
	switch {
	case aok:
		u.likely = ao
	case bok:
		u.likely = bo
	case isUnknown(a.v):
		u.fallback = knownLeaf(b.v)
	case isUnknown(b.v):
		u.fallback = knownLeaf(a.v)
	}
	return u
}

// joinObjects keeps all properties of both; leaves that differ are not known.
func (in *interp) joinObjects(test string, a, b *object, at span) value {
	if a == b || in.calls > maxNesting {
		return a
	}
	in.calls++
	defer func() { in.calls-- }()
	out := in.newObject(classObject, at)
	out.proto = a.proto
	for _, key := range a.keys {
		s := *a.props[key]
		if other, ok := b.props[key]; ok {
			text := test + " ? " + in.leafText(s.v) + " : " + in.leafText(other.v)
			s.v = in.join(test, s, *other, s.at, text)
		}
		in.define(out, key, s)
	}
	for _, key := range b.keys {
		if _, ok := a.props[key]; !ok {
			in.define(out, key, *b.props[key])
		}
	}
	return out
}

// leafText is source text for a value.
func (in *interp) leafText(v value) string {
	if text, ok := inlineText(v, false); ok {
		return text
	}
	switch v := v.(type) {
	case undefinedValue:
		return "undefined"
	case nullValue:
		return "null"
	case *object:
		if text := v.at.text(); text != "" {
			return text
		}
	}
	return "..."
}

func sameLeaf(a, b value) bool {
	switch a.(type) {
	case undefinedValue, nullValue, bool, float64, string:
		return a == b
	case *object:
		return a == b
	}
	return false
}

// likelyObject is the object that a value is, or probably is.
func likelyObject(v value) (*object, bool) {
	switch v := v.(type) {
	case *object:
		return v, true
	case *unknown:
		return v.likely, v.likely != nil
	}
	return nil, false
}

// knownLeaf is a simple value, or the one that an unknown value falls back to.
func knownLeaf(v value) value {
	switch v := v.(type) {
	case bool, float64, string:
		return v
	case *unknown:
		return v.fallback
	}
	return nil
}
