package pm2

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/require"
)

// started is what runs of one application: its mode and how often.
type started struct {
	Mode  string
	Count int
}

// comparison is one command line, with the value of the process file that stands beside app.js, e.js and run.sh.
type comparison struct {
	name string
	file any
	argv []string
}

func apps(list ...map[string]any) map[string]any {
	return map[string]any{"apps": list}
}

func comparisons() []comparison {
	file := []string{"pm2", "start", "e.config.js"}
	return []comparison{
		{"one", apps(map[string]any{"name": "a", "script": "app.js", "instances": 1}), file},
		{"auto", apps(map[string]any{"script": "app.js", "instances": "auto"}), file},
		{"negative", apps(map[string]any{"script": "app.js", "instances": -2}), file},
		{"minus", apps(map[string]any{"script": "app.js", "instances": "-1"}), file},
		{"ignored", apps(map[string]any{"script": "app.js"}), append(file, "-i", "3")},
		{"shapes", map[string]any{
			"pm2":    []any{map[string]any{"cmd": "app.js", "execMode": "cluster"}, map[string]any{"name": "no script"}},
			"static": []any{map[string]any{"path": ".", "port": 0}},
		}, file},
		{"kinds", apps(
			map[string]any{"name": "shell", "script": "run.sh", "instances": 2},
			map[string]any{"name": "words", "script": "node app.js", "instances": 1},
			map[string]any{"name": "program", "script": "sleep", "args": "1000", "instances": 2},
			map[string]any{"name": "forked", "script": "app.js", "instances": 2, "execute_command": true},
		), file},
		{"joined", nil, []string{"pm2", "start", "app.js", "-i2"}},
		{"string", nil, []string{"pm2", "start", "node app.js", "-i", "2"}},
		{"inert", nil, []string{"pm2", "start", "app.js", "--only", "x", "--instances=2"}},
		{"only", apps(
			map[string]any{"script": "app.js", "name": "a"},
			map[string]any{"script": "e.js", "name": "b"},
		), []string{"pm2-runtime", "e.config.js", "--only=b", "-i", "2"}},
		{"swallowed", nil, []string{"pm2-runtime", "--restart-delay", "1000", "app.js", "-i", "max"}},
		{"name", nil, []string{"pm2-docker", "start", "app.js", "-n", "-i", "2", "--", "-i", "2"}},
	}
}

func TestModesAndInstances(t *testing.T) {
	installed := findInstallation(t)
	for _, c := range comparisons() {
		t.Run(c.name, func(t *testing.T) {
			run := installed.prepare(t, c.file)
			require.Equal(t, run.observe(t, c.argv), predicted(t, c, run.cpus))
		})
	}
}

func TestRefusedCommandLines(t *testing.T) {
	installed := findInstallation(t)
	for _, argv := range [][]string{
		{"pm2-runtime", "start", "--restart-delay", "1000", "app.js"},
		{"pm2-runtime", "start", "app.js", "--no-daemon"},
		{"pm2", "start", "app.js", "--foo"},
	} {
		t.Run(argv[0], func(t *testing.T) {
			run := installed.prepare(t, nil)
			var parsed struct {
				Rejected []string
			}
			evaluate(t, "data.lib.onelayer.pm2.parse(input.argv)", map[string]any{"argv": argv}, &parsed)
			require.NotEmpty(t, parsed.Rejected)
			output, err := run.command(t.Context(), argv...).CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(output), "unknown option `"+parsed.Rejected[0]+"'")
		})
	}
}

// predicted is what the library says that a command line starts.
func predicted(t *testing.T, c comparison, cpus int) map[string]started {
	t.Helper()
	var records []struct {
		Name      string
		ExecMode  string `json:"exec_mode"`
		Instances any
		Offset    int
	}
	query := "data.lib.onelayer.pm2.apps(data.lib.onelayer.pm2.parse(input.argv), input.value)"
	evaluate(t, query, map[string]any{"argv": c.argv, "value": c.file}, &records)
	result := map[string]started{}
	for _, r := range records {
		count := max(1, cpus+r.Offset)
		if number, ok := r.Instances.(float64); ok {
			count = int(number)
		}
		result[r.Name] = started{Mode: r.ExecMode, Count: count}
	}
	return result
}

func evaluate(t *testing.T, query string, input, result any) {
	t.Helper()
	options := []func(*rego.Rego){rego.Query(query), rego.Input(input)}
	paths, err := filepath.Glob("../../lib/pm2/*.rego")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		options = append(options, rego.Module(path, string(text)))
	}
	found, err := rego.New(options...).Eval(context.Background())
	require.NoError(t, err)
	require.Len(t, found, 1)
	text, err := json.Marshal(found[0].Expressions[0].Value)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, result))
}
