// Package page keeps the pages of the documentation true: it runs their commands as a reader would paste them, and
// compares their tables with what the tests ran.
//
// It owns how commands and tables are found in a page. It must not know what the commands do.
package page

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Table checks that a page holds a table between the comments "<!-- NAME -->" and "<!-- end NAME -->".
// If ONELAYER_UPDATE is set it writes the table instead.
func Table(root, page, name, table string) error {
	file := filepath.Join(root, filepath.FromSlash(page))
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	before, rest, begun := strings.Cut(string(text), "<!-- "+name+" -->\n")
	old, after, ended := strings.Cut(rest, "<!-- end "+name+" -->")
	if !begun || !ended {
		return fmt.Errorf("read page %s: it has no section %q", page, name)
	}
	if old == table {
		return nil
	}
	if os.Getenv("ONELAYER_UPDATE") == "" {
		return fmt.Errorf("%s says\n%s\nbut the tests ran\n%s\nset ONELAYER_UPDATE=1 to write it", page, old, table)
	}
	fresh := before + "<!-- " + name + " -->\n" + table + "<!-- end " + name + " -->" + after
	if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
