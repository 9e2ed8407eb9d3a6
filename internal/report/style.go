package report

import "github.com/onelayer/onelayer/internal/finding"

// style is a colour of the terminal; the empty style prints plainly.
type style string

const (
	bold      style = "1"
	dim       style = "2"
	red       style = "1;31"
	yellow    style = "1;33"
	cyan      style = "1;36"
	blue      style = "1;34"
	green     style = "1;32"
	underline style = "4"
)

// palette paints text when colours are wanted and picks glyphs that the terminal can show.
type palette struct {
	color   bool
	unicode bool
}

func (p palette) paint(s style, text string) string {
	if !p.color || text == "" || s == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// glyph picks the first form where Unicode can be shown, else the second.
func (p palette) glyph(fancy, plain string) string {
	if p.unicode {
		return fancy
	}
	return plain
}

func severityStyle(s finding.Severity) style {
	switch s {
	case finding.Error:
		return red
	case finding.Warning:
		return yellow
	default:
		return cyan
	}
}
