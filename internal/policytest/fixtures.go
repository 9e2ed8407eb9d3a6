package policytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/open-policy-agent/opa/v1/ast"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// fixturesFolder holds the fixtures of all rules below a library's root.
const fixturesFolder = "tests/fixtures"

// Expected is one finding as expected.yaml lists it.
type Expected struct {
	ID       string           `json:"id"`
	Severity finding.Severity `json:"severity"`
	// Object is "VERSION KIND NAMESPACE/NAME", without the namespace where there is none.
	Object string `json:"object"`
	Path   string `json:"path"`
	// File is relative to the fixture's input folder.
	File string `json:"file"`
	Line int    `json:"line"`
}

// fixture is one folder with an input and the findings that one rule must make of it.
type fixture struct {
	// name is GROUP/RULE/CASE, rule the id of the rule.
	name, rule, dir string
	deny            bool
	proves          string
	expected        []Expected
	config          ast.Value
	// images are the joins that config.yaml names, as a configuration of onelayer does.
	images []source.ConfigImage
	tree   *source.Tree
}

// fixtures runs all fixtures and returns those that can be run again.
func (s *suite) fixtures(ctx context.Context, result *Result) ([]*fixture, error) {
	dirs, err := fixtureDirs(s.options.Root)
	if err != nil {
		return nil, err
	}
	var all []*fixture
	counts := map[string]map[bool]int{}
	for _, dir := range dirs {
		rule, deny := ruleOf(fixtureName(dir))
		if counts[rule] == nil {
			counts[rule] = map[bool]int{}
		}
		counts[rule][deny]++
		if !s.wanted(fixtureName(dir)) && !s.wanted(rule) {
			continue
		}
		f, err := s.readFixture(ctx, dir)
		if err != nil {
			result.add("fixture", fixtureName(dir), err.Error())
			continue
		}
		all = append(all, f)
		detail, err := s.tryFixture(ctx, f)
		if err != nil {
			return nil, err
		}
		result.add("fixture", f.name, detail)
	}
	s.enoughFixtures(counts, result)
	return all, nil
}

// enoughFixtures demands of every rule that it be shown to fire and to stay silent.
func (s *suite) enoughFixtures(counts map[string]map[bool]int, result *Result) {
	const least = 3
	for _, rule := range s.library.Rules() {
		if !s.own(rule.File) || rule.Group == "onelayer" || !s.wanted(rule.ID) {
			continue
		}
		deny, allow := counts[rule.ID][true], counts[rule.ID][false]
		detail := ""
		if deny < least || allow < least {
			detail = fmt.Sprintf("%d deny and %d allow fixtures: at least %d of each are needed", deny, allow, least)
		}
		result.add("fixture", rule.ID, detail)
	}
}

// fixtureDirs lists the folders named deny_* and allow_* two levels below the fixtures' folder, in order.
func fixtureDirs(root string) ([]string, error) {
	var dirs []string
	for _, kind := range []string{"deny_*", "allow_*"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(fixturesFolder), "*", "*", kind))
		if err != nil {
			return nil, fmt.Errorf("list fixtures: %w", err)
		}
		dirs = append(dirs, found...)
	}
	slices.Sort(dirs)
	return dirs, nil
}

func fixtureName(dir string) string {
	parts := strings.Split(filepath.ToSlash(dir), "/")
	return strings.Join(parts[len(parts)-3:], "/")
}

// ruleOf gives the id of the rule that a fixture belongs to, and whether the rule must fire.
func ruleOf(name string) (string, bool) {
	parts := strings.Split(name, "/")
	return parts[0] + "/" + strings.ReplaceAll(parts[1], "_", "-"), strings.HasPrefix(parts[2], "deny_")
}

func (s *suite) readFixture(ctx context.Context, dir string) (*fixture, error) {
	f := &fixture{name: fixtureName(dir), dir: dir}
	f.rule, f.deny = ruleOf(f.name)
	if _, ok := s.library.Rule(f.rule); !ok {
		return nil, fmt.Errorf("the folder names no rule: there is no %s", f.rule)
	}
	if err := f.readExpected(s.options.Update); err != nil {
		return nil, err
	}
	if err := f.readConfig(); err != nil {
		return nil, err
	}
	tree, err := source.Load(ctx, source.Options{
		Paths: []string{"."}, WorkDir: filepath.Join(dir, "input"), Images: f.images,
	})
	if err != nil {
		return nil, fmt.Errorf("load input: %w", err)
	}
	f.tree = tree
	return f, nil
}

func (f *fixture) readExpected(update bool) error {
	text, err := os.ReadFile(filepath.Join(f.dir, "expected.yaml"))
	if errors.Is(err, fs.ErrNotExist) && update {
		f.proves = "# " + strings.ReplaceAll(filepath.Base(f.dir), "_", " ")
		return nil
	}
	if err != nil {
		return fmt.Errorf("read expected.yaml: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(first, "# ") {
		return errors.New("expected.yaml: the first line must be a comment that says what the case proves")
	}
	f.proves = first
	if err := yaml.UnmarshalStrict(text, &f.expected); err != nil {
		return fmt.Errorf("parse expected.yaml: %w", err)
	}
	return nil
}

func (f *fixture) readConfig() error {
	text, err := os.ReadFile(filepath.Join(f.dir, "config.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read config.yaml: %w", err)
	}
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return fmt.Errorf("parse config.yaml: %w", err)
	}
	if f.config, err = ast.InterfaceToValue(raw); err != nil {
		return fmt.Errorf("parse config.yaml: %w", err)
	}
	var joins struct {
		Images []struct {
			Dockerfile string   `json:"dockerfile"`
			Refs       []string `json:"refs"`
		} `json:"images"`
	}
	if err := yaml.Unmarshal(text, &joins); err != nil {
		return fmt.Errorf("parse config.yaml: %w", err)
	}
	for _, join := range joins.Images {
		f.images = append(f.images, source.ConfigImage(join))
	}
	return nil
}

// tryFixture compares what the rule finds with what is expected; the text says how they differ.
func (s *suite) tryFixture(ctx context.Context, f *fixture) (string, error) {
	found, problems, err := f.findings(ctx, s.library)
	if err != nil {
		return err.Error(), ctx.Err()
	}
	if len(problems) > 0 {
		return lines(problems), nil
	}
	if f.deny != (len(found) > 0) {
		return fmt.Sprintf("%s case has %d findings%s", f.sort(), len(found), differ(f.expected, found)), nil
	}
	detail := differ(f.expected, found)
	if detail != "" && s.options.Update {
		return "", f.update(found)
	}
	return detail, nil
}

func (f *fixture) sort() string {
	if f.deny {
		return "a deny"
	}
	return "an allow"
}

// findings judges the fixture's input with its rule alone.
func (f *fixture) findings(ctx context.Context, library engine.Library) ([]Expected, []string, error) {
	judge, err := engine.New(library, f.config, engine.Options{Select: []string{f.rule}, Workers: 1})
	if err != nil {
		return nil, nil, err
	}
	report, err := judge.Run(ctx, f.tree)
	if err != nil {
		return nil, nil, err
	}
	var problems []string
	for _, problem := range report.Errors {
		problems = append(problems, problem.Error())
	}
	found := []Expected{}
	for _, hit := range report.Findings {
		if hit.ID == f.rule {
			found = append(found, expectedOf(hit))
		}
	}
	return found, problems, nil
}

func expectedOf(f finding.Finding) Expected {
	name := f.Object.Name
	if f.Object.Namespace != "" {
		name = f.Object.Namespace + "/" + name
	}
	return Expected{
		ID: f.ID, Severity: f.Severity, Object: strings.Join([]string{f.Object.APIVersion, f.Object.Kind, name}, " "),
		Path: f.Path, File: f.File, Line: f.Line,
	}
}

// differ lists the findings that are missing and those that are too many.
func differ(expected, found []Expected) string {
	var b strings.Builder
	for _, e := range expected {
		if !slices.Contains(found, e) {
			fmt.Fprintf(&b, "\nmissing: %s", describe(e))
		}
	}
	for _, e := range found {
		if !slices.Contains(expected, e) {
			fmt.Fprintf(&b, "\nunexpected: %s", describe(e))
		}
	}
	if b.Len() == 0 && len(expected) != len(found) {
		fmt.Fprintf(&b, "\n%d findings instead of %d", len(found), len(expected))
	}
	return b.String()
}

func describe(e Expected) string {
	return fmt.Sprintf("%s:%d %s %s %s at %s", e.File, e.Line, e.Severity, e.ID, e.Object, e.Path)
}

func (f *fixture) update(found []Expected) error {
	var b bytes.Buffer
	b.WriteString(f.proves + "\n")
	text, err := yaml.Marshal(found)
	if err != nil {
		return fmt.Errorf("print expected.yaml: %w", err)
	}
	b.Write(text)
	if err := renameio.WriteFile(filepath.Join(f.dir, "expected.yaml"), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write expected.yaml: %w", err)
	}
	return nil
}
