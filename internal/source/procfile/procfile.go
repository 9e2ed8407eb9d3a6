// Package procfile reads Procfiles: one "type: command" a line.
//
// It owns the text format and positions. It must not know what the commands do.
package procfile

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxSize is the size in bytes of the largest file that is read.
const MaxSize = 1 << 20

// line is a process type and its command.
var line = regexp.MustCompile(`^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$`)

// File is a Procfile that was read.
type File struct {
	// Value maps process types to commands.
	Value map[string]any

	places map[string][3]int
}

// Read reads a Procfile. Lines that are no "type: command" are left out, as the runners do; the first of two lines of
// one type counts. It fails on text that is too large or not valid UTF-8.
func Read(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, errors.New("the Procfile is larger than 1 MiB")
	}
	if !utf8.Valid(data) {
		return nil, errors.New("the Procfile is not valid UTF-8")
	}
	f := &File{Value: map[string]any{}, places: map[string][3]int{}}
	lines := strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n")
	for i := 0; i < len(lines); i++ {
		first := i
		text := strings.TrimSuffix(lines[i], "\r")
		for strings.HasSuffix(text, `\`) && i+1 < len(lines) {
			i++
			text = strings.TrimSuffix(text, `\`) + strings.TrimSuffix(lines[i], "\r")
		}
		found := line.FindStringSubmatchIndex(text)
		if found == nil {
			continue
		}
		name := text[found[2]:found[3]]
		if _, known := f.Value[name]; !known {
			f.Value[name] = text[found[4]:found[5]]
			f.places[name] = placeOf(text, found[4:6], first, i)
		}
	}
	return f, nil
}

// placeOf gives the line of a command, its column and the column after its end, or 0 if it goes on in further lines.
func placeOf(text string, command []int, first, last int) [3]int {
	place := [3]int{first + 1, utf8.RuneCountInString(text[:command[0]]) + 1, 0}
	if first == last {
		place[2] = utf8.RuneCountInString(text[:command[1]]) + 1
	}
	return place
}

// Locate gives the line, the column and the column after the end of the command of a type; of the file for any other path.
func (f *File) Locate(path []any) (line, column, end int) {
	if len(path) > 0 {
		if name, ok := path[0].(string); ok {
			if at, ok := f.places[name]; ok {
				return at[0], at[1], at[2]
			}
		}
	}
	return 1, 1, 0
}
