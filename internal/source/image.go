package source

import (
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// dockerFile is a Dockerfile that was read: a file, or a text inside a compose file.
type dockerFile struct {
	abs, name string
	file      *dockerfile.File
	// shift finds the place of a line that stands in another file.
	shift func(dockerfile.Place) Position
	root  int
}

func (d *dockerFile) position(place dockerfile.Place) Position {
	if d.shift != nil {
		return d.shift(place)
	}
	return Position{File: d.name, Line: place.Line, Column: place.Column, EndColumn: place.EndColumn}
}

// draft is an Image in the making.
type draft struct {
	source *dockerFile
	// context is empty when it lies outside of the repository.
	context, target string
	// stage is the target, but empty for the last stage.
	stage         string
	refs, assumed []string
	// runs tells that a workload is known to run the image.
	runs bool
	// extra tells a draft from others of the same Dockerfile and target.
	extra string
}

func (d *draft) addRefs(refs ...string) { d.refs = appendNew(d.refs, refs...) }

// assume adds assumed references that are not certain.
func (d *draft) assume(refs ...string) {
	for _, ref := range refs {
		if !slices.Contains(d.refs, ref) {
			d.assumed = appendNew(d.assumed, ref)
		}
	}
}

func appendNew(list []string, more ...string) []string {
	for _, item := range more {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

// document makes the Image of a draft.
func (l *loader) document(d *draft) *Document {
	top := l.repository(d.source)
	files := l.imageFiles(d, top)
	of := finding.Object{APIVersion: APIVersion, Kind: "Image", Name: imageName(d.source.name, d.stage+d.extra)}
	pairs := [][2]*ast.Term{
		pair("refs", stringArray(d.refs)),
		pair("dockerfile", instructions(d.source.file)),
		pair("context", ast.String(relative(top, d.context))),
		pair("files", filesValue(files)),
	}
	if len(d.assumed) > 0 {
		pairs = append(pairs, pair("assumedRefs", stringArray(d.assumed)))
	}
	if d.target != "" {
		pairs = append(pairs, pair("target", ast.String(d.target)))
	}
	locator := &imageLocator{source: d.source, files: l.located(files)}
	return &Document{
		Value:     ownObject(of, d.source.name, object(pairs...)),
		GroupKind: "onelayer.dev/Image",
		Object:    of,
		File:      d.source.name,
		Locator:   locator,
	}
}

// relative gives a path below a folder with slashes, "." for the folder itself.
func relative(top, abs string) string {
	rel, err := filepath.Rel(top, abs)
	if err != nil {
		return "."
	}
	return filepath.ToSlash(rel)
}

// repository gives the folder that nothing is read from outside of: that of the repository, else the folder given.
func (l *loader) repository(d *dockerFile) string {
	home := filepath.Dir(d.abs)
	if top := repository(home); top != "" {
		return top
	}
	if dir := l.roots[d.root].dir; within(dir, home) {
		return dir
	}
	return home
}

// instructions makes the value of a Dockerfile.
func instructions(file *dockerfile.File) ast.Value {
	kept := keptVariables(file)
	terms := make([]*ast.Term, len(file.Instructions))
	for i, in := range file.Instructions {
		heredocs := make([]*ast.Term, len(in.Heredocs))
		for k, h := range in.Heredocs {
			heredocs[k] = ast.NewTerm(object(
				pair("name", ast.String(h.Name)),
				pair("content", ast.String(h.Content)),
				pair("expand", ast.Boolean(h.Expand)),
			))
		}
		terms[i] = ast.NewTerm(object(
			pair("cmd", ast.String(in.Cmd)),
			pair("sub", ast.String(in.Sub)),
			pair("json", ast.Boolean(in.JSON)),
			pair("flags", stringArray(in.Flags)),
			pair("value", stringArray(maskedWords(in, kept))),
			pair("heredocs", ast.NewArray(heredocs...)),
			pair("stage", ast.InternedTerm(in.Stage).Value),
		))
	}
	return ast.NewArray(terms...)
}

// filesValue makes the value of the files of an Image.
func filesValue(files map[string]*content) ast.Value {
	pairs := make([][2]*ast.Term, 0, len(files))
	for _, name := range sortedKeys(files) {
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(files[name].entryValue())})
	}
	return object(pairs...)
}

// imageFiles reads the files that the image of a draft may hold, by their paths in the context.
func (l *loader) imageFiles(d *draft, top string) map[string]*content {
	files := map[string]*content{}
	if d.context == "" || !within(top, d.context) {
		return files
	}
	budget := contextBudget{files: l.limits.ContextFiles, bytes: l.limits.ContextBytes}
	mentions := mentionedBy(d.source.file)
	var later []candidate
	add := func(c candidate) {
		named := c.named && mentions[lastPart(c.path)]
		found := l.content(filepath.Join(d.context, filepath.FromSlash(c.path)), top, c.class, named)
		if found == nil {
			return
		}
		if found.problem != nil {
			l.problem(*found.problem)
			return
		}
		if budget.take(len(found.text)) {
			files[c.path] = found
			mention(mentions, string(found.text))
		}
	}
	for _, c := range l.candidates(d.source.file, d.source.abs, d.context) {
		if c.class == classScriptJS || c.class == classNone {
			later = append(later, c)
			continue
		}
		add(c)
	}
	for _, c := range later {
		if mentions[lastPart(c.path)] {
			add(c)
		}
	}
	if budget.exceeded {
		l.notice(d.source.name + ": the build context holds more files than are read; some are left out")
	}
	return files
}

// contextBudget bounds what is read of a context.
type contextBudget struct {
	files    int
	bytes    int64
	exceeded bool
}

func (b *contextBudget) take(size int) bool {
	if b.files--; b.files < 0 {
		b.exceeded = true
		return false
	}
	if b.bytes -= int64(size); b.bytes < 0 {
		b.exceeded = true
		return false
	}
	return true
}

// mentionedBy gives the names of the files that a Dockerfile runs or writes about, also when it copies them to another
// name.
func mentionedBy(file *dockerfile.File) map[string]bool {
	mentions := map[string]bool{}
	for _, in := range file.Instructions {
		if in.Cmd != "copy" && in.Cmd != "add" {
			mention(mentions, in.Value...)
		}
		for _, h := range in.Heredocs {
			mention(mentions, h.Content)
		}
	}
	for _, in := range file.Instructions {
		if last := len(in.Value) - 1; (in.Cmd == "copy" || in.Cmd == "add") && last > 0 && mentions[lastPart(in.Value[last])] {
			mention(mentions, in.Value[:last]...)
		}
	}
	return mentions
}

// mention notes the last parts of all words in texts that may name files.
func mention(mentions map[string]bool, texts ...string) {
	for _, text := range texts {
		words := strings.FieldsFunc(text, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/", r))
		})
		for _, word := range words {
			if len(word) < 128 {
				mentions[lastPart(word)] = true
			}
		}
	}
}

// located pairs the files of an Image with their names.
func (l *loader) located(files map[string]*content) map[string]locatedFile {
	list := make(map[string]locatedFile, len(files))
	for key, c := range files {
		list[key] = locatedFile{name: l.paths.name(c.abs), kind: c.kind, locate: c.locate}
	}
	return list
}

// locatedFile finds nodes of a file of an Image.
type locatedFile struct {
	name, kind string
	locate     func(path []any) (line, column, end int)
}

func (f *locatedFile) position(path Path) Position {
	if len(path) > 0 && path[0] == f.kind {
		path = path[1:]
	}
	if f.locate == nil {
		return Position{File: f.name, Line: 1, Column: 1}
	}
	line, column, end := f.locate(path)
	return Position{File: f.name, Line: line, Column: column, EndColumn: end}
}

// imageLocator finds the nodes of an Image in its Dockerfile and its files.
type imageLocator struct {
	source *dockerFile
	files  map[string]locatedFile
}

// Locate implements Locator.
func (i *imageLocator) Locate(path Path) Position {
	if len(path) > 1 && path[0] == "spec" {
		switch path[1] {
		case "dockerfile":
			if i.source != nil {
				return i.source.position(instructionPlace(i.source.file, path[2:]))
			}
		case "files":
			if len(path) > 2 {
				key, _ := path[2].(string)
				if file, ok := i.files[key]; ok {
					return file.position(path[3:])
				}
			}
		}
	}
	if i.source != nil {
		return i.source.position(i.source.file.Start(0))
	}
	names := make([]string, 0, len(i.files))
	for name := range i.files {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) == 0 {
		return Position{Line: 1, Column: 1}
	}
	file := i.files[names[0]]
	return file.position(nil)
}

func instructionPlace(file *dockerfile.File, path Path) dockerfile.Place {
	if len(path) == 0 {
		return file.Start(0)
	}
	at, ok := index(path[0])
	if !ok || len(path) < 3 {
		return file.Start(at)
	}
	word, _ := index(path[2])
	switch path[1] {
	case "value":
		return file.Word(at, word)
	case "heredocs":
		return file.Heredoc(at, word)
	}
	return file.Start(at)
}
