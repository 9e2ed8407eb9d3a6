package e2e

import (
	"flag"
	"fmt"
	"strings"

	"github.com/onelayer/onelayer/tests/stock/page"
)

// checkCompatibility compares the page on compatibility with the programs that really ran, and what they ran. It has
// nothing to compare when only some tests ran.
func checkCompatibility() error {
	if some := flag.Lookup("test.run"); some != nil && some.Value.String() != "" {
		return nil
	}
	var table strings.Builder
	table.WriteString("| program | oldest | newest | what the tests run of both |\n|---|---|---|---|\n")
	for _, p := range []pair{opa, conftest, gator} {
		if p.oldest.features() != p.newest.features() {
			return fmt.Errorf("of the oldest %s the tests run %s, of the newest %s", p.newest.name, p.oldest.features(), p.newest.features())
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", p.newest.name, p.oldest.title(), p.newest.title(), p.newest.features())
	}
	return page.Table(root, "docs/compatibility.md", "released programs", table.String())
}

// title is the program's version and, where it differs, that of the OPA inside.
func (p *program) title() string {
	if p.version == p.opa {
		return p.version
	}
	return fmt.Sprintf("%s (OPA %s)", p.version, p.opa)
}
