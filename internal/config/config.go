// Package config finds and reads the configuration document: .onelayer.yaml and the files given with --data.
//
// It owns discovery, strict reading, merging and the JSON schema of the document. It must not know what rules do with
// it: which ids, severities and parameters exist is judged by the policies, at the positions that this package gives.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
	"github.com/onelayer/onelayer/internal/source/decode"
)

// maxBytes is the size of the largest configuration that is read.
const maxBytes = 4 << 20

// Options say where to look for the configuration.
type Options struct {
	// WorkDir is where the search starts and what file names are relative to; empty for the process's own.
	WorkDir string
	// File is the file to read instead of the one found.
	File string
	// Data are more files, each with the document itself or {lib: {onelayer: {config: document}}}. Later ones win.
	Data []string
	// Getenv reads the environment; nil means that there is none.
	Getenv func(name string) string
}

// Config is the configuration of a run.
type Config struct {
	// Document is the merged document; it is never nil.
	Document map[string]any
	// Files are the files that it came from, as a user would write them.
	Files  []string
	layers []layer
}

// layer is one file with its part of the document.
type layer struct {
	file string
	// dir is the folder of the file, relative to the working directory.
	dir       string
	prefix    []any
	document  map[string]any
	positions *decode.Positions
}

// Load finds, reads and merges the configuration. A mistake in its structure is a finding.Problem that names the place
// and the mend.
func Load(opts Options) (*Config, error) {
	c := &Config{Document: map[string]any{}}
	file, err := mainFile(opts)
	if err != nil {
		return nil, err
	}
	if file != "" {
		if err := c.add(opts.WorkDir, file, false); err != nil {
			return nil, err
		}
	}
	for _, data := range opts.Data {
		if err := c.add(opts.WorkDir, absolute(opts.WorkDir, data), true); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func mainFile(opts Options) (string, error) {
	if opts.File != "" {
		return absolute(opts.WorkDir, opts.File), nil
	}
	return discover(opts)
}

// add reads a file and lays it over what is there.
func (c *Config) add(workDir, file string, data bool) error {
	name := display(workDir, file)
	text, err := readFile(file)
	if err != nil {
		return fmt.Errorf("read configuration %s: %w", name, reason(err))
	}
	l, err := read(name, text, data)
	if err != nil {
		return err
	}
	l.dir = filepath.ToSlash(filepath.Dir(name))
	c.Files = append(c.Files, name)
	c.layers = append(c.layers, *l)
	c.Document = merge(c.Document, l.document)
	return nil
}

// reason drops the name of the file, which the caller prints as the user wrote it.
func reason(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

func readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("larger than %d bytes", maxBytes)
	}
	return text, err
}

// read decodes and checks one file.
func read(name string, text []byte, data bool) (*layer, error) {
	docs, syntax := decode.Documents(text, decode.Limits{Strict: true, Documents: 2, Depth: 50, Expansion: 1 << 20})
	if len(syntax) > 0 {
		return nil, finding.Problem{File: name, Line: syntax[0].Line, Column: syntax[0].Column, Msg: "configuration cannot be read: " + syntax[0].Msg}
	}
	if len(docs) > 1 {
		return nil, finding.Problem{File: name, Line: docs[1].Line, Column: 1, Msg: "configuration must be one document: remove what follows ---"}
	}
	l := &layer{file: name, document: map[string]any{}}
	if len(docs) == 0 {
		return l, nil
	}
	value, err := ast.JSON(docs[0].Value)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", name, err)
	}
	l.positions = docs[0].Positions()
	return l, l.take(value, data)
}

// take puts the document into the layer, out of the shape that OPA and conftest read when it is data.
func (l *layer) take(value any, data bool) error {
	if whole, ok := value.(map[string]any); ok && data {
		if _, wrapped := whole["lib"]; wrapped {
			for _, key := range []string{"lib", "onelayer", "config"} {
				inner, ok := value.(map[string]any)
				if !ok || inner[key] == nil {
					return l.problem(nil, false, "data must hold the configuration itself or {lib: {onelayer: {config: ...}}}")
				}
				value = inner[key]
				l.prefix = append(l.prefix, key)
			}
		}
	}
	if value == nil {
		return nil
	}
	if err := l.check(value); err != nil {
		return err
	}
	l.document, _ = value.(map[string]any)
	return nil
}

// merge lays one document over another: objects key by key, everything else as a whole.
func merge(under, over map[string]any) map[string]any {
	out := make(map[string]any, len(under)+len(over))
	for key, value := range under {
		out[key] = value
	}
	for key, value := range over {
		below, ok := out[key].(map[string]any)
		above, okAbove := value.(map[string]any)
		if ok && okAbove {
			value = merge(below, above)
		}
		out[key] = value
	}
	return out
}

// Locate gives the place of a node of the document, or of its nearest existing ancestor, in the last file that has it.
// A path may start with "spec", as in a document of kind Config.
func (c *Config) Locate(path source.Path) source.Position {
	if len(path) > 0 && path[0] == "spec" {
		path = path[1:]
	}
	for depth := len(path); depth >= 0; depth-- {
		for i := len(c.layers) - 1; i >= 0; i-- {
			l := &c.layers[i]
			full := append(append([]any{}, l.prefix...), path[:depth]...)
			if l.positions != nil && l.positions.Exists(full) {
				return l.place(full, depth > 0 && structured(value(l.document, path[:depth])))
			}
		}
	}
	position := source.Position{Line: 1, Column: 1}
	if len(c.Files) > 0 {
		position.File = c.Files[0]
	}
	return position
}

// place locates a node. What spans lines is best shown by its key.
func (l *layer) place(full []any, key bool) source.Position {
	locate := l.positions.Locate
	if key {
		locate = l.positions.LocateKey
	}
	line, column, end := locate(full)
	return source.Position{File: l.file, Line: line, Column: column, EndColumn: end}
}

func structured(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	default:
		return false
	}
}

// value follows a path as far as it leads.
func value(at any, path []any) any {
	for _, segment := range path {
		switch container := at.(type) {
		case map[string]any:
			key, _ := segment.(string)
			at = container[key]
		case []any:
			i, ok := segment.(int)
			if !ok || i < 0 || i >= len(container) {
				return nil
			}
			at = container[i]
		default:
			return nil
		}
	}
	return at
}

// Images are the joins that the configuration names, their Dockerfiles relative to the working directory.
func (c *Config) Images() []source.ConfigImage {
	var images []source.ConfigImage
	for i := len(c.layers) - 1; i >= 0; i-- {
		entries, ok := c.layers[i].document["images"].([]any)
		if !ok {
			continue
		}
		for _, entry := range entries {
			fields, _ := entry.(map[string]any)
			dockerfile, _ := fields["dockerfile"].(string)
			image := source.ConfigImage{Dockerfile: relativeTo(c.layers[i].dir, dockerfile)}
			refs, _ := fields["refs"].([]any)
			for _, ref := range refs {
				if text, ok := ref.(string); ok {
					image.Refs = append(image.Refs, text)
				}
			}
			images = append(images, image)
		}
		return images
	}
	return images
}

func relativeTo(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.ToSlash(filepath.Join(filepath.FromSlash(dir), filepath.FromSlash(file)))
}

// display names a file as a user in the working directory would write it.
func display(workDir, file string) string {
	base := absolute(workDir, ".")
	if relative, err := filepath.Rel(base, file); err == nil && strings.Count(relative, "..") <= 8 {
		file = relative
	}
	return filepath.ToSlash(file)
}

func absolute(workDir, file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	full, err := filepath.Abs(filepath.Join(workDir, file))
	if err != nil {
		return filepath.Join(workDir, file)
	}
	return full
}

// AsDocument makes the document that policies judge as kind Config; nil when there is no configuration. value is the
// document as policies read it.
func (c *Config) AsDocument(value ast.Value) *source.Document {
	if len(c.Files) == 0 {
		return nil
	}
	name := ".onelayer.yaml"
	object := finding.Object{APIVersion: source.APIVersion, Kind: "Config", Name: name}
	entry := func(key string, value ast.Value) [2]*ast.Term {
		return [2]*ast.Term{ast.StringTerm(key), ast.NewTerm(value)}
	}
	return &source.Document{
		Value: ast.NewObject(
			entry("apiVersion", ast.String(object.APIVersion)),
			entry("kind", ast.String(object.Kind)),
			entry("metadata", ast.NewObject(entry("name", ast.String(name)))),
			entry("spec", value),
		),
		GroupKind: "onelayer.dev/Config", Object: object, File: c.Files[len(c.Files)-1], Locator: c,
	}
}
