package source

import (
	"sync"

	"github.com/onelayer/onelayer/internal/source/decode"
)

// yamlText is a document of a YAML or JSON file whose positions are read when they are asked for.
type yamlText struct {
	doc       decode.Doc
	once      sync.Once
	positions *decode.Positions
}

func (y *yamlText) parsed() *decode.Positions {
	y.once.Do(func() { y.positions = y.doc.Positions() })
	return y.positions
}

// yamlLocator finds the nodes of an object that is a document or, with a prefix, a part of one.
type yamlLocator struct {
	file   string
	text   *yamlText
	prefix Path
}

// Locate implements Locator.
func (y *yamlLocator) Locate(path Path) Position {
	full := path
	if len(y.prefix) > 0 {
		full = append(append(Path{}, y.prefix...), path...)
	}
	line, column, end := y.text.parsed().Locate(full)
	return Position{File: y.file, Line: line, Column: column, EndColumn: end}
}

// specLocator finds the nodes of an object of ours whose spec is a document of a file.
type specLocator struct {
	inner Locator
}

// Locate implements Locator.
func (s *specLocator) Locate(path Path) Position {
	if len(path) > 0 && path[0] == "spec" {
		return s.inner.Locate(path[1:])
	}
	return s.inner.Locate(nil)
}

// index reads a path segment as an index.
func index(segment any) (int, bool) {
	switch segment := segment.(type) {
	case int:
		return segment, true
	case int64:
		return int(segment), true
	case float64:
		return int(segment), true
	}
	return 0, false
}
