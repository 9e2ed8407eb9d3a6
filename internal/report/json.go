package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/onelayer/onelayer/internal/finding"
)

// jsonWriter prints the report document, schema onelayer.dev/report/v1.
type jsonWriter struct{}

// Write implements Writer.
func (jsonWriter) Write(w io.Writer, r *finding.Report, opts Options) error {
	out := *newView(r, opts).Report
	out.Schema = finding.SchemaReport
	return writeJSON(w, out)
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
