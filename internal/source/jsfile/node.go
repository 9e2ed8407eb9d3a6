package jsfile

import (
	"path"
	"strings"
)

// The world that a file sees: what it can know without running is real, everything else is unknown.

func (in *interp) newGlobals() *scope {
	sc := &scope{}
	set := func(name string, v value) { in.declare(sc, name, slot{v: v}) }
	for name, f := range globalFunctions {
		set(name, in.native(f, nil))
	}
	set("Math", in.native(nil, mathMethods()))
	set("JSON", in.native(nil, jsonFunctions))
	set("Object", in.native(func(_ *interp, _ value, args []slot, _ span) value { return arg(args, 0) }, objectFunctions))
	set("Array", in.native(newArrayCall, arrayFunctions))
	set("Set", in.native(newCollection(classSet), nil))
	set("Map", in.native(newCollection(classMap), nil))
	for _, name := range []string{"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError"} {
		set(name, in.native(newError, nil))
	}
	set("RegExp", in.native(strict(func(in *interp, _ value, args []slot, at span) value {
		source, _ := in.toText(arg(args, 0))
		flags := ""
		if len(args) > 1 {
			flags, _ = in.toText(args[1].v)
		}
		return in.newRegexp(at, source, flags)
	}), nil))
	set("Infinity", textNumber("Infinity"))
	set("NaN", textNumber("NaN"))
	set("console", in.native(nil, quiet("log", "info", "warn", "error", "debug", "trace", "table", "group", "groupEnd")))
	set("process", in.process())
	number, _ := asObject(sc.vars["Number"].v)
	for _, name := range []string{"isNaN", "isFinite", "parseInt", "parseFloat"} {
		in.define(number, name, slot{v: in.native(globalFunctions[name], nil)})
	}
	in.define(number, "isInteger", slot{v: in.native(strict(isInteger), nil)})
	for _, name := range []string{"globalThis", "global"} {
		set(name, in.unknown(name))
	}
	return sc
}

// native makes a function or, without f, an object with members.
func (in *interp) native(f callable, members methods) *object {
	class := classFunction
	if f == nil {
		class = classObject
	}
	o := in.newObject(class, span{})
	o.call = f
	for name, member := range members {
		in.define(o, name, slot{v: in.native(member, nil)})
	}
	return o
}

func quiet(names ...string) methods {
	out := methods{}
	for _, name := range names {
		out[name] = func(*interp, value, []slot, span) value { return undefined }
	}
	return out
}

func newError(in *interp, _ value, args []slot, at span) value {
	o := in.newObject(classError, at)
	in.define(o, "message", slot{v: arg(args, 0), at: at})
	return o
}

func isInteger(_ *interp, _ value, args []slot, _ span) value {
	n, ok := arg(args, 0).(float64)
	return ok && n == float64(int64(n))
}

// here is the folder of the file: paths that the file makes of it stay relative.
const here = "."

func (in *interp) process() *object {
	o := in.native(nil, quiet("on", "once", "emitWarning"))
	for name, v := range map[string]value{
		"env":      in.unknown("process.env"),
		"argv":     in.unknown("process.argv"),
		"platform": "linux",
		"exit": in.native(func(in *interp, _ value, _ []slot, at span) value {
			in.fail(errStopped)
			return undefined
		}, nil),
		"cwd": in.native(func(*interp, value, []slot, span) value { return here }, nil),
	} {
		in.define(o, name, slot{v: v})
	}
	for _, name := range []string{"pid", "version", "versions", "arch", "execPath", "uptime", "hrtime", "memoryUsage", "getuid", "stdout"} {
		in.define(o, name, slot{v: in.unknown("process." + name)})
	}
	return o
}

// nodeModule is a module of Node.js that can be known; the others are unknown values.
func (in *interp) nodeModule(name string) (value, bool) {
	switch strings.TrimPrefix(name, "node:") {
	case "path", "path/posix":
		o := in.native(nil, pathFunctions)
		in.define(o, "sep", slot{v: "/"})
		in.define(o, "delimiter", slot{v: ":"})
		in.define(o, "posix", slot{v: in.native(nil, pathFunctions)})
		return o, true
	case "process":
		return in.globals.vars["process"].v, true
	case "url":
		o := in.native(nil, methods{"fileURLToPath": strict(func(in *interp, _ value, args []slot, at span) value {
			text, ok := in.toText(arg(args, 0))
			if !ok || !strings.HasPrefix(text, "file://") {
				return in.unknown(at.text())
			}
			return strings.TrimPrefix(text, "file://")
		})})
		in.define(o, "URL", slot{v: in.unknown("URL")})
		return o, true
	}
	return nil, false
}

var pathFunctions = methods{
	"join":      pathFunc(func(parts []string) value { return path.Join(parts...) }),
	"resolve":   pathFunc(func(parts []string) value { return resolvePath(parts) }),
	"normalize": pathFunc(func(parts []string) value { return path.Clean(parts[0]) }),
	"dirname":   pathFunc(func(parts []string) value { return path.Dir(parts[0]) }),
	"extname":   pathFunc(func(parts []string) value { return path.Ext(parts[0]) }),
	"isAbsolute": pathFunc(func(parts []string) value {
		return strings.HasPrefix(parts[0], "/")
	}),
	"basename": pathFunc(func(parts []string) value {
		base := path.Base(parts[0])
		if len(parts) > 1 && base != parts[1] {
			base = strings.TrimSuffix(base, parts[1])
		}
		return base
	}),
}

func pathFunc(f func(parts []string) value) callable {
	return strict(func(in *interp, _ value, args []slot, at span) value {
		parts, total := []string{}, 0
		for _, a := range args {
			text, ok := a.v.(string)
			if !ok {
				return in.throw(at, "the path argument must be of type string")
			}
			parts, total = append(parts, text), total+len(text)
		}
		if !in.charge(at, 4*total) {
			return undefined
		}
		if len(parts) == 0 {
			parts = []string{"."}
		}
		return f(parts)
	})
}

// resolvePath is path.resolve for a working folder that is the file's folder: "." stays relative.
func resolvePath(parts []string) string {
	out := ""
	for _, p := range parts {
		if strings.HasPrefix(p, "/") {
			out = p
		} else {
			out = path.Join(out, p)
		}
	}
	return path.Clean(out)
}
