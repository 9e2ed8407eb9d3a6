package server

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNoneMatch(t *testing.T) {
	const tag = `"abc-1"`
	for _, header := range []string{`"abc-1"`, `W/"abc-1"`, `*`, ` * `, `"x", "abc-1"`, `"x","abc-1","y"`, `"a,b" , W/"abc-1"`, `,, "abc-1"`, `x, "abc-1"`} {
		assert.True(t, noneMatch([]string{header}, tag), header)
		assert.True(t, noneMatch([]string{`"other"`, header}, tag), header)
	}
	for _, header := range []string{``, `"abc-2"`, `abc-1`, `"abc-1`, `"x, "`, `W/`, `"x""y"`, `"ABC-1"`, `**`, `"*"`, "w/\"abc-1\""} {
		assert.False(t, noneMatch([]string{header}, tag), header)
	}
	assert.False(t, noneMatch(nil, tag))
}

func FuzzNoneMatch(f *testing.F) {
	for _, seed := range []string{`"abc-1"`, `W/"abc-1"`, `*`, `"x", "abc-1"`, `"a,b`, `,"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		whole := noneMatch([]string{header}, `"abc-1"`)
		if whole {
			assert.True(t, noneMatch([]string{`"x"`, header}, `"abc-1"`))
		}
		assert.True(t, noneMatch([]string{`"abc-1", ` + header}, `"abc-1"`))
	})
}

func TestPreferredWait(t *testing.T) {
	for header, seconds := range map[string]int{
		"modes=snapshot,delta;wait=30": 30, "wait=30": 30, "modes=snapshot,delta": 0, "wait=0": 0, "wait=-1": 0, "wait": 0, "wait=x": 0,
		"WAIT = \"7\"": 7, "return=minimal, wait=9": 9, "wait=99999": 300, "wait=99999999999999999999": 0, "wait=5;wait=6": 5, "": 0, "await=4": 0,
	} {
		assert.Equal(t, time.Duration(seconds)*time.Second, preferredWait([]string{header}, 5*time.Minute), header)
	}
	assert.Equal(t, 3*time.Second, preferredWait([]string{"modes=snapshot", "wait=3"}, time.Minute))
}
