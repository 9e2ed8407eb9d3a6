package bundle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/refusal"
)

func content(t *testing.T, target bundle.Target) bundle.Content {
	t.Helper()
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	revision, err := bundle.LibraryRevision(library)
	require.NoError(t, err)
	c := bundle.Content{Name: "onelayer", Target: target, Library: revision}
	c.Files, c.Roots, err = bundle.Rego(library, target)
	require.NoError(t, err)
	return c
}

func packed(t *testing.T, c bundle.Content) []byte {
	t.Helper()
	archive, err := bundle.Pack(c)
	require.NoError(t, err)
	text, err := archive.Bytes()
	require.NoError(t, err)
	return text
}

func TestPackIsReproducible(t *testing.T) {
	for _, target := range []bundle.Target{bundle.OPA, bundle.Conftest} {
		c := content(t, target)
		first := packed(t, c)
		for i, j := 0, len(c.Files)-1; i < j; i, j = i+1, j-1 {
			c.Files[i], c.Files[j] = c.Files[j], c.Files[i]
		}
		assert.Equal(t, first, packed(t, c), "the order of files given does not matter")
		c.Modified = time.Unix(1_700_000_000, 0)
		later := packed(t, c)
		assert.NotEqual(t, first, later)
		a, err := bundle.Read(first, bundle.DefaultLimits())
		require.NoError(t, err)
		b, err := bundle.Read(later, bundle.DefaultLimits())
		require.NoError(t, err)
		assert.Equal(t, a.Manifest.Revision, b.Manifest.Revision, "the revision is about the content")
		assert.EqualValues(t, 1_700_000_000, b.Modified)
	}
}

func TestRevisionFollowsContent(t *testing.T) {
	c := content(t, bundle.OPA)
	before, err := bundle.Pack(c)
	require.NoError(t, err)
	changed := map[string]func(*bundle.Content){
		"text":   func(c *bundle.Content) { c.Files[0].Data = append(bytes.Clone(c.Files[0].Data), '\n') },
		"name":   func(c *bundle.Content) { c.Files[0].Name = "bundles/opa/other.rego" },
		"less":   func(c *bundle.Content) { c.Files = c.Files[1:] },
		"roots":  func(c *bundle.Content) { c.Roots = append(c.Roots, "other") },
		"owner":  func(c *bundle.Content) { c.Name = "another" },
		"config": func(c *bundle.Content) { require.NoError(t, c.Config(map[string]any{"mesh": map[string]any{}})) },
	}
	for name, change := range changed {
		c := content(t, bundle.OPA)
		change(&c)
		after, err := bundle.Pack(c)
		require.NoError(t, err, name)
		assert.NotEqual(t, before.Manifest.Revision, after.Manifest.Revision, name)
	}
}

func TestReadGivesWhatWasPacked(t *testing.T) {
	c := content(t, bundle.OPA)
	archive, err := bundle.Pack(c)
	require.NoError(t, err)
	for _, signatures := range [][]byte{nil, []byte("{}"), bytes.Repeat([]byte("long "), 40_000)} {
		text, err := archive.WithSignatures(signatures).Bytes()
		require.NoError(t, err)
		read, err := bundle.Read(text, bundle.DefaultLimits())
		require.NoError(t, err)
		assert.Equal(t, archive.Manifest, read.Manifest)
		assert.Equal(t, archive.Files, read.Files)
		assert.Equal(t, signatures, read.Signatures)
		assert.Equal(t, archive.BodyDigest(), read.BodyDigest(), "signatures do not change what they sign")
		require.NoError(t, read.CheckFiles(nil))
		again, err := read.Bytes()
		require.NoError(t, err)
		assert.Equal(t, text, again)
	}
}

// TestCheckFilesBefore parses what changed since a bundle that was checked, and nothing else.
func TestCheckFilesBefore(t *testing.T) {
	pack := func(roots []string, texts ...string) *bundle.Archive {
		c := bundle.Content{Name: "onelayer", Target: bundle.OPA, Library: "x", Roots: roots}
		for i, text := range texts {
			c.Files = append(c.Files, bundle.File{Name: fmt.Sprintf("lib/%d.rego", i), Data: []byte(text)})
		}
		archive, err := bundle.Pack(c)
		require.NoError(t, err)
		return archive
	}
	root := []string{"lib/onelayer"}
	const good, other, broken = "package lib.onelayer.a\n", "package lib.onelayer.b\n", "package lib.onelayer.c\n\nx :=\n"
	for name, test := range map[string]struct {
		archive, before *bundle.Archive
		refused         string
	}{
		"nothing before":         {pack(root, good, broken), nil, "lib/1.rego:4: unexpected eof token: get it"},
		"the first one":          {pack(root, good, broken, good, broken), nil, "lib/1.rego:4: unexpected eof token: get it"},
		"a module that changed":  {pack(root, good, broken), pack(root, good, other), "lib/1.rego:4: unexpected eof token: get it"},
		"a module that is new":   {pack(root, good, broken), pack(root, good), "lib/1.rego:4: unexpected eof token: get it"},
		"a module that moved":    {pack(root, broken), pack(root, good, broken), "lib/0.rego:4: unexpected eof token: get it"},
		"other roots":            {pack([]string{"lib/other"}, good), pack(root, good), "lib/0.rego: package lib.onelayer.a lies in none of the roots"},
		"nothing that changed":   {pack(root, good, other), pack(root, good, other), ""},
		"what need not be known": {pack(root, broken), pack(root, broken), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.archive.CheckFiles(test.before)
			if test.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.refused)
		})
	}
}

// TestBundleHoldsNoMoreThanNeeded keeps out tests, the map's claims and the entries of other engines.
func TestBundleHoldsNoMoreThanNeeded(t *testing.T) {
	for target, entry := range map[bundle.Target]string{bundle.OPA: "bundles/opa/onelayer.rego", bundle.Conftest: "bundles/conftest/main.rego"} {
		c := content(t, target)
		var names []string
		for _, file := range c.Files {
			names = append(names, file.Name)
			assert.NotContains(t, file.Name, "_test.rego")
			assert.False(t, strings.HasPrefix(file.Name, "lib/claims/"), file.Name)
			assert.False(t, strings.HasPrefix(file.Name, "bundles/") && !strings.HasPrefix(file.Name, "bundles/"+string(target)), file.Name)
		}
		assert.Contains(t, names, entry)
		assert.Contains(t, names, "policies/process/manager_entrypoint/manager_entrypoint.rego")
		assert.NotContains(t, c.Roots, "lib/onelayer")
		assert.Contains(t, c.Roots, "lib/onelayer/resource")
		assert.NotContains(t, c.Roots, "lib/onelayer/config", "the configuration stays free for the fleet")
	}
}

// TestOPADecides gives the bundle to OPA's own reader, activates it and asks for a decision.
func TestOPADecides(t *testing.T) {
	c := content(t, bundle.OPA)
	require.NoError(t, c.Config(map[string]any{"rules": map[string]any{"resilience/missing-probe": map[string]any{"enabled": false}}}))
	archive, err := bundle.Pack(c)
	require.NoError(t, err)
	text, err := archive.Bytes()
	require.NoError(t, err)
	read, err := opabundle.NewReader(bytes.NewReader(text)).WithProcessAnnotations(true).Read()
	require.NoError(t, err)
	store, compiler := inmem.New(), ast.NewCompiler()
	ctx := context.Background()
	require.NoError(t, storage.Txn(ctx, store, storage.WriteParams, func(txn storage.Transaction) error {
		return opabundle.Activate(&opabundle.ActivateOpts{
			Ctx: ctx, Store: store, Txn: txn, Compiler: compiler, Metrics: metrics.New(),
			Bundles: map[string]*opabundle.Bundle{"onelayer": &read}, ParserOptions: ast.ParserOptions{RegoVersion: ast.RegoV1},
		})
	}))
	var input any
	require.NoError(t, json.Unmarshal([]byte(`{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
		"spec": {"containers": [{"name": "app", "image": "x", "command": ["pm2-runtime", "app.js"]}]}}`), &input))
	results, err := rego.New(rego.Query("data.onelayer.decision"), rego.Compiler(compiler), rego.Store(store), rego.Input(input)).Eval(ctx)
	require.NoError(t, err)
	decision := results[0].Expressions[0].Value.(map[string]any)
	assert.Equal(t, false, decision["allow"])
	assert.Equal(t, archive.Manifest.Metadata.Library, decision["revision"])
	var ids []any
	for _, found := range decision["findings"].([]any) {
		ids = append(ids, found.(map[string]any)["id"])
	}
	assert.Contains(t, ids, "process/manager-entrypoint")
	assert.NotContains(t, ids, "resilience/missing-probe")
}

func TestPackRefuses(t *testing.T) {
	cases := map[string]struct {
		reason refusal.Reason
		change func(*bundle.Content)
	}{
		"no name":            {refusal.Manifest, func(c *bundle.Content) { c.Name = "" }},
		"name with a slash":  {refusal.Manifest, func(c *bundle.Content) { c.Name = "a/b" }},
		"unknown target":     {refusal.Manifest, func(c *bundle.Content) { c.Target = "helm" }},
		"no files":           {refusal.Empty, func(c *bundle.Content) { c.Files = nil }},
		"no roots":           {refusal.Roots, func(c *bundle.Content) { c.Roots = nil }},
		"root of everything": {refusal.Roots, func(c *bundle.Content) { c.Roots = []string{""} }},
		"nested roots":       {refusal.Roots, func(c *bundle.Content) { c.Roots = append(c.Roots, "lib") }},
		"test":               {refusal.FileKind, func(c *bundle.Content) { c.Files[0].Name = "lib/a_test.rego" }},
		"data":               {refusal.FileKind, func(c *bundle.Content) { c.Files[0].Name = "lib/data.json" }},
		"delta":              {refusal.FileKind, func(c *bundle.Content) { c.Files[0].Name = "patch.json" }},
		"second manifest":    {refusal.FileKind, func(c *bundle.Content) { c.Files[0].Name = "lib/foo.manifest" }},
		"same name":          {refusal.DuplicateEntry, func(c *bundle.Content) { c.Files[0].Name = c.Files[1].Name }},
		"name by case":       {refusal.DuplicateEntry, func(c *bundle.Content) { c.Files[0].Name = strings.ToUpper(c.Files[1].Name) }},
		"file as folder":     {refusal.DuplicateEntry, func(c *bundle.Content) { c.Files[0].Name = c.Files[1].Name + "/x.rego" }},
		"parent folder":      {refusal.EntryName, func(c *bundle.Content) { c.Files[0].Name = "../x.rego" }},
		"device of Windows":  {refusal.EntryName, func(c *bundle.Content) { c.Files[0].Name = "lib/nul.rego" }},
		"too large":          {refusal.TooLarge, func(c *bundle.Content) { c.Files[0].Data = make([]byte, 3<<20) }},
		"too many":           {refusal.TooMany, func(c *bundle.Content) { c.Files = make([]bundle.File, 5000) }},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := content(t, bundle.OPA)
			test.change(&c)
			_, err := bundle.Pack(c)
			reason, _ := refusal.Of(err)
			assert.Equal(t, test.reason, reason, "%v", err)
		})
	}
}

func TestSBOM(t *testing.T) {
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	archive, err := bundle.Pack(content(t, bundle.OPA))
	require.NoError(t, err)
	text, err := archive.SBOM(library, "v1.2.3", time.Unix(1_700_000_000, 0))
	require.NoError(t, err)
	again, err := archive.WithSignatures([]byte("{}")).SBOM(library, "v1.2.3", time.Unix(1_700_000_000, 0))
	require.NoError(t, err)
	assert.Equal(t, text, again)
	var bom struct {
		BOMFormat    string
		SerialNumber string
		Metadata     struct{ Timestamp string }
		Components   []struct {
			Name       string
			Hashes     []struct{ Content string }
			Properties []struct{ Name, Value string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &bom))
	assert.Equal(t, "CycloneDX", bom.BOMFormat)
	assert.Equal(t, "2023-11-14T22:13:20Z", bom.Metadata.Timestamp)
	assert.Regexp(t, `^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, bom.SerialNumber)
	assert.Len(t, bom.Components, len(archive.Files)+1)
	rules := 0
	for _, part := range bom.Components {
		require.Len(t, part.Hashes, 1)
		assert.Len(t, part.Hashes[0].Content, 64)
		for _, property := range part.Properties {
			if property.Name == "onelayer:rule" {
				rules++
			}
		}
	}
	assert.Equal(t, len(library.Rules()), rules)
}
