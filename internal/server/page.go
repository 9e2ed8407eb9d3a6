package server

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"
)

//go:embed page.html
var pageText string

// maxRows bounds the agents on the page; those who need somebody come first.
const maxRows = 500

// page is the template and what browsers may run of it. It is parsed when somebody asks, so that no other command pays.
var page = sync.OnceValue(func() (p struct {
	template *template.Template
	policy   string
}) {
	p.template = template.Must(template.New("page").Funcs(template.FuncMap{
		"short": shortRevision, "ago": ago, "stamp": func(t time.Time) string { return t.Format("2006-01-02 15:04:05 UTC") },
	}).Parse(pageText))
	p.policy = "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src " +
		hashOf(pageText, "<style>", "</style>") + "; script-src " + hashOf(pageText, "<script>", "</script>")
	return p
})

// hashOf is the source of a content security policy for the text between two marks.
func hashOf(text, begin, end string) string {
	_, text, _ = strings.Cut(text, begin)
	text, _, _ = strings.Cut(text, end)
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// shortRevision is enough of a revision to tell it from others.
func shortRevision(revision string) string {
	if len(revision) > 12 {
		return revision[:12]
	}
	return revision
}

// ago is a duration up to now in one unit.
func ago(now, then time.Time) string {
	d := now.Sub(then)
	switch {
	case d < 0:
		return "in " + strings.TrimSuffix(ago(then, now), " ago")
	case d < 2*time.Minute:
		return d.Truncate(time.Second).String() + " ago"
	case d < 2*time.Hour:
		return strings.TrimSuffix(d.Truncate(time.Minute).String(), "0s") + " ago"
	default:
		return strings.TrimSuffix(d.Truncate(time.Hour).String(), "0m0s") + " ago"
	}
}

// pageData is what the template shows.
type pageData struct {
	View
	// Order is that of the states.
	Order []string
	// More is how many agents are not on the page.
	More int
}

func (s *Server) servePage(w http.ResponseWriter, _ *http.Request) {
	data := pageData{View: s.view(), Order: states}
	if len(data.Agents) > maxRows {
		data.More = len(data.Agents) - maxRows
		data.Agents = data.Agents[:maxRows]
	}
	p := page()
	var text strings.Builder
	if err := p.template.Execute(&text, data); err != nil {
		s.log.Error("page not made", "error", err.Error())
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", p.policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write([]byte(text.String()))
}
