// Package server gives bundles to fleets of OPA and shows which agent runs which one.
//
// It owns the Bundle Service API with long polling, the sinks of status and decision logs
// (https://www.openpolicyagent.org/docs/management-introduction), who may read what, and the view of the fleet. It serves
// nothing that package release did not verify, and remembers nothing that a directory or a registry does not hold but what
// agents reported. It must not know how bundles are built, or how command lines and exit codes look.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a server gets from the outside.
type Options struct {
	Log *slog.Logger
	// Decisions takes the decisions of agents if the settings ask for them.
	Decisions io.Writer
	// UserAgent names the program to registries.
	UserAgent string
	Now       func() time.Time
}

// Server serves bundles.
type Server struct {
	settings Settings
	log      *slog.Logger
	now      func() time.Time
	slots    map[string]*slot
	// ordered are the slots by name.
	ordered      []*slot
	publishers   []*publisher
	certificates *certificates
	admins       rule
	fleet        *fleet
	sinks        sinks
	waiters      atomic.Int64
	unauthorized atomic.Int64
	reloads      atomic.Int64
	published    publishCounts
	// stopping is closed when every waiter must be answered.
	stopping chan struct{}
}

// New makes a server. Everything that settings name must be there, but a release may come later.
func New(settings Settings, options Options) (*Server, error) {
	settings = settings.withDefaults()
	for _, name := range slices.Sorted(maps.Keys(settings.Bundles)) {
		if err := settings.Bundles[name].check(name); err != nil {
			return nil, err
		}
	}
	if err := settings.check(); err != nil {
		return nil, err
	}
	if err := settings.checkAddresses(); err != nil {
		return nil, err
	}
	s := &Server{settings: settings, log: options.Log, now: options.Now, slots: map[string]*slot{}, stopping: make(chan struct{})}
	s.fleet = newFleet(settings.Fleet)
	s.sinks = newSinks(settings, options.Decisions)
	badReload := func() { s.reloads.Add(1) }
	if settings.TLS.on() {
		var err error
		if s.certificates, err = openCertificates(settings.TLS, s.log, badReload); err != nil {
			return nil, err
		}
	}
	if settings.AdminTokens != "" {
		var err error
		if s.admins.tokens, err = openTokens(settings.AdminTokens, s.log, badReload); err != nil {
			return nil, err
		}
	}
	return s, s.addSlots(options, badReload)
}

func (s *Server) addSlots(options Options, badReload func()) error {
	files := map[string]*tokenFile{}
	for _, name := range slices.Sorted(maps.Keys(s.settings.Bundles)) {
		about := s.settings.Bundles[name]
		slot := &slot{name: name, channel: about.Channel, rule: rule{clients: about.Clients}}
		if about.Tokens != "" {
			if files[about.Tokens] == nil {
				opened, err := openTokens(about.Tokens, s.log, badReload)
				if err != nil {
					return fmt.Errorf("bundle %s: %w", name, err)
				}
				files[about.Tokens] = opened
			}
			slot.rule.tokens = files[about.Tokens]
		}
		publisher, err := newPublisher(slot, about, s.settings, options)
		if err != nil {
			return err
		}
		publisher.count = s.published.add
		s.slots[name] = slot
		s.ordered = append(s.ordered, slot)
		s.publishers = append(s.publishers, publisher)
	}
	return nil
}

// checkAddresses refuses what others could reach without TLS and credentials, unless the settings allow it.
func (s Settings) checkAddresses() error {
	if s.Insecure {
		return nil
	}
	if !onLoopback(s.Listen) {
		if s.TLS.Cert == "" {
			return fmt.Errorf("others can reach %s: give tls.cert and tls.key, or allow it with insecure", s.Listen)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Bundles)) {
			if b := s.Bundles[name]; b.Tokens == "" && s.TLS.ClientCA == "" {
				return fmt.Errorf("others can reach %s, and bundle %s asks for nothing: give it tokens, or tls.client_ca, or allow it with insecure", s.Listen, name)
			}
		}
	}
	if !onLoopback(s.Admin) && (s.TLS.Cert == "" || s.AdminTokens == "") {
		return fmt.Errorf("others can reach the fleet view on %s: give tls and admin_tokens, or allow it with insecure", s.Admin)
	}
	return nil
}

// onLoopback tells whether only this machine can reach an address.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

const (
	headersWithin  = 10 * time.Second
	maxHeaderBytes = 16 << 10
	idleFor        = 3 * time.Minute
	// firstLookWithin is how long the first clients wait for the first look at all sources.
	firstLookWithin = 5 * time.Second
	// stopWithin is how long answers may take when the server stops.
	stopWithin = 20 * time.Second
)

// Run serves until the context ends, then answers who waits, and ends. It calls ready, if there is one, with the addresses
// that it listens on.
func (s *Server) Run(ctx context.Context, ready func(bundles, admin net.Addr)) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.settings.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	admin, err := config.Listen(ctx, "tcp", s.settings.Admin)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), listener.Close())
	}
	if ready != nil {
		ready(listener.Addr(), admin.Addr())
	}
	s.log.Info("listening", "bundles", listener.Addr().String(), "admin", admin.Addr().String(), "tls", s.certificates != nil)
	servers := []*http.Server{s.httpServer(s.Handler()), s.httpServer(s.AdminHandler(admin.Addr()))}
	failed := make(chan error, len(servers))
	following, stopFollowing := context.WithCancel(ctx)
	publishers := s.follow(following)
	go func() { failed <- servers[0].Serve(s.secure(listener, true)) }()
	go func() { failed <- servers[1].Serve(s.secure(admin, false)) }()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	}
	stopFollowing()
	publishers.Wait()
	return errors.Join(err, s.stop(servers))
}

// follow starts the publishers, and gives them a moment: who asks first need not be sent away.
func (s *Server) follow(ctx context.Context) *sync.WaitGroup {
	publishers, looked := new(sync.WaitGroup), new(sync.WaitGroup)
	for _, p := range s.publishers {
		looked.Add(1)
		publishers.Go(func() { p.run(ctx, looked.Done) })
	}
	all := make(chan struct{})
	go func() {
		looked.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-time.After(firstLookWithin):
	}
	return publishers
}

// stop answers who waits, and ends the servers.
func (s *Server) stop(servers []*http.Server) error {
	s.log.Info("stopping", "waiters", s.waiters.Load())
	close(s.stopping)
	bounded, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var failed error
	for _, server := range servers {
		if err := server.Shutdown(bounded); err != nil {
			failed = errors.Join(failed, fmt.Errorf("stop: %w", err), server.Close())
		}
	}
	s.log.Info("stopped")
	return failed
}

// httpServer bounds what a client can hold. Answers have a deadline of their own, because a long poll may be long.
func (s *Server) httpServer(handler http.Handler) *http.Server {
	protocols := new(http.Protocols)
	// A client has one request at a time: HTTP/2 would cost three times the memory of a waiting client.
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headersWithin, MaxHeaderBytes: maxHeaderBytes, IdleTimeout: idleFor, Protocols: protocols,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// secure puts TLS around a listener. Only clients of bundles need a certificate: probes have none.
func (s *Server) secure(listener net.Listener, clients bool) net.Listener {
	if s.certificates == nil || !clients && s.settings.AdminTokens == "" {
		return listener
	}
	if clients {
		return tls.NewListener(listener, s.certificates.server())
	}
	return tls.NewListener(listener, s.certificates.withoutClients())
}

// Handler answers agents.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bundles/{name...}", s.serveBundle)
	mux.HandleFunc("POST /status", s.takeStatus)
	mux.HandleFunc("POST /status/{partition}", s.takeStatus)
	mux.HandleFunc("POST /logs", s.takeDecisions)
	mux.HandleFunc("POST /logs/{partition}", s.takeDecisions)
	s.health(mux)
	return s.bounded(mux)
}

// bounded gives the body of a request, and the answer, a time to come to an end.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // not every writer of a test has one
		}
		s.allowWrite(w)
		next.ServeHTTP(w, r)
	})
}

func (s *Server) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "live\n") })
	mux.HandleFunc("GET /health/ready", func(w http.ResponseWriter, _ *http.Request) {
		if why := s.notReady(); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ready\n")
	})
}

// notReady says why no traffic should come, empty if it should: the server stops, or has nothing to serve. One bundle that
// is refused takes nothing from the others.
func (s *Server) notReady() string {
	select {
	case <-s.stopping:
		return "stopping"
	default:
	}
	serving := false
	for _, slot := range s.ordered {
		if tried, _ := slot.state(); !tried {
			return "starting"
		}
		serving = serving || slot.current.Load() != nil
	}
	if !serving {
		return "no release verified yet"
	}
	return ""
}
