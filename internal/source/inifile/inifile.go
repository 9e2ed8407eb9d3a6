// Package inifile reads supervisord.conf and the files that it includes, as supervisor reads them.
//
// It owns the text format and positions. It must not know what a section means.
package inifile

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxSize is the size in bytes of the largest file that is read.
const MaxSize = 1 << 20

// SyntaxError tells that a file is no configuration file, and where.
type SyntaxError struct {
	Line, Column int
	Msg          string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// File is a configuration file that was read.
type File struct {
	// Value maps sections to options to values, all text; %(ENV_X)s stays as it is written.
	Value map[string]any

	sections map[string]position
	options  map[[2]string]position
}

type position struct{ line, column, end int }

// supervisorSection recognises the sections that only supervisor's files have.
var supervisorSection = regexp.MustCompile(`(?m)^\[(supervisord|supervisorctl|unix_http_server|inet_http_server|(program|group|eventlistener|fcgi-program|rpcinterface):[^\]]+)\]`)

// LooksLikeSupervisor tells whether a text has a section of supervisor's.
func LooksLikeSupervisor(data []byte) bool {
	return supervisorSection.Match(data)
}

// Read reads a file: sections in brackets, options with = or :, comments from ; or # on, values that go on in lines that
// are indented deeper than their option. A comment behind a value starts at " ;" or " #". Names of options are lower
// case, as supervisor's parser makes them; the last of two options of one name counts. The error is a *SyntaxError.
func Read(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, &SyntaxError{1, 1, fmt.Sprintf("the file is larger than %d bytes", MaxSize)}
	}
	if !utf8.Valid(data) {
		return nil, invalid(data)
	}
	f := &File{Value: map[string]any{}, sections: map[string]position{}, options: map[[2]string]position{}}
	r := reader{file: f}
	for i, line := range strings.Split(string(bytes.TrimPrefix(data, []byte("\uFEFF"))), "\n") {
		if err := r.line(i+1, strings.TrimSuffix(line, "\r")); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func invalid(data []byte) error {
	line, column := 1, 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		data = data[size:]
	}
	return &SyntaxError{line, column, "the text is not valid UTF-8"}
}

// reader is where reading stands.
type reader struct {
	file    *File
	section string
	options map[string]any
	option  string
	// indent is the indentation of the last section or option.
	indent int
}

func (r *reader) line(number int, line string) error {
	line = withoutComment(line)
	text := strings.TrimSpace(line)
	if text == "" {
		return nil
	}
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	if r.option != "" && indent > r.indent {
		r.continued(text)
		return nil
	}
	r.indent = indent
	switch {
	case text[0] == '[':
		return r.header(number, indent, text)
	case r.options == nil:
		return &SyntaxError{number, indent + 1, "an option stands before the first [section]"}
	}
	return r.assignment(number, indent, line)
}

func (r *reader) continued(text string) {
	value, _ := r.options[r.option].(string)
	r.options[r.option] = strings.TrimSpace(value + "\n" + text)
}

func (r *reader) header(number, indent int, text string) error {
	end := strings.LastIndexByte(text, ']')
	if end < 0 {
		return &SyntaxError{number, indent + 1, "the section has no closing ]"}
	}
	name := text[1:end]
	r.section, r.option = name, ""
	r.options, _ = r.file.Value[name].(map[string]any)
	if r.options == nil {
		r.options = map[string]any{}
		r.file.Value[name] = r.options
		r.file.sections[name] = position{number, indent + 1, indent + utf8.RuneCountInString(name) + 3}
	}
	return nil
}

func (r *reader) assignment(number, indent int, line string) error {
	at := strings.IndexAny(line, "=:")
	if at <= indent {
		return &SyntaxError{number, indent + 1, "the line is neither a [section] nor an option with a value: write name = value"}
	}
	r.option = strings.ToLower(strings.TrimSpace(line[:at]))
	rest := strings.TrimLeft(line[at+1:], " \t")
	value := strings.TrimSpace(rest)
	r.options[r.option] = value
	column := utf8.RuneCountInString(line[:len(line)-len(rest)]) + 1
	r.file.options[[2]string{r.section, r.option}] = position{number, column, column + utf8.RuneCountInString(value)}
	return nil
}

// withoutComment drops a comment: one that begins the line, or one that stands behind white space.
func withoutComment(line string) string {
	if text := strings.TrimLeft(line, " \t"); strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
		return ""
	}
	for i := 1; i < len(line); i++ {
		if (line[i] == ';' || line[i] == '#') && (line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// Locate gives the line, the column and the column after the end of a section or of the value of an option; of the nearest
// ancestor for any other path.
func (f *File) Locate(path []any) (line, column, end int) {
	at := position{1, 1, 0}
	if len(path) > 0 {
		section, _ := path[0].(string)
		if found, ok := f.sections[section]; ok {
			at = found
		}
		if len(path) > 1 {
			option, _ := path[1].(string)
			if found, ok := f.options[[2]string{section, option}]; ok {
				at = found
			}
		}
	}
	return at.line, at.column, at.end
}
