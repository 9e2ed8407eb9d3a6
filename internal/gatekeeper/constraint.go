package gatekeeper

import (
	"maps"
	"slices"
	"strings"
)

// constraint is constraints.gatekeeper.sh/v1beta1 of a template.
type constraint struct {
	object `yaml:",inline"`
	Spec   constraintSpec `yaml:"spec"`
}

type constraintSpec struct {
	EnforcementAction string         `yaml:"enforcementAction"`
	Match             match          `yaml:"match"`
	Parameters        map[string]any `yaml:"parameters"`
}

type match struct {
	// Source is Original: what Gatekeeper expands from a workload was judged with the workload.
	Source string       `yaml:"source"`
	Kinds  []groupKinds `yaml:"kinds"`
}

type groupKinds struct {
	APIGroups []string `yaml:"apiGroups"`
	Kinds     []string `yaml:"kinds"`
}

// constraints adds one constraint per severity. All match every kind of the set, because a configuration may give any rule
// another severity.
func (g *generator) constraints(s set) error {
	for _, l := range levels {
		if err := g.add(constraintPath(s, l), s.constraint(l)); err != nil {
			return err
		}
	}
	return nil
}

func constraintPath(s set, l level) string { return "constraints/" + s.constraintName(l) + ".yaml" }

func (s set) constraintName(l level) string { return s.name + "-" + l.name }

func (s set) constraint(l level) constraint {
	return constraint{
		object: object{APIVersion: "constraints.gatekeeper.sh/v1beta1", Kind: s.kind(), Metadata: metadata{Name: s.constraintName(l)}},
		Spec: constraintSpec{
			EnforcementAction: l.action,
			Match:             match{Source: "Original", Kinds: s.matched()},
			Parameters:        map[string]any{"severities": []string{string(l.severity)}},
		},
	}
}

// matched lists the kinds of all rules of the set by API group.
func (s set) matched() []groupKinds {
	byGroup := map[string]map[string]bool{}
	for _, rule := range s.rules {
		for _, groupKind := range clusterKinds(rule) {
			group, kind, _ := strings.Cut(groupKind, "/")
			if byGroup[group] == nil {
				byGroup[group] = map[string]bool{}
			}
			byGroup[group][kind] = true
		}
	}
	var kinds []groupKinds
	for _, group := range slices.Sorted(maps.Keys(byGroup)) {
		kinds = append(kinds, groupKinds{APIGroups: []string{group}, Kinds: slices.Sorted(maps.Keys(byGroup[group]))})
	}
	return kinds
}
