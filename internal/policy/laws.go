package policy

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Violation is a place in the library that breaks a law.
type Violation struct {
	File string
	Line int
	Law  string
	Msg  string
}

// The laws. Each keeps the one source valid, silent or fast on every engine.
const (
	LawParse      = "parse"
	LawFormat     = "format"
	LawLineLength = "line-length"
	LawComments   = "comments"
	LawPath       = "path"
	LawMetadata   = "metadata"
	LawPolicy     = "policy-shape"
	LawImports    = "imports"
	LawReferences = "references"
	LawNames      = "names"
	LawOverlap    = "overlap"
	LawBuiltins   = "builtins"
	LawRegex      = "constant-regex"
	LawFloor      = "floor"
	LawDefined    = "defined"
	LawMembership = "membership"
)

// checked is a module under the laws.
type checked struct {
	Source
	module *ast.Module
	test   bool
}

// lawOf checks a single module.
type lawOf func(checked) []Violation

// Laws checks modules, given as a whole library, against every law; test modules only against those on text and place.
// The violations are ordered by file and line.
func Laws(sources []Source) []Violation {
	var found []Violation
	var modules []checked
	for _, source := range sources {
		module, err := parse(source)
		if err != nil {
			found = append(found, parseViolations(source.File, err)...)
			continue
		}
		modules = append(modules, checked{Source: source, module: module, test: strings.HasSuffix(source.File, testSuffix)})
	}
	for _, module := range modules {
		found = append(found, moduleLaws(module)...)
	}
	code := slices.DeleteFunc(slices.Clone(modules), func(c checked) bool { return c.test })
	found = append(found, packageLaws(code)...)
	found = append(found, floorLaw(code)...)
	sortByPlace(found)
	return slices.Compact(found)
}

func sortByPlace(found []Violation) {
	slices.SortStableFunc(found, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

func moduleLaws(c checked) []Violation {
	laws := []lawOf{formatLaw, lineLaw, commentLaw, pathLaw}
	if !c.test {
		laws = append(laws, policyLaw, importLaw, referenceLaw, nameLaw, builtinLaw, membershipLaw)
	}
	var found []Violation
	for _, law := range laws {
		found = append(found, law(c)...)
	}
	return found
}

// packageLaws checks what holds for all files of a package together.
func packageLaws(modules []checked) []Violation {
	packages := map[string][]checked{}
	for _, c := range modules {
		packages[packageName(c.module)] = append(packages[packageName(c.module)], c)
	}
	var found []Violation
	for _, files := range packages {
		found = append(found, metadataLaw(files)...)
		found = append(found, overlapLaw(files)...)
		found = append(found, regexLaw(files)...)
	}
	return found
}

// at makes a violation at a place in the module.
func (c checked) at(law string, location *ast.Location, msg string) Violation {
	line := 1
	if location != nil {
		line = location.Row
	}
	return Violation{File: c.File, Line: line, Law: law, Msg: msg}
}

func parseViolations(file string, err error) []Violation {
	var found []Violation
	for _, problem := range parseProblems(file, err) {
		found = append(found, Violation{File: file, Line: problem.Line, Law: LawParse, Msg: problem.Msg})
	}
	return found
}

// compileViolations turns the compiler's errors into violations of a law.
func compileViolations(law string, err error) []Violation {
	var several ast.Errors
	if !errors.As(err, &several) {
		return []Violation{{Law: law, Msg: err.Error()}}
	}
	var found []Violation
	for _, one := range several {
		violation := Violation{Law: law, Msg: one.Message}
		if one.Location != nil {
			violation.File, violation.Line = one.Location.File, one.Location.Row
		}
		found = append(found, violation)
	}
	return found
}

// walk visits every node below x.
func walk(x any, visit func(node any)) {
	ast.NewGenericVisitor(func(node any) bool {
		visit(node)
		return false
	}).Walk(x)
}
