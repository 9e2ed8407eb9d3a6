package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/entry"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// ConfigFile holds the configuration, where a bundle for OPA has one: data.lib.onelayer.config.
const ConfigFile = "lib/onelayer/config/data.json"

const configRoot = "lib/onelayer/config"

// GatekeeperRoot is the root of a bundle for Gatekeeper: OPA would find nothing in it.
const GatekeeperRoot = "onelayer/gatekeeper"

// entryFiles are the entries that a target asks the library by.
var entryFiles = map[Target][]string{OPA: {entry.FileOPA, entry.FileRevision}, Conftest: {entry.FileConftest}}

// Rego gives the files and roots of a bundle of the library for OPA or conftest: its rules, the modules that these need,
// and the entry. Roots are single packages, never lib/onelayer, so that a fleet may set its configuration beside them.
func Rego(library *policy.Library, target Target) (files []File, roots []string, err error) {
	entries, err := entry.Files(library)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, rule := range library.Rules() {
		names = append(names, rule.ID)
	}
	for _, name := range entryFiles[target] {
		files = append(files, File{Name: name, Data: entries[name]})
		module, err := parseModule(name, entries[name])
		if err != nil {
			return nil, nil, err
		}
		names = append(names, imported(module)...)
		roots = append(roots, rootOf(module))
	}
	wanted, err := library.Files(names...)
	if err != nil {
		return nil, nil, err
	}
	packages := map[string]string{}
	for _, info := range library.ModuleInfos() {
		packages[info.File] = info.Package
	}
	for _, source := range library.Sources() {
		if slices.Contains(wanted, source.File) {
			files = append(files, File{Name: source.File, Data: source.Text})
			roots = append(roots, strings.ReplaceAll(packages[source.File], ".", "/"))
		}
	}
	return files, slices.Compact(slices.Sorted(slices.Values(roots))), nil
}

// Config adds a configuration to the content of a bundle for OPA.
func (c *Content) Config(document map[string]any) error {
	text, err := strictjson.Marshal(document)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	c.Files = append(slices.Clone(c.Files), File{Name: ConfigFile, Data: text})
	c.Roots = append(slices.Clone(c.Roots), configRoot)
	return nil
}

// LibraryRevision is the revision that the decisions of a library name.
func LibraryRevision(library *policy.Library) (string, error) {
	entries, err := entry.Files(library)
	if err != nil {
		return "", err
	}
	module, err := parseModule(entry.FileRevision, entries[entry.FileRevision])
	if err != nil {
		return "", err
	}
	for _, rule := range module.Rules {
		if value, ok := rule.Head.Value.Value.(ast.String); ok {
			return string(value), nil
		}
	}
	return "", fmt.Errorf("read revision: %s states none", entry.FileRevision)
}

// CheckFiles reads the files of an archive as OPA will: Rego must parse and lie in the roots, the configuration must be
// canonical. Call it after signatures are verified, as it is the first that looks into the files. What stands the same in an
// archive before this one, which was checked, is not parsed again; nil if there is none.
func (a *Archive) CheckFiles(before *Archive) error {
	checked := map[string][]byte{}
	if before != nil && slices.Equal(before.Manifest.Roots, a.Manifest.Roots) {
		for _, file := range before.Files {
			checked[file.Name] = file.Data
		}
	}
	var modules []File
	for _, file := range a.Files {
		if file.Name == ConfigFile {
			if err := a.checkConfig(file); err != nil {
				return err
			}
		}
		same, known := checked[file.Name]
		if strings.HasSuffix(file.Name, ".rego") && !(known && bytes.Equal(same, file.Data)) {
			modules = append(modules, file)
		}
	}
	return a.checkModules(modules)
}

// checkModules parses modules, several at a time, and gives the error of the first that is wrong.
func (a *Archive) checkModules(modules []File) error {
	errs := make([]error, len(modules))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(modules)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(modules)); i = next.Add(1) - 1 {
				errs[i] = a.checkModule(modules[i])
			}
		})
	}
	workers.Wait()
	return cmp.Or(errs...)
}

func (a *Archive) checkModule(file File) error {
	module, err := parseModule(file.Name, file.Data)
	var several ast.Errors
	switch {
	case errors.As(err, &several) && several[0].Location != nil:
		return refusal.New(refusal.Rego, "%s:%d: %s", file.Name, several[0].Location.Row, several[0].Message)
	case err != nil:
		return refusal.New(refusal.Rego, "%v", err)
	}
	if root := rootOf(module); !under(a.Manifest.Roots, root) {
		return refusal.New(refusal.Roots, "%s: package %s lies in none of the roots", file.Name, strings.ReplaceAll(root, "/", "."))
	}
	return nil
}

func (a *Archive) checkConfig(file File) error {
	if !under(a.Manifest.Roots, configRoot) {
		return refusal.New(refusal.Roots, "%s lies in none of the roots", file.Name)
	}
	var document map[string]any
	return strictjson.Unmarshal(file.Name, file.Data, &document)
}

func parseModule(name string, text []byte) (*ast.Module, error) {
	module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
	if err != nil {
		return nil, fmt.Errorf("parse module: %w", err)
	}
	if module == nil {
		return nil, fmt.Errorf("parse module: %s is empty", name)
	}
	return module, nil
}

// imported lists the packages of modules that a module imports.
func imported(module *ast.Module) []string {
	names := map[string]bool{}
	for _, one := range module.Imports {
		name := strings.TrimPrefix(one.Path.String(), "data.")
		if strings.HasPrefix(name, "lib.onelayer.") {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// rootOf is the path of the document that a module defines.
func rootOf(module *ast.Module) string {
	path, err := module.Package.Path.Ptr()
	if err != nil {
		return ""
	}
	return path
}
