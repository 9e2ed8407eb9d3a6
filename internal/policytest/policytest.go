// Package policytest proves a policy library: it compiles it, holds it against the laws, runs its Rego unit tests and its
// fixtures, measures coverage and breaks rules on purpose to see whether a test notices.
//
// It owns the format of fixtures (tests/fixtures/GROUP/RULE/deny_NAME and allow_NAME) and of test results. It must not
// know how results are printed, nor any single rule.
package policytest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/policy"
)

// Status says how one case ended.
type Status string

// The ways a case ends.
const (
	Pass Status = "pass"
	Fail Status = "fail"
)

// Case is one thing that was tried: a law, a unit test, a fixture or a mutant.
type Case struct {
	// Kind is compile, law, unit, fixture, coverage or mutant.
	Kind   string
	Name   string
	Status Status
	// Detail says what went wrong, in several lines if need be.
	Detail string
}

// Options choose what is tried.
type Options struct {
	// Root is the folder that holds policies, lib and tests/fixtures.
	Root string
	// Base is the library under the one in Root: a folder without lib uses the shared modules of Base.
	Base fs.FS
	// Run keeps only cases whose name matches; nil keeps all.
	Run *regexp.Regexp
	// Coverage demands that unit tests reach every line of the policies and modules in Root.
	Coverage bool
	// Mutate drops one expression of a policy at a time and demands that a unit test or a fixture fails; MutateLib does so
	// with the shared modules, which unit tests alone must hold.
	Mutate, MutateLib bool
	// Update rewrites expected.yaml of fixtures whose findings differ.
	Update bool
}

// Result is the outcome of all cases.
type Result struct {
	Cases []Case
	// Covered is the share of lines that unit tests reach, in percent; 0 when it was not measured.
	Covered float64
	// Scores tell how many mutants of each policy or shared module a test noticed.
	Scores []Score
}

// Failed counts the cases that failed.
func (r *Result) Failed() int {
	failed := 0
	for _, c := range r.Cases {
		if c.Status == Fail {
			failed++
		}
	}
	return failed
}

func (r *Result) add(kind, name, detail string) {
	status := Pass
	if detail != "" {
		status = Fail
	}
	r.Cases = append(r.Cases, Case{Kind: kind, Name: name, Status: status, Detail: detail})
}

// suite is a library with its tests.
type suite struct {
	options Options
	fsys    fs.FS
	library *policy.Library
	sources []policy.Source
	tests   []policy.Source
	// parsedTests are the modules of tests by file.
	parsedTests map[string]*ast.Module
	// noisy are unit tests in which a builtin function fails although nothing is wrong, noisyFiles their files.
	noisy, noisyFiles map[string]bool
}

// Run tries a library. It fails only if the library cannot be read at all or ctx ends; everything else is a failed case.
func Run(ctx context.Context, options Options) (*Result, error) {
	s, result, err := open(options)
	if err != nil || result.Failed() > 0 {
		return result, err
	}
	s.laws(result)
	if err := s.units(ctx, result); err != nil {
		return result, err
	}
	fixtures, err := s.fixtures(ctx, result)
	if err != nil {
		return result, err
	}
	if (options.Mutate || options.MutateLib) && result.Failed() == 0 {
		err = s.mutate(ctx, fixtures, result)
	}
	return result, err
}

// open reads the library and its tests; what cannot be parsed is a failed case.
func open(options Options) (*suite, *Result, error) {
	result := &Result{}
	if _, err := os.Stat(filepath.Join(options.Root, "policies")); err != nil {
		return nil, result, fmt.Errorf("find policies: %s has no folder policies", options.Root)
	}
	s := &suite{options: options, fsys: policy.Overlay(os.DirFS(options.Root), options.Base)}
	library, problems, err := policy.LoadPartial(s.fsys)
	if err != nil {
		return nil, result, fmt.Errorf("read library: %w", err)
	}
	for _, problem := range problems {
		result.add("compile", problem.File, problem.Error())
	}
	s.library = library
	if s.sources, err = policy.ReadSources(s.fsys); err != nil {
		return nil, result, fmt.Errorf("read modules: %w", err)
	}
	if s.tests, err = policy.ReadTests(os.DirFS(options.Root)); err != nil {
		return nil, result, fmt.Errorf("read tests: %w", err)
	}
	return s, result, nil
}

func (s *suite) wanted(name string) bool {
	return s.options.Run == nil || s.options.Run.MatchString(name)
}

// own tells whether a file of the library stands in Root and not in the library under it.
func (s *suite) own(file string) bool {
	_, err := os.Stat(filepath.Join(s.options.Root, filepath.FromSlash(file)))
	return err == nil
}

func (s *suite) laws(result *Result) {
	broken := map[string][]string{}
	for _, violation := range policy.Laws(s.sources) {
		broken[violation.File] = append(broken[violation.File], violation.File+":"+strconv.Itoa(violation.Line)+": "+violation.Law+": "+violation.Msg)
	}
	for _, source := range s.sources {
		if s.own(source.File) && s.wanted(source.File) {
			result.add("law", source.File, lines(broken[source.File]))
		}
	}
}
