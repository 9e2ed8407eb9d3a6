package mapview

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/onelayer/onelayer/internal/claims/document"
)

// writeJSON prints the map document, schema onelayer.dev/map/v1.
func writeJSON(w io.Writer, m *document.Map, opts Options) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(masked(m, opts)); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}
