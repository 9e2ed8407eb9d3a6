package jsfile

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a JavaScript value: undefinedValue, nullValue, bool, float64, string, *object or *unknown.
type value any

type (
	undefinedValue struct{}
	nullValue      struct{}
)

var (
	undefined = undefinedValue{}
	null      = nullValue{}
)

// unknown is a value that is only known at run time.
type unknown struct {
	text string
	// fallback is the value that the expression has if nothing is set: the right side of process.env.X || 'max'.
	fallback value
	// likely is an object that the expression may be: it serves where an object is needed.
	likely *object
	// module marks a module that cannot be read: a variable keeps its own name for it.
	module bool
	// condition and yes tell of a value that a branch set: it is yes if the condition holds.
	condition, yes string
}

// slot is a value and the place of the expression that supplied it.
type slot struct {
	v  value
	at span
}

type class int

const (
	classObject class = iota
	classArray
	classFunction
	classRegexp
	classSet
	classMap
	classError
)

// object is a JavaScript object. Arrays keep their elements in elems; sets keep their values and maps their pairs.
type object struct {
	class class
	at    span
	// seq is the age of the object: objects get increasing numbers.
	seq   int
	keys  []string
	props map[string]*slot
	elems []slot
	// getters run when a property is read; only class instances and literals with accessors have them.
	getters map[string]*object
	proto   *object
	call    callable
	// construct marks classes.
	construct *classInfo
	regexp    *regexpInfo
	frozen    bool
}

// callable is the body of a function. The place is that of the call.
type callable func(in *interp, this value, args []slot, at span) value

func (o *object) own(key string) (*slot, bool) {
	s, ok := o.props[key]
	return s, ok
}

func (o *object) lookup(key string) (*slot, bool) {
	for depth := 0; o != nil && depth < maxNesting; o, depth = o.proto, depth+1 {
		if s, ok := o.props[key]; ok {
			return s, true
		}
	}
	return nil, false
}

func (o *object) getter(key string) *object {
	for depth := 0; o != nil && depth < maxNesting; o, depth = o.proto, depth+1 {
		if g := o.getters[key]; g != nil {
			return g
		}
	}
	return nil
}

func (o *object) delete(key string) {
	if _, ok := o.props[key]; !ok {
		return
	}
	delete(o.props, key)
	for i, k := range o.keys {
		if k == key {
			o.keys = append(o.keys[:i:i], o.keys[i+1:]...)
			return
		}
	}
}

// sortedKeys are the keys in JavaScript's order: whole numbers first, by value.
func (o *object) sortedKeys() []string {
	numeric := false
	for _, k := range o.keys {
		if _, ok := arrayIndex(k); ok {
			numeric = true
			break
		}
	}
	keys := append([]string(nil), o.keys...)
	if numeric {
		sort.SliceStable(keys, func(i, j int) bool {
			a, aok := arrayIndex(keys[i])
			b, bok := arrayIndex(keys[j])
			if aok && bok {
				return a < b
			}
			return aok && !bok
		})
	}
	return keys
}

// arrayIndex reads a property name that is a whole number.
func arrayIndex(key string) (int, bool) {
	if key == "" || len(key) > 9 || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	for i := 0; i < len(key); i++ {
		if key[i] < '0' || key[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(key)
	return n, err == nil
}

func isUnknown(v value) bool {
	_, ok := v.(*unknown)
	return ok
}

func isNullish(v value) bool {
	switch v.(type) {
	case undefinedValue, nullValue, nil:
		return true
	}
	return false
}

func asObject(v value) (*object, bool) {
	o, ok := v.(*object)
	return o, ok
}

// structured tells whether a value is a plain object or an array, not a leaf.
func structured(v value) bool {
	o, ok := v.(*object)
	return ok && (o.class == classObject || o.class == classArray)
}

// truthy must not be asked of unknown values.
func truthy(v value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	case *object, *unknown:
		return true
	}
	return false
}

func typeOf(v value) string {
	switch v := v.(type) {
	case undefinedValue:
		return "undefined"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case *object:
		if v.class == classFunction {
			return "function"
		}
	}
	return "object"
}

func numberText(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0"
	}
	if abs := math.Abs(n); abs >= 1e21 || abs < 1e-6 {
		text := strconv.FormatFloat(n, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(text, "e")
		sign := exponent[:1]
		return mantissa + "e" + sign + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// textNumber is Number(text).
func textNumber(text string) float64 {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	if len(text) > 2 && text[0] == '0' {
		if base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[text[1]]; base != 0 {
			n, err := strconv.ParseUint(text[2:], base, 64)
			if err != nil {
				return math.NaN()
			}
			return float64(n)
		}
	}
	switch text {
	case "Infinity", "+Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}

// Strings are UTF-8; indices count UTF-16 units as in JavaScript.

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func stringLength(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// substring is s.slice(from, to) for 0 <= from <= to <= length.
func substring(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	units := utf16.Encode([]rune(s))
	return string(utf16.Decode(units[from:to]))
}
