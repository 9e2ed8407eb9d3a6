package cli

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/mattn/go-isatty"
)

// isTerminal tells whether a stream is shown to a person.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && (isatty.IsTerminal(file.Fd()) || isatty.IsCygwinTerminal(file.Fd()))
}

// useColor decides about colours: the flag, else NO_COLOR and FORCE_COLOR, else whether a person is looking.
func useColor(flag string, stream io.Writer, getenv func(string) string) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	if getenv("NO_COLOR") != "" {
		return false
	}
	if force := getenv("FORCE_COLOR"); force != "" {
		return force != "0" && force != "false"
	}
	return isTerminal(stream) && getenv("TERM") != "dumb"
}

// useUnicode tells whether the locale can show more than ASCII. Without any locale, as on most CI machines, it can.
func useUnicode(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}

// Widths of a terminal that reports are made for.
const (
	leastWidth = 60
	mostWidth  = 120
)

// columns is the width to print for; 0 leaves the choice to the format.
func columns(stream io.Writer, getenv func(string) string) int {
	width, err := strconv.Atoi(getenv("COLUMNS"))
	if file, ok := stream.(*os.File); (err != nil || width <= 0) && ok {
		width = terminalWidth(file)
	}
	if width <= 0 {
		return 0
	}
	return min(max(width, leastWidth), mostWidth)
}
