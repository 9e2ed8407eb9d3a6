package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fixture is one folder under tests/fixtures. A new one joins by existing.
type fixture struct {
	// name is GROUP/RULE/CASE, dir the folder with its input.
	name, dir string
	// config is the file of its configuration, empty where it has none.
	config string
	// files are those of its input that conftest can parse, relative to dir.
	files []string
}

// parseable tells which files conftest can parse: it goes by the name, and is strict about JSON, where PM2 and others take
// comments. TestUnparseable proves it of the rest.
func parseable(t *testing.T, file string) bool {
	t.Helper()
	base := filepath.Base(file)
	if filepath.Ext(base) == ".json" {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return json.Valid(text)
	}
	return slices.Contains([]string{".yaml", ".yml", ".Dockerfile"}, filepath.Ext(base)) || strings.HasPrefix(base, "Dockerfile")
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	inputs, err := filepath.Glob(filepath.Join(root, "tests", "fixtures", "*", "*", "*", "input"))
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	var all []fixture
	for _, dir := range inputs {
		name, err := filepath.Rel(filepath.Join(root, "tests", "fixtures"), filepath.Dir(dir))
		require.NoError(t, err)
		f := fixture{name: filepath.ToSlash(name), dir: dir}
		if config := filepath.Join(filepath.Dir(dir), "config.yaml"); exists(config) {
			f.config = config
		}
		f.files = slices.DeleteFunc(files(t, dir), func(name string) bool { return !parseable(t, filepath.Join(dir, name)) })
		all = append(all, f)
	}
	return all
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// files lists the files below a folder, relative to it.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	require.NoError(t, filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		all = append(all, filepath.ToSlash(name))
		return err
	}))
	return all
}

// stage copies some files of a fixture below dir, and its configuration beside them, which names files relative to itself.
func (f *fixture) stage(t *testing.T, dir string, names []string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(f.dir, name))
		require.NoError(t, err)
		write(t, filepath.Join(dir, name), string(text))
	}
	if f.config != "" {
		text, err := os.ReadFile(f.config)
		require.NoError(t, err)
		f.config = filepath.Join(dir, ".onelayer.yaml")
		write(t, f.config, string(text))
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

var documentEnd = regexp.MustCompile(`(?m)^---[ \t]*$`)

// documents splits a YAML file into its documents. Any other file is one.
func documents(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	if extension := filepath.Ext(file); extension != ".yaml" && extension != ".yml" {
		return []string{string(text)}
	}
	return slices.DeleteFunc(documentEnd.Split(string(text), -1), func(part string) bool { return strings.TrimSpace(part) == "" })
}
