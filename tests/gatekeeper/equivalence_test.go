package gatekeeper

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/frameworks/constraint/pkg/client/reviews"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// fixture is a case as tests/equivalence/export writes it.
type fixture struct {
	Name       string                    `json:"name"`
	Config     map[string]any            `json:"config"`
	Namespaces map[string]map[string]any `json:"namespaces"`
	Inventory  map[string]any            `json:"inventory"`
	Objects    []struct {
		Value map[string]any `json:"value"`
	} `json:"objects"`
	Review []struct {
		ID       string         `json:"id"`
		Object   map[string]any `json:"object"`
		Path     string         `json:"path"`
		Severity string         `json:"severity"`
	} `json:"review"`
}

// fixtures are the cases of the tool, exported once.
var fixtures = sync.OnceValues(func() ([]fixture, error) {
	dir := filepath.Join(work, "cases")
	if err := tool("run", "./tests/equivalence/export", "-out", dir); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []fixture
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var units []fixture
		if err := json.Unmarshal(text, &units); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all = append(all, units...)
	}
	return all, nil
})

// everyFixture lists the fixtures, those with the same configuration one after the other.
func everyFixture(tb testing.TB) []fixture {
	tb.Helper()
	all, err := fixtures()
	require.NoError(tb, err)
	require.NotEmpty(tb, all)
	slices.SortStableFunc(all, func(a, b fixture) int { return strings.Compare(fmt.Sprint(a.Config), fmt.Sprint(b.Config)) })
	return all
}

// expected is what the tool finds.
func (f *fixture) expected() []verdict {
	found := make([]verdict, 0, len(f.Review))
	for _, one := range f.Review {
		found = append(found, verdict{one.ID, identity(one.Object), one.Path, one.Severity})
	}
	slices.SortFunc(found, compareVerdicts)
	return found
}

// judge creates the objects of a fixture in a cluster, those of onelayer's own kinds left out, and gives what is said.
func (f *fixture) judge(tb testing.TB, c *gatekeeper) []verdict {
	tb.Helper()
	found := []verdict{}
	for _, object := range f.Objects {
		reviewed := unstructured.Unstructured{Object: object.Value}
		if strings.HasPrefix(reviewed.GetAPIVersion(), "onelayer.dev/") {
			continue
		}
		var options []reviews.ReviewOpt
		if namespace := f.Namespaces[reviewed.GetNamespace()]; namespace != nil {
			options = append(options, reviews.Namespace(namespace))
		}
		found = append(found, verdicts(tb, admit(tb, c, "CREATE", nil, object.Value, options...))...)
	}
	slices.SortFunc(found, compareVerdicts)
	return slices.Compact(found)
}

// forEach judges every fixture with its configuration in force.
func forEach(t *testing.T, c *gatekeeper, check func(t *testing.T, f *fixture)) {
	t.Helper()
	configured := ""
	for _, f := range everyFixture(t) {
		if config := fmt.Sprint(f.Config); config != configured {
			c.configure(t, f.Config)
			configured = config
		}
		t.Run(f.Name, func(t *testing.T) { check(t, &f) })
	}
}

// TestEqualsTheTool holds what Gatekeeper says of every fixture against what the tool says, in all groupings.
func TestEqualsTheTool(t *testing.T) {
	for _, grouping := range []string{"group", "all", "rule"} {
		t.Run(grouping, func(t *testing.T) {
			c := cluster(t, inForce{grouping: grouping, referential: true, levels: allLevels})
			seen := map[string]bool{}
			forEach(t, c, func(t *testing.T, f *fixture) {
				c.sync(t, f.Inventory)
				for _, one := range f.expected() {
					seen[one.ID] = true
				}
				assert.Equal(t, f.expected(), f.judge(t, c))
			})
			assert.Greater(t, len(seen), 10, "the fixtures deny almost nothing: %v", slices.Sorted(maps.Keys(seen)))
		})
	}
}

// TestWithoutTheInventory takes the templates that may not name data.inventory: they say what the others say where nothing
// is synced and every rule is asked, and nothing that an evaluation error would make of it.
func TestWithoutTheInventory(t *testing.T) {
	alone := cluster(t, inForce{grouping: "group", levels: allLevels})
	bare := cluster(t, inForce{grouping: "group", referential: true, levels: allLevels, edit: openGate})
	forEach(t, alone, func(t *testing.T, f *fixture) {
		bare.configure(t, f.Config)
		assert.Equal(t, f.judge(t, bare), f.judge(t, alone))
	})
}
