package inifile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/inifile"
)

const sample = `; the main file
[supervisord]
nodaemon=true   ; stay in front

[program:web]
Command = node server.js
  --port 8080
autorestart: true
# a comment
environment=KEY="%(ENV_KEY)s",URL="a;b"

[include]
files = /etc/supervisor/conf.d/*.conf
`

func TestRead(t *testing.T) {
	file, err := inifile.Read([]byte(sample))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"supervisord": map[string]any{"nodaemon": "true"},
		"program:web": map[string]any{
			"command": "node server.js\n--port 8080", "autorestart": "true", "environment": `KEY="%(ENV_KEY)s",URL="a;b"`,
		},
		"include": map[string]any{"files": "/etc/supervisor/conf.d/*.conf"},
	}, file.Value)
}

func TestLocate(t *testing.T) {
	file, err := inifile.Read([]byte(strings.ReplaceAll(sample, "\n", "\r\n")))
	require.NoError(t, err)
	for _, test := range []struct {
		path []any
		want [3]int
	}{
		{nil, [3]int{1, 1, 0}},
		{[]any{"program:web"}, [3]int{5, 1, 14}},
		{[]any{"program:web", "command"}, [3]int{6, 11, 25}},
		{[]any{"program:web", "none"}, [3]int{5, 1, 14}},
		{[]any{"none", 3}, [3]int{1, 1, 0}},
	} {
		line, column, end := file.Locate(test.path)
		assert.Equal(t, test.want, [3]int{line, column, end}, "%v", test.path)
	}
}

// TestLayout follows supervisor's parser: only lines deeper than their option go on with its value.
func TestLayout(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"[a]\n  x = 1\n  y = 2\n    3\n\n    4\n  z: 5 # end": {"a": map[string]any{"x": "1", "y": "2\n3\n4", "z": "5"}},
		"  [a]\n  x =\n    one\n    # no\n    two ; no":       {"a": map[string]any{"x": "one\ntwo"}},
		"[a]\nx = ;nothing\ny=a#b;c\n [b]\nz=1":               {"a": map[string]any{"x": "", "y": "a#b;c\n[b]", "z": "1"}},
		"[a]\nX=1\nx=2\n[b]\n[a]\ny=3":                        {"a": map[string]any{"x": "2", "y": "3"}, "b": map[string]any{}},
		"[a]b]\r\nx=1\r\n":                                    {"a]b": map[string]any{"x": "1"}},
		"":                                                    {},
	} {
		file, err := inifile.Read([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, file.Value, text)
	}
	file, err := inifile.Read([]byte("[é]\n  ñ =  vä ; x"))
	require.NoError(t, err)
	line, column, end := file.Locate([]any{"é", "ñ"})
	assert.Equal(t, [3]int{2, 8, 10}, [3]int{line, column, end})
	line, column, end = file.Locate([]any{"é"})
	assert.Equal(t, [3]int{1, 1, 4}, [3]int{line, column, end})
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a=b":                                  "line 1, column 1: an option stands before the first [section]",
		"[a\n":                                 "line 1, column 1: the section has no closing ]",
		"[a]\nword":                            "line 2, column 1: the line is neither a [section] nor an option with a value: write name = value",
		"[a]\nb=\xff":                          "line 2, column 3: the text is not valid UTF-8",
		strings.Repeat("#", inifile.MaxSize+1): "line 1, column 1: the file is larger than 1048576 bytes",
	} {
		_, err := inifile.Read([]byte(text))
		assert.EqualError(t, err, want)
	}
}

func TestLooksLikeSupervisor(t *testing.T) {
	assert.True(t, inifile.LooksLikeSupervisor([]byte("# x\n[program:web]\ncommand=x")))
	assert.False(t, inifile.LooksLikeSupervisor([]byte("[mysqld]\nport=3306")))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("[a]\n = \n:x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := inifile.Read(data)
		if err != nil {
			return
		}
		for section, options := range file.Value {
			for option := range options.(map[string]any) {
				line, column, _ := file.Locate([]any{section, option})
				assert.Positive(t, line)
				assert.Positive(t, column)
				assert.Equal(t, strings.ToLower(option), option)
			}
		}
	})
}
