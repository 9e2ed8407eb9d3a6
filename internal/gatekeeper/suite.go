package gatekeeper

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
)

// suite is what gator verify runs.
type suite struct {
	APIVersion string      `yaml:"apiVersion"`
	Kind       string      `yaml:"kind"`
	Metadata   metadata    `yaml:"metadata"`
	Tests      []suiteTest `yaml:"tests"`
}

type suiteTest struct {
	Name       string      `yaml:"name"`
	Template   string      `yaml:"template"`
	Constraint string      `yaml:"constraint"`
	Invalid    bool        `yaml:"invalid,omitempty"`
	Cases      []suiteCase `yaml:"cases,omitempty"`
}

type suiteCase struct {
	Name       string      `yaml:"name"`
	Object     string      `yaml:"object"`
	Inventory  []string    `yaml:"inventory,omitempty"`
	Assertions []assertion `yaml:"assertions"`
}

type assertion struct {
	Violations any    `yaml:"violations"`
	Message    string `yaml:"message,omitempty"`
}

// suite adds the tests of every set for gator verify, with the objects that they review. Without cases there is none.
func (g *generator) suite(sets []set, cases []Case) error {
	if len(cases) == 0 {
		return nil
	}
	all := samples(cases)
	document := suite{APIVersion: "test.gatekeeper.sh/v1alpha1", Kind: "Suite", Metadata: metadata{Name: "onelayer"}}
	for _, s := range sets {
		writer := &suiteWriter{generator: g, set: s, samples: all}
		for _, make := range []func() error{writer.levels, writer.referential, writer.parameters} {
			if err := make(); err != nil {
				return err
			}
		}
		document.Tests = append(document.Tests, writer.tests...)
	}
	return g.add("suite.yaml", document)
}

// suiteWriter makes the tests of one set.
type suiteWriter struct {
	*generator

	set     set
	samples []sample
	tests   []suiteTest
}

// levels tests each constraint: what breaks a rule is reported with its message, what comes near is not.
func (w *suiteWriter) levels() error {
	for _, l := range levels {
		if err := w.level(w.set.constraintName(l), w.template(), l, false); err != nil {
			return err
		}
	}
	return nil
}

// referential tests what is found only with what the cluster has synced.
func (w *suiteWriter) referential() error {
	for _, l := range levels {
		name := w.set.constraintName(l) + "-referential"
		if err := w.level(name, "referential/"+w.set.name+"-referential.yaml", l, true); err != nil {
			return err
		}
	}
	return nil
}

// level adds the test of one constraint: for each rule that is most severe there an object that breaks it, and one object
// that breaks none; of objects alone or of those that stand beside others, of which one says enough. gator compiles the
// template again for every case, hence so few.
func (w *suiteWriter) level(name, template string, l level, beside bool) error {
	test := suiteTest{Name: name, Template: template, Constraint: constraintPath(w.set, l)}
	chosen := map[string]bool{}
	take := func(s sample, found bool) error {
		if !found || chosen[s.name] {
			return nil
		}
		chosen[s.name] = true
		made, err := w.test(s, l.severity)
		test.Cases = append(test.Cases, made)
		return err
	}
	for _, rule := range w.set.rules {
		if beside && len(chosen) > 0 {
			break
		}
		if s, found := w.breaks(rule, beside); found && s.worst(rule.ID) == l.severity {
			if err := take(s, true); err != nil {
				return err
			}
		}
	}
	if len(test.Cases) == 0 {
		return nil
	}
	if err := take(w.fine(l.severity, beside)); err != nil {
		return err
	}
	w.tests = append(w.tests, test)
	return nil
}

// breaks gives the object that breaks a rule worst, the first of several.
func (w *suiteWriter) breaks(rule *policy.Rule, beside bool) (sample, bool) {
	var worst sample
	for _, s := range w.samples {
		if s.rule == rule.ID && s.denies && (len(s.beside) > 0) == beside && s.worst(rule.ID).Rank() > worst.worst(rule.ID).Rank() {
			worst = s
		}
	}
	return worst, worst.name != ""
}

// fine gives the first object of a fixture that is to be allowed by a rule of the set, and about which nothing is found.
func (w *suiteWriter) fine(severity finding.Severity, beside bool) (sample, bool) {
	at := slices.IndexFunc(w.samples, func(s sample) bool {
		ofSet := slices.ContainsFunc(w.set.rules, func(rule *policy.Rule) bool { return rule.ID == s.rule })
		return ofSet && !s.denies && (len(s.beside) > 0) == beside && w.quiet(s, severity)
	})
	if at < 0 {
		return sample{}, false
	}
	return w.samples[at], true
}

// quiet tells whether nothing of a severity is found by any rule of the set.
func (w *suiteWriter) quiet(s sample, severity finding.Severity) bool {
	return !slices.ContainsFunc(w.set.rules, func(rule *policy.Rule) bool { return s.count(rule.ID, severity) > 0 })
}

func (s *sample) count(id string, severity finding.Severity) int {
	count := 0
	for _, v := range s.found {
		if v.ID == id && v.Severity == severity {
			count++
		}
	}
	return count
}

// worst is the highest severity at which a rule finds something, empty for none.
func (s *sample) worst(id string) finding.Severity {
	var worst finding.Severity
	for _, v := range s.found {
		if v.ID == id && v.Severity.Rank() > worst.Rank() {
			worst = v.Severity
		}
	}
	return worst
}

// test makes a case of gator: a violation of each rule that the tool finds broken, or none.
func (w *suiteWriter) test(s sample, severity finding.Severity) (suiteCase, error) {
	made := suiteCase{Name: s.name, Object: w.folder() + s.name + ".yaml"}
	if err := w.add(made.Object, s.object); err != nil {
		return made, err
	}
	if len(s.beside) > 0 {
		for i, object := range s.beside {
			path := fmt.Sprintf("%s%s-beside-%d.yaml", w.folder(), s.name, i+1)
			if err := w.add(path, object); err != nil {
				return made, err
			}
			made.Inventory = append(made.Inventory, path)
		}
	}
	for _, rule := range w.set.rules {
		if s.count(rule.ID, severity) > 0 {
			made.Assertions = append(made.Assertions, assertion{Violations: "yes", Message: "^" + regexp.QuoteMeta(rule.ID) + ": "})
		}
	}
	if len(made.Assertions) == 0 {
		made.Assertions = []assertion{{Violations: "no"}}
	}
	return made, nil
}

// parameters tests the settings of a constraint with an object that breaks a rule: the rule switched off, with another
// severity, a value of a wrong type, and what a cluster must refuse.
func (w *suiteWriter) parameters() error {
	rule, s, found := w.denied()
	if !found {
		return nil
	}
	object := w.folder() + s.name + ".yaml"
	message := "^" + regexp.QuoteMeta(rule.ID) + ": "
	off := map[string]any{"rules": map[string]any{rule.ID: map[string]any{"enabled": false}}}
	lower := map[string]any{"rules": map[string]any{rule.ID: map[string]any{"severity": "warning"}}}
	wrong := map[string]any{"rules": map[string]any{rule.ID: map[string]any{"enabled": "no"}}}
	for _, one := range []struct {
		name       string
		level      level
		parameters map[string]any
		assertion  assertion
	}{
		{"switched-off", levels[0], off, assertion{Violations: "no", Message: message}},
		{"lowered-in-deny", levels[0], lower, assertion{Violations: "no", Message: message}},
		{"lowered-in-warn", levels[1], lower, assertion{Violations: "yes", Message: message}},
		{"wrong-type", levels[0], wrong, assertion{Violations: 1, Message: "^onelayer/config: enabled must be true or false"}},
	} {
		path := fmt.Sprintf("%sconstraint-%s.yaml", w.folder(), one.name)
		if err := w.add(path, w.set.configured(one.level, one.parameters)); err != nil {
			return err
		}
		w.tests = append(w.tests, suiteTest{
			Name: w.set.name + "-" + one.name, Template: w.template(), Constraint: path,
			Cases: []suiteCase{{Name: s.name, Object: object, Assertions: []assertion{one.assertion}}},
		})
	}
	path := w.folder() + "constraint-unknown-severity.yaml"
	if err := w.add(path, w.set.configured(levels[0], map[string]any{"severities": []string{"fatal"}})); err != nil {
		return err
	}
	w.tests = append(w.tests, suiteTest{Name: w.set.name + "-unknown-severity", Template: w.template(), Constraint: path, Invalid: true})
	return nil
}

// denied gives the first object alone that breaks a rule of the set with an error.
func (w *suiteWriter) denied() (*policy.Rule, sample, bool) {
	for _, rule := range w.set.rules {
		if s, found := w.breaks(rule, false); found && s.worst(rule.ID) == finding.Error {
			return rule, s, true
		}
	}
	return nil, sample{}, false
}

// configured is a constraint of the set with more parameters.
func (s set) configured(l level, parameters map[string]any) constraint {
	made := s.constraint(l)
	for name, value := range parameters {
		made.Spec.Parameters[name] = value
	}
	return made
}

func (w *suiteWriter) template() string { return "templates/" + w.set.name + ".yaml" }

func (w *suiteWriter) folder() string { return "samples/" + w.set.name + "/" }
