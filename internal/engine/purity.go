package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/snapshot"
)

// purity knows the rules of a run by number, and which rules and functions give the same answer for every document.
type purity struct {
	// pure holds paths, dotted and without data.
	pure map[string]bool
	// root holds the paths of all rules as a tree, for looking up references.
	root  *pathNode
	count int
}

// pathNode is a name in the path of a rule. The last one knows the rule.
type pathNode struct {
	children map[string]*pathNode
	rule     *knownRule
}

// knownRule is a rule with its number.
type knownRule struct {
	pure   bool
	number int
}

// rule gives the rule that a reference names exactly.
func (p *purity) rule(ref ast.Ref) (*knownRule, bool) {
	node := p.root
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			return nil, false
		}
		if node = node.children[string(name)]; node == nil {
			return nil, false
		}
	}
	return node.rule, node.rule != nil
}

// named gives the rule at a dotted path without data, nil where there is none.
func (p *purity) named(path string) *knownRule {
	node := p.root
	for name := range strings.SplitSeq(path, ".") {
		if node = node.children[name]; node == nil {
			return nil
		}
	}
	return node.rule
}

// newPurity numbers the rules with the paths given, of which some are pure.
func newPurity(pure, paths []string) *purity {
	p := &purity{pure: make(map[string]bool, len(pure)), root: &pathNode{}}
	for _, path := range pure {
		p.pure[path] = true
	}
	for _, path := range paths {
		node := p.root
		for name := range strings.SplitSeq(path, ".") {
			if node.children[name] == nil {
				if node.children == nil {
					node.children = map[string]*pathNode{}
				}
				node.children[name] = &pathNode{}
			}
			node = node.children[name]
		}
		if node.rule == nil {
			node.rule = &knownRule{p.pure[path], p.count}
			p.count++
		}
	}
	return p
}

// rulePaths lists the paths of the rules of modules whose whole path is constant, functions left out.
func rulePaths(modules map[string]*ast.Module) []string {
	var paths []string
	for _, module := range modules {
		for _, rule := range module.Rules {
			if ref := rule.Ref(); len(rule.Head.Args) == 0 && ref.IsGround() {
				paths = append(paths, snapshot.Dotted(ref))
			}
		}
	}
	return paths
}
