package decode

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// seeds are texts that differ in how they may be misread. Those marked are beyond the subset.
var seeds = []string{
	"a: 1\n", "a: 1", "a:\n", "a:", "a: \n\n", "- a\n- b\n", "-\n-\n", "- - a\n  - b\n- c\n", "-   a: 1\n    b: 2\n",
	"a:\n- b\n- c\nd: e\n", "a:\n  - b\n  -\n    c: d\n", "a:\n  b:\n    c: d\n  e: f\ng: h\n",
	"a: b: c\n", "a: b:\n", "a: - b\n", "a:b\n", "a : b\n", "'a' : b\n", "\"a\": b\n", "\"a\":b\n", "a: 'it''s'\n",
	"a: \"x\\ty\\\"z\\u00e9\"\n", "a: \"x\\\n  y\"\n", "a: \"x\n  y\"\n", "a: 'x\n\n  y'\n", "a: \"\\/\"\n", "a: ''\n",
	"a: \"x  \n  y\t \n\n z \\t  \n\"\n", "a: \"x \\\n  \\ y\\\n\n  z\"\n", "a: 'x  \n\n\n  y\n'\nb: c\n", "\"a\n b\": c\n", "a: \"b\n c\" #d\n",
	"a: \"\\u12\"\n", "a: \"\\ud83d\"\n", "a: \"\\u+123\"\n", "a: \"\\u1_23\"\n", "a: [\"b\n  c\", 'd\n e']\n", "a: {\"b\n c\": d}\n", "a: \"b\n", "a: \"\\n",
	"a: 'b' c\n", "a: 'b'#c\n", "a: 'b' #c\n", "a: b #c\n", "a: b#c\n", "a: #c\n", "a: # c\n  b\n", "#c\na: b\n",
	"a: one\n  two\n  three\n", "a: one\n\n\n  two\n", "a: one\n  # no\n  two\n", "a: one # no\n  two\n",
	"a: one\n  two: three\n", "a: one\n  - two\n", "a:\n  one\n  two\n", "a:\n  one\n two\n", "- one\n  two\n", "- one\ntwo\n",
	"a:\n  one:two\n  'three'\n", "a: one  \n  two  \n", "a: one\ttwo\n", "a: one\n\ttwo\n", "\ta: b\n", "a:\tb\n", "a: b\t\n",
	"a: |\n  x\n  y\n", "a: |\n  x\n\n   y\n\n\nb: c\n", "a: |-\n  x\n\n", "a: |+\n  x\n\n\nb: c\n", "a: |+\n\n\nb: c\n",
	"a: |\n    \n  x\n", "a: |\n\n  x\n", "a: |\n   x\n  y\n", "a: |2\n    x\n", "a: |2-\n    x\n", "a: |\nb: c\n", "a: |",
	"a: |\n  x", "a: |-\n  x\n ", "a: |\n  x\n  ", "a: |\n  x\n   ", "a: | # c\n  x\n", "a: |#c\n  x\n", "a: | x\n", "- |\n x\n- y\n",
	"a: |\n  x\n # c\n  y\n", "a: |\n  x\n# c\nb: d\n", "a: |\n  \tx\n", "a: |\n\tx\n", "a: |\n  x\n\ty\n",
	"a: >\n  x\n  y\n\n  z\n", "a: >-\n  x\n   y\n  z\n", "a: >+\n  x\n\n\n", "a: >\n\n  x\n\n\n  y\n   z\n\n   w\n  v\n",
	"a: >\n  \tx\n  y\n", "a: >-\n  x\n\n", "a: >\n   x\n\n    y\n\n   z\n", "a: >\n",
	"a: [b, c]\n", "a: [ ]\n", "a: {}\n", "a: { b: c, d: e }\n", "a: [b c, -1, --x, - y]\n", "a: [a:b, http://x/y]\n",
	"a: {\"b\":1, 'c': 2}\n", "a: {b:1}\n", "a: {b: }\n", "a: {b}\n", "a: [b,]\n", "a: [,]\n", "a: [b: c]\n", "a: [b, # c\n d]\n",
	"a: [b,\n  c,\n\n  d\n]\n", "a: [b\n c]\n", "a: {b: c,\nd: e}\n", "a: [b]c\n", "a: [b] c\n", "a: [b] #c\n", "a: [b]: c\n",
	"a: [\"b\", 'c''d', {e: [f]}]\n", "a: [?b]\n", "a: [b#c]\n", "a: [b #c]\n", "[a, b]\n", "{a: b}\n", "{a: b}\nc: d\n", "[a]\n]\n",
	"a: [-]\n", "a: [-1]\n", "a: [---]\n", "a: {- b: c}\n", "a: [~, null, yes, 0x1f, .5, 1_0]\n", "{a: 1, a: 2}\n", "{<<: {a: 1}}\n",
	"a: 1\na: 2\n", "a: {b: 1}\nb: 2\na: 3\n", "<<: {a: 1}\n", "'<<': 1\n", "y: 1\nyes: 2\n", "1: a\n", "1.5: a\n", "~: a\n", ": a\n",
	"? a\n: b\n", "?a: b\n", "a: ?b\n", "a: :b\n", "a: &x 1\nb: *x\n", "a: !!str 1\n", "a: !x b\n", "a: %b\n", "a: @b\n", "a: `b\n",
	"a: yes\nb: No\nc: on\nd: OFF\ne: y\nf: N\ng: True\nh: FALSE\ni: ~\nj: Null\nk: nul\n",
	"a: 0\nb: -0\nc: +1\nd: 01\ne: 0o17\nf: 0x1F\ng: 0b11\nh: 1_000\ni: 1e3\nj: 1.0\nk: .5\nl: 5.\nm: -.5\nn: 1.5e-7\no: 1e21\n",
	"a: 9223372036854775807\nb: 9223372036854775808\nc: 18446744073709551615\nd: 18446744073709551616\ne: -9223372036854775809\n",
	"a: 1e400\nb: .inf\n", "a: .nan\n", "a: -.Inf\n", "a: +.inf\n", "a: 0b-1\nb: -0b1\nc: 0x\nd: 08\ne: 0_8\nf: 1__0\ng: _1\nh: 0b102\n",
	"a: 2001-01-01\nb: 2001-1-1t1:2:3Z\nc: 2001-01-01 1:2:3\nd: 2001\ne: 20010101\nf: 10:20\ng: 1.2.3\nh: 10m\ni: 1Gi\n",
	"a: 1.7976931348623159e308\nb: 5e-324\nc: 123456789012345678901234567890\nd: 0.1\ne: 100000.0\nf: 1E5\ng: 1e-7\n",
	"a: -\n", "a: -b\n", "a: --b\n", "a: - \n", "- -1\n", "--- a\n", "---\n- a\n", "--- # c\na: b\n", "%YAML 1.1\n---\na: b\n", "%YAML 1.2\n---\na: b\n",
	"a\n", "'a'\n", "1\n", "|\n a\n", "é: ü\n", "a: \u0085b\n", "a: b\u2028c\n", "\uFEFFa: b\n", "a: \uFEFFb\n", "a: \x7f\n", "a: \x00\n", "a: b\r\nc: d\r\n",
	"a: b\rc: d\n", "a: \u00a0b\n", " a: b\n", "  a: b\n c: d\n", "a: b\n  c: d\n", "a:\n    b: c\n  d: e\n", "a:\n  - b\n c: d\n",
	"- a\n - b\n", "- a: b\n  c: d\n-  e: f\n   g: h\n", "- a: b\n c: d\n", "- - - a\n", "- a\nb: c\n", "a: b\n- c\n", "a:\n- b\n  c\n", "a:\n- b\n c\n",
	"a: " + strings.Repeat("x", 2000) + "\n", strings.Repeat("x", 2000) + ": a\n", "\"" + strings.Repeat("x", 1100) + "\": a\n",
	"a: b\n...\n", "a: b\n...\nc: d\n", "a: b\n---\nc: d\n---\n", "a: |\n  b\n---\nc: d\n", "a: 'b\n---\nc'\n",
	"{\"a\": 1.0, \"b\": [1e3, -0, 12345678901234567890]}", "{\"a\": \"\\u00e9\\n\"}\n{\"b\": 2}\n", "{\"a\": 1,}\n", "{\"a\" 1}\n", "[1, 2\n",
	"{{ .Values.x }}\n", "a: {{ .Values.x }}\n", "{{- if x }}\na: b\n{{- end }}\n", "a: b\n\n# end", "a:   \n  b:   \n", "a: b   # c\n", "a: 'b\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations:\n    note: 'a: b'\ndata:\n  x.json: |-\n    {\n      \"a\": 1\n    }\n  y: \"1\"\n",
	"a: &x [*x]\n", "a: &x\n  <<: *x\n", "a: *none\n", "a: &x {b: 1}\nc:\n  <<: [*x, {d: 2}]\n", "<<: 1\n", "? [a]\n: b\n", "a: !!int x\n", "a: !!binary ==\n",
}

// native is what sigs.k8s.io/yaml and OPA make of a document.
func native(raw []byte) (ast.Value, error) {
	var x any
	useNumber := func(d *json.Decoder) *json.Decoder {
		d.UseNumber()
		return d
	}
	if err := yaml.Unmarshal(raw, &x, useNumber); err != nil {
		return nil, err
	}
	return ast.InterfaceToValue(x)
}

// agree checks one text against the authority.
func agree(t *testing.T, text []byte) {
	t.Helper()
	split := newSplitter(text)
	for split.next() {
		raw := split.chunk.raw
		if value, ok := decodeSubset(raw, DefaultDepth); ok {
			want, err := native(raw)
			require.NoError(t, err, "accepted %q", raw)
			require.Equal(t, want.String(), value.String(), "%q", raw)
			require.Zero(t, want.Compare(value), "%q", raw)
		}
	}
	docs, errs := Documents(text, Limits{})
	strict, strictErrs := Documents(text, Limits{Strict: true})
	require.Equal(t, len(strict), len(docs), "%q", text)
	require.Equal(t, strictErrs, errs, "%q", text)
	lines := strings.Count(string(text), "\n") + 1
	for _, err := range errs {
		require.True(t, err.Line >= 1 && err.Line <= lines && err.Column >= 1 && err.Msg != "", "%q: %v", text, err)
	}
	for i, d := range docs {
		require.Equal(t, strict[i].Raw, d.Raw)
		if want, err := native(d.Raw); !d.JSON || err == nil && json.Valid(d.Raw) && isSimple(d.Raw) {
			require.NoError(t, err, "%q", d.Raw)
			require.Equal(t, want.String(), d.Value.String(), "%q", d.Raw)
		}
		p := d.Positions()
		line, column, _ := p.Locate(nil)
		first, last := p.Range(nil)
		require.True(t, line >= d.Line && line <= lines && column >= 1 && first <= last && last <= lines, "%q", d.Raw)
		d.Comments()
	}
}

// isSimple tells whether JSON and YAML must read a JSON text alike: YAML folds unusual line breaks, and takes numbers
// beyond all floats for strings.
func isSimple(raw []byte) bool {
	for _, c := range raw {
		if c >= 0x7F {
			return false
		}
	}
	return !strings.ContainsAny(string(raw), "eE")
}

func TestSubsetAgreesWithAuthority(t *testing.T) {
	for _, seed := range seeds {
		agree(t, []byte(seed))
		agree(t, []byte(strings.TrimSuffix(seed, "\n")))
		agree(t, []byte("# c\n---\nx:\n- y:\n    "+strings.ReplaceAll(seed, "\n", "\n    ")))
		agree(t, []byte("x:\n- "+strings.ReplaceAll(seed, "\n", "\n  ")+"\n- z"))
		agree(t, []byte(strings.ReplaceAll(seed, "\n", "\r\n")))
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		agree(t, text)
	})
}

func TestSubsetReadsCommonManifests(t *testing.T) {
	for _, text := range []string{
		"a: 1\nb:\n- c: x\n  d: [\"e\", 'f', g-h, i:1]\n  args: [--x, -y]\n- null\n",
		"# c\n---\na: >-\n  x\n  y\nb: |\n  #!/bin/sh\n  \techo\n\nc: one\n  two\n\n  three\nd: 0.5\ne: 10m\nf: {}\n",
		"\"a\": {b: {\"c\": [\n  1,\n  2\n]}}\n'd': \"x\\ny\"\n",
	} {
		_, ok := decodeSubset([]byte(text), DefaultDepth)
		assert.True(t, ok, "%s", text)
	}
}

// TestSubsetAgreesOnRandomTexts puts texts together from what matters to a reader of YAML.
func TestSubsetAgreesOnRandomTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds() {
		var b strings.Builder
		for range 1 + random.IntN(24) {
			b.WriteString(fragments[random.IntN(len(fragments))])
		}
		agree(t, []byte(b.String()))
	}
}

// rounds is the number of random texts: more where a run may take its time.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("ONELAYER_DECODE_ROUNDS")); err == nil {
		return n
	}
	return 20_000
}

var fragments = []string{
	"a", "b", "a: ", "b:", "\"a\": ", "'b':", "\n", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n\n", "\n \n", " ", "  ", "- ", "-", "\n- ", "\n  - ",
	"\na: ", "\nb:", "\n  a: ", "\n  b:", "\n    a: ", "|", "|-\n", "|+\n", ">\n", ">-", ">+", "|\n  ", ">\n   ", "\n   x", "#", " # c", "\n# c", "\n  # c",
	"[", "]", "{", "}", ",", ", ", ":", "?", "'", "''", "\"", "\\\"", "\\n", "\\\n", "x y", "1", "-1", "1.5", "0x1f", "~", "yes", "null", ".5", "\t",
	"[a, b]", "{a: b}", "{\"a\":b}", "&a ", "*a", "!!str ", "<<: ", "---\n", "...\n", "é", "%",
}
