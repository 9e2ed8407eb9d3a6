package source

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

var (
	bakeBlock     = regexp.MustCompile(`^\s*(target|variable)\s+"([^"]+)"\s*\{`)
	bakeAttribute = regexp.MustCompile(`^\s*"?([A-Za-z_-]+)"?\s*=\s*(.*)$`)
	bakeString    = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	bakeVariable  = regexp.MustCompile(`\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}`)
)

// bakeHCL reads the targets of docker-bake.hcl as far as they are plain: strings and lists of strings.
func bakeHCL(text string) map[string]bakeTarget {
	r := bakeReader{targets: map[string]bakeTarget{}, variables: map[string]string{}}
	for line := range strings.Lines(text) {
		r.line(strings.TrimRight(line, "\r\n"))
	}
	for name, t := range r.targets {
		t.dockerfile = expandBake(t.dockerfile, r.variables)
		t.context = expandBake(t.context, r.variables)
		t.target = expandBake(t.target, r.variables)
		for i, tag := range t.tags {
			t.tags[i] = expandBake(tag, r.variables)
		}
		r.targets[name] = t
	}
	return r.targets
}

// bakeReader is where in the file the reading stands.
type bakeReader struct {
	targets   map[string]bakeTarget
	variables map[string]string
	// kind and name are of the block, depth counts the braces below it.
	kind, name string
	depth      int
	// list is the attribute whose brackets are open, heredoc the word that ends a text.
	list, heredoc string
}

func (r *bakeReader) line(line string) {
	if r.heredoc != "" {
		if strings.TrimSpace(line) == r.heredoc {
			r.heredoc = ""
		}
		return
	}
	line = stripBakeComment(line)
	if r.kind == "" {
		found := bakeBlock.FindStringSubmatch(line)
		if found == nil {
			return
		}
		r.kind, r.name, r.depth = found[1], found[2], 1
		line = line[len(found[0]):]
	}
	if r.list != "" {
		r.values(line)
		return
	}
	if r.depth == 1 {
		r.attribute(line)
	}
	if r.list == "" {
		r.depth += braces(line)
	}
	if r.depth <= 0 {
		r.kind = ""
	}
}

func (r *bakeReader) attribute(line string) {
	found := bakeAttribute.FindStringSubmatch(line)
	if found == nil {
		return
	}
	name, value := found[1], strings.TrimSpace(found[2])
	if _, word, ok := strings.Cut(value, "<<"); ok && !strings.Contains(value, `"`) {
		r.heredoc = strings.TrimSpace(strings.TrimLeft(word, "-~"))
		r.set(name, []string{"<<"})
		return
	}
	if strings.HasPrefix(value, "[") {
		r.list = name
		r.values(value)
		return
	}
	if quoted := bakeString.FindStringSubmatch(value); quoted != nil && strings.HasPrefix(value, `"`) {
		r.set(name, []string{quoted[1]})
	}
}

// values reads the strings of a list that may go on over several lines.
func (r *bakeReader) values(line string) {
	var list []string
	for _, found := range bakeString.FindAllStringSubmatch(line, -1) {
		list = append(list, found[1])
	}
	r.set(r.list, list)
	if strings.Contains(bakeString.ReplaceAllString(line, ""), "]") {
		r.list = ""
	}
}

func (r *bakeReader) set(name string, values []string) {
	if r.kind == "variable" {
		if name == "default" && len(values) == 1 {
			r.variables[r.name] = values[0]
		}
		return
	}
	t := r.targets[r.name]
	first := ""
	if len(values) > 0 {
		first = values[0]
	}
	switch name {
	case "dockerfile":
		t.dockerfile = first
	case "context":
		t.context = first
	case "target":
		t.target = first
	case "dockerfile-inline":
		t.inline = first
	case "tags":
		t.tags = append(t.tags, values...)
	case "inherits":
		t.inherits = append(t.inherits, values...)
	}
	r.targets[r.name] = t
}

func braces(line string) int {
	line = bakeString.ReplaceAllString(line, "")
	return strings.Count(line, "{") - strings.Count(line, "}")
}

// stripBakeComment cuts a comment off that does not stand in a string.
func stripBakeComment(line string) string {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case !quoted && (line[i] == '#' || strings.HasPrefix(line[i:], "//")):
			return line[:i]
		}
	}
	return line
}

func expandBake(text string, variables map[string]string) string {
	return bakeVariable.ReplaceAllStringFunc(text, func(found string) string {
		name := bakeVariable.FindStringSubmatch(found)[1]
		if value, ok := variables[name]; ok {
			return value
		}
		return found
	})
}
