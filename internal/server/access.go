package server

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// rule says who may read a bundle. Everything that it names must hold.
type rule struct {
	tokens  *tokenFile
	clients []string
}

// credentials are what a request shows.
type credentials struct {
	// hash is that of the bearer token, if there is one.
	hash  [sha256.Size]byte
	token bool
	// names are those of the client's certificate, which the handshake verified.
	names []string
}

func presented(r *http.Request) credentials {
	var c credentials
	if scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " "); found && strings.EqualFold(scheme, "Bearer") {
		c.hash, c.token = sha256.Sum256([]byte(strings.TrimSpace(token))), true
	} else if _, password, found := r.BasicAuth(); found {
		// Browsers know no bearer tokens.
		c.hash, c.token = sha256.Sum256([]byte(password)), true
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		c.names = certificateNames(r.TLS.VerifiedChains[0][0])
	}
	return c
}

// certificateNames are the names that a certificate proves: DNS names and URIs, or the common name if there are none.
func certificateNames(certificate *x509.Certificate) []string {
	names := slices.Clone(certificate.DNSNames)
	for _, uri := range certificate.URIs {
		names = append(names, uri.String())
	}
	if len(names) == 0 {
		names = []string{certificate.Subject.CommonName}
	}
	return names
}

// String names credentials in the fleet view without giving them away.
func (c credentials) String() string {
	switch {
	case len(c.names) > 0:
		return c.names[0]
	case c.token:
		return "token " + hex.EncodeToString(c.hash[:4])
	default:
		return ""
	}
}

func (l rule) allows(c credentials, now time.Time) bool {
	if l.tokens != nil && (!c.token || !l.tokens.holds(c.hash, now)) {
		return false
	}
	return len(l.clients) == 0 || slices.ContainsFunc(c.names, func(name string) bool { return slices.Contains(l.clients, name) })
}

func (l rule) open() bool { return l.tokens == nil && len(l.clients) == 0 }

// allowed lists the bundles that credentials may read.
func (s *Server) allowed(c credentials) []*slot {
	var list []*slot
	now := s.now()
	for _, slot := range s.ordered {
		if slot.rule.allows(c, now) {
			list = append(list, slot)
		}
	}
	return list
}

// admit decides about a request for a bundle. Only who may read something learns which bundles do not exist.
func (s *Server) admit(r *http.Request, slot *slot) int {
	c := presented(r)
	switch {
	case slot != nil && slot.rule.allows(c, s.now()):
		if r.ContentLength != 0 {
			return http.StatusBadRequest
		}
		return http.StatusOK
	case len(s.allowed(c)) > 0:
		return http.StatusNotFound
	default:
		return http.StatusUnauthorized
	}
}
