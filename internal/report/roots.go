package report

import "github.com/onelayer/onelayer/internal/finding"

// node is a finding with the findings that follow from it.
type node struct {
	*finding.Finding
	children []*finding.Finding
}

// group puts findings that follow from another one under it. Order is kept; a finding whose root is not in the report
// stands by itself, as does one whose root follows from something else.
func group(findings []finding.Finding) []node {
	roots := map[string][]int{}
	for i := range findings {
		if findings[i].Root == "" {
			roots[findings[i].ID] = append(roots[findings[i].ID], i)
		}
	}
	parents := map[int]int{}
	children := map[int][]*finding.Finding{}
	for i := range findings {
		if parent, ok := parentOf(findings, &findings[i], roots[findings[i].Root]); ok {
			parents[i] = parent
			children[parent] = append(children[parent], &findings[i])
		}
	}
	nodes := make([]node, 0, len(findings)-len(parents))
	for i := range findings {
		if _, child := parents[i]; !child {
			nodes = append(nodes, node{Finding: &findings[i], children: children[i]})
		}
	}
	return nodes
}

// parentOf picks the candidate that concerns the same object, or else the same file.
func parentOf(findings []finding.Finding, f *finding.Finding, candidates []int) (int, bool) {
	if f.Root == "" || f.Root == f.ID {
		return 0, false
	}
	for _, i := range candidates {
		if findings[i].Object == f.Object {
			return i, true
		}
	}
	for _, i := range candidates {
		if concerns(&findings[i], &f.Object) || concerns(f, &findings[i].Object) {
			return i, true
		}
	}
	for _, i := range candidates {
		if findings[i].File != "" && findings[i].File == f.File {
			return i, true
		}
	}
	return 0, false
}

func concerns(f *finding.Finding, object *finding.Object) bool {
	for i := range f.Related {
		if f.Related[i].Object != nil && *f.Related[i].Object == *object {
			return true
		}
	}
	return false
}
