package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheCommittedSnapshotsAreCurrent(t *testing.T) {
	target := t.TempDir()
	require.NoError(t, run("../../..", target))
	for _, name := range []string{"library.snapshot", "whole.snapshot"} {
		want, err := os.ReadFile(filepath.Join(target, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		assert.True(t, string(want) == string(got), "%s: run go generate ./...", name)
	}
}

func TestABrokenLibraryIsAnError(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "lib"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "lib", "a.rego"), []byte("package"), 0o600))
	assert.ErrorContains(t, run(root, root), "load library: ")
	assert.NoFileExists(t, filepath.Join(root, "library.snapshot"))
}
