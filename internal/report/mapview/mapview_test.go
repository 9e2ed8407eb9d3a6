package mapview

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, format string, m *document.Map, opts Options) string {
	t.Helper()
	write, err := For(format)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, write(&out, m, opts))
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// mask hides what follows a password.
func mask(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = regexp.MustCompile(`hunter2`).ReplaceAllString(line, "***")
	}
	return out
}

func TestFormats(t *testing.T) {
	assert.Equal(t, []string{"html", "json", "markdown", "mermaid", "pretty"}, Formats())
	_, err := For("pdf")
	assert.ErrorContains(t, err, `unknown format "pdf": use one of html, json, markdown, mermaid, pretty`)
	for _, test := range []struct {
		name, format string
		opts         Options
	}{
		{"pretty.txt", "pretty", Options{Unicode: true, Width: 110}},
		{"pretty-colour.txt", "pretty", Options{Unicode: true, Color: true, Width: 110}},
		{"pretty-ascii-narrow.txt", "pretty", Options{Width: 60}},
		{"pretty-brief.txt", "pretty", Options{Unicode: true, Brief: true, Quiet: true, Width: 120}},
		{"map.md", "markdown", Options{Docs: "https://example.com/"}},
		{"map-brief.md", "markdown", Options{Docs: "https://example.com/", Brief: true, Quiet: true}},
		{"map.mmd", "mermaid", Options{}},
		{"map.json", "json", Options{}},
		{"map.html", "html", Options{Docs: "https://example.com/", Version: "1.2.3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.opts.Mask = mask
			golden(t, test.name, render(t, test.format, sampleMap(), test.opts))
		})
	}
}

func TestNoFormatShowsASecretOrChangesTheMap(t *testing.T) {
	for _, format := range Formats() {
		m := sampleMap()
		text := render(t, format, m, Options{Mask: mask, Unicode: true})
		assert.NotContains(t, text, "hunter2", format)
		assert.Equal(t, sampleMap(), m, format)
	}
}

func TestTextOfAnInputStaysText(t *testing.T) {
	for _, format := range []string{"html", "markdown", "mermaid", "pretty"} {
		text := render(t, format, sampleMap(), Options{Mask: mask})
		assert.NotContains(t, text, "\x1b", format)
		if format != "pretty" {
			assert.NotContains(t, text, "<this>", format)
		}
	}
	m := sampleMap()
	m.Workloads[0].Object.Name = `</script><img src=x onerror=alert(1)>"]; click n1`
	for _, format := range []string{"html", "markdown", "mermaid"} {
		assert.NotContains(t, render(t, format, m, Options{}), "<img", format)
	}
	assert.NotContains(t, render(t, "mermaid", m, Options{}), `"]; click`)
}

func TestTheTerminalIsNeverTooNarrow(t *testing.T) {
	for width := 60; width <= 130; width += 10 {
		for i, line := range strings.Split(render(t, "pretty", sampleMap(), Options{Unicode: true, Width: width}), "\n") {
			assert.LessOrEqual(t, report.TextWidth(line), width, "line %d: %s", i, line)
		}
	}
}

func TestASCIIIsASCII(t *testing.T) {
	m := sampleMap()
	m.Workloads[0].Concerns = concerns()
	for _, r := range render(t, "pretty", m, Options{Mask: mask, Width: 110}) {
		require.Less(t, r, rune(128))
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	text := render(t, "html", sampleMap(), Options{Docs: "https://example.com/", Mask: mask})
	for _, outside := range []string{"<script", "<link rel=\"stylesheet", "@import", "url(", "src=", "<iframe"} {
		assert.NotContains(t, text, outside)
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		local := strings.HasPrefix(link[1], "#") && strings.Contains(text, `id="`+link[1][1:]+`"`)
		assert.True(t, local || link[1] == "data:," || strings.HasPrefix(link[1], "https://example.com/"), link[1])
	}
	assert.Contains(t, text, "default-src 'none'")
	assert.Contains(t, text, "@media print")
	assert.Contains(t, text, "prefers-color-scheme: dark")
	cells := regexp.MustCompile(`<td><span class="sign [a-z]+" title="[^"]+">.*?<span class="hidden">[^<]+</span></span></td>`).FindAllString(text, -1)
	assert.Len(t, cells, 2*len(document.Concerns), "every cell says in words what it shows")
}

func TestAnEmptyMap(t *testing.T) {
	assert.Equal(t, "no workloads\n", render(t, "pretty", document.New(), Options{}))
	assert.Empty(t, render(t, "pretty", document.New(), Options{Quiet: true}))
	assert.Contains(t, render(t, "html", document.New(), Options{}), "There is no workload.")
	assert.Contains(t, render(t, "markdown", document.New(), Options{}), "no workloads")
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(render(t, "json", document.New(), Options{})), &m))
	assert.Equal(t, []any{}, m["workloads"])
	assert.Equal(t, []any{}, m["edges"])
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFullDiskIsAnError(t *testing.T) {
	for _, format := range Formats() {
		write, err := For(format)
		require.NoError(t, err)
		err = write(full{}, sampleMap(), Options{})
		require.ErrorIs(t, err, errFull, format)
		assert.ErrorContains(t, err, "write map: ", format)
	}
}
