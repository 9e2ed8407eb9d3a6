package release

import (
	"encoding/base64"
	"time"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// Documents are what a channel publishes about a bundle, each signed. Nobody looked into them yet.
type Documents struct {
	Release, Timestamp []byte
	// Keyring is a newer keyring than the one that is trusted, nil if the channel publishes none.
	Keyring []byte
}

// Want is what a caller asks for, and what it trusts.
type Want struct {
	Name    string
	Target  bundle.Target
	Channel string
	// Anchor is the signed keyring that came to this machine on a way that its owner trusts.
	Anchor []byte
	Memory Memory
	Now    time.Time
	// OPA is the version that will load the bundle, empty if that is not known.
	OPA string
	// OCIDigest is that of the manifest that the bundle came with, empty if it came without one.
	OCIDigest string
	Limits    bundle.Limits
	// Before is a bundle that was verified by this process, nil if there is none: what did not change since is not parsed
	// again.
	Before *bundle.Archive
}

// Verified is a bundle that may be used.
type Verified struct {
	Release Release
	Archive *bundle.Archive
	Packed  []byte
	// BundleKey is the name of the key that signed inside of the bundle.
	BundleKey string
	// Until is when the first of the documents expires.
	Until time.Time
	// Keyring is the version of the keyring that is trusted now.
	Keyring uint64
}

// pending is a release that was verified but for its bytes.
type pending struct {
	want    Want
	state   *state
	keyring *keyring
	release Release
	hash    string
	latest  Stamp
	until   time.Time
}

// Verify checks a bundle and its documents, remembers the release, and only then gives the bundle. Documents come first,
// then size and hash of the bytes, and only bytes that the release names are unpacked.
func Verify(want Want, documents Documents, packed []byte) (*Verified, error) {
	return Fetch(want, documents, func(Release) ([]byte, error) { return packed, nil })
}

// Fetch is Verify for bytes that are fetched once the documents are verified; the release says how many to expect.
func Fetch(want Want, documents Documents, fetch func(Release) ([]byte, error)) (*Verified, error) {
	unlock, err := want.Memory.lock(want.Name)
	if err != nil {
		return nil, err
	}
	defer unlock()
	opened, err := want.open(documents)
	if err != nil {
		return nil, err
	}
	packed, err := fetch(opened.release)
	if err != nil {
		return nil, err
	}
	verified, err := opened.complete(packed)
	if err != nil {
		return nil, err
	}
	return verified, want.Memory.save(want.Name, opened.state)
}

// open verifies the documents.
func (w Want) open(documents Documents) (*pending, error) {
	p := &pending{want: w}
	var err error
	if p.state, err = w.Memory.load(w.Name); err != nil {
		return nil, err
	}
	if p.keyring, err = w.trust(p.state, documents.Keyring); err != nil {
		return nil, err
	}
	if err := w.remember(p.state, p.keyring); err != nil {
		return nil, err
	}
	p.until = p.keyring.Expires.Time
	if err := p.openRelease(documents.Release); err != nil {
		return nil, err
	}
	if err := p.openTimestamp(documents.Timestamp); err != nil {
		return nil, err
	}
	return p, p.state.accept(p.release, p.hash, p.latest, w.Now)
}

// trust finds the keyring that counts: the anchor, what is remembered, and what the channel publishes, in this order, each
// signed by the one before unless it is older than what is remembered.
func (w Want) trust(s *state, published []byte) (*keyring, error) {
	anchor, err := openKeyring(w.Anchor)
	if err != nil {
		return nil, err
	}
	if anchor.Name != w.Name {
		return nil, refusal.New(refusal.WrongName, "the keyring is for %q, wanted is %q", anchor.Name, w.Name)
	}
	trusted := anchor
	remembered, err := s.trusted(w.Memory.file(w.Name))
	if err != nil {
		return nil, err
	}
	if remembered != nil {
		trusted = remembered
		// An anchor stays as it was installed, while keys rotate.
		if anchor.Version >= remembered.Version {
			if trusted, err = remembered.follow(anchor); err != nil {
				return nil, err
			}
		}
	}
	if published != nil {
		next, err := openKeyring(published)
		if err != nil {
			return nil, err
		}
		if trusted, err = trusted.follow(next); err != nil {
			return nil, err
		}
	}
	return trusted, trusted.valid(w.Now)
}

// remember keeps a new keyring at once: what it revokes stays revoked, whatever is wrong with the release beside it.
func (w Want) remember(s *state, k *keyring) error {
	text := base64.StdEncoding.EncodeToString(k.text)
	if text == s.Keyring {
		return nil
	}
	s.Keyring = text
	return w.Memory.save(w.Name, s)
}

func (p *pending) openRelease(text []byte) error {
	if text == nil {
		return refusal.New(refusal.NotSigned, "there is no release statement")
	}
	sealed, err := signing.ReadEnvelope("release", ReleaseType, text)
	if err != nil {
		return err
	}
	if err := p.keyring.signs("release", sealed); err != nil {
		return err
	}
	if err := strictjson.Unmarshal("release", sealed.Payload, &p.release); err != nil {
		return err
	}
	if err := p.release.check(); err != nil {
		return err
	}
	p.hash, p.latest = hashOf(text), p.release.Created
	p.expires(p.release.Expires)
	if err := p.want.matches("release", p.release.Name, p.release.Target, p.release.Channel); err != nil {
		return err
	}
	if err := p.want.suits(p.release); err != nil {
		return err
	}
	return checkTime("release", p.release.Created, p.release.Expires, p.want.Now)
}

// suits refuses a release of another artifact, or for a newer OPA.
func (w Want) suits(r Release) error {
	if w.OCIDigest != "" && w.OCIDigest != r.OCIDigest {
		return refusal.New(refusal.OCIDigest, "the artifact has digest %s, released was %q", w.OCIDigest, r.OCIDigest)
	}
	if w.OPA != "" && r.MinimumOPA != "" && (!isVersion(w.OPA) || older(w.OPA, r.MinimumOPA)) {
		return refusal.New(refusal.MinimumOPA, "the bundle needs OPA %s, given is %s", r.MinimumOPA, w.OPA)
	}
	return nil
}

func (p *pending) openTimestamp(text []byte) error {
	if len(p.keyring.keys.timestamp) == 0 {
		return nil
	}
	if text == nil {
		return refusal.New(refusal.NoTimestamp, "there is no timestamp, and the keyring asks for one")
	}
	sealed, err := signing.ReadEnvelope("timestamp", TimestampType, text)
	if err != nil {
		return err
	}
	if err := p.keyring.notRevoked("timestamp", sealed); err != nil {
		return err
	}
	signers, err := sealed.Signers("timestamp", p.keyring.keys.timestamp)
	if err != nil {
		return err
	}
	if len(signers) == 0 {
		return refusal.New(refusal.Threshold, "timestamp is signed by no timestamp key of the keyring")
	}
	var stamp Timestamp
	if err := strictjson.Unmarshal("timestamp", sealed.Payload, &stamp); err != nil {
		return err
	}
	return p.checkTimestamp(stamp)
}

func (p *pending) checkTimestamp(stamp Timestamp) error {
	if err := stamp.check(); err != nil {
		return err
	}
	if err := p.want.matches("timestamp", stamp.Name, stamp.Target, stamp.Channel); err != nil {
		return err
	}
	if stamp.Release != p.hash || stamp.Version != p.release.Version {
		return refusal.New(refusal.TimestampTarget, "the timestamp is about version %d, the release has version %d", stamp.Version, p.release.Version)
	}
	if stamp.Created.After(p.latest.Time) {
		p.latest = stamp.Created
	}
	p.expires(stamp.Expires)
	return checkTime("timestamp", stamp.Created, stamp.Expires, p.want.Now)
}

func (p *pending) expires(at Stamp) {
	if at.Before(p.until) {
		p.until = at.Time
	}
}

// matches refuses a document about something else than what is wanted.
func (w Want) matches(what, name string, target bundle.Target, channel string) error {
	switch {
	case name != w.Name || target != w.Target:
		return refusal.New(refusal.WrongName, "%s is about %q for %q, wanted is %q for %q", what, name, target, w.Name, w.Target)
	case channel != w.Channel:
		return refusal.New(refusal.WrongChannel, "%s is about channel %q, wanted is %q", what, channel, w.Channel)
	}
	return nil
}

// complete verifies the bytes: size, hash, and then what is in them.
func (p *pending) complete(packed []byte) (*Verified, error) {
	r := p.release
	switch {
	case int64(len(packed)) != r.Size:
		return nil, refusal.New(refusal.BytesDiffer, "the bundle has %d bytes, released were %d", len(packed), r.Size)
	case hashOf(packed) != r.SHA256:
		return nil, refusal.New(refusal.BytesDiffer, "the bundle has SHA-256 %s, released was %s", hashOf(packed), r.SHA256)
	}
	archive, err := bundle.Read(packed, p.want.Limits)
	if err != nil {
		return nil, err
	}
	if err := archive.Expect(r.Name, r.Target); err != nil {
		return nil, err
	}
	if archive.Manifest.Revision != r.Revision {
		return nil, refusal.New(refusal.Revision, "the bundle has revision %s, released was %s", archive.Manifest.Revision, r.Revision)
	}
	key, err := signing.VerifyBundle(archive, p.keyring.keys.bundle, signing.Scope(r.Name, r.Target, r.Channel))
	if err != nil {
		return nil, err
	}
	if err := archive.CheckFiles(p.want.Before); err != nil {
		return nil, err
	}
	return &Verified{Release: r, Archive: archive, Packed: packed, BundleKey: key, Until: p.until, Keyring: p.keyring.Version}, nil
}
