package snapshot

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// constants are what never changes in some scope: base documents with all below them, and rules, as dotted paths.
type constants struct {
	data, rules []string
}

var (
	ofRun = constants{data: []string{"lib.onelayer.config"}}
	// ofUnit holds where an object is judged by itself: the configuration that policies see is then the document, and no
	// cluster asks.
	ofUnit = constants{
		data:  []string{"lib.onelayer.config", "lib.onelayer.unit", "lib.onelayer.prepared", "inventory"},
		rules: []string{"lib.onelayer.params.config", "lib.onelayer.resource.in_cluster"},
	}
)

// dependencies is what one rule path reads.
type dependencies struct {
	impure bool
	// paths are the rules that it refers to, and whether what they read counts.
	paths map[string]bool
}

// graph is what all rules read. packages are the paths above them.
type graph struct {
	constants

	rules    map[string]*dependencies
	packages map[string]bool
}

// Pure finds the rules and functions of compiled modules that give the same answer for every document of a run, because
// they depend on nothing but their arguments and the configuration: first it finds those that read the input, changing
// data, a clock or the like themselves, then all that depend on them. It gives their paths, dotted and without data.
func Pure(modules map[string]*ast.Module) []string { return ofRun.steady(modules) }

// Settled finds the rules and functions that give the same answer for every plain object of a unit, because they depend on
// nothing but their arguments, the configuration, the unit and its inventory. Those that are pure are among them.
func Settled(modules map[string]*ast.Module) []string { return ofUnit.steady(modules) }

func (c constants) steady(modules map[string]*ast.Module) []string {
	g := &graph{constants: c, rules: map[string]*dependencies{}, packages: map[string]bool{}}
	for _, module := range modules {
		for _, rule := range module.Rules {
			path := Dotted(rule.Ref().GroundPrefix())
			if g.rules[path] == nil {
				g.rules[path] = &dependencies{paths: map[string]bool{}}
			}
		}
	}
	for path := range g.rules {
		for at := strings.LastIndexByte(path, '.'); at > 0; at = strings.LastIndexByte(path[:at], '.') {
			g.packages[path[:at]] = true
		}
	}
	for _, module := range modules {
		for _, rule := range module.Rules {
			g.read(rule, g.rules[Dotted(rule.Ref().GroundPrefix())])
		}
	}
	spread(g.rules)
	var steady []string
	for path, rule := range g.rules {
		if !rule.impure {
			steady = append(steady, path)
		}
	}
	slices.Sort(steady)
	return steady
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
func (g *graph) read(rule *ast.Rule, d *dependencies) {
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
			g.refer(Dotted(ref), d)
		default:
			builtin := ast.BuiltinMap[ref.String()]
			d.impure = d.impure || builtin != nil && builtin.Nondeterministic
		}
		return false
	})
}

// refer notes a reference below data: to a rule, to something inside a rule's value, to constant data, or to what may
// change.
func (g *graph) refer(path string, d *dependencies) {
	if slices.ContainsFunc(g.data, func(constant string) bool { return path == constant || strings.HasPrefix(path, constant+".") }) {
		return
	}
	for at := path; at != ""; {
		if g.rules[at] != nil {
			d.paths[at] = !slices.Contains(g.constants.rules, at)
			return
		}
		if g.packages[at] {
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
		for used, counts := range rule.paths {
			if counts {
				users[used] = append(users[used], path)
			}
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
