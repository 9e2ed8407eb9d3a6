package jsfile

import (
	"math"
	"sort"
)

var arrayMethods methods

// The methods call functions, which may use the methods: the table is filled when the program starts.
func init() {
	arrayMethods = methods{
		"push": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			if in.mayGrow(a) {
				in.grow(a, at, args...)
			}
			return float64(len(a.elems))
		}),
		"unshift": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			if in.mayGrow(a) && in.charge(at, 64*(len(a.elems)+len(args))) {
				old := a.elems
				a.elems = nil
				in.grow(a, at, args...)
				in.grow(a, at, old...)
			}
			return float64(len(a.elems))
		}),
		"pop": arrayFunc(func(_ *interp, a *object, _ []slot, _ span) value {
			if len(a.elems) == 0 {
				return undefined
			}
			last := a.elems[len(a.elems)-1]
			a.elems = a.elems[:len(a.elems)-1]
			return last.v
		}),
		"shift": arrayFunc(func(_ *interp, a *object, _ []slot, _ span) value {
			if len(a.elems) == 0 {
				return undefined
			}
			first := a.elems[0]
			a.elems = a.elems[1:]
			return first.v
		}),
		"splice": arrayFunc(arraySplice),
		"concat": arrayFunc(arrayConcat),
		"slice": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			from := in.index(arg(args, 0), len(a.elems), 0)
			to := in.index(arg(args, 1), len(a.elems), len(a.elems))
			return in.newArray(at, a.elems[from:max(from, to)]...)
		}),
		"at": arrayFunc(func(in *interp, a *object, args []slot, _ span) value {
			n, _ := in.toNumber(arg(args, 0))
			if n < 0 {
				n += float64(len(a.elems))
			}
			if math.IsNaN(n) || n < 0 || n >= float64(len(a.elems)) {
				return undefined
			}
			return a.elems[int(n)].v
		}),
		"reverse": arrayFunc(func(in *interp, a *object, _ []slot, at span) value {
			if !in.charge(at, 64*len(a.elems)) {
				return undefined
			}
			out := make([]slot, 0, len(a.elems))
			for i := len(a.elems) - 1; i >= 0; i-- {
				out = append(out, a.elems[i])
			}
			a.elems = out
			return a
		}),
		"fill": arrayFunc(func(_ *interp, a *object, args []slot, at span) value {
			for i := range a.elems {
				a.elems[i] = slot{v: arg(args, 0), at: at}
			}
			return a
		}),
		"join": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			separator := ","
			if len(args) > 0 && args[0].v != value(undefined) {
				text, ok := in.toText(args[0].v)
				if !ok {
					return in.unknown(at.text())
				}
				separator = text
			}
			text, ok := in.joinText(a, separator)
			if !ok {
				return in.unknown(at.text())
			}
			return in.text(at, text)
		}),
		"flat": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			depth, known := in.toNumber(arg(args, 0))
			if len(args) == 0 || !known {
				depth = 1
			}
			out := in.newArray(at)
			in.flatten(out, a, int(math.Min(depth, maxNesting)), at)
			return out
		}),
		"keys": arrayFunc(func(in *interp, a *object, _ []slot, at span) value {
			out := in.newArray(at)
			for i := range a.elems {
				in.grow(out, at, slot{v: float64(i), at: at})
			}
			return out
		}),
		"values": arrayFunc(func(_ *interp, a *object, _ []slot, _ span) value { return a }),
		"entries": arrayFunc(func(in *interp, a *object, _ []slot, at span) value {
			out := in.newArray(at)
			for i, s := range a.elems {
				in.grow(out, at, slot{v: in.newArray(at, slot{v: float64(i), at: at}, s), at: at})
			}
			return out
		}),
		"sort":     arrayFunc(arraySort),
		"toString": arrayFunc(func(in *interp, a *object, _ []slot, at span) value { return in.textOf(a, at) }),
	}
	for name, f := range callbackMethods() {
		arrayMethods[name] = f
	}
	for name, f := range searchMethods() {
		arrayMethods[name] = f
	}
}

// arrayFunc is a method of arrays; on anything else its result is not known.
func arrayFunc(f func(in *interp, a *object, args []slot, at span) value) callable {
	return func(in *interp, this value, args []slot, at span) value {
		a, ok := likelyObject(this)
		if !ok || a.class != classArray {
			return in.unknown(at.text())
		}
		if in.steps += len(a.elems) / 16; !in.step(nil) {
			return undefined
		}
		return f(in, a, args, at)
	}
}

// mayGrow tells whether elements may be added in the branch that is being evaluated.
func (in *interp) mayGrow(a *object) bool {
	b, ok := in.branchAfter(a.seq)
	return !a.frozen && (!ok || !b.soft || len(a.elems) == 0)
}

func arraySplice(in *interp, a *object, args []slot, at span) value {
	from := in.index(arg(args, 0), len(a.elems), 0)
	count := len(a.elems) - from
	if len(args) > 1 {
		count = min(in.index(args[1].v, len(a.elems), 0), count)
	}
	removed := in.newArray(at, a.elems[from:from+count]...)
	if !in.charge(at, 64*len(a.elems)) {
		return undefined
	}
	tail := append([]slot(nil), a.elems[from+count:]...)
	a.elems = append([]slot(nil), a.elems[:from]...)
	in.grow(a, at, args[min(2, len(args)):]...)
	in.grow(a, at, tail...)
	return removed
}

func arrayConcat(in *interp, a *object, args []slot, at span) value {
	out := in.newArray(at, a.elems...)
	for _, s := range args {
		if o, ok := likelyObject(s.v); ok && o.class == classArray {
			in.grow(out, at, o.elems...)
		} else {
			in.grow(out, at, s)
		}
	}
	return out
}

func (in *interp) flatten(out, a *object, depth int, at span) {
	for _, s := range a.elems {
		if !in.step(nil) {
			return
		}
		if o, ok := asObject(s.v); ok && o.class == classArray && depth > 0 {
			in.flatten(out, o, depth-1, at)
		} else {
			in.grow(out, at, s)
		}
	}
}

// arraySort keeps the order where a comparison is not known.
func arraySort(in *interp, a *object, args []slot, at span) value {
	compare, custom := asObject(arg(args, 0))
	if custom && compare.call == nil {
		return in.unknown(at.text())
	}
	elems := append([]slot(nil), a.elems...)
	sort.SliceStable(elems, func(i, j int) bool {
		if !in.step(nil) {
			return false
		}
		if !custom {
			x, xok := in.toText(elems[i].v)
			y, yok := in.toText(elems[j].v)
			return xok && yok && x < y
		}
		n, ok := in.toNumber(in.invoke(compare, undefined, []slot{elems[i], elems[j]}, at))
		return ok && n < 0
	})
	if in.charge(at, 64*len(elems)) {
		a.elems = elems
	}
	return a
}

// callbackMethods call a function for every element. What the function decides without being known counts as true.
func callbackMethods() methods {
	return methods{
		"forEach": eachMethod(func(in *interp, elems []slot, call func(int) value, _ span) value {
			for i := 0; i < len(elems) && in.err == nil; i++ {
				call(i)
			}
			return undefined
		}),
		"map": eachMethod(func(in *interp, elems []slot, call func(int) value, at span) value {
			out := in.newArray(at)
			for i := 0; i < len(elems) && in.err == nil; i++ {
				in.grow(out, at, slot{v: call(i), at: at})
			}
			return out
		}),
		"flatMap": eachMethod(func(in *interp, elems []slot, call func(int) value, at span) value {
			out := in.newArray(at)
			for i := 0; i < len(elems) && in.err == nil; i++ {
				v := call(i)
				if o, ok := likelyObject(v); ok && o.class == classArray {
					in.grow(out, at, o.elems...)
				} else {
					in.grow(out, at, slot{v: v, at: at})
				}
			}
			return out
		}),
		"filter": eachMethod(func(in *interp, elems []slot, call func(int) value, at span) value {
			out := in.newArray(at)
			for i := 0; i < len(elems) && in.err == nil; i++ {
				if truthy(call(i)) {
					in.grow(out, at, elems[i])
				}
			}
			return out
		}),
		"find": eachMethod(func(in *interp, elems []slot, call func(int) value, _ span) value {
			for i := 0; i < len(elems) && in.err == nil; i++ {
				if truthy(call(i)) {
					return elems[i].v
				}
			}
			return undefined
		}),
		"findIndex": eachMethod(func(in *interp, elems []slot, call func(int) value, at span) value {
			for i := 0; i < len(elems) && in.err == nil; i++ {
				v := call(i)
				if isUnknown(v) {
					return in.unknown(at.text())
				}
				if truthy(v) {
					return float64(i)
				}
			}
			return -1.0
		}),
		"some":  quantifier(true),
		"every": quantifier(false),
		"reduce": arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			elems := a.elems
			var acc slot
			switch {
			case len(args) > 1:
				acc = args[1]
			case len(elems) > 0:
				acc, elems = elems[0], elems[1:]
			default:
				return in.throw(at, "reduce of empty array with no initial value")
			}
			for i, s := range elems {
				if in.err != nil {
					return undefined
				}
				acc = slot{v: in.callValue(arg(args, 0), at, acc, s, slot{v: float64(i)}), at: at}
			}
			return acc.v
		}),
	}
}

func eachMethod(f func(in *interp, elems []slot, call func(int) value, at span) value) callable {
	return arrayFunc(func(in *interp, a *object, args []slot, at span) value {
		callback := arg(args, 0)
		if o, ok := asObject(callback); !ok || o.call == nil {
			return in.unknown(at.text())
		}
		elems := a.elems
		call := func(i int) value {
			return in.callValue(callback, at, elems[i], slot{v: float64(i), at: at}, slot{v: a, at: at})
		}
		return f(in, elems, call, at)
	})
}

func quantifier(stop bool) callable {
	return eachMethod(func(in *interp, elems []slot, call func(int) value, at span) value {
		open := false
		for i := 0; i < len(elems) && in.err == nil; i++ {
			v := call(i)
			if isUnknown(v) {
				open = true
			} else if truthy(v) == stop {
				return stop
			}
		}
		if open {
			return in.unknown(at.text())
		}
		return !stop
	})
}

func searchMethods() methods {
	search := func(found func(i int) value, missing value) callable {
		return arrayFunc(func(in *interp, a *object, args []slot, at span) value {
			want := arg(args, 0)
			open := isUnknown(want)
			for i, s := range a.elems {
				if isUnknown(s.v) {
					open = true
				} else if !isUnknown(want) && strictEqual(s.v, want) {
					return found(i)
				}
			}
			if open {
				return in.unknown(at.text())
			}
			return missing
		})
	}
	return methods{
		"includes": search(func(int) value { return true }, false),
		"indexOf":  search(func(i int) value { return float64(i) }, -1.0),
	}
}
