package source

import (
	"cmp"
	"io"

	"github.com/onelayer/onelayer/internal/source/decode"
)

// Options say what to load.
type Options struct {
	// Paths are files, folders or "-" for Stdin.
	Paths []string
	// WorkDir is what file names are relative to; empty for the process's own.
	WorkDir string
	Stdin   io.Reader
	// StdinFilename is the name that the text of Stdin goes by. It decides how the text is read.
	StdinFilename string
	// Whole overrides whether the units were given completely.
	Whole *bool
	// Images are the joins that the configuration names.
	Images []ConfigImage
	Limits Limits
	// Progress is told how many of the files found were read. It may be nil and is never called twice at a
	// time.
	Progress func(done, total int)
}

// ConfigImage tells by which references the image of a Dockerfile is known.
type ConfigImage struct {
	Dockerfile string
	Refs       []string
}

// Limits bound what loading may cost. A zero field means its default.
type Limits struct {
	// Manifest is the size in bytes of the largest YAML or JSON file, Stdin that of the largest text on standard input.
	Manifest, Stdin int64
	// Source is the size in bytes of the largest file of any other type.
	Source int64
	// Files is the largest number of files that are read.
	Files int
	// Entries is the largest number of folder entries that are looked at.
	Entries int
	// Depth is how deep folders may nest.
	Depth int
	// ContextFiles and ContextBytes bound what is read of one image's build context.
	ContextFiles int
	ContextBytes int64
	Decode       decode.Limits
}

// Default limits.
const (
	DefaultManifest     = 16 << 20
	DefaultStdin        = 64 << 20
	DefaultSource       = 1 << 20
	DefaultFiles        = 200_000
	DefaultEntries      = 2_000_000
	DefaultDepth        = 100
	DefaultContextFiles = 400
	DefaultContextBytes = 8 << 20
)

func (l Limits) withDefaults() Limits {
	l.Manifest = cmp.Or(l.Manifest, DefaultManifest)
	l.Stdin = cmp.Or(l.Stdin, DefaultStdin)
	l.Source = cmp.Or(l.Source, DefaultSource)
	l.Files = cmp.Or(l.Files, DefaultFiles)
	l.Entries = cmp.Or(l.Entries, DefaultEntries)
	l.Depth = cmp.Or(l.Depth, DefaultDepth)
	l.ContextFiles = cmp.Or(l.ContextFiles, DefaultContextFiles)
	l.ContextBytes = cmp.Or(l.ContextBytes, DefaultContextBytes)
	return l
}
