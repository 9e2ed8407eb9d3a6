package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dashboard is what the test reads of a dashboard of Grafana.
type dashboard struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	SchemaVersion int    `json:"schemaVersion"`
	Templating    struct {
		List []struct{ Name, Type, Query string } `json:"list"`
	} `json:"templating"`
	Panels []panel `json:"panels"`
}

type datasource struct{ Type, UID string }

type panel struct {
	ID          int                      `json:"id"`
	Type        string                   `json:"type"`
	Title       string                   `json:"title"`
	Description string                   `json:"description"`
	Datasource  datasource               `json:"datasource"`
	GridPos     struct{ X, Y, W, H int } `json:"gridPos"`
	Targets     []struct {
		RefID      string     `json:"refId"`
		Expr       string     `json:"expr"`
		Datasource datasource `json:"datasource"`
	} `json:"targets"`
}

// metric is a metric of the page with the labels that it has there.
type metric map[string]map[string]bool

// promql holds the words of the query language that the dashboard uses; those that aggregate or compute need an argument.
var promql = map[string]bool{
	"sum": true, "max": true, "min": true, "rate": true, "increase": true, "histogram_quantile": true, "time": true, "vector": true,
	"or": false,
}

var (
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	selector = regexp.MustCompile(`([a-z_][a-z0-9_]*)\s*\{([^{}]*)\}`)
	matcher  = regexp.MustCompile(`^\s*([a-z_]+)\s*(=|!=|=~|!~)\s*""\s*$`)
	window   = regexp.MustCompile(`\[(\$__rate_interval|[0-9]+[smhd])\]`)
	grouping = regexp.MustCompile(`\bby\s*\(([a-z_, ]*)\)`)
	word     = regexp.MustCompile(`[a-zA-Z_$][a-zA-Z0-9_$:]*\s*\(?`)
	number   = regexp.MustCompile(`\b[0-9]+(\.[0-9]+)?(e[0-9]+)?\b`)
	row      = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|([^|]*)\\|")
	alert    = regexp.MustCompile(`(?m)^ +expr: (.*)$`)
	label    = regexp.MustCompile("`([a-z_]+)`")
)

// TestDashboard holds each dashboard and the alerts of its page to the table there: they query no metric and no label that
// the table lacks, and leave out none.
func TestDashboard(t *testing.T) {
	for page, board := range map[string]string{"observability.md": "onelayer.json", "serve.md": "fleet.json"} {
		t.Run(board, func(t *testing.T) { checkDashboard(t, page, board) })
	}
}

func checkDashboard(t *testing.T, pageName, boardName string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", pageName))
	require.NoError(t, err)
	table, rest, found := strings.Cut(string(page), "\n## Alerts")
	require.True(t, found, "the page has alerts behind the table")
	known := metricsOf(table)
	require.Greater(t, len(known), 10, "the table of metrics")
	text, err := os.ReadFile(filepath.Join("..", "docs", "grafana", boardName))
	require.NoError(t, err)
	var board dashboard
	require.NoError(t, json.Unmarshal(text, &board))
	assert.NotEmpty(t, board.UID)
	assert.NotEmpty(t, board.Title)
	assert.Positive(t, board.SchemaVersion)
	require.Len(t, board.Templating.List, 1)
	assert.Equal(t, "datasource", board.Templating.List[0].Type)
	assert.Equal(t, "prometheus", board.Templating.List[0].Query)
	choice := datasource{Type: "prometheus", UID: "${" + board.Templating.List[0].Name + "}"}

	used, ids := map[string]bool{}, map[int]bool{}
	for i, p := range board.Panels {
		checkPanel(t, p, choice)
		assert.False(t, ids[p.ID], "%s: the id %d is taken", p.Title, p.ID)
		ids[p.ID] = true
		for _, other := range board.Panels[:i] {
			assert.False(t, overlap(p, other), "%s lies on %s", p.Title, other.Title)
		}
		for _, target := range p.Targets {
			names, problem := readQuery(target.Expr, known)
			assert.Empty(t, problem, "%s: %s", p.Title, target.Expr)
			for _, name := range names {
				used[name] = true
			}
		}
	}
	alerts := alert.FindAllStringSubmatch(rest, -1)
	assert.NotEmpty(t, alerts)
	for _, one := range alerts {
		names, problem := readQuery(one[1], known)
		assert.Empty(t, problem, one[1])
		for _, name := range names {
			used[name] = true
		}
	}
	for name := range known {
		assert.True(t, used[name], "no panel and no alert reads %s", name)
	}
}

func checkPanel(t *testing.T, p panel, choice datasource) {
	t.Helper()
	assert.Positive(t, p.ID, p.Title)
	assert.NotEmpty(t, p.Title)
	assert.NotEmpty(t, p.Description, p.Title)
	assert.Contains(t, []string{"stat", "timeseries", "bargauge", "table"}, p.Type, p.Title)
	assert.Equal(t, choice, p.Datasource, p.Title)
	assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, "%s: the grid has 24 columns", p.Title)
	require.NotEmpty(t, p.Targets, p.Title)
	refs := map[string]bool{}
	for _, target := range p.Targets {
		assert.Equal(t, choice, target.Datasource, p.Title)
		assert.False(t, refs[target.RefID], "%s: %s is taken", p.Title, target.RefID)
		refs[target.RefID] = true
	}
}

func overlap(a, b panel) bool {
	return a.GridPos.X < b.GridPos.X+b.GridPos.W && b.GridPos.X < a.GridPos.X+a.GridPos.W &&
		a.GridPos.Y < b.GridPos.Y+b.GridPos.H && b.GridPos.Y < a.GridPos.Y+a.GridPos.H
}

// metricsOf reads the table of the page. Histograms have their buckets as a metric, with the label le.
func metricsOf(page string) metric {
	known := metric{}
	for _, found := range row.FindAllStringSubmatch(page, -1) {
		labels := map[string]bool{}
		for _, name := range label.FindAllStringSubmatch(found[2], -1) {
			labels[name[1]] = true
		}
		name := found[1]
		if line := page[strings.Index(page, found[0]):]; strings.Contains(line[:strings.Index(line, "\n")], "(histogram)") {
			name, labels["le"] = name+"_bucket", true
		}
		known[name] = labels
	}
	return known
}

// readQuery reads a query as far as its names go: balanced brackets, known words, known metrics, and labels that these
// have. It gives the metrics, or what is wrong.
func readQuery(expr string, known metric) (names []string, problem string) {
	if !balanced(expr) {
		return nil, "brackets do not match"
	}
	rest := quoted.ReplaceAllString(expr, `""`)
	wanted := map[string]bool{}
	for _, found := range selector.FindAllStringSubmatch(rest, -1) {
		for _, one := range strings.Split(found[2], ",") {
			parts := matcher.FindStringSubmatch(one)
			if parts == nil {
				return nil, "no matcher: " + one
			}
			if !known[found[1]][parts[1]] {
				return nil, found[1] + " has no label " + parts[1]
			}
		}
	}
	rest = selector.ReplaceAllString(rest, "$1")
	for _, found := range grouping.FindAllStringSubmatch(rest, -1) {
		for _, name := range strings.Split(found[1], ",") {
			wanted[strings.TrimSpace(name)] = true
		}
	}
	rest = number.ReplaceAllString(window.ReplaceAllString(grouping.ReplaceAllString(rest, ""), ""), "")
	for _, found := range word.FindAllString(rest, -1) {
		name := strings.TrimRight(found, " (")
		call, isWord := promql[name]
		switch {
		case isWord && call != strings.HasSuffix(found, "("):
			return nil, name + " is called wrongly"
		case isWord:
		case known[name] == nil:
			return nil, "unknown: " + name
		default:
			names = append(names, name)
			for group := range wanted {
				if !known[name][group] {
					return nil, name + " has no label " + group
				}
			}
		}
	}
	if len(names) == 0 {
		return nil, "no metric"
	}
	return names, ""
}

func balanced(text string) bool {
	closing := map[rune]rune{')': '(', ']': '[', '}': '{'}
	var open []rune
	for _, r := range quoted.ReplaceAllString(text, "") {
		switch r {
		case '(', '[', '{':
			open = append(open, r)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != closing[r] {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// TestDashboardReader makes sure that the reader of queries refuses what is wrong.
func TestDashboardReader(t *testing.T) {
	known := metric{"up": {"job": true}, "took_bucket": {"le": true}}
	for _, expr := range []string{
		`sum by (job) (rate(up{job="a,b}"}[5m]))`, `histogram_quantile(0.99, sum by (le) (rate(took_bucket[$__rate_interval])))`,
		`time() - max(up) / 1e9`, `up or vector(0)`,
	} {
		_, problem := readQuery(expr, known)
		assert.Empty(t, problem, expr)
	}
	for _, expr := range []string{
		`sum(up`, `sum(up))`, `sum(down)`, `up{pod="a"}`, `sum by (pod) (up)`, `rate(up[soon])`, `avg(up)`, `time()`, `up{job}`, ``,
		`rate up`,
	} {
		_, problem := readQuery(expr, known)
		assert.NotEmpty(t, problem, expr)
	}
}
