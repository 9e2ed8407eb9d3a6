package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

const (
	libraryRoot = "lib.onelayer"
	policyRoot  = libraryRoot + ".policies"
	testSuffix  = "_test.rego"
)

// folders are the parts of a library's file system that hold modules.
var folders = []string{"lib", "policies"}

// Source is one Rego file of the library.
type Source struct {
	// File is the path in the library, with slashes.
	File string
	Text []byte
}

// Library is a set of policies and shared modules. It parses a module when it is first asked for. It is safe for
// concurrent use.
type Library struct {
	// Digest is the SHA-256 of every file's name and text.
	Digest string

	rules   []*Rule
	byID    map[string]*Rule
	entries []ModuleInfo
	texts   map[string][]byte

	mu     sync.Mutex
	parsed map[string]*ast.Module
}

// ModuleInfo says what a file holds.
type ModuleInfo struct {
	File    string
	Package string
	// Imports are the packages of the library that the module imports, without data.
	Imports []string
	// Gates are what the METADATA of the package says about its rules.
	Gates []Gate
}

// Load reads a library from a file system that holds the folders lib and policies. It fails on the first of: a module
// that cannot be parsed, METADATA outside the schema, an id or package that stands there twice; the error lists all of them.
//
// A library whose files start like those that this package was built with comes from the committed catalogue, without
// parsing a module: METADATA, package and imports stand before the first rule.
func Load(fsys fs.FS) (*Library, error) {
	library, problems, err := LoadPartial(fsys)
	if err != nil {
		return nil, err
	}
	if len(problems) == 0 {
		return library, nil
	}
	all := make([]error, len(problems))
	for i, problem := range problems {
		all[i] = problem
	}
	return nil, fmt.Errorf("load policy library: %w", errors.Join(all...))
}

// LoadPartial is Load for tools that show problems beside results: files with problems are left out of the library.
func LoadPartial(fsys fs.FS) (*Library, []finding.Problem, error) {
	sources, err := ReadSources(fsys)
	if err != nil {
		return nil, nil, err
	}
	if library := fromCatalogue(sources); library != nil {
		return library, nil, nil
	}
	library := newLibrary(sources)
	problems := library.readAll(sources)
	return library, problems, nil
}

func newLibrary(sources []Source) *Library {
	library := &Library{Digest: digestOf(sources, wholeText), byID: map[string]*Rule{}, texts: map[string][]byte{}, parsed: map[string]*ast.Module{}}
	for _, source := range sources {
		library.texts[source.File] = source.Text
	}
	return library
}

// ReadSources reads the modules of a library, without tests, ordered by path.
func ReadSources(fsys fs.FS) ([]Source, error) { return readFiles(fsys, false) }

// ReadTests reads the test modules of a library, ordered by path.
func ReadTests(fsys fs.FS) ([]Source, error) { return readFiles(fsys, true) }

func readFiles(fsys fs.FS, tests bool) ([]Source, error) {
	var sources []Source
	for _, folder := range folders {
		err := fs.WalkDir(fsys, folder, func(file string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && file == folder {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() || path.Ext(file) != ".rego" || strings.HasSuffix(file, testSuffix) != tests {
				return err
			}
			text, err := fs.ReadFile(fsys, file)
			sources = append(sources, Source{File: file, Text: text})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read policy library: %w", err)
		}
	}
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.File, b.File) })
	return sources, nil
}

// readAll parses every module and collects rules, imports and problems.
func (l *Library) readAll(sources []Source) []finding.Problem {
	var problems []finding.Problem
	for _, source := range sources {
		module, err := parse(source)
		if err != nil {
			problems = append(problems, parseProblems(source.File, err)...)
			continue
		}
		found := l.add(source.File, module)
		problems = append(problems, found...)
	}
	l.sortRules()
	return append(problems, l.checkImports()...)
}

// add takes a parsed module into the library unless it has problems.
func (l *Library) add(file string, module *ast.Module) []finding.Problem {
	if strings.HasPrefix(file, "policies/") {
		rule, problems := readRule(module, file)
		if len(problems) > 0 {
			return problems
		}
		if problem, clash := l.clash(rule); clash {
			return []finding.Problem{problem}
		}
		l.index(rule)
	}
	gates, problems := readGates(module, file)
	if len(problems) > 0 {
		return problems
	}
	l.entries = append(l.entries, ModuleInfo{File: file, Package: packageName(module), Imports: imports(module), Gates: gates})
	l.parsed[file] = module
	return nil
}

// clash reports an id or alias that another rule has.
func (l *Library) clash(rule *Rule) (finding.Problem, bool) {
	for _, id := range append([]string{rule.ID}, rule.Aliases...) {
		if other := l.byID[id]; other != nil {
			return finding.Problem{File: rule.File, Line: 1, Msg: fmt.Sprintf("id %q is also claimed by %s", id, other.File)}, true
		}
	}
	return finding.Problem{}, false
}

func (l *Library) index(rule *Rule) {
	l.rules = append(l.rules, rule)
	l.byID[rule.ID] = rule
	for _, alias := range rule.Aliases {
		l.byID[alias] = rule
	}
}

func (l *Library) sortRules() {
	slices.SortFunc(l.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
}

// checkImports reports imports of packages that nothing defines: an engine reads them as undefined and stays silent.
func (l *Library) checkImports() []finding.Problem {
	var problems []finding.Problem
	for _, entry := range l.entries {
		for _, name := range entry.Imports {
			if !slices.Contains(documents, name) && !l.defines(name) {
				problems = append(problems, finding.Problem{File: entry.File, Line: 1, Msg: fmt.Sprintf("import of data.%s, which no module defines", name)})
			}
		}
	}
	return problems
}

func (l *Library) defines(name string) bool {
	return slices.ContainsFunc(l.entries, func(e ModuleInfo) bool { return e.Package == name })
}

// Rules lists the rules ordered by id. Callers must not change them.
func (l *Library) Rules() []*Rule { return l.rules }

// Gates lists the gates of all shared rules, ordered by path.
func (l *Library) Gates() []Gate {
	var gates []Gate
	for _, entry := range l.entries {
		gates = append(gates, entry.Gates...)
	}
	return gates
}

// Rule finds a rule by its id or a former id.
func (l *Library) Rule(id string) (*Rule, bool) {
	rule, ok := l.byID[id]
	return rule, ok
}

// ModuleInfos lists what every file holds, ordered by path. Callers must not change it.
func (l *Library) ModuleInfos() []ModuleInfo { return l.entries }

// Sources gives the modules of the library ordered by path, without tests.
func (l *Library) Sources() []Source {
	sources := make([]Source, 0, len(l.entries))
	for _, entry := range l.entries {
		sources = append(sources, Source{File: entry.File, Text: l.texts[entry.File]})
	}
	return sources
}

// parse reads one module with its annotations, as every engine does.
func parse(source Source) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(source.File, string(source.Text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
}

// parseProblems turns the parser's errors into problems with positions.
func parseProblems(file string, err error) []finding.Problem {
	var several ast.Errors
	if !errors.As(err, &several) {
		return []finding.Problem{{File: file, Line: 1, Msg: err.Error()}}
	}
	problems := make([]finding.Problem, 0, len(several))
	for _, one := range several {
		problem := finding.Problem{File: file, Line: 1, Msg: one.Message}
		if one.Location != nil {
			problem.Line, problem.Column = one.Location.Row, one.Location.Col
		}
		problems = append(problems, problem)
	}
	return problems
}

func packageName(module *ast.Module) string {
	return strings.TrimPrefix(module.Package.Path.String(), "data.")
}

// imports lists the packages of the library that a module imports, sorted.
func imports(module *ast.Module) []string {
	var names []string
	for _, one := range module.Imports {
		name := strings.TrimPrefix(one.Path.String(), "data.")
		if strings.HasPrefix(name, libraryRoot+".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
