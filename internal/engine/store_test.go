package engine

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func testData(t *testing.T) *unitData {
	data := newUnitData(value(t, "{strict: true, waivers: [{rule: a/b}]}"), true, func() ast.Value {
		return value(t, "{cluster: {v1: {Namespace: {shop: {kind: Namespace}}}}}")
	})
	data.prepared = newPreparation([]string{"images"}, func(string) ast.Value { return ast.NewObject() })
	return data
}

func TestStoreReadsDocuments(t *testing.T) {
	cases := map[string]string{
		"/":                                   `{"inventory":{"cluster":{"v1":{"Namespace":{"shop":{"kind":"Namespace"}}}}},"lib":{"onelayer":{"config":{"strict":true,"waivers":[{"rule":"a/b"}]},"prepared":{"images":{}},"unit":{"whole":true}}}}`,
		"/inventory/cluster/v1":               `{"Namespace":{"shop":{"kind":"Namespace"}}}`,
		"/lib":                                `{"onelayer":{"config":{"strict":true,"waivers":[{"rule":"a/b"}]},"prepared":{"images":{}},"unit":{"whole":true}}}`,
		"/lib/onelayer/config/strict":         "true",
		"/lib/onelayer/config/waivers/0/rule": `"a/b"`,
		"/lib/onelayer/unit":                  `{"whole":true}`,
		"/lib/onelayer/prepared":              `{"images":{}}`,
		"/lib/onelayer/config/x":              "",
		"/lib/onelayer/config/strict/x":       "",
		"/lib/onelayer/config/waivers/1":      "",
		"/lib/onelayer/config/waivers/x":      "",
		"/lib/onelayer/other":                 "",
		"/conftest/file":                      "",
	}
	data := testData(t)
	txn, err := data.NewTransaction(t.Context())
	require.NoError(t, err)
	for path, want := range cases {
		t.Run(path, func(t *testing.T) {
			got, err := data.Read(t.Context(), txn, storage.MustParsePath(path))
			if want == "" {
				assert.True(t, storage.IsNotFound(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 0, ast.MustParseTerm(want).Value.Compare(got.(ast.Value)), "%v", got)
		})
	}
}

func TestStoreAnswersTheBaseCache(t *testing.T) {
	data := testData(t)
	cases := map[string]string{
		"data.lib.onelayer.config.strict":          "true",
		"data.lib.onelayer.config.waivers[0].rule": `"a/b"`,
		"data.inventory.cluster.v1.Namespace.shop": `{"kind":"Namespace"}`,
		"data.lib.onelayer.config.none":            "",
		"data.lib.onelayer.params":                 "",
		"data.lib":                                 "",
		"data":                                     "",
		"data.other":                               "",
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			ref := ast.MustParseRef("data")
			if text != "data" {
				ref = ast.MustParseRef(text)
			}
			got := data.Get(ref)
			if want == "" {
				assert.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			assert.Equal(t, 0, ast.MustParseTerm(want).Value.Compare(got))
		})
	}
}

func TestStoreWithoutPreparationHasNone(t *testing.T) {
	data := newUnitData(ast.NewObject(), false, func() ast.Value { return ast.NewObject() })
	_, err := data.Read(t.Context(), transaction{}, storage.MustParsePath("/lib/onelayer/prepared"))
	assert.True(t, storage.IsNotFound(err))
}

func TestStoreIsReadOnly(t *testing.T) {
	data := testData(t)
	assert.Error(t, data.Write(t.Context(), transaction{}, storage.AddOp, storage.Path{"x"}, 1))
	assert.Error(t, data.Truncate(t.Context(), transaction{}, storage.TransactionParams{}, nil))
	assert.NoError(t, data.Commit(t.Context(), transaction{}))
	data.Abort(t.Context(), transaction{})
}
