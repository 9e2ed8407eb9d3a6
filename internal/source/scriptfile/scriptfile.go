// Package scriptfile splits shell scripts into lines.
//
// It owns how a script is told from other files. It must not know the language of the shell.
package scriptfile

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxSize is the size in bytes of the largest script that is read.
const MaxSize = 256 << 10

// shebang is the first line of a script for a POSIX shell or one of its relatives.
var shebang = regexp.MustCompile(`^\x{FEFF}?#!\s*\S*?/?(?:env\s+(?:-S\s+)?)?(?:\S*/)?(?:with-contenv\s+)?(?:\S*/)?(?:ba|da|a|z|k)?sh\b|^#!\S*with-contenv\b`)

// File is a script that was read.
type File struct {
	// Lines are the lines without their ends; bytes that are not valid UTF-8 are replaced.
	Lines []string
}

// IsScript tells whether a file is a shell script, by its first line or else by its name.
func IsScript(name string, data []byte) bool {
	if bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\uFEFF")), []byte("#!")) {
		return shebang.Match(data[:min(len(data), 256)])
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".sh", ".bash", ".ash":
		return true
	}
	return false
}

// Read splits a script. It fails on a script that is too large or holds zero bytes.
func Read(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, errors.New("the script is larger than 256 KiB")
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the script is a binary file")
	}
	text := strings.ToValidUTF8(strings.TrimPrefix(string(data), "\uFEFF"), "\uFFFD")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return &File{Lines: lines}, nil
}

// Locate gives, for the index of a line, the line, the column of its first word and the column after its end, both in
// characters; of the script for any other path.
func (f *File) Locate(path []any) (line, column, end int) {
	if len(path) > 0 {
		if index, ok := path[0].(int); ok && index >= 0 && index < len(f.Lines) {
			text := f.Lines[index]
			return index + 1, len(text) - len(strings.TrimLeft(text, " \t")) + 1, utf8.RuneCountInString(text) + 1
		}
	}
	return 1, 1, 0
}
