package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheCommittedSnapshotIsCurrent(t *testing.T) {
	target := filepath.Join(t.TempDir(), "library.snapshot")
	require.NoError(t, run("../../..", target))
	want, err := os.ReadFile(target)
	require.NoError(t, err)
	got, err := os.ReadFile("../library.snapshot")
	require.NoError(t, err)
	assert.True(t, string(want) == string(got), "run go generate ./...")
}

func TestABrokenLibraryIsAnError(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "lib"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "lib", "a.rego"), []byte("package"), 0o600))
	target := filepath.Join(root, "x")
	assert.ErrorContains(t, run(root, target), "load library: ")
	assert.NoFileExists(t, target)
}
