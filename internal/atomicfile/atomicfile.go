// Package atomicfile replaces files in one step: who reads one sees the old text or the new one, never a part.
//
// It owns how that is done on each system. It must not know what the files hold.
package atomicfile

import "os"

// Write replaces a file, or makes it. The text is on the disk before the name points to it.
func Write(name string, text []byte, mode os.FileMode) error { return write(name, text, mode) }
