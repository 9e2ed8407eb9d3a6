package policytest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/onelayer/onelayer/internal/policy"
)

// unitTimeout bounds one unit test.
const unitTimeout = 20 * time.Second

// units runs the Rego unit tests, measuring coverage if asked to.
func (s *suite) units(ctx context.Context, result *Result) error {
	modules, problems := parseAll(append(slices.Clone(s.sources), s.tests...))
	for _, problem := range problems {
		result.add("compile", problem.name, problem.detail)
	}
	if len(problems) > 0 {
		return nil
	}
	s.parsedTests = map[string]*ast.Module{}
	for _, test := range s.tests {
		s.parsedTests[test.File] = modules[test.File]
	}
	var tracer *cover.Cover
	if s.options.Coverage {
		tracer = cover.New()
	}
	tests, err := runTests(ctx, modules, tracer)
	if err != nil {
		result.add("compile", "unit tests", err.Error())
		return ctx.Err()
	}
	for _, test := range tests {
		if name := unitName(test); s.wanted(name) {
			result.add("unit", name, unitDetail(test))
		}
	}
	if tracer != nil {
		s.covered(tracer, modules, result)
	}
	return nil
}

type parseProblem struct{ name, detail string }

func parseAll(sources []policy.Source) (map[string]*ast.Module, []parseProblem) {
	modules := make(map[string]*ast.Module, len(sources))
	var problems []parseProblem
	for _, source := range sources {
		module, err := ast.ParseModuleWithOpts(source.File, string(source.Text), ast.ParserOptions{
			RegoVersion: ast.RegoV1, ProcessAnnotation: true,
		})
		if err != nil {
			problems = append(problems, parseProblem{source.File, err.Error()})
			continue
		}
		modules[source.File] = module
	}
	return modules, problems
}

// runTests runs the unit tests of the modules.
func runTests(ctx context.Context, modules map[string]*ast.Module, tracer *cover.Cover) ([]*tester.Result, error) {
	var results []*tester.Result
	run := unitRun{modules: modules, compiler: ast.NewCompiler(), tracer: tracer}
	err := run.each(ctx, func(test *tester.Result) { results = append(results, test) })
	sort.Slice(results, func(i, j int) bool { return unitName(results[i]) < unitName(results[j]) })
	return results, err
}

// checkedStages are stages of the compiler that only refuse modules, for reasons that a module which passed them once does
// not gain by losing an expression.
var checkedStages = []ast.StageID{
	ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageCheckVoidCalls,
	ast.StageParseMetadataBlocks, ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs, ast.StageRewriteTestRulesForTracing,
	ast.StageCheckRecursion, ast.StageCheckTypes, ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins,
	ast.StageBuildRequiredCapabilities,
}

// anyFails runs the unit tests of the modules until one fails that is not in ignored. strict makes the error of a builtin
// function a failure.
func anyFails(ctx context.Context, modules map[string]*ast.Module, strict bool, ignored map[string]bool) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := false
	run := unitRun{modules: modules, compiler: ast.NewCompiler().WithSkipStages(checkedStages...), strict: strict}
	err := run.each(ctx, func(test *tester.Result) {
		if !failed && !test.Pass() && !ignored[unitName(test)] {
			failed = true
			cancel()
		}
	})
	return failed, err
}

// unitRun is a run of the unit tests in modules.
type unitRun struct {
	modules  map[string]*ast.Module
	compiler *ast.Compiler
	tracer   *cover.Cover
	strict   bool
}

func (r unitRun) each(ctx context.Context, found func(*tester.Result)) error {
	store := inmem.New()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer store.Abort(ctx, txn)
	runner := tester.NewRunner().
		SetStore(store).
		SetCompiler(r.compiler.WithEnablePrintStatements(false)).
		SetModules(r.modules).
		SetTimeout(unitTimeout).
		RaiseBuiltinErrors(r.strict)
	if r.tracer != nil {
		runner = runner.SetCoverageQueryTracer(r.tracer)
	}
	stream, err := runner.RunTests(ctx, txn)
	if err != nil {
		return fmt.Errorf("run unit tests: %w", err)
	}
	for test := range stream {
		found(test)
	}
	return nil
}

func unitName(test *tester.Result) string {
	return strings.TrimPrefix(test.Package, "data.") + "." + test.Name
}

func unitDetail(test *tester.Result) string {
	switch {
	case test.Pass():
		return ""
	case test.Error != nil:
		return fmt.Sprintf("%s: %v", test.Location, test.Error)
	default:
		return fmt.Sprintf("%s: the test is not true", test.Location)
	}
}

// covered reports the lines of the library's own modules that no unit test reaches.
func (s *suite) covered(tracer *cover.Cover, modules map[string]*ast.Module, result *Result) {
	report := tracer.Report(modules)
	covered, missed := 0, 0
	for _, source := range s.sources {
		file := report.Files[source.File]
		if file == nil || !s.own(source.File) {
			continue
		}
		covered += file.CoveredLines
		missed += file.NotCoveredLines
		var rows []string
		for _, span := range file.NotCovered {
			rows = append(rows, fmt.Sprintf("%s:%d-%d: no unit test reaches these lines", source.File, span.Start.Row, span.End.Row))
		}
		if s.wanted(source.File) {
			result.add("coverage", source.File, lines(rows))
		}
	}
	if total := covered + missed; total > 0 {
		result.Covered = 100 * float64(covered) / float64(total)
	}
}
