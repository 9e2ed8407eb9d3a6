package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// bundle is the folder of what a cluster takes.
func bundle(parts ...string) string {
	return filepath.Join(append([]string{root, "bundles", "gatekeeper"}, parts...)...)
}

// TestGatorVerify runs the generated suites.
func TestGatorVerify(t *testing.T) {
	gator.each(t, func(t *testing.T, p *program) {
		result := p.run(t, "gator verify", child.Command{Args: []string{"verify", bundle() + "/..."}})
		assert.Zero(t, result.Code, "%s%s", result.Stdout, result.Stderr)
		assert.Contains(t, result.Stdout, "PASS")
	})
}

// violation is what gator test -o json says.
type violation struct {
	Msg      string `json:"msg"`
	Metadata struct {
		Details finding `json:"details"`
	} `json:"metadata"`
	ViolatingObject struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	} `json:"violatingObject"`
}

// marker is the annotation by which an object is known among those of other cases.
const marker = "example.test/case"

// TestGatorTest gives the objects of every fixture to the released gator, with all templates and constraints. It must find
// what the tool finds when it judges as the cluster would.
func TestGatorTest(t *testing.T) {
	batches := batched(cases(t))
	gator.each(t, func(t *testing.T, p *program) {
		for _, batch := range batches {
			dir := t.TempDir()
			batch.write(t, dir)
			result := p.run(t, "gator test", child.Command{Args: []string{
				"test", "-o", "json", "--filename", bundle("referential"), "--filename", dir,
			}})
			found := map[string][]finding{}
			if result.Stdout != "" {
				for _, v := range decode[[]violation](t, result.Stdout) {
					require.NotEmpty(t, v.Metadata.Details.ID, v.Msg)
					name := v.ViolatingObject.Metadata.Annotations[marker]
					found[name] = append(found[name], v.Metadata.Details)
				}
			}
			for _, c := range batch {
				assert.Empty(t, difference(withoutFiles(c.Review), withoutFiles(found[c.Name])), "%s: %s", c.Name, tail(result.Stderr))
				delete(found, c.Name)
			}
			assert.Empty(t, found)
		}
	})
}

// batch is what one run of gator judges: it takes all that it reads for one cluster.
type batch []exported

// batched makes one batch of all cases with a single object and no configuration, which have nothing to do with each
// other, and one of each other case. Cases without an object that a cluster asks about have nothing to say.
func batched(all []exported) []batch {
	var single batch
	var batches []batch
	for _, c := range all {
		switch {
		case len(c.reviewed()) == 0:
		case len(c.Objects) == 1 && len(c.Config) == 0:
			single = append(single, c)
		default:
			batches = append(batches, batch{c})
		}
	}
	return append(batches, single)
}

// write writes the objects of a batch and the constraints with its configuration as parameters.
func (b batch) write(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(bundle("constraints", "*-*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var objects []map[string]any
	for _, c := range b {
		for _, object := range c.Objects {
			objects = append(objects, marked(object.Value, c.Name))
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		var constraint map[string]any
		require.NoError(t, yaml.Unmarshal(text, &constraint))
		parameters, _ := constraint["spec"].(map[string]any)["parameters"].(map[string]any)
		maps.Copy(parameters, b[0].Config)
		objects = append(objects, constraint)
	}
	for i, object := range objects {
		text, err := yaml.Marshal(object)
		require.NoError(t, err)
		write(t, filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), string(text))
	}
}

// marked is an object that says to which case it belongs.
func marked(object map[string]any, name string) map[string]any {
	part := func(object map[string]any, key string) map[string]any {
		changed, _ := object[key].(map[string]any)
		changed = maps.Clone(changed)
		if changed == nil {
			changed = map[string]any{}
		}
		return changed
	}
	object = maps.Clone(object)
	metadata := part(object, "metadata")
	annotations := part(metadata, "annotations")
	annotations[marker] = name
	metadata["annotations"], object["metadata"] = annotations, metadata
	return object
}
