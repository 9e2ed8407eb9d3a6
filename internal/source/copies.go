package source

import (
	"path"
	"regexp"
	"strings"

	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// copySource is a path or pattern that COPY or ADD takes from the build context; "" is all of it.
type copySource struct {
	path       string
	expression *regexp.Regexp
}

// copySources gives what the instructions of a Dockerfile take from the build context.
func copySources(file *dockerfile.File) []copySource {
	variables := map[string]string{}
	seen := map[string]bool{}
	var list []copySource
	for _, in := range file.Instructions {
		eachAssignment(in, func(_ int, name, value string) { variables[name] = strings.Trim(value, `"'`) })
		if in.Cmd != "copy" && in.Cmd != "add" || len(in.Value) < 2 || fromElsewhere(in.Flags) {
			continue
		}
		for _, word := range in.Value[:len(in.Value)-1] {
			if strings.HasPrefix(word, "<<") || remote(word) {
				continue
			}
			source := newCopySource(expandWord(strings.Trim(word, `"'`), variables))
			if !seen[source.path] {
				seen[source.path] = true
				list = append(list, source)
			}
		}
	}
	return list
}

// fromElsewhere tells that an instruction copies from a stage or an image.
func fromElsewhere(flags []string) bool {
	for _, flag := range flags {
		if strings.HasPrefix(flag, "--from=") {
			return true
		}
	}
	return false
}

var wordVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?[^}]*\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// expandWord replaces variables by their values, and those that are not known by a star.
func expandWord(word string, variables map[string]string) string {
	for range 3 {
		if !strings.Contains(word, "$") {
			break
		}
		word = wordVariable.ReplaceAllStringFunc(word, func(found string) string {
			m := wordVariable.FindStringSubmatch(found)
			if value, ok := variables[m[1]+m[3]]; ok && len(value) < 1024 {
				return value
			}
			if m[2] != "" {
				return m[2]
			}
			return "*"
		})
	}
	return word
}

func newCopySource(word string) copySource {
	cleaned := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(word, `\`, "/")), "/")
	source := copySource{path: cleaned}
	if strings.ContainsAny(cleaned, "*?[") {
		if expression, err := regexp.Compile(globExpression(cleaned)); err == nil {
			source.expression = expression
		}
	}
	return source
}

// start gives the folder or file in which a search for the source begins.
func (c *copySource) start() string {
	if c.expression == nil {
		return c.path
	}
	dir := path.Dir(c.path[:strings.IndexAny(c.path, "*?[")] + "x")
	if dir == "." {
		return ""
	}
	return dir
}

// brings tells whether the source takes a file of the context; named tells that it takes the file itself, not a folder
// that holds it.
func (c *copySource) brings(file string) (brought, named bool) {
	if c.path == "" {
		return true, false
	}
	for at := file; at != "."; at = path.Dir(at) {
		if at == c.path || c.expression != nil && c.expression.MatchString(at) {
			return true, at == file
		}
	}
	return false, false
}
