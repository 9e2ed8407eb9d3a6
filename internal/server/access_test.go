package server

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTokens(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	secret := settings.Bundles["onelayer"]
	w.write("a.txt", []byte("# two agents\n"+HashToken("alpha")+"\n"+HashToken("beta")+" # the second\n\n"))
	w.write("b.txt", []byte(HashToken("gamma")))
	secret.Tokens = w.path("a.txt")
	settings.Bundles["onelayer"] = secret
	secret.Tokens = w.path("b.txt")
	settings.Bundles["team/blue"] = secret
	s := w.server(settings)
	w.publish(w.files(1, "one"))
	s.Look(t.Context())
	code := func(path, authorization string) int {
		return get(s.Handler(), "GET", path, "Authorization", authorization).Code
	}
	for _, good := range []string{"Bearer alpha", "bearer beta", "Bearer  alpha "} {
		assert.Equal(t, http.StatusOK, code("/bundles/onelayer", good), good)
	}
	for _, bad := range []string{"", "Bearer", "Bearer ", "Bearer alph", "Bearer alphaa", "Bearer " + HashToken("alpha"), "alpha", "Bearer alpha beta", "Digest alpha"} {
		assert.Equal(t, http.StatusUnauthorized, code("/bundles/onelayer", bad), bad)
		assert.Equal(t, http.StatusUnauthorized, code("/bundles/nothing", bad), bad)
		assert.Equal(t, http.StatusUnauthorized, post(s.Handler(), "/status", status("x", "onelayer", "r", ""), "Authorization", bad).Code)
	}
	assert.Equal(t, http.StatusNotFound, code("/bundles/team/blue", "Bearer alpha"), "a token opens its own bundle")
	assert.Equal(t, http.StatusNotFound, code("/bundles/nothing", "Bearer alpha"))
	assert.Equal(t, http.StatusOK, code("/bundles/team/blue", "Bearer gamma"))
	assert.Equal(t, `Bearer realm="onelayer"`, get(s.Handler(), "GET", "/bundles/onelayer").Header().Get("WWW-Authenticate"))

	// Tokens change without a restart; a file that makes no sense changes nothing.
	next := time.Now().Add(time.Hour)
	w.write("a.txt", []byte("sha256:zz"))
	w.pass(time.Hour)
	assert.Equal(t, http.StatusOK, code("/bundles/onelayer", "Bearer alpha"))
	assert.Contains(t, w.log.String(), "line 1 is no hash of a token")
	assert.EqualValues(t, 1, s.reloads.Load())
	w.write("a.txt", []byte(HashToken("delta")))
	require.NoError(t, os.Chtimes(w.path("a.txt"), next, next))
	w.pass(time.Hour)
	assert.Equal(t, http.StatusUnauthorized, code("/bundles/onelayer", "Bearer alpha"))
	assert.Equal(t, http.StatusOK, code("/bundles/onelayer", "Bearer delta"))
	for _, word := range []string{"alpha", "beta", "gamma", "delta"} {
		assert.NotContains(t, w.log.String(), `"`+word)
		assert.NotContains(t, s.metrics(), word+`"`)
	}
}

// TestMutualTLS asks agents for certificates, tells their names apart, and takes a new certificate without a restart.
func TestMutualTLS(t *testing.T) {
	w := newWorld(t)
	ours, strangers := newAuthority(t), newAuthority(t)
	certificate, key := ours.issue("policies.example")
	w.write("server.pem", certificate)
	w.write("server.key", key)
	w.write("clients.pem", ours.text)
	settings := w.settings()
	settings.TLS = TLSFiles{Cert: w.path("server.pem"), Key: w.path("server.key"), ClientCA: w.path("clients.pem")}
	about := settings.Bundles["onelayer"]
	settings.Bundles["all"] = about
	about.Clients = []string{"opa.shop.example"}
	settings.Bundles["onelayer"] = about
	w.publish(w.files(1, "one"))
	r := w.run(settings)
	eventually(t, func() bool { return r.notReady() == "" })
	shop, other := ours.client(ours.issue("opa.shop.example")), ours.client(ours.issue("opa.other.example"))

	code, _, err := fetch(t, shop, "https://"+r.bundles+"/bundles/onelayer")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, code)
	code, _, err = fetch(t, other, "https://"+r.bundles+"/bundles/onelayer")
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, code)
	code, _, err = fetch(t, other, "https://"+r.bundles+"/bundles/all")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, code)
	_, _, err = fetch(t, ours.client(nil, nil), "https://"+r.bundles+"/bundles/all")
	require.Error(t, err, "no certificate")
	_, _, err = fetch(t, ours.client(strangers.issue("opa.shop.example")), "https://"+r.bundles+"/bundles/all")
	require.Error(t, err, "a certificate by somebody else")
	_, _, err = fetch(t, strangers.client(ours.issue("opa.shop.example")), "https://"+r.bundles+"/bundles/all")
	require.Error(t, err, "the client knows the server by its certificate")
	_, err = tls.Dial("tcp", r.bundles, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	require.Error(t, err, "TLS 1.2")

	certificate, key = ours.issue("renewed.example")
	w.write("server.pem", certificate) // the key does not fit yet
	w.write("server.key", key)
	eventually(t, func() bool {
		connection, err := tls.Dial("tcp", r.bundles, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return false
		}
		defer func() { _ = connection.Close() }()
		return connection.ConnectionState().PeerCertificates[0].DNSNames[0] == "renewed.example"
	})
	w.write("clients.pem", strangers.text)
	eventually(t, func() bool {
		_, _, err := fetch(t, shop, "https://"+r.bundles+"/bundles/all")
		return err != nil
	})
}

// TestAddresses opens nothing to others by accident.
func TestAddresses(t *testing.T) {
	w := newWorld(t)
	w.write("tokens.txt", []byte(HashToken("x")))
	ours := newAuthority(t)
	certificate, key := ours.issue("policies.example")
	w.write("server.pem", certificate)
	w.write("server.key", key)
	secure := TLSFiles{Cert: w.path("server.pem"), Key: w.path("server.key")}
	for name, test := range map[string]struct {
		change func(*Settings, *Bundle)
		mend   string
	}{
		"nothing":           {func(s *Settings, _ *Bundle) { s.Listen = ":0" }, "give tls.cert and tls.key"},
		"all addresses":     {func(s *Settings, _ *Bundle) { s.Listen = "0.0.0.0:0" }, "give tls.cert"},
		"name":              {func(s *Settings, _ *Bundle) { s.Listen = "policies.example:0" }, "give tls.cert"},
		"tokens alone":      {func(s *Settings, b *Bundle) { s.Listen, b.Tokens = "0.0.0.0:0", w.path("tokens.txt") }, "give tls.cert"},
		"TLS alone":         {func(s *Settings, _ *Bundle) { s.Listen, s.TLS = "[::]:0", secure }, "give it tokens, or tls.client_ca"},
		"admin":             {func(s *Settings, _ *Bundle) { s.Admin = "0.0.0.0:0" }, "give tls and admin_tokens"},
		"admin without TLS": {func(s *Settings, _ *Bundle) { s.Admin, s.AdminTokens = "0.0.0.0:0", w.path("tokens.txt") }, "give tls and admin_tokens"},
		"allowed":           {func(s *Settings, _ *Bundle) { s.Listen, s.Admin, s.Insecure = "0.0.0.0:0", "0.0.0.0:0", true }, ""},
		"both":              {func(s *Settings, b *Bundle) { s.Listen, s.TLS, b.Tokens = "0.0.0.0:0", secure, w.path("tokens.txt") }, ""},
		"loopback":          {func(s *Settings, _ *Bundle) { s.Listen, s.Admin = "localhost:0", "[::1]:0" }, ""},
	} {
		settings := w.settings()
		about := settings.Bundles["onelayer"]
		test.change(&settings, &about)
		settings.Bundles["onelayer"] = about
		_, err := New(settings, w.options())
		if test.mend == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, test.mend, name)
		}
	}
}

// TestAdmin asks for tokens if there are any, and for the real name of the host.
func TestAdmin(t *testing.T) {
	w := newWorld(t)
	settings := w.settings()
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	open := w.server(settings).AdminHandler(loopback)
	ask := func(handler http.Handler, path, host string, change func(*http.Request)) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Host = host
		if change != nil {
			change(request)
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		return recorder
	}
	for _, path := range []string{"/metrics", "/fleet", "/fleet.json"} {
		for _, host := range []string{"127.0.0.1:8081", "localhost:8081", "[::1]:8081", "localhost"} {
			assert.Equal(t, http.StatusOK, ask(open, path, host, nil).Code, path+host)
		}
		assert.Equal(t, http.StatusMisdirectedRequest, ask(open, path, "evil.example:8081", nil).Code)
	}
	assert.Equal(t, "/fleet", ask(open, "/", "localhost", nil).Header().Get("Location"))
	w.write("admins.txt", []byte(HashToken("secret")))
	settings.AdminTokens = w.path("admins.txt")
	guarded := w.server(settings).AdminHandler(loopback)
	for _, path := range []string{"/metrics", "/fleet", "/fleet.json"} {
		assert.Equal(t, http.StatusUnauthorized, ask(guarded, path, "localhost", nil).Code)
		assert.Equal(t, http.StatusUnauthorized, ask(guarded, path, "localhost", func(r *http.Request) { r.SetBasicAuth("secret", "wrong") }).Code)
		assert.Equal(t, http.StatusOK, ask(guarded, path, "localhost", func(r *http.Request) { r.SetBasicAuth("anybody", "secret") }).Code)
		assert.Equal(t, http.StatusOK, ask(guarded, path, "localhost", func(r *http.Request) { r.Header.Set("Authorization", "Bearer secret") }).Code)
	}
	assert.Equal(t, http.StatusServiceUnavailable, ask(guarded, "/health/ready", "localhost", nil).Code, "probes have no token")
}

// TestStop answers everybody who waits, and takes nothing new.
func TestStop(t *testing.T) {
	w := newWorld(t)
	w.publish(w.files(1, "one"))
	r := w.run(w.settings())
	eventually(t, func() bool { return r.notReady() == "" })
	response, err := http.Get("http://" + r.bundles + "/bundles/onelayer")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	const clients = 40
	codes := make([]int, clients)
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			codes[i], _, _ = fetch(t, http.DefaultClient, "http://"+r.bundles+"/bundles/onelayer", "If-None-Match", response.Header.Get("ETag"), "Prefer", "wait=300")
		})
	}
	eventually(t, func() bool { return r.waiters.Load() == clients })
	require.NoError(t, r.stop())
	group.Wait()
	for _, code := range codes {
		assert.Equal(t, http.StatusNotModified, code)
	}
	assert.Equal(t, "stopping", r.notReady())
	_, err = net.Dial("tcp", r.bundles)
	require.Error(t, err)
}

// TestHostileClients sends what no OPA would.
func TestHostileClients(t *testing.T) {
	w := newWorld(t)
	w.publish(w.files(1, "one"))
	r := w.run(w.settings())
	eventually(t, func() bool { return r.notReady() == "" })
	answer := func(text string) string {
		connection, err := net.Dial("tcp", r.bundles)
		require.NoError(t, err)
		defer func() { _ = connection.Close() }()
		_, err = connection.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, connection.SetReadDeadline(time.Now().Add(20*time.Second)))
		head := make([]byte, 64)
		n, err := connection.Read(head)
		if n == 0 && !errors.Is(err, os.ErrDeadlineExceeded) {
			return "closed"
		}
		line, _, _ := strings.Cut(string(head[:n]), "\r\n")
		return line
	}
	assert.Equal(t, "HTTP/1.1 200 OK", answer("GET /bundles/onelayer HTTP/1.1\r\nHost: x\r\n\r\n"))
	assert.Equal(t, "HTTP/1.1 400 Bad Request", answer("GET /bundles/onelayer HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"))
	assert.Equal(t, "HTTP/1.1 431 Request Header Fields Too Large", answer("GET /bundles/onelayer HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 64<<10)+"\r\n\r\n"))
	assert.Equal(t, "HTTP/1.1 400 Bad Request", answer("\x16\x03\x01 this is TLS\r\n\r\n"))
	assert.Equal(t, "HTTP/1.1 404 Not Found", answer("GET /bundles/..%2fkeyring.json HTTP/1.1\r\nHost: x\r\n\r\n"))
	assert.NotContains(t, answer("GET /bundles/../../keyring.json HTTP/1.1\r\nHost: x\r\n\r\n"), "200")
	assert.Equal(t, http.StatusOK, get(r.Handler(), "GET", "/health/live").Code)
}
