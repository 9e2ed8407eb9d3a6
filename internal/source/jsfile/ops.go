package jsfile

import (
	"math"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

func (in *interp) binaryExpression(n *ast.BinaryExpression, sc *scope) value {
	switch n.Operator {
	case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		return in.logical(n.Operator, in.eval(n.Left, sc), n.Right, n, sc)
	}
	left := in.eval(n.Left, sc)
	right := in.eval(n.Right, sc)
	if in.err != nil {
		return undefined
	}
	return in.binary(n.Operator, left, right, n, sc)
}

// logical is a && b, a || b and a ?? b. If a is not known, b is evaluated as well and remembered.
func (in *interp) logical(op token.Token, left value, rightNode ast.Expression, n ast.Expression, sc *scope) value {
	if in.err != nil {
		return undefined
	}
	u, open := left.(*unknown)
	if !open {
		if takesRight(op, left) {
			return in.eval(rightNode, sc)
		}
		return left
	}
	right, ok := in.attempt(rightNode, sc)
	if in.err != nil {
		return undefined
	}
	out := in.unknown(in.inline(n, sc))
	if !ok {
		out.likely, out.fallback = u.likely, u.fallback
		return out
	}
	if o, isObject := likelyObject(right.v); isObject {
		out.likely = o
	}
	if op != token.LOGICAL_AND {
		if u.likely != nil {
			out.likely = u.likely
		}
		if out.fallback = u.fallback; out.fallback == nil {
			out.fallback = knownLeaf(right.v)
		}
	}
	return out
}

func takesRight(op token.Token, left value) bool {
	switch op {
	case token.LOGICAL_AND:
		return truthy(left)
	case token.LOGICAL_OR:
		return !truthy(left)
	}
	return isNullish(left)
}

func (in *interp) binary(op token.Token, left, right value, n ast.Expression, sc *scope) value {
	switch op {
	case token.IN:
		return in.has(left, right, n, sc)
	case token.INSTANCEOF:
		return in.unknownAt(n, sc)
	}
	if isUnknown(left) || isUnknown(right) {
		return in.unknownAt(n, sc)
	}
	switch op {
	case token.STRICT_EQUAL:
		return strictEqual(left, right)
	case token.STRICT_NOT_EQUAL:
		return !strictEqual(left, right)
	case token.EQUAL:
		return in.looseEqual(left, right)
	case token.NOT_EQUAL:
		return !in.looseEqual(left, right)
	case token.PLUS:
		return in.plus(left, right, n, sc)
	case token.LESS, token.GREATER, token.LESS_OR_EQUAL, token.GREATER_OR_EQUAL:
		return in.compare(op, left, right, n, sc)
	}
	a, aok := in.toNumber(left)
	b, bok := in.toNumber(right)
	if aok && bok {
		if result, ok := arithmetic(op, a, b); ok {
			return result
		}
	}
	return in.unknownAt(n, sc)
}

func (in *interp) has(left, right value, n ast.Expression, sc *scope) value {
	key, ok := in.propertyKey(left)
	o, isObject := asObject(right)
	if !ok || !isObject {
		return in.unknownAt(n, sc)
	}
	if i, isIndex := arrayIndex(key); isIndex && o.class == classArray {
		return i < len(o.elems)
	}
	if key == "length" && o.class == classArray {
		return true
	}
	_, found := o.lookup(key)
	return found
}

func (in *interp) plus(left, right value, n ast.Expression, sc *scope) value {
	_, leftText := left.(string)
	_, rightText := right.(string)
	_, leftObject := left.(*object)
	_, rightObject := right.(*object)
	if leftText || rightText || leftObject || rightObject {
		a, aok := in.toText(left)
		b, bok := in.toText(right)
		if !aok || !bok {
			return in.unknownAt(n, sc)
		}
		return in.text(in.module.span(n), a+b)
	}
	a, _ := in.toNumber(left)
	b, _ := in.toNumber(right)
	return a + b
}

func (in *interp) compare(op token.Token, left, right value, n ast.Expression, sc *scope) value {
	a, aok := left.(string)
	b, bok := right.(string)
	if aok && bok {
		switch op {
		case token.LESS:
			return a < b
		case token.GREATER:
			return a > b
		case token.LESS_OR_EQUAL:
			return a <= b
		}
		return a >= b
	}
	x, xok := in.toNumber(left)
	y, yok := in.toNumber(right)
	if !xok || !yok {
		return in.unknownAt(n, sc)
	}
	switch op {
	case token.LESS:
		return x < y
	case token.GREATER:
		return x > y
	case token.LESS_OR_EQUAL:
		return x <= y
	}
	return x >= y
}

func arithmetic(op token.Token, a, b float64) (float64, bool) {
	switch op {
	case token.MINUS:
		return a - b, true
	case token.MULTIPLY:
		return a * b, true
	case token.SLASH:
		return a / b, true
	case token.REMAINDER:
		return math.Mod(a, b), true
	case token.EXPONENT:
		return math.Pow(a, b), true
	case token.AND:
		return float64(toInt32(a) & toInt32(b)), true
	case token.OR:
		return float64(toInt32(a) | toInt32(b)), true
	case token.EXCLUSIVE_OR:
		return float64(toInt32(a) ^ toInt32(b)), true
	case token.SHIFT_LEFT:
		return float64(toInt32(a) << (uint32(toInt32(b)) & 31)), true
	case token.SHIFT_RIGHT:
		return float64(toInt32(a) >> (uint32(toInt32(b)) & 31)), true
	case token.UNSIGNED_SHIFT_RIGHT:
		return float64(uint32(toInt32(a)) >> (uint32(toInt32(b)) & 31)), true
	}
	return 0, false
}

func toInt32(n float64) int32 {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return int32(uint32(int64(math.Mod(math.Trunc(n), 1<<32))))
}

func strictEqual(a, b value) bool {
	if x, ok := a.(float64); ok {
		y, ok := b.(float64)
		return ok && x == y
	}
	return a == b
}

func (in *interp) looseEqual(a, b value) bool {
	if isNullish(a) || isNullish(b) {
		return isNullish(a) && isNullish(b)
	}
	_, aObject := a.(*object)
	_, bObject := b.(*object)
	if typeOf(a) == typeOf(b) || aObject && bObject {
		return strictEqual(a, b)
	}
	if aObject || bObject {
		x, _ := in.toText(a)
		y, _ := in.toText(b)
		if _, isNumber := a.(float64); isNumber {
			return a == value(textNumber(y))
		}
		if _, isNumber := b.(float64); isNumber {
			return b == value(textNumber(x))
		}
		return x == y
	}
	x, _ := in.toNumber(a)
	y, _ := in.toNumber(b)
	return x == y
}

// toNumber is Number(v); false when it is not known.
func (in *interp) toNumber(v value) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		return textNumber(v), true
	case nullValue:
		return 0, true
	case *unknown:
		return 0, false
	case *object:
		if v.class == classArray {
			text, ok := in.toText(v)
			return textNumber(text), ok
		}
	}
	return math.NaN(), true
}

// toText is String(v); false when it is not known.
func (in *interp) toText(v value) (string, bool) {
	if in.err != nil {
		return "", false
	}
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return numberText(v), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case undefinedValue:
		return "undefined", true
	case nullValue:
		return "null", true
	case *object:
		return in.objectText(v)
	}
	return "", false
}

func (in *interp) objectText(o *object) (string, bool) {
	switch o.class {
	case classArray:
		return in.joinText(o, ",")
	case classRegexp:
		return "/" + o.regexp.source + "/" + o.regexp.flags, true
	case classFunction:
		return o.at.text(), false
	}
	for _, name := range []string{"toString", "valueOf"} {
		if s, ok := o.lookup(name); ok {
			if f, isFunction := asObject(s.v); isFunction && f.call != nil {
				result := in.invoke(f, o, nil, o.at)
				if _, isObject := result.(*object); !isObject {
					return in.toText(result)
				}
			}
		}
	}
	if o.class == classError {
		return "", false
	}
	return "[object Object]", true
}

// joinText is array.join(separator).
func (in *interp) joinText(a *object, separator string) (string, bool) {
	in.depth++
	defer func() { in.depth-- }()
	if !in.step(nil) {
		return "", false
	}
	var out []byte
	for i, s := range a.elems {
		if i > 0 {
			out = append(out, separator...)
		}
		if isNullish(s.v) {
			continue
		}
		text, ok := in.toText(s.v)
		if !ok {
			return "", false
		}
		out = append(out, text...)
		if len(out) > maxString {
			in.exceedAt(a.at, "a string is too long")
			return "", false
		}
	}
	in.charge(a.at, len(out))
	return string(out), in.err == nil
}
