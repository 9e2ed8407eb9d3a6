package jsfile

import (
	"path"
	"strings"
)

// loaded is a module that was evaluated, or that is being evaluated.
type loaded struct {
	exports slot
	module  *object // of CommonJS, while it runs
}

// run evaluates a module and gives what it exports.
func (in *interp) run(m *module) slot {
	entry := &loaded{}
	in.modules[m.name] = entry
	saved := in.module
	in.module = m
	defer func() { in.module = saved }()
	whole := span{module: m, to: len(m.text)}
	sc := newScope(in.globals)
	f := &frame{}
	sc.frame = f
	if m.kind == kindJSON {
		c := in.block(m.function.Body.List, sc)
		entry.exports = c.s
		return c.s
	}
	entry.module = in.native(nil, nil)
	exports := in.newObject(classObject, span{})
	in.define(entry.module, "exports", slot{v: exports})
	f.this = exports
	in.declareModule(m, sc, entry, exports)
	in.runImports(m, sc)
	in.hoistVars(m.function.DeclarationList, sc)
	in.block(m.function.Body.List, sc)
	entry.exports = slot{v: undefined, at: whole}
	if m.kind == kindModule {
		entry.exports.v = in.namespace(m, sc)
	} else if s, ok := entry.module.own("exports"); ok {
		entry.exports = *s
	}
	return entry.exports
}

func (in *interp) declareModule(m *module, sc *scope, entry *loaded, exports *object) {
	folder := relativeFolder(path.Dir(in.main.name), path.Dir(m.name))
	file := "./" + path.Join(folder, path.Base(m.name))
	require := in.native(nil, nil)
	require.class = classFunction
	require.call = func(in *interp, _ value, args []slot, at span) value {
		return in.require(m, arg(args, 0), at).v
	}
	in.define(require, "resolve", slot{v: in.unknown("require.resolve")})
	in.define(require, "main", slot{v: in.unknown("require.main")})
	meta := in.newObject(classObject, span{})
	for key, text := range map[string]string{"url": "file://" + file, "dirname": folder, "filename": file} {
		in.define(meta, key, slot{v: text})
	}
	dynamic := in.native(nil, nil)
	dynamic.class = classFunction
	dynamic.call = func(in *interp, _ value, args []slot, at span) value {
		return in.interop(in.require(m, arg(args, 0), at).v)
	}
	for name, v := range map[string]value{
		"module": entry.module, "exports": exports, "require": require, "__dirname": folder, "__filename": file,
		metaLocal: meta, importLocal: dynamic, defaultLocal: undefined,
	} {
		in.declare(sc, name, slot{v: v})
	}
}

// relativeFolder is the folder of a module as seen from the folder of the main file.
func relativeFolder(from, to string) string {
	if from == to {
		return here
	}
	if rest, ok := strings.CutPrefix(to, from+"/"); ok {
		return "./" + rest
	}
	if from == "." {
		return "./" + to
	}
	up := ".."
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if dir == to {
			return up
		}
		if rest, ok := strings.CutPrefix(to, dir+"/"); ok && dir != "." {
			return up + "/" + rest
		}
		if dir == "." || dir == "/" || dir == ".." {
			return path.Join(up, to)
		}
		up += "/.."
	}
}

// require gives the exports of another module: a known one of Node.js, a file that the resolver has, or unknown.
func (in *interp) require(m *module, request value, at span) slot {
	name, ok := request.(string)
	if !ok || in.err != nil {
		return slot{v: in.unknown(at.text()), at: at}
	}
	if v, known := in.nodeModule(name); known {
		return slot{v: v, at: at}
	}
	if in.options.resolve != nil && (strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || name == "." || name == "..") {
		if s, found := in.requireFile(path.Join(path.Dir(m.name), name), at); found {
			return s
		}
	}
	u := in.unknown(in.requireText(name, at))
	u.module = true
	return slot{v: u, at: at}
}

// requireText is the expression that stands for an unknown module.
func (in *interp) requireText(name string, at span) string {
	if text := at.text(); strings.Contains(text, "require") && !strings.HasPrefix(text, "import ") {
		return text
	}
	return "require(" + quote(name) + ")"
}

var requireSuffixes = []string{"", ".js", ".json", ".cjs", ".mjs", "/index.js"}

func (in *interp) requireFile(target string, at span) (slot, bool) {
	if len(in.modules) >= maxModules || in.nested >= maxRequire {
		return slot{}, false
	}
	for _, suffix := range requireSuffixes {
		name := target + suffix
		if entry, ok := in.modules[name]; ok {
			return entry.current(), true
		}
		kind := kindOf(name)
		if path.Ext(name) == "" || kind == kindNone || in.ctx.Err() != nil {
			continue
		}
		data, ok := in.options.resolve(in.ctx, name)
		if !ok {
			continue
		}
		limits := in.options.limits
		if file, strict, err := readStrict(data, &limits); kind == kindJSON && strict && err == nil {
			s := slot{v: in.importValue(file.Value, at), at: at}
			in.modules[name] = &loaded{exports: s}
			return s, true
		}
		m, err := parseModule(name, kind, data, &limits)
		if err != nil {
			return slot{}, false
		}
		return in.runRequired(m)
	}
	return slot{}, false
}

// runRequired runs a required module. One that throws is unknown.
func (in *interp) runRequired(m *module) (slot, bool) {
	in.nested++
	in.calls++
	s := in.run(m)
	in.calls--
	in.nested--
	if _, threw := in.err.(*thrown); threw {
		in.err = nil
		return slot{}, false
	}
	return s, true
}

// current is what a module exports now: modules may require each other.
func (l *loaded) current() slot {
	if l.exports.v == nil && l.module != nil {
		if s, ok := l.module.own("exports"); ok {
			return *s
		}
	}
	if l.exports.v == nil {
		return slot{v: undefined}
	}
	return l.exports
}

// runImports binds the names of import statements.
func (in *interp) runImports(m *module, sc *scope) {
	for _, c := range m.imports {
		exported := in.require(m, slotText(c.from), c.at)
		s := slot{v: in.pick(exported.v, c.name, c.at), at: exported.at}
		if c.local != "" {
			s.v = in.nameModule(s.v, c.local)
			in.declare(sc, c.local, s)
		}
	}
}

func slotText(text string) value { return text }

// pick is one export of a module; the default export of a CommonJS module is the module.
func (in *interp) pick(exports value, name string, at span) value {
	switch name {
	case "", "*":
		return exports
	case "default":
		if u, ok := exports.(*unknown); ok {
			return u
		}
		if o, ok := asObject(exports); ok {
			if s, found := o.own("default"); found {
				return s.v
			}
		}
		return exports
	}
	if isNullish(exports) {
		return undefined
	}
	return in.get(exports, name, at)
}

// interop is what a dynamic import gives: an object with a default.
func (in *interp) interop(exports value) value {
	o, ok := asObject(exports)
	if !ok || o.class != classObject {
		return exports
	}
	if _, found := o.own("default"); found {
		return exports
	}
	out := in.newObject(classObject, o.at)
	in.copyProperties(out, o, o.at)
	in.define(out, "default", slot{v: o, at: o.at})
	return out
}

// namespace is what a module with export statements exports.
func (in *interp) namespace(m *module, sc *scope) value {
	out := in.newObject(classObject, span{})
	for _, e := range m.exports {
		if e.from != "" {
			in.reexport(out, m, e)
			continue
		}
		if v := sc.find(e.local); v != nil {
			in.define(out, e.name, v.slot)
		}
	}
	return out
}

func (in *interp) reexport(out *object, m *module, e exportClause) {
	at := e.at
	from := in.require(m, e.from, at)
	if e.name == "*" {
		in.copyProperties(out, from.v, at)
		return
	}
	in.define(out, e.name, slot{v: in.pick(from.v, e.local, at), at: from.at})
}

// exported is what the reader of a configuration takes of a module: its default export, if it has one.
func (in *interp) exported(m *module, s slot) slot {
	o, ok := asObject(s.v)
	if !ok || o.class != classObject {
		return s
	}
	d, found := o.own("default")
	if !found {
		return s
	}
	if _, marked := o.own("__esModule"); marked || m.kind == kindModule {
		return *d
	}
	return s
}
