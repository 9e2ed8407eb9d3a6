package oracle

import (
	"context"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/require"
)

// FuzzCommand holds command lines to an answer: whatever the text of a command line or script is, there is a result with
// both lists, and no evaluation error.
func FuzzCommand(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed, "node x")
	}
	for _, arg := range []string{"-c", "--", "", "$(X)", "npm", "run", "A=b", "exec", "../x", "-u"} {
		f.Add("tini", arg)
		f.Add(`exec "$@"`, arg)
	}
	prepared := prepare(f, "data.lib.onelayer.command.run(input)", "shell", "command")
	f.Fuzz(func(t *testing.T, text, arg string) {
		if outside(text) || outside(arg) {
			t.Skip()
		}
		inputs := []ast.Value{
			spec(t, nil, "sh", "-c", text, "sh", arg),
			spec(t, nil, text, arg, text),
			spec(t, map[string]string{"run.sh": text}, "./run.sh", arg, text),
		}
		for _, name := range []string{"npm", "yarn", "env", "sudo", "npx", "concurrently", "doppler", "su"} {
			inputs = append(inputs, spec(t, nil, name, arg, text, arg))
		}
		for _, input := range inputs {
			results, err := prepared.Eval(context.Background(), rego.EvalParsedInput(input))
			require.NoError(t, err, "input: %s", input)
			require.Len(t, results, 1, "input: %s", input)
			result, ok := results[0].Expressions[0].Value.(map[string]any)
			require.True(t, ok)
			require.NotNil(t, result["processes"])
			require.NotNil(t, result["unknown"])
		}
	})
}
