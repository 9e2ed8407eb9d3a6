package gatekeeper

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// Case is a set of objects and what the tool says about the creation of each; tests for gator are made of cases. The JSON
// of cases is what go run ./tests/equivalence/export writes.
type Case struct {
	// Name is GROUP/RULE/FIXTURE. Fixtures named deny_ break their rule, others do not.
	Name   string         `json:"name"`
	Config map[string]any `json:"config"`
	// Inventory is data.inventory in Gatekeeper's shape.
	Inventory inventory    `json:"inventory"`
	Objects   []caseObject `json:"objects"`
	Review    []Verdict    `json:"review"`
}

type caseObject struct {
	Value map[string]any `json:"value"`
}

// Verdict is a finding of the tool about one of the objects.
type Verdict struct {
	ID       string           `json:"id"`
	Object   finding.Object   `json:"object"`
	Severity finding.Severity `json:"severity"`
}

type inventory struct {
	Cluster   map[string]map[string]map[string]map[string]any            `json:"cluster"`
	Namespace map[string]map[string]map[string]map[string]map[string]any `json:"namespace"`
}

// ReadCases reads the JSON files of a folder, each a list of cases. It fails on the first that is none, and where there is
// no case at all.
func ReadCases(fsys fs.FS) ([]Case, error) {
	files, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	var cases []Case
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read cases: %w", err)
		}
		var read []Case
		if err := json.Unmarshal(text, &read); err != nil {
			return nil, fmt.Errorf("%s: not a list of cases: %w", file, err)
		}
		cases = append(cases, read...)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no cases: write them with go run ./tests/equivalence/export -out DIR")
	}
	slices.SortFunc(cases, func(a, b Case) int { return strings.Compare(a.Name, b.Name) })
	return cases, nil
}

// sample is one object of a case under review.
type sample struct {
	// name is RULE-FIXTURE, with the number of the object where the case has several.
	name string
	// rule is the id of the rule that the case is about.
	rule   string
	denies bool
	object map[string]any
	// beside are the other objects, which a cluster would have synced.
	beside []map[string]any
	found  []Verdict
}

// samples lists the objects that a cluster asks about, of the cases without a configuration.
func samples(cases []Case) []sample {
	var all []sample
	for i := range cases {
		c := &cases[i]
		group, rest, _ := strings.Cut(c.Name, "/")
		folder, fixture, _ := strings.Cut(rest, "/")
		if len(c.Config) > 0 || strings.Contains(fixture, "#") {
			continue
		}
		synced := c.Inventory.objects()
		for number, object := range c.Objects {
			if isOwn(object.Value) {
				continue
			}
			reviewed := located(object.Value, defaultNamespace)
			s := sample{
				name: dashed(folder + "-" + fixture), rule: group + "/" + dashed(folder), denies: strings.HasPrefix(fixture, "deny_"),
				object: reviewed, beside: without(synced, reviewed), found: c.about(object.Value),
			}
			if len(c.Objects) > 1 {
				s.name = fmt.Sprintf("%s-%d", s.name, number+1)
			}
			all = append(all, s)
		}
	}
	return all
}

func dashed(name string) string { return strings.ReplaceAll(name, "_", "-") }

// about lists what the tool says about one object.
func (c *Case) about(object map[string]any) []Verdict {
	name, namespace := field(object, "name"), field(object, "namespace")
	return slices.DeleteFunc(slices.Clone(c.Review), func(v Verdict) bool {
		return v.Object.Kind != fmt.Sprint(object["kind"]) || v.Object.Name != name || v.Object.Namespace != namespace
	})
}

// defaultNamespace is where kubectl puts what names no namespace.
const defaultNamespace = "default"

// objects lists everything in the inventory, in order.
func (i inventory) objects() []map[string]any {
	var all []map[string]any
	collect := func(namespace string, versions map[string]map[string]map[string]map[string]any) {
		for _, version := range slices.Sorted(maps.Keys(versions)) {
			for _, kind := range slices.Sorted(maps.Keys(versions[version])) {
				for _, name := range slices.Sorted(maps.Keys(versions[version][kind])) {
					all = append(all, located(versions[version][kind][name], namespace))
				}
			}
		}
	}
	collect("", i.Cluster)
	for _, namespace := range slices.Sorted(maps.Keys(i.Namespace)) {
		if namespace == "" {
			collect(defaultNamespace, i.Namespace[namespace])
		} else {
			collect(namespace, i.Namespace[namespace])
		}
	}
	return all
}

// located is an object with a namespace, if it has none and one is given.
func located(object map[string]any, namespace string) map[string]any {
	if namespace == "" || field(object, "namespace") != "" {
		return object
	}
	copied := maps.Clone(object)
	meta, _ := object["metadata"].(map[string]any)
	meta = maps.Clone(meta)
	if meta == nil {
		meta = map[string]any{}
	}
	meta["namespace"] = namespace
	copied["metadata"] = meta
	return copied
}

func without(objects []map[string]any, one map[string]any) []map[string]any {
	return slices.DeleteFunc(slices.Clone(objects), func(other map[string]any) bool {
		return identity(other) == identity(one)
	})
}

func identity(object map[string]any) string {
	return fmt.Sprint(object["apiVersion"], "|", object["kind"], "|", field(object, "namespace"), "|", field(object, "name"))
}

// field is a text of the metadata of an object, empty where it is none.
func field(object map[string]any, name string) string {
	meta, _ := object["metadata"].(map[string]any)
	text, _ := meta[name].(string)
	return text
}

func isOwn(object map[string]any) bool {
	version, _ := object["apiVersion"].(string)
	return strings.HasPrefix(version, ownGroup+"/")
}
