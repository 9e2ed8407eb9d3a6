package jsfile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/jsfile"
)

func read(t *testing.T, name, text string, opts ...jsfile.Option) *jsfile.File {
	t.Helper()
	file, err := jsfile.Read(context.Background(), name, []byte(text), opts...)
	require.NoError(t, err, text)
	return file
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(value))
	return strings.TrimSpace(b.String())
}

func TestShapes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a.config.js", `module.exports = {apps: [{name: "a", instances: 2}]}`, `{"apps":[{"instances":2,"name":"a"}]}`},
		{"a.cjs", "exports.apps = [{script: 'x'}]", `{"apps":[{"script":"x"}]}`},
		{"a.js", "module.exports.apps = [{script: 'x'}]", `{"apps":[{"script":"x"}]}`},
		{"a.js", "return module.exports = [{script: 'x'}]", `[{"script":"x"}]`},
		{"a.js", "Object.defineProperty(exports, '__esModule', {value: true}); exports.default = {apps: []}", `{"apps":[]}`},
		{"a.mjs", "export default { apps: [{ script: 'x' }] };", `{"apps":[{"script":"x"}]}`},
		{"a.mjs", "export default{apps:[]}", `{"apps":[]}`},
		{"a.mjs", "export const apps = [{script: 'x'}], n = 1; export let m = 2; export function f() {}",
			`{"apps":[{"script":"x"}],"f":{"$expr":"function f() {}"},"m":2,"n":1}`},
		{"a.mjs", "const apps = [{script: 'x'}]\nexport { apps, apps as other }", `{"apps":[{"script":"x"}],"other":[{"script":"x"}]}`},
		{"a.js", "import { resolve } from 'path'\nconst a = {apps: [{script: resolve('a', '..', 'b.js')}]}\nexport { a as default }",
			`{"apps":[{"script":"b.js"}]}`},
		{"a.js", "import data from './x.json' with { type: 'json' }\nexport default {apps: [{name: data.name}]}",
			`{"apps":[{"name":{"$expr":"data.name"}}]}`},
		{"a.mjs", "const os = await import('os')\nexport default {apps: [{instances: os.cpus().length}]}",
			`{"apps":[{"instances":{"$expr":"os.cpus().length"}}]}`},
		{"a.mjs", "import {fileURLToPath} from 'node:url'\nexport default {cwd: fileURLToPath(import.meta.url), d: import.meta.dirname}",
			`{"cwd":"./a.mjs","d":"."}`},
		{"a.json", `{"apps": [{"script": "x", "n": 1.5, "m": -2, "t": true, "z": null, "e": 1e3}]}`,
			`{"apps":[{"e":1000,"m":-2,"n":1.5,"script":"x","t":true,"z":null}]}`},
		{"a.json", "// the apps\n{apps: [{name: 'a', watch: true,},],} // end", `{"apps":[{"name":"a","watch":true}]}`},
		{"a.json5", "[{'script': 'x' /* main */}]", `[{"script":"x"}]`},
		{"a.json", "\uFEFF{\"apps\": []}", `{"apps":[]}`},
		{"a.js", "#!/usr/bin/env node\nmodule.exports = {apps: []}", `{"apps":[]}`},
		{"a.js", "\uFEFF#!/usr/bin/env node\r\nmodule.exports = {apps: []}", `{"apps":[]}`},
		{"a.js", "module.exports = {name: 'caf\xe9', script: 'x'}", `{"name":"caf�","script":"x"}`},
		{"a.js", "", `{}`},
		{"a.js", "// nothing", `{}`},
	} {
		file := read(t, test.name, test.text)
		assert.Equal(t, test.want, toJSON(t, file.Value), test.text)
		assert.False(t, file.Static, test.text)
	}
}

func TestNotReadable(t *testing.T) {
	for _, name := range []string{"ecosystem.config.ts", "a.mts", "a.yml", "a.txt"} {
		_, err := jsfile.Read(context.Background(), name, []byte("x"))
		require.ErrorIs(t, err, jsfile.ErrNotReadable, name)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := jsfile.Read(ctx, "a.js", []byte("for(;;);"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		line, column int
	}{
		{"a.js", "module.exports = {\n  apps: [}\n", 2, 10},
		{"a.js", "module.exports = [}", 1, 19},
		{"a.js", "}", 1, 2},
		{"a.js", "})(function(){", 1, 15},
		{"a.json", "", 1, 1},
		{"a.json", "// only a comment", 1, 18},
		{"a.json", "{\"apps\": [1 2]}", 1, 13},
		{"a.json", "{é: [}", 1, 6},
		{"a.js", "a\x00b", 1, 2},
		{"a.mjs", "import x from", 1, 1},
		{"a.js", "let x = <div/>", 1, 9},
	} {
		_, err := jsfile.Read(context.Background(), test.name, []byte(test.text))
		var syntax *jsfile.SyntaxError
		require.ErrorAs(t, err, &syntax, test.text)
		assert.Equal(t, [2]int{test.line, test.column}, [2]int{syntax.Line, syntax.Column}, "%s: %v", test.text, err)
		assert.Contains(t, err.Error(), "line ")
	}
}

func TestRequire(t *testing.T) {
	files := map[string]string{
		"shop/package.json":      `{"name": "shop", "version": "1.2.3"}`,
		"shop/common.js":         "module.exports = {instances: 4, dir: __dirname, env: process.env.NODE_ENV}",
		"shop/conf/index.js":     "exports.base = {cwd: __dirname}; exports.again = require('../common').instances",
		"lib/apps.mjs":           "export default [{script: 'lib.js'}]; export const n = 2",
		"shop/loop.js":           "exports.a = 1; exports.b = require('./loop').a",
		"shop/broken.js":         "module.exports = {",
		"shop/throws.js":         "throw new Error('no')",
		"shop/deep.js":           "module.exports = require('./deep' + 'er')",
		"shop/ecosystem.pair.js": "module.exports = require('./ecosystem.config')",
	}
	resolver := jsfile.WithResolver(func(_ context.Context, path string) ([]byte, bool) {
		text, ok := files[path]
		return []byte(text), ok
	})
	for text, want := range map[string]string{
		"module.exports = {name: require('./package.json').name}":                                    `{"name":"shop"}`,
		"const {version} = require('./package'); module.exports = {name: `v${version}`}":             `{"name":"v1.2.3"}`,
		"module.exports = {...require('./common')}":                                                  `{"dir":".","env":{"$expr":"process.env.NODE_ENV"},"instances":4}`,
		"module.exports = require('./conf').base":                                                    `{"cwd":"./conf"}`,
		"module.exports = {n: require('./conf').again}":                                              `{"n":4}`,
		"import apps, {n} from '../lib/apps.mjs'; export default {apps, n}":                          `{"apps":[{"script":"lib.js"}],"n":2}`,
		"export * from '../lib/apps.mjs'; export {n as m} from '../lib/apps.mjs'; export default {}": `{}`,
		"module.exports = require('./loop')":                                                         `{"a":1,"b":1}`,
		"module.exports = {a: require('./broken').x}":                                                `{"a":{"$expr":"require('./broken').x"}}`,
		"module.exports = {a: require('./throws')}":                                                  `{"a":{"$expr":"require('./throws')"}}`,
		"module.exports = {a: require('./missing').x}":                                               `{"a":{"$expr":"require('./missing').x"}}`,
		"module.exports = {a: require('lodash').get({}, 'x')}":                                       `{"a":{"$expr":"require('lodash').get({}, 'x')"}}`,
	} {
		name := "shop/ecosystem.config.js"
		assert.Equal(t, want, toJSON(t, read(t, name, text, resolver).Value), text)
	}
}

func TestLocate(t *testing.T) {
	text := `const max = '1G'
const base = { cwd: '/app',
  env: { A: 1 } }
const apps = []
for (const name of ['a', 'b']) {
  apps.push({ name, script: name + '.js', ...base, max })
}
apps[0].instances = 4
if (process.env.X) apps[1].watch = true
module.exports = { apps, 'näme': [1,
  2] }
`
	file := read(t, "ecosystem.config.js", text)
	for _, test := range []struct {
		path []any
		want [3]int
	}{
		{nil, [3]int{10, 18, 0}},
		{[]any{"apps"}, [3]int{4, 14, 16}},
		{[]any{"apps", 0}, [3]int{6, 13, 57}},
		{[]any{"apps", 1, "script"}, [3]int{6, 29, 41}},
		{[]any{"apps", json.Number("1"), "cwd"}, [3]int{2, 21, 27}},
		{[]any{"apps", int64(1), "env", "A"}, [3]int{3, 13, 14}},
		{[]any{"apps", float64(1), "max"}, [3]int{1, 13, 17}},
		{[]any{"apps", 0, "instances"}, [3]int{8, 21, 22}},
		{[]any{"apps", 1, "watch"}, [3]int{9, 36, 40}},
		{[]any{"apps", 0, "name"}, [3]int{5, 21, 24}},
		{[]any{"apps", 0, "nothing", "below"}, [3]int{6, 13, 57}},
		{[]any{"apps", 7}, [3]int{4, 14, 16}},
		{[]any{"näme"}, [3]int{10, 34, 0}},
		{[]any{"näme", 1}, [3]int{11, 3, 4}},
	} {
		line, column, end := file.Locate(test.path)
		assert.Equal(t, test.want, [3]int{line, column, end}, "%v", test.path)
	}
}

func TestLocateJSON(t *testing.T) {
	for _, name := range []string{"strict.json", "loose.json"} {
		text := "{\n  \"apps\": [\n    {\"script\": \"é\", \"instances\": 2}\n  ]\n}"
		if name == "loose.json" {
			text = strings.Replace(text, "]\n}", "],\n}", 1)
		}
		file := read(t, name, text)
		for _, test := range []struct {
			path []any
			want [3]int
		}{
			{nil, [3]int{1, 1, 0}},
			{[]any{"apps", 0}, [3]int{3, 5, 36}},
			{[]any{"apps", 0, "instances"}, [3]int{3, 34, 35}},
			{[]any{"apps", 0, "none"}, [3]int{3, 5, 36}},
		} {
			line, column, end := file.Locate(test.path)
			assert.Equal(t, test.want, [3]int{line, column, end}, "%s %v", name, test.path)
		}
	}
}

func TestLooksLikeConfig(t *testing.T) {
	for name, want := range map[string]bool{
		"ecosystem.config.js": true, "a/b/pm2.config.cjs": true, "start.config.mjs": true, "ecosystem.json": true, "ecosystem.docker.cjs": true,
		"pm2.json": true, "pm2-start.json": true, "process.yml": true, "process.dev.yaml": true, "processes.json": true, "pm2.process.js": true,
		"ecosystem.config.json5": true, `win\pm2.yml`: true, "ecosystem.config.ts": false, "processing_log.json": false, "processor.yml": false,
		"process.js": false, "package.json": false, "server.js": false, "tsconfig.json": false, "Dockerfile": false,
	} {
		assert.Equal(t, want, jsfile.LooksLikeConfig(name), name)
	}
}

func TestMayHoldApps(t *testing.T) {
	for text, want := range map[string]bool{
		"module.exports = {apps: []}": true, "[{script: 'x'}]": true, "{exec_mode: 'fork'}": true, "instances": true,
		"module.exports = {plugins: [], mapps: 1, scripts: {}, description: ''}": false, "": false,
	} {
		assert.Equal(t, want, jsfile.MayHoldApps([]byte(text)), text)
	}
}

func TestErrorsAreDistinct(t *testing.T) {
	_, err := jsfile.Read(context.Background(), "a.js", []byte("for(;;);"))
	var limit *jsfile.LimitError
	var syntax *jsfile.SyntaxError
	require.ErrorAs(t, err, &limit)
	assert.False(t, errors.As(err, &syntax))
}

func jsonOf(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}
