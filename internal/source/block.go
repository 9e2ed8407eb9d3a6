package source

import (
	"regexp"
	"strings"
)

// indicator ends the line on which a block scalar of YAML begins.
var indicator = regexp.MustCompile(`[|>][-+0-9]*\s*(#.*)?$`)

// block is a text inside of a YAML document, such as a file in a ConfigMap.
type block struct {
	start Position
	// indent is the number of columns before the text; literal tells that its lines are lines of the file.
	indent  int
	literal bool
}

// newBlock finds the text at a path of a document.
func newBlock(from *Document, path Path) block {
	b := block{start: from.Locate(path)}
	doc := yamlOf(from.Locator)
	if doc == nil {
		return b
	}
	lines := strings.Split(string(doc.doc.Raw), "\n")
	at := b.start.Line - doc.doc.Line
	if at < 0 || at >= len(lines) || !indicator.MatchString(strings.TrimRight(lines[at], "\r")) {
		return b
	}
	for _, line := range lines[at+1:] {
		if trimmed := strings.TrimLeft(line, " "); strings.TrimSpace(trimmed) != "" {
			b.literal, b.indent = true, len(line)-len(trimmed)
			break
		}
	}
	return b
}

func yamlOf(locator Locator) *yamlText {
	switch locator := locator.(type) {
	case *yamlLocator:
		return locator.text
	case *specLocator:
		return yamlOf(locator.inner)
	}
	return nil
}

// position gives the place in the file of a place in the text.
func (b block) position(line, column, end int) Position {
	if !b.literal {
		return b.start
	}
	p := Position{File: b.start.File, Line: b.start.Line + line, Column: b.indent + column}
	if end > 0 {
		p.EndColumn = b.indent + end
	}
	return p
}
