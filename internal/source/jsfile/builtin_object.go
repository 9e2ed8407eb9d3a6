package jsfile

import (
	"bytes"
	"encoding/json"
	"strings"
)

// objectFunctions are Object.keys and its like.
var objectFunctions = methods{
	"keys": objectFunc(func(in *interp, o *object, at span) value {
		return in.entries(o, at, func(key string, _ slot) value { return key })
	}),
	"values": objectFunc(func(in *interp, o *object, at span) value {
		out := in.newArray(at)
		for _, key := range in.keysOf(o) {
			in.grow(out, at, in.getSlot(o, key, at))
		}
		return out
	}),
	"entries": objectFunc(func(in *interp, o *object, at span) value {
		return in.entries(o, at, func(key string, s slot) value {
			return in.newArray(at, slot{v: key, at: at}, s)
		})
	}),
	"freeze": func(_ *interp, _ value, args []slot, _ span) value {
		if o, ok := asObject(arg(args, 0)); ok {
			o.frozen = true
		}
		return arg(args, 0)
	},
	"seal": func(_ *interp, _ value, args []slot, _ span) value { return arg(args, 0) },
	"assign": func(in *interp, _ value, args []slot, at span) value {
		target, ok := likelyObject(arg(args, 0))
		if !ok {
			return in.unknown(at.text())
		}
		for _, a := range args[1:] {
			from, ok := likelyObject(a.v)
			if !ok {
				continue
			}
			for _, key := range in.keysOf(from) {
				in.set(target, key, in.getSlot(from, key, at), at)
			}
		}
		return target
	},
	"fromEntries": func(in *interp, _ value, args []slot, at span) value {
		if u, ok := arg(args, 0).(*unknown); ok && u.likely == nil {
			return in.unknown(at.text())
		}
		out := in.newObject(classObject, at)
		for _, pair := range in.iterate(arg(args, 0), at) {
			p, ok := asObject(pair.v)
			if !ok || p.class != classArray || len(p.elems) < 2 {
				return in.unknown(at.text())
			}
			if key, known := in.propertyKey(p.elems[0].v); known {
				in.define(out, key, p.elems[1])
			}
		}
		return out
	},
	"create": func(in *interp, _ value, args []slot, at span) value {
		out := in.newObject(classObject, at)
		if proto, ok := asObject(arg(args, 0)); ok {
			out.proto = proto
		}
		return out
	},
	"defineProperty": func(in *interp, _ value, args []slot, at span) value {
		o, ok := asObject(arg(args, 0))
		key, known := in.propertyKey(arg(args, 1))
		descriptor, isObject := asObject(arg(args, 2))
		if ok && known && isObject {
			if s, found := descriptor.own("value"); found {
				in.set(o, key, *s, at)
			} else if getter, isFunction := asObject(in.get(descriptor, "get", at)); isFunction {
				in.set(o, key, slot{v: in.invoke(getter, o, nil, at), at: at}, at)
			}
		}
		return arg(args, 0)
	},
}

func objectFunc(f func(in *interp, o *object, at span) value) callable {
	return func(in *interp, _ value, args []slot, at span) value {
		o, ok := likelyObject(arg(args, 0))
		if !ok {
			return in.unknown(at.text())
		}
		return f(in, o, at)
	}
}

func (in *interp) entries(o *object, at span, f func(key string, s slot) value) value {
	out := in.newArray(at)
	for _, key := range in.keysOf(o) {
		in.grow(out, at, slot{v: f(key, in.getSlot(o, key, at)), at: at})
	}
	return out
}

// arrayFunctions are the members of Array.
var arrayFunctions = methods{
	"isArray": func(in *interp, _ value, args []slot, at span) value {
		if isUnknown(arg(args, 0)) {
			return in.unknown(at.text())
		}
		o, ok := asObject(arg(args, 0))
		return ok && o.class == classArray
	},
	"of": func(in *interp, _ value, args []slot, at span) value { return in.newArray(at, args...) },
	"from": func(in *interp, _ value, args []slot, at span) value {
		var elems []slot
		if o, ok := likelyObject(arg(args, 0)); ok && o.class == classObject {
			length := in.get(o, "length", at)
			elems = in.newArrayOf(length, at).elems
		} else {
			elems = in.iterate(arg(args, 0), at)
		}
		out := in.newArray(at)
		f, mapped := asObject(arg(args, 1))
		for i, s := range elems {
			if in.err != nil {
				return undefined
			}
			if mapped {
				s = slot{v: in.invoke(f, undefined, []slot{s, {v: float64(i), at: at}}, at), at: at}
			}
			in.grow(out, at, s)
		}
		return out
	},
}

// newArrayOf is new Array(length); a length that is not known makes one element, to stand for all.
func (in *interp) newArrayOf(length value, at span) *object {
	n, known := in.toNumber(length)
	if !known {
		n = 1
	}
	out := in.newArray(at)
	if n > maxArray {
		in.exceedAt(at, "an array is too long")
		return out
	}
	for i := 0; i < int(n) && in.err == nil; i++ {
		in.grow(out, at, slot{v: undefined, at: at})
	}
	return out
}

func newArrayCall(in *interp, _ value, args []slot, at span) value {
	if len(args) == 1 {
		_, isNumber := args[0].v.(float64)
		if isNumber || isUnknown(args[0].v) {
			return in.newArrayOf(args[0].v, at)
		}
	}
	return in.newArray(at, args...)
}

var collectionMethods methods

func init() {
	collectionMethods = methods{
		"has": func(in *interp, this value, args []slot, at span) value {
			o, ok := asObject(this)
			if !ok || isUnknown(arg(args, 0)) || !in.search(o) {
				return in.unknown(at.text())
			}
			return o.find(arg(args, 0)) >= 0
		},
		"get": func(in *interp, this value, args []slot, at span) value {
			o, ok := asObject(this)
			if !ok || isUnknown(arg(args, 0)) || !in.search(o) {
				return in.unknown(at.text())
			}
			if i := o.find(arg(args, 0)); i >= 0 {
				return in.get(o.elems[i].v, "1", at)
			}
			return undefined
		},
		"add": func(in *interp, this value, args []slot, at span) value {
			if o, ok := asObject(this); ok && in.search(o) && o.find(arg(args, 0)) < 0 {
				in.grow(o, at, args[:min(1, len(args))]...)
			}
			return this
		},
		"set": func(in *interp, this value, args []slot, at span) value {
			o, ok := asObject(this)
			if !ok || len(args) < 2 || !in.search(o) {
				return in.unknown(at.text())
			}
			pair := slot{v: in.newArray(at, args[:2]...), at: at}
			if i := o.find(args[0].v); i >= 0 {
				o.elems[i] = pair
			} else {
				in.grow(o, at, pair)
			}
			return this
		},
		"values":  collectionList,
		"entries": collectionList,
		"keys":    collectionList,
		"forEach": func(in *interp, this value, args []slot, at span) value {
			o, ok := asObject(this)
			for i := 0; ok && i < len(o.elems) && in.err == nil; i++ {
				key, v := o.elems[i], o.elems[i]
				if o.class == classMap {
					key, v = slot{v: in.get(v.v, "0", at), at: at}, slot{v: in.get(v.v, "1", at), at: at}
				}
				in.callValue(arg(args, 0), at, v, key)
			}
			return undefined
		},
	}
}

func collectionList(in *interp, this value, _ []slot, at span) value {
	o, ok := asObject(this)
	if !ok || o.class != classSet {
		return in.unknown(at.text())
	}
	return in.newArray(at, o.elems...)
}

// search counts the steps of a search through a set or a map.
func (in *interp) search(o *object) bool {
	in.steps += len(o.elems) / 8
	return in.step(nil)
}

// find is the index of an entry of a set or a map.
func (o *object) find(v value) int {
	for i, s := range o.elems {
		key := s.v
		if pair, ok := asObject(key); ok && o.class == classMap && len(pair.elems) > 0 {
			key = pair.elems[0].v
		}
		if strictEqual(key, v) {
			return i
		}
	}
	return -1
}

func newCollection(class class) callable {
	return func(in *interp, _ value, args []slot, at span) value {
		o := in.newObject(class, at)
		if len(args) == 0 || isNullish(args[0].v) {
			return o
		}
		add := collectionMethods["add"]
		for _, s := range in.iterate(args[0].v, at) {
			if !in.step(nil) {
				return undefined
			}
			if class == classMap {
				if pair, ok := asObject(s.v); ok && pair.class == classArray && len(pair.elems) >= 2 {
					collectionMethods["set"](in, o, pair.elems[:2], at)
				}
				continue
			}
			add(in, o, []slot{s}, at)
		}
		return o
	}
}

var jsonFunctions = methods{
	"parse": strict(func(in *interp, _ value, args []slot, at span) value {
		text, ok := in.toText(arg(args, 0))
		if !ok || !in.charge(at, 16*len(text)) {
			return in.unknown(at.text())
		}
		limits := in.options.limits
		file, valid, err := readStrict([]byte(text), &limits)
		if !valid {
			return in.throw(at, "not valid JSON")
		}
		if err != nil {
			in.exceedAt(at, err.Error())
			return undefined
		}
		return in.importValue(file.Value, at)
	}),
	"stringify": func(in *interp, _ value, args []slot, at span) value {
		if o, ok := asObject(arg(args, 1)); ok && o != nil {
			return in.unknown(at.text())
		}
		e := &exporter{in: in, left: in.options.limits.MaxValues}
		v, _ := e.export(slot{v: arg(args, 0), at: at}, "")
		if in.err != nil {
			return undefined
		}
		if e.open {
			return in.unknown(at.text())
		}
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if n, ok := arg(args, 2).(float64); ok && n >= 1 && n <= 10 {
			encoder.SetIndent("", strings.Repeat(" ", int(n)))
		}
		if err := encoder.Encode(v); err != nil {
			return in.unknown(at.text())
		}
		return in.text(at, strings.TrimSuffix(b.String(), "\n"))
	},
}

// importValue makes a value of decoded JSON.
func (in *interp) importValue(v any, at span) value {
	if !in.step(nil) {
		return undefined
	}
	switch v := v.(type) {
	case nil:
		return null
	case int64:
		return float64(v)
	case []any:
		out := in.newArray(at)
		for _, e := range v {
			in.grow(out, at, slot{v: in.importValue(e, at), at: at})
		}
		return out
	case map[string]any:
		out := in.newObject(classObject, at)
		for _, key := range sortedNames(v) {
			in.define(out, key, slot{v: in.importValue(v[key], at), at: at})
		}
		return out
	}
	return v
}
