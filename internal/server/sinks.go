package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// bodyWithin is how long a client may take to send a body.
	bodyWithin = 15 * time.Second
	// maxPacked and maxUnpacked bound a body in bytes, as sent and without compression.
	maxPacked   = 1 << 20
	maxUnpacked = 8 << 20
	// maxReading is how many bodies are read at once: together with the sizes, that bounds the memory.
	maxReading = 8
	// patience is how long a body may wait for its turn.
	patience = 10 * time.Second
	// maxEvents bounds the decisions in one body.
	maxEvents = 50_000
)

// sinks take what agents report.
type sinks struct {
	reading  chan struct{}
	patience time.Duration
	// print takes decisions, nil for none.
	print     io.Writer
	printing  *sync.Mutex
	statuses  *counters
	uploads   *counters
	decisions *decisionCounts
}

// decisionCounts count decisions by what was decided.
type decisionCounts struct{ allowed, denied, failed, other atomic.Int64 }

func newSinks(settings Settings, print io.Writer) sinks {
	s := sinks{
		reading: make(chan struct{}, maxReading), patience: patience, printing: new(sync.Mutex), statuses: new(counters), uploads: new(counters),
		decisions: new(decisionCounts),
	}
	if settings.PrintDecisions {
		s.print = print
	}
	return s
}

// errTooLarge is what reading gives behind a limit.
var errTooLarge = errors.New("the body is too large")

// bounded is a reader that fails behind so many bytes, where io.LimitReader would end.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// unpacked is the body of a request without its compression, bounded before and after it.
func unpacked(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	body := http.MaxBytesReader(w, r.Body, maxPacked)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
		return &bounded{body, maxUnpacked}, nil
	case "gzip":
		reader, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("read gzip: %w", err)
		}
		return &bounded{reader, maxUnpacked}, nil
	default:
		return nil, errors.New("the body is neither plain nor gzip")
	}
}

// take lets an agent report: who may read no bundle may report nothing, and only so many bodies are read at once.
func (s *Server) take(w http.ResponseWriter, r *http.Request, counts *counters, read func(body io.Reader, who credentials, allowed []*slot) error) {
	who := presented(r)
	allowed := s.allowed(who)
	if len(allowed) == 0 {
		counts.add(http.StatusUnauthorized)
		s.refuse(w, nil, http.StatusUnauthorized)
		return
	}
	if !s.sinks.turn() {
		counts.add(http.StatusServiceUnavailable)
		w.Header().Set("Retry-After", retryAfter)
		s.refuse(w, nil, http.StatusServiceUnavailable)
		return
	}
	defer func() { <-s.sinks.reading }()
	body, err := unpacked(w, r)
	if err == nil {
		err = read(body, who, allowed)
	}
	code := http.StatusOK
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) || errors.Is(err, errTooLarge):
		code, err = http.StatusRequestEntityTooLarge, fmt.Errorf("a body has at most %d bytes, %d unpacked", maxPacked, maxUnpacked)
	case err != nil:
		code = http.StatusBadRequest
	}
	counts.add(code)
	s.allowWrite(w)
	if err != nil {
		http.Error(w, err.Error(), code)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "{}\n")
}

// turn waits until a body may be read.
func (s sinks) turn() bool {
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	select {
	case s.reading <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

// takeStatus takes a status report (https://www.openpolicyagent.org/docs/management-status).
func (s *Server) takeStatus(w http.ResponseWriter, r *http.Request) {
	s.take(w, r, s.sinks.statuses, func(body io.Reader, who credentials, allowed []*slot) error {
		var report statusReport
		decoder := json.NewDecoder(body)
		if err := decoder.Decode(&report); err != nil {
			return fmt.Errorf("read status: %w", err)
		}
		if report.Labels[labelID] == "" {
			return errors.New("read status: labels hold no id")
		}
		return s.fleet.report(report, who.String(), allowed, s.now())
	})
}

// event is what is read of a decision (https://www.openpolicyagent.org/docs/management-decision-logs).
type event struct {
	Labels struct {
		ID string `json:"id"`
	} `json:"labels"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

// takeDecisions counts decisions, and prints them if that is asked for. Nothing is stored.
func (s *Server) takeDecisions(w http.ResponseWriter, r *http.Request) {
	s.take(w, r, s.sinks.uploads, func(body io.Reader, who credentials, _ []*slot) error {
		decoder := json.NewDecoder(body)
		if open, err := decoder.Token(); err != nil || open != json.Delim('[') {
			return fmt.Errorf("read decisions: the body is no JSON array: %w", err)
		}
		for number := 1; decoder.More(); number++ {
			if number > maxEvents {
				return fmt.Errorf("read decisions: more than %d", maxEvents)
			}
			var text json.RawMessage
			if err := decoder.Decode(&text); err != nil {
				return fmt.Errorf("read decision %d: %w", number, err)
			}
			if err := s.takeDecision(text, who); err != nil {
				return fmt.Errorf("read decision %d: %w", number, err)
			}
		}
		_, err := decoder.Token()
		return err
	})
}

func (s *Server) takeDecision(text json.RawMessage, who credentials) error {
	var e event
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	s.fleet.decided(e.Labels.ID, who.String(), s.now())
	switch allow, known := e.allowed(); {
	case len(e.Error) > 0 && string(e.Error) != "null":
		s.sinks.decisions.failed.Add(1)
	case !known:
		s.sinks.decisions.other.Add(1)
	case allow:
		s.sinks.decisions.allowed.Add(1)
	default:
		s.sinks.decisions.denied.Add(1)
	}
	return s.sinks.printLine(text)
}

// allowed reads a decision that is true or false, or holds allow, as data.onelayer.decision does, or allowed, as an
// AdmissionReview does.
func (e event) allowed() (allow, known bool) {
	if json.Unmarshal(e.Result, &allow) == nil && string(e.Result) != "null" {
		return allow, true
	}
	var object struct {
		Allow    *bool `json:"allow"`
		Response *struct {
			Allowed *bool `json:"allowed"`
		} `json:"response"`
	}
	if json.Unmarshal(e.Result, &object) != nil {
		return false, false
	}
	switch {
	case object.Allow != nil:
		return *object.Allow, true
	case object.Response != nil && object.Response.Allowed != nil:
		return *object.Response.Allowed, true
	default:
		return false, false
	}
}

func (s sinks) printLine(text json.RawMessage) error {
	if s.print == nil {
		return nil
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return err
	}
	line.WriteByte('\n')
	s.printing.Lock()
	defer s.printing.Unlock()
	if _, err := s.print.Write(line.Bytes()); err != nil {
		return fmt.Errorf("print decision: %w", err)
	}
	return nil
}
