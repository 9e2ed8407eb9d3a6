package report

import "github.com/onelayer/onelayer/internal/finding"

// node is a finding with the findings that follow from it.
type node struct {
	*finding.Finding
	children []*finding.Finding
}

// group puts findings that follow from another one under the first cause. Order is kept; a finding whose root is not in
// the report stands by itself.
func group(findings []finding.Finding) []node {
	byID := map[string][]int{}
	for i := range findings {
		byID[findings[i].ID] = append(byID[findings[i].ID], i)
	}
	parents := make([]int, len(findings))
	for i := range findings {
		parents[i] = parentOf(findings, i, byID[findings[i].Root])
	}
	children := map[int][]*finding.Finding{}
	for i := range findings {
		if top := ancestor(parents, i); top != i {
			children[top] = append(children[top], &findings[i])
		}
	}
	nodes := make([]node, 0, len(findings))
	for i := range findings {
		if ancestor(parents, i) == i {
			nodes = append(nodes, node{Finding: &findings[i], children: children[i]})
		}
	}
	return nodes
}

// ancestor follows roots to the first cause. Findings that name each other stand by themselves.
func ancestor(parents []int, i int) int {
	at := i
	for range parents {
		if parents[at] == at {
			return at
		}
		at = parents[at]
	}
	return i
}

// parentOf picks the candidate that concerns the same object, or else the same file; a finding without one is its own.
func parentOf(findings []finding.Finding, self int, candidates []int) int {
	f := &findings[self]
	if f.Root == "" || f.Root == f.ID {
		return self
	}
	for _, fits := range []func(other *finding.Finding) bool{
		func(other *finding.Finding) bool { return other.Object == f.Object },
		func(other *finding.Finding) bool { return concerns(other, &f.Object) || concerns(f, &other.Object) },
		func(other *finding.Finding) bool { return other.File != "" && other.File == f.File },
	} {
		for _, i := range candidates {
			if fits(&findings[i]) {
				return i
			}
		}
	}
	return self
}

func concerns(f *finding.Finding, object *finding.Object) bool {
	for i := range f.Related {
		if f.Related[i].Object != nil && *f.Related[i].Object == *object {
			return true
		}
	}
	return false
}
