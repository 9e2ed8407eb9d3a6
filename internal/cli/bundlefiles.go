package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/signing"
)

// maxDocumentBytes bounds what is read of a signed statement.
const maxDocumentBytes = 1 << 20

// places is where keys are read from.
func (e *Env) places() signing.Places {
	return signing.Places{Stdin: e.Stdin, Getenv: e.Getenv, Warn: func(message string) {
		_, _ = fmt.Fprintln(e.Stderr, "onelayer: warning: "+message) // there is nowhere else to say it
	}}
}

// privateKeys reads the keys that --key names.
func (e *Env) privateKeys(list []string) ([]*signing.PrivateKey, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("no key to sign with: give --key, %s", keyHelp)
	}
	keys := make([]*signing.PrivateKey, 0, len(list))
	for _, place := range list {
		key, err := e.places().ReadPrivate(place)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// openBundle reads and unpacks a bundle without verifying any signature.
func openBundle(file string) (*bundle.Archive, error) {
	packed, err := bundle.ReadFile(file, bundle.DefaultLimits())
	if err != nil {
		return nil, err
	}
	return readBundle(file, packed)
}

func readBundle(file string, packed []byte) (*bundle.Archive, error) {
	archive, err := bundle.Read(packed, bundle.DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return archive, nil
}

// readDocument reads a signed statement.
func readDocument(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read statement: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxDocumentBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read statement: %w", err)
	}
	if len(text) > maxDocumentBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes: it is no statement of onelayer sign", file, maxDocumentBytes)
	}
	return text, nil
}

// stateDir is where a machine remembers releases (https://specifications.freedesktop.org/basedir-spec/latest/).
func (e *Env) stateDir(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	base := e.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find folder of the state: %w: give --state DIR", err)
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "onelayer"), nil
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}
