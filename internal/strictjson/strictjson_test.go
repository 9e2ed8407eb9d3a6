package strictjson

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/refusal"
)

type document struct {
	B []string       `json:"b"`
	A int            `json:"a"`
	C map[string]any `json:"c,omitempty"`
}

func TestMarshalSortsKeysAndAddsNothing(t *testing.T) {
	text, err := Marshal(document{A: 1, B: []string{"<x>"}, C: map[string]any{"z": true, "y": nil}})
	require.NoError(t, err)
	assert.Equal(t, `{"a":1,"b":["<x>"],"c":{"y":null,"z":true}}`, string(text))
	var back document
	require.NoError(t, Unmarshal("it", text, &back))
	assert.Equal(t, 1, back.A)
}

func TestUnmarshalRefuses(t *testing.T) {
	cases := []struct {
		name, text string
		reason     refusal.Reason
	}{
		{"nothing", ``, refusal.JSONSyntax},
		{"cut", `{"a":1,"b":`, refusal.JSONSyntax},
		{"no JSON", `a: 1`, refusal.JSONSyntax},
		{"a BOM", "\ufeff" + `{"a":1,"b":[]}`, refusal.JSONSyntax},
		{"a key twice", `{"a":1,"a":1,"b":[]}`, refusal.JSONDuplicateKey},
		{"a key twice, escaped", `{"a":1,"\u0061":1,"b":[]}`, refusal.JSONDuplicateKey},
		{"a key twice, deep", `{"a":1,"b":[],"c":{"x":{"k":1,"k":2}}}`, refusal.JSONDuplicateKey},
		{"a second document", `{"a":1,"b":[]}{}`, refusal.JSONTrailing},
		{"text behind", `{"a":1,"b":[]} x`, refusal.JSONTrailing},
		{"depth", `{"a":1,"b":[],"c":{"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}`, refusal.JSONDepth},
		{"an unknown field", `{"a":1,"b":[],"d":1}`, refusal.JSONShape},
		{"another type", `{"a":"1","b":[]}`, refusal.JSONShape},
		{"a number out of range", `{"a":1e999,"b":[]}`, refusal.JSONShape},
		{"a key of another case", `{"A":1,"b":[]}`, refusal.JSONNotCanonical},
		{"order", `{"b":[],"a":1}`, refusal.JSONNotCanonical},
		{"space", `{"a":1, "b":[]}`, refusal.JSONNotCanonical},
		{"a line end", `{"a":1,"b":[]}` + "\n", refusal.JSONNotCanonical},
		{"an escape", `{"a":1,"b":["\u0061"]}`, refusal.JSONNotCanonical},
		{"no UTF-8", `{"a":1,"b":["` + "\xff" + `"]}`, refusal.JSONNotCanonical},
		{"a missing field", `{"b":[]}`, refusal.JSONNotCanonical},
		{"null for a list", `{"a":1}`, refusal.JSONNotCanonical},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			var value document
			err := Unmarshal("it", []byte(test.text), &value)
			reason, _ := refusal.Of(err)
			assert.Equal(t, test.reason, reason, "%v", err)
			require.Error(t, err)
			assert.Less(t, len(err.Error()), 400)
		})
	}
}
