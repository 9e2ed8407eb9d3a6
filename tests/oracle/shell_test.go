package oracle

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"github.com/onelayer/onelayer/internal/policy"
)

// repository holds the library.
const repository = "../.."

// prepare compiles shared modules of the library, with all that they import, and prepares a query on them.
func prepare(tb testing.TB, query string, names ...string) rego.PreparedEvalQuery {
	tb.Helper()
	loaded, err := policy.Load(os.DirFS(repository))
	require.NoError(tb, err)
	packages := make([]string, len(names))
	for i, name := range names {
		packages[i] = "lib.onelayer." + name
	}
	modules, err := loaded.Modules(packages...)
	require.NoError(tb, err)
	options := []func(*rego.Rego){rego.Query(query)}
	for _, module := range modules {
		options = append(options, rego.ParsedModule(module))
	}
	prepared, err := rego.New(options...).PrepareForEval(context.Background())
	require.NoError(tb, err)
	return prepared
}

// read gives what the library reads, and whether it read all of it.
func read(tb testing.TB, prepared rego.PreparedEvalQuery, text string) ([]command, bool) {
	tb.Helper()
	lines := []*ast.Term{}
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, ast.StringTerm(line))
	}
	results, err := prepared.Eval(context.Background(), rego.EvalParsedInput(ast.NewArray(lines...)))
	require.NoError(tb, err, "text: %q", text)
	require.Len(tb, results, 1, "text: %q", text)
	result, ok := results[0].Expressions[0].Value.(map[string]any)
	require.True(tb, ok)
	var commands []command
	for _, entry := range list(result["commands"]) {
		commands = append(commands, answered(entry.(map[string]any)))
	}
	return commands, len(list(result["unknown"])) == 0
}

func answered(entry map[string]any) command {
	one := command{
		Before:       entry["before"].(string),
		Background:   entry["background"].(bool),
		Substitution: entry["substitution"].(bool),
		Function:     entry["function"].(string),
	}
	for _, text := range list(entry["words"]) {
		one.Words = append(one.Words, word{Value: text.(string)})
	}
	for _, at := range list(entry["symbolic"]) {
		index, _ := at.(interface{ Int64() (int64, error) }).Int64()
		one.Words[index].Open = true
	}
	for _, assignment := range list(entry["assignments"]) {
		one.Assigned = append(one.Assigned, assignment.(map[string]any)["name"].(string))
	}
	return one
}

func list(value any) []any {
	given, _ := value.([]any)
	return given
}

// parsed gives what the reference reads, and whether it is shell text at all.
func parsed(text string) ([]command, bool) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, false
	}
	var r reference
	r.statements(file.Stmts, place{})
	return r.commands, !r.odd
}

// comparable drops what is not compared: the texts of words with expansions, and let, which the reference reads as sums.
func comparable(commands []command) []command {
	var out []command
	for _, one := range commands {
		if len(one.Words) > 0 && one.Words[0].Value == "let" {
			continue
		}
		words := make([]word, len(one.Words))
		for i, given := range one.Words {
			words[i] = given
			if given.Open {
				words[i].Value = ""
			}
		}
		one.Words = words
		out = append(out, one)
	}
	return out
}

// misread matches what the reference reads unlike the shells: an escaped backquote inside a word begins another word, and
// a backslash at the end of a comment joins the next line to the command before.
var misread = regexp.MustCompile("[^ ]\\\\`|#.*\\\\\n")

// outside tells whether a text is none of the reader's business: not UTF-8, or with control characters.
func outside(text string) bool {
	return misread.MatchString(text) || !utf8.ValidString(text) || len(text) > 4000 || strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t'
	})
}

func FuzzShell(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	prepared := prepare(f, "data.lib.onelayer.shell.parse(input)", "shell")
	f.Fuzz(func(t *testing.T, text string) {
		if outside(text) {
			t.Skip()
		}
		got, whole := read(t, prepared, text)
		want, ok := parsed(text)
		if !ok || !whole {
			return
		}
		require.Equal(t, comparable(want), comparable(got), "text: %s", text)
	})
}

// TestShellUnknown holds the reader to answer: of the seeds that are shell text, few may stay unknown.
func TestShellUnknown(t *testing.T) {
	prepared := prepare(t, "data.lib.onelayer.shell.parse(input)", "shell")
	var unknown []string
	valid := 0
	for _, seed := range seeds(t) {
		if _, ok := parsed(seed); !ok || outside(seed) {
			continue
		}
		valid++
		if _, whole := read(t, prepared, seed); !whole {
			unknown = append(unknown, seed)
		}
	}
	const share = 0.08
	require.Greater(t, valid, 150)
	require.LessOrEqual(t, float64(len(unknown)), share*float64(valid), "unknown: %q", unknown)
	t.Logf("%d of %d seeds are unknown", len(unknown), valid)
}

// seeds are the texts of testdata/shell, parted by lines of four percent signs.
func seeds(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/shell/*.txt")
	require.NoError(tb, err)
	require.NotEmpty(tb, files)
	var texts []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(tb, err)
		texts = append(texts, strings.Split(string(content), "\n%%%%\n")...)
	}
	return texts
}
