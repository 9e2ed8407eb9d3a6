package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// purity knows which rules and functions give the same answer for every document of a run.
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
func newPurity(paths []string) *purity {
	p := &purity{pure: make(map[string]bool, len(paths)), root: &pureNode{}}
	for number, path := range paths {
		p.pure[path] = true
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
	}
	return p
}
