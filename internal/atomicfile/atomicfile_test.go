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
