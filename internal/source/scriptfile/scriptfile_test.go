package scriptfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/scriptfile"
)

func TestIsScript(t *testing.T) {
	for text, want := range map[string]bool{
		"#!/bin/sh\n": true, "#!/usr/bin/env bash": true, "#! /bin/bash -e": true, "#!/usr/bin/with-contenv sh": true,
		"#!/command/with-contenv bash": true, "#!/usr/bin/env node": false, "#!/usr/bin/python3": false, "node x": false,
	} {
		assert.Equal(t, want, scriptfile.IsScript("run", []byte(text)), text)
	}
	assert.True(t, scriptfile.IsScript("docker/start.sh", []byte("node x")))
	assert.False(t, scriptfile.IsScript("start.sh", []byte("#!/usr/bin/env node")))
}

func TestRead(t *testing.T) {
	file, err := scriptfile.Read([]byte("\uFEFF#!/bin/sh\r\n  exec node x\xff\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"#!/bin/sh", "  exec node x\uFFFD"}, file.Lines)
	line, column, end := file.Locate([]any{1})
	assert.Equal(t, [3]int{2, 3, 15}, [3]int{line, column, end})
	line, column, end = file.Locate([]any{7})
	assert.Equal(t, [3]int{1, 1, 0}, [3]int{line, column, end})
}

func TestErrors(t *testing.T) {
	_, err := scriptfile.Read([]byte("a\x00b"))
	require.EqualError(t, err, "the script is a binary file")
	_, err = scriptfile.Read([]byte(strings.Repeat("a", scriptfile.MaxSize+1)))
	require.EqualError(t, err, "the script is larger than 256 KiB")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("#!/bin/sh\nexec node x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := scriptfile.Read(data)
		if err == nil {
			assert.NotEmpty(t, file.Lines)
		}
	})
}
