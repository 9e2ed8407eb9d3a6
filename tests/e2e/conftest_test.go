package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// outcome is what conftest -o json says of one file, or of all with --combine.
type outcome struct {
	Warnings, Failures []struct {
		Msg string `json:"msg"`
		// Loc is what the newer conftest makes of _loc, which the older one leaves among the other metadata.
		Loc      place `json:"loc"`
		Metadata struct {
			finding
			Loc place `json:"_loc"`
		} `json:"metadata"`
	}
}

type place struct{ File string }

// TestConftest gives every document of the fixtures to the released conftest, which judges them one by one. It
// must say what `onelayer check` says of a folder that holds just that document.
func TestConftest(t *testing.T) {
	conftest.each(t, func(t *testing.T, p *program) {
		found := 0
		for _, group := range byConfig(p.share(fixtures(t), 1)) {
			dir := t.TempDir()
			var folders, staged []string
			for i, f := range group {
				for k, name := range f.files {
					for n, text := range documents(t, filepath.Join(f.dir, name)) {
						folder := fmt.Sprintf("f%d-%d-%d", i, k, n)
						write(t, filepath.Join(dir, folder, name), text)
						folders, staged = append(folders, folder), append(staged, folder+"/"+name)
					}
				}
			}
			want := check(t, dir, group[0].config, folders...)
			got := test(t, p, "conftest test", dir, group[0].config, staged...)
			assert.Empty(t, difference(want, got), group[0].name)
			found += len(want)
		}
		assert.NotZero(t, found)
	})
}

// TestConftestCombine gives all files of a fixture, of a share of them, to conftest at once, which must then know what they are to each other.
func TestConftestCombine(t *testing.T) {
	conftest.each(t, func(t *testing.T, p *program) {
		for _, f := range p.share(fixtures(t), 8) {
			if len(f.files) == 0 {
				continue
			}
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				f.stage(t, dir, f.files)
				want := check(t, dir, f.config, ".")
				got := test(t, p, "conftest test --combine", dir, f.config, append([]string{"--combine"}, f.files...)...)
				assert.Empty(t, difference(want, got))
			})
		}
	})
}

// share is one fixture of some, of fewer for the oldest program: every start of conftest compiles the library, which takes
// a second. In process every fixture is compared (tests/equivalence).
func (p *program) share(all []fixture, of int) []fixture {
	if p == conftest.oldest {
		of *= 4
	}
	var some []fixture
	for i := 0; i < len(all); i += of {
		some = append(some, all[i])
	}
	return some
}

// TestUnparseable proves that the files that the other tests leave out are those that conftest does not read: one in a
// folder is passed over or an error.
func TestUnparseable(t *testing.T) {
	kinds := map[string]string{}
	for _, f := range fixtures(t) {
		for _, name := range files(t, f.dir) {
			// Without an extension conftest takes a file for YAML. A Procfile happens to be some, of no kind.
			if !parseable(t, filepath.Join(f.dir, name)) && filepath.Base(name) != "Procfile" {
				kinds[cmp.Or(filepath.Ext(name), filepath.Base(name))] = filepath.Join(f.dir, name)
			}
		}
	}
	require.NotEmpty(t, kinds)
	policy := filepath.Join(t.TempDir(), "policy.rego")
	write(t, policy, "package main\n\ndeny contains \"conftest read it\" if true\n")
	conftest.each(t, func(t *testing.T, p *program) {
		for kind, file := range kinds {
			dir := t.TempDir()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			write(t, filepath.Join(dir, filepath.Base(file)), string(text))
			result := p.run(t, "conftest test", child.Command{Dir: dir, Args: []string{"test", "--rego-version", "v1", "--policy", policy, "."}})
			assert.NotContains(t, result.Stdout, "conftest read it", kind)
		}
	})
	// Of a file that conftest does read, the policy says so.
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "kind: Pod\n")
	result := conftest.newest.run(t, "conftest test", child.Command{Dir: dir, Args: []string{"test", "--policy", policy, "."}})
	assert.Contains(t, result.Stdout, "conftest read it")
}

// byConfig groups fixtures that one command can judge: those without configuration, and each of the others.
func byConfig(all []fixture) [][]fixture {
	groups := [][]fixture{nil}
	for _, f := range all {
		if f.config == "" {
			groups[0] = append(groups[0], f)
		} else {
			groups = append(groups, []fixture{f})
		}
	}
	return groups
}

// check runs `onelayer check` in a folder.
func check(t *testing.T, dir, config string, paths ...string) []string {
	t.Helper()
	arguments := []string{"check", "-o", "json", "--fail-on", "never"}
	if config != "" {
		arguments = append(arguments, "--config", config)
	}
	result := run(t, child.Command{Name: onelayer, Args: append(arguments, paths...), Dir: dir})
	require.Zero(t, result.Code, result.Stderr)
	return verdicts(decode[struct{ Findings []finding }](t, result.Stdout).Findings)
}

// test runs `conftest test` in a folder.
func test(t *testing.T, p *program, what, dir, config string, arguments ...string) []string {
	t.Helper()
	// Before 0.60 conftest reads the older Rego unless told otherwise.
	flags := []string{"test", "-o", "json", "--no-fail", "--rego-version", "v1", "--data", conftestData(t, config)}
	for _, policy := range []string{"lib", "policies", "bundles/conftest"} {
		flags = append(flags, "--policy", filepath.Join(root, policy))
	}
	result := p.run(t, what, child.Command{Args: append(flags, arguments...), Dir: dir})
	require.Zero(t, result.Code, tail(result.Stderr))
	var all []finding
	for _, outcome := range decode[[]outcome](t, result.Stdout) {
		for _, message := range slices.Concat(outcome.Failures, outcome.Warnings) {
			found := message.Metadata.finding
			found.File = cmp.Or(message.Loc.File, message.Metadata.Loc.File)
			all = append(all, found)
		}
	}
	return verdicts(all)
}

// conftestData writes a configuration where conftest gives it to the library, with findings of every severity asked for.
func conftestData(t *testing.T, config string) string {
	t.Helper()
	document := map[string]any{}
	if config != "" {
		text, err := os.ReadFile(config)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, &document))
	}
	document["conftest"] = map[string]any{"info": true}
	text, err := yaml.Marshal(map[string]any{"lib": map[string]any{"onelayer": map[string]any{"config": document}}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, string(text))
	return file
}
