package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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

// TestGatorVerify runs the generated suites, those of two groups with the oldest gator: it compiles a template for each case.
func TestGatorVerify(t *testing.T) {
	gator.each(t, func(t *testing.T, p *program) {
		result := p.run(t, "gator verify", child.Command{Args: append([]string{"verify", bundle() + "/..."}, suites(p)...)})
		assert.Zero(t, result.Code, "%s%s", result.Stdout, result.Stderr)
		assert.Contains(t, result.Stdout, "PASS")
	})
}

// suites are the options by which gator verify runs what the program is given.
func suites(p *program) []string {
	if p == gator.oldest {
		return []string{"--run", "^(process|mesh)-"}
	}
	return nil
}

// violation is what gator test -o json says.
type violation struct {
	Msg      string `json:"msg"`
	Metadata struct {
		Details finding `json:"details"`
	} `json:"metadata"`
}

// clusters is how many batches of fixtures gator gets: it needs ten seconds for each, to load the templates. The real driver
// judges every fixture (tests/gatekeeper).
const clusters = 6

// TestGatorTest gives the objects of fixtures to the released gator, with all templates and constraints: as many of them
// together as fit into one cluster, the fullest clusters first, and fewer to the oldest gator. It must find what the
// tool finds when it judges the same objects as the cluster would.
func TestGatorTest(t *testing.T) {
	batches := batched(t, cases(t))
	slices.SortStableFunc(batches, func(a, b *batch) int { return len(b.names) - len(a.names) })
	gator.each(t, func(t *testing.T, p *program) {
		found := 0
		for _, b := range batches[:p.few(clusters)] {
			dir := t.TempDir()
			b.write(t, dir)
			result := p.run(t, "gator test", child.Command{Args: []string{
				"test", "-o", "json", "--filename", bundle("referential"),
				"--filename", filepath.Join(dir, "constraints"), "--filename", filepath.Join(dir, "objects"),
			}})
			var got []finding
			if result.Stdout != "" {
				for _, v := range decode[[]violation](t, result.Stdout) {
					require.NotEmpty(t, v.Metadata.Details.ID, v.Msg)
					got = append(got, v.Metadata.Details)
				}
			}
			want := b.judged(t, dir)
			assert.Empty(t, difference(want, withoutFiles(got)), "%s: %s", strings.Join(b.names, " "), tail(result.Stderr))
			found += len(want)
		}
		assert.Greater(t, found, clusters)
	})
}

// batch is what one run of gator judges: it takes all that it reads for one cluster.
type batch struct {
	config  map[string]any
	names   []string
	objects []map[string]any
	// taken are the objects by what a cluster knows them by.
	taken map[object]bool
}

// identity is what a cluster knows an object by. gator takes an object without a namespace for one of the default one.
func identity(value map[string]any) object {
	text := func(from map[string]any, key string) string { s, _ := from[key].(string); return s }
	metadata, _ := value["metadata"].(map[string]any)
	group, _, _ := strings.Cut(text(value, "apiVersion"), "/")
	return object{group, text(value, "kind"), cmp.Or(text(metadata, "namespace"), "default"), text(metadata, "name")}
}

// take adds a case, unless the batch is configured otherwise or has an object of the same identity.
func (b *batch) take(c exported) bool {
	if !reflect.DeepEqual(b.config, c.Config) {
		return false
	}
	for _, o := range c.Objects {
		if b.taken[identity(o.Value)] {
			return false
		}
	}
	for _, o := range c.Objects {
		b.taken[identity(o.Value)] = true
		b.objects = append(b.objects, o.Value)
	}
	b.names = append(b.names, c.Name)
	return true
}

// alternatives tells whether a case holds two objects of one identity, as folders of alternatives do: no cluster has both.
func alternatives(c exported) bool {
	seen := map[object]bool{}
	for _, o := range c.Objects {
		if seen[identity(o.Value)] {
			return true
		}
		seen[identity(o.Value)] = true
	}
	return false
}

// batched puts cases together. Those without an object that a cluster asks about have nothing to say.
func batched(t *testing.T, all []exported) []*batch {
	t.Helper()
	var batches []*batch
	for _, c := range all {
		if len(c.reviewed()) == 0 || alternatives(c) || slices.ContainsFunc(batches, func(b *batch) bool { return b.take(c) }) {
			continue
		}
		b := &batch{config: c.Config, taken: map[object]bool{}}
		require.True(t, b.take(c))
		batches = append(batches, b)
	}
	return batches
}

// write writes the objects of a batch, and the constraints with its configuration as parameters.
func (b *batch) write(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(bundle("constraints", "*-*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		var constraint map[string]any
		require.NoError(t, yaml.Unmarshal(text, &constraint))
		parameters, _ := constraint["spec"].(map[string]any)["parameters"].(map[string]any)
		maps.Copy(parameters, b.config)
		writeYAML(t, filepath.Join(dir, "constraints", filepath.Base(name)), constraint)
	}
	for i, object := range b.objects {
		writeYAML(t, filepath.Join(dir, "objects", fmt.Sprintf("%d.yaml", i)), object)
	}
	writeYAML(t, filepath.Join(dir, "config.yaml"), b.config)
}

// judged is what the tool finds in a batch that was written to a folder.
func (b *batch) judged(t *testing.T, dir string) []string {
	t.Helper()
	result := run(t, child.Command{Name: onelayer, Dir: dir, Args: []string{
		"check", "--admission", "-o", "json", "--fail-on", "never", "--config", "config.yaml", "objects",
	}})
	require.Zero(t, result.Code, result.Stderr)
	return withoutFiles(decode[struct{ Findings []finding }](t, result.Stdout).Findings)
}

func writeYAML(t *testing.T, file string, value any) {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	write(t, file, string(text))
}
