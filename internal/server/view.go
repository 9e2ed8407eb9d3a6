package server

import (
	"cmp"
	"slices"
	"time"
)

// The states of an agent with a bundle.
const (
	stateCurrent = "current"
	stateBehind  = "behind"
	stateFailing = "failing"
	stateSilent  = "silent"
)

// states in the order in which they need somebody.
var states = []string{stateFailing, stateSilent, stateBehind, stateCurrent}

// View is the fleet at a time, as /fleet.json gives it.
type View struct {
	Schema    string       `json:"schema"`
	Generated time.Time    `json:"generated"`
	Bundles   []BundleView `json:"bundles"`
	Agents    []AgentView  `json:"agents"`
	// NotShown is how many agents were left out for want of place.
	NotShown int64 `json:"not_shown"`
}

// ViewSchema names the form of View.
const ViewSchema = "onelayer.dev/fleet/v1"

// BundleView is one bundle.
type BundleView struct {
	Name    string `json:"name"`
	Channel string `json:"channel"`
	// The fields up to Until are absent while nothing is served.
	Version   uint64     `json:"version,omitempty"`
	Revision  string     `json:"revision,omitempty"`
	Bytes     int        `json:"bytes,omitempty"`
	Published *time.Time `json:"published,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	// Refused is why the newest release is not served.
	Refused string         `json:"refused,omitempty"`
	Waiters int64          `json:"waiters"`
	States  map[string]int `json:"agents"`
	// Revisions counts the agents by what they run.
	Revisions map[string]int `json:"revisions"`
}

// AgentView is one bundle of one agent.
type AgentView struct {
	ID string `json:"id"`
	// Labels are those of the agent's configuration.
	Labels string `json:"labels,omitempty"`
	// Credentials say what the agent showed: a name of its certificate, or the first digits of the hash of its token.
	Credentials string `json:"credentials,omitempty"`
	OPA         string `json:"opa,omitempty"`
	Bundle      string `json:"bundle"`
	State       string `json:"state"`
	Revision    string `json:"revision,omitempty"`
	// Since is when the agent reported this revision first, Seen when it last reported anything.
	Since     time.Time `json:"since"`
	Seen      time.Time `json:"seen"`
	Message   string    `json:"message,omitempty"`
	Decisions int64     `json:"decisions"`
}

// view gives the fleet, who needs somebody first.
func (s *Server) view() View {
	now := s.now()
	v := View{Schema: ViewSchema, Generated: now.UTC(), Bundles: []BundleView{}, Agents: []AgentView{}}
	byName := map[string]*BundleView{}
	for _, slot := range s.ordered {
		v.Bundles = append(v.Bundles, slot.view())
	}
	for i := range v.Bundles {
		byName[v.Bundles[i].Name] = &v.Bundles[i]
	}
	s.fleet.mu.Lock()
	defer s.fleet.mu.Unlock()
	s.fleet.forget(now)
	v.NotShown = s.fleet.turnedAway
	for key, agent := range s.fleet.agents {
		for _, run := range agent.runs {
			state := s.fleet.state(agent, run, now)
			about := byName[run.slot.name]
			about.States[state]++
			about.Revisions[knownRevision(run)]++
			v.Agents = append(v.Agents, AgentView{
				ID: key.id, Labels: agent.labels, Credentials: key.credentials, OPA: agent.version, Bundle: run.slot.name, State: state, Revision: run.revision,
				Since: run.since.UTC(), Seen: agent.seen.UTC(), Message: run.message, Decisions: agent.decisions,
			})
		}
	}
	slices.SortFunc(v.Agents, func(a, b AgentView) int {
		return cmp.Or(cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)), cmp.Compare(a.Labels, b.Labels), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Bundle, b.Bundle), cmp.Compare(a.Credentials, b.Credentials))
	})
	return v
}

func (s *slot) view() BundleView {
	_, refusal := s.state()
	v := BundleView{
		Name: s.name, Channel: s.channel, Refused: refusal, Waiters: s.waiters.Load(), States: map[string]int{}, Revisions: map[string]int{},
	}
	for _, state := range states {
		v.States[state] = 0
	}
	if current := s.current.Load(); current != nil {
		published, until := current.published.UTC(), current.until.UTC()
		v.Version, v.Revision, v.Bytes, v.Published, v.Until = current.release.Version, current.release.Revision, len(current.body), &published, &until
	}
	return v
}

// otherRevision stands for all that were not served here lately, so that agents cannot make labels up.
const otherRevision = "other"

func knownRevision(r *run) string {
	if r.slot.served(r.revision) {
		return r.revision
	}
	return otherRevision
}

// state tells how an agent does with a bundle. The lock must be held.
func (f *fleet) state(agent *agent, r *run, now time.Time) string {
	current := r.slot.current.Load()
	switch {
	case now.Sub(agent.seen) > f.limits.SilentAfter:
		return stateSilent
	case r.failing:
		return stateFailing
	case current != nil && r.revision == current.release.Revision:
		return stateCurrent
	default:
		return stateBehind
	}
}
