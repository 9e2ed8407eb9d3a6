package equivalence

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/conftest/output"
	"github.com/open-policy-agent/conftest/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// raw is what users give: files below a folder, with the configuration of a fixture.
type raw struct {
	name   string
	config map[string]any
	files  map[string][]byte
	// dir is where they were written to.
	dir string
}

// rawFixtures gives the files of every fixture that conftest can parse.
func rawFixtures(t *testing.T) []*raw {
	t.Helper()
	dirs, err := Fixtures(Root("."))
	require.NoError(t, err)
	var list []*raw
	for _, dir := range dirs {
		config, err := Configuration(dir)
		require.NoError(t, err)
		r := &raw{name: NameOf(dir), config: config, files: map[string][]byte{}}
		input := filepath.Join(dir, "input")
		require.NoError(t, filepath.WalkDir(input, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !parseable(file) {
				return err
			}
			name, err := filepath.Rel(input, file)
			if err == nil {
				r.files[filepath.ToSlash(name)], err = os.ReadFile(file)
			}
			return err
		}))
		list = append(list, r)
	}
	return list
}

// parseable tells whether conftest can read a file: its name says how, and that works. JSON with comments it refuses.
func parseable(file string) bool {
	if !parser.FileSupported(file) {
		return false
	}
	_, err := parser.ParseConfigurations([]string{file})
	return err == nil
}

func lines(list []Located) string {
	texts := make([]string, len(list))
	for i, l := range list {
		texts[i] = l.File + ": " + l.Finding.String()
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), "\n")
}

// write puts the files into a folder.
func (r *raw) write(t *testing.T) {
	t.Helper()
	r.dir = t.TempDir()
	for name, text := range r.files {
		file := filepath.Join(r.dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
}

// tool asks what onelayer check says about the folders, by the names of the inputs.
func tool(t *testing.T, inputs []*raw) map[string]string {
	t.Helper()
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	given := []Given{}
	for _, r := range inputs {
		tree, err := source.Load(t.Context(), source.Options{Paths: []string{"."}, WorkDir: r.dir, Images: Images(r.config)})
		require.NoError(t, err)
		require.Empty(t, tree.Problems)
		given = append(given, Given{r.name, r.config, tree.Units})
	}
	found, err := Judge(t.Context(), library, given, false)
	require.NoError(t, err)
	said := map[string]string{}
	for name, list := range found {
		said[name] = lines(list)
	}
	return said
}

// parse reads the files with conftest's own parsers.
func (r *raw) parse() (map[string]any, error) {
	read := map[string]any{}
	for name := range r.files {
		file := filepath.Join(r.dir, filepath.FromSlash(name))
		parsed, err := parser.ParseConfigurations([]string{file})
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		read[name] = parsed[file]
	}
	return read, nil
}

// shown gives what conftest shows: the location of a result is its file.
func shown(results output.CheckResults) (string, error) {
	if _, err := read(results); err != nil {
		return "", err
	}
	var list []Located
	for _, result := range results {
		for _, one := range slices.Concat(result.Failures, result.Warnings) {
			file := result.FileName
			if one.Location != nil {
				file = one.Location.File
			}
			list = append(list, Located{findingOf(one.Metadata), file})
		}
	}
	return lines(list), nil
}

// pool holds engines for tests that run at the same time.
func pool(t *testing.T) chan *conftest {
	t.Helper()
	files, err := library("bundles/conftest")
	require.NoError(t, err)
	engines := make(chan *conftest, runtime.GOMAXPROCS(0))
	for range cap(engines) {
		engine, err := newConftest(t.TempDir(), files)
		require.NoError(t, err)
		engines <- engine
	}
	return engines
}

// stock sets the configuration that a user would give with --data, and nothing else.
func (r *raw) stock(ctx context.Context, engine *conftest) error {
	asking := (&Case{Config: r.config}).withInfo()
	return put(ctx, engine.Store(), map[string]any{
		"/lib/onelayer/config": asking.Config, "/lib/onelayer/unit": map[string]any{}, "/inventory": map[string]any{},
	})
}

// TestCombinedFiles gives all files of a fixture that conftest can parse to both at once: a folder to the tool, and the
// same files with --combine to conftest, which joins them as the tool does.
func TestCombinedFiles(t *testing.T) {
	var inputs []*raw
	for _, r := range rawFixtures(t) {
		if len(r.files) > 0 {
			r.write(t)
			inputs = append(inputs, r)
		}
	}
	want, engines := tool(t, inputs), pool(t)
	for _, r := range inputs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			engine := <-engines
			defer func() { engines <- engine }()
			require.NoError(t, r.stock(t.Context(), engine))
			read, err := r.parse()
			require.NoError(t, err)
			result, err := engine.CheckCombined(t.Context(), read, "main")
			require.NoError(t, err)
			have, err := shown(output.CheckResults{result})
			require.NoError(t, err)
			assert.Equal(t, want[r.name], have)
		})
	}
}
