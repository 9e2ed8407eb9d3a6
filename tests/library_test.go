// Package tests proves the repository as a whole: every rule against its unit tests, its fixtures and the laws of the
// engines, and the packages of the tool against the order of who may know whom.
package tests

import (
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policytest"
)

// TestLibrary runs what `onelayer test` runs.
func TestLibrary(t *testing.T) {
	result, err := policytest.Run(context.Background(), policytest.Options{Root: ".."})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, c := range result.Cases {
		kinds[c.Kind]++
		assert.Equal(t, policytest.Pass, c.Status, "%s %s: %s", c.Kind, c.Name, c.Detail)
	}
	for _, kind := range []string{"law", "unit", "fixture"} {
		assert.Positive(t, kinds[kind], kind)
	}
}

// mayKnow lists which packages of the tool a package may import. Packages below a listed one count as it.
var mayKnow = map[string][]string{
	"finding":    nil,
	"policy":     {"finding"},
	"entry":      {"policy"},
	"atomicfile": nil,
	"memory":     nil,
	"refusal":    nil,
	"strictjson": {"refusal"},
	"bundle":     {"policy", "entry", "refusal", "strictjson"},
	"signing":    {"bundle", "refusal", "strictjson"},
	"release":    {"bundle", "signing", "refusal", "strictjson", "atomicfile"},
	"registry":   {"bundle", "signing", "release", "refusal", "strictjson"},
	"source":     {"finding"},
	"config":     {"finding", "policy", "source"},
	"snapshot":   {"policy"},
	"engine":     {"finding", "policy", "snapshot", "source"},
	"claims":     {"finding", "source", "engine"},
	"report":     {"finding", "claims"},
	"server":     {"bundle", "release", "registry", "refusal"},
	"docs":       {"finding", "policy"},
	"policytest": {"finding", "policy", "source", "engine"},
	"gatekeeper": {"finding", "policy"},
	"cli":        {"finding", "policy", "source", "config", "engine", "claims", "report", "docs", "policytest", "gatekeeper", "snapshot", "atomicfile", "bundle", "signing", "release", "registry", "server"},
}

// TestImports keeps the order of the packages: data flows from sources over the engine to reports, and nothing flows back.
func TestImports(t *testing.T) {
	const prefix = "github.com/onelayer/onelayer/internal/"
	err := filepath.WalkDir(filepath.Join("..", "internal"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		owner := strings.Split(filepath.ToSlash(file), "/")[2]
		allowed, known := mayKnow[owner]
		require.True(t, known, "package %s is not in the list of who may know whom", owner)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if rest, found := strings.CutPrefix(imported, prefix); found {
				name, _, _ := strings.Cut(rest, "/")
				assert.True(t, name == owner || contains(allowed, name), "%s must not import internal/%s", file, rest)
			}
		}
		return nil
	})
	require.NoError(t, err)
}

// TestBinaryIsLean keeps out of the tool what only tests need: every linked package costs every call its time.
func TestBinaryIsLean(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../cmd/onelayer").Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "github.com/open-policy-agent/opa/v1/topdown")
	for _, dep := range deps {
		for _, unwanted := range []string{"github.com/open-policy-agent/conftest", "github.com/open-policy-agent/opa/v1/server", "k8s.io/"} {
			assert.False(t, strings.HasPrefix(dep, unwanted), "the tool links %s", dep)
		}
	}
}

func contains(list []string, wanted string) bool {
	for _, item := range list {
		if item == wanted {
			return true
		}
	}
	return false
}
