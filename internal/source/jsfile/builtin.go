package jsfile

import (
	"math"
	"strconv"
	"strings"
)

type methods map[string]callable

// strict is a native function that needs known values: with an unknown one its result is not known.
func strict(f callable) callable {
	return func(in *interp, this value, args []slot, at span) value {
		if isUnknown(this) {
			return in.unknown(at.text())
		}
		for _, a := range args {
			if isUnknown(a.v) {
				return in.unknown(at.text())
			}
		}
		return f(in, this, args, at)
	}
}

func arg(args []slot, i int) value {
	if i < len(args) {
		return args[i].v
	}
	return undefined
}

// method makes a function of a table's entry.
func (in *interp) method(table methods, name string, at span) value {
	f, ok := table[name]
	if !ok {
		return undefined
	}
	o := in.newObject(classFunction, at)
	o.call = f
	return o
}

// builtinMember is a member that an object has by its class.
func (in *interp) builtinMember(o *object, key string, at span) value {
	table := methods(nil)
	switch o.class {
	case classArray:
		table = arrayMethods
	case classFunction:
		if key == "prototype" {
			return in.unknown(at.text())
		}
		table = functionMethods
	case classRegexp:
		table = regexpMethods
	case classSet, classMap:
		if key == "size" {
			return float64(len(o.elems))
		}
		table = collectionMethods
	}
	if v := in.method(table, key, at); v != value(undefined) {
		return v
	}
	return in.method(objectMethods, key, at)
}

var functionMethods = methods{
	"call": func(in *interp, this value, args []slot, at span) value {
		f, ok := asObject(this)
		if !ok {
			return in.unknown(at.text())
		}
		return in.invoke(f, arg(args, 0), args[min(1, len(args)):], at)
	},
	"apply": func(in *interp, this value, args []slot, at span) value {
		f, ok := asObject(this)
		list, isArray := likelyObject(arg(args, 1))
		if !ok || isArray && list.class != classArray || !isArray && !isNullish(arg(args, 1)) {
			return in.unknown(at.text())
		}
		var elems []slot
		if isArray {
			elems = list.elems
		}
		return in.invoke(f, arg(args, 0), elems, at)
	},
	"bind": func(in *interp, this value, args []slot, at span) value {
		f, ok := asObject(this)
		if !ok {
			return in.unknown(at.text())
		}
		bound, first := arg(args, 0), args[min(1, len(args)):]
		out := in.newObject(classFunction, at)
		out.call = func(in *interp, _ value, args []slot, at span) value {
			return in.invoke(f, bound, append(append([]slot(nil), first...), args...), at)
		}
		return out
	},
}

var objectMethods = methods{
	"hasOwnProperty": strict(func(in *interp, this value, args []slot, _ span) value {
		o, ok := asObject(this)
		key, known := in.propertyKey(arg(args, 0))
		return ok && known && in.hasOwn(o, key)
	}),
	"toString": strict(func(in *interp, this value, _ []slot, at span) value {
		if o, ok := asObject(this); ok && o.class == classObject {
			return "[object Object]"
		}
		return in.textOf(this, at)
	}),
	"valueOf": func(_ *interp, this value, _ []slot, _ span) value { return this },
}

var primitiveMethods = methods{
	"toString": strict(func(in *interp, this value, args []slot, at span) value {
		n, ok := this.(float64)
		base, hasBase := arg(args, 0).(float64)
		if ok && hasBase && base != 10 {
			if n != math.Trunc(n) || math.Abs(n) > 1<<53 || base < 2 || base > 36 {
				return in.unknown(at.text())
			}
			return strconv.FormatInt(int64(n), int(base))
		}
		return in.textOf(this, at)
	}),
	"valueOf": func(_ *interp, this value, _ []slot, _ span) value { return this },
	"toFixed": strict(func(in *interp, this value, args []slot, at span) value {
		n, ok := this.(float64)
		digits, _ := in.toNumber(arg(args, 0))
		if !ok || digits > 100 || digits < 0 || math.Abs(n) >= 1e21 {
			return in.unknown(at.text())
		}
		if math.IsNaN(digits) {
			digits = 0
		}
		return strconv.FormatFloat(n, 'f', int(digits), 64)
	}),
}

// textOf is String(v) as a value.
func (in *interp) textOf(v value, at span) value {
	text, ok := in.toText(v)
	if !ok {
		return in.unknown(at.text())
	}
	return in.text(at, text)
}

func (in *interp) hasOwn(o *object, key string) bool {
	if i, ok := arrayIndex(key); ok && o.class == classArray {
		return i < len(o.elems)
	}
	_, ok := o.own(key)
	return ok
}

// keysOf are the enumerable names of an object.
func (in *interp) keysOf(o *object) []string {
	if o.class == classArray {
		keys := make([]string, len(o.elems))
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		in.charge(o.at, 16*len(keys))
		return append(keys, o.keys...)
	}
	if o.class == classFunction || o.class == classError {
		return nil
	}
	keys := o.sortedKeys()
	out := keys[:0]
	for _, k := range keys {
		if !strings.HasPrefix(k, "#") || o.proto == nil {
			out = append(out, k)
		}
	}
	return out
}

// index turns a relative index as in slice(-2) into one between 0 and length.
func (in *interp) index(v value, length, missing int) int {
	if v == value(undefined) {
		return missing
	}
	n, _ := in.toNumber(v)
	switch {
	case math.IsNaN(n):
		return 0
	case n < 0:
		return int(math.Max(n+float64(length), 0))
	}
	return int(math.Min(math.Trunc(n), float64(length)))
}

// globalFunctions are the functions of the global scope.
var globalFunctions = methods{
	"String": strict(func(in *interp, _ value, args []slot, at span) value {
		if len(args) == 0 {
			return ""
		}
		return in.textOf(args[0].v, at)
	}),
	"Number": strict(func(in *interp, _ value, args []slot, at span) value {
		if len(args) == 0 {
			return 0.0
		}
		n, ok := in.toNumber(args[0].v)
		if !ok {
			return in.unknown(at.text())
		}
		return n
	}),
	"Boolean":    strict(func(_ *interp, _ value, args []slot, _ span) value { return truthy(arg(args, 0)) }),
	"parseInt":   strict(parseInt),
	"parseFloat": strict(parseFloat),
	"isNaN": strict(func(in *interp, _ value, args []slot, _ span) value {
		n, _ := in.toNumber(arg(args, 0))
		return math.IsNaN(n)
	}),
	"isFinite": strict(func(in *interp, _ value, args []slot, _ span) value {
		n, _ := in.toNumber(arg(args, 0))
		return !math.IsNaN(n) && !math.IsInf(n, 0)
	}),
	"structuredClone": func(_ *interp, _ value, args []slot, _ span) value { return arg(args, 0) },
}

func parseInt(in *interp, _ value, args []slot, _ span) value {
	text, _ := in.toText(arg(args, 0))
	text = strings.TrimSpace(text)
	sign := 1.0
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	n, _ := in.toNumber(arg(args, 1))
	base := 10
	if n >= 2 && n <= 36 {
		base = int(n)
	} else if n != 0 && !math.IsNaN(n) {
		return math.NaN()
	}
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "0x") && (base == 16 || !(n >= 2)) {
		base, lower = 16, lower[2:]
	}
	result, digits := 0.0, 0
	for _, c := range []byte(lower) {
		d := 99
		switch {
		case c >= '0' && c <= '9':
			d = int(c - '0')
		case c >= 'a' && c <= 'z':
			d = int(c-'a') + 10
		}
		if d >= base {
			break
		}
		result = result*float64(base) + float64(d)
		digits++
	}
	if digits == 0 {
		return math.NaN()
	}
	return sign * result
}

func parseFloat(in *interp, _ value, args []slot, _ span) value {
	text, _ := in.toText(arg(args, 0))
	text = strings.TrimSpace(text)
	end := 0
	for end < len(text) && end < 400 && strings.IndexByte("0123456789.eE+-", text[end]) >= 0 {
		end++
	}
	for ; end > 0; end-- {
		if n, err := strconv.ParseFloat(text[:end], 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

func mathMethods() methods {
	out := methods{
		"max": strict(func(in *interp, _ value, args []slot, _ span) value {
			return in.fold(args, math.Inf(-1), math.Max)
		}),
		"min": strict(func(in *interp, _ value, args []slot, _ span) value {
			return in.fold(args, math.Inf(1), math.Min)
		}),
		"pow": strict(func(in *interp, _ value, args []slot, _ span) value {
			a, _ := in.toNumber(arg(args, 0))
			b, _ := in.toNumber(arg(args, 1))
			return math.Pow(a, b)
		}),
		"random": unknownCall,
	}
	for name, f := range map[string]func(float64) float64{
		"floor": math.Floor, "ceil": math.Ceil, "abs": math.Abs, "sqrt": math.Sqrt, "trunc": math.Trunc, "log2": math.Log2,
		"log": math.Log, "log10": math.Log10, "round": func(n float64) float64 { return math.Floor(n + 0.5) },
		"sign": func(n float64) float64 {
			switch {
			case n > 0:
				return 1
			case n < 0:
				return -1
			}
			return n
		},
	} {
		out[name] = strict(func(in *interp, _ value, args []slot, _ span) value {
			n, _ := in.toNumber(arg(args, 0))
			return f(n)
		})
	}
	return out
}

func (in *interp) fold(args []slot, start float64, f func(a, b float64) float64) value {
	for _, a := range args {
		n, _ := in.toNumber(a.v)
		start = f(start, n)
	}
	return start
}
