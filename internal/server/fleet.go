package server

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	// maxLabel, maxMessage and maxBundles bound what is kept of one agent's words.
	maxLabel   = 128
	maxLabels  = 8
	maxMessage = 300
	maxBundles = 16
)

// Labels that OPA sets itself: id is made when it starts, so that people tell agents by the labels of its configuration.
const (
	labelID      = "id"
	labelVersion = "version"
)

// statusReport is what is read of a status report.
type statusReport struct {
	Labels  map[string]string       `json:"labels"`
	Bundles map[string]bundleReport `json:"bundles"`
}

// configured writes the labels that somebody gave an agent, in order.
func (r statusReport) configured() string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		if name != labelID && name != labelVersion && len(words) < maxLabels {
			words = append(words, clean(name+"="+r.Labels[name], maxLabel))
		}
	}
	return strings.Join(words, " ")
}

type bundleReport struct {
	ActiveRevision string            `json:"active_revision"`
	Code           string            `json:"code"`
	Message        string            `json:"message"`
	HTTPCode       json.Number       `json:"http_code"`
	Errors         []json.RawMessage `json:"errors"`
}

// agentKey tells agents apart. The credentials are part of it, so that nobody can speak for an agent that has others.
type agentKey struct{ id, credentials string }

// agent is what is known of one OPA.
type agent struct {
	version, labels string
	// seen is when it last reported.
	seen      time.Time
	decisions int64
	// runs are its bundles, by the name that the agent has for them.
	runs map[string]*run
}

// run is one bundle of one agent.
type run struct {
	slot     *slot
	revision string
	// first is when the agent reported the bundle first, since when it did with this revision.
	first, since time.Time
	failing      bool
	message      string
	// acknowledged is the tag of the newest edition that it reported to run.
	acknowledged string
}

// fleet is what agents reported. It lives in memory only: agents report again.
type fleet struct {
	limits FleetSettings

	mu     sync.Mutex
	agents map[agentKey]*agent
	// turnedAway counts reports of agents that there was no place for.
	turnedAway int64
	delays     map[*slot]*histogram
}

func newFleet(limits FleetSettings) *fleet {
	return &fleet{limits: limits, agents: map[agentKey]*agent{}, delays: map[*slot]*histogram{}}
}

// clean makes a word of an agent short, and one line.
func clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + ".."
	}
	return strings.TrimSpace(text)
}

var errFull = errors.New("the fleet view is full")

// find gives the place of an agent. The lock must be held.
func (f *fleet) find(id, credentials string, now time.Time) (*agent, error) {
	key := agentKey{clean(id, maxLabel), credentials}
	known, found := f.agents[key]
	if !found {
		if len(f.agents) >= f.limits.MaxAgents {
			f.forget(now)
		}
		if len(f.agents) >= f.limits.MaxAgents {
			f.turnedAway++
			return nil, errFull
		}
		known = &agent{runs: map[string]*run{}}
		f.agents[key] = known
	}
	known.seen = now
	return known, nil
}

// forget removes agents that are gone. The lock must be held.
func (f *fleet) forget(now time.Time) {
	for key, agent := range f.agents {
		if now.Sub(agent.seen) > f.limits.ForgetAfter {
			delete(f.agents, key)
		}
	}
}

// report takes a status report. Only bundles that the agent may read count.
func (f *fleet) report(status statusReport, credentials string, allowed []*slot, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	agent, err := f.find(status.Labels[labelID], credentials, now)
	if errors.Is(err, errFull) {
		return nil // the agent did nothing wrong, and a metric says it
	}
	agent.version, agent.labels = clean(status.Labels[labelVersion], maxLabel), status.configured()
	for name := range agent.runs {
		if _, still := status.Bundles[name]; !still {
			delete(agent.runs, name)
		}
	}
	for name, about := range status.Bundles {
		known := agent.runs[name]
		slot := slotOf(name, about.ActiveRevision, known, allowed)
		if slot == nil || known == nil && (len(agent.runs) >= maxBundles || len(name) > maxLabel) {
			continue
		}
		if known == nil {
			known = &run{first: now}
			agent.runs[name] = known
		}
		known.slot = slot
		f.update(known, about, now)
	}
	return nil
}

// slotOf finds which of our bundles an agent speaks about: it may have a name of its own for it. A revision that was served
// here tells it, else what it was before, else the name, else there is but one.
func slotOf(name, revision string, known *run, allowed []*slot) *slot {
	var byRevision []*slot
	for _, slot := range allowed {
		if revision != "" && slot.served(revision) {
			byRevision = append(byRevision, slot)
		}
	}
	candidates := byRevision
	if len(byRevision) == 0 {
		candidates = allowed
	}
	for _, slot := range candidates {
		if known != nil && known.slot == slot {
			return slot
		}
	}
	for _, slot := range candidates {
		if slot.name == name || strings.HasSuffix(slot.name, "/"+name) || strings.HasPrefix(slot.name, name+"/") {
			return slot
		}
	}
	if len(byRevision) > 0 || len(candidates) == 1 {
		return candidates[0]
	}
	return nil
}

// update notes what an agent runs now, and how long it took after publishing. An agent that came later says nothing about
// that. The lock must be held.
func (f *fleet) update(known *run, about bundleReport, now time.Time) {
	if revision := clean(about.ActiveRevision, maxLabel); known.since.IsZero() || revision != known.revision {
		known.revision, known.since = revision, now
	}
	known.failing = about.Code != "" || len(about.Errors) > 0
	known.message = clean(strings.Join([]string{about.Code, about.HTTPCode.String(), about.Message}, " "), maxMessage)
	if len(about.Errors) > 0 {
		known.message = clean(known.message+" "+string(about.Errors[0]), maxMessage)
	}
	current := known.slot.current.Load()
	if current == nil || known.revision != current.release.Revision || known.acknowledged == current.etag {
		return
	}
	if known.first.Before(current.published) {
		f.delay(known.slot).observe(now.Sub(current.published))
	}
	known.acknowledged = current.etag
}

// delay is the histogram of a bundle. The lock must be held.
func (f *fleet) delay(slot *slot) *histogram {
	if f.delays[slot] == nil {
		f.delays[slot] = new(histogram)
	}
	return f.delays[slot]
}

// decided counts a decision of an agent.
func (f *fleet) decided(id, credentials string, now time.Time) {
	if id == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if agent, err := f.find(id, credentials, now); err == nil {
		agent.decisions++
	}
}
