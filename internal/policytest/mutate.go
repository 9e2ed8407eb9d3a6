package policytest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/internal/policy"
)

// survivorsFile lists the mutants that no test can notice, with the reason.
const survivorsFile = "tests/survivors.yaml"

// survivor is a mutant that is explained: the expression, as it stands in the file, makes no difference to any verdict.
type survivor struct {
	File       string `json:"file"`
	Expression string `json:"expression"`
	Reason     string `json:"reason"`
}

// mutant is a policy with one expression dropped.
type mutant struct {
	file   string
	rule   *policy.Rule
	module *ast.Module
	line   int
	text   string
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

// mutate drops every expression of every policy in turn. A mutant that does not compile proves nothing and does not count;
// one that changes no unit test and no fixture is a failed case unless it is explained.
func (s *suite) mutate(ctx context.Context, fixtures []*fixture, result *Result) error {
	explained, err := readSurvivors(s.options.Root)
	if err != nil {
		return err
	}
	byRule := map[string][]*fixture{}
	for _, f := range fixtures {
		byRule[f.rule] = append(byRule[f.rule], f)
	}
	for _, rule := range s.library.Rules() {
		if !s.own(rule.File) || !s.wanted(rule.ID) {
			continue
		}
		mutants, err := s.mutants(rule)
		if err != nil {
			return err
		}
		for _, m := range mutants {
			if err := s.tryMutant(ctx, m, byRule[rule.ID], explained, result); err != nil {
				return err
			}
		}
	}
	return nil
}

func readSurvivors(root string) ([]survivor, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(survivorsFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read survivors: %w", err)
	}
	var list []survivor
	if err := yaml.UnmarshalStrict(text, &list); err != nil {
		return nil, fmt.Errorf("parse %s: %w", survivorsFile, err)
	}
	for i, entry := range list {
		if strings.TrimSpace(entry.Reason) == "" {
			return nil, fmt.Errorf("parse %s: entry %d has no reason", survivorsFile, i+1)
		}
	}
	return list, nil
}

// mutants makes one copy of a policy's module per expression of its rule bodies, else branches included.
func (s *suite) mutants(rule *policy.Rule) ([]mutant, error) {
	modules, err := s.library.Modules(rule.ID)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", rule.ID, err)
	}
	at := slices.IndexFunc(modules, func(m *ast.Module) bool { return m.Package.Location.File == rule.File })
	if at < 0 {
		return nil, fmt.Errorf("read %s: %s is not among its modules", rule.ID, rule.File)
	}
	var mutants []mutant
	for i := range modules[at].Rules {
		for depth := 0; nthElse(modules[at].Rules[i], depth) != nil; depth++ {
			body := nthElse(modules[at].Rules[i], depth).Body
			for e := range body {
				if len(body) == 1 && body[0].Equal(ast.NewExpr(ast.BooleanTerm(true))) {
					continue
				}
				copied := modules[at].Copy()
				target := nthElse(copied.Rules[i], depth)
				target.Body = dropped(target.Body, e)
				mutants = append(mutants, mutant{
					file: rule.File, rule: rule, module: copied, line: body[e].Location.Row, text: string(body[e].Location.Text),
				})
			}
		}
	}
	return mutants, nil
}

func nthElse(rule *ast.Rule, depth int) *ast.Rule {
	for ; depth > 0 && rule != nil; depth-- {
		rule = rule.Else
	}
	return rule
}

// dropped is a body without its expression at index; an empty body is true.
func dropped(body ast.Body, index int) ast.Body {
	rest := slices.Delete(slices.Clone(body), index, index+1)
	if len(rest) == 0 {
		return ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))
	}
	return ast.NewBody(rest...)
}

func (s *suite) tryMutant(ctx context.Context, m mutant, fixtures []*fixture, explained []survivor, result *Result) error {
	if !s.compiles(m) {
		return ctx.Err()
	}
	result.Mutants++
	killed, err := s.killed(ctx, m, fixtures)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s:%d: without %q", m.file, m.line, oneLine(m.text))
	isExplained := slices.ContainsFunc(explained, func(e survivor) bool {
		return e.File == m.file && oneLine(e.Expression) == oneLine(m.text)
	})
	switch {
	case killed:
		result.Killed++
		result.add("mutant", name, "")
	case isExplained:
		result.add("mutant", name+" (explained)", "")
	default:
		result.add("mutant", name, "no unit test and no fixture notices that the expression is gone")
	}
	return nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// compiles tells whether the mutated library is valid at all: an expression that binds a variable cannot just go.
func (s *suite) compiles(m mutant) bool {
	modules, err := mutatedLibrary{s.library, m.file, m.module}.Modules(m.rule.ID)
	if err != nil {
		return false
	}
	byFile := make(map[string]*ast.Module, len(modules))
	for _, module := range modules {
		byFile[module.Package.Location.File] = module.Copy()
	}
	compiler := ast.NewCompiler()
	compiler.Compile(byFile)
	return !compiler.Failed()
}

// killed tells whether a fixture or a unit test of the rule notices the mutant.
func (s *suite) killed(ctx context.Context, m mutant, fixtures []*fixture) (bool, error) {
	library := mutatedLibrary{s.library, m.file, m.module}
	for _, f := range fixtures {
		found, problems, err := f.findings(ctx, library)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err != nil || len(problems) > 0 || differ(f.expected, found) != "" {
			return true, nil
		}
	}
	return s.unitsNotice(ctx, m)
}

func (s *suite) unitsNotice(ctx context.Context, m mutant) (bool, error) {
	modules, err := mutatedLibrary{s.library, m.file, m.module}.Modules(m.rule.ID)
	if err != nil {
		return false, err
	}
	folder := filepath.ToSlash(filepath.Dir(filepath.FromSlash(m.file)))
	byFile := map[string]*ast.Module{}
	for _, module := range modules {
		byFile[module.Package.Location.File] = module.Copy()
	}
	for _, test := range s.tests {
		if strings.HasPrefix(test.File, folder+"/") {
			parsed, _ := parseAll([]policy.Source{test})
			for file, module := range parsed {
				byFile[file] = module
			}
		}
	}
	tests, err := runTests(ctx, byFile, nil, "")
	if err != nil {
		return false, ctx.Err()
	}
	return slices.ContainsFunc(tests, func(r *tester.Result) bool { return !r.Pass() }), nil
}
