package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source/decode"
)

// waiverWord makes a comment one of ours.
const waiverWord = decode.Waiver

// loader is one call of Load.
type loader struct {
	ctx     context.Context
	options Options
	limits  Limits
	paths   *paths
	roots   []root
	tree    *Tree

	contents map[string]*content
	listings map[string][]candidate

	dockerfiles    []*dockerFile
	composes       []*composeProject
	builds         []build
	kustomizations []*kustomization
	manifests      []manifest
	// processes are files that say what runs: they stand alone where nothing else does.
	processes []processFile
	comments  []Comment
	// templates counts the files of a folder that are templates of something to judge.
	templates map[string]int
	// missing tells the roots in which a Dockerfile that is built could not be read.
	missing map[int]bool
}

// manifest is a Kubernetes object with the file that it was read from.
type manifest struct {
	doc  *Document
	abs  string
	root int
}

// processFile is a file of an Image that was given.
type processFile struct {
	content *content
	name    string
	root    int
}

// Load reads files, folders and standard input. What cannot be read is a Problem of the tree and hides nothing else; the
// error is only that of ctx, or of a working directory that cannot be found.
func Load(ctx context.Context, options Options) (*Tree, error) {
	workDir := options.WorkDir
	if workDir == "" {
		workDir = "."
	}
	abs, err := filepath.Abs(workDir)
	if err != nil {
		return nil, fmt.Errorf("find working directory: %w", err)
	}
	l := &loader{
		ctx: ctx, options: options, limits: options.Limits.withDefaults(), tree: &Tree{},
		paths: &paths{workDir: abs}, contents: map[string]*content{},
		templates: map[string]int{}, missing: map[int]bool{},
	}
	entries := l.find()
	if err := l.read(entries); err != nil {
		return nil, err
	}
	for index := range l.roots {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.units(index)
	}
	l.finish()
	return l.tree, ctx.Err()
}

func (l *loader) problem(p finding.Problem) {
	if !slices.Contains(l.tree.Problems, p) {
		l.tree.Problems = append(l.tree.Problems, p)
	}
}

func (l *loader) notice(text string) {
	if !slices.Contains(l.tree.Notices, text) {
		l.tree.Notices = append(l.tree.Notices, text)
	}
}

// find lists the files of all paths. Single files share one root.
func (l *loader) find() []entry {
	w := &walker{ctx: l.ctx, paths: l.paths, limits: l.limits, seen: map[string]bool{}}
	files := -1
	for _, given := range l.options.Paths {
		abs := l.paths.abs(given)
		if strings.HasPrefix(filepath.ToSlash(filepath.Clean(given)), "..") {
			l.paths.above = true
		}
		if given != "-" && isFolder(abs) {
			l.roots = append(l.roots, root{dir: abs, name: l.paths.name(abs), folder: true})
			w.folder(len(l.roots)-1, abs)
			continue
		}
		if files < 0 {
			files = len(l.roots)
			l.roots = append(l.roots, root{dir: l.paths.workDir, name: "."})
		}
		if e, ok := l.single(given, abs, files); ok && !w.seen[e.abs] {
			w.seen[e.abs] = true
			w.entries = append(w.entries, e)
		}
	}
	for _, p := range w.problems {
		l.problem(p)
	}
	return w.entries
}

// single makes the entry of a file or of standard input.
func (l *loader) single(given, abs string, root int) (entry, bool) {
	if given == "-" {
		return l.standardInput(root)
	}
	if _, err := os.Stat(abs); err != nil {
		l.problem(finding.Problem{File: l.paths.name(abs), Msg: reason(err)})
		return entry{}, false
	}
	kind := classify(filepath.ToSlash(abs))
	if kind == classNone {
		kind = classUnknown
	}
	return entry{abs: abs, name: l.paths.name(abs), class: kind, root: root, explicit: true}, true
}

func (l *loader) standardInput(root int) (entry, bool) {
	name := l.options.StdinFilename
	e := entry{abs: l.paths.abs(orDefault(name, "-")), name: orDefault(name, "-"), root: root, explicit: true, class: classUnknown}
	if l.options.Stdin == nil {
		l.problem(finding.Problem{File: e.name, Msg: "there is no standard input"})
		return e, false
	}
	text, err := readAll(l.options.Stdin, 64<<10, l.limits.Stdin)
	if err != nil {
		l.problem(finding.Problem{File: e.name, Msg: reason(err)})
		return e, false
	}
	if name != "" {
		e.class = classify(filepath.ToSlash(name))
	}
	if e.class == classUnknown || e.class == classNone {
		e.class = byContent(text)
	}
	e.text = text
	return e, true
}

// text reads the text of an entry.
func (l *loader) text(e entry) ([]byte, error) {
	if e.text != nil || e.name == "-" {
		return e.text, nil
	}
	limit := l.limits.Source
	switch e.class {
	case classYAML, classJSON, classCompose, classKustomization, classUnknown:
		limit = l.limits.Manifest
	}
	text, err := readLimited(e.abs, limit)
	var tooLarge *limitError
	if errors.As(err, &tooLarge) && !e.explicit && !l.matters(e) {
		return nil, errUninteresting
	}
	return text, err
}

var errUninteresting = errors.New("nothing to judge")

// matters tells whether the head of a file that is too large looks like something to judge.
func (l *loader) matters(e entry) bool {
	head, err := readHead(e.abs, 64<<10)
	return err == nil && (e.class != classYAML && e.class != classJSON || maybeManifest(head))
}

// finish puts the tree in order.
func (l *loader) finish() {
	l.tree.Comments = append(l.tree.Comments, l.comments...)
	for _, c := range l.contents {
		if c != nil && c.value != nil {
			l.tree.Comments = append(l.tree.Comments, c.comments...)
		}
	}
	for _, dir := range sortedKeys(l.templates) {
		l.notice(fmt.Sprintf("%s: %d of the files are templates and not read: check what they render to", l.paths.name(dir), l.templates[dir]))
	}
	slices.SortStableFunc(l.tree.Comments, func(a, b Comment) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	slices.SortStableFunc(l.tree.Problems, func(a, b finding.Problem) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	slices.Sort(l.tree.Notices)
}

// templateText tells whether text is a template rather than what it would become.
func templateText(text []byte) bool {
	return maybeTemplate(text) || bytes.Contains(text, []byte("<%"))
}
