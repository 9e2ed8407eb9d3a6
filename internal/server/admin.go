package server

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
)

// AdminHandler shows the fleet to people and to Prometheus.
func (s *Server) AdminHandler(address net.Addr) http.Handler {
	mux := http.NewServeMux()
	s.health(mux)
	guarded := func(pattern string, handler http.HandlerFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if !s.admins.allows(presented(r), s.now()) {
				s.unauthorized.Add(1)
				w.Header().Set("WWW-Authenticate", `Basic realm="onelayer: the password is a token", Bearer realm="onelayer"`)
				http.Error(w, refusals[http.StatusUnauthorized], http.StatusUnauthorized)
				return
			}
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			handler(w, r)
		})
	}
	guarded("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = io.WriteString(w, s.metrics())
	})
	guarded("GET /fleet.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.view()) // a client that is gone asks again
	})
	guarded("GET /fleet", s.servePage)
	guarded("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/fleet", http.StatusFound) })
	return s.bounded(sameHost(address, mux))
}

// sameHost refuses names that a stranger's page may have pointed at this machine: on loopback, the name of the host is its
// address or localhost.
func sameHost(address net.Addr, next http.Handler) http.Handler {
	if !onLoopback(address.String()) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		if host != "localhost" && net.ParseIP(host) == nil {
			http.Error(w, "ask for the address itself, or for localhost", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
