package equivalence

import (
	"context"
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// question asks whether the entry for conftest evaluates a rule on an input.
type question struct {
	name, input, inventory, rule string
	want                         bool
}

// image is an object by which a cluster knows what an image runs.
const image = `{apiVersion: onelayer.dev/v1alpha1, kind: Image, metadata: {name: web}, spec: {refs: ["shop/web:1"]}}`

// questions are one for each way into a rule, and for each way past it.
var questions = []question{
	{"a word of the rule", running("pm2-runtime, server.js"), "", entrypoint, true},
	{"in big letters", running("PM2-RUNTIME, server.js"), "", entrypoint, true},
	{"no word of the rule", running("node, server.js"), "", entrypoint, false},
	{"a rule without words", running("node, server.js"), "", "resilience/missing-probe", true},
	{"a bounded word", running("sh, -c, 'while sleep 1; do :; done'"), "", "process/restart-loop", true},
	{"a bounded word behind a line break", running(`sh, -c, ":\nwhile sleep 1; do :; done"`), "", "process/restart-loop", true},
	{"a longer word", running("meanwhile"), "", "process/restart-loop", false},
	{"another kind", `{apiVersion: v1, kind: Secret, metadata: {name: pm2}}`, "", entrypoint, false},
	{"an image that the inventory knows", running("node, server.js"), image, entrypoint, true},
	{"one of a list", "{apiVersion: v1, kind: List, items: [" + running("pm2-runtime, a.js") + "]}", "", entrypoint, true},
	{"one of several files", "[{path: a.yaml, contents: " + running("pm2-runtime, a.js") + "}]", "", entrypoint, true},
	{"none of several files", "[{path: a.yaml, contents: " + running("node, a.js") + "}]", "", entrypoint, false},
	{"a Dockerfile", `[{Cmd: cmd, SubCmd: "", JSON: true, Value: [node, server.js], Stage: 0}]`, "", entrypoint, true},
	{"a workload beside a Dockerfile", "[{path: a.yaml, contents: " + running("node, a.js") + "}, {path: Dockerfile, contents: " +
		"[{Cmd: cmd, SubCmd: '', JSON: true, Value: [node, server.js], Stage: 0}]}]", "", "process/manager-in-job", true},
}

// TestConftestAsksWhatCanBeFound holds which rules the entry for conftest evaluates: those for a kind of the input, with a
// needle in it unless something else says what runs.
func TestConftestAsksWhatCanBeFound(t *testing.T) {
	files, err := library("bundles/conftest")
	require.NoError(t, err)
	engine, err := newConftest(t.TempDir(), files)
	require.NoError(t, err)
	for _, q := range questions {
		asked, err := q.ask(t.Context(), engine)
		require.NoError(t, err)
		assert.Equal(t, q.want, asked, q.name)
	}
}

// ask puts the inventory into the store of the engine, and the question.
func (q *question) ask(ctx context.Context, engine *conftest) (bool, error) {
	var input, object any
	if err := yaml.Unmarshal([]byte(q.input), &input); err != nil {
		return false, fmt.Errorf("read input of %s: %w", q.name, err)
	}
	inventory := map[string]any{}
	if q.inventory != "" {
		if err := yaml.Unmarshal([]byte(q.inventory), &object); err != nil {
			return false, fmt.Errorf("read inventory of %s: %w", q.name, err)
		}
		inventory["cluster"] = map[string]any{"onelayer.dev/v1alpha1": map[string]any{"Image": map[string]any{"web": object}}}
	}
	if err := put(ctx, engine.Store(), map[string]any{"/inventory": inventory}); err != nil {
		return false, err
	}
	result, err := rego.New(rego.Compiler(engine.Compiler()), rego.Store(engine.Store()), rego.Runtime(engine.Runtime()),
		rego.Input(input), rego.Query(fmt.Sprintf("data.main._asked(%q)", q.rule))).Eval(ctx)
	if err != nil {
		return false, fmt.Errorf("ask %s: %w", q.name, err)
	}
	return result.Allowed(), nil
}

// misasked tells which question the engine answers wrongly; empty if none.
func (c *conftest) misasked(ctx context.Context) (string, error) {
	for i := range questions {
		if asked, err := questions[i].ask(ctx, c); err != nil || asked != questions[i].want {
			return questions[i].name, err
		}
	}
	return "", nil
}

func running(command string) string {
	return "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: 'shop/web:1', command: [" +
		command + "]}]}}"
}
