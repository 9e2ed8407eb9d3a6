package entry_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/entry"
	"github.com/onelayer/onelayer/internal/policy"
)

const repository = "../.."

func library(t *testing.T, files fs.FS) *policy.Library {
	t.Helper()
	loaded, err := policy.Load(files)
	require.NoError(t, err)
	return loaded
}

func TestCommittedEntriesAreCurrentAndEmbedded(t *testing.T) {
	files, err := entry.Files(library(t, os.DirFS(repository)))
	require.NoError(t, err)
	require.Len(t, files, 3)
	for file, want := range files {
		committed, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(file)))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, committed), "%s is not current: run go generate ./...", file)
		embedded, err := fs.ReadFile(onelayer.Library, file)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, embedded), "%s is not embedded as it is", file)
	}
}

// conftestName is the rule that conftest looks for.
var conftestName = regexp.MustCompile(`^(deny|violation|warn)(_[a-zA-Z0-9]+)*$`)

// TestConftestFindsEveryRule holds the names against conftest's, and demands both severities of every rule, because the
// configuration may set either.
func TestConftestFindsEveryRule(t *testing.T) {
	loaded := library(t, onelayer.Library)
	files, err := entry.Files(loaded)
	require.NoError(t, err)
	module := parse(t, entry.FileConftest, files[entry.FileConftest])
	require.Equal(t, "data.main", module.Package.Path.String())
	names := map[string]bool{}
	for _, rule := range module.Rules {
		name := rule.Head.Ref()[0].Value.String()
		if name[0] != '_' {
			require.Regexp(t, conftestName, name)
			names[name] = true
		}
	}
	require.Len(t, names, 2*len(loaded.Rules()), "two rules may not share a name")
}

func parse(t *testing.T, file string, text []byte) *ast.Module {
	t.Helper()
	module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
	require.NoError(t, err)
	return module
}

// TestEntriesOfSmallLibrariesCompile takes one rule with the shared modules, as a team with policies of its own may: the
// entries must compile whichever rules are missing.
func TestEntriesOfSmallLibrariesCompile(t *testing.T) {
	for _, kept := range []string{"policies/process/restart_loop/", "policies/onelayer/config/", "policies/onelayer/"} {
		t.Run(kept, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, source := range library(t, onelayer.Library).Sources() {
				if strings.HasPrefix(source.File, "lib/") || strings.HasPrefix(source.File, kept) {
					files[source.File] = &fstest.MapFile{Data: append([]byte(nil), source.Text...)}
				}
			}
			small := library(t, files)
			entries, err := entry.Files(small)
			require.NoError(t, err)
			for _, file := range []string{entry.FileOPA, entry.FileConftest} {
				modules := map[string]*ast.Module{entry.FileRevision: parse(t, entry.FileRevision, entries[entry.FileRevision]), file: parse(t, file, entries[file])}
				for _, source := range small.Sources() {
					modules[source.File] = parse(t, source.File, source.Text)
				}
				compiler := ast.NewCompiler()
				compiler.Compile(modules)
				require.False(t, compiler.Failed(), "%s: %v", file, compiler.Errors)
			}
		})
	}
}

// TestRevisionChangesWithEveryByte changes a test, which does not count, and then a module, which does.
func TestRevisionChangesWithEveryByte(t *testing.T) {
	revision := func(change map[string]string) string {
		files := fstest.MapFS{}
		for _, source := range library(t, onelayer.Library).Sources() {
			files[source.File] = &fstest.MapFile{Data: append([]byte(nil), source.Text...)}
		}
		for file, text := range change {
			if files[file] == nil {
				files[file] = &fstest.MapFile{}
			}
			files[file].Data = append(files[file].Data, text...)
		}
		generated, err := entry.Files(library(t, files))
		require.NoError(t, err)
		return string(generated[entry.FileRevision])
	}
	now := revision(nil)
	assert.Equal(t, now, revision(nil))
	assert.Equal(t, now, revision(map[string]string{"lib/pm2/more_test.rego": "package lib.onelayer.pm2_test\n"}))
	assert.NotEqual(t, now, revision(map[string]string{"lib/resource/resource.rego": "\n"}))
	assert.NotEqual(t, now, revision(map[string]string{"policies/process/restart_loop/restart_loop.rego": "\n"}))
	committed, err := os.ReadFile(filepath.Join(repository, entry.FileRevision))
	require.NoError(t, err)
	assert.Equal(t, now, string(committed))
}
