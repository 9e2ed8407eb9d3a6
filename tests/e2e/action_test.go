package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// action is the part of action.yml that runs commands.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Run string
			Env map[string]string
		}
	}
}

// TestAction runs the commands of the composite action as a runner does, on a folder with findings and one without.
func TestAction(t *testing.T) {
	var composite action
	readYAML(t, "action.yml", &composite)
	inputs := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`)
	run := func(given map[string]string, dir string) (child.Result, string) {
		temp := t.TempDir()
		outputs := filepath.Join(temp, "outputs")
		var last child.Result
		for _, step := range composite.Runs.Steps {
			if step.Run == "" {
				continue
			}
			env := []string{"GITHUB_ACTION_PATH=" + root, "RUNNER_TEMP=" + temp, "GITHUB_OUTPUT=" + outputs, "GITHUB_STEP_SUMMARY="}
			for name, value := range step.Env {
				if match := inputs.FindStringSubmatch(value); match != nil {
					input, known := composite.Inputs[match[1]]
					require.True(t, known, match[1])
					value = input.Default
					if text, set := given[match[1]]; set {
						value = text
					}
				}
				env = append(env, name+"="+value)
			}
			last = runIn(t, dir, env, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		}
		text, err := os.ReadFile(outputs)
		require.NoError(t, err)
		return last, strings.TrimSpace(string(text))
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad", "pod.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: x, command: [pm2-runtime, a.js]}]}\n")
	write(t, filepath.Join(dir, "good", "config.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")

	result, output := run(nil, dir)
	assert.Equal(t, 1, result.Code, result.Stderr)
	assert.Equal(t, "exit-code=1", output)
	assert.Contains(t, result.Stdout, "::error ")
	result, output = run(map[string]string{"path": "good", "sarif": "out.sarif"}, dir)
	assert.Zero(t, result.Code, result.Stderr)
	assert.Equal(t, "exit-code=0", output)
	assert.FileExists(t, filepath.Join(dir, "out.sarif"))
	result, _ = run(map[string]string{"path": "good\nbad", "fail-on": "never"}, dir)
	assert.Zero(t, result.Code, result.Stderr)
	result, output = run(map[string]string{"path": "nowhere"}, dir)
	assert.Equal(t, 2, result.Code)
	assert.Equal(t, "exit-code=2", output)
}

// TestPreCommitHook runs the entry of the hook.
func TestPreCommitHook(t *testing.T) {
	var hooks []struct {
		ID            string `json:"id"`
		Entry         string `json:"entry"`
		Files         string `json:"files"`
		Language      string `json:"language"`
		PassFilenames *bool  `json:"pass_filenames"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	require.Len(t, hooks, 1)
	hook := hooks[0]
	assert.Equal(t, "onelayer", hook.ID)
	assert.Equal(t, "golang", hook.Language)
	require.NotNil(t, hook.PassFilenames)
	assert.False(t, *hook.PassFilenames)
	files := regexp.MustCompile(hook.Files)
	for _, name := range []string{"k8s/web.yaml", "Dockerfile", "Dockerfile.dev", "package.json", "ecosystem.config.js", "entrypoint.sh", "Procfile", "supervisord.conf"} {
		assert.Regexp(t, files, name)
	}
	assert.NotRegexp(t, files, "README.md")
	words := strings.Fields(hook.Entry)
	require.Equal(t, "onelayer", words[0])
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pod.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: x, command: [pm2-runtime, a.js]}]}\n")
	assert.Equal(t, 1, runIn(t, dir, nil, onelayer, words[1:]...).Code)
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, into))
}

// runIn runs a program in a folder.
func runIn(t *testing.T, dir string, env []string, name string, args ...string) child.Result {
	t.Helper()
	return run(t, child.Command{Name: name, Args: args, Dir: dir, Env: env})
}
