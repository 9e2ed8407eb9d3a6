package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/finding"
)

func TestExcerpt(t *testing.T) {
	for _, test := range []struct {
		name, line        string
		column, endColumn int
		mask              func([]string) []string
		text, marked      string
	}{
		{name: "range", line: "CMD [a, b]", column: 6, endColumn: 7, text: "CMD [a, b]", marked: "a"},
		{name: "quoted word", line: `CMD ["pm2 x", "y"]`, column: 6, text: `CMD ["pm2 x", "y"]`, marked: `"pm2 x"`},
		{name: "word before a comma", line: "[pm2, y]", column: 2, text: "[pm2, y]", marked: "pm2"},
		{name: "rest of the line", line: "key: word", column: 6, text: "key: word", marked: "word"},
		{name: "column beyond the line", line: "ab", column: 9, text: "ab"},
		{name: "no column", line: "ab", text: "ab"},
		{name: "tab", line: "\t- pm2", column: 4, endColumn: 7, text: "    - pm2", marked: "pm2"},
		{name: "end beyond the line", line: "ab cd", column: 4, endColumn: 99, text: "ab cd", marked: "cd"},
		{name: "mask before", line: "A=secret cmd", column: 10, endColumn: 13, mask: stars, text: "A=* cmd", marked: "cmd"},
		{name: "mask inside", line: "cmd A=secret", column: 1, endColumn: 13, mask: stars, text: "cmd A=*", marked: "cmd A=*"},
		{name: "masked itself", line: "cmd secret x", column: 5, endColumn: 11, mask: stars, text: "cmd * x", marked: "*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := Options{Mask: test.mask, Source: func(string) ([]string, error) { return []string{test.line}, nil }}
			e, ok := readExcerpt(opts, "f", 1, test.column, test.endColumn)
			assert.True(t, ok)
			assert.Equal(t, test.text, e.text)
			assert.Equal(t, test.marked, e.text[e.start:e.start+e.length])
		})
	}
}

func stars(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.ReplaceAll(line, "secret", "*")
	}
	return out
}

func TestExcerptInsideAKey(t *testing.T) {
	lines := []string{"key: |", "  -----BEGIN " + "PRIVATE KEY-----", "  abc", "  def", "  -----END " + "PRIVATE KEY-----", "next: x"}
	pem := func(window []string) []string {
		if strings.Contains(strings.Join(window, " "), "BEGIN") {
			return append(window[:len(window)-1:len(window)-1], "***")
		}
		return window
	}
	assert.Equal(t, "***", shownLine(pem, lines, 3))
}

func TestExcerptOfWideCharacters(t *testing.T) {
	e := expand([]rune("名前: x"), 4, 5)
	assert.Equal(t, excerpt{text: "名前: x", start: 6, length: 1}, e)
}

func TestFitKeepsThePartAtFaultInSight(t *testing.T) {
	e := excerpt{text: strings.Repeat("a", 100) + "BAD" + strings.Repeat("c", 100), start: 100, length: 3}.fit(40, "…")
	assert.Equal(t, 40, textWidth(e.text))
	shown := []rune(e.text)
	assert.Equal(t, "BAD", string(shown[e.start:e.start+e.length]))
}

func TestHideEnvValue(t *testing.T) {
	lines := strings.Split(`env:
- name: TOKEN
  value: abc
- value: "def"
  name: OTHER
- name: NODE_ENV
  value: production
- name: PIN
  value: "1234"
- name: SIZE
  value: "1234"
- name: CERT
  value: |
    line one
    line two
options:
  value: shown
- name: REF
  valueFrom: {}
- {name: X, value: y}
password: [a, b
secretKeyRef: {name: a, key: b}`, "\n")
	want := map[int]string{2: "  value: ***", 3: "- value: ***", 8: "  value: ***", 13: "    ***", 14: "    ***", 20: "password: ***"}
	for i, line := range lines {
		expected, hidden := want[i]
		if !hidden {
			expected = line
		}
		assert.Equal(t, expected, hideEnvValue(lines, i), "line %d", i)
	}
}

func TestGroupPutsFindingsUnderTheirRoot(t *testing.T) {
	a := finding.Object{Kind: "Deployment", Name: "a"}
	b := finding.Object{Kind: "Deployment", Name: "b"}
	image := finding.Object{Kind: "Image", Name: "i"}
	findings := []finding.Finding{
		{ID: "follow", Root: "root", Object: b},
		{ID: "root", Object: a},
		{ID: "root", Object: b},
		{ID: "lost", Root: "absent", Object: a},
		{ID: "grandchild", Root: "follow", Object: b},
		{ID: "one", Root: "two"},
		{ID: "two", Root: "one"},
		{ID: "other", Root: "root", Object: image, Related: []finding.Related{{Object: &a}}},
	}
	var got []string
	for _, n := range group(findings) {
		text := n.ID + " " + n.Object.Name
		for _, child := range n.children {
			text += " < " + child.ID
		}
		got = append(got, text)
	}
	assert.Equal(t, []string{"root a < other", "root b < follow < grandchild", "lost a", "one ", "two "}, got)
}

func TestWrap(t *testing.T) {
	assert.Equal(t, []string{"one two", "three", "  deep"}, wrap("one two three\n  deep\n", 8))
	assert.Equal(t, []string{"averyveryverylongword"}, wrap("averyveryverylongword", 8))
}

func TestProseIsMaskedWithCare(t *testing.T) {
	hide := masker(func(lines []string) []string {
		words := strings.Split(lines[0], " ")
		for i := 1; i < len(words); i++ {
			if strings.HasPrefix(words[i-1], "--secret") || strings.HasSuffix(words[i-1], "KEY:") {
				words[i] = "***"
			}
		}
		return []string{strings.Join(words, " ")}
	})
	assert.Equal(t, "starts PM2 with --secret, which links it", hide.prose("starts PM2 with --secret, which links it", noteWord))
	assert.Equal(t, "runs pm2 --secret *** twice", hide.prose("runs pm2 --secret a1b2 twice", noteWord))
	assert.Equal(t, "pm2 --secret monitoring", hide.prose("pm2 --secret monitoring", messageWord))
	assert.Equal(t, "pm2 --secret ***", hide.prose("pm2 --secret monitoring", noteWord))
	assert.Equal(t, "KEY: Remove it", hide.prose("KEY: Remove it", noteWord))
}
