package source

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// candidate is a file of a build context that the image may need to be understood.
type candidate struct {
	// path is relative to the context, with slashes.
	path  string
	class class
	// named tells that an instruction names the file itself.
	named bool
}

// Bounds of a search in a build context.
const (
	maxContextEntries = 50_000
	maxContextDepth   = 24
)

// listing gives the files below a folder that a name can make interesting, as paths relative to it.
func (l *loader) listing(dir string) []candidate {
	if list, known := l.listings[dir]; known {
		return list
	}
	var list []candidate
	left := maxContextEntries
	var walk func(dir, below string, depth int)
	walk = func(dir, below string, depth int) {
		entries, err := os.ReadDir(dir)
		if err != nil || depth > maxContextDepth {
			return
		}
		for _, e := range entries {
			if left--; left < 0 {
				return
			}
			name := path.Join(below, e.Name())
			if e.IsDir() {
				if !skippedFolders[e.Name()] {
					walk(filepath.Join(dir, e.Name()), name, depth+1)
				}
				continue
			}
			if kind := classify(e.Name()); mayBeOfImage(kind) && e.Type()&(fs.ModeNamedPipe|fs.ModeDevice|fs.ModeSocket) == 0 {
				list = append(list, candidate{path: name, class: kind})
			}
		}
	}
	walk(dir, "", 0)
	if l.listings == nil {
		l.listings = map[string][]candidate{}
	}
	l.listings[dir] = list
	return list
}

// mayBeOfImage tells whether files of a class can be files of an Image.
func mayBeOfImage(kind class) bool {
	switch kind {
	case classYAML, classJSON, classPackage, classProcess, classScriptJS, classSupervisor, classIni, classProcfile, classScript, classUnknown:
		return true
	}
	return false
}

// candidates gives the files that the instructions of a Dockerfile may bring into the image, the nearest to the top of
// the context first.
func (l *loader) candidates(file *dockerfile.File, source, context string) []candidate {
	ignore := l.dockerIgnore(source, context)
	sources := copySources(file)
	found := map[string]candidate{}
	for i := range sources {
		start := sources[i].start()
		abs := filepath.Join(context, filepath.FromSlash(start))
		if isRegular(abs) {
			found[start] = candidate{path: start, class: classify(start), named: true}
			continue
		}
		for _, c := range l.listing(abs) {
			c.path = path.Join(start, c.path)
			brought, named := sources[i].brings(c.path)
			if !brought {
				continue
			}
			c.named = named || found[c.path].named
			found[c.path] = c
		}
	}
	list := make([]candidate, 0, len(found))
	for _, name := range sortedKeys(found) {
		if ignore == nil || ignore.matchBelow(name) != ignored {
			list = append(list, found[name])
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return strings.Count(a.path, "/") - strings.Count(b.path, "/")
	})
	return list
}

// dockerIgnore reads the ignore file of a Dockerfile, else that of its context.
func (l *loader) dockerIgnore(source, context string) *ignorer {
	for _, name := range []string{source + ".dockerignore", filepath.Join(context, ".dockerignore")} {
		if text, err := readLimited(name, l.limits.Source); err == nil {
			return dockerIgnorer(string(text))
		}
	}
	return nil
}

// nearestContext guesses the build context of a Dockerfile: the nearest of its folder and those above it, up to the root
// of the repository, that holds all that the Dockerfile copies, else the one that holds most.
func (l *loader) nearestContext(file *dockerfile.File, source string, top string) string {
	home := filepath.Dir(source)
	sources := copySources(file)
	node := runsNode(file)
	best, most := home, -1
	for at := home; within(top, at); at = filepath.Dir(at) {
		held := 0
		for i := range sources {
			held += likeness(at, &sources[i], node)
		}
		if held > most {
			best, most = at, held
		}
		if most == 2*len(sources) || at == top || filepath.Dir(at) == at {
			break
		}
	}
	return best
}

// likeness tells how much a folder looks like the one that a source is copied from: 2 when the source is there, 1 when
// only the folder is that the source begins with.
func likeness(dir string, source *copySource, node bool) int {
	if source.path == "" {
		if node && !isRegular(filepath.Join(dir, "package.json")) {
			return 0
		}
		return 2
	}
	if holds(dir, source) {
		return 2
	}
	first, _, deep := strings.Cut(source.path, "/")
	if deep && !strings.ContainsAny(first, "*?[") && isFolder(filepath.Join(dir, first)) {
		return 1
	}
	return 0
}

// runsNode tells whether a Dockerfile uses a package manager of Node.js, so that its context must hold a package.json.
func runsNode(file *dockerfile.File) bool {
	for _, in := range file.Instructions {
		if in.Cmd != "run" && in.Cmd != "cmd" && in.Cmd != "entrypoint" {
			continue
		}
		for _, value := range in.Value {
			for _, word := range strings.Fields(value) {
				if word == "npm" || word == "yarn" || word == "pnpm" {
					return true
				}
			}
		}
	}
	return false
}

// holds tells whether a folder holds what an instruction copies. A pattern of which nothing need exist holds always.
func holds(dir string, source *copySource) bool {
	start := filepath.Join(dir, filepath.FromSlash(source.start()))
	if source.expression == nil {
		_, err := os.Lstat(start)
		return err == nil
	}
	if strings.Contains(strings.TrimPrefix(source.path[len(source.start()):], "/"), "/") {
		return isFolder(start)
	}
	entries, err := os.ReadDir(start)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if source.expression.MatchString(path.Join(source.start(), e.Name())) {
			return true
		}
	}
	return false
}
