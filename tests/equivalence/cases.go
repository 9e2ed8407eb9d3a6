// Package equivalence proves that the tool, OPA, conftest and Gatekeeper make the same of every fixture: the same set of
// (id, object, path, severity), with no list of tolerated differences. New rules join by having fixtures.
//
// It owns the cases: what each fixture gives an engine, and what the tool makes of it. The engines themselves stand in
// the tests, because none of them may be linked into the tool; Gatekeeper's driver stands in a module of its own and reads
// what the command in the folder export writes. It must not know any rule.
package equivalence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// Finding is what engines must agree on.
type Finding struct {
	ID       string           `json:"id"`
	Object   finding.Object   `json:"object"`
	Path     string           `json:"path"`
	Severity finding.Severity `json:"severity"`
}

// Object is a document of a case with the file that it was read from.
type Object struct {
	File  string         `json:"file"`
	Value map[string]any `json:"value"`
}

// Case is one unit of a fixture: everything that an engine needs, and what the tool finds.
type Case struct {
	// Name is GROUP/RULE/FIXTURE, with #2 and so on for further units of a fixture.
	Name string `json:"name"`
	// Config is the configuration document: data.lib.onelayer.config of OPA and conftest, the parameters of Gatekeeper.
	Config map[string]any `json:"config"`
	// Whole tells that nothing is missing in the unit: data.lib.onelayer.unit.whole.
	Whole bool `json:"whole"`
	// Namespaces are the Namespace objects of the unit by name: the namespaceObject of a review.
	Namespaces map[string]any `json:"namespaces"`
	// Inventory is data.inventory in Gatekeeper's shape, the objects themselves included.
	Inventory map[string]any `json:"inventory"`
	// Objects are judged one by one; in a review those of the group onelayer.dev are only there to be looked up.
	Objects []Object `json:"objects"`
	// around is the inventory without the objects: what other units know.
	around map[string]any
	// Plain are the findings about the objects as files, Review those about their creation in a cluster.
	Plain  []Finding `json:"plain"`
	Review []Finding `json:"review"`
}

// Root is the repository as seen from a folder of it.
func Root(from string) string { return filepath.Join(from, "..", "..") }

// Load makes the cases of all fixtures below the root of the repository, in order.
func Load(ctx context.Context, root string) ([]*Case, error) {
	library, err := policy.Load(onelayer.Library)
	if err != nil {
		return nil, err
	}
	dirs, err := Fixtures(root)
	if err != nil {
		return nil, err
	}
	var all []*unitCase
	for _, dir := range dirs {
		made, err := fixture(ctx, dir)
		if err != nil {
			return nil, fmt.Errorf("make case of %s: %w", dir, err)
		}
		all = append(all, made...)
	}
	for _, admission := range []bool{false, true} {
		if err := judge(ctx, library, all, admission); err != nil {
			return nil, err
		}
	}
	cases := make([]*Case, len(all))
	for i, c := range all {
		cases[i] = c.Case
	}
	return cases, nil
}

// Fixtures lists the folders of all fixtures.
func Fixtures(root string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(root, "tests", "fixtures", "*", "*", "*"))
	if err != nil {
		return nil, fmt.Errorf("list fixtures: %w", err)
	}
	slices.Sort(dirs)
	return dirs, nil
}

// Configuration reads the configuration of a fixture; nil where it has none.
func Configuration(dir string) (map[string]any, error) {
	text, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]any{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	config := map[string]any{}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("parse configuration: %w", err)
	}
	return config, nil
}

// Images are the joins that a configuration names.
func Images(config map[string]any) []source.ConfigImage {
	var images []source.ConfigImage
	list, _ := config["images"].([]any)
	for _, item := range list {
		fields, _ := item.(map[string]any)
		image := source.ConfigImage{}
		image.Dockerfile, _ = fields["dockerfile"].(string)
		refs, _ := fields["refs"].([]any)
		for _, ref := range refs {
			if text, ok := ref.(string); ok {
				image.Refs = append(image.Refs, text)
			}
		}
		images = append(images, image)
	}
	return images
}

// NameOf is GROUP/RULE/FIXTURE of a fixture's folder.
func NameOf(dir string) string {
	parts := strings.Split(filepath.ToSlash(dir), "/")
	return strings.Join(parts[len(parts)-3:], "/")
}

// unitCase is a case with the unit that it was made of.
type unitCase struct {
	*Case

	unit *source.Unit
}

// fixture makes one case of each unit of a fixture.
func fixture(ctx context.Context, dir string) ([]*unitCase, error) {
	config, err := Configuration(dir)
	if err != nil {
		return nil, err
	}
	options := source.Options{Paths: []string{"."}, WorkDir: filepath.Join(dir, "input"), Images: Images(config)}
	tree, err := source.Load(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("load input: %w", err)
	}
	if len(tree.Problems) > 0 {
		return nil, tree.Problems[0]
	}
	var cases []*unitCase
	for i, unit := range tree.Units {
		c := &Case{Name: NameOf(dir), Config: config, Whole: unit.Whole, Plain: []Finding{}, Review: []Finding{}}
		if i > 0 {
			c.Name = fmt.Sprintf("%s#%d", c.Name, i+1)
		}
		if err := c.fill(unit); err != nil {
			return nil, err
		}
		cases = append(cases, &unitCase{c, unit})
	}
	return cases, nil
}

// fill takes the documents of a unit.
func (c *Case) fill(unit *source.Unit) error {
	c.Namespaces = map[string]any{}
	for _, doc := range unit.Documents {
		value, err := object(doc.Value)
		if err != nil {
			return err
		}
		c.Objects = append(c.Objects, Object{File: doc.File, Value: value})
		if doc.GroupKind == "/Namespace" {
			c.Namespaces[doc.Object.Name] = value
		}
	}
	var err error
	if c.around, err = object(engine.Inventory(unit.Context)); err != nil {
		return err
	}
	c.Inventory, err = object(engine.Inventory(slices.Concat(unit.Documents, unit.Context)))
	return err
}

func object(value ast.Value) (map[string]any, error) {
	plain, err := ast.JSON(value)
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	object, ok := plain.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("read document: it is no object but %T", plain)
	}
	return object, nil
}

// judge asks the tool about the units of all cases. Comments are left out, because no other engine can read them.
func judge(ctx context.Context, library *policy.Library, cases []*unitCase, admission bool) error {
	byName, given := map[string]*Case{}, []Given{}
	for _, c := range cases {
		byName[c.Name] = c.Case
		given = append(given, Given{c.Name, c.Config, []*source.Unit{c.unit}})
	}
	found, err := Judge(ctx, library, given, admission)
	if err != nil {
		return err
	}
	for name, list := range found {
		findings := []Finding{}
		for _, f := range list {
			findings = append(findings, f.Finding)
		}
		if admission {
			byName[name].Review = Sorted(findings)
		} else {
			byName[name].Plain = Sorted(findings)
		}
	}
	return nil
}

// Given is what the tool is asked about under one name.
type Given struct {
	Name   string
	Config map[string]any
	Units  []*source.Unit
}

// Located is a finding with the file that it is shown in.
type Located struct {
	Finding

	File string
}

// Judge asks the tool about many inputs, those with the same configuration at once, because compiling the library takes
// longer than judging a fixture.
func Judge(ctx context.Context, library *policy.Library, inputs []Given, admission bool) (map[string][]Located, error) {
	groups := map[string][]Given{}
	for _, input := range inputs {
		text, err := json.Marshal(input.Config)
		if err != nil {
			return nil, fmt.Errorf("read configuration: %w", err)
		}
		groups[string(text)] = append(groups[string(text)], input)
	}
	found := map[string][]Located{}
	for _, group := range groups {
		if err := judgeGroup(ctx, library, group, admission, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func judgeGroup(ctx context.Context, library *policy.Library, group []Given, admission bool, found map[string][]Located) error {
	config, err := ast.InterfaceToValue(group[0].Config)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	judge, err := engine.New(library, config, engine.Options{Admission: admission})
	if err != nil {
		return err
	}
	tree := &source.Tree{}
	for _, input := range group {
		for _, unit := range input.Units {
			tree.Units = append(tree.Units, marked(unit, input.Name))
		}
	}
	report, err := judge.Run(ctx, tree)
	if err != nil {
		return err
	}
	if len(report.Errors) > 0 {
		return report.Errors[0]
	}
	for _, f := range report.Findings {
		name, file, _ := strings.Cut(f.File, mark)
		found[name] = append(found[name], Located{Finding{ID: f.ID, Object: f.Object, Path: f.Path, Severity: f.Severity}, file})
	}
	return nil
}

// mark stands between the name of a case and that of a file, so that findings of many cases can be told apart.
const mark = "|"

// marked is a unit whose documents carry the name of its case where they name their file.
func marked(unit *source.Unit, name string) *source.Unit {
	rename := func(docs []*source.Document) []*source.Document {
		renamed := make([]*source.Document, len(docs))
		for i, doc := range docs {
			one := *doc
			one.File, one.Locator = name+mark+doc.File, locator{doc.Locator, name}
			renamed[i] = &one
		}
		return renamed
	}
	copied := *unit
	copied.Documents, copied.Context = rename(unit.Documents), rename(unit.Context)
	return &copied
}

type locator struct {
	source.Locator

	name string
}

// Locate implements source.Locator.
func (l locator) Locate(path source.Path) source.Position {
	at := l.Locator.Locate(path)
	at.File = l.name + mark + at.File
	return at
}

// Sorted gives the findings as a set: in order, each once.
func Sorted(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(findings)
}

// String is the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s %s %s/%s %s at %s", f.Severity, f.ID, f.Object.APIVersion, f.Object.Namespace, f.Object.Name, f.Object.Kind, f.Path)
}
