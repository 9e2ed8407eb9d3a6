package source

import (
	"path"
	"regexp"
	"strings"
)

// ignorer decides by the patterns of one ignore file. Paths are relative to the folder that the patterns speak for.
type ignorer struct {
	patterns []ignorePattern
}

// ignorePattern is one line of an ignore file. Most lines are plain names or suffixes, which need no expression.
type ignorePattern struct {
	negate, folder, anchored bool
	name, suffix             string
	expression               *regexp.Regexp
}

// verdict of an ignore file on a path.
type verdict int

const (
	unknown verdict = iota
	ignored
	included
)

// gitIgnorer reads a .gitignore file.
func gitIgnorer(text string) *ignorer {
	list := &ignorer{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if !strings.HasSuffix(line, `\ `) {
			line = strings.TrimRight(line, " \t")
		}
		if line == "" || line[0] == '#' {
			continue
		}
		pattern := ignorePattern{}
		if line[0] == '!' {
			pattern.negate, line = true, line[1:]
		}
		if strings.HasSuffix(line, "/") {
			pattern.folder, line = true, strings.TrimRight(line, "/")
		}
		pattern.anchored = strings.Contains(line, "/")
		list.add(pattern, strings.TrimPrefix(line, "/"))
	}
	return list
}

// dockerIgnorer reads a .dockerignore file, whose patterns all start at the build context.
func dockerIgnorer(text string) *ignorer {
	list := &ignorer{}
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		pattern := ignorePattern{anchored: true}
		if line[0] == '!' {
			pattern.negate, line = true, strings.TrimSpace(line[1:])
		}
		line = strings.TrimPrefix(path.Clean("/"+line), "/")
		if line == "" {
			continue
		}
		list.add(pattern, line)
	}
	return list
}

func (i *ignorer) add(pattern ignorePattern, glob string) {
	switch {
	case glob == "":
		return
	case !strings.ContainsAny(glob, `*?[\`):
		pattern.name = glob
	case !pattern.anchored && glob[0] == '*' && !strings.ContainsAny(glob[1:], `*?[\`):
		pattern.suffix = glob[1:]
	default:
		expression, err := regexp.Compile(globExpression(glob))
		if err != nil {
			return
		}
		pattern.expression = expression
	}
	i.patterns = append(i.patterns, pattern)
}

// match gives the verdict of the last pattern that matches the path itself.
func (i *ignorer) match(name string, folder bool) verdict {
	base := path.Base(name)
	for k := len(i.patterns) - 1; k >= 0; k-- {
		pattern := &i.patterns[k]
		if pattern.folder && !folder {
			continue
		}
		subject := base
		if pattern.anchored {
			subject = name
		}
		if pattern.matches(subject) {
			if pattern.negate {
				return included
			}
			return ignored
		}
	}
	return unknown
}

// matchBelow gives the verdict on a path of which a folder above may be matched too, as a builder reads .dockerignore.
func (i *ignorer) matchBelow(name string) verdict {
	for k := len(i.patterns) - 1; k >= 0; k-- {
		pattern := &i.patterns[k]
		for at := name; at != "."; at = path.Dir(at) {
			if !pattern.matches(at) {
				continue
			}
			if pattern.negate {
				return included
			}
			return ignored
		}
	}
	return unknown
}

func (p *ignorePattern) matches(subject string) bool {
	switch {
	case p.name != "":
		return subject == p.name
	case p.suffix != "":
		return strings.HasSuffix(subject, p.suffix)
	default:
		return p.expression != nil && p.expression.MatchString(subject)
	}
}

// globExpression turns a glob of .gitignore, .dockerignore or COPY into a regular expression.
func globExpression(glob string) string {
	var out strings.Builder
	out.WriteString(`\A`)
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			i = starExpression(&out, glob, i)
		case '?':
			out.WriteString(`[^/]`)
		case '[':
			i = classExpression(&out, glob, i)
		case '\\':
			if i+1 < len(glob) {
				i++
			}
			out.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		default:
			start := i
			for i+1 < len(glob) && !strings.ContainsRune(`*?[\`, rune(glob[i+1])) {
				i++
			}
			out.WriteString(regexp.QuoteMeta(glob[start : i+1]))
		}
	}
	out.WriteString(`\z`)
	return out.String()
}

// starExpression writes the stars at an index and gives the index of the last character that it read.
func starExpression(out *strings.Builder, glob string, at int) int {
	end := at
	for end+1 < len(glob) && glob[end+1] == '*' {
		end++
	}
	starts := at == 0 || glob[at-1] == '/'
	switch {
	case end == at || !starts:
		out.WriteString(`[^/]*`)
	case end+1 < len(glob) && glob[end+1] == '/':
		out.WriteString(`(?:.*/)?`)
		end++
	case end+1 == len(glob):
		out.WriteString(`.*`)
	default:
		out.WriteString(`.*`)
	}
	return end
}

// classExpression writes the character class at an index and gives the index of its end.
func classExpression(out *strings.Builder, glob string, at int) int {
	end := strings.IndexByte(glob[min(at+2, len(glob)):], ']')
	if end < 0 {
		out.WriteString(`\[`)
		return at
	}
	end += at + 2
	class := glob[at+1 : end]
	negated := class[0] == '!' || class[0] == '^'
	if negated {
		class = class[1:]
	}
	class = strings.NewReplacer(`[`, `\[`, `&`, `\&`, `~`, `\~`).Replace(class)
	out.WriteString(`[`)
	if negated {
		out.WriteString(`^/`)
	}
	out.WriteString(class)
	out.WriteString(`]`)
	return end
}
