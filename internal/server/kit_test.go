package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

const day = 24 * time.Hour

// world has all keys, a directory of releases, and a clock.
type world struct {
	t                          *testing.T
	dir                        string
	release, timestamp, inside *signing.PrivateKey
	log                        *logged
	printed                    *logged

	mu     sync.Mutex
	offset time.Duration
}

// logged collects what is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), release: signingtest.Key(t, signing.EdDSA), timestamp: signingtest.Key(t, signing.EdDSA),
		inside: signingtest.Key(t, signing.ES256), log: &logged{}, printed: &logged{},
	}
	ring := release.Keyring{
		Name: "onelayer", Version: 1, Threshold: 1, Created: release.At(time.Now().Add(-day)), Expires: release.At(time.Now().Add(365 * day)),
		Keys: []release.Key{
			release.NewKey(w.release.Public(), release.RoleRelease, ""), release.NewKey(w.timestamp.Public(), release.RoleTimestamp, ""),
			release.NewKey(w.inside.Public(), release.RoleBundle, "k"),
		},
	}
	text, err := ring.Sign(w.release)
	require.NoError(t, err)
	w.write("keyring.json", text)
	require.NoError(t, os.Mkdir(w.path("releases"), 0o755))
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name string, text []byte) {
	w.t.Helper()
	require.NoError(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	require.NoError(w.t, os.WriteFile(w.path(name), text, 0o600))
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// files makes a release of a version whose policy says text, and gives its files by their names.
func (w *world) files(version uint64, text string) map[string][]byte {
	w.t.Helper()
	content := signingtest.Content()
	content.Files[0].Data = append(content.Files[0].Data, []byte("# "+text+"\n")...)
	signed, err := signing.SignBundle(signingtest.Archive(w.t, content), w.inside, "k", signing.Scope("onelayer", bundle.OPA, "stable"))
	require.NoError(w.t, err)
	packed, err := signed.Bytes()
	require.NoError(w.t, err)
	about := release.About(signed, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", version, release.At(w.now()), release.At(w.now().Add(90*day))
	statement, err := about.Sign(w.release)
	require.NoError(w.t, err)
	return map[string][]byte{
		"onelayer-opa.tar.gz": packed, "onelayer-opa.release.json": statement, "onelayer-opa.timestamp.json": w.stamp(statement),
	}
}

func (w *world) stamp(statement []byte) []byte {
	w.t.Helper()
	stamp, err := release.TimestampOf(statement, w.now(), w.now().Add(day))
	require.NoError(w.t, err)
	text, err := stamp.Sign(w.timestamp)
	require.NoError(w.t, err)
	return text
}

// publish replaces the directory of releases in one step.
func (w *world) publish(files map[string][]byte) {
	w.t.Helper()
	fresh := w.path("fresh")
	require.NoError(w.t, os.MkdirAll(fresh, 0o755))
	for name, text := range files {
		require.NoError(w.t, os.WriteFile(filepath.Join(fresh, name), text, 0o644))
	}
	require.NoError(w.t, os.RemoveAll(w.path("old")))
	require.NoError(w.t, os.Rename(w.path("releases"), w.path("old")))
	require.NoError(w.t, os.Rename(fresh, w.path("releases")))
}

func (w *world) settings() Settings {
	return Settings{
		Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", State: w.path("state"),
		Bundles: map[string]Bundle{"onelayer": {Directory: w.path("releases"), Keyring: w.path("keyring.json"), Channel: "stable"}},
	}
}

func (w *world) server(settings Settings) *Server {
	w.t.Helper()
	s, err := New(settings, w.options())
	require.NoError(w.t, err)
	return s
}

func (w *world) options() Options {
	return Options{Log: slog.New(slog.NewJSONHandler(w.log, nil)), Decisions: w.printed, UserAgent: "test", Now: w.now}
}

// running is a server on real sockets.
type running struct {
	*Server
	bundles, admin string
	stop           func() error
}

// run starts a server; it ends with the test.
func (w *world) run(settings Settings) *running {
	w.t.Helper()
	s := w.server(settings)
	ctx, cancel := context.WithCancel(w.t.Context())
	addresses, ended := make(chan [2]net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, func(bundles, admin net.Addr) { addresses <- [2]net.Addr{bundles, admin} })
	}()
	r := &running{Server: s}
	select {
	case found := <-addresses:
		r.bundles, r.admin = found[0].String(), found[1].String()
	case err := <-ended:
		require.NoError(w.t, err)
	}
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	w.t.Cleanup(func() { assert.NoError(w.t, r.stop()) })
	return r
}

// eventually waits for what happens on another goroutine.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 5*time.Millisecond)
}

// get asks a handler for a bundle; headers are names and values in turn.
func get(handler http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// authority issues certificates.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	text        []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &authority{t, certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate and its key for a DNS name, and for this machine.
func (a *authority) issue(name string) (certificate, key []byte) {
	a.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, private.Public(), a.key)
	require.NoError(a.t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), signingtest.PEM(a.t, private)
}

// client trusts an authority, and shows a certificate if it has one. Every request has a connection of its own.
func (a *authority) client(certificate, key []byte) *http.Client {
	a.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	config := &tls.Config{RootCAs: pool}
	if certificate != nil {
		pair, err := tls.X509KeyPair(certificate, key)
		require.NoError(a.t, err)
		config.Certificates = []tls.Certificate{pair}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
}

// fetch gives the code and the body of an answer.
func fetch(t *testing.T, client *http.Client, url string, headers ...string) (int, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// status is a report of an agent about one bundle.
func status(id, name, revision, code string) string {
	return fmt.Sprintf(`{"labels":{"id":%q,"version":"1.22.2"},"bundles":{%q:{"name":%q,"active_revision":%q,"code":%q,"message":"went wrong"}}}`, id, name, name, revision, code)
}

func post(handler http.Handler, target, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}
