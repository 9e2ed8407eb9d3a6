package fleet

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"
)

// get asks for something and gives the answer with its body.
func get(ctx context.Context, client *http.Client, url string, headers ...string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, text, err
}

// view is what the tests read of /fleet.json.
type view struct {
	Bundles []struct {
		Revision string
		Version  int
		Refused  string
		Waiters  int
		Agents   map[string]int
	}
	Agents []struct{ ID, Labels, State, Revision, Message, Credentials string }
}

func (s *service) view(ctx context.Context) (v view, err error) {
	_, text, err := get(ctx, http.DefaultClient, "http://"+s.admin+"/fleet.json")
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err == nil && len(v.Bundles) != 1 {
		err = fmt.Errorf("the view has %d bundles", len(v.Bundles))
	}
	return v, err
}

// agent waits until the only agent is in a state with a version.
func (w *workshop) agent(s *service, state string, version int) (found view) {
	w.t.Helper()
	w.wait(s.Server, func(ctx context.Context) (err error) {
		if found, err = s.view(ctx); err != nil {
			return err
		}
		if len(found.Agents) != 1 || found.Agents[0].State != state || found.Bundles[0].Version != version {
			return fmt.Errorf("the view is %+v, wanted is one agent that is %s with version %d", found, state, version)
		}
		return nil
	})
	return found
}

// metrics are the text of /metrics.
func (w *workshop) metrics(s *service) string {
	w.t.Helper()
	_, text, err := get(w.t.Context(), http.DefaultClient, "http://"+s.admin+"/metrics")
	require.NoError(w.t, err)
	return string(text)
}

// authority writes ca.pem and, for each name, a certificate NAME.crt with its key NAME.key.
func (w *workshop) authority(names ...string) *http.Client {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(w.t, err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	require.NoError(w.t, err)
	w.certificate("ca.pem", der)
	for i, name := range names {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(w.t, err)
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 2)), Subject: pkix.Name{CommonName: name}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
			DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, ca, private.Public(), key)
		require.NoError(w.t, err)
		w.certificate(name+".crt", der)
		text, err := x509.MarshalPKCS8PrivateKey(private)
		require.NoError(w.t, err)
		w.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})))
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(w.read("ca.pem")))
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
}

func (w *workshop) certificate(name string, der []byte) {
	w.write(name, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}
