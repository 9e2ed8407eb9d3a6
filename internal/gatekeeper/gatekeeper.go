// Package gatekeeper turns the policy library into what a cluster with Gatekeeper takes: constraint templates,
// constraints, what must be synced, tests for gator, and catalogues.
//
// It owns the shape of these files and the entry module of a template, and generates the same bytes from the same library.
// It must not know how policies are evaluated, where files are written, or how test cases are made.
package gatekeeper

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
)

// Grouping says which rules share a template.
type Grouping string

// The groupings. Gatekeeper pays for every template at every review, so few templates are faster than many.
const (
	ByGroup Grouping = "group"
	ByRule  Grouping = "rule"
	All     Grouping = "all"
)

// Groupings lists the groupings, the default first.
func Groupings() []Grouping { return []Grouping{ByGroup, ByRule, All} }

// Options say what to generate.
type Options struct {
	// Grouping is ByGroup unless set.
	Grouping Grouping
	// Cases are judged objects; where there are any, a suite for gator verify is made of them.
	Cases []Case
}

// File is one generated file; its path is relative to the folder of the bundle, with slashes.
type File struct {
	Path string
	Text []byte
}

// ownGroup is the API group of onelayer's own kinds. A cluster knows them as inventory and never asks about them.
const ownGroup = "onelayer.dev"

// groupOwn is the group of the rules about onelayer's own configuration; they are part of every template.
const groupOwn = "onelayer"

// levels are the constraints of a template: one per severity, with what Gatekeeper does about it.
var levels = []level{
	{name: "deny", severity: finding.Error, action: "deny"},
	{name: "warn", severity: finding.Warning, action: "warn"},
	{name: "info", severity: finding.Info, action: "dryrun"},
}

type level struct {
	name     string
	severity finding.Severity
	action   string
}

// set is the rules of one template.
type set struct {
	// name is the group, the rule's id with dashes, or all.
	name  string
	rules []*policy.Rule
}

// Generate gives the files of the bundle, ordered by path.
func Generate(library *policy.Library, options Options) ([]File, error) {
	g := generator{library: library, files: map[string][]byte{}}
	sets, err := split(library.Rules(), cmp.Or(options.Grouping, ByGroup))
	if err != nil {
		return nil, err
	}
	for _, s := range sets {
		if err := g.templates(s); err != nil {
			return nil, fmt.Errorf("generate template of %s: %w", s.name, err)
		}
		if err := g.constraints(s); err != nil {
			return nil, fmt.Errorf("generate constraints of %s: %w", s.name, err)
		}
	}
	for _, make := range []func([]set) error{g.kustomizations, g.synced, g.catalog, g.hub} {
		if err := make(sets); err != nil {
			return nil, err
		}
	}
	if err := g.suite(sets, options.Cases); err != nil {
		return nil, fmt.Errorf("generate suite: %w", err)
	}
	return g.list(), nil
}

// generator collects files.
type generator struct {
	library *policy.Library
	files   map[string][]byte
}

func (g *generator) list() []File {
	files := make([]File, 0, len(g.files))
	for _, path := range slices.Sorted(maps.Keys(g.files)) {
		files = append(files, File{Path: path, Text: g.files[path]})
	}
	return files
}

// split puts the rules that a cluster can ask about into sets, ordered by name.
func split(rules []*policy.Rule, by Grouping) ([]set, error) {
	byName := map[string][]*policy.Rule{}
	for _, rule := range rules {
		if len(clusterKinds(rule)) == 0 {
			continue
		}
		name := ""
		switch by {
		case ByGroup:
			name = rule.Group
		case ByRule:
			name = strings.ReplaceAll(rule.ID, "/", "-")
		case All:
			name = "all"
		default:
			return nil, fmt.Errorf("unknown grouping %q: use group, rule or all", by)
		}
		byName[name] = append(byName[name], rule)
	}
	if len(byName) == 0 {
		return nil, errors.New("generate templates: no rule of the library judges what a cluster asks about")
	}
	sets := make([]set, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		sets = append(sets, set{name: name, rules: byName[name]})
	}
	return sets, nil
}

// clusterKinds lists the group/Kind of a rule that a cluster asks about.
func clusterKinds(rule *policy.Rule) []string {
	if rule.Group == groupOwn {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(rule.AppliesTo), func(kind string) bool { return strings.HasPrefix(kind, ownGroup+"/") })
}

// kind is the kind of the constraints of a template: Onelayer and the name of its rules in camel case.
func (s set) kind() string {
	var out strings.Builder
	out.WriteString("Onelayer")
	for part := range strings.SplitSeq(s.name, "-") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// resource is the name of the template of a set: its kind in lower case, as Gatekeeper demands.
func (s set) resource() string { return strings.ToLower(s.kind()) }

// title says what a set is in a heading.
func (s set) title() string {
	if len(s.rules) == 1 {
		return s.rules[0].Title
	}
	return "onelayer: " + s.name
}

// description says what the rules of a set find.
func (s set) description() string {
	if len(s.rules) == 1 {
		return strings.TrimSpace(s.rules[0].Description)
	}
	titles := make([]string, 0, len(s.rules))
	for _, rule := range s.rules {
		titles = append(titles, rule.Title+" ("+rule.ID+")")
	}
	return strings.Join(titles, "; ") + "."
}

// version is the newest release that added a rule to the set.
func (s set) version() string {
	newest := slices.MaxFunc(s.rules, func(a, b *policy.Rule) int { return compareReleases(a.Since, b.Since) })
	return newest.Since
}

// compareReleases orders releases such as 0.2.0 and 0.10.0.
func compareReleases(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	})
}
