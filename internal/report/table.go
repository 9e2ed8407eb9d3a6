package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

// tableWriter prints one line a finding in aligned columns.
type tableWriter struct{}

// Write implements Writer.
func (tableWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	v := newView(r, opts)
	rows := make([][]string, 0, len(v.Findings)+len(v.Waived)+len(v.Errors))
	tints := make([]style, 0, cap(rows))
	add := func(tint style, cells ...string) {
		rows = append(rows, cells)
		tints = append(tints, tint)
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		add(severityStyle(f.Severity), string(f.Severity), f.ID, place(f.File, f.Line, f.Column), objectName(&f.Object), message(f))
	}
	for i := range v.Waived {
		f := &v.Waived[i].Finding
		add(dim, "waived", f.ID, place(f.File, f.Line, f.Column), objectName(&f.Object), message(f))
	}
	for _, p := range v.Errors {
		add(red, "problem", "", place(p.File, p.Line, p.Column), "", p.Msg)
	}
	out := bufio.NewWriter(w)
	if len(rows) > 0 {
		Columns(out, []string{"SEVERITY", "RULE", "PLACE", "OBJECT", "MESSAGE"}, rows, func(row, column int, text string) string {
			if column == 0 {
				return palette{color: opts.Color}.paint(tints[row], text)
			}
			return text
		})
	}
	if !opts.Quiet {
		_, _ = fmt.Fprintln(out, counts(v.Report))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// Columns prints rows in aligned columns; paint, when given, colours a cell after it was aligned.
func Columns(w io.Writer, head []string, rows [][]string, paint func(row, column int, text string) string) {
	widths := make([]int, len(head))
	for i, cell := range head {
		widths[i] = textWidth(cell)
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = clean(cell)
			widths[i] = max(widths[i], textWidth(row[i]))
		}
	}
	print := func(index int, row []string) {
		var b strings.Builder
		for i, cell := range row {
			if i < len(row)-1 {
				cell = pad(cell, widths[i]+2)
			}
			if paint != nil && index >= 0 {
				cell = paint(index, i, cell)
			}
			b.WriteString(cell)
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	print(-1, head)
	for i, row := range rows {
		print(i, row)
	}
}
