package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// purity knows which rules and functions give the same answer for every document of a run: those that depend on nothing
// but their arguments and the configuration.
type purity struct {
	// pure holds the paths of rules, dotted and without data.
	pure map[string]bool
	// root holds the same paths as a tree, for looking up references.
	root *pureNode
}

// pureNode is a name in the path of a pure rule. The last one numbers the rule.
type pureNode struct {
	children map[string]*pureNode
	pure     bool
	rule     int
}

// rule gives the number of the pure rule that a reference names exactly.
func (p *purity) rule(ref ast.Ref) (int, bool) {
	node := p.root
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			return 0, false
		}
		if node = node.children[string(name)]; node == nil {
			return 0, false
		}
	}
	return node.rule, node.pure
}

// newPurity numbers the pure rules.
func newPurity(pure map[string]bool) *purity {
	p := &purity{pure: pure, root: &pureNode{}}
	number := 0
	for path := range pure {
		node := p.root
		for name := range strings.SplitSeq(path, ".") {
			if node.children[name] == nil {
				if node.children == nil {
					node.children = map[string]*pureNode{}
				}
				node.children[name] = &pureNode{}
			}
			node = node.children[name]
		}
		node.pure, node.rule = true, number
		number++
	}
	return p
}

// constantData are base documents that never change within a run.
var constantData = "lib.onelayer.config"

// dependencies is what one rule path reads.
type dependencies struct {
	impure bool
	paths  map[string]bool
}

// analyse finds the pure rules of compiled modules: first those that read the input, changing data, a clock or the like
// themselves, then all that depend on them.
func analyse(modules map[string]*ast.Module) *purity {
	rules := map[string]*dependencies{}
	for _, module := range modules {
		for _, rule := range module.Rules {
			path := dotted(rule.Ref().GroundPrefix())
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
			rules[dotted(rule.Ref().GroundPrefix())].read(rule, rules, packages)
		}
	}
	spread(rules)
	pure := map[string]bool{}
	for path, rule := range rules {
		if !rule.impure {
			pure[path] = true
		}
	}
	return newPurity(pure)
}

// dotted writes the constant part of a reference below data.
func dotted(ref ast.Ref) string {
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
			d.refer(dotted(ref), rules, packages)
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
