package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// skippedFolders hold what others wrote or what can be made again.
var skippedFolders = map[string]bool{
	"node_modules": true, "vendor": true, ".git": true, ".hg": true, ".svn": true, ".jj": true, "bower_components": true,
	"jspm_packages": true, ".terraform": true, ".terragrunt-cache": true, ".venv": true, "venv": true, "__pycache__": true,
	".cache": true, ".next": true, ".nuxt": true, ".output": true, ".svelte-kit": true, ".turbo": true, ".parcel-cache": true,
	".yarn": true, ".pnpm-store": true, ".npm": true, ".tox": true, ".gradle": true, ".idea": true, ".vscode": true,
	".nyc_output": true, ".serverless": true, ".aws-sam": true, ".direnv": true, ".mypy_cache": true, ".pytest_cache": true,
}

// root is a path that was given: a folder, or all single files together.
type root struct {
	// dir is the absolute path of the folder; of single files it is the working directory.
	dir string
	// name is how the user would write dir.
	name   string
	folder bool
}

// entry is a file that was found.
type entry struct {
	abs, name string
	class     class
	root      int
	// explicit tells that the file itself was named by the user.
	explicit bool
	// link tells that it is a symbolic link.
	link bool
	// text is set for standard input only.
	text []byte
}

// folderIgnore is an ignore file with the folder that it speaks for, as a prefix of absolute paths.
type folderIgnore struct {
	prefix string
	list   *ignorer
}

// walker collects the files below folders.
type walker struct {
	ctx     context.Context
	paths   *paths
	limits  Limits
	seen    map[string]bool
	entries []entry
	visited int
	// problems are what could not be read.
	problems []finding.Problem
}

var errTooMany = errors.New("too many files")

// folder walks a folder in the order of names.
func (w *walker) folder(index int, dir string) {
	ignores := ancestorIgnores(dir)
	err := w.walk(index, dir, ignores, 0)
	if errors.Is(err, errTooMany) {
		w.problem(dir, fmt.Sprintf("more than %d folder entries or %d files: give fewer folders", w.limits.Entries, w.limits.Files))
	}
	w.dropLinks(dir)
}

func (w *walker) walk(index int, dir string, ignores []folderIgnore, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if depth > w.limits.Depth {
		w.problem(dir, fmt.Sprintf("folders nest deeper than %d levels", w.limits.Depth))
		return nil
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		w.problem(dir, reason(err))
	}
	ignores = withIgnoreFile(ignores, dir, list)
	for _, item := range list {
		if w.visited++; w.visited > w.limits.Entries || len(w.entries) > w.limits.Files {
			return errTooMany
		}
		abs := dir + string(filepath.Separator) + item.Name()
		if item.IsDir() {
			if skippedFolders[item.Name()] || isIgnored(ignores, abs, true) {
				continue
			}
			if err := w.walk(index, abs, ignores, depth+1); err != nil {
				return err
			}
			continue
		}
		w.file(index, abs, item.Type(), ignores)
	}
	return nil
}

func (w *walker) file(index int, abs string, mode fs.FileMode, ignores []folderIgnore) {
	link := mode&fs.ModeSymlink != 0
	if !mode.IsRegular() && !link {
		return
	}
	kind := classify(filepath.ToSlash(abs))
	if kind == classNone || kind == classUnknown || kind == classScriptJS || w.seen[abs] || isIgnored(ignores, abs, false) {
		return
	}
	w.seen[abs] = true
	w.entries = append(w.entries, entry{abs: abs, name: w.paths.name(abs), class: kind, root: index, link: link})
}

// dropLinks leaves out links that lead out of the folder, to no regular file, or to a file that is read anyway.
func (w *walker) dropLinks(dir string) {
	kept := w.entries[:0]
	var real string
	for _, e := range w.entries {
		if e.link && !e.explicit {
			if real == "" {
				real = realPath(dir)
			}
			target, err := filepath.EvalSymlinks(e.abs)
			if err != nil || !within(real, target) || !isRegular(target) {
				continue
			}
			if rel, err := filepath.Rel(real, target); err == nil && w.seen[filepath.Join(dir, rel)] {
				continue
			}
			e.link = false
		}
		kept = append(kept, e)
	}
	w.entries = kept
}

func (w *walker) problem(abs, msg string) {
	w.problems = append(w.problems, finding.Problem{File: w.paths.name(abs), Msg: msg})
}

// withIgnoreFile adds the .gitignore file of a folder, if it has one.
func withIgnoreFile(ignores []folderIgnore, dir string, list []fs.DirEntry) []folderIgnore {
	for _, item := range list {
		if item.Name() == ".gitignore" && item.Type().IsRegular() {
			return addIgnoreFile(ignores, dir)
		}
	}
	return ignores
}

func addIgnoreFile(ignores []folderIgnore, dir string) []folderIgnore {
	text, err := readLimited(filepath.Join(dir, ".gitignore"), DefaultSource)
	if err != nil {
		return ignores
	}
	added := folderIgnore{prefix: dir + string(filepath.Separator), list: gitIgnorer(string(text))}
	return append(ignores[:len(ignores):len(ignores)], added)
}

// ancestorIgnores gives the ignore files above a folder, up to the root of its repository.
func ancestorIgnores(dir string) []folderIgnore {
	top := repository(dir)
	if top == "" || top == dir {
		return nil
	}
	var above []string
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		above = append(above, at)
		if at == top {
			break
		}
	}
	var ignores []folderIgnore
	for i := len(above) - 1; i >= 0; i-- {
		if isRegular(filepath.Join(above[i], ".gitignore")) {
			ignores = addIgnoreFile(ignores, above[i])
		}
	}
	return ignores
}

// isIgnored asks the ignore files from the nearest to the furthest; the first that knows decides.
func isIgnored(ignores []folderIgnore, abs string, folder bool) bool {
	for i := len(ignores) - 1; i >= 0; i-- {
		name := filepath.ToSlash(strings.TrimPrefix(abs, ignores[i].prefix))
		switch ignores[i].list.match(name, folder) {
		case ignored:
			return true
		case included:
			return false
		}
	}
	return false
}
