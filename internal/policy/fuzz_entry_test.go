package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

// entryGate evaluates the entries as OPA and conftest do, every rule of them.
func entryGate() (*gate, error) {
	library, err := policy.Load(os.DirFS(repository))
	if err != nil {
		return nil, err
	}
	modules := map[string]*ast.Module{}
	parse := func(file string, text []byte) error {
		module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
		modules[file] = module
		return err
	}
	for _, source := range library.Sources() {
		if err := parse(source.File, source.Text); err != nil {
			return nil, err
		}
	}
	for _, file := range []string{"bundles/opa/onelayer.rego", "bundles/opa/revision.rego", "bundles/conftest/main.rego"} {
		text, err := os.ReadFile(filepath.Join(repository, file))
		if err != nil {
			return nil, fmt.Errorf("read entry: %w", err)
		}
		if err := parse(file, text); err != nil {
			return nil, err
		}
	}
	text := "package gate\n\nanswers := [data.onelayer.decision, data.main]\n\nreviews := data.onelayer.admission_review\n"
	if err := parse("gate.rego", []byte(text)); err != nil {
		return nil, err
	}
	made := &gate{compiler: ast.NewCompiler()}
	if made.compiler.Compile(modules); made.compiler.Failed() {
		return nil, made.compiler.Errors
	}
	return made, made.ask("data.gate = x")
}

// TestNoDocumentIsAnErrorOfAnEntry gives mutated documents to the entries: by themselves, as files of conftest and as the
// files that conftest combines.
func TestNoDocumentIsAnErrorOfAnEntry(t *testing.T) {
	gate, err := entryGate()
	require.NoError(t, err)
	documents, err := seeds()
	require.NoError(t, err)
	rounds := uint64(60)
	if testing.Short() {
		rounds = 6
	}
	names := []string{"Dockerfile", "api/package.json", "k8s/all.yaml", "compose.yaml", "process.yml"}
	for number := 20_000; uint64(number) < 20_000+rounds; number++ {
		input, data := trial(documents, uint64(number), 1+number%4)
		switch number % 3 {
		case 1:
			other, _ := trial(documents, uint64(number+1000), 2)
			input = []any{
				map[string]any{"path": names[number%len(names)], "contents": input},
				map[string]any{"path": names[(number+2)%len(names)], "contents": other},
			}
		case 2:
			input = map[string]any{"onelayer": map[string]any{"file": names[number%len(names)], "document": input}}
		}
		require.NoError(t, gate.evaluate(input, data), "trial %d", number)
	}
}
