package oracle

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/require"
)

// spec is what command.run takes, in the order of use: words, then files by path.
func spec(tb testing.TB, scripts map[string]string, words ...string) ast.Value {
	tb.Helper()
	given := []any{}
	for i, text := range words {
		given = append(given, map[string]any{
			"v": text, "path": []any{"spec", "containers", 0, "command", i}, "from": "manifest",
		})
	}
	files := map[string]any{}
	for path, text := range scripts {
		lines := []any{}
		for _, line := range strings.Split(text, "\n") {
			lines = append(lines, line)
		}
		files[path] = map[string]any{"script": lines}
	}
	value, err := ast.InterfaceToValue(map[string]any{
		"words": given, "env": map[string]any{}, "files": files, "copies": []any{}, "workdir": "/app",
		"files_path": []any{"spec", "files"},
	})
	require.NoError(tb, err)
	return value
}

// BenchmarkCommand measures whole queries: the fixed cost of a query is in BenchmarkCommand/none.
func BenchmarkCommand(b *testing.B) {
	content, err := os.ReadFile("testdata/shell/scripts.txt")
	require.NoError(b, err)
	scripts := strings.Split(string(content), "\n%%%%\n")
	run := prepare(b, "data.lib.onelayer.command.run(input)", "shell", "command")
	none := prepare(b, "input.nothing", "shell", "command")
	cases := map[string]struct {
		query rego.PreparedEvalQuery
		input ast.Value
	}{
		"none":    {none, spec(b, nil, "node", "server.js")},
		"simple":  {run, spec(b, nil, "node", "server.js")},
		"tini":    {run, spec(b, nil, "tini", "--", "node", "server.js")},
		"shell":   {run, spec(b, nil, "sh", "-c", "pm2 start x && pm2 logs")},
		"script":  {run, spec(b, map[string]string{"run.sh": scripts[5]}, "./run.sh", "node", "x")},
		"complex": {run, spec(b, map[string]string{"run.sh": scripts[11]}, "./run.sh", "node", "x")},
	}
	for name, one := range cases {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := one.query.Eval(context.Background(), rego.EvalParsedInput(one.input))
				require.NoError(b, err)
			}
		})
	}
}
