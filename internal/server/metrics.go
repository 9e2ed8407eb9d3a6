package server

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// exposition writes metrics in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). Its library would make every start of
// the tool slower, to write what these few lines do.
type exposition struct{ text strings.Builder }

// family starts a metric.
func (e *exposition) family(name, kind, help string) {
	fmt.Fprintf(&e.text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample writes a value; labels are names and values in turn.
func (e *exposition) sample(name string, value float64, labels ...string) {
	e.text.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		e.text.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		e.text.WriteString(labels[i] + `="` + escapeLabel.Replace(labels[i+1]) + `"`)
	}
	if len(labels) > 0 {
		e.text.WriteByte('}')
	}
	e.text.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

func (e *exposition) histogram(name string, h *histogram, labels ...string) {
	total := int64(0)
	for i, bound := range delayBounds {
		total += h.buckets[i]
		e.sample(name+"_bucket", float64(total), append(slices.Clone(labels), "le", strconv.FormatFloat(bound, 'g', -1, 64))...)
	}
	total += h.buckets[len(delayBounds)]
	e.sample(name+"_bucket", float64(total), append(slices.Clone(labels), "le", "+Inf")...)
	e.sample(name+"_sum", h.sum, labels...)
	e.sample(name+"_count", float64(total), labels...)
}

// metrics gives everything as text.
func (s *Server) metrics() string {
	e := &exposition{}
	view := s.view()
	s.requestMetrics(e)
	releaseMetrics(e, view)
	s.publishMetrics(e)
	s.fleetMetrics(e, view)
	s.sinkMetrics(e)
	e.family("onelayer_server_goroutines", "gauge", "Goroutines of the server; two for each waiting client.")
	e.sample("onelayer_server_goroutines", float64(runtime.NumGoroutine()))
	return e.text.String()
}

func (s *Server) requestMetrics(e *exposition) {
	e.family("onelayer_bundle_requests_total", "counter", "Answers to requests for a bundle, by HTTP status code.")
	for _, slot := range s.ordered {
		for i, code := range codes {
			e.sample("onelayer_bundle_requests_total", float64(slot.codes.counts[i].Load()), "bundle", slot.name, "code", strconv.Itoa(code))
		}
	}
	e.family("onelayer_bundle_waiters", "gauge", "Clients that wait for something new in a long poll.")
	for _, slot := range s.ordered {
		e.sample("onelayer_bundle_waiters", float64(slot.waiters.Load()), "bundle", slot.name)
	}
	e.family("onelayer_server_unauthorized_total", "counter", "Requests without valid credentials.")
	e.sample("onelayer_server_unauthorized_total", float64(s.unauthorized.Load()))
	e.family("onelayer_server_reload_failures_total", "counter", "Times that a changed certificate or file of tokens could not be read.")
	e.sample("onelayer_server_reload_failures_total", float64(s.reloads.Load()))
}

func releaseMetrics(e *exposition, view View) {
	each := func(name, help string, value func(BundleView) float64) {
		e.family(name, "gauge", help)
		for _, b := range view.Bundles {
			if b.Published != nil {
				e.sample(name, value(b), "bundle", b.Name)
			}
		}
	}
	each("onelayer_bundle_version", "Version of the release that is served.", func(b BundleView) float64 { return float64(b.Version) })
	each("onelayer_bundle_bytes", "Size of the bundle that is served.", func(b BundleView) float64 { return float64(b.Bytes) })
	each("onelayer_bundle_published_timestamp_seconds", "When this server began to serve the release.", func(b BundleView) float64 { return float64(b.Published.UnixMilli()) / 1000 })
	each("onelayer_bundle_expiry_timestamp_seconds", "When the first signed statement about the release expires.", func(b BundleView) float64 { return float64(b.Until.Unix()) })
	e.family("onelayer_bundle_refused", "gauge", "1 if the newest release is not served, because it does not verify or cannot be read.")
	for _, b := range view.Bundles {
		e.sample("onelayer_bundle_refused", map[bool]float64{true: 1}[b.Refused != ""], "bundle", b.Name)
	}
}

func (s *Server) publishMetrics(e *exposition) {
	e.family("onelayer_bundle_publishes_total", "counter", "Releases that were looked at, by result (published, renewed, refused) and the reason of a refusal.")
	s.published.mu.Lock()
	defer s.published.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(s.published.counts), func(a, b publishKey) int {
		return strings.Compare(a.bundle+" "+a.result+" "+a.reason, b.bundle+" "+b.result+" "+b.reason)
	})
	for _, key := range keys {
		e.sample("onelayer_bundle_publishes_total", float64(s.published.counts[key]), "bundle", key.bundle, "result", key.result, "reason", key.reason)
	}
}

func (s *Server) fleetMetrics(e *exposition, view View) {
	e.family("onelayer_fleet_agents", "gauge", "Agents by state: current, behind, failing, silent.")
	for _, b := range view.Bundles {
		for _, state := range states {
			e.sample("onelayer_fleet_agents", float64(b.States[state]), "bundle", b.Name, "state", state)
		}
	}
	e.family("onelayer_fleet_revision_agents", "gauge", "Agents by the revision that they run; other is what was not served here lately.")
	for _, b := range view.Bundles {
		for _, revision := range slices.Sorted(maps.Keys(b.Revisions)) {
			e.sample("onelayer_fleet_revision_agents", float64(b.Revisions[revision]), "bundle", b.Name, "revision", revision)
		}
	}
	s.fleet.mu.Lock()
	defer s.fleet.mu.Unlock()
	e.family("onelayer_fleet_acknowledge_seconds", "histogram", "Time from publishing a release to the report of an agent that it runs it.")
	for _, slot := range s.ordered {
		e.histogram("onelayer_fleet_acknowledge_seconds", s.fleet.delay(slot), "bundle", slot.name)
	}
	e.family("onelayer_fleet_turned_away_total", "counter", "Reports of agents that the fleet view had no place for.")
	e.sample("onelayer_fleet_turned_away_total", float64(s.fleet.turnedAway))
}

func (s *Server) sinkMetrics(e *exposition) {
	e.family("onelayer_sink_requests_total", "counter", "Answers to reports of agents, by sink (status, logs) and HTTP status code.")
	for _, sink := range []struct {
		name   string
		counts *counters
	}{{"status", s.sinks.statuses}, {"logs", s.sinks.uploads}} {
		for i, code := range codes {
			e.sample("onelayer_sink_requests_total", float64(sink.counts.counts[i].Load()), "sink", sink.name, "code", strconv.Itoa(code))
		}
	}
	e.family("onelayer_fleet_decisions_total", "counter", "Decisions that agents logged, by what was decided: allowed, denied, error, other.")
	d := s.sinks.decisions
	e.sample("onelayer_fleet_decisions_total", float64(d.allowed.Load()), "decision", "allowed")
	e.sample("onelayer_fleet_decisions_total", float64(d.denied.Load()), "decision", "denied")
	e.sample("onelayer_fleet_decisions_total", float64(d.failed.Load()), "decision", "error")
	e.sample("onelayer_fleet_decisions_total", float64(d.other.Load()), "decision", "other")
}
