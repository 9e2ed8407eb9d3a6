package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// TestExamples judges whole applications by all rules. Good citizens are what people run for good reasons and no rule may
// call wrong; of what is malformed the rule that is about it speaks, the others are silent, and none fails. The second line
// of a file lists all findings as severity and rule.
func TestExamples(t *testing.T) {
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	e, err := engine.New(library, nil, engine.Options{Compiled: snapshot.Whole(library), Verified: true})
	require.NoError(t, err)
	for _, kind := range []string{"citizens", "malformed"} {
		files, err := filepath.Glob(filepath.Join("examples", kind, "*.yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			t.Run(filepath.ToSlash(file), func(t *testing.T) {
				tree, err := source.Load(t.Context(), source.Options{Paths: []string{file}})
				require.NoError(t, err)
				report, err := e.Run(t.Context(), tree)
				require.NoError(t, err)
				assert.Empty(t, report.Errors)
				found := make([]string, 0, len(report.Findings))
				for i := range report.Findings {
					found = append(found, fmt.Sprintf("%s %s", report.Findings[i].Severity, report.Findings[i].ID))
				}
				slices.Sort(found)
				assert.Equal(t, expectedFindings(t, file), found)
				if kind == "citizens" {
					assert.NotContains(t, strings.Join(found, "\n"), "error ")
				}
			})
		}
	}
}

func expectedFindings(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(text), "\n# findings: ")
	line, _, found := strings.Cut(rest, "\n")
	require.True(t, found, "the second line of %s lists no findings", file)
	if line == "none" {
		return []string{}
	}
	list := strings.Split(line, ", ")
	slices.Sort(list)
	return list
}
