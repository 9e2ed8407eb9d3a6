package dockerfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `# syntax=docker/dockerfile:1
# escape=\
ARG TAG=20
FROM --platform=$BUILDPLATFORM node:${TAG} AS build
ENV A=1 \
    # why
    B="two words"
RUN --mount=type=cache,target=/root npm ci \
 && npm run build
COPY --from=build --chown=node:node package.json ["a b", "c"] /app/

FROM node:20
COPY <<EOF <<'RAW' /app/
one $X
EOF
two
RAW
ONBUILD COPY --chown=1 . .
HEALTHCHECK --interval=5s CMD ["curl", "-f"]
healthcheck NONE
  # onelayer:ignore x
# another
ENTRYPOINT [ "tini" , \
  "--" ]
CMD  node server.js
`

func TestParseGivesBuildKitsValues(t *testing.T) {
	file, err := Parse([]byte(sample))
	require.NoError(t, err)
	type row struct {
		cmd, sub          string
		json              bool
		flags             []string
		value             []string
		heredocs          []Heredoc
		stage, from, to   int
		word              int
		line, column, end int
	}
	rows := []row{
		{cmd: "arg", value: []string{"TAG=20"}, from: 3, to: 3, word: 0, line: 3, column: 5, end: 11},
		{cmd: "from", flags: []string{"--platform=$BUILDPLATFORM"}, value: []string{"node:${TAG}", "AS", "build"},
			from: 4, to: 4, word: 2, line: 4, column: 47, end: 52},
		{cmd: "env", value: []string{"A", "1", "=", "B", `"two words"`, "="}, from: 5, to: 7, word: 4, line: 7, column: 7, end: 18},
		{cmd: "run", flags: []string{"--mount=type=cache,target=/root"}, value: []string{"npm ci  && npm run build"},
			from: 8, to: 9, word: 0, line: 8, column: 37},
		{cmd: "copy", flags: []string{"--from=build", "--chown=node:node"},
			value: []string{"package.json", `["a`, `b",`, `"c"]`, "/app/"}, from: 10, to: 10, word: 0, line: 10, column: 37, end: 49},
		{cmd: "from", value: []string{"node:20"}, stage: 1, from: 12, to: 12, word: 0, line: 12, column: 6, end: 13},
		{cmd: "copy", value: []string{"<<EOF", "<<'RAW'", "/app/"}, heredocs: []Heredoc{{"EOF", "one $X\n", true}, {"RAW", "two\n", false}},
			stage: 1, from: 13, to: 17, word: 2, line: 13, column: 20, end: 25},
		{cmd: "onbuild", sub: "copy", flags: []string{"--chown=1"}, value: []string{".", "."}, stage: 1,
			from: 18, to: 18, word: 1, line: 18, column: 26, end: 27},
		{cmd: "healthcheck", sub: "CMD", json: true, flags: []string{"--interval=5s"}, value: []string{"curl", "-f"}, stage: 1,
			from: 19, to: 19, word: 1, line: 19, column: 40, end: 44},
		{cmd: "healthcheck", sub: "NONE", value: []string{}, stage: 1, from: 20, to: 20, word: 0, line: 20, column: 1},
		{cmd: "entrypoint", json: true, value: []string{"tini", "--"}, stage: 1, from: 23, to: 24, word: 1, line: 24, column: 3, end: 7},
		{cmd: "cmd", value: []string{"node server.js"}, stage: 1, from: 25, to: 25, word: 0, line: 25, column: 6, end: 20},
	}
	require.Len(t, file.Instructions, len(rows))
	for i, want := range rows {
		got := file.Instructions[i]
		place := file.Word(i, want.word)
		assert.Equal(t, want, row{
			got.Cmd, got.Sub, got.JSON, nilIfEmpty(got.Flags), got.Value, got.Heredocs, got.Stage, got.From, got.To,
			want.word, place.Line, place.Column, place.EndColumn,
		}, "instruction %d", i)
	}
	assert.Equal(t, Place{Line: 16, Column: 1}, file.Heredoc(6, 1))
	assert.Empty(t, file.Last())
	assert.Equal(t, []Comment{
		{1, "syntax=docker/dockerfile:1", 1, 3},
		{2, `escape=\`, 2, 3},
		{6, "why", 5, 7},
		{21, "onelayer:ignore x", 21, 24},
		{22, "another", 22, 24},
	}, file.Comments)
}

func nilIfEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestParseKeepsInstructionsOfOtherFrontends(t *testing.T) {
	file, err := Parse([]byte("# syntax = devthefuture/dockerfile-x\nINCLUDE ./base.dockerfile\nFROM ./other#stage\nCMD [\"x\"]\nNONSENSE\n"))
	require.NoError(t, err)
	var cmds []string
	for _, in := range file.Instructions {
		cmds = append(cmds, in.Cmd)
	}
	assert.Equal(t, []string{"include", "from", "cmd", "nonsense"}, cmds)
	assert.Equal(t, []string{"./base.dockerfile"}, file.Instructions[0].Value)
	assert.Nil(t, file.Instructions[3].Value)
	assert.Equal(t, Place{2, 9, 26}, file.Word(0, 0))
}

func TestParseNamesTheLineOfAnError(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want SyntaxError
	}{
		"empty":       {"", SyntaxError{1, "file with no instructions"}},
		"comments":    {"# a\n# b\n", SyntaxError{2, "file with no instructions"}},
		"env":         {"FROM a\n\nENV X\n", SyntaxError{3, "ENV must have two arguments"}},
		"heredoc":     {"FROM a\nRUN <<EOF\nx\n", SyntaxError{2, "unterminated heredoc"}},
		"json":        {"FROM a\nCMD [1]\n", SyntaxError{2, "when using JSON array syntax, arrays must be comprised of strings only"}},
		"escape":      {"# escape=x\nFROM a\n", SyntaxError{1, "invalid escape token 'x' does not match ` or \\"}},
		"line length": {"FROM a\nRUN " + strings.Repeat("x", 70_000), SyntaxError{1, "line longer than 64 KiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			var got *SyntaxError
			require.ErrorAs(t, err, &got)
			assert.Equal(t, c.want, *got)
		})
	}
}

func TestEscapeDirectiveAndBOM(t *testing.T) {
	file, err := Parse([]byte("\ufeff# escape=`\r\nFROM windows`\r\n  core\r\nCMD [\"a\\\\b\", `\r\n\t\"ä\",  \"c\"]\r\n"))
	require.NoError(t, err)
	require.Len(t, file.Instructions, 2)
	assert.Equal(t, '`', file.Escape)
	assert.Equal(t, []string{`a\b`, "ä", "c"}, file.Instructions[1].Value)
	assert.Equal(t, Place{5, 2, 5}, file.Word(1, 1))
	assert.Equal(t, Place{5, 8, 11}, file.Word(1, 2))
	assert.Equal(t, Place{2, 1, 0}, file.Start(0))
}

func TestPlacesOutsideAreTheInstruction(t *testing.T) {
	file, err := Parse([]byte("\n  FROM a as B\n"))
	require.NoError(t, err)
	start := Place{Line: 2, Column: 3}
	assert.Equal(t, start, file.Word(0, 9))
	assert.Equal(t, start, file.Word(0, -1))
	assert.Equal(t, start, file.Heredoc(0, 0))
	assert.Equal(t, Place{1, 1, 0}, file.Word(7, 0))
	assert.Equal(t, Place{1, 1, 0}, file.Heredoc(-1, 0))
	assert.Equal(t, "b", file.Last())
}

func TestLooksLike(t *testing.T) {
	for text, want := range map[string]bool{
		"FROM node:20\n": true, "# c\n\narg A=1\nfrom --platform=x a as b\n": true,
		"FROM bob to alice": false, "select x\nFROM y": false, "": false, "ARG x": false,
	} {
		assert.Equal(t, want, LooksLike([]byte(text)), text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("FROM a\nENV A B\nENV A=\"\" B=\nLABEL a b=c\nHEALTHCHECK\nONBUILD ONBUILD CMD [\"x\"]\nRUN <<A <<-B\n\tx\nA\n\tB\n"))
	f.Add([]byte("FROM a\\\n\n\\\n b\nARG a \"b c\" d=\\\\\nCMD [\"\\u00e4\", \"\\\"\"]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse(text)
		if err != nil {
			var syntax *SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Positive(t, syntax.Line)
			return
		}
		for i, in := range file.Instructions {
			require.LessOrEqual(t, in.From, in.To)
			for j, word := range in.Value {
				checkWord(t, file, i, j, word)
			}
			for j := range in.Heredocs {
				require.LessOrEqual(t, file.Heredoc(i, j).Line, in.To)
			}
		}
	})
}

func checkWord(t *testing.T, file *File, i, j int, word string) {
	in, place := file.Instructions[i], file.Word(i, j)
	require.GreaterOrEqual(t, place.Line, in.From)
	require.LessOrEqual(t, place.Line, in.To)
	pairs := map[string]bool{"env": true, "label": true}
	if place.EndColumn == 0 || in.JSON || pairs[in.Cmd] || pairs[in.Sub] {
		return
	}
	line := []rune(strings.TrimPrefix(file.line(place.Line), "\ufeff"))
	require.Equal(t, []rune(word), line[place.Column-1:place.EndColumn-1])
}
