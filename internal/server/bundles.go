package server

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// writeWithin is how long a client may take to read an answer.
	writeWithin = 30 * time.Second
	// retryAfter is what a client is told when the server cannot answer now, in seconds.
	retryAfter = "5"
)

// parts are the signed statements beside a bundle, by the end of their names.
var parts = map[string]func(*edition) []byte{
	".release.json":   func(e *edition) []byte { return e.documents.Release },
	".timestamp.json": func(e *edition) []byte { return e.documents.Timestamp },
	".keyring.json":   func(e *edition) []byte { return e.documents.Keyring },
}

// serveBundle answers the Bundle Service API: the bundle, that there is nothing new, or this after a wait.
func (s *Server) serveBundle(w http.ResponseWriter, r *http.Request) {
	name, part := splitPart(r.PathValue("name"))
	slot := s.slots[name]
	if code := s.admit(r, slot); code != http.StatusOK {
		s.refuse(w, slot, code)
		return
	}
	current := slot.current.Load()
	if current == nil {
		w.Header().Set("Retry-After", retryAfter)
		s.refuse(w, slot, http.StatusServiceUnavailable)
		return
	}
	if part != "" {
		serveDocument(w, r, parts[part](current))
		return
	}
	same := noneMatch(r.Header.Values("If-None-Match"), current.etag)
	if wait := preferredWait(r.Header.Values("Prefer"), s.settings.Polling.MaxWait); same && wait > 0 && r.Method == http.MethodGet {
		if current, same = s.wait(w, r, slot, current, wait); current == nil {
			return
		}
	}
	s.answer(w, r, slot, current, same)
}

// splitPart cuts the name of a bundle from what is wanted of it.
func splitPart(path string) (name, part string) {
	for part := range parts {
		if name, found := strings.CutSuffix(path, part); found {
			return name, part
		}
	}
	return strings.TrimSuffix(path, ".tar.gz"), ""
}

// wait holds a request until there is something new, the time is over or the server stops. Without an edition, the
// request was answered or its client is gone.
func (s *Server) wait(w http.ResponseWriter, r *http.Request, slot *slot, current *edition, most time.Duration) (*edition, bool) {
	if s.waiters.Add(1) > int64(s.settings.Polling.MaxWaiters) {
		s.waiters.Add(-1)
		w.Header().Set("Retry-After", retryAfter)
		s.refuse(w, slot, http.StatusServiceUnavailable)
		return nil, false
	}
	slot.waiters.Add(1)
	defer func() {
		s.waiters.Add(-1)
		slot.waiters.Add(-1)
	}()
	w.Header()["Preference-Applied"] = []string{"wait=" + strconv.Itoa(int(most/time.Second))}
	timer := time.NewTimer(most)
	defer timer.Stop()
	tags := r.Header.Values("If-None-Match")
	for {
		select {
		case <-current.replaced:
			if current = slot.current.Load(); !noneMatch(tags, current.etag) {
				return current, false
			}
		case <-timer.C:
			return current, true
		case <-s.stopping:
			return current, true
		case <-r.Context().Done():
			return nil, false
		}
	}
}

// answer sends an edition, or that the client has it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, slot *slot, current *edition, same bool) {
	s.allowWrite(w)
	if same {
		maps.Copy(w.Header(), current.same)
		slot.codes.add(http.StatusNotModified)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	maps.Copy(w.Header(), current.whole)
	slot.codes.add(http.StatusOK)
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(current.body) // a client that is gone asks again
	}
}

// allowWrite gives the client its time to read from now on, and ends the connection when the server stops.
func (s *Server) allowWrite(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWithin)) // not every writer of a test has one
	select {
	case <-s.stopping:
		w.Header().Set("Connection", "close")
	default:
	}
}

// serveDocument sends a signed statement.
func serveDocument(w http.ResponseWriter, r *http.Request, text []byte) {
	if text == nil {
		http.Error(w, "the bundle has no such statement", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
}

// refusals are what clients read, by code.
var refusals = map[int]string{
	http.StatusBadRequest:         "a request for a bundle has no body",
	http.StatusUnauthorized:       "no valid token or client certificate",
	http.StatusNotFound:           "there is no such bundle for these credentials",
	http.StatusServiceUnavailable: "nothing to serve now, or too many clients wait",
}

func (s *Server) refuse(w http.ResponseWriter, slot *slot, code int) {
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="onelayer"`)
		s.unauthorized.Add(1)
	}
	if slot != nil {
		slot.codes.add(code)
	}
	s.allowWrite(w)
	http.Error(w, refusals[code], code)
}
