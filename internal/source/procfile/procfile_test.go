package procfile_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/procfile"
)

func TestRead(t *testing.T) {
	file, err := procfile.Read([]byte("# processes\r\nweb: node server.js  \nworker:node \\\n worker.js\nweb: other\nnot a line\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"web": "node server.js", "worker": "node  worker.js"}, file.Value)
	line, column, end := file.Locate([]any{"web"})
	assert.Equal(t, [3]int{2, 6, 20}, [3]int{line, column, end})
	line, column, end = file.Locate([]any{"worker"})
	assert.Equal(t, [3]int{3, 8, 0}, [3]int{line, column, end})
	line, column, end = file.Locate([]any{"none"})
	assert.Equal(t, [3]int{1, 1, 0}, [3]int{line, column, end})
}

func TestErrors(t *testing.T) {
	_, err := procfile.Read([]byte("web: \xff"))
	require.EqualError(t, err, "the Procfile is not valid UTF-8")
	_, err = procfile.Read(make([]byte, procfile.MaxSize+1))
	require.EqualError(t, err, "the Procfile is larger than 1 MiB")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("web: node server.js\n\\\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := procfile.Read(data)
		if err != nil {
			return
		}
		for name := range file.Value {
			line, _, _ := file.Locate([]any{name})
			assert.Positive(t, line)
		}
	})
}
