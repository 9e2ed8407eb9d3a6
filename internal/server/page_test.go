package server

import (
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	documented = regexp.MustCompile("(?m)^\\| `(onelayer_[a-z_]+)` \\|([^|]*)\\|")
	family     = regexp.MustCompile(`(?m)^# TYPE (onelayer_[a-z_]+) [a-z]+$`)
	sample     = regexp.MustCompile(`(?m)^(onelayer_[a-z_]+?)(_bucket|_sum|_count)?(\{.*\})? [0-9.e+-]+$`)
	labelName  = regexp.MustCompile("([a-z_]+)=\"")
)

// TestMetricsAreDocumented holds the page to what the server says: the same metrics with the same labels.
func TestMetricsAreDocumented(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	post(s.Handler(), "/status", status("a", "onelayer", "x", ""))
	text := s.metrics()
	page, err := os.ReadFile("../../docs/serve.md")
	require.NoError(t, err)
	listed := map[string]string{}
	for _, row := range documented.FindAllStringSubmatch(string(page), -1) {
		listed[row[1]] = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(row[2]), "`", ""), ", ", ",")
	}
	found := map[string]string{}
	for _, line := range sample.FindAllStringSubmatch(text, -1) {
		var labels []string
		for _, label := range labelName.FindAllStringSubmatch(line[3], -1) {
			if label[1] != "le" {
				labels = append(labels, label[1])
			}
		}
		found[line[1]] = strings.Join(labels, ",")
	}
	assert.Equal(t, listed, found)
	for _, name := range family.FindAllStringSubmatch(text, -1) {
		assert.Contains(t, found, name[1], "a metric without a value")
	}
}

// TestPageIsWhole asks nobody else for anything, and runs nothing but its own script.
func TestPageIsWhole(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	for i := range maxRows + 20 {
		post(s.Handler(), "/status", status("agent-"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/26), "onelayer", "x", ""))
	}
	answer := get(s.AdminHandler(&net.TCPAddr{}), "GET", "/fleet")
	text := answer.Body.String()
	assert.NotRegexp(t, `(src|href)="(https?:)?//`, text)
	assert.Equal(t, maxRows, strings.Count(text, `<th scope="row">`))
	assert.Contains(t, text, "more agents are in")
	policy := answer.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", hashOf(text, "<script>", "</script>"), hashOf(text, "<style>", "</style>")} {
		assert.Contains(t, policy, part)
	}
	assert.NotContains(t, policy, "unsafe")
	assert.Equal(t, 1, strings.Count(text, "<script"))
	assert.True(t, slices.IsSorted([]int{strings.Index(text, "<h1"), strings.Index(text, "<h2"), strings.Index(text, "<h3")}))
}
