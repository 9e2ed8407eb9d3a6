package source

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// readDockerfile reads the text of a Dockerfile. One that can be read but not be built comes with a problem.
func readDockerfile(text []byte, e entry) (*dockerFile, *finding.Problem) {
	file, err := dockerfile.Parse(text)
	if err != nil {
		problem := &finding.Problem{File: e.name, Line: 1, Msg: err.Error()}
		var syntax *dockerfile.SyntaxError
		if errors.As(err, &syntax) {
			problem.Line, problem.Msg = syntax.Line, syntax.Msg
		}
		problem.Column = 1
		return nil, problem
	}
	docker := &dockerFile{abs: e.abs, name: e.name, file: file, root: e.root}
	if refused := file.Refused(); refused != nil && !templateText(text) {
		return docker, &finding.Problem{File: e.name, Line: refused.Line, Column: 1, Msg: refused.Msg}
	}
	return docker, nil
}

// comments gives the waivers in the comments of a Dockerfile.
func (d *dockerFile) comments() []Comment {
	var list []Comment
	for _, c := range d.file.Comments {
		if at := strings.Index(c.Text, waiverWord); at >= 0 {
			list = append(list, Comment{File: d.name, Line: c.Line, Text: c.Text[at:], From: c.From, To: c.To})
		}
	}
	return list
}

// drafts makes the Images of a root: one of each Dockerfile, and one more of each target that a tool builds.
func (l *loader) drafts(root int) []*draft {
	builds := l.buildsOf(root)
	var list []*draft
	for _, source := range l.sourcesOf(root, builds) {
		list = append(list, l.draftsOf(source, builds)...)
	}
	for _, image := range l.options.Images {
		for _, d := range list {
			if d.source.name == filepath.ToSlash(filepath.Clean(image.Dockerfile)) && d.isDefault() {
				d.addRefs(image.Refs...)
			}
		}
	}
	return list
}

// isDefault tells that the draft is what a build without a target gives.
func (d *draft) isDefault() bool {
	return d.stage == "" && d.extra == ""
}

// buildsOf gives what the tools of a root build.
func (l *loader) buildsOf(root int) []build {
	var list []build
	for _, project := range l.composes {
		if project.root == root {
			list = append(list, project.builds()...)
		}
	}
	for _, b := range l.builds {
		if b.root == root {
			list = append(list, b)
		}
	}
	return list
}

// sourcesOf gives the Dockerfiles of a root: those given and those that a tool builds, also when they were not given.
func (l *loader) sourcesOf(root int, builds []build) []*dockerFile {
	var list []*dockerFile
	known := map[string]bool{}
	for _, d := range l.dockerfiles {
		if d.root == root {
			list = append(list, d)
			known[d.abs] = true
		}
	}
	for i := range builds {
		b := &builds[i]
		if b.inline != "" {
			if d := l.inlineDockerfile(b); d != nil {
				list = append(list, d)
			}
			continue
		}
		if known[b.dockerfile] || l.isGiven(b.dockerfile) {
			continue
		}
		known[b.dockerfile] = true
		if d := l.namedDockerfile(b.dockerfile, root); d != nil {
			list = append(list, d)
		} else {
			l.missing[root] = true
		}
	}
	slices.SortStableFunc(list, func(a, b *dockerFile) int { return strings.Compare(a.name, b.name) })
	return list
}

// isGiven tells whether a file is among the inputs of any root.
func (l *loader) isGiven(abs string) bool {
	return slices.ContainsFunc(l.dockerfiles, func(d *dockerFile) bool { return d.abs == abs })
}

// namedDockerfile reads a Dockerfile that a tool names and that was not given, if it lies in the repository.
func (l *loader) namedDockerfile(abs string, root int) *dockerFile {
	if !within(realPath(l.topOf(root)), realPath(abs)) {
		return nil
	}
	text, err := readLimited(abs, l.limits.Source)
	if err != nil {
		return nil
	}
	d, problem := readDockerfile(text, entry{abs: abs, name: l.paths.name(abs), root: root})
	if problem != nil {
		l.problem(*problem)
		return nil
	}
	l.comments = append(l.comments, d.comments()...)
	return d
}

// inlineDockerfile reads a Dockerfile that stands in a compose file.
func (l *loader) inlineDockerfile(b *build) *dockerFile {
	file, err := dockerfile.Parse([]byte(b.inline))
	if err != nil {
		at := b.inlineFrom.Locate(b.inlinePath)
		l.problem(finding.Problem{File: at.File, Line: at.Line, Column: at.Column, Msg: "dockerfile_inline: " + err.Error()})
		return nil
	}
	from := b.inlineFrom
	b.dockerfile = l.paths.abs(from.File) + "#" + b.inlinePath[2].(string)
	block := newBlock(from, b.inlinePath)
	return &dockerFile{
		abs: b.dockerfile, name: from.File, file: file, root: b.root,
		shift: func(p dockerfile.Place) Position { return block.position(p.Line, p.Column, p.EndColumn) },
	}
}

// draftsOf makes the Images of one Dockerfile.
func (l *loader) draftsOf(source *dockerFile, builds []build) []*draft {
	var list []*draft
	top := l.repository(source)
	last := source.file.Last()
	find := func(context, target string) *draft {
		stage := target
		if target == last {
			stage = ""
		}
		for _, d := range list {
			if d.context == context && d.stage == stage {
				d.target = orDefault(d.target, target)
				return d
			}
		}
		d := &draft{source: source, context: context, target: target, stage: stage}
		list = append(list, d)
		return d
	}
	plain := false
	for _, b := range builds {
		if b.dockerfile != source.abs {
			continue
		}
		target := strings.ToLower(b.target)
		plain = plain || target == "" || target == last
		find(b.context, target).addRefs(b.refs...)
	}
	switch {
	case len(list) == 0:
		find(l.nearestContext(source.file, source.abs, top), "")
	case !plain && source.shift == nil:
		find(list[0].context, "")
	}
	distinguish(list, top)
	return list
}

// distinguish gives drafts of the same Dockerfile and target with other contexts names of their own.
func distinguish(list []*draft, top string) {
	seen := map[string]bool{}
	for _, d := range list {
		if d.source.shift != nil {
			d.extra = "#" + lastPart(d.source.abs)
		}
		if seen[d.stage] {
			d.extra += "@" + relative(top, d.context)
		}
		seen[d.stage] = true
	}
}
