package report

// Painter colours text for other packages that print to a terminal.
type Painter struct{ palette }

// NewPainter makes a painter; without colours it leaves text as it is.
func NewPainter(color, unicode bool) Painter { return Painter{palette{color: color, unicode: unicode}} }

// Paint colours a text: bold, dim, red, yellow, cyan, blue, green.
func (p Painter) Paint(tint, text string) string {
	return p.paint(map[string]style{"bold": bold, "dim": dim, "red": red, "yellow": yellow, "cyan": cyan, "blue": blue, "green": green}[tint], text)
}

// Glyph picks the first form where Unicode can be shown, else the second.
func (p Painter) Glyph(fancy, plain string) string { return p.glyph(fancy, plain) }

// Clean makes text from an input safe for a terminal.
func Clean(text string) string { return clean(text) }

// TextWidth is the number of columns that a text takes in a terminal.
func TextWidth(text string) int { return textWidth(text) }

// Wrap breaks text into lines at spaces.
func Wrap(text string, limit int) []string { return wrap(text, limit) }

// Pad fills text with spaces on the right.
func Pad(text string, columns int) string { return pad(text, columns) }

// Clip cuts text to a width and marks the cut.
func Clip(text string, columns int, mark string) string { return clip(text, columns, mark) }

// MarkdownCell escapes text for a cell of a table in markdown.
func MarkdownCell(text string) string { return markdownCell(text) }

// MarkdownCode writes text as code in markdown.
func MarkdownCode(text string) string { return markdownCode(text) }
