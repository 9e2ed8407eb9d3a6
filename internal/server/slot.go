package server

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onelayer/onelayer/internal/release"
)

// edition is what a bundle is at a time. It never changes.
type edition struct {
	body      []byte
	etag      string
	release   release.Release
	documents release.Documents
	// published is when this server began to serve these bytes.
	published time.Time
	// until is when the first of the documents expires.
	until time.Time
	// replaced is closed when other bytes take the place.
	replaced chan struct{}
	// whole and same are the headers of an answer with the bytes and of one without, shared by all answers.
	whole, same http.Header
}

// slot is the place of one bundle on one channel.
type slot struct {
	name    string
	channel string
	rule    rule
	current atomic.Pointer[edition]
	waiters atomic.Int64
	codes   counters

	mu sync.Mutex
	// history holds the revisions that were served, the newest last.
	history []string
	// refusal is why the newest offer is not served, empty if it is.
	refusal string
	refused bool
	tried   bool
}

// maxHistory bounds the revisions that are told from unknown ones.
const maxHistory = 8

// bundleType switches on long polling in OPA (https://www.openpolicyagent.org/docs/management-bundles#bundle-service-api).
const bundleType = "application/vnd.openpolicyagent.bundles"

// publish makes a verified release the one that is served, and wakes who waits for it. The same release with a younger
// timestamp wakes nobody. It tells whether the bytes are new.
func (s *slot) publish(verified *release.Verified, documents release.Documents, now time.Time) bool {
	// The version is part of the tag: after a roll forward to old bytes, clients that name the old tag as one that they
	// had before must get them again.
	etag := `"` + verified.Release.SHA256 + "-" + strconv.FormatUint(verified.Release.Version, 10) + `"`
	next := &edition{
		body: verified.Packed, etag: etag, release: verified.Release, documents: documents, published: now, until: verified.Until,
		replaced: make(chan struct{}),
	}
	next.whole = http.Header{
		"Content-Type": {bundleType}, "Etag": {etag}, "Cache-Control": {"no-cache"}, "Content-Length": {strconv.Itoa(len(next.body))},
	}
	next.same = http.Header{"Content-Type": {bundleType}, "Etag": {etag}, "Cache-Control": {"no-cache"}}
	before := s.current.Load()
	if before != nil && before.etag == etag {
		next.published, next.replaced, next.body = before.published, before.replaced, before.body
		s.current.Store(next)
		return false
	}
	s.remember(verified.Release.Revision)
	s.current.Store(next)
	if before != nil {
		close(before.replaced)
	}
	return true
}

func (s *slot) remember(revision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = slices.DeleteFunc(s.history, func(known string) bool { return known == revision })
	s.history = append(s.history, revision)
	if len(s.history) > maxHistory {
		s.history = s.history[1:]
	}
}

// served tells whether a revision is one that was served here.
func (s *slot) served(revision string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.history, revision)
}

// settle notes how the newest offer ended; it tells whether that is news.
func (s *slot) settle(refusal string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := s.refusal != refusal
	s.refusal, s.refused, s.tried = refusal, refusal != "", true
	return news
}

// state tells whether an offer was looked at, and why the newest one is not served.
func (s *slot) state() (tried bool, refusal string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried, s.refusal
}
