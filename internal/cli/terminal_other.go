//go:build !unix

package cli

import "os"

// terminalWidth is not known on this platform.
func terminalWidth(*os.File) int { return 0 }
