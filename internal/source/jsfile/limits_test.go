package jsfile_test

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/jsfile"
)

const (
	patience  = 5 * time.Second
	allowance = 300 << 20
)

// bounded reads a file and fails if that takes too long, needs too much memory or leaves goroutines.
func bounded(t *testing.T, name, text string) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()
	start := time.Now()
	_, err := jsfile.Read(context.Background(), name, []byte(text))
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	label := text[:min(len(text), 100)]
	assert.Less(t, elapsed, patience, label)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(allowance), label)
	assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines, label)
	return err
}

func TestHostilePrograms(t *testing.T) {
	raw, err := os.ReadFile("testdata/hostile.txt")
	require.NoError(t, err)
	for _, text := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		_ = bounded(t, "a.js", text)
	}
}

// TestHostileTexts has texts that are hard on the parser.
func TestHostileTexts(t *testing.T) {
	const size = jsfile.DefaultMaxScript
	fill := func(part string) string { return strings.Repeat(part, size/len(part)) }
	for name, text := range map[string]string{
		"brackets": strings.Repeat("[", 200_000), "more brackets": fill("["), "closed": strings.Repeat("[", size/2) + strings.Repeat("]", size/2),
		"objects": fill("{a:"), "parentheses": fill("("), "template": fill("`${"), "quotes": fill("'a\n"), "not": fill("!"), "minus": fill("- "),
		"typeof": fill("typeof "), "ternary": fill("1?1:") + "", "assignment": fill("a="), "arrows": fill("a=>"), "if": fill("if(1)"),
		"else": fill("if(1);else "), "plus": fill("1+"), "power": fill("1**"), "dots": fill("a."), "calls": "a" + fill("()")[:size-2], "new": fill("new "),
		"labels": fill("a:"), "comments": fill("/*"), "lines": fill("\n"), "await": fill("await "), "yield": "function*f(){" + fill("yield ")[:1000] + "}",
		"async": fill("async("), "spread": fill("[..."), "regexp": "/" + fill("(")[:size-2], "class": fill("class extends "), "while": fill("while(1)"),
		"hidden brackets": "x.return /" + fill("[")[:size-20], "more hidden": "}/'/" + fill("[")[:size-20], "pattern": "(" + fill("[")[:size/2-1] + fill("]")[:size/2-1] + ")=>1",
		"and": fill("a&&"), "imports": fill("import a from 'a';"), "exports": fill("export{a};"), "export star": fill("export*from'a';"),
		"strings": "module.exports=" + fill("'a'+")[:size-20] + "1", "unicode": fill("\\u{1"), "zero": "\x00", "invalid": fill("\xff"), "switch": fill("switch(1){"),
		"import": "import {" + fill("a,")[:size-10], "import as": "import * as", "export as": "export * as", "export": "export {a as", "with": "import 'a' with {",
		"labels apart": fill("a1:/**/b:/**/"), "errors": fill("[)"), "map": "//# sourceMappingURL=/etc/passwd", "map data": "//# sourceMappingURL=data:application/json;base64,e30=",
		"array": "module.exports=[" + fill("1,")[:size-20] + "]", "commas": fill(","), "optional": "a" + fill("?.a")[:size-3],
	} {
		t.Run(name, func(t *testing.T) {
			for _, extension := range []string{"a.js", "a.mjs", "a.json"} {
				_ = bounded(t, extension, text)
				_ = bounded(t, extension, "module.exports={apps:"+text)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a.js", strings.Repeat("x", 10<<20), "line 1, column 131073: the file has 10485760 bytes, more than 131072"},
		{"a.json", strings.Repeat("\n", 10<<20), "line 1048577, column 1: the file has 10485760 bytes, more than 1048576"},
		{"a.js", "module.exports = [\n" + strings.Repeat("[", 200_00), "line 2, column 10000: more than 10000 brackets"},
		{"a.js", "x = [\n" + strings.Repeat("[", 300), "line 2, column 200: nested deeper than 200 levels"},
		{"a.json", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "line 1, column 202: more than 200 levels or too many values"},
		{"a.json", "[" + strings.Repeat("1,", 200_000) + "1]", "line 1, column 200000: more than 200 levels or too many values"},
		{"a.js", "\nmodule.exports = 'a'.repeat(1e9)", "line 2, column 18: a string is too long"},
		{"a.js", "\n\nmodule.exports = new Array(1e9).fill(1)", "line 3, column 18: an array is too long"},
		{"a.js", "const a = [1]\nfor (;;)\n  a.push(a)", "line 3, column 10: the evaluation takes too many steps"},
		{"a.js", "function f() {\n  f()\n}\nf()", "line 2, column 3: functions call each other too deeply"},
		{"a.js", "try { for (;;) { 1 } } catch { } finally { }", "line 1, column 18: the evaluation takes too many steps"},
		{"a.js", strings.Repeat("a=>", 3000) + "1", "line 1, column 6003: more than 2000 arrow functions"},
		{"a.js", strings.Repeat("a:", 60) + "1", "line 1, column 102: more than 50 labels"},
	} {
		err := bounded(t, test.name, test.text)
		var limit *jsfile.LimitError
		require.ErrorAs(t, err, &limit, test.want)
		assert.Equal(t, test.want, err.Error())
	}
}

func TestOwnLimits(t *testing.T) {
	for text, limits := range map[string]jsfile.Limits{
		"module.exports = [1, 2, 3, 4]":                 {MaxValues: 4},
		"for (let i = 0; i < 100; i++);":                {MaxSteps: 50},
		"module.exports = 'a'.repeat(200000)":           {MaxMemory: 100_000},
		"module.exports = {apps: [{script: 'server'}]}": {MaxScript: 20},
		"for (;;);": {Timeout: time.Nanosecond, MaxSteps: 1 << 40, MaxMemory: 1 << 40},
	} {
		_, err := jsfile.Read(context.Background(), "a.js", []byte(text), jsfile.WithLimits(limits))
		var limit *jsfile.LimitError
		require.ErrorAs(t, err, &limit, text)
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"testdata/hostile.txt", "testdata/expressions.txt", "testdata/programs.txt"} {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		for i, text := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
			f.Add(text, byte(i%3))
		}
	}
	f.Add("import a, {b as c} from 'x'; export * from './y'; export default {a, c}", byte(1))
	f.Fuzz(func(t *testing.T, text string, kind byte) {
		name := []string{"a.js", "a.mjs", "a.json"}[kind%3]
		resolver := jsfile.WithResolver(func(_ context.Context, path string) ([]byte, bool) { return []byte(text), path != "a" })
		limits := jsfile.WithLimits(jsfile.Limits{MaxSteps: 20_000})
		start := time.Now()
		file, err := jsfile.Unguarded(context.Background(), name, []byte(text), resolver, limits)
		assert.Less(t, time.Since(start), 5*time.Second, text)
		if err != nil {
			return
		}
		_, encodingError := jsonOf(file.Value)
		require.NoError(t, encodingError)
		locateAll(t, file, nil, file.Value)
	})
}

// locateAll asks for the position of every value.
func locateAll(t *testing.T, file *jsfile.File, path []any, value any) {
	t.Helper()
	line, column, end := file.Locate(path)
	require.Positive(t, line)
	require.Positive(t, column)
	require.True(t, end == 0 || end > column, "%v", path)
	if len(path) > 6 {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			locateAll(t, file, append(path[:len(path):len(path)], key), child)
		}
	case []any:
		for i, child := range value {
			if i > 20 {
				break
			}
			locateAll(t, file, append(path[:len(path):len(path)], i), child)
		}
	}
}

var benchmarks = map[string]string{
	"static": `module.exports = { apps: [{ name: 'api', script: 'dist/server.js', instances: 2, exec_mode: 'cluster', env: { NODE_ENV: 'production' } }] }`,
	"dynamic": "const os = require('os')\nconst base = { cwd: __dirname, autorestart: true, env: { A: process.env.A || 'a' } }\nconst apps = ['api', 'web', 'worker'].map((name, i) => ({" +
		" ...base, name, script: `dist/${name}.js`, args: `--port ${3000 + i}`, instances: i ? 1 : os.cpus().length }))\nif (process.env.CRON) apps.push({ name: 'cron', script: 'cron.js' })\nmodule.exports = { apps }",
}

func BenchmarkRead(b *testing.B) {
	for name, text := range benchmarks {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jsfile.Read(context.Background(), "ecosystem.config.js", []byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	strict := `{"apps": [` + strings.TrimSuffix(strings.Repeat(`{"name": "api", "script": "dist/server.js", "instances": 2, "env": {"A": "1"}},`, 20), ",") + `]}`
	b.Run("strict JSON", func(b *testing.B) {
		b.SetBytes(int64(len(strict)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsfile.Read(context.Background(), "pm2.json", []byte(strict)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
