package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/source"
)

// vocabulary gives every word that the library compares something with: names of programs, options, images, fields.
func vocabulary(t *testing.T, lib *policy.Library) []string {
	t.Helper()
	var ids []string
	for _, rule := range lib.Rules() {
		ids = append(ids, rule.ID)
	}
	modules, err := lib.Modules(ids...)
	require.NoError(t, err)
	var words []string
	for _, module := range modules {
		ast.WalkTerms(module, func(term *ast.Term) bool {
			if word, ok := term.Value.(ast.String); ok && len(word) > 0 && len(word) < 30 && !strings.ContainsAny(string(word), "\n%") {
				words = append(words, string(word))
			}
			return false
		})
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// glue are words that make a command line of the others.
var glue = []string{"node", "server.js", "sh", "-c", "start", "run", "&&", "&", ";", "exec", "--", "pm2", "npm", "x/y:1", "while true; do", "done"}

// phrase makes a command line of a few words, as a list or as the text of a shell.
func phrase(random *rand.Rand, words []string) []string {
	var line []string
	for range 1 + random.IntN(5) {
		if random.IntN(3) == 0 {
			line = append(line, glue[random.IntN(len(glue))])
		} else {
			line = append(line, words[random.IntN(len(words))])
		}
	}
	if random.IntN(3) == 0 {
		return []string{"/bin/sh", "-c", strings.Join(line, " ")}
	}
	return line
}

// manifest makes a workload that says the words wherever a rule may read them.
func manifest(t *testing.T, random *rand.Rand, words []string, name int) string {
	t.Helper()
	pick := func() string { return words[random.IntN(len(words))] }
	container := map[string]any{"name": "app", "image": pick() + "/" + pick() + ":1"}
	for _, field := range []string{"command", "args"} {
		if random.IntN(3) > 0 {
			container[field] = phrase(random, words)
		}
	}
	if random.IntN(4) == 0 {
		container["lifecycle"] = map[string]any{"preStop": map[string]any{"exec": map[string]any{"command": phrase(random, words)}}}
	}
	if random.IntN(4) == 0 {
		container["livenessProbe"] = map[string]any{"exec": map[string]any{"command": phrase(random, words)}}
	}
	if random.IntN(3) == 0 {
		container["env"] = []any{map[string]any{"name": pick(), "value": pick()}, map[string]any{"name": "WEB_CONCURRENCY", "value": "4"}}
	}
	if random.IntN(3) == 0 {
		container["ports"] = []any{map[string]any{"name": pick(), "containerPort": 9615}}
	}
	pod := map[string]any{"containers": []any{container}}
	if random.IntN(3) == 0 {
		pod["restartPolicy"] = []string{"Always", "Never", "OnFailure"}[random.IntN(3)]
	}
	kind, version := "Deployment", "apps/v1"
	if random.IntN(4) == 0 {
		kind, version = "Job", "batch/v1"
	}
	text, err := json.MarshalIndent(map[string]any{
		"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": fmt.Sprintf("w%d", name)},
		"spec": map[string]any{"template": map[string]any{"spec": pod}},
	}, "", " ")
	require.NoError(t, err)
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(string(text), `\u0026`, "&"), `\u003c`, "<"), `\u003e`, ">")
}

// TestNeedlesOfTheLibraryHideNothing judges workloads made of every word that the library knows, with gating and without.
func TestNeedlesOfTheLibraryHideNothing(t *testing.T) {
	lib, err := policy.Load(repository)
	require.NoError(t, err)
	words := vocabulary(t, lib)
	require.Greater(t, len(words), 500)
	random := rand.New(rand.NewPCG(5, 6))
	var documents []*source.Document
	for i := range 600 {
		documents = append(documents, document(t, fmt.Sprintf("%d.yaml", i), 1, manifest(t, random, words, i)))
	}
	for i, word := range words {
		name := fmt.Sprintf("v%d", i)
		text, err := json.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name},
			"spec": map[string]any{"containers": []any{
				map[string]any{"name": "a", "image": "x", "command": []string{word, "start", "server.js"}},
				map[string]any{"name": "b", "image": "phusion/" + word, "command": []string{word}},
				map[string]any{"name": "c", "image": word, "args": []string{word, "run", "a", "b"}},
			}},
		})
		require.NoError(t, err)
		documents = append(documents, document(t, name+".yaml", 1, strings.ReplaceAll(string(text), `\u0026`, "&")))
	}
	open, err := New(lib, nil, Options{Verified: true})
	require.NoError(t, err)
	open.gating = false
	want, err := open.Run(t.Context(), tree(unit(documents...)))
	require.NoError(t, err)
	got := check(t, lib, "", Options{Verified: true}, tree(unit(documents...)))
	texts := map[string]string{}
	for _, doc := range documents {
		texts[doc.File] = string(doc.Raw)
	}
	hidden := map[string]string{}
	for i, found := range brief(want.Findings) {
		hidden[found] = texts[want.Findings[i].File]
	}
	for _, found := range brief(got.Findings) {
		delete(hidden, found)
	}
	assert.Empty(t, hidden, "no needle of the rule is in the document")
	raised := 0
	for _, found := range want.Findings {
		rule, _ := lib.Rule(found.ID)
		if needles := rule.RaisedBy[found.Severity]; len(needles) > 0 {
			raised++
			text := strings.ToLower(texts[found.File])
			assert.True(t, slices.ContainsFunc(needles, func(needle string) bool {
				return strings.Contains(text, parseNeedle(strings.TrimPrefix(needle, policy.Around)).literal)
			}), "nothing in the document raises %s to %s:\n%s", found.ID, found.Severity, text)
		}
	}
	assert.Greater(t, raised, 20)
	assert.Greater(t, len(want.Findings), 500)
}

// TestGateOfSupervisionKnowsEveryMark keeps the needles in METADATA, which cannot refer to a rule, in step with the marks that
// the rule itself looks for.
func TestGateOfSupervisionKnowsEveryMark(t *testing.T) {
	lib, err := policy.Load(repository)
	require.NoError(t, err)
	var needles []needle
	for _, gate := range lib.Gates() {
		if gate.Rule == "lib.onelayer.supervision.entries" {
			for _, written := range gate.Needles {
				require.True(t, usable(written), written)
				needles = append(needles, parseNeedle(written))
			}
		}
	}
	modules, err := lib.Modules("lib.onelayer.manager")
	require.NoError(t, err)
	marks := 0
	for _, module := range modules {
		for _, rule := range module.Rules {
			list, ok := rule.Head.Value.Value.(*ast.Array)
			if rule.Head.Name != "_marks" || !ok {
				continue
			}
			list.Foreach(func(term *ast.Term) {
				mark, _ := term.Value.(ast.String)
				marks++
				assert.True(t, slices.ContainsFunc(needles, func(n needle) bool {
					at := strings.Index(lowerASCII(string(mark)), n.literal)
					return at >= 0 && n.fits([]byte(mark), at+len(n.literal))
				}), "no needle stands in %q", mark)
			})
		}
	}
	assert.Greater(t, marks, 50)
}
