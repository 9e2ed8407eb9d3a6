package decode_test

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/decode"
)

// TestRepeatedPartsAreShared reads documents that hold equal parts: from the third on they are the same value, at whatever
// place they stand and in whatever style they are written.
func TestRepeatedPartsAreShared(t *testing.T) {
	docs, errs := decode.Documents([]byte(strings.Join([]string{
		"name: first\nresources: {limits: {cpu: 1, memory: 1Gi}}\nargs: [serve, --port, 8080]\n",
		"name: second\nresources: {limits: {cpu: 1, memory: 1Gi}}\nargs: [serve, --port, 8080]\n",
		"name: third\nresources: {limits: {cpu: 1, memory: 1Gi}}\nargs: [serve, --port, 8080]\n",
		"name: fourth\nresources:\n  limits:\n    cpu: 1\n    memory: 1Gi\nargs:\n- serve\n- --port\n- 8080\n",
		"name: fifth\nother: {limits: {cpu: 1, memory: 1Gi}}\nmore: [serve, --port, 8080]\n",
		"name: sixth\nresources: {limits: {memory: 1Gi, cpu: 1}}\nargs: [serve, --port, 8081]\n",
	}, "---\n")), decode.Limits{})
	require.Empty(t, errs)
	require.Len(t, docs, 6)
	limits := func(doc int, key string) ast.Value { return part(t, docs[doc].Value, key, "limits") }
	assert.Same(t, limits(3, "resources"), limits(4, "other"))
	assert.Same(t, part(t, docs[3].Value, "args"), part(t, docs[4].Value, "more"))
	assert.Zero(t, limits(0, "resources").Compare(limits(5, "resources")), "the order of keys means nothing")
	assert.NotZero(t, part(t, docs[4].Value, "more").Compare(part(t, docs[5].Value, "args")))
	assert.Equal(t, `{"args": ["serve", "--port", 8080], "name": "fourth", "resources": {"limits": {"cpu": 1, "memory": "1Gi"}}}`,
		docs[3].Value.String())
}

// TestForgottenPartsAreReadAgain reads more different small parts than are kept.
func TestForgottenPartsAreReadAgain(t *testing.T) {
	words := make([]string, 40)
	for i := range words {
		words[i] = strings.Repeat("x", i%7+1) + string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	var text strings.Builder
	text.WriteString("words: [" + strings.Join(words, ", ") + "]\npairs:\n")
	for range 2 {
		for _, a := range words {
			for _, b := range words {
				text.WriteString("- [" + a + ", " + b + "]\n")
			}
		}
	}
	docs, errs := decode.Documents([]byte(text.String()), decode.Limits{})
	require.Empty(t, errs)
	require.Len(t, docs, 1)
	pairs := part(t, docs[0].Value, "pairs").(*ast.Array)
	require.Equal(t, 2*len(words)*len(words), pairs.Len())
	for i, a := range words {
		for j, b := range words {
			want := ast.NewArray(ast.StringTerm(a), ast.StringTerm(b))
			assert.Zero(t, pairs.Elem(i*len(words)+j).Value.Compare(want))
			assert.Zero(t, pairs.Elem((len(words)+i)*len(words)+j).Value.Compare(want))
		}
	}
}

func part(t *testing.T, value ast.Value, keys ...string) ast.Value {
	t.Helper()
	for _, key := range keys {
		term := value.(ast.Object).Get(ast.StringTerm(key))
		require.NotNil(t, term, key)
		value = term.Value
	}
	return value
}
