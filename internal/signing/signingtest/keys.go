// Package signingtest makes keys and small bundles for tests. It must not be linked into the tool.
package signingtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/signing"
)

// Key makes a key of the algorithm.
func Key(t testing.TB, algorithm signing.Algorithm) *signing.PrivateKey {
	t.Helper()
	key, err := signing.NewPrivateKey(Signer(t, algorithm))
	require.NoError(t, err)
	return key
}

// Signer makes the key of the standard library below it.
func Signer(t testing.TB, algorithm signing.Algorithm) crypto.Signer {
	t.Helper()
	var signer crypto.Signer
	var err error
	switch algorithm {
	case signing.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case signing.RS256:
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	}
	require.NoError(t, err)
	return signer
}

// PEM writes a private key as PKCS#8.
func PEM(t testing.TB, signer crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// Content is a small bundle for OPA that forbids everything.
func Content() bundle.Content {
	return bundle.Content{
		Name: "onelayer", Target: bundle.OPA, Library: "test", Roots: []string{"onelayer", "lib/onelayer/policies/a"},
		Files: []bundle.File{
			{Name: "bundles/opa/onelayer.rego", Data: []byte("package onelayer\n\nallow := false\n")},
			{Name: "policies/a/a.rego", Data: []byte("package lib.onelayer.policies.a\n\nviolation contains \"always\"\n")},
		},
	}
}

// Archive packs a bundle.
func Archive(t testing.TB, content bundle.Content) *bundle.Archive {
	t.Helper()
	archive, err := bundle.Pack(content)
	require.NoError(t, err)
	return archive
}
