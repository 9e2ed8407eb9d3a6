package attacks

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

var now = time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// channel is a publisher whose bundles are honest, and what was published; attacks put it together wrongly.
type channel struct {
	*kit
	offline, online *signing.PrivateKey
	want            release.Want
}

func newChannel(t testing.TB) *channel {
	t.Helper()
	return openChannel(t, newKit(t, signing.ES256), signingtest.Key(t, signing.EdDSA), signingtest.Key(t, signing.EdDSA))
}

func openChannel(t testing.TB, k *kit, offline, online *signing.PrivateKey) *channel {
	t.Helper()
	c := &channel{kit: k, offline: offline, online: online}
	ring := release.Keyring{
		Name: "onelayer", Version: 1, Threshold: 1, Created: release.At(now), Expires: release.At(now.Add(365 * day)),
		Keys: []release.Key{
			release.NewKey(c.offline.Public(), release.RoleRelease, ""), release.NewKey(c.online.Public(), release.RoleTimestamp, ""),
			release.NewKey(c.key.Public(), release.RoleBundle, keyID),
		},
	}
	anchor, err := ring.Sign(c.offline)
	require.NoError(t, err)
	c.want = release.Want{
		Name: "onelayer", Target: bundle.OPA, Channel: "stable", Anchor: anchor, Memory: release.Memory{Dir: t.TempDir()}, Now: now,
		Limits: bundle.DefaultLimits(),
	}
	return c
}

// published is a bundle with its documents.
type published struct {
	release.Documents
	packed []byte
}

// publish makes a version whose policy says text.
func (c *channel) publish(version uint64, text string) published {
	c.t.Helper()
	p := c.reseal(c.honest().replace("policies/a/a.rego", "always", text))
	packed := c.pack(p)
	archive, err := bundle.Read(packed, bundle.DefaultLimits())
	require.NoError(c.t, err)
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", version, release.At(c.want.Now), release.At(c.want.Now.Add(90*day))
	signed, err := about.Sign(c.offline)
	require.NoError(c.t, err)
	return published{release.Documents{Release: signed, Timestamp: c.stamp(signed)}, packed}
}

func (c *channel) stamp(signed []byte) []byte {
	stamp, err := release.TimestampOf(signed, c.want.Now, c.want.Now.Add(day))
	require.NoError(c.t, err)
	text, err := stamp.Sign(c.online)
	require.NoError(c.t, err)
	return text
}

func (c *channel) try(p published) error {
	_, err := release.Verify(c.want, p.Documents, p.packed)
	return err
}

// staleAttacks hand out what was honestly signed once. OPA accepts each, as it knows neither versions nor times.
func staleAttacks() []staleAttack {
	return []staleAttack{
		{"rollback to an older release", refusal.Rollback, func(c *channel) published {
			old, next := c.publish(1, "one"), c.publish(2, "two")
			require.NoError(c.t, c.try(next))
			return old
		}},
		{"two releases of one version", refusal.Equivocation, func(c *channel) published {
			require.NoError(c.t, c.try(c.publish(2, "two")))
			return c.publish(2, "another two")
		}},
		{"freeze: the last release for ever", refusal.Expired, func(c *channel) published {
			p := c.publish(1, "one")
			c.want.Now = now.Add(2 * day)
			return p
		}},
		{"freeze: a new timestamp by nobody", refusal.NoTimestamp, func(c *channel) published {
			p := c.publish(1, "one")
			p.Timestamp = nil
			return p
		}},
		{"timestamp of another release", refusal.TimestampTarget, func(c *channel) published {
			p := c.publish(1, "one")
			p.Timestamp = c.publish(2, "two").Timestamp
			return p
		}},
		{"older bundle under a newer release", refusal.BytesDiffer, func(c *channel) published {
			p := c.publish(2, "two")
			p.packed = c.publish(1, "one").packed
			return p
		}},
		{"bundle without a release", refusal.NotSigned, func(c *channel) published {
			return published{packed: c.publish(1, "one").packed}
		}},
		{"release of another channel", refusal.WrongChannel, func(c *channel) published {
			p := c.publish(1, "one")
			c.want.Channel = "dev"
			return p
		}},
		{"release by the online key", refusal.Threshold, func(c *channel) published {
			c.offline = c.online
			return c.publish(1, "one")
		}},
	}
}

type staleAttack struct {
	name   string
	reason refusal.Reason
	build  func(c *channel) published
}

func TestStaleReleases(t *testing.T) {
	for _, a := range staleAttacks() {
		t.Run(a.name, func(t *testing.T) {
			c := newChannel(t)
			p := a.build(c)
			require.NoError(t, c.opa(p.packed, c.strict()), "OPA knows nothing of this")
			reason, _ := refusal.Of(c.try(p))
			assert.Equal(t, a.reason, reason)
		})
	}
}

// TestEveryByteOfABundleCounts changes each byte of a signed bundle: the signature inside alone notices.
func TestEveryByteOfABundleCounts(t *testing.T) {
	for algorithm, masks := range map[signing.Algorithm][]byte{signing.ES256: {0x01, 0x20, 0x80, 0xff}, signing.RS256: {0x01}} {
		k := newKit(t, algorithm)
		packed := k.pack(k.honest())
		require.NoError(t, k.verify(packed))
		for i := range packed {
			for _, mask := range masks {
				packed[i] ^= mask
				_, refused := refusal.Of(k.verify(packed))
				assert.True(t, refused, "byte %d with %#x", i, mask)
				packed[i] ^= mask
			}
		}
	}
}

// TestEveryByteOfADocumentCounts does the same with release, timestamp, keyring, and the bundle that they are about.
func TestEveryByteOfADocumentCounts(t *testing.T) {
	c := newChannel(t)
	p := c.publish(1, "one")
	require.NoError(t, c.try(p))
	for name, text := range map[string][]byte{"release": p.Release, "timestamp": p.Timestamp, "keyring": c.want.Anchor, "bundle": p.packed} {
		for i := range text {
			for _, mask := range []byte{0x01, 0x20} {
				text[i] ^= mask
				_, refused := refusal.Of(c.try(p))
				assert.True(t, refused, "%s, byte %d with %#x", name, i, mask)
				text[i] ^= mask
			}
		}
	}
	require.NoError(t, c.try(p))
}

// TestEveryCutCounts cuts bundle and documents at every length.
func TestEveryCutCounts(t *testing.T) {
	c := newChannel(t)
	p := c.publish(1, "one")
	for i := range p.packed {
		_, refused := refusal.Of(c.verify(p.packed[:i]))
		assert.True(t, refused, "bundle of %d bytes", i)
	}
	for i := range p.Release {
		cut := p
		cut.Release = bytes.Clone(p.Release[:i])
		_, refused := refusal.Of(c.try(cut))
		assert.True(t, refused, "release of %d bytes", i)
	}
}
