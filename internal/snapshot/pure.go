package snapshot

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// constantData are base documents that never change within a run.
var constantData = "lib.onelayer.config"

// dependencies is what one rule path reads.
type dependencies struct {
	impure bool
	paths  map[string]bool
}

// Pure finds the rules and functions of compiled modules that give the same answer for every document of a run, because
// they depend on nothing but their arguments and the configuration: first it finds those that read the input, changing
// data, a clock or the like themselves, then all that depend on them. It gives their paths, dotted and without data.
func Pure(modules map[string]*ast.Module) []string {
	rules := map[string]*dependencies{}
	for _, module := range modules {
		for _, rule := range module.Rules {
			path := Dotted(rule.Ref().GroundPrefix())
			if rules[path] == nil {
				rules[path] = &dependencies{paths: map[string]bool{}}
			}
		}
	}
	packages := map[string]bool{}
	for path := range rules {
		for at := strings.LastIndexByte(path, '.'); at > 0; at = strings.LastIndexByte(path[:at], '.') {
			packages[path[:at]] = true
		}
	}
	for _, module := range modules {
		for _, rule := range module.Rules {
			rules[Dotted(rule.Ref().GroundPrefix())].read(rule, rules, packages)
		}
	}
	spread(rules)
	var pure []string
	for path, rule := range rules {
		if !rule.impure {
			pure = append(pure, path)
		}
	}
	slices.Sort(pure)
	return pure
}

// Dotted writes the constant part of a reference below data, its names joined by dots.
func Dotted(ref ast.Ref) string {
	names := make([]string, 0, len(ref))
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		names = append(names, string(name))
	}
	return strings.Join(names, ".")
}

// read collects what a rule and its else branches refer to.
func (d *dependencies) read(rule *ast.Rule, rules map[string]*dependencies, packages map[string]bool) {
	ast.WalkExprs(rule, func(expr *ast.Expr) bool {
		d.impure = d.impure || len(expr.With) > 0
		return false
	})
	ast.WalkRefs(rule, func(ref ast.Ref) bool {
		root, ok := ref[0].Value.(ast.Var)
		switch {
		case !ok:
		case root.Equal(ast.InputRootDocument.Value):
			d.impure = true
		case root.Equal(ast.DefaultRootDocument.Value):
			d.refer(Dotted(ref), rules, packages)
		default:
			builtin := ast.BuiltinMap[ref.String()]
			d.impure = d.impure || builtin != nil && builtin.Nondeterministic
		}
		return false
	})
}

// refer notes a reference below data: to a rule, to something inside a rule's value, to constant data, or to what may
// change.
func (d *dependencies) refer(path string, rules map[string]*dependencies, packages map[string]bool) {
	if path == constantData || strings.HasPrefix(path, constantData+".") {
		return
	}
	for at := path; at != ""; {
		if rules[at] != nil {
			d.paths[at] = true
			return
		}
		if packages[at] {
			break
		}
		at = at[:max(strings.LastIndexByte(at, '.'), 0)]
	}
	d.impure = true
}

// spread makes everything impure that depends on something impure.
func spread(rules map[string]*dependencies) {
	users := map[string][]string{}
	var queue []string
	for path, rule := range rules {
		for used := range rule.paths {
			users[used] = append(users[used], path)
		}
		if rule.impure {
			queue = append(queue, path)
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		for _, user := range users[path] {
			if !rules[user].impure {
				rules[user].impure = true
				queue = append(queue, user)
			}
		}
	}
}
