package server

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBundleAPI(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	handler := s.Handler()
	assert.Equal(t, http.StatusServiceUnavailable, get(handler, "GET", "/bundles/onelayer").Code)
	one := w.files(1, "one")
	w.publish(one)
	s.Look(t.Context())

	answer := get(handler, "GET", "/bundles/onelayer")
	require.Equal(t, http.StatusOK, answer.Code)
	assert.Equal(t, string(one["onelayer-opa.tar.gz"]), answer.Body.String())
	assert.Equal(t, "application/vnd.openpolicyagent.bundles", answer.Header().Get("Content-Type"), "OPA compares the whole of it")
	assert.Empty(t, answer.Header().Get("Content-Encoding"))
	tag := answer.Header().Get("ETag")
	assert.Regexp(t, `^"[0-9a-f]{64}-1"$`, tag)

	assert.Equal(t, one["onelayer-opa.tar.gz"], get(handler, "GET", "/bundles/onelayer.tar.gz").Body.Bytes())
	for _, part := range []string{".release.json", ".timestamp.json"} {
		assert.Equal(t, one["onelayer-opa"+part], get(handler, "GET", "/bundles/onelayer"+part).Body.Bytes())
	}
	assert.Equal(t, http.StatusNotFound, get(handler, "GET", "/bundles/onelayer.keyring.json").Code)

	head := get(handler, "HEAD", "/bundles/onelayer")
	assert.Equal(t, http.StatusOK, head.Code)
	assert.Empty(t, head.Body.String())
	assert.Equal(t, answer.Header().Get("Content-Length"), head.Header().Get("Content-Length"))

	for _, header := range []string{tag, "W/" + tag, `"old", ` + tag, "*"} {
		same := get(handler, "GET", "/bundles/onelayer", "If-None-Match", header)
		assert.Equal(t, http.StatusNotModified, same.Code, header)
		assert.Equal(t, tag, same.Header().Get("ETag"))
		assert.Equal(t, "application/vnd.openpolicyagent.bundles", same.Header().Get("Content-Type"))
		assert.Empty(t, same.Header().Get("Preference-Applied"))
	}
	assert.Equal(t, http.StatusOK, get(handler, "GET", "/bundles/onelayer", "If-None-Match", `"old"`, "Prefer", "wait=60").Code)
	assert.Equal(t, http.StatusNotModified, get(handler, "HEAD", "/bundles/onelayer", "If-None-Match", tag, "Prefer", "wait=60").Code)

	for _, name := range []string{"other", "", "../onelayer", "onelayer/", "ONELAYER", "onelayer.tar.gz.tar.gz", "%2e%2e/onelayer", "onelayer%00"} {
		assert.NotEqual(t, http.StatusOK, get(handler, "GET", "/bundles/"+name).Code, name)
	}
	assert.Equal(t, http.StatusMethodNotAllowed, get(handler, "DELETE", "/bundles/onelayer").Code)
	request := post(handler, "/bundles/onelayer", "x")
	assert.Equal(t, http.StatusMethodNotAllowed, request.Code)
}

// TestRollForward gives old bytes a new tag: a client that lists its old tags as superseded must get them again.
func TestRollForward(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	tags := map[string]bool{}
	for version, text := range []string{"one", "two", "one"} {
		w.publish(w.files(uint64(version+1), text))
		s.Look(t.Context())
		tags[get(s.Handler(), "GET", "/bundles/onelayer").Header().Get("ETag")] = true
	}
	assert.Len(t, tags, 3)
}

// TestLongPoll waits until there is something new, and no longer.
func TestLongPoll(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	handler := s.Handler()
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	tag := get(handler, "GET", "/bundles/onelayer").Header().Get("ETag")

	short := get(handler, "GET", "/bundles/onelayer", "If-None-Match", tag, "Prefer", "modes=snapshot,delta;wait=1")
	assert.Equal(t, http.StatusNotModified, short.Code)
	assert.Equal(t, "wait=1", short.Header().Get("Preference-Applied"))

	const clients = 50
	var group sync.WaitGroup
	codes, bodies := make([]int, clients), make([]string, clients)
	for i := range clients {
		group.Go(func() {
			answer := get(handler, "GET", "/bundles/onelayer", "If-None-Match", tag, "Prefer", "wait=250")
			codes[i], bodies[i] = answer.Code, answer.Body.String()
		})
	}
	eventually(t, func() bool { return s.slots["onelayer"].waiters.Load() == clients })
	// The same release with a younger timestamp is nothing new.
	again := map[string][]byte{}
	for _, name := range []string{"onelayer-opa.tar.gz", "onelayer-opa.release.json"} {
		text, err := os.ReadFile(w.path("releases/" + name))
		require.NoError(t, err)
		again[name] = text
	}
	w.pass(time.Minute)
	again["onelayer-opa.timestamp.json"] = w.stamp(again["onelayer-opa.release.json"])
	w.publish(again)
	s.Look(t.Context())
	assert.Contains(t, w.log.String(), `"msg":"renewed"`)
	assert.EqualValues(t, clients, s.slots["onelayer"].waiters.Load())

	two := w.files(2, "two")
	w.publish(two)
	s.Look(t.Context())
	group.Wait()
	for i := range clients {
		assert.Equal(t, http.StatusOK, codes[i])
		assert.Equal(t, string(two["onelayer-opa.tar.gz"]), bodies[i])
	}
	assert.Zero(t, s.waiters.Load())
}

func TestTooManyWaiters(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	settings.Polling.MaxWaiters = 1
	s := w.server(settings)
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	tag := get(s.Handler(), "GET", "/bundles/onelayer").Header().Get("ETag")
	var group sync.WaitGroup
	group.Go(func() {
		get(s.Handler(), "GET", "/bundles/onelayer", "If-None-Match", tag, "Prefer", "wait=60")
	})
	eventually(t, func() bool { return s.waiters.Load() == 1 })
	full := get(s.Handler(), "GET", "/bundles/onelayer", "If-None-Match", tag, "Prefer", "wait=60")
	assert.Equal(t, http.StatusServiceUnavailable, full.Code)
	assert.NotEmpty(t, full.Header().Get("Retry-After"))
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/bundles/onelayer", "If-None-Match", `"old"`, "Prefer", "wait=60").Code, "news are for everybody")
	w.publish(w.files(2, "two"))
	s.Look(t.Context())
	group.Wait()
}

// TestRefusals keeps the last good release, whatever comes after it.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	one, two := w.files(1, "one"), w.files(2, "two")
	w.publish(two)
	s.Look(t.Context())
	good := get(s.Handler(), "GET", "/bundles/onelayer")
	require.Equal(t, http.StatusOK, good.Code)
	mixed := map[string][]byte{
		"onelayer-opa.tar.gz": w.files(3, "three")["onelayer-opa.tar.gz"], "onelayer-opa.release.json": two["onelayer-opa.release.json"],
		"onelayer-opa.timestamp.json": two["onelayer-opa.timestamp.json"],
	}
	half := w.files(4, "four")
	half["onelayer-opa.tar.gz"] = half["onelayer-opa.tar.gz"][:100]
	unsigned := w.files(5, "five")
	delete(unsigned, "onelayer-opa.release.json")
	for reason, files := range map[string]map[string][]byte{"rollback": one, "bytes-differ": mixed, "half": half, "no such file": unsigned, "empty": {}} {
		w.publish(files)
		s.Look(t.Context())
		_, why := s.slots["onelayer"].state()
		assert.NotEmpty(t, why, reason)
		assert.Equal(t, good.Body.String(), get(s.Handler(), "GET", "/bundles/onelayer").Body.String(), reason)
		assert.Contains(t, s.metrics(), `onelayer_bundle_refused{bundle="onelayer"} 1`)
	}
	assert.Contains(t, s.metrics(), `onelayer_bundle_publishes_total{bundle="onelayer",result="refused",reason="rollback"} 1`)
	assert.Contains(t, s.metrics(), `result="refused",reason="bytes-differ"`)
	assert.Contains(t, w.log.String(), `"serving":"version 2"`)
	before := strings.Count(w.log.String(), "not published")
	s.Look(t.Context())
	assert.Equal(t, before, strings.Count(w.log.String(), "not published"), "one refusal is said once")

	require.NoError(t, os.RemoveAll(w.path("releases")))
	s.Look(t.Context())
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/bundles/onelayer").Code)
	require.NoError(t, os.Mkdir(w.path("releases"), 0o755))
	w.publish(w.files(6, "six"))
	s.Look(t.Context())
	assert.NotEqual(t, good.Body.String(), get(s.Handler(), "GET", "/bundles/onelayer").Body.String())
	assert.Contains(t, s.metrics(), `onelayer_bundle_refused{bundle="onelayer"} 0`)
}

// TestTimeMends verifies a release of the future again when its time has come.
func TestTimeMends(t *testing.T) {
	w := newWorld(t)
	s := w.server(w.settings())
	w.pass(20 * time.Minute)
	w.publish(w.files(1, "one"))
	w.pass(-20 * time.Minute)
	s.Look(t.Context())
	_, why := s.slots["onelayer"].state()
	assert.Contains(t, why, "from-the-future")
	w.pass(20 * time.Minute)
	s.Look(t.Context())
	s.Look(t.Context())
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/bundles/onelayer").Code)
	w.pass(2 * day)
	s.Look(t.Context())
	s.Look(t.Context())
	assert.Equal(t, 1, strings.Count(w.log.String(), "statements expired"))
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/bundles/onelayer").Code)
}

// TestRestart remembers what was served: an older release is refused by the next process too.
func TestRestart(t *testing.T) {
	w := newWorld(t)
	one := w.files(1, "one")
	w.publish(w.files(2, "two"))
	w.server(w.settings()).Look(t.Context())
	w.publish(one)
	s := w.server(w.settings())
	assert.Equal(t, "starting", s.notReady())
	s.Look(t.Context())
	assert.Equal(t, http.StatusServiceUnavailable, get(s.Handler(), "GET", "/bundles/onelayer").Code)
	assert.Equal(t, http.StatusServiceUnavailable, get(s.Handler(), "GET", "/health/ready").Code)
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/health/live").Code)
	w.publish(w.files(3, "three"))
	s.Look(t.Context())
	assert.Equal(t, http.StatusOK, get(s.Handler(), "GET", "/health/ready").Code)
}
