package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// verdict is what all engines must agree on. File is empty where an engine has no files.
type verdict struct{ id, object, path, severity, file string }

func (v verdict) String() string {
	return fmt.Sprintf("%s %s %s %s %s", v.severity, v.id, v.object, v.path, v.file)
}

type object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

func (o object) String() string {
	return fmt.Sprintf("%s %s %s", o.APIVersion, o.Kind, strings.TrimPrefix(o.Namespace+"/"+o.Name, "/"))
}

// finding is a finding as the tool, OPA's decision and the details of Gatekeeper write it.
type finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Object   object `json:"object"`
	Path     string `json:"path"`
	File     string `json:"file"`
}

func (f finding) verdict() verdict {
	return verdict{f.ID, f.Object.String(), f.Path, f.Severity, f.File}
}

// verdicts is the set of what findings say, in order.
func verdicts(findings []finding) []string {
	all := []string{}
	for _, f := range findings {
		all = append(all, f.verdict().String())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// difference lists what is only in one of two sorted lists, which is short where the lists are long.
func difference(want, got []string) []string {
	var all []string
	for len(want)+len(got) > 0 {
		switch {
		case len(got) == 0 || (len(want) > 0 && want[0] < got[0]):
			all, want = append(all, "missing: "+want[0]), want[1:]
		case len(want) == 0 || got[0] < want[0]:
			all, got = append(all, "too much: "+got[0]), got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	return all
}

// tail is the end of what a program wrote, where the error is.
func tail(text string) string {
	const most = 2000
	return text[max(0, len(text)-most):]
}

// decode reads JSON that a program printed.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(text), &value), "%s", text)
	return value
}
