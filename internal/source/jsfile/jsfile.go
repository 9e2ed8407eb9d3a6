// Package jsfile reads configuration that is written in JavaScript or in JSON: PM2's ecosystem files above all.
//
// It owns the evaluation of such files: what a module exports, what of it cannot be known without running the program,
// and where in the file each value stands. A file is never run by a JavaScript engine: its syntax tree is evaluated by
// an interpreter that has no files, no network, no clock and no processes, that counts every step and every byte, and
// that carries values which are only known at run time through all operations. It must not know what a process manager
// does with the result.
package jsfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// ExprKey is the only key of the object that stands for a value which is not known before run time. Its value is the
// text of the expression.
const ExprKey = "$expr"

// Default limits of Read.
const (
	DefaultTimeout   = 500 * time.Millisecond
	DefaultMaxScript = 128 << 10
	DefaultMaxJSON   = 1 << 20
	DefaultMaxSteps  = 300_000
	DefaultMaxMemory = 32 << 20
	DefaultMaxValues = 100_000
)

// ErrNotReadable tells that a file is of a kind that this package does not read, such as TypeScript.
var ErrNotReadable = errors.New("not readable as a JavaScript or JSON configuration")

// SyntaxError tells that a file is not valid JavaScript or JSON, and where.
type SyntaxError struct {
	Line, Column int
	Msg          string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// LimitError tells that a file asks for more than it may have, and where that was noticed.
type LimitError struct {
	Line, Column int
	Msg          string
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// Limits bound one call of Read. A zero field means the default.
type Limits struct {
	// Timeout is the time for the whole file with everything it requires.
	Timeout time.Duration
	// MaxScript and MaxJSON are the sizes in bytes of a script and of a strict JSON file.
	MaxScript, MaxJSON int
	// MaxSteps counts evaluated syntax nodes, MaxMemory the bytes of all values that were ever made.
	MaxSteps, MaxMemory int
	// MaxValues bounds the nodes of the result.
	MaxValues int
}

// Resolver gives the content of another file that the file requires. The path is relative to what the name of the file
// is relative to, clean and with slashes; it may begin with "../". A resolver refuses what it must not read.
type Resolver func(ctx context.Context, path string) (data []byte, ok bool)

// Option changes how Read works.
type Option func(*options)

type options struct {
	limits  Limits
	resolve Resolver
}

// WithLimits replaces the default limits.
func WithLimits(limits Limits) Option {
	return func(o *options) { o.limits = limits }
}

// WithResolver lets the file require other files of its repository. Without it they are unknown values.
func WithResolver(resolve Resolver) Option {
	return func(o *options) { o.resolve = resolve }
}

// File is a configuration file that was read.
type File struct {
	// Value is what the file exports, made of map[string]any, []any, string, int64, float64, bool and nil. What is not
	// known before run time is the object {"$expr": "<text of the expression>"}.
	Value any
	// Static tells that the file could not be evaluated and that Value is what its literals say.
	Static bool

	module *module
	root   *place
}

// Read evaluates the file name with the given content. The name's extension decides how: .json and .json5 are JSON
// that may be JavaScript, .js, .cjs and .mjs are modules. The error is a *SyntaxError, a *LimitError, ErrNotReadable
// or the context's.
func Read(ctx context.Context, name string, data []byte, opts ...Option) (file *File, err error) {
	// The parser is foreign code that sees foreign text.
	defer func() {
		if cause := recover(); cause != nil {
			file, err = nil, &SyntaxError{Line: 1, Column: 1, Msg: fmt.Sprintf("the file cannot be read: %v", cause)}
		}
	}()
	return read(ctx, name, data, opts...)
}

func read(ctx context.Context, name string, data []byte, opts ...Option) (*File, error) {
	o := options{}
	for _, opt := range opts {
		opt(&o)
	}
	o.limits = o.limits.orDefault()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	kind := kindOf(name)
	if kind == kindNone {
		return nil, fmt.Errorf("read %s: %w", name, ErrNotReadable)
	}
	ctx, cancel := context.WithTimeout(ctx, o.limits.Timeout)
	defer cancel()
	if kind == kindJSON {
		if file, ok, err := readStrict(data, &o.limits); ok {
			return file, err
		}
	}
	m, err := parseModule(name, kind, data, &o.limits)
	if err != nil {
		return nil, err
	}
	return evaluate(ctx, m, &o)
}

func (l Limits) orDefault() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	if l.Timeout <= 0 {
		l.Timeout = DefaultTimeout
	}
	set(&l.MaxScript, DefaultMaxScript)
	set(&l.MaxJSON, DefaultMaxJSON)
	set(&l.MaxSteps, DefaultMaxSteps)
	set(&l.MaxMemory, DefaultMaxMemory)
	set(&l.MaxValues, DefaultMaxValues)
	return l
}

type kind int

const (
	kindNone kind = iota
	kindScript
	kindModule
	kindJSON
)

func kindOf(name string) kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".js", ".cjs", "":
		return kindScript
	case ".mjs":
		return kindModule
	case ".json", ".json5", ".jsonc":
		return kindJSON
	}
	return kindNone
}

// LooksLikeConfig tells whether a file name is worth a look for PM2 apps. The path before the last slash is ignored.
func LooksLikeConfig(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	ext := path.Ext(base)
	switch ext {
	case ".js", ".cjs", ".mjs":
		return strings.HasSuffix(base, ".config"+ext) || hasConfigPrefix(base)
	case ".json", ".json5":
		return hasConfigPrefix(base) || hasProcessPrefix(base) || ext == ".json5" && strings.Contains(base, "config")
	case ".yml", ".yaml":
		return hasConfigPrefix(base) || hasProcessPrefix(base)
	}
	return false
}

func hasConfigPrefix(base string) bool {
	return strings.HasPrefix(base, "ecosystem") || strings.HasPrefix(base, "pm2")
}

// hasProcessPrefix leaves out names such as processing_log.json and processor.yml.
func hasProcessPrefix(base string) bool {
	stem := strings.TrimSuffix(base, path.Ext(base))
	rest, ok := strings.CutPrefix(stem, "process")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, "es")
	return rest == "" || strings.ContainsAny(rest[:1], ".-_0123456789")
}

// MayHoldApps is a cheap test that comes before Read: without one of these words a file holds no PM2 apps, so that
// the configuration of bundlers and frameworks is not evaluated.
func MayHoldApps(data []byte) bool {
	for _, word := range []string{"apps", "script", "exec_mode", "execMode", "instances", "pm2"} {
		if hasWord(data, word) {
			return true
		}
	}
	return false
}

func hasWord(data []byte, word string) bool {
	for from := 0; ; {
		at := bytes.Index(data[from:], []byte(word))
		if at < 0 {
			return false
		}
		at += from
		end := at + len(word)
		if (at == 0 || !isWordByte(data[at-1])) && (end == len(data) || !isWordByte(data[end])) {
			return true
		}
		from = end
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
