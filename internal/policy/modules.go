package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// documents are the packages that engines fill with data; no module defines them.
var documents = []string{libraryRoot + ".config", libraryRoot + ".unit", libraryRoot + ".prepared", libraryRoot + ".surveyed"}

// Modules gives the modules named and everything that they import, transitively, ordered by path. A name is the id of a
// rule (process/manager-entrypoint) or the package of a module (lib.onelayer.exempt). No name gives no module.
func (l *Library) Modules(names ...string) ([]*ast.Module, error) {
	files, err := l.Files(names...)
	if err != nil {
		return nil, err
	}
	modules := make([]*ast.Module, 0, len(files))
	for _, file := range files {
		module, err := l.module(file)
		if err != nil {
			return nil, err
		}
		modules = append(modules, module)
	}
	return modules, nil
}

// Files is Modules without parsing: the paths in the library.
func (l *Library) Files(names ...string) ([]string, error) {
	byPackage := map[string][]ModuleInfo{}
	for _, entry := range l.entries {
		byPackage[entry.Package] = append(byPackage[entry.Package], entry)
	}
	queue := make([]string, 0, len(names))
	for _, name := range names {
		wanted, err := l.resolve(name, byPackage)
		if err != nil {
			return nil, err
		}
		queue = append(queue, wanted)
	}
	return reach(queue, byPackage), nil
}

// resolve turns a rule's id or a package into a package of the library.
func (l *Library) resolve(name string, byPackage map[string][]ModuleInfo) (string, error) {
	if rule, ok := l.byID[name]; ok {
		return rule.Package, nil
	}
	if _, ok := byPackage[name]; ok {
		return name, nil
	}
	if strings.Contains(name, "/") {
		return "", fmt.Errorf("find rule: unknown id %q", name)
	}
	return "", fmt.Errorf("find module: unknown package %q", name)
}

func reach(queue []string, byPackage map[string][]ModuleInfo) []string {
	var files []string
	seen := map[string]bool{}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, entry := range byPackage[name] {
			files = append(files, entry.File)
			queue = append(queue, entry.Imports...)
		}
	}
	slices.Sort(files)
	return files
}

// module parses a file once.
func (l *Library) module(file string) (*ast.Module, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if module := l.parsed[file]; module != nil {
		return module, nil
	}
	module, err := parse(Source{File: file, Text: l.texts[file]})
	if err != nil {
		return nil, fmt.Errorf("parse module %s: %w", file, err)
	}
	l.parsed[file] = module
	return module, nil
}
