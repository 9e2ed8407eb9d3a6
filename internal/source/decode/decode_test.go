package decode_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/source/decode"
)

type document struct {
	Value string
	Line  int
	Raw   string
}

func documents(t *testing.T, text string, limits decode.Limits) ([]document, []string) {
	t.Helper()
	docs, errs := decode.Documents([]byte(text), limits)
	var got []document
	for _, d := range docs {
		assert.Equal(t, string(d.Raw), text[d.Offset:d.Offset+len(d.Raw)])
		got = append(got, document{Value: d.Value.String(), Line: d.Line, Raw: string(d.Raw)})
	}
	var messages []string
	for _, err := range errs {
		messages = append(messages, err.Error())
	}
	return got, messages
}

func TestDocumentsSplitsStreams(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []document
	}{
		"empty":                  {"", nil},
		"comments only":          {"# nothing\n---\n# nothing\n", nil},
		"one":                    {"a: 1\n", []document{{`{"a": 1}`, 1, "a: 1\n"}}},
		"two":                    {"a: 1\n---\nb: 2\n", []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"b": 2}`, 3, "b: 2\n"}}},
		"leading marker":         {"---\na: 1\n", []document{{`{"a": 1}`, 2, "a: 1\n"}}},
		"empty between":          {"a: 1\n---\n# no\n---\n---\nb: 2", []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"b": 2}`, 6, "b: 2"}}},
		"comment on marker":      {"--- # x\na: 1\n", []document{{`{"a": 1}`, 1, "--- # x\na: 1\n"}}},
		"comment glued":          {"---# x\na: 1\n", []document{{`{"a": 1}`, 2, "a: 1\n"}}},
		"comment before marker":  {"# x\n---\na: 1\n", []document{{`{"a": 1}`, 1, "# x\n---\na: 1\n"}}},
		"content on marker":      {"a: 1\n--- {b: 2}\n", []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"b": 2}`, 2, "--- {b: 2}\n"}}},
		"end marker":             {"a: 1\n...\n---\nb: 2\n", []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"b": 2}`, 4, "b: 2\n"}}},
		"bare after end marker":  {"a: 1\n...\nb: 2\n", []document{{`{"a": 1}`, 1, "a: 1\n"}, {`{"b": 2}`, 3, "b: 2\n"}}},
		"directive":              {"%YAML 1.1\n---\na: y\n", []document{{`{"a": true}`, 1, "%YAML 1.1\n---\na: y\n"}}},
		"byte order mark":        {"\uFEFFa: 1\n", []document{{`{"a": 1}`, 1, "a: 1\n"}}},
		"carriage returns":       {"a: 1\r\n---\r\nb:\r\n- x\r\n", []document{{`{"a": 1}`, 1, "a: 1\r\n"}, {`{"b": ["x"]}`, 3, "b:\r\n- x\r\n"}}},
		"marker in block scalar": {"a: |\n  x\n---\nb: 2\n", []document{{`{"a": "x\n"}`, 1, "a: |\n  x\n"}, {`{"b": 2}`, 4, "b: 2\n"}}},
		"dashes in block scalar": {"a: |\n  ---\n  x\n", []document{{`{"a": "---\nx\n"}`, 1, "a: |\n  ---\n  x\n"}}},
		"four dashes":            {"----\n", []document{{`"----"`, 1, "----\n"}}},
		"json values":            {"{\"a\": 1}\n\n{\"b\": 2} [3]", []document{{`{"a": 1}`, 1, `{"a": 1}`}, {`{"b": 2}`, 3, `{"b": 2}`}, {`[3]`, 3, `[3]`}}},
		"json after marker":      {"---\n{\"a\": 1}\n---\n{\"b\": 2}\n", []document{{`{"a": 1}`, 2, `{"a": 1}`}, {`{"b": 2}`, 4, `{"b": 2}`}}},
		"json with comment":      {"{\"a\": 1}\n# end\n", []document{{`{"a": 1}`, 1, `{"a": 1}`}}},
		"flow style":             {"{a: 1}\n", []document{{`{"a": 1}`, 1, "{a: 1}\n"}}},
		"trailing comma":         {"{\"a\": [1,],}\n", []document{{`{"a": [1]}`, 1, "{\"a\": [1,],}\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				got, errs := documents(t, tc.text, decode.Limits{Strict: strict})
				assert.Empty(t, errs)
				assert.Equal(t, tc.want, got)
			}
		})
	}
}
