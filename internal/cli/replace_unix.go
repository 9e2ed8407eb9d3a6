//go:build !windows

package cli

import "github.com/google/renameio/v2"

// replaceFile replaces a file in one step.
func replaceFile(name string, text []byte) error {
	return renameio.WriteFile(name, text, 0o644)
}
