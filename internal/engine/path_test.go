package engine

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source"
)

func TestPathsAreReadAndWritten(t *testing.T) {
	cases := map[string]source.Path{
		"":                               nil,
		"spec":                           {"spec"},
		"$ref.a-b._c":                    {"$ref", "a-b", "_c"},
		"spec.containers[0].command[12]": {"spec", "containers", 0, "command", 12},
		`metadata.annotations["onelayer.dev/ignore"]`: {"metadata", "annotations", "onelayer.dev/ignore"},
		`spec.files["docker/start.sh"].script[1]`:     {"spec", "files", "docker/start.sh", "script", 1},
		`["a b"].c`:            {"a b", "c"},
		`[0][1]`:               {0, 1},
		`["0"]`:                {"0"},
		`[""]`:                 {""},
		`["a\"]b\\"].x`:        {`a"]b\`, "x"},
		"[\"\u00fc\"][\"9a\"]": {"ü", "9a"},
		`["\u003cb\u003e"]`:    {"<b>"},
	}
	for text, path := range cases {
		t.Run(text, func(t *testing.T) {
			got, err := ParsePath(text)
			require.NoError(t, err)
			assert.Equal(t, path, got)
			assert.Equal(t, text, RenderPath(path))
		})
	}
}

func TestTextThatIsNoPathIsRefused(t *testing.T) {
	for _, text := range []string{
		".", ".spec", "spec.", "spec..x", "spec[", "spec[]", "spec[x]", "spec[-1]", "spec[01]", "spec[1", "spec[1.5]",
		"spec[99999999999]", `spec["a]`, `spec["a"`, `spec["a\"]`, `spec["\q"]`, "spec x", "9a", "spec[0]x", "spec.9", "ü",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := ParsePath(text)
			assert.Error(t, err)
		})
	}
}

// rendered writes a path with the policies' own function.
func rendered(t testing.TB, p *program, path source.Path) string {
	segments := make([]*ast.Term, 0, len(path))
	for _, segment := range path {
		segments = append(segments, segmentTerm(segment))
	}
	function := ask("lib.onelayer.finding.path", varAnswer).Operand(0)
	call := ast.NewExpr([]*ast.Term{function, ast.ArrayTerm(segments...), ast.NewTerm(varAnswer)})
	data := newUnitData(ast.NewObject(), false, func() ast.Value { return ast.NewObject() })
	got, err := answer(context.Background(), p, call, data, nil, nil)
	require.NoError(t, err)
	text, ok := got.(ast.String)
	require.True(t, ok)
	return string(text)
}

func FuzzPathsOfPoliciesAreReadBack(f *testing.F) {
	lib := library(f, always("process/one", "[]", "/Service"))
	engine, err := New(lib, nil, Options{})
	require.NoError(f, err)
	p, err := engine.plan(map[string]bool{"/Service": true})
	require.NoError(f, err)
	needed := setOf(0)
	err = p.compile(lib, &needed, nil, &Options{})
	require.NoError(f, err)
	f.Add("spec", "containers", 0, "onelayer.dev/ignore")
	f.Add("", ".a", 7, "]\"\\")
	f.Add("0", "a.b", 1, "<&>\u2028\t")
	f.Fuzz(func(t *testing.T, a, b string, index int, c string) {
		if index < 0 || index > 999_999_999 || !utf8.ValidString(a+b+c) {
			t.Skip()
		}
		path := source.Path{a, b, index, c}
		text := rendered(t, p, path)
		got, err := ParsePath(text)
		require.NoError(t, err, text)
		assert.Equal(t, path, got)
		assert.Equal(t, text, RenderPath(path))
	})
}

func FuzzParsePath(f *testing.F) {
	f.Add(`spec.containers[0]["a b"]`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, text string) {
		path, err := ParsePath(text)
		if err != nil {
			return
		}
		again, err := ParsePath(RenderPath(path))
		require.NoError(t, err)
		assert.Equal(t, path, again)
		assert.Equal(t, len(path) == 0, strings.TrimSpace(text) == "" && text == "")
	})
}
