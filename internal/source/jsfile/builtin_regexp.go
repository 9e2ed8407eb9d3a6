package jsfile

import (
	"regexp"
	"strings"

	"github.com/dop251/goja/parser"
)

const (
	// maxPattern and maxSubject bound what one match can cost.
	maxPattern = 500
	maxSubject = 4 << 10
)

// regexpInfo is a regular expression; compiled is nil when Go's engine, which needs linear time, cannot run it.
type regexpInfo struct {
	source, flags string
	compiled      *regexp.Regexp
}

func (in *interp) newRegexp(at span, source, flags string) value {
	o := in.newObject(classRegexp, at)
	o.regexp = &regexpInfo{source: source, flags: flags}
	if len(source) > maxPattern || strings.ContainsAny(flags, "yv") || !in.charge(at, 4096+64*len(source)) {
		return o
	}
	pattern, err := parser.TransformRegExp(source, strings.Contains(flags, "s"), strings.Contains(flags, "u"))
	if err != nil {
		return o
	}
	goFlags := ""
	for _, f := range "ims" {
		if strings.ContainsRune(flags, f) {
			goFlags += string(f)
		}
	}
	if goFlags != "" {
		pattern = "(?" + goFlags + ":" + pattern + ")"
	}
	if compiled, err := regexp.Compile(pattern); err == nil {
		o.regexp.compiled = compiled
	}
	return o
}

var regexpMethods = methods{
	"test": regexpFunc(func(_ *interp, r *regexpInfo, s string, _ span) value {
		return r.compiled.MatchString(s)
	}),
	"exec": regexpFunc(func(in *interp, r *regexpInfo, s string, at span) value {
		if strings.Contains(r.flags, "g") {
			return in.unknown(at.text())
		}
		return in.matchArray(r, s, at)
	}),
}

func regexpFunc(f func(in *interp, r *regexpInfo, s string, at span) value) callable {
	return strict(func(in *interp, this value, args []slot, at span) value {
		o, ok := asObject(this)
		if !ok || o.class != classRegexp || o.regexp.compiled == nil {
			return in.unknown(at.text())
		}
		s, known := in.toText(arg(args, 0))
		if !known || len(s) > maxSubject {
			return in.unknown(at.text())
		}
		if in.steps += len(s) * (len(o.regexp.source) + 8) / 8; !in.step(nil) {
			return undefined
		}
		return f(in, o.regexp, s, at)
	})
}

func (in *interp) matchArray(r *regexpInfo, s string, at span) value {
	found := r.compiled.FindStringSubmatchIndex(s)
	if found == nil {
		return null
	}
	out := in.newArray(at)
	for i := 0; i < len(found); i += 2 {
		var v value = undefined
		if found[i] >= 0 {
			v = s[found[i]:found[i+1]]
		}
		in.grow(out, at, slot{v: v, at: at})
	}
	in.define(out, "index", slot{v: unitIndex(s, found[0]), at: at})
	return out
}

func stringMatch(in *interp, s string, args []slot, at span) value {
	o, ok := asObject(arg(args, 0))
	if !ok || o.class != classRegexp || o.regexp.compiled == nil || len(s) > maxSubject {
		return in.unknown(at.text())
	}
	if !strings.Contains(o.regexp.flags, "g") {
		return in.matchArray(o.regexp, s, at)
	}
	found := o.regexp.compiled.FindAllString(s, -1)
	if found == nil {
		return null
	}
	out := in.newArray(at)
	for _, f := range found {
		in.grow(out, at, slot{v: f, at: at})
	}
	return out
}
