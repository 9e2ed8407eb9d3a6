package load

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

// publisher makes releases in folders.
type publisher struct {
	t               *testing.T
	dir             string
	release, inside *signing.PrivateKey
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{t: t, dir: t.TempDir(), release: signingtest.Key(t, signing.EdDSA), inside: signingtest.Key(t, signing.ES256)}
	ring := release.Keyring{
		Name: "onelayer", Version: 1, Threshold: 1, Created: release.At(time.Now()), Expires: release.At(time.Now().Add(24 * time.Hour)),
		Keys: []release.Key{release.NewKey(p.release.Public(), release.RoleRelease, ""), release.NewKey(p.inside.Public(), release.RoleBundle, "k")},
	}
	text, err := ring.Sign(p.release)
	require.NoError(t, err)
	p.write("keyring.json", text)
	p.certificate()
	return p
}

// certificate makes the certificate of the server, for a run with TLS.
func (p *publisher) certificate() {
	signer := signingtest.Signer(p.t, signing.ES256)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	require.NoError(p.t, err)
	p.write("server.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	p.write("server.key", signingtest.PEM(p.t, signer))
}

func (p *publisher) path(name string) string { return filepath.Join(p.dir, name) }

func (p *publisher) write(name string, text []byte) {
	p.t.Helper()
	require.NoError(p.t, os.MkdirAll(filepath.Dir(p.path(name)), 0o755))
	require.NoError(p.t, os.WriteFile(p.path(name), text, 0o600))
}

// make puts a release of about so many bytes into a folder, and gives its bundle.
func (p *publisher) make(folder string, version uint64, size int) []byte {
	p.t.Helper()
	content := signingtest.Content()
	noise := make([]byte, size)
	_, _ = rand.Read(noise) // it never fails (crypto/rand)
	// Two digits for a byte compress to about one again.
	content.Files[0].Data = append(content.Files[0].Data, []byte("# "+hex.EncodeToString(noise)+"\n")...)
	archive, err := signing.SignBundle(signingtest.Archive(p.t, content), p.inside, "k", signing.Scope("onelayer", bundle.OPA, "stable"))
	require.NoError(p.t, err)
	packed, err := archive.Bytes()
	require.NoError(p.t, err)
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", version, release.At(time.Now()), release.At(time.Now().Add(time.Hour))
	statement, err := about.Sign(p.release)
	require.NoError(p.t, err)
	p.write(folder+"/onelayer-opa.tar.gz", packed)
	p.write(folder+"/onelayer-opa.release.json", statement)
	return packed
}

// publish turns the link that is served to a folder, in one step.
func (p *publisher) publish(folder string) {
	require.NoError(p.t, os.Symlink(folder, p.path("next")))
	require.NoError(p.t, os.Rename(p.path("next"), p.path("current")))
}
