package engine

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/source"
)

// joined knows by which names the documents of a unit can refer to its images. The text of a document that mentions one
// says only half of what it runs, so needles do not gate it. The zero value knows no image.
type joined struct {
	scan *scanner
	// always tells that a name cannot be looked for in texts.
	always bool
}

// newJoined collects the names of the images among documents.
func newJoined(docs []*source.Document) joined {
	var names []string
	for _, doc := range docs {
		if doc.GroupKind != kindImage || doc.Value == nil {
			continue
		}
		for _, field := range []string{"refs", "assumedRefs"} {
			names = append(names, imageNames(doc.Value, field)...)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	if len(names) == 0 {
		return joined{}
	}
	always := slices.ContainsFunc(names, func(name string) bool { return !usable(name) })
	return joined{newScanner(map[int][]string{0: names}, 1), always}
}

// imageNames gives the last part of each reference, without tag and digest: what every spelling of it has in common.
func imageNames(image ast.Value, field string) []string {
	refs, err := image.Find(ast.Ref{ast.StringTerm("spec"), ast.StringTerm(field)})
	if err != nil {
		return nil
	}
	list, ok := refs.(*ast.Array)
	if !ok {
		return nil
	}
	var names []string
	list.Foreach(func(term *ast.Term) {
		if ref, ok := term.Value.(ast.String); ok {
			names = append(names, imageName(string(ref)))
		}
	})
	return names
}

func imageName(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	ref = ref[strings.LastIndexByte(ref, '/')+1:]
	name, _, _ := strings.Cut(ref, ":")
	return name
}

// mentions tells whether a document may run one of the images.
func (j joined) mentions(doc *source.Document) bool {
	if j.scan == nil {
		return false
	}
	if doc.Raw == nil || j.always {
		return true
	}
	var found ruleSet
	j.scan.scan(doc.Raw, &found)
	return found != ruleSet{}
}
