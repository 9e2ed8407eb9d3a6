package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

//go:generate go run -tags bootstrap ./gen
//go:generate go run ../entry/gen

// fromCatalogue gives the library that this package was built with when the sources start like its files, else nil.
func fromCatalogue(sources []Source) *Library {
	if HeadDigest(sources) != catalogueDigest {
		return nil
	}
	library := newLibrary(sources)
	rules, modules := catalogue()
	library.entries = modules
	for _, rule := range rules {
		library.index(rule)
	}
	return library
}

// HeadDigest is the SHA-256 of the files' names and of what stands in them before the first rule.
func HeadDigest(sources []Source) string { return digestOf(sources, head) }

// digestOf is the SHA-256 of the files' names and the part of each text that cut leaves.
func digestOf(sources []Source, cut func([]byte) []byte) string {
	hash := sha256.New()
	for _, source := range sources {
		text := cut(source.Text)
		fmt.Fprintf(hash, "%s\x00%d\x00", source.File, len(text))
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func wholeText(text []byte) []byte { return text }

// head cuts a module before its first rule.
func head(text []byte) []byte {
	end := 0
	for line := range bytes.Lines(text) {
		blank := len(bytes.TrimSpace(line)) == 0
		if !blank && !startsWithAny(line, "#", "package ", "import ") {
			break
		}
		end += len(line)
	}
	return text[:end]
}

func startsWithAny(line []byte, starts ...string) bool {
	for _, start := range starts {
		if bytes.HasPrefix(line, []byte(start)) {
			return true
		}
	}
	return false
}
