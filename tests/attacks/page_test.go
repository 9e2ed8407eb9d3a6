package attacks

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPageListsWhatOPAAccepts keeps the list in docs/bundles.md: every attack that OPA's own reader accepts, by name.
func TestPageListsWhatOPAAccepts(t *testing.T) {
	text, err := os.ReadFile("../../docs/bundles.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "<!-- accepted: begin -->\n")
	require.True(t, found)
	list, _, found := strings.Cut(rest, "<!-- accepted: end -->")
	require.True(t, found)
	var wanted strings.Builder
	for _, a := range attacks() {
		if a.opa == accepts {
			wanted.WriteString("- " + a.name + "\n")
		}
	}
	for _, a := range staleAttacks() {
		wanted.WriteString("- " + a.name + "\n")
	}
	assert.Equal(t, wanted.String(), list)
}
