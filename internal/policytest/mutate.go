package policytest

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"golang.org/x/sync/errgroup"

	"github.com/onelayer/onelayer/internal/policy"
)

// Score counts the mutants of one policy or shared module.
type Score struct {
	// Name is the id of a rule, or the folder of a shared module.
	Name string
	// Mutants compile; Killed of them were noticed by a test, Explained have a reason why none can.
	Mutants, Killed, Explained int
}

// target is a part of the library that is mutated: the files of one folder.
type target struct {
	name, folder string
	files        []string
	fixtures     []*fixture
}

// mutatedLibrary is a library in which one module is replaced.
type mutatedLibrary struct {
	*policy.Library
	file   string
	module *ast.Module
}

// Modules gives the modules of the library, the mutated one in its place.
func (m mutatedLibrary) Modules(names ...string) ([]*ast.Module, error) {
	modules, err := m.Library.Modules(names...)
	if err != nil {
		return nil, err
	}
	modules = slices.Clone(modules)
	for i, module := range modules {
		if module.Package.Location.File == m.file {
			modules[i] = m.module
		}
	}
	return modules, nil
}

// mutate drops every expression of every target in turn. A mutant that does not compile proves nothing and does not count;
// one that changes no unit test and no fixture is a failed case unless it is explained.
func (s *suite) mutate(ctx context.Context, fixtures []*fixture, result *Result) error {
	explained, err := readSurvivors(s.options.Root)
	if err != nil {
		return err
	}
	if err := s.listNoisy(ctx); err != nil {
		return err
	}
	for _, t := range s.targets(fixtures) {
		score := Score{Name: t.name}
		for _, file := range t.files {
			if err := s.mutateFile(ctx, t, file, explained, &score, result); err != nil {
				return err
			}
		}
		result.Scores = append(result.Scores, score)
	}
	return nil
}

// targets are the folders that the options ask to mutate.
func (s *suite) targets(fixtures []*fixture) []target {
	var targets []target
	at := map[string]int{}
	add := func(name, file string, fixtures []*fixture) {
		if !s.own(file) || !s.wanted(name) {
			return
		}
		if _, ok := at[name]; !ok {
			at[name] = len(targets)
			targets = append(targets, target{name: name, folder: path.Dir(file), fixtures: fixtures})
		}
		targets[at[name]].files = append(targets[at[name]].files, file)
	}
	if s.options.Mutate {
		for _, rule := range s.library.Rules() {
			add(rule.ID, rule.File, slices.DeleteFunc(slices.Clone(fixtures), func(f *fixture) bool { return f.rule != rule.ID }))
		}
	}
	if s.options.MutateLib {
		for _, source := range s.sources {
			if strings.HasPrefix(source.File, "lib/") {
				add(path.Dir(source.File), source.File, nil)
			}
		}
	}
	return targets
}

func (s *suite) mutateFile(ctx context.Context, t target, file string, explained *survivors, score *Score, result *Result) error {
	at := slices.IndexFunc(s.sources, func(source policy.Source) bool { return source.File == file })
	parsed, problems := parseAll(s.sources[at : at+1])
	if len(problems) > 0 {
		return fmt.Errorf("parse %s: %s", file, problems[0].detail)
	}
	all := mutants(file, parsed[file])
	fates, err := s.try(ctx, t, all)
	if err != nil {
		return err
	}
	for i, m := range all {
		switch {
		case fates[i] == invalid:
		case fates[i] == killed:
			score.Mutants++
			score.Killed++
			result.add("mutant", m.name(), "")
		case explained.explains(m):
			score.Mutants++
			score.Explained++
			result.add("mutant", m.name()+" (explained)", "")
		default:
			score.Mutants++
			result.add("mutant", m.name(), "no unit test and no fixture notices that the expression is gone")
		}
	}
	for _, entry := range explained.stale(file) {
		result.add("mutant", entry.name(), survivorsFile+" explains a mutant that does not survive; remove the entry")
	}
	return nil
}

// fate is what became of a mutant.
type fate int

const (
	survived fate = iota
	invalid
	killed
)

// try decides the fate of mutants, on all processors.
func (s *suite) try(ctx context.Context, t target, all []mutant) ([]fate, error) {
	fates := make([]fate, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range all {
		group.Go(func() error {
			var err error
			fates[i], err = s.fate(ctx, t, m)
			return err
		})
	}
	return fates, group.Wait()
}

// fate tries the tests that stand beside the mutant, then its fixtures; a shared module may be noticed by any unit test.
func (s *suite) fate(ctx context.Context, t target, m mutant) (fate, error) {
	beside := func(file string) bool { return path.Dir(file) == t.folder }
	if verdict, err := s.unitsNotice(ctx, m, beside); verdict != survived || err != nil {
		return verdict, err
	}
	if strings.HasPrefix(m.file, "lib/") {
		return s.unitsNotice(ctx, m, func(file string) bool { return !beside(file) })
	}
	library := mutatedLibrary{s.library, m.file, m.module}
	for _, f := range t.fixtures {
		found, problems, err := f.findings(ctx, library)
		if ctx.Err() != nil {
			return survived, ctx.Err()
		}
		if err != nil || len(problems) > 0 || differ(f.expected, found) != "" {
			return killed, nil
		}
	}
	return survived, nil
}

// listNoisy finds the unit tests in which a builtin function fails although nothing is wrong, such as the parser of a date
// that is none.
func (s *suite) listNoisy(ctx context.Context) error {
	modules, _ := parseAll(append(slices.Clone(s.sources), s.tests...))
	s.noisy, s.noisyFiles = map[string]bool{}, map[string]bool{}
	run := unitRun{modules: modules, compiler: ast.NewCompiler(), strict: true}
	return run.each(ctx, func(test *tester.Result) {
		if !test.Pass() {
			s.noisy[unitName(test)] = true
			s.noisyFiles[test.Location.File] = true
		}
	})
}

// unitsNotice runs the unit tests of the files chosen against a mutant: first strictly, so that the failure of a builtin
// function that the expression kept away counts, then those tests that cannot be run strictly.
func (s *suite) unitsNotice(ctx context.Context, m mutant, chosen func(file string) bool) (fate, error) {
	verdict, err := s.unitsFail(ctx, m, true, chosen)
	if verdict != survived || err != nil {
		return verdict, err
	}
	noisy := func(file string) bool { return chosen(file) && s.noisyFiles[file] }
	if !slices.ContainsFunc(s.tests, func(test policy.Source) bool { return noisy(test.File) }) {
		return survived, nil
	}
	return s.unitsFail(ctx, m, false, noisy)
}

// unitsFail runs the unit tests of the files chosen against a mutant, until one fails.
func (s *suite) unitsFail(ctx context.Context, m mutant, strict bool, chosen func(file string) bool) (fate, error) {
	modules, err := s.closure(m, chosen)
	if err != nil {
		return survived, err
	}
	var ignored map[string]bool
	if strict {
		ignored = s.noisy
	}
	failed, err := anyFails(ctx, modules, strict, ignored)
	var refused ast.Errors
	switch {
	case ctx.Err() != nil:
		return survived, ctx.Err()
	case errors.As(err, &refused):
		return invalid, nil
	case err != nil:
		return survived, err
	case failed:
		return killed, nil
	}
	return survived, nil
}

// closure gives the tests chosen, the mutant and all that they import.
func (s *suite) closure(m mutant, chosen func(file string) bool) (map[string]*ast.Module, error) {
	byFile := map[string]*ast.Module{}
	names := []string{packageOf(m.module)}
	for file, test := range s.parsedTests {
		if chosen(file) {
			byFile[file] = test
			names = append(names, s.importsOf(test)...)
		}
	}
	modules, err := mutatedLibrary{s.library, m.file, m.module}.Modules(names...)
	if err != nil {
		return nil, fmt.Errorf("gather modules of %s: %w", m.file, err)
	}
	for _, module := range modules {
		byFile[module.Package.Location.File] = module
	}
	return byFile, nil
}

// importsOf lists the packages of the library that a test imports; an import may name a rule of a package.
func (s *suite) importsOf(test *ast.Module) []string {
	var names []string
	for _, imported := range test.Imports {
		name := strings.TrimPrefix(imported.Path.String(), "data.")
		for _, info := range s.library.ModuleInfos() {
			if info.Package == name || strings.HasPrefix(name, info.Package+".") {
				names = append(names, info.Package)
			}
		}
	}
	return names
}

func packageOf(module *ast.Module) string {
	return strings.TrimPrefix(module.Package.Path.String(), "data.")
}
