package cluster

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/page"
)

// testCompatibility compares the page on compatibility with the programs that ran.
func testCompatibility(t *testing.T, c *Cluster) {
	var table strings.Builder
	table.WriteString("| program | version |\n|---|---|\n")
	for _, name := range []string{"gatekeeper", "kube-apiserver", "etcd", "kubectl"} {
		version, err := stock.Version(filepath.Join(c.binaries, name), "")
		require.NoError(t, err)
		if opa, err := stock.Version(filepath.Join(c.binaries, name), "github.com/open-policy-agent/opa"); err == nil {
			version += fmt.Sprintf(" (OPA %s)", opa)
		}
		fmt.Fprintf(&table, "| %s | %s |\n", name, version)
	}
	root, err := stock.Root()
	require.NoError(t, err)
	require.NoError(t, page.Table(root, "docs/compatibility.md", "cluster", table.String()))
}
