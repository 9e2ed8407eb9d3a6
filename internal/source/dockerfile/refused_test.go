package dockerfile

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRefused(t *testing.T) {
	for text, want := range map[string]*SyntaxError{
		"ARG X=1\n# why\nFROM node:$X\nCMD a\n":                     nil,
		"from node\nonbuild run a\nmaintainer me\nSHELL [\"a\"]\n":  nil,
		"# syntax=docker/dockerfile:1.7\nFROM node\nRUN a\n":        nil,
		"# syntax=example.com/own:1\nINCLUDE a\n":                   nil,
		"FROM node\nRUN a\n\nRUNN b\nCMMD c\n":                      {Line: 4, Msg: "unknown instruction runn"},
		"# syntax=docker.io/docker/dockerfile\nFROM x\nINCLUDE a\n": {Line: 3, Msg: "unknown instruction include"},
		"ARG A\nRUN a\nFROM node\n":                                 {Line: 2, Msg: "run before the first FROM"},
		"ARG A\n":                                                   {Line: 1, Msg: "no FROM"},
	} {
		file, err := Parse([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, file.Refused(), text)
	}
}
