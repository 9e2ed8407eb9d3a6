package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/snapshot"
)

// purity knows the rules of a run by number, and how long the answers of rules and functions hold.
type purity struct {
	// lasting says how long, by path, dotted and without data.
	lasting map[string]lasting
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
	lasting

	number int
}

// lasting is how long an answer holds: for every document of a run when it is pure, for every plain object of a unit when it
// is settled, else for one document.
type lasting struct {
	pure, settled bool
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

// newPurity numbers the rules with the paths given, of which some are pure or settled.
func newPurity(pure, settled, paths []string) *purity {
	p := &purity{lasting: make(map[string]lasting, len(settled)), root: &pathNode{}}
	for _, path := range settled {
		p.lasting[path] = lasting{settled: true}
	}
	for _, path := range pure {
		p.lasting[path] = lasting{pure: true}
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
			node.rule = &knownRule{p.lasting[path], p.count}
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
