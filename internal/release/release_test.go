package release_test

import (
	"bytes"
	"os"
	"path/filepath"
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

// publisher has all keys and publishes to one machine.
type publisher struct {
	t                          *testing.T
	release, timestamp, inside *signing.PrivateKey
	anchor                     []byte
	want                       release.Want
}

func newPublisher(t *testing.T) *publisher {
	p := &publisher{
		t: t, release: signingtest.Key(t, signing.EdDSA), timestamp: signingtest.Key(t, signing.EdDSA), inside: signingtest.Key(t, signing.ES256),
	}
	p.anchor = p.keyring(1, nil, p.release)
	p.want = release.Want{
		Name: "onelayer", Target: bundle.OPA, Channel: "stable", Anchor: p.anchor, Memory: release.Memory{Dir: filepath.Join(t.TempDir(), "state")},
		Now: now, OPA: "1.22.2", Limits: bundle.DefaultLimits(),
	}
	return p
}

// keyring signs the keyring of the publisher's keys.
func (p *publisher) keyring(version uint64, change func(*release.Keyring), keys ...*signing.PrivateKey) []byte {
	p.t.Helper()
	ring := release.Keyring{
		Name: "onelayer", Version: version, Threshold: 1, Created: release.At(now), Expires: release.At(now.Add(365 * day)),
		Keys: []release.Key{
			release.NewKey(p.release.Public(), release.RoleRelease, ""), release.NewKey(p.timestamp.Public(), release.RoleTimestamp, ""),
			release.NewKey(p.inside.Public(), release.RoleBundle, "k"),
		},
	}
	if change != nil {
		change(&ring)
	}
	text, err := ring.Sign(keys...)
	require.NoError(p.t, err)
	return text
}

// bundle signs a bundle whose policy says text.
func (p *publisher) bundle(text string) (*bundle.Archive, []byte) {
	p.t.Helper()
	content := signingtest.Content()
	content.Files[0].Data = append(content.Files[0].Data, []byte("# "+text+"\n")...)
	signed, err := signing.SignBundle(signingtest.Archive(p.t, content), p.inside, "k", signing.Scope("onelayer", bundle.OPA, "stable"))
	require.NoError(p.t, err)
	packed, err := signed.Bytes()
	require.NoError(p.t, err)
	return signed, packed
}

// publish makes all documents of a version, made at a time.
func (p *publisher) publish(version uint64, text string, at time.Time) (release.Documents, []byte) {
	p.t.Helper()
	archive, packed := p.bundle(text)
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", version, release.At(at), release.At(at.Add(90*day))
	about.MinimumOPA = "1.21.3"
	signed, err := about.Sign(p.release)
	require.NoError(p.t, err)
	return release.Documents{Release: signed, Timestamp: p.stamp(signed, at)}, packed
}

func (p *publisher) stamp(signed []byte, at time.Time) []byte {
	p.t.Helper()
	stamp, err := release.TimestampOf(signed, at, at.Add(day))
	require.NoError(p.t, err)
	text, err := stamp.Sign(p.timestamp)
	require.NoError(p.t, err)
	return text
}

func (p *publisher) accepts(documents release.Documents, packed []byte) *release.Verified {
	p.t.Helper()
	verified, err := release.Verify(p.want, documents, packed)
	require.NoError(p.t, err)
	return verified
}

func (p *publisher) refuses(reason refusal.Reason, documents release.Documents, packed []byte) {
	p.t.Helper()
	_, err := release.Verify(p.want, documents, packed)
	found, _ := refusal.Of(err)
	assert.Equal(p.t, reason, found, "%v", err)
}

func TestVerify(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	verified := p.accepts(documents, packed)
	assert.EqualValues(t, 3, verified.Release.Version)
	assert.Equal(t, "k", verified.BundleKey)
	assert.Equal(t, now.Add(day), verified.Until, "the timestamp expires first")
	p.accepts(documents, packed)
	newer, other := p.publish(10, "ten", now.Add(time.Minute))
	p.want.Now = now.Add(time.Minute)
	p.accepts(newer, other)
	p.refuses(refusal.Rollback, documents, packed)
}

func TestVersionIsOneBundle(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	p.accepts(documents, packed)
	other, different := p.publish(3, "another three", now)
	p.refuses(refusal.Equivocation, other, different)
	again, same := p.publish(3, "three", now.Add(time.Second))
	p.accepts(again, same)
	p.refuses(refusal.Rollback, documents, packed)
}

func TestFreeze(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	p.accepts(documents, packed)
	p.want.Now = now.Add(day)
	p.refuses(refusal.Expired, documents, packed)
	documents.Timestamp = p.stamp(documents.Release, p.want.Now)
	p.accepts(documents, packed)
	p.want.Now = now.Add(91 * day)
	documents.Timestamp = p.stamp(documents.Release, p.want.Now)
	p.refuses(refusal.Expired, documents, packed)
	documents, packed = p.publish(4, "four", p.want.Now)
	p.accepts(documents, packed)
	p.want.Now = now.Add(366 * day)
	documents, packed = p.publish(5, "five", p.want.Now)
	p.refuses(refusal.Expired, documents, packed)
}

func TestClock(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	p.want.Now = now.Add(-time.Hour)
	p.refuses(refusal.Future, documents, packed)
	p.want.Now = now
	p.accepts(documents, packed)
	documents, packed = p.publish(4, "four", now.Add(-day))
	p.want.Anchor = p.keyring(1, func(k *release.Keyring) { k.Created = release.At(now.Add(-2 * day)) }, p.release)
	p.want.Now = now.Add(-day)
	p.want.Memory.Dir = t.TempDir()
	p.accepts(documents, packed)
	later, other := p.publish(5, "five", now)
	p.want.Now = now
	p.accepts(later, other)
	p.want.Now = now.Add(-day)
	documents, packed = p.publish(6, "six", now.Add(-day))
	p.refuses(refusal.Clock, documents, packed)
}

func TestDocumentsMustBelongTogether(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	other, different := p.publish(4, "four", now)
	p.refuses(refusal.TimestampTarget, release.Documents{Release: documents.Release, Timestamp: other.Timestamp}, packed)
	p.refuses(refusal.BytesDiffer, documents, different)
	p.refuses(refusal.BytesDiffer, documents, append(bytes.Clone(packed), 0))
	p.refuses(refusal.BytesDiffer, documents, nil)
	p.refuses(refusal.NoTimestamp, release.Documents{Release: documents.Release}, packed)
	p.refuses(refusal.NotSigned, release.Documents{Timestamp: documents.Timestamp}, packed)
	p.refuses(refusal.PayloadType, release.Documents{Release: documents.Timestamp, Timestamp: documents.Timestamp}, packed)
	p.refuses(refusal.PayloadType, release.Documents{Release: p.anchor, Timestamp: documents.Timestamp}, packed)
	p.want.OPA = "1.21.2"
	p.refuses(refusal.MinimumOPA, documents, packed)
	p.want.OPA = ""
	p.accepts(documents, packed)
}

func TestSwaps(t *testing.T) {
	for _, change := range []struct {
		reason refusal.Reason
		want   func(*release.Want)
	}{
		{refusal.WrongChannel, func(w *release.Want) { w.Channel = "dev" }},
		{refusal.WrongName, func(w *release.Want) { w.Name = "another" }},
		{refusal.WrongName, func(w *release.Want) { w.Target = bundle.Conftest }},
		{refusal.WrongName, func(w *release.Want) { w.Name = "../escape" }},
	} {
		p := newPublisher(t)
		documents, packed := p.publish(3, "three", now)
		change.want(&p.want)
		p.refuses(change.reason, documents, packed)
	}
}

// TestOnlineKeyReleasesNothing gives each key to somebody who tries the work of another.
func TestOnlineKeyReleasesNothing(t *testing.T) {
	p := newPublisher(t)
	thief := *p
	thief.release = p.timestamp
	documents, packed := thief.publish(3, "three", now)
	p.refuses(refusal.Threshold, documents, packed)
	thief = *p
	thief.release = p.inside
	documents, packed = thief.publish(3, "three", now)
	p.refuses(refusal.Threshold, documents, packed)
	thief = *p
	thief.timestamp = p.release
	documents, packed = thief.publish(3, "three", now)
	p.refuses(refusal.Threshold, documents, packed)
	thief = *p
	thief.inside = signingtest.Key(t, signing.ES256)
	documents, packed = thief.publish(3, "three", now)
	p.refuses(refusal.SignatureWrong, documents, packed)
}

func TestRotation(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	p.accepts(documents, packed)

	old := *p
	p.release, p.timestamp, p.inside = signingtest.Key(t, signing.EdDSA), signingtest.Key(t, signing.EdDSA), signingtest.Key(t, signing.RS256)
	documents, packed = p.publish(4, "four", now)
	p.refuses(refusal.Threshold, documents, packed)
	documents.Keyring = p.keyring(2, nil, p.release)
	p.refuses(refusal.KeyringChain, documents, packed)
	second := p.keyring(2, nil, p.release, old.release)
	documents.Keyring = second
	verified := p.accepts(documents, packed)
	assert.EqualValues(t, 2, verified.Keyring)

	documents.Keyring = nil
	p.accepts(documents, packed)
	documents.Keyring = old.anchor
	p.refuses(refusal.KeyringRollback, documents, packed)
	documents.Keyring = p.keyring(2, func(k *release.Keyring) { k.Expires = release.At(now.Add(day)) }, p.release, old.release)
	p.refuses(refusal.KeyringEquivocal, documents, packed)

	former, bytes := old.publish(5, "five", now)
	p.refuses(refusal.Threshold, former, bytes)
	p.want.Anchor = second
	p.accepts(release.Documents{Release: documents.Release, Timestamp: documents.Timestamp}, packed)
}

func TestRevocation(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	old := *p
	p.release = signingtest.Key(t, signing.EdDSA)
	revoke := func(id string) func(*release.Keyring) {
		return func(k *release.Keyring) { k.Revoked = []release.Revocation{{ID: id, Reason: "stolen"}} }
	}
	documents.Keyring = p.keyring(2, revoke(old.release.Public().ID), p.release, old.release)
	p.refuses(refusal.KeyRevoked, documents, packed)
	documents.Keyring = nil
	p.refuses(refusal.KeyRevoked, documents, packed)

	renewed, packed := p.publish(3, "three", now)
	p.accepts(renewed, packed)
	p.timestamp = signingtest.Key(t, signing.EdDSA)
	renewed.Keyring = p.keyring(3, func(k *release.Keyring) {
		k.Revoked = []release.Revocation{{ID: old.release.Public().ID, Reason: "stolen"}, {ID: old.timestamp.Public().ID, Reason: "stolen"}}
	}, p.release)
	p.refuses(refusal.KeyRevoked, renewed, packed)
}

func TestThreshold(t *testing.T) {
	p := newPublisher(t)
	second := signingtest.Key(t, signing.ES256)
	two := func(k *release.Keyring) {
		k.Threshold = 2
		k.Keys = append(k.Keys, release.NewKey(second.Public(), release.RoleRelease, ""))
	}
	p.want.Anchor = p.keyring(1, two, p.release)
	documents, packed := p.publish(3, "three", now)
	p.refuses(refusal.Threshold, documents, packed)
	p.want.Anchor = p.keyring(1, two, p.release, second)
	p.refuses(refusal.Threshold, documents, packed)
	archive, _ := p.bundle("three")
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", 3, release.At(now), release.At(now.Add(day))
	var err error
	documents.Release, err = about.Sign(second, p.release)
	require.NoError(t, err)
	documents.Timestamp = p.stamp(documents.Release, now)
	p.accepts(documents, packed)
}

func TestState(t *testing.T) {
	p := newPublisher(t)
	documents, packed := p.publish(3, "three", now)
	p.accepts(documents, packed)
	file := filepath.Join(p.want.Memory.Dir, "onelayer.json")
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, broken := range [][]byte{nil, []byte("{"), append(bytes.Clone(good), '\n'), good[:len(good)/2], make([]byte, 3<<20)} {
		require.NoError(t, os.WriteFile(file, broken, 0o600))
		p.refuses(refusal.State, documents, packed)
		after, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(broken, after), "a broken state is left as it is")
	}
	require.NoError(t, os.WriteFile(file, good, 0o600))
	p.accepts(documents, packed)
	other, different := p.publish(9, "nine", now)
	p.refuses(refusal.BytesDiffer, other, packed)
	p.accepts(documents, packed)
	p.accepts(other, different)

	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Mkdir(file, 0o700))
	_, err = release.Verify(p.want, other, different)
	require.ErrorContains(t, err, "read state")
}

// TestNothingIsFetchedBeforeDocumentsHold is what keeps a client from downloading what nobody released.
func TestNothingIsFetchedBeforeDocumentsHold(t *testing.T) {
	p := newPublisher(t)
	documents, _ := p.publish(3, "three", now)
	p.want.Channel = "dev"
	_, err := release.Fetch(p.want, documents, func(release.Release) ([]byte, error) {
		t.Error("fetched")
		return nil, nil
	})
	require.Error(t, err)
}

func TestSignRefuses(t *testing.T) {
	p := newPublisher(t)
	archive, packed := p.bundle("x")
	good := release.About(archive, packed)
	good.Channel, good.Version, good.Created, good.Expires = "stable", 1, release.At(now), release.At(now.Add(day))
	for reason, changes := range map[refusal.Reason][]func(*release.Release){
		refusal.Statement: {
			func(r *release.Release) { r.Channel = "" }, func(r *release.Release) { r.Version = 0 }, func(r *release.Release) { r.Version = 1 << 60 },
			func(r *release.Release) { r.SHA256 = "x" }, func(r *release.Release) { r.Size = 0 }, func(r *release.Release) { r.MinimumOPA = "v1" },
			func(r *release.Release) { r.OCIDigest = "md5:00" },
		},
		refusal.Lifetime: {
			func(r *release.Release) { r.Expires = r.Created }, func(r *release.Release) { r.Expires = release.At(now.Add(4000 * day)) },
		},
	} {
		for _, change := range changes {
			r := good
			change(&r)
			_, err := r.Sign(p.release)
			assert.True(t, refusal.Is(err, reason), "%v", err)
		}
	}
	for i, change := range []func(*release.Keyring){
		func(k *release.Keyring) { k.Name = "" }, func(k *release.Keyring) { k.Version = 0 }, func(k *release.Keyring) { k.Threshold = 0 },
		func(k *release.Keyring) { k.Threshold = 2 }, func(k *release.Keyring) { k.Keys = append(k.Keys, k.Keys[0]) },
		func(k *release.Keyring) { k.Keys[0].Role = "root" }, func(k *release.Keyring) { k.Keys[0].ID = k.Keys[1].ID[:63] + "0" },
		func(k *release.Keyring) { k.Keys[0].Name = "named" }, func(k *release.Keyring) { k.Keys[0].Public = "?" },
		func(k *release.Keyring) { k.Revoked = []release.Revocation{{ID: k.Keys[0].ID, Reason: "stolen"}} },
		func(k *release.Keyring) { k.Revoked = []release.Revocation{{ID: k.Keys[0].ID}} },
		func(k *release.Keyring) { k.Keys = append(k.Keys, make([]release.Key, 100)...) },
	} {
		ring := release.Keyring{
			Name: "onelayer", Version: 1, Threshold: 1, Created: release.At(now), Expires: release.At(now.Add(day)),
			Keys: []release.Key{release.NewKey(p.release.Public(), release.RoleRelease, ""), release.NewKey(p.timestamp.Public(), release.RoleTimestamp, "")},
		}
		change(&ring)
		_, err := ring.Sign(p.release)
		assert.True(t, refusal.Is(err, refusal.Keyring), "%d: %v", i, err)
	}
}
