package jsconfig_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/jsconfig"
)

func read(t *testing.T, name, text string) (*jsconfig.File, string) {
	t.Helper()
	file, err := jsconfig.Read(context.Background(), name, []byte(text))
	require.NoError(t, err)
	value, err := json.Marshal(file.Value)
	require.NoError(t, err)
	return file, string(value)
}

func TestValues(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a.config.js", `module.exports = {apps: [{name: "a", instances: 2}]}`, `{"apps":[{"instances":2,"name":"a"}]}`},
		{"a.json", "// the apps\n{apps: [{name: 'a', watch: true,},],}", `{"apps":[{"name":"a","watch":true}]}`},
		{"a.json", `[{"script": "x"}]`, `[{"script":"x"}]`},
		{"a.mjs", "import os from 'node:os'\nexport default { apps: [{ script: 'x', instances: os.cpus().length }] }",
			`{"apps":[{"instances":{"$expr":"os.cpus().length"},"script":"x"}]}`},
		{"a.mjs", "export const apps = [{script: 'x'}]", `{"apps":[{"script":"x"}]}`},
		{"a.cjs", "exports.apps = [{script: 'x'}]", `{"apps":[{"script":"x"}]}`},
		{"a.js", `module.exports = {apps: [{instances: process.env.N || "max"}]}`, `{"apps":[{"instances":{"$expr":"process.env.N || \"max\""}}]}`},
		{"a.js", "const prod = process.env.NODE_ENV === 'production'\nmodule.exports = {apps: [{watch: !prod, i: prod ? 4 : 1}]}",
			`{"apps":[{"i":{"$expr":"prod ? 4 : 1"},"watch":{"$expr":"!prod"}}]}`},
		{"a.js", "const apps = []\nfor (const n of ['a','b']) apps.push({name: n, script: `./${n}.js`})\nmodule.exports = {apps}",
			`{"apps":[{"name":"a","script":"./a.js"},{"name":"b","script":"./b.js"}]}`},
		{"a.js", "const base = {cwd: '/app', env: {A: process.env.A}}\nmodule.exports = {apps: [{...base, script: 'x'}]}",
			`{"apps":[{"cwd":"/app","env":{"A":{"$expr":"process.env.A"}},"script":"x"}]}`},
		{"a.js", "const path = require('path')\nmodule.exports = {apps: [{script: path.join(__dirname, 'x.js')}]}",
			`{"apps":[{"script":"/app/x.js"}]}`},
		{"a.js", "module.exports = {apps: [{name: `api-${process.env.X}`}].map((a) => ({...a, script: 'x'}))}",
			"{\"apps\":[{\"name\":{\"$expr\":\"`api-${process.env.X}`\"},\"script\":\"x\"}]}"},
		{"a.js", "module.exports = {apps: [{script: 'x', n: JSON.parse(process.env.X).n}]}",
			`{"apps":[{"n":{"$expr":"JSON.parse(process.env.X).n"},"script":"x"}]}`},
		{"a.js", "#!/usr/bin/env node\nconsole.log(1); require('dotenv').config()\nmodule.exports = {apps: {script: 'x'}}", `{"apps":{"script":"x"}}`},
	} {
		_, got := read(t, test.name, test.text)
		assert.Equal(t, test.want, got, test.text)
	}
}

func TestLocate(t *testing.T) {
	file, _ := read(t, "a.js", "const common = { watch: true };\nmodule.exports = {\n  apps: [\n    { ...common, name: \"a\", instances: 2 },\n  ],\n};\n")
	for _, test := range []struct {
		path []any
		want [3]int
	}{
		{[]any{"apps", 0, "instances"}, [3]int{4, 40, 41}},
		{[]any{"apps", 0, "watch"}, [3]int{1, 25, 29}},
		{[]any{"apps", 0}, [3]int{4, 5, 43}},
		{[]any{"apps", 0, "nothing"}, [3]int{4, 5, 43}},
		{[]any{"apps"}, [3]int{3, 9, 0}},
		{nil, [3]int{2, 18, 0}},
	} {
		line, column, end := file.Locate(test.path)
		assert.Equal(t, test.want, [3]int{line, column, end}, "%v", test.path)
	}
	file, _ = read(t, "a.json", "{\n \"apps\": [{\"script\": 'x'}]}")
	line, column, end := file.Locate([]any{"apps", 0, "script"})
	assert.Equal(t, [3]int{2, 22, 25}, [3]int{line, column, end})
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"module.exports = {\n  apps: [\n":                             "line 3, column 1: Unexpected end of input",
		"module.exports = \"\xff\"":                                   "line 1, column 19: the text is not valid UTF-8",
		strings.Repeat("[", 200_000):                                  "larger than 128 KiB",
		strings.Repeat("[", 100_000):                                  "brackets nest deeper than 300 levels",
		"while (true) {}":                                             "takes longer than 500ms",
		"let s = 'a'; while (true) s += s":                            "the file ",
		"const l = []; while (true) l.push(new Array(1000).fill({}))": "the file ",
		"module.exports = 'a'.repeat(1e9)":                            "cannot be evaluated",
		"module.exports = {get a() { return this.a }}":                "",
		"throw new Error('no')":                                       "the file cannot be evaluated: Error: no",
	} {
		start := time.Now()
		_, err := jsconfig.Read(context.Background(), "a.js", []byte(text))
		assert.Less(t, time.Since(start), 10*time.Second)
		if want != "" {
			assert.ErrorContains(t, err, want)
		}
	}
	_, err := jsconfig.Read(context.Background(), "ecosystem.config.ts", nil)
	require.ErrorIs(t, err, jsconfig.ErrNotReadable)
}

func FuzzRead(f *testing.F) {
	f.Add("a.js", "module.exports = {apps: [{script: 'x'}]}")
	f.Add("a.mjs", "import x from 'y'\nexport default {}")
	f.Add("a.json", "{a: 1,}")
	f.Fuzz(func(t *testing.T, name, text string) {
		file, err := jsconfig.Read(context.Background(), name, []byte(text))
		if err != nil {
			return
		}
		line, column, _ := file.Locate([]any{"apps", 0, "script"})
		assert.Positive(t, line)
		assert.Positive(t, column)
	})
}
