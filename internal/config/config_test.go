package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

func TestSchemaIsCurrent(t *testing.T) {
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	made, err := MakeSchema(library.Rules())
	require.NoError(t, err)
	assert.Equal(t, string(made), string(Schema()), "run go generate ./...")
}

func TestDiscovery(t *testing.T) {
	home := t.TempDir()
	env := func(name string) string { return map[string]string{"HOME": home}[name] }
	write(t, home, map[string]string{".config/onelayer/config.yaml": "strict: true\n"})
	repo := t.TempDir()
	write(t, repo, map[string]string{
		".git/HEAD": "", ".onelayer.yml": "now: 2026-01-01", "a/.onelayer.yaml": "now: 2026-01-02", "a/.onelayer.yml": "now: 2026-01-03",
		"a/b/c.txt": "", "d/e.txt": "",
	})
	outside := t.TempDir()
	write(t, outside, map[string]string{".onelayer.yaml": "now: 2026-01-04", "sub/x.txt": ""})
	for _, test := range []struct {
		name, dir string
		files     []string
	}{
		{"nearest parent", filepath.Join(repo, "a", "b"), []string{"../.onelayer.yaml"}},
		{"root of the repository", filepath.Join(repo, "d"), []string{"../.onelayer.yml"}},
		{"working directory outside of a repository", outside, []string{".onelayer.yaml"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Load(Options{WorkDir: test.dir, Getenv: env})
			require.NoError(t, err)
			assert.Equal(t, test.files, c.Files)
		})
	}
	c, err := Load(Options{WorkDir: filepath.Join(outside, "sub"), Getenv: env})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"strict": true}, c.Document, "parents outside of a repository do not count, the user's own does")
	c, err = Load(Options{WorkDir: filepath.Join(outside, "sub")})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{}, c.Document)
}

func TestDatesMayBeQuotedOrNot(t *testing.T) {
	for _, day := range []string{"2027-01-31", `"2027-01-31"`, "'2027-01-31'"} {
		l, err := read("f", []byte("now: "+day+"\nwaivers: [{rule: a/b, reason: r, owner: o, until: "+day+"}]\n"), false)
		require.NoError(t, err)
		assert.Equal(t, map[string]any{"now": "2027-01-31", "waivers": []any{
			map[string]any{"rule": "a/b", "reason": "r", "owner": "o", "until": "2027-01-31"}}}, l.document)
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "rules: {}\nstrct: true\n", `f:2:1: unknown key "strct": did you mean "strict"?`},
		{"unknown key far from any", "frobnicate: 1\n", `f:1:1: unknown key "frobnicate": use annotation_waivers, conftest, images, mesh, namespaces, now, rules, skip_owned, strict, waivers`},
		{"unknown key of a rule", "rules:\n  process/x:\n    severety: error\n", `f:3:5: unknown key "severety" in rules.process/x: did you mean "severity"?`},
		{"wrong type", "rules: [a]\n", "f:1:8: rules must be a mapping, not a list"},
		{"not a mapping", "- a\n", "f:1:1: the configuration must be a mapping, not a list"},
		{"scalar", "hello\n", "f:1:1: the configuration must be a mapping, not text"},
		{"no reason", "waivers:\n- rule: a/b\n  owner: me\n  until: 2027-01-31\n", "f:2:3: waivers[0] has no reason: say why the finding is accepted"},
		{"no day", "now: tomorrow\n", "f:1:6: now must be a day such as 2027-01-31, not tomorrow"},
		{"impossible day", "now: 2027-02-31\n", "f:1:6: now must be a day such as 2027-01-31, not 2027-02-31"},
		{"boolean for text", "waivers:\n- {rule: a/b, reason: r, owner: no, until: 2027-01-31}\n", "f:2:33: waivers[0].owner must be text, not true or false: put it in quotes"},
		{"unknown mesh", "mesh: {assume_mesh: kuma}\n", `f:1:21: mesh.assume_mesh must be one of auto, istio-sidecar, istio-ambient, linkerd, none, not "kuma"`},
		{"no refs", "images:\n- {dockerfile: Dockerfile, refs: []}\n", "f:2:34: images[0].refs must not be empty"},
		{"two documents", "strict: true\n---\nstrict: false\n", "f:3:1: configuration must be one document: remove what follows ---"},
		{"first mistake of the text", "strict: 1\nnow: 2\nrules: 3\n", "f:1:9: strict must be true or false, not a number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read("f", []byte(test.text), false)
			require.Error(t, err)
			assert.IsType(t, finding.Problem{}, err)
			assert.Equal(t, test.want, err.Error())
		})
	}
}

func TestBrokenYAMLNamesThePlace(t *testing.T) {
	_, err := read("f", []byte("rules:\n  a: [1\nb: 2\n"), false)
	require.ErrorContains(t, err, "configuration cannot be read")
	assert.Regexp(t, `^f:\d+:\d+: `, err.Error())
}

func TestWhatPoliciesJudgeIsLeftToThem(t *testing.T) {
	text := "rules:\n  no/such:\n    enabled: maybe\n    severity: fatal\n    parameters: [1]\n  other/rule: 7\n"
	_, err := read("f", []byte(text), false)
	assert.NoError(t, err)
}

func TestEmptyEntriesAreNotSet(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "rules:\nwaivers:\nmesh:\n", "---\n", "null\n"} {
		_, err := read("f", []byte(text), false)
		assert.NoError(t, err, text)
	}
}

func TestDataIsMergedAndLaterWins(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		".onelayer.yaml": "rules:\n  a/b:\n    enabled: false\n    severity: info\nwaivers: []\n",
		"one.json":       "{\n\t\"lib\": {\"onelayer\": {\"config\": {\"rules\": {\"a/b\": {\"severity\": \"warning\"}}}}}\n}\n",
		"two.yaml":       "rules:\n  c/d:\n    enabled: false\nstrict: true\n",
	})
	c, err := Load(Options{WorkDir: dir, Data: []string{"one.json", filepath.Join(dir, "two.yaml")}})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"rules":   map[string]any{"a/b": map[string]any{"enabled": false, "severity": "warning"}, "c/d": map[string]any{"enabled": false}},
		"waivers": []any{},
		"strict":  true,
	}, c.Document)
	assert.Equal(t, []string{".onelayer.yaml", "one.json", "two.yaml"}, c.Files)
	for _, test := range []struct {
		path source.Path
		want source.Position
	}{
		{source.Path{"spec", "rules", "a/b", "enabled"}, source.Position{File: ".onelayer.yaml", Line: 3, Column: 14, EndColumn: 19}},
		{source.Path{"rules", "a/b", "severity"}, source.Position{File: "one.json", Line: 2, Column: 64, EndColumn: 73}},
		{source.Path{"spec", "rules", "c/d"}, source.Position{File: "two.yaml", Line: 2, Column: 3, EndColumn: 6}},
		{source.Path{"spec", "rules", "c/d", "parameters", "x"}, source.Position{File: "two.yaml", Line: 2, Column: 3, EndColumn: 6}},
		{source.Path{"spec", "strict"}, source.Position{File: "two.yaml", Line: 4, Column: 9, EndColumn: 13}},
	} {
		assert.Equal(t, test.want, c.Locate(test.path), "%v", test.path)
	}
}

func TestDataWithoutConfiguration(t *testing.T) {
	_, err := read("d.yaml", []byte("lib:\n  other: {}\n"), true)
	assert.EqualError(t, err, "d.yaml:2:3: data must hold the configuration itself or {lib: {onelayer: {config: ...}}}")
}

func TestMissingFile(t *testing.T) {
	_, err := Load(Options{WorkDir: t.TempDir(), File: "none.yaml"})
	assert.EqualError(t, err, "read configuration none.yaml: no such file or directory")
}

func TestImagesAreRelativeToTheirFile(t *testing.T) {
	repo := t.TempDir()
	write(t, repo, map[string]string{".git/HEAD": "", ".onelayer.yaml": "images:\n- {dockerfile: svc/Dockerfile, refs: [a, b]}\n", "svc/x": ""})
	c, err := Load(Options{WorkDir: filepath.Join(repo, "svc")})
	require.NoError(t, err)
	assert.Equal(t, []source.ConfigImage{{Dockerfile: "../svc/Dockerfile", Refs: []string{"a", "b"}}}, c.Images())
}

func TestLocateWithoutFiles(t *testing.T) {
	c, err := Load(Options{WorkDir: t.TempDir()})
	require.NoError(t, err)
	assert.Equal(t, source.Position{Line: 1, Column: 1}, c.Locate(source.Path{"spec", "rules"}))
}

func TestNearest(t *testing.T) {
	assert.Equal(t, "severity", Nearest("sevrities", []string{"enabled", "severity", "parameters"}))
	assert.Equal(t, "waivers", Nearest("wiavers", []string{"rules", "waivers"}))
	assert.Equal(t, "warning", Nearest("warn", []string{"error", "warning"}))
	assert.Empty(t, Nearest("xyz", []string{"rules", "waivers"}))
}
