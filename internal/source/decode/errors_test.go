package decode_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/decode"
)

func TestErrorsSayWhatAndWhere(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"a: b: c\n", "1:5: mapping values are not allowed here"},
		{"x: 1\na:\n  b\n  c: d\n", "4:4: mapping values are not allowed here"},
		{"x: 1\na: - b\n", "2:4: sequence items are not allowed here"},
		{"a: @b\n", "1:4: unexpected '@': quote the text"},
		{"a:\n\tb: c\n", "2:1: tab used for indentation"},
		{"a: |\n\tb\n", "2:1: tab used for indentation"},
		{"a: 1\nb\nc: 2\n", "2:1: expected ':' behind a key"},
		{"- one\ntwo", "2:1: expected ':' behind a key"},
		{"- one\n\ntwo\n", "3:1: expected ':' behind a key"},
		{"a:\n  b: 1\n c: 2\n", "3:2: expected a key: check the indentation"},
		{"a: 1\n  - b\n c: d\n", "3:3: mapping values are not allowed here"},
		{"- a\n- b\nc: d\n", "3:1: expected '-': check the indentation"},
		{"a: [b\nc: d\n", "2:1: expected ',' or a closing bracket"},
		{"a: ]\n", "1:1: expected a value"},
		{"%YAML 1.2\n---\na: b\n", "1:1: only %YAML 1.1 is supported"},
		{"a: !x!y b\n", "1:4: found undefined tag handle"},
		{"x: 1\na: \"b\nc: d\n", "2:4: quote is not closed"},
		{"a: 'b\n", "1:4: quote is not closed"},
		{"x: 1\na: \"b\\.c\"\n", "2:6: unknown escape in a double-quoted text"},
		{"a: \"\\ud800\"\n", "1:5: escape is no Unicode character"},
		{"host: *.example.com\n", "1:7: expected a name behind '*' or '&': quote the text if it is none"},
		{"a: b\x01c\n", "1:5: control character U+0001 is not allowed"},
		{"a: *none\n", "1:4: unknown anchor 'none' referenced"},
		{"a: &x\n  b: [*x]\n", "2:7: anchor 'x' value contains itself"},
		{"a: 1\n<<: [2]\n", "2:5: '<<' needs a mapping or a sequence of mappings"},
		{"a: 1\n? [b]\n: c\n", "2:3: a key must be a scalar"},
		{"a: 1\n~: c\n", "2:1: a key must be a text, a number or a boolean"},
		{"a: 1\nb: [.inf]\n", "2:5: number is not finite"},
		{"a: 1\nb: !!int x\n", "2:4: cannot decode !!str `x` as a !!int"},
		{"a: !!binary x\n", "1:4: !!binary value contains invalid base64 data"},
		{"a: \xff\n", "1:4: invalid UTF-8"},
		{"ü: \xff\n", "1:4: invalid UTF-8"},
		{"\xff\xfea\x00", "1:1: text is UTF-16, not UTF-8"},
		{"\x00\x00\xfe\xff", "1:1: text is UTF-32, not UTF-8"},
		{"{\"a\": 1,\n \"b\" 2}\n", "2:6: invalid character '2' after object key"},
		{"{\"a\": [1, 2\n", "1:12: unexpected end of JSON"},
		{"{\"a\": 1}\n{\"b\": tru}\n", "2:10: invalid character '}' in literal true (expecting 'e')"},
		{"{{ .Values.x }}\n", "1:2: a key must be a scalar"},
	} {
		for _, strict := range []bool{false, true} {
			_, errs := documents(t, tc.text, decode.Limits{Strict: strict})
			assert.Equal(t, []string{tc.want}, errs, "%q", tc.text)
		}
	}
}

func TestErrorsLeaveOtherDocuments(t *testing.T) {
	docs, errs := documents(t, "a: 1\n---\nb: [\n---\nc: 3\n---\nd: e: f\n", decode.Limits{})
	assert.Equal(t, []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"c": 3}`, 5, "c: 3\n"}}, docs)
	assert.Equal(t, []string{"3:1: expected a value", "7:5: mapping values are not allowed here"}, errs)
	docs, errs = documents(t, "{\"a\": 1}\n{\"b\" 2}\n---\n{\"c\": 3}\n", decode.Limits{})
	assert.Equal(t, []document{{`{"a": 1}`, 1, `{"a": 1}`}, {`{"c": 3}`, 4, `{"c": 3}`}}, docs)
	assert.Equal(t, []string{"2:6: invalid character '2' after object key"}, errs)
}

func laughs(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
	for i := 1; i < levels; i++ {
		name, below := "a"+string(rune('0'+i)), "*a"+string(rune('0'+i-1))
		b.WriteString(name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat(below+", ", 9), ", ") + "]\n")
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	const many = 200_000
	deep := "nested deeper than 500 levels"
	for name, tc := range map[string]struct {
		text string
		want string
	}{
		"flow sequences":          {"a: " + strings.Repeat("[", many), deep},
		"closed flow sequences":   {"a: " + strings.Repeat("[", many) + strings.Repeat("]", many), deep},
		"moderate flow sequences": {"a: " + strings.Repeat("[", 600) + strings.Repeat("]", 600), "1:503: " + deep},
		"flow mappings":           {"a: " + strings.Repeat("{a: ", many), deep},
		"json arrays":             {strings.Repeat("[", many), "1:501: " + deep},
		"json objects":            {strings.Repeat("{\"a\":", many), "1:2501: " + deep},
		"compact sequences":       {strings.Repeat("- ", many), deep},
		"moderate block":          {strings.Repeat("- ", 600), "1:1001: " + deep},
		"billion laughs":          {laughs(10), "2:10: aliases expand to an excessive document"},
		"quadratic blowup": {"a: &a " + strings.Repeat("x", 1<<16) + "\nb: [" + strings.Repeat("*a, ", 1<<12) + "]\n",
			"2:5: aliases expand to an excessive document"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				start := time.Now()
				docs, errs := decode.Documents([]byte(tc.text), decode.Limits{Strict: strict})
				assert.Empty(t, docs)
				require.Len(t, errs, 1)
				assert.Contains(t, errs[0].Error(), tc.want)
				assert.Less(t, time.Since(start), 10*time.Second)
			}
		})
	}
	_, errs := documents(t, "a: [[[1]]]\n", decode.Limits{Depth: 3})
	assert.Equal(t, []string{"1:6: nested deeper than 3 levels"}, errs)
	docs, errs := documents(t, "a: [[1]]\n", decode.Limits{Depth: 3})
	assert.Len(t, docs, 1)
	assert.Empty(t, errs)
	_, errs = documents(t, "a: 1\n", decode.Limits{Bytes: 4})
	assert.Equal(t, []string{"1:1: text is larger than 4 bytes"}, errs)
	docs, errs = documents(t, "a: 1\n---\nb: 2\n---\nc: 3\n", decode.Limits{Documents: 2})
	assert.Len(t, docs, 2)
	assert.Equal(t, []string{"5:1: more than 2 documents"}, errs)
	docs, errs = documents(t, "{} {}\n{} {}", decode.Limits{Documents: 3})
	assert.Len(t, docs, 3)
	assert.Equal(t, []string{"2:3: more than 3 documents"}, errs)
}
