package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// exported is a unit of a fixture as the exporter of the equivalence test writes it: what the tool made of its files, and
// what it finds in them.
type exported struct {
	Name string `json:"name"`
	// Config is the configuration document, empty where the fixture has none.
	Config map[string]any `json:"config"`
	// Whole tells that the unit is known as a whole.
	Whole bool `json:"whole"`
	// Namespaces are the Namespace objects by name.
	Namespaces map[string]any `json:"namespaces"`
	// Inventory holds all objects as Gatekeeper keeps data.inventory.
	Inventory map[string]any `json:"inventory"`
	// Objects holds the Images and Compose projects of the tool too.
	Objects []struct {
		File  string         `json:"file"`
		Value map[string]any `json:"value"`
	} `json:"objects"`
	// Plain is what must be found in the objects as files, Review what a cluster must find in each when it is created.
	Plain  []finding `json:"plain"`
	Review []finding `json:"review"`
}

// reviewed are the objects that a cluster asks about. Those of onelayer's own kinds are only looked up.
func (c exported) reviewed() []map[string]any {
	var all []map[string]any
	for _, object := range c.Objects {
		version, _ := object.Value["apiVersion"].(string)
		if !strings.HasPrefix(version, "onelayer.dev/") {
			all = append(all, object.Value)
		}
	}
	return all
}

// request is the part of an AdmissionReview that says what happens to which object.
func (c exported) request(object map[string]any) map[string]any {
	metadata, _ := object["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	return map[string]any{
		"uid": "4b1c6a0e-0000-4000-8000-000000000000", "operation": "CREATE", "object": object, "oldObject": nil,
		"namespaceObject": c.Namespaces[namespace],
	}
}

// cases exports all fixtures.
func cases(t *testing.T) []exported {
	t.Helper()
	dir := t.TempDir()
	result := run(t, child.Command{Name: "go", Args: []string{"run", "-C", root, "./tests/equivalence/export", "-out", dir}, Env: []string{"GOWORK=off"}})
	require.Zero(t, result.Code, result.Stderr)
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var all []exported
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all = append(all, decode[[]exported](t, string(text))...)
	}
	return all
}

// withoutFiles is the set of verdicts of an engine that has no files.
func withoutFiles(findings []finding) []string {
	bare := slices.Clone(findings)
	for i := range bare {
		bare[i].File = ""
	}
	return verdicts(bare)
}
