package gatekeeper

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/gatekeeper/v3/pkg/cachemanager/parser"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/gator/policy/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// committed is the bundle of this repository.
func committed() string { return filepath.Join(root(), "bundles", "gatekeeper") }

// maxStored is how long a template may be as the JSON that an API server stores; etcd takes 1.5 MiB.
const maxStored = 512 * 1024

// TestTemplatesAreAccepted adds every template as a controller does: without the inventory also where the controller forbids
// it, and never with http.send.
func TestTemplatesAreAccepted(t *testing.T) {
	for _, grouping := range []string{"group", "all"} {
		for _, referential := range []bool{false, true} {
			cluster(t, inForce{grouping: grouping, referential: referential, levels: allLevels})
		}
	}
	for folder, suffix := range map[string]string{"templates": "", "referential": "-referential"} {
		for _, template := range documents(t, bundle(t, "group"), folder, suffix) {
			text, err := json.Marshal(template)
			require.NoError(t, err)
			assert.Less(t, len(text), maxStored, template.GetName())
			t.Logf("%s %s: %d bytes as JSON, of which %d are the entry", folder, template.GetName(), len(text), len(entry(t, template)))
		}
	}
}

// TestRequiredSync reads which kinds a template looks up as gator sync does, and finds them in the SyncSet.
func TestRequiredSync(t *testing.T) {
	var set struct {
		Spec struct {
			GVKs []schema.GroupVersionKind
		}
	}
	text, err := json.Marshal(document(t, filepath.Join(committed(), "referential", "syncset.yaml")))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &set))
	require.NotEmpty(t, set.Spec.GVKs)
	for _, template := range documents(t, committed(), "referential", "-referential") {
		required, err := parser.ReadSyncRequirements(coreTemplate(t, template))
		require.NoError(t, err)
		require.Len(t, required, len(set.Spec.GVKs))
		for i, gvk := range set.Spec.GVKs {
			assert.Contains(t, required[i], gvk)
		}
	}
	for _, template := range documents(t, committed(), "templates", "") {
		required, err := parser.ReadSyncRequirements(coreTemplate(t, template))
		require.NoError(t, err)
		assert.Empty(t, required)
	}
}

// TestCatalog reads the catalogue as gator policy does.
func TestCatalog(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(committed(), "catalog.yaml"))
	require.NoError(t, err)
	read, err := catalog.ParseCatalog(text)
	require.NoError(t, err)
	const raw = "https://raw.githubusercontent.com/onelayer/onelayer/main/bundles/gatekeeper/"
	exists := func(url string) string {
		path, found := strings.CutPrefix(url, raw)
		require.True(t, found, url)
		return filepath.Join(committed(), filepath.FromSlash(path))
	}
	require.NotEmpty(t, read.Bundles)
	for _, set := range read.Bundles {
		names, err := read.ResolveBundlePolicies(set.Name)
		require.NoError(t, err)
		require.Len(t, names, len(read.Policies))
		for _, name := range names {
			policy := read.GetPolicy(name)
			require.NotNil(t, policy, name)
			assert.Equal(t, name, document(t, exists(policy.TemplatePath)).GetName())
			constraint := document(t, exists(policy.BundleConstraints[set.Name]))
			assert.Equal(t, name, strings.ToLower(constraint.GetKind()))
		}
	}
}
