package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// Limits of what is read again for excerpts.
const (
	excerptFile  = 16 << 20
	excerptTotal = 128 << 20
)

var errTooLarge = errors.New("too large for an excerpt")

// excerpts gives the lines of files that findings point at, each read once and only when asked for.
type excerpts struct {
	mu    sync.Mutex
	files map[string][]string
	total int64
}

func newExcerpts() *excerpts { return &excerpts{files: map[string][]string{}} }

// add puts in a text that is no file, such as standard input.
func (e *excerpts) add(name string, text []byte) {
	e.files[name] = strings.Split(string(text), "\n")
}

// lines implements report.Options.Source.
func (e *excerpts) lines(file string) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if lines, known := e.files[file]; known {
		if lines == nil {
			return nil, errTooLarge
		}
		return lines, nil
	}
	e.files[file] = nil
	text, err := e.read(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	e.files[file] = strings.Split(string(text), "\n")
	return e.files[file], nil
}

func (e *excerpts) read(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > excerptFile || e.total+info.Size() > excerptTotal {
		return nil, errTooLarge
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, excerptFile))
	e.total += int64(len(text))
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), err
}
