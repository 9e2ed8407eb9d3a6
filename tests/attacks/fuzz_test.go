package attacks

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
)

// FuzzArchive changes whole archives. Nothing but the honest one is accepted, every refusal has a reason, and what is read
// at all is read as the only bytes that it could be.
func FuzzArchive(f *testing.F) {
	k := repeatable(f)
	honest := k.pack(k.honest())
	f.Add(honest)
	for _, a := range attacks() {
		if packed := a.build(k); len(packed) < 10_000 && a.algorithm == "" {
			f.Add(packed)
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		err := k.verify(packed)
		if _, refused := refusal.Of(err); !refused && !bytes.Equal(packed, honest) {
			t.Fatalf("accepted, or failed without a reason: %v", err)
		}
		if archive, err := bundle.Read(packed, bundle.DefaultLimits()); err == nil {
			again, err := archive.Bytes()
			require.NoError(t, err)
			require.Equal(t, packed, again)
		}
	})
}

// FuzzEntries changes what is packed, and packs and signs it truly. What onelayer accepts, OPA accepts, and it packs to the
// same bytes again.
func FuzzEntries(f *testing.F) {
	k := repeatable(f)
	f.Add([]byte(k.tar(k.honest())), "")
	configured := k.honest().insert("lib/onelayer/config/data.json", `{"a":[1,"<",null]}`)
	f.Add([]byte(k.tar(configured)), "")
	for _, a := range jsonAttacks() {
		f.Add([]byte(k.tar(k.honest())), a.name)
	}
	f.Fuzz(func(t *testing.T, text []byte, claims string) {
		if len(text) > 1<<20 {
			t.Skip()
		}
		k := &kit{t: t, signer: k.signer, key: k.key}
		packed := k.wrap(text, claims)
		err := k.verify(packed)
		if err == nil {
			require.NoError(t, k.opa(packed, k.strict()), "OPA refuses what onelayer accepts")
			return
		}
		_, refused := refusal.Of(err)
		require.True(t, refused, "failed without a reason: %v", err)
	})
}

// wrap packs any text and signs it for the files that can be read in it, or with any claims.
func (k *kit) wrap(text []byte, claims string) []byte {
	body := compress(k.t, text)
	p := &parts{}
	if archive, err := bundle.Read(append(bytes.Clone(body), k.tail(nil)...), bundle.DefaultLimits()); err == nil {
		for _, file := range archive.Entries() {
			p.add(file.Name, string(file.Data))
		}
	}
	if claims != "" {
		p.token = func(header, _ string) string { return k.token(header, claims) }
	}
	return append(body, k.tail(k.sign(p, body))...)
}

// word makes a key of a word, the same in every process.
func word(t testing.TB, text string) *signing.PrivateKey {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	key, err := signing.NewPrivateKey(ed25519.NewKeyFromSeed(sum[:]))
	require.NoError(t, err)
	return key
}

// FuzzDocuments changes release, timestamp and keyring.
func FuzzDocuments(f *testing.F) {
	c := openChannel(f, repeatable(f), word(f, "offline"), word(f, "online"))
	p := c.publish(1, "one")
	f.Add(p.Release, p.Timestamp, c.want.Anchor)
	f.Add(p.Timestamp, p.Release, c.want.Anchor)
	f.Add(c.want.Anchor, c.want.Anchor, p.Release)
	f.Fuzz(func(t *testing.T, signed, stamp, keyring []byte) {
		tried := p
		tried.Release, tried.Timestamp, tried.Keyring = signed, stamp, keyring
		err := c.try(tried)
		if err == nil {
			require.Equal(t, p.Release, signed)
			require.Equal(t, p.Timestamp, stamp)
			return
		}
		_, refused := refusal.Of(err)
		require.True(t, refused, "failed without a reason: %v", err)
	})
}
