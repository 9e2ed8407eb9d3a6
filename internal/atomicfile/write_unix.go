//go:build !windows

package atomicfile

import (
	"os"

	"github.com/google/renameio/v2"
)

func write(name string, text []byte, mode os.FileMode) error {
	return renameio.WriteFile(name, text, mode)
}
