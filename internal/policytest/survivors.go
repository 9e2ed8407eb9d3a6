package policytest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// survivorsFile lists the mutants that no test can notice, with the reason.
const survivorsFile = "tests/survivors.yaml"

// survivor is a mutant that is explained: the expression makes no difference to any verdict.
type survivor struct {
	// File is the path of the module, Rule the name of the Rego rule that holds the expression.
	File string `json:"file"`
	Rule string `json:"rule"`
	// Expression is what is dropped, as --mutate prints it.
	Expression string `json:"expression"`
	Reason     string `json:"reason"`
}

func (s survivor) name() string {
	return fmt.Sprintf("%s: %s without %q", s.File, s.Rule, s.Expression)
}

// survivors are the explained mutants of a library.
type survivors struct {
	list []survivor
	used []bool
}

func readSurvivors(root string) (*survivors, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(survivorsFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return &survivors{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read survivors: %w", err)
	}
	var list []survivor
	if err := yaml.UnmarshalStrict(text, &list); err != nil {
		return nil, fmt.Errorf("parse %s: %w", survivorsFile, err)
	}
	for i := range list {
		list[i].Expression = oneLine(list[i].Expression)
		for field, value := range map[string]string{
			"file": list[i].File, "rule": list[i].Rule, "expression": list[i].Expression, "reason": list[i].Reason,
		} {
			if strings.TrimSpace(value) == "" {
				return nil, fmt.Errorf("parse %s: entry %d has no %s", survivorsFile, i+1, field)
			}
		}
	}
	return &survivors{list: list, used: make([]bool, len(list))}, nil
}

// explains tells whether a mutant that nothing noticed is listed, and remembers that the entry was needed.
func (s *survivors) explains(m mutant) bool {
	found := false
	for i, entry := range s.list {
		if entry.File == m.file && entry.Rule == m.rule && entry.Expression == m.text {
			s.used[i], found = true, true
		}
	}
	return found
}

// stale lists the entries for a module that explain no survivor of it.
func (s *survivors) stale(file string) []survivor {
	var stale []survivor
	for i, entry := range s.list {
		if entry.File == file && !s.used[i] {
			stale = append(stale, entry)
		}
	}
	return stale
}
