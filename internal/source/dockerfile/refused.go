package dockerfile

import (
	"fmt"
	"regexp"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// ownFrontend matches the names of the frontend that BuildKit itself ships.
var ownFrontend = regexp.MustCompile(`^(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?:[:@].*)?$`)

// Refused tells why BuildKit would build nothing of a file that could be read: an instruction that it does not know, or
// no FROM before an instruction that needs one. It is nil for a file that it takes and for one of another frontend, which
// a syntax directive names.
func (f *File) Refused() *SyntaxError {
	if f.foreign {
		return nil
	}
	for _, in := range f.Instructions {
		if _, known := command.Commands[in.Cmd]; !known {
			return &SyntaxError{Line: in.From, Msg: fmt.Sprintf("unknown instruction %s", in.Cmd)}
		}
	}
	for _, in := range f.Instructions {
		switch in.Cmd {
		case command.From:
			return nil
		case command.Arg:
		default:
			return &SyntaxError{Line: in.From, Msg: fmt.Sprintf("%s before the first FROM", in.Cmd)}
		}
	}
	return &SyntaxError{Line: 1, Msg: "no FROM"}
}

// isForeign tells whether a syntax directive names a frontend other than BuildKit's own.
func isForeign(text []byte) bool {
	frontend, _, _, found := parser.DetectSyntax(text)
	return found && !ownFrontend.MatchString(frontend)
}
