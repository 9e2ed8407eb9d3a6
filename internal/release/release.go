// Package release says which bundle a channel holds now, and proves it: statements about bundles, the keys that may make
// them, and what a machine remembers of them.
//
// It owns three signed documents - the keyring (which keys may do what), the release (which bytes a channel holds) and the
// timestamp (that this is still so) - and the state that makes going back impossible. They follow the roles of TUF
// (https://theupdateframework.github.io/specification/latest/): the keys of keyring and release stay offline, the one of
// timestamps is online and its statements live for hours. It must not know where documents come from or bundles go to.
package release

import (
	"fmt"
	"time"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// The types of the payloads, one for each document, so that none can stand for another.
const (
	ReleaseType   = "application/vnd.onelayer.release.v1+json"
	TimestampType = "application/vnd.onelayer.timestamp.v1+json"
	KeyringType   = "application/vnd.onelayer.keyring.v1+json"
)

// How long documents may live, and how far a clock may be off.
const (
	MaxReleaseLife   = 400 * 24 * time.Hour
	MaxTimestampLife = 8 * 24 * time.Hour
	MaxKeyringLife   = 800 * 24 * time.Hour
	Skew             = 5 * time.Minute
)

// maxVersion is the largest whole number that every reader of JSON keeps.
const maxVersion = 1 << 53

// Release says which bytes a channel holds.
type Release struct {
	Name    string        `json:"name"`
	Target  bundle.Target `json:"target"`
	Channel string        `json:"channel"`
	// Version grows with every release of the channel; the number is all that decides what is newer.
	Version uint64 `json:"version"`
	Created Stamp  `json:"created"`
	Expires Stamp  `json:"expires"`
	// SHA256 and Size are those of the archive as it is published, Revision is that of its manifest.
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	Revision string `json:"revision"`
	// MinimumOPA is the oldest OPA that may load the bundle, without v; empty if OPA does not matter.
	MinimumOPA string `json:"minimum_opa,omitempty"`
	// OCIDigest is the digest of the manifest that carries the bundle in a registry, if it is in one.
	OCIDigest string `json:"oci_digest,omitempty"`
}

// Timestamp says that a release was still the newest one of its channel at a time.
type Timestamp struct {
	Name    string        `json:"name"`
	Target  bundle.Target `json:"target"`
	Channel string        `json:"channel"`
	Version uint64        `json:"version"`
	// Release is the SHA-256 of the signed release.
	Release string `json:"release"`
	Created Stamp  `json:"created"`
	Expires Stamp  `json:"expires"`
}

// Stamp is a time in whole seconds, UTC.
type Stamp struct{ time.Time }

const stampForm = "2006-01-02T15:04:05Z"

// At makes the stamp of a time.
func At(t time.Time) Stamp { return Stamp{t.UTC().Truncate(time.Second)} }

// MarshalText writes the only form of a stamp.
func (s Stamp) MarshalText() ([]byte, error) { return []byte(s.UTC().Format(stampForm)), nil }

// UnmarshalText reads it.
func (s *Stamp) UnmarshalText(text []byte) (err error) {
	if s.Time, err = time.Parse(stampForm, string(text)); err != nil {
		return fmt.Errorf("%.40q is no time of the form 2006-01-02T15:04:05Z", text)
	}
	return nil
}

func (s Stamp) String() string { return s.UTC().Format(stampForm) }

// About describes a signed archive for a release; the caller adds channel, version and times.
func About(archive *bundle.Archive, packed []byte) Release {
	return Release{
		Name: archive.Manifest.Metadata.Name, Target: archive.Manifest.Metadata.Target, Revision: archive.Manifest.Revision,
		SHA256: hashOf(packed), Size: int64(len(packed)),
	}
}

// Sign signs a release. It refuses what no verifier would accept.
func (r Release) Sign(keys ...*signing.PrivateKey) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return seal(ReleaseType, r, keys)
}

// Peek reads a signed release without verifying it: good enough to notice a mistake of one's own.
func Peek(signed []byte) (about Release, err error) {
	sealed, err := signing.ReadEnvelope("release", ReleaseType, signed)
	if err != nil {
		return about, err
	}
	return about, strictjson.Unmarshal("release", sealed.Payload, &about)
}

// TimestampOf makes the timestamp of a signed release, to be signed by the online key.
func TimestampOf(signed []byte, created, expires time.Time) (Timestamp, error) {
	about, err := Peek(signed)
	if err != nil {
		return Timestamp{}, err
	}
	return Timestamp{
		Name: about.Name, Target: about.Target, Channel: about.Channel, Version: about.Version, Release: hashOf(signed),
		Created: At(created), Expires: At(expires),
	}, nil
}

// Sign signs a timestamp.
func (t Timestamp) Sign(keys ...*signing.PrivateKey) ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	return seal(TimestampType, t, keys)
}

func seal(payloadType string, document any, keys []*signing.PrivateKey) ([]byte, error) {
	payload, err := strictjson.Marshal(document)
	if err != nil {
		return nil, err
	}
	return signing.Seal(payloadType, payload, keys...)
}

func (r Release) check() error {
	switch {
	case !bundle.ValidName(r.Name), !bundle.ValidName(r.Channel):
		return refusal.New(refusal.Statement, "release: name %.80q or channel %.80q is not made of small letters, digits and dashes", r.Name, r.Channel)
	case r.Version == 0 || r.Version > maxVersion:
		return refusal.New(refusal.Statement, "release: version %d is not between 1 and 2^53", r.Version)
	case !isHash(r.SHA256), !isHash(r.Revision), r.OCIDigest != "" && !isDigest(r.OCIDigest):
		return refusal.New(refusal.Statement, "release: a hash is not 64 hexadecimal digits in small letters")
	case r.Size <= 0:
		return refusal.New(refusal.Statement, "release: size %d is not positive", r.Size)
	case r.MinimumOPA != "" && !isVersion(r.MinimumOPA):
		return refusal.New(refusal.Statement, "release: minimum_opa %.40q is no version such as 1.21.3", r.MinimumOPA)
	}
	return checkLife("release", r.Created, r.Expires, MaxReleaseLife)
}

func (t Timestamp) check() error {
	if !isHash(t.Release) {
		return refusal.New(refusal.Statement, "timestamp: the hash of the release is not 64 hexadecimal digits in small letters")
	}
	return checkLife("timestamp", t.Created, t.Expires, MaxTimestampLife)
}

// checkLife refuses a document that ends before it begins or lives too long.
func checkLife(what string, created, expires Stamp, most time.Duration) error {
	life := expires.Sub(created.Time)
	if life <= 0 || life > most {
		return refusal.New(refusal.Lifetime, "%s: it lives from %s to %s, allowed are at most %d days", what, created, expires, int(most.Hours()/24))
	}
	return nil
}

// checkTime refuses a document that is not valid now.
func checkTime(what string, created, expires Stamp, now time.Time) error {
	switch {
	case created.After(now.Add(Skew)):
		return refusal.New(refusal.Future, "%s was made at %s, and it is %s", what, created, At(now))
	case !now.Before(expires.Time):
		return refusal.New(refusal.Expired, "%s expired at %s", what, expires)
	}
	return nil
}
