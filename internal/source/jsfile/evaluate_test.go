package jsfile_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSameAsEngine proves that what is known comes out as a JavaScript engine would have it.
func TestSameAsEngine(t *testing.T) {
	f, err := os.Open("testdata/expressions.txt")
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		expression := lines.Text()
		if expression == "" {
			continue
		}
		want, err := goja.New().RunString("JSON.stringify((" + expression + "))")
		require.NoError(t, err, expression)
		file := read(t, "a.js", "module.exports = ("+expression+")")
		var expected, got any
		require.NoError(t, json.Unmarshal([]byte(want.String()), &expected), expression)
		require.NoError(t, json.Unmarshal([]byte(toJSON(t, file.Value)), &got), expression)
		assert.Equal(t, expected, got, expression)
		assert.False(t, file.Static, expression)
	}
	require.NoError(t, lines.Err())
}

// TestUnknown shows what becomes of values that only exist at run time.
func TestUnknown(t *testing.T) {
	for text, want := range map[string]string{
		// Text of the property, with variables replaced by what they stand for.
		`{i: process.env.N || 'max'}`:                                      `{"i":"process.env.N || 'max'"}`,
		`{i: (process.env.N ?? 2)}`:                                        `{"i":"process.env.N ?? 2"}`,
		"{i: process.env\n  .N}":                                           `{"i":"process.env.N"}`,
		`{i: process.env.NODE_ENV === 'production' ? 4 : 1}`:               `{"i":"process.env.NODE_ENV === 'production' ? 4 : 1"}`,
		`{i: require('os').cpus().length}`:                                 `{"i":"require('os').cpus().length"}`,
		`{i: parseInt(process.env.N, 10) || 2, a: '-p ' + process.env.P}`:  `{"a":"'-p ' + process.env.P","i":"parseInt(process.env.N, 10) || 2"}`,
		"{a: `-p ${process.env.P}`, d: Date.now(), r: Math.random()}":      "{\"a\":\"`-p ${process.env.P}`\",\"d\":\"Date.now()\",\"r\":\"Math.random()\"}",
		`{a: !process.env.A, b: -process.env.B, c: typeof process.env.C}`:  `{"a":"!process.env.A","b":"-process.env.B","c":"typeof process.env.C"}`,
		`{a: [process.env.A].join(), b: [process.env.A].includes('x')}`:    `{"a":"[process.env.A].join()","b":"[process.env.A].includes('x')"}`,
		`{a: process.argv[2], b: process.argv.slice(2), c: process.pid}`:   `{"a":"process.argv[2]","b":"process.argv.slice(2)","c":"process.pid"}`,
		`{a: process.env['MY-VAR'], b: process.env.A?.b, c: unknown.x(1)}`: `{"a":"process.env['MY-VAR']","b":"process.env.A?.b","c":"unknown.x(1)"}`,
		`{f: () => 1, r: /x/g, g: 10n}`:                                    `{"f":"() => 1","g":"10n","r":"/x/g"}`,
		`{cwd: __dirname, f: __filename, w: process.cwd(), p: process.platform, s: require('path').join(__dirname, '..', 'x')}`: `{"cwd":{".":0},"f":{"./a.js":0},"p":{"linux":0},"s":{"../x":0},"w":{".":0}}`,
	} {
		got := read(t, "a.js", "module.exports = "+text).Value
		assert.Equal(t, want, toJSON(t, short(got)), text)
	}
}

// short writes unknown values as text and known text as an object, for readable tests.
func short(value any) any {
	switch value := value.(type) {
	case string:
		return map[string]any{value: 0}
	case map[string]any:
		if text, ok := value["$expr"]; ok {
			return text
		}
		for k, v := range value {
			value[k] = short(v)
		}
	case []any:
		for i, v := range value {
			value[i] = short(v)
		}
	}
	return value
}

func TestPrograms(t *testing.T) {
	raw, err := os.ReadFile("testdata/programs.txt")
	require.NoError(t, err)
	for _, block := range strings.Split(strings.TrimSpace(string(raw)), "\n\n") {
		text, want, ok := strings.Cut(block, "\n=> ")
		require.True(t, ok, block)
		want, static := strings.CutPrefix(want, "(static) ")
		name := "a.js"
		if strings.HasPrefix(text, "import ") {
			name = "a.mjs"
		}
		file := read(t, name, text)
		assert.Equal(t, want, toJSON(t, file.Value), text)
		assert.Equal(t, static, file.Static, text)
	}
}
