package signing_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/keys"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

var scope = signing.Scope("onelayer", bundle.OPA, "stable")

func TestSignedBundleIsReadByOPA(t *testing.T) {
	for _, algorithm := range []signing.Algorithm{signing.ES256, signing.RS256} {
		t.Run(string(algorithm), func(t *testing.T) {
			key := signingtest.Key(t, algorithm)
			content := signingtest.Content()
			require.NoError(t, content.Config(map[string]any{"b": "<&>", "a": []any{1, 2.5, nil, map[string]any{"é": "\u2028"}}}))
			signed, err := signing.SignBundle(signingtest.Archive(t, content), key, "", scope)
			require.NoError(t, err)
			again, err := signing.SignBundle(signed, key, "", scope)
			require.NoError(t, err)
			assert.Equal(t, signed.Signatures, again.Signatures, "the same key gives the same signature")
			packed, err := signed.Bytes()
			require.NoError(t, err)
			read := func(key signing.PublicKey, scope string) error {
				config := opabundle.NewVerificationConfig(map[string]*keys.Config{
					key.ID: {Key: string(key.PEM()), Algorithm: string(key.Algorithm)},
				}, key.ID, scope, nil)
				_, err := opabundle.NewReader(bytes.NewReader(packed)).WithBundleVerificationConfig(config).Read()
				return err
			}
			require.NoError(t, read(key.Public(), scope))
			require.ErrorContains(t, read(key.Public(), "another"), "scope mismatch")
			require.ErrorContains(t, read(signingtest.Key(t, algorithm).Public(), scope), "failed to verify JWT signature")

			peeked, err := signing.PeekScope(signed)
			require.NoError(t, err)
			assert.Equal(t, scope, peeked)
			name, err := signing.VerifyBundle(signed, signing.BundleKeys{key.Public().ID: key.Public()}, scope)
			require.NoError(t, err)
			assert.Equal(t, key.Public().ID, name)
		})
	}
}

func TestSignBundleRefuses(t *testing.T) {
	archive := signingtest.Archive(t, signingtest.Content())
	_, err := signing.SignBundle(archive, signingtest.Key(t, signing.EdDSA), "", scope)
	assert.True(t, refusal.Is(err, refusal.Algorithm), "%v", err)
	_, err = signing.SignBundle(archive, signingtest.Key(t, signing.ES256), "", "")
	assert.True(t, refusal.Is(err, refusal.Scope), "%v", err)
}

func TestEnvelope(t *testing.T) {
	a, b, stranger := signingtest.Key(t, signing.EdDSA), signingtest.Key(t, signing.ES256), signingtest.Key(t, signing.RS256)
	text, err := signing.Seal("type", []byte("payload"), a, b, stranger)
	require.NoError(t, err)
	sealed, err := signing.ReadEnvelope("it", "type", text)
	require.NoError(t, err)
	assert.Equal(t, "payload", string(sealed.Payload))
	trusted := map[string]signing.PublicKey{a.Public().ID: a.Public(), b.Public().ID: b.Public()}
	signers, err := sealed.Signers("it", trusted)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{a.Public().ID, b.Public().ID}, signers)

	_, err = signing.ReadEnvelope("it", "other", text)
	assert.True(t, refusal.Is(err, refusal.PayloadType), "%v", err)
	_, err = signing.ReadEnvelope("it", "type", append(text, '\n'))
	assert.True(t, refusal.Is(err, refusal.JSONNotCanonical), "%v", err)
	_, err = signing.ReadEnvelope("it", "type", make([]byte, 1<<20))
	assert.True(t, refusal.Is(err, refusal.TooLarge), "%v", err)
	twice, err := signing.Seal("type", []byte("payload"), a, a)
	require.NoError(t, err)
	_, err = signing.ReadEnvelope("it", "type", twice)
	assert.True(t, refusal.Is(err, refusal.SignatureCount), "%v", err)
	none, err := signing.Seal("type", []byte("payload"))
	require.NoError(t, err)
	_, err = signing.ReadEnvelope("it", "type", bytes.Replace(none, []byte("null"), []byte("[]"), 1))
	assert.True(t, refusal.Is(err, refusal.SignatureCount), "%v", err)
}

// TestEnvelopeByte changes every byte of an envelope in several ways: none is accepted as signed by the key.
func TestEnvelopeByte(t *testing.T) {
	key := signingtest.Key(t, signing.EdDSA)
	text, err := signing.Seal("type", []byte("payload"), key)
	require.NoError(t, err)
	for i := range text {
		for _, mask := range []byte{1, 0x20, 0x80, 0xff} {
			changed := bytes.Clone(text)
			changed[i] ^= mask
			sealed, err := signing.ReadEnvelope("it", "type", changed)
			if err != nil {
				continue
			}
			signers, err := sealed.Signers("it", map[string]signing.PublicKey{key.Public().ID: key.Public()})
			assert.True(t, err != nil || len(signers) == 0, "byte %d with %#x", i, mask)
		}
	}
}

func TestReadKeys(t *testing.T) {
	dir := t.TempDir()
	for _, algorithm := range []signing.Algorithm{signing.ES256, signing.RS256, signing.EdDSA} {
		signer := signingtest.Signer(t, algorithm)
		text := signingtest.PEM(t, signer)
		file := filepath.Join(dir, string(algorithm))
		require.NoError(t, os.WriteFile(file, text, 0o600))
		places := signing.Places{Stdin: bytes.NewReader(text), Getenv: func(string) string { return string(text) }}
		for _, place := range []string{file, "-", "env:KEY"} {
			key, err := places.ReadPrivate(place)
			require.NoError(t, err, place)
			assert.Equal(t, algorithm, key.Public().Algorithm)
			for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
				assert.Equal(t, "private key of "+key.Public().ID, fmt.Sprintf(form, key))
			}
			public := filepath.Join(dir, "public")
			require.NoError(t, os.WriteFile(public, key.Public().PEM(), 0o600))
			read, err := places.ReadPublic(public)
			require.NoError(t, err)
			assert.Equal(t, key.Public().ID, read.ID)
		}
	}
}

func TestReadKeysOfOlderForms(t *testing.T) {
	ec := signingtest.Signer(t, signing.ES256).(*ecdsa.PrivateKey)
	der, err := x509.MarshalECPrivateKey(ec)
	require.NoError(t, err)
	rsaKey := signingtest.Signer(t, signing.RS256).(*rsa.PrivateKey)
	for kind, der := range map[string][]byte{"EC PRIVATE KEY": der, "RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(rsaKey)} {
		text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		_, err := signing.Places{Stdin: bytes.NewReader(text)}.ReadPrivate("-")
		require.NoError(t, err, kind)
	}
}

func TestReadKeysRefuses(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	good := string(signingtest.PEM(t, signingtest.Signer(t, signing.ES256)))
	block := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	cases := map[string]struct {
		text   string
		reason refusal.Reason
	}{
		"empty":            {"", refusal.KeyUnusable},
		"no PEM":           {"secret-that-must-not-show", refusal.KeyUnusable},
		"two keys":         {good + good, refusal.KeyUnusable},
		"text behind":      {good + "more", refusal.KeyUnusable},
		"garbage inside":   {block("PRIVATE KEY", []byte("secret-that-must-not-show")), refusal.KeyUnusable},
		"encrypted":        {block("ENCRYPTED PRIVATE KEY", []byte("x")), refusal.KeyUnusable},
		"public":           {block("PUBLIC KEY", []byte("x")), refusal.KeyUnusable},
		"certificate":      {block("CERTIFICATE", []byte("x")), refusal.KeyUnusable},
		"another curve":    {string(signingtest.PEM(t, p384)), refusal.KeyUnusable},
		"a small RSA key":  {string(signingtest.PEM(t, weak)), refusal.KeyWeak},
		"much larger file": {strings.Repeat("x", 100_000), refusal.KeyUnusable},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := signing.Places{Stdin: strings.NewReader(test.text)}.ReadPrivate("-")
			reason, _ := refusal.Of(err)
			assert.Equal(t, test.reason, reason, "%v", err)
			assert.NotContains(t, fmt.Sprint(err), "secret-that-must-not-show")
		})
	}
	_, err = signing.Places{Stdin: strings.NewReader(good)}.ReadPublic("-")
	require.ErrorContains(t, err, "only who signs may have")
	_, err = signing.Places{Getenv: func(string) string { return "" }}.ReadPrivate("env:NONE")
	require.ErrorContains(t, err, "environment variable NONE is empty")
	_, err = signing.NewPublicKey(crypto.PublicKey("text"))
	assert.True(t, refusal.Is(err, refusal.KeyUnusable))
}
