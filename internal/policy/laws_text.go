package policy

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/format"
)

// lineLimit is the longest line allowed, in characters.
const lineLimit = 120

// formatLaw: a module stands as opa fmt would write it.
func formatLaw(c checked) []Violation {
	want, err := format.Source(c.File, c.Text)
	if err != nil {
		return []Violation{c.at(LawFormat, nil, err.Error())}
	}
	if bytes.Equal(want, c.Text) {
		return nil
	}
	have, wanted := strings.Split(string(c.Text), "\n"), strings.Split(string(want), "\n")
	line := 0
	for line < len(have) && line < len(wanted) && have[line] == wanted[line] {
		line++
	}
	return []Violation{{File: c.File, Line: line + 1, Law: LawFormat, Msg: "not as opa fmt writes it"}}
}

// lineLaw: lines fit a screen.
func lineLaw(c checked) []Violation {
	var found []Violation
	for i, line := range strings.Split(string(c.Text), "\n") {
		if length := utf8.RuneCountInString(line); length > lineLimit {
			found = append(found, Violation{File: c.File, Line: i + 1, Law: LawLineLength, Msg: fmt.Sprintf("line of %d characters, at most %d", length, lineLimit)})
		}
	}
	return found
}

// commentLaw: METADATA says what is to be said; there are no other comments.
func commentLaw(c checked) []Violation {
	inside := map[int]bool{}
	for _, a := range c.module.Annotations {
		for row := a.Location.Row; row <= a.EndLoc().Row; row++ {
			inside[row] = true
		}
	}
	var found []Violation
	for _, comment := range c.module.Comments {
		if !inside[comment.Location.Row] {
			found = append(found, c.at(LawComments, comment.Location, "a comment outside METADATA"))
		}
	}
	return found
}

// pathLaw: the folder says the package, and the file of a policy bears the name of its folder.
func pathLaw(c checked) []Violation {
	name := packageName(c.module)
	if c.test {
		name = strings.TrimSuffix(name, "_test")
	}
	folder := path.Dir(c.File)
	ok := folder == strings.ReplaceAll(strings.TrimPrefix(name, libraryRoot+"."), ".", "/")
	if strings.HasPrefix(folder, "lib/") {
		ok = libraryRoot+"."+strings.TrimPrefix(folder, "lib/") == name
	}
	file := strings.TrimSuffix(strings.TrimSuffix(path.Base(c.File), ".rego"), "_test")
	if strings.HasPrefix(folder, "policies/") && file != path.Base(folder) {
		ok = false
	}
	if c.test && packageName(c.module) == name {
		ok = false
	}
	if ok {
		return nil
	}
	return []Violation{c.at(LawPath, c.module.Package.Location, fmt.Sprintf("package %s does not belong in %s", packageName(c.module), c.File))}
}
