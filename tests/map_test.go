package tests

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/cli"
)

// shopMap runs onelayer map on an edition of the shop.
func shopMap(t *testing.T, edition string, args ...string) string {
	t.Helper()
	t.Chdir(filepath.Join("examples", "shop", edition))
	var out, errs bytes.Buffer
	settings := map[string]string{"LANG": "C.UTF-8", "COLUMNS": "110"}
	env := cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return settings[name] }}
	require.Equal(t, cli.ExitOK, cli.Run(t.Context(), env, append([]string{"map"}, args...)), errs.String())
	assert.Empty(t, errs.String())
	return out.String()
}

// TestPagesShowTheMapOfTheShop keeps the map in the pages what the tool prints.
func TestPagesShowTheMapOfTheShop(t *testing.T) {
	shown := "```\n" + strings.TrimSpace(shopMapIn(t, "sidecar", "--brief")) + "\n```\n"
	for _, page := range []string{filepath.Join("..", "README.md"), filepath.Join("..", "docs", "map.md")} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		_, rest, found := strings.Cut(string(text), "<!-- shop: begin -->\n")
		require.True(t, found, page)
		now, _, found := strings.Cut(rest, "<!-- shop: end -->")
		require.True(t, found, page)
		assert.Equal(t, shown, now, "%s: go generate ./...", page)
	}
}

// shopMapIn is shopMap that comes back to the folder that it was called in.
func shopMapIn(t *testing.T, edition string, args ...string) string {
	t.Helper()
	var out string
	require.True(t, t.Run(edition, func(t *testing.T) { out = shopMap(t, edition, args...) }))
	return out
}

// TestEditionsOfTheShopDifferInTheMeshOnly keeps the workloads of the example the same in all editions.
func TestEditionsOfTheShopDifferInTheMeshOnly(t *testing.T) {
	for _, file := range []string{"apps.yaml", "orders/Dockerfile", "orders/ecosystem.config.js", "orders/package.json"} {
		first, err := os.ReadFile(filepath.Join("examples", "shop", "sidecar", file))
		require.NoError(t, err)
		for _, edition := range []string{"ambient", "linkerd"} {
			other, err := os.ReadFile(filepath.Join("examples", "shop", edition, file))
			require.NoError(t, err)
			assert.Equal(t, string(first), string(other), "%s of %s", file, edition)
		}
	}
}

// TestMapOfTheShop says what an expert would see in each edition.
func TestMapOfTheShop(t *testing.T) {
	everywhere := map[string]document.Verdict{
		"orders lifecycle": document.Two, "orders scaling": document.Two, "orders load-balancing": document.Two, "orders drain": document.Two,
		"orders logs": document.Two, "orders health": document.Two, "cart load-balancing": document.Two,
		"payments mtls": document.Bypassed, "payments metrics": document.Bypassed, "payments load-balancing": document.Bypassed,
		"catalog lifecycle": document.One, "catalog scaling": document.One, "catalog load-balancing": document.One, "catalog mtls": document.One,
		"catalog metrics": document.One, "catalog timeouts": document.One, "catalog retries": document.One, "catalog circuit-breaking": document.One,
		"mailer lifecycle": document.One, "invoices scaling": document.One, "search circuit-breaking": document.None,
	}
	tries := map[string]map[string][2]int{
		"sidecar": {"orders payments": {12, 4}, "web catalog": {9, 9}, "web cart": {9, 3}, "public web": {3, 1}},
		"ambient": {"orders payments": {12, 4}, "web catalog": {9, 9}, "web cart": {9, 3}, "public web": {3, 1}},
		"linkerd": {"orders payments": {4, 4}, "web catalog": {3, 9}, "web cart": {3, 3}},
	}
	for edition, calls := range tries {
		var m document.Map
		require.NoError(t, json.Unmarshal([]byte(shopMapIn(t, edition, "-o", "json")), &m))
		verdicts := map[string]document.Verdict{}
		for _, w := range m.Workloads {
			for _, c := range w.Concerns {
				verdicts[w.Object.Name+" "+c.Concern] = c.Verdict
			}
		}
		for what, verdict := range everywhere {
			assert.Equal(t, verdict, verdicts[what], "%s: %s", edition, what)
		}
		known := map[string][2]int{}
		for _, e := range m.Edges {
			known[e.From.Name+" "+e.To.Name] = [2]int{e.Connect, e.ServerError}
		}
		for call, want := range calls {
			assert.Equal(t, want, known[call], "%s: %s", edition, call)
		}
	}
}
