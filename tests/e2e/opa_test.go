package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// decision is data.onelayer.decision.
type decision struct {
	Allow    bool
	Findings []finding
}

// TestOPACheck compiles everything with the released compilers. The oldest has a stricter type checker than the one in the
// tool, whatever capabilities the latter is given.
func TestOPACheck(t *testing.T) {
	opa.each(t, func(t *testing.T, p *program) {
		result := p.run(t, "opa check", child.Command{
			Args: []string{"check", "--strict", "lib", "policies", "bundles/opa", "bundles/conftest"}, Dir: root,
		})
		assert.Zero(t, result.Code, "%s%s", result.Stdout, result.Stderr)
	})
}

// evaluated is one question to OPA: an input and the data beside the library.
type evaluated struct {
	Case   string         `json:"case"`
	Input  any            `json:"input"`
	Data   map[string]any `json:"data"`
	Config map[string]any `json:"config"`
	Whole  bool           `json:"whole"`
}

// asked gives each question of data.questions the data that belongs to it. In a query, unlike in a module, with takes no
// references, so these are bound first.
const asked = `[{"case": q["case"], "findings": d.findings} |
	some q in data.questions
	[document, inventory, config, whole] := [q.input, q.data, q.config, q.whole]
	d := data.onelayer.decision with input as document with data.inventory as inventory
		with data.lib.onelayer.config as config with data.lib.onelayer.unit as {"whole": whole}
]`

// TestOPAEval asks the released OPA about every object of every fixture, as a file and as the review of a cluster.
func TestOPAEval(t *testing.T) {
	all := cases(t)
	want := map[string][]string{}
	var questions []evaluated
	for _, c := range all {
		want["file "+c.Name], want["review "+c.Name] = withoutFiles(c.Plain), withoutFiles(c.Review)
		for _, object := range c.Objects {
			questions = append(questions, evaluated{"file " + c.Name, object.Value, c.Inventory, c.Config, c.Whole})
		}
		for _, object := range c.reviewed() {
			review := map[string]any{"review": c.request(object), "parameters": c.Config}
			questions = append(questions, evaluated{"review " + c.Name, review, c.Inventory, map[string]any{}, false})
		}
	}
	data := filepath.Join(t.TempDir(), "questions.json")
	text, err := json.Marshal(map[string]any{"questions": questions})
	require.NoError(t, err)
	write(t, data, string(text))
	opa.each(t, func(t *testing.T, p *program) {
		result := p.run(t, "opa eval", child.Command{Dir: root, Args: []string{
			"eval", "--ignore", "*_test.rego", "-d", "lib", "-d", "policies", "-d", "bundles/opa", "-d", data, "--format", "raw", asked,
		}})
		require.Zero(t, result.Code, "%s", result.Stderr)
		got := map[string][]finding{}
		for _, answer := range decode[[]struct {
			Case     string
			Findings []finding
		}](t, result.Stdout) {
			got[answer.Case] = append(got[answer.Case], answer.Findings...)
		}
		for name := range want {
			assert.Empty(t, difference(want[name], withoutFiles(got[name])), name)
		}
	})
}

// TestOPARun serves the library as a bundle and asks over HTTP, as a fleet and as an API server would.
func TestOPARun(t *testing.T) {
	all := cases(t)
	opa.each(t, func(t *testing.T, p *program) {
		server := serve(t, p)
		for _, c := range all {
			server.put(t, "/v1/data/lib/onelayer/config", c.Config)
			server.put(t, "/v1/data/lib/onelayer/unit", map[string]any{"whole": c.Whole})
			server.put(t, "/v1/data/inventory", c.Inventory)
			var plain, review []finding
			for _, object := range c.Objects {
				plain = append(plain, server.decide(t, object.Value).Findings...)
			}
			for _, object := range c.reviewed() {
				asks := map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": c.request(object)}
				decided := server.decide(t, asks)
				server.admit(t, asks, decided, c.Name)
				review = append(review, decided.Findings...)
			}
			assert.Empty(t, difference(withoutFiles(c.Plain), withoutFiles(plain)), c.Name)
			assert.Empty(t, difference(withoutFiles(c.Review), withoutFiles(review)), c.Name)
		}
	})
}

// server is a running OPA.
type server struct{ address string }

func serve(t *testing.T, p *program) server {
	t.Helper()
	port, err := child.Port()
	require.NoError(t, err)
	archive := build(t, p)
	address := "127.0.0.1:" + strconv.Itoa(port)
	p.note("opa run")
	running, err := child.Start(child.Command{Name: p.path(t), Args: []string{
		"run", "--server", "--addr", address, "--log-level", "error", "--skip-version-check", "--bundle", archive,
	}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, running.Stop()) })
	s := server{"http://" + address}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, running.Ready(ctx, func(ctx context.Context) error {
		_, err := s.ask(ctx, http.MethodGet, "/health?bundles", nil)
		return err
	}))
	return s
}

// build builds the bundle with the program's own opa build. Its roots leave lib/onelayer/config to the fleet.
func build(t *testing.T, p *program) string {
	t.Helper()
	dir := t.TempDir()
	var roots []string
	for _, folder := range []string{"lib", "policies", "bundles/opa"} {
		for _, name := range files(t, filepath.Join(root, folder)) {
			if strings.HasSuffix(name, "_test.rego") || !strings.HasSuffix(name, ".rego") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(root, folder, name))
			require.NoError(t, err)
			write(t, filepath.Join(dir, "bundle", folder, name), string(text))
			for line := range strings.Lines(string(text)) {
				if path, found := strings.CutPrefix(line, "package "); found {
					roots = append(roots, strings.ReplaceAll(strings.TrimSpace(path), ".", "/"))
				}
			}
		}
	}
	slices.Sort(roots)
	text, err := json.Marshal(map[string]any{"roots": slices.Compact(roots), "rego_version": 1})
	require.NoError(t, err)
	write(t, filepath.Join(dir, "bundle", ".manifest"), string(text))
	archive := filepath.Join(dir, "bundle.tar.gz")
	result := p.run(t, "opa build", child.Command{Args: []string{"build", "--bundle", filepath.Join(dir, "bundle"), "--output", archive}})
	require.Zero(t, result.Code, result.Stderr)
	return archive
}

func (s server) decide(t *testing.T, input any) decision {
	t.Helper()
	text, err := s.ask(t.Context(), http.MethodPost, "/v1/data/onelayer/decision", map[string]any{"input": input})
	require.NoError(t, err)
	answer := decode[struct{ Result *decision }](t, text)
	require.NotNil(t, answer.Result, text)
	return *answer.Result
}

// admit compares what the responder answers to an AdmissionReview with the decision about it.
func (s server) admit(t *testing.T, review map[string]any, decided decision, name string) {
	t.Helper()
	text, err := s.ask(t.Context(), http.MethodPost, "/v0/data/onelayer/admission_review", review)
	require.NoError(t, err)
	answer := decode[struct {
		Kind     string
		Response struct {
			UID     string
			Allowed *bool
		}
	}](t, text)
	require.NotNil(t, answer.Response.Allowed, "%s: %s", name, text)
	assert.Equal(t, "AdmissionReview", answer.Kind)
	assert.Equal(t, review["request"].(map[string]any)["uid"], answer.Response.UID)
	assert.Equal(t, decided.Allow, *answer.Response.Allowed, name)
}

func (s server) put(t *testing.T, path string, value any) {
	t.Helper()
	_, err := s.ask(t.Context(), http.MethodPut, path, value)
	require.NoError(t, err)
}

func (s server) ask(ctx context.Context, method, path string, body any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode question: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.address+path, bytes.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask OPA: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("read OPA's answer: %w", err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("ask OPA: %s %s: %s: %s", method, path, response.Status, answer)
	}
	return string(answer), nil
}
