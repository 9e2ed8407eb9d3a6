package atomicfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "state")
	require.NoError(t, Write(file, []byte("one"), 0o600))
	require.NoError(t, Write(file, []byte("two"), 0o600))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "two", string(text))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing else is left")
	assert.ErrorIs(t, Write(filepath.Join(dir, "none", "state"), nil, 0o600), os.ErrNotExist)
}

func TestWriteFolder(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "policy")
	one := map[string][]byte{Marker: []byte("{}"), "a/b.rego": []byte("one"), "a/old.rego": []byte("old")}
	require.NoError(t, WriteFolder(dir, one))
	two := map[string][]byte{Marker: []byte("{}"), "a/b.rego": []byte("two")}
	require.NoError(t, WriteFolder(dir, two))
	text, err := os.ReadFile(filepath.Join(dir, "a", "b.rego"))
	require.NoError(t, err)
	assert.Equal(t, "two", string(text))
	assert.NoFileExists(t, filepath.Join(dir, "a", "old.rego"))
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing else is left")

	require.Error(t, WriteFolder(dir, map[string][]byte{Marker: nil, "a": nil, "a/b": nil}), "a file cannot be a folder")
	text, err = os.ReadFile(filepath.Join(dir, "a", "b.rego"))
	require.NoError(t, err)
	assert.Equal(t, "two", string(text), "what was there stays")
	entries, err = os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestWriteFolderKeepsWhatIsNotItsOwn(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.rego")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o600))
	require.ErrorContains(t, WriteFolder(dir, map[string][]byte{Marker: nil}), "holds files that no pull wrote")
	require.ErrorContains(t, WriteFolder(mine, map[string][]byte{Marker: nil}), "is no folder")
	assert.FileExists(t, mine)
}

func TestMove(t *testing.T) {
	parent := t.TempDir()
	fresh, dir, old := filepath.Join(parent, "fresh"), filepath.Join(parent, "dir"), filepath.Join(parent, "old")
	require.NoError(t, os.Mkdir(fresh, 0o700))
	require.NoError(t, move(fresh, dir, old))
	assert.DirExists(t, dir)
	require.ErrorIs(t, move(fresh, dir, old), os.ErrNotExist)
	assert.DirExists(t, dir, "the old one comes back")
	require.NoError(t, os.Mkdir(fresh, 0o700))
	require.NoError(t, move(fresh, dir, old))
	assert.DirExists(t, old)
}
