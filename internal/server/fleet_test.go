package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func packed(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(text)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return out.String()
}

// stateOf finds the state of an agent.
func stateOf(s *Server, id string) string {
	for _, agent := range s.view().Agents {
		if agent.ID == id {
			return agent.State
		}
	}
	return ""
}

func TestFleet(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	handler := s.Handler()
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	one := s.view().Bundles[0].Revision
	report := func(id, revision, code string) {
		t.Helper()
		require.Equal(t, http.StatusOK, post(handler, "/status/part", status(id, "mine", revision, code)).Code)
	}
	report("a", one, "")
	report("b", "", "bundle_error")
	report("c", "0123", "")
	assert.Equal(t, []string{"current", "failing", "behind"}, []string{stateOf(s, "a"), stateOf(s, "b"), stateOf(s, "c")})
	assert.Contains(t, s.metrics(), `onelayer_fleet_acknowledge_seconds_count{bundle="onelayer"} 0`, "who was never seen without it says nothing about time")
	assert.Contains(t, s.metrics(), `onelayer_fleet_revision_agents{bundle="onelayer",revision="other"} 2`)

	w.publish(w.files(2, "two"))
	s.Look(t.Context())
	two := s.view().Bundles[0].Revision
	assert.Equal(t, "behind", stateOf(s, "a"))
	w.pass(3 * time.Second)
	report("a", two, "")
	report("a", two, "")
	report("b", two, "")
	assert.Equal(t, []string{"current", "current", "behind"}, []string{stateOf(s, "a"), stateOf(s, "b"), stateOf(s, "c")})
	report("late", "", "")
	report("late", two, "")
	metrics := s.metrics()
	assert.Contains(t, metrics, `onelayer_fleet_acknowledge_seconds_count{bundle="onelayer"} 2`, "who came later says nothing about time")
	assert.Contains(t, metrics, `onelayer_fleet_acknowledge_seconds_bucket{bundle="onelayer",le="2.5"} 0`)
	assert.Contains(t, metrics, `onelayer_fleet_acknowledge_seconds_bucket{bundle="onelayer",le="5"} 2`)
	assert.Contains(t, metrics, `onelayer_fleet_agents{bundle="onelayer",state="current"} 3`)
	assert.Contains(t, metrics, fmt.Sprintf(`onelayer_fleet_revision_agents{bundle="onelayer",revision=%q} 3`, two))

	w.pass(6 * time.Minute)
	report("c", one, "")
	assert.Equal(t, []string{"silent", "silent", "behind"}, []string{stateOf(s, "a"), stateOf(s, "b"), stateOf(s, "c")})
	assert.Equal(t, "a", s.view().Agents[0].ID, "who needs somebody comes first")
	w.pass(25 * time.Hour)
	assert.Empty(t, s.view().Agents)
}

// TestFleetIsBounded keeps what agents write small.
func TestFleetIsBounded(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	settings.Fleet.MaxAgents = 3
	s := w.server(settings)
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	for i := range 10 {
		assert.Equal(t, http.StatusOK, post(s.Handler(), "/status", status(fmt.Sprintf("agent-%d", i), "onelayer", fmt.Sprintf("made-up-%d", i), "")).Code)
	}
	assert.Len(t, s.view().Agents, 3)
	assert.Contains(t, s.metrics(), "onelayer_fleet_turned_away_total 7")
	assert.NotContains(t, s.metrics(), "made-up")
	w.pass(25 * time.Hour)
	evil := "<script>alert(1)</script>\n\u202e" + strings.Repeat("x", 500)
	labels := map[string]string{"id": evil, "version": evil}
	for i := range 50 {
		labels[fmt.Sprintf("label-%d", i)] = evil
	}
	body, err := json.Marshal(map[string]any{"labels": labels, "bundles": map[string]any{"onelayer": map[string]any{"active_revision": evil, "code": evil, "message": evil}}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, post(s.Handler(), "/status", string(body)).Code)
	agent := s.view().Agents[0]
	assert.LessOrEqual(t, len(agent.Labels), maxLabels*(maxLabel+3))
	assert.NotContains(t, agent.Labels, "\n")
	for _, text := range []string{agent.ID, agent.OPA, agent.Revision, agent.Message} {
		assert.LessOrEqual(t, len(text), maxMessage+2)
		assert.NotContains(t, text, "\n")
		assert.NotContains(t, text, "\u202e")
	}
	page := get(s.AdminHandler(&net.TCPAddr{}), "GET", "/fleet").Body.String()
	assert.NotContains(t, page, "<script>alert")
	assert.Contains(t, page, "&lt;script&gt;alert")
	bundles := map[string]any{}
	for i := range 100 {
		bundles[fmt.Sprintf("bundle-%d", i)] = map[string]any{"active_revision": "x"}
	}
	body, err = json.Marshal(map[string]any{"labels": map[string]string{"id": "many"}, "bundles": bundles})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, post(s.Handler(), "/status", string(body)).Code)
	assert.Len(t, s.view().Agents, 1+maxBundles)
}

// TestCredentialsAreIdentity lets nobody speak for an agent that shows something else.
func TestCredentialsAreIdentity(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	w.write("tokens.txt", []byte(HashToken("alpha")+"\n"+HashToken("beta")))
	about := settings.Bundles["onelayer"]
	about.Tokens = w.path("tokens.txt")
	settings.Bundles["onelayer"] = about
	s := w.server(settings)
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	revision := s.view().Bundles[0].Revision
	require.Equal(t, http.StatusOK, post(s.Handler(), "/status", status("a", "onelayer", "old", "bundle_error"), "Authorization", "Bearer alpha").Code)
	require.Equal(t, http.StatusOK, post(s.Handler(), "/status", status("a", "onelayer", revision, ""), "Authorization", "Bearer beta").Code)
	assert.Equal(t, "failing", s.view().Agents[0].State)
	assert.Equal(t, "current", s.view().Agents[1].State)
	assert.Regexp(t, `^token [0-9a-f]{8}$`, s.view().Agents[0].Credentials)
}

func TestSinkLimits(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	handler := s.Handler()
	for _, sink := range []string{"/status", "/logs"} {
		bomb := packed(t, bytes.Repeat([]byte(" "), 64<<20))
		require.Less(t, len(bomb), maxPacked)
		assert.Equal(t, http.StatusRequestEntityTooLarge, post(handler, sink, bomb, "Content-Encoding", "gzip").Code, "bomb")
		assert.Equal(t, http.StatusRequestEntityTooLarge, post(handler, sink, strings.Repeat(" ", maxPacked+1)).Code, "large")
		for _, bad := range []string{"", "{", "[", "hello", "7", "null", `"x"`, strings.Repeat("[", 20000), `{"labels":[]}`, `[7]`, `[{"labels":7}]`} {
			assert.Equal(t, http.StatusBadRequest, post(handler, sink, bad).Code, "%s %.20q", sink, bad)
		}
		assert.Equal(t, http.StatusBadRequest, post(handler, sink, "not gzip", "Content-Encoding", "gzip").Code)
		assert.Equal(t, http.StatusBadRequest, post(handler, sink, packed(t, []byte("[]"))[:10], "Content-Encoding", "gzip").Code)
		assert.Equal(t, http.StatusBadRequest, post(handler, sink, "[]", "Content-Encoding", "br").Code)
		assert.Equal(t, http.StatusMethodNotAllowed, get(handler, "GET", sink).Code)
	}
	assert.Equal(t, http.StatusBadRequest, post(handler, "/status", `{"labels":{}}`).Code)
	assert.Equal(t, http.StatusBadRequest, post(handler, "/logs", "["+strings.Repeat("{},", maxEvents)+"{}]").Code)
	assert.Contains(t, s.metrics(), `onelayer_sink_requests_total{sink="logs",code="413"} 2`)
}

// TestSinksAreBusy sends away who finds all places taken, instead of holding more and more bodies.
func TestSinksAreBusy(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	s.sinks.patience = time.Millisecond
	for range maxReading {
		s.sinks.reading <- struct{}{}
	}
	answer := post(s.Handler(), "/status", status("a", "onelayer", "x", ""))
	assert.Equal(t, http.StatusServiceUnavailable, answer.Code)
	assert.NotEmpty(t, answer.Header().Get("Retry-After"))
	<-s.sinks.reading
	assert.Equal(t, http.StatusOK, post(s.Handler(), "/status", status("a", "onelayer", "x", "")).Code)
	assert.Equal(t, http.StatusOK, post(s.Handler(), "/status", status("a", "onelayer", "x", "")).Code, "a place is given back")
}

func TestDecisions(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	settings.PrintDecisions = true
	s := w.server(settings)
	body := `[{"labels":{"id":"a"},"result":{"allow":true}}, {"labels":{"id":"a"},"result":false},
		{"labels":{"id":"a"},"result":{"response":{"allowed":false}}}, {"labels":{"id":"a"},"result":[1]}, {"labels":{"id":"a"}},
		{"labels":{"id":"a"},"error":{"code":"internal"}}, {"labels":{"id":"a"},"result":null,"error":null}]`
	require.Equal(t, http.StatusOK, post(s.Handler(), "/logs", packed(t, []byte(body)), "Content-Encoding", "gzip").Code)
	for decision, count := range map[string]int{"allowed": 1, "denied": 2, "error": 1, "other": 3} {
		assert.Contains(t, s.metrics(), fmt.Sprintf("onelayer_fleet_decisions_total{decision=%q} %d\n", decision, count))
	}
	lines := strings.Split(strings.TrimSpace(w.printed.String()), "\n")
	assert.Len(t, lines, 7)
	assert.Equal(t, `{"labels":{"id":"a"},"result":{"allow":true}}`, lines[0])
	require.Equal(t, http.StatusOK, post(s.Handler(), "/status", status("a", "onelayer", "x", "")).Code)
	assert.EqualValues(t, 7, s.view().Agents[0].Decisions)
}

// FuzzSinks reports anything: no answer but the ones that are counted, and no panic.
func FuzzSinks(f *testing.F) {
	for _, seed := range []string{status("a", "onelayer", "x", ""), `[{"labels":{"id":"a"},"result":{"allow":true}}]`, `{"labels":{"id":"a"},"bundles":{"b":null}}`, `[null]`, `[{"error":{}}]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := &Server{now: time.Now, stopping: make(chan struct{}), fleet: newFleet(Settings{}.withDefaults().Fleet), sinks: newSinks(Settings{}, nil)}
		s.ordered = []*slot{{name: "onelayer"}}
		for _, sink := range []string{"/status", "/logs"} {
			assert.Contains(t, []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, post(s.Handler(), sink, body).Code)
		}
		s.metrics()
	})
}
