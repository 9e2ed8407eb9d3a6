// Package dockerfile reads Dockerfiles through BuildKit's parser and finds every word of an instruction in the text.
//
// It owns the shape of instructions and their positions. It must not know images, contexts or rules: it folds nothing.
package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// maxInstructions bounds what one file may hold, so that a hostile file cannot make the document huge.
const maxInstructions = 20_000

// Instruction is one instruction as BuildKit's parser shows it.
type Instruction struct {
	// Cmd is the lower case name: from, run, cmd.
	Cmd string
	// Sub is the instruction inside ONBUILD in lower case, or the type of a HEALTHCHECK (CMD, NONE).
	Sub string
	// JSON tells that the exec form was used.
	JSON  bool
	Flags []string
	// Value holds the words: of the exec form each word, of the shell form of CMD, ENTRYPOINT and RUN the whole text, of
	// ENV and LABEL key, value and separator in turn. That of ONBUILD and HEALTHCHECK is that of the inner command.
	Value    []string
	Heredocs []Heredoc
	// Stage counts from 0; what stands before the first FROM belongs to stage 0.
	Stage int
	// From and To are the first and the last line, heredocs included, 1-based.
	From, To int

	logical string
}

// Heredoc is a document that an instruction holds.
type Heredoc struct {
	Name    string
	Content string
	// Expand tells that the builder expands variables in the content.
	Expand bool
}

// Comment is a comment line and the instruction that it speaks for: the one that it stands in or the next one.
type Comment struct {
	Line     int
	Text     string
	From, To int
}

// File is a Dockerfile.
type File struct {
	Instructions []Instruction
	Comments     []Comment
	// Escape is the escape character, a backslash unless a directive says otherwise.
	Escape rune

	lines []string
	// foreign tells that another frontend than BuildKit's own reads the file.
	foreign bool
}

// SyntaxError is a Dockerfile that no builder would accept.
type SyntaxError struct {
	Line int
	Msg  string
}

// Error prints the line and the message.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads a Dockerfile. Instructions that BuildKit does not know are kept with their text, because other frontends
// may know them. Its error is always a *SyntaxError.
func Parse(text []byte) (*File, error) {
	result, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, syntaxError(err)
	}
	if len(result.AST.Children) > maxInstructions {
		return nil, &SyntaxError{Line: 1, Msg: fmt.Sprintf("more than %d instructions", maxInstructions)}
	}
	file := &File{Escape: result.EscapeToken, lines: strings.SplitAfter(string(text), "\n"), foreign: isForeign(text)}
	stages := 0
	for _, node := range result.AST.Children {
		instruction := read(node)
		if instruction.Cmd == command.From {
			stages++
		}
		instruction.Stage = max(stages-1, 0)
		file.Instructions = append(file.Instructions, instruction)
	}
	file.Comments = file.comments()
	return file, nil
}

// Last gives the name of the last stage in lower case, empty when it has none.
func (f *File) Last() string {
	for i := len(f.Instructions) - 1; i >= 0; i-- {
		if in := f.Instructions[i]; in.Cmd == command.From {
			if len(in.Value) == 3 && strings.EqualFold(in.Value[1], "as") {
				return strings.ToLower(in.Value[2])
			}
			return ""
		}
	}
	return ""
}

// LooksLike tells whether a text of unknown name reads as a Dockerfile: its first instruction is FROM, or ARG with a
// FROM after it.
func LooksLike(text []byte) bool {
	for line := range bytes.Lines(text[:min(len(text), 64<<10)]) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		word, rest, _ := bytes.Cut(line, []byte(" "))
		switch {
		case bytes.EqualFold(word, []byte("FROM")):
			return plausibleBase(string(bytes.TrimSpace(rest)))
		case bytes.EqualFold(word, []byte("ARG")):
			continue
		default:
			return false
		}
	}
	return false
}

func plausibleBase(rest string) bool {
	words := strings.Fields(rest)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	return len(words) == 1 || len(words) == 3 && strings.EqualFold(words[1], "as")
}

func syntaxError(err error) error {
	line := 1
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			if len(ranges) > 0 {
				line = max(ranges[0].Start.Line, 1)
				break
			}
		}
	}
	msg := err.Error()
	if strings.Contains(msg, "max allowed size") {
		msg = "line longer than 64 KiB"
	}
	return &SyntaxError{Line: line, Msg: msg}
}

func read(node *parser.Node) Instruction {
	in := Instruction{
		Cmd:     strings.ToLower(node.Value),
		Flags:   node.Flags,
		From:    node.StartLine,
		To:      node.EndLine,
		logical: node.Original,
	}
	for _, h := range node.Heredocs {
		content := h.Content
		if h.Chomp {
			content = parser.ChompHeredocContent(content)
		}
		in.Heredocs = append(in.Heredocs, Heredoc{Name: h.Name, Content: content, Expand: h.Expand})
	}
	inner := node
	if node.Next != nil && len(node.Next.Children) > 0 {
		inner = node.Next.Children[0]
		in.Sub = strings.ToLower(inner.Value)
		in.Flags = inner.Flags
	}
	in.JSON = inner.Attributes["json"]
	in.Value = values(inner)
	if name := strings.ToLower(inner.Value); name == command.Healthcheck && len(in.Value) > 0 {
		if in.Cmd == command.Healthcheck {
			in.Sub = strings.ToUpper(in.Value[0])
		}
		in.Value = in.Value[1:]
	}
	return in
}

func values(node *parser.Node) []string {
	name := strings.ToLower(node.Value)
	if _, known := command.Commands[name]; !known {
		_, rest, _ := strings.Cut(strings.TrimSpace(node.Original), node.Value)
		if rest = strings.TrimSpace(rest); rest != "" {
			return []string{rest}
		}
		return nil
	}
	var list []string
	for n := node.Next; n != nil; n = n.Next {
		list = append(list, n.Value)
	}
	return list
}

// comments collects the comment lines with the instruction that each speaks for.
func (f *File) comments() []Comment {
	var list []Comment
	next := 0
	for i, line := range f.lines {
		number := i + 1
		for next < len(f.Instructions) && f.Instructions[next].To < number {
			next++
		}
		text := strings.TrimSpace(line)
		if !strings.HasPrefix(text, "#") {
			continue
		}
		comment := Comment{Line: number, Text: strings.TrimSpace(text[1:]), From: number, To: number}
		if next < len(f.Instructions) {
			comment.From = min(number, f.Instructions[next].From)
			comment.To = f.Instructions[next].To
		}
		list = append(list, comment)
	}
	return list
}
