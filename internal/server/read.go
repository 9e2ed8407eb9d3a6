package server

import (
	"fmt"
	"io"
	"os"
)

// readFile reads a file of at most so many bytes.
func readFile(what, name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return readAll(what, name, file, most)
}

// readAll reads at most so many bytes, and closes.
func readAll(what, name string, from io.ReadCloser, most int64) ([]byte, error) {
	defer func() { _ = from.Close() }()
	text, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("read %s: %s is larger than %d bytes", what, name, most)
	}
	return text, nil
}
