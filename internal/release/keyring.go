package release

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// Role is what a key may sign.
type Role string

// The roles. A key has one: who steals the online key of timestamps can release nothing.
const (
	// RoleRelease signs releases, and keyrings. These keys are kept offline.
	RoleRelease Role = "release"
	// RoleTimestamp signs timestamps, and is online.
	RoleTimestamp Role = "timestamp"
	// RoleBundle signs inside of bundles, where OPA looks.
	RoleBundle Role = "bundle"
)

// Keyring says which keys may do what for all channels of a name.
type Keyring struct {
	Name string `json:"name"`
	// Version grows with every keyring.
	Version uint64 `json:"version"`
	Created Stamp  `json:"created"`
	Expires Stamp  `json:"expires"`
	// Keys are ordered by id.
	Keys []Key `json:"keys"`
	// Threshold is how many keys of RoleRelease must sign a release or a keyring.
	Threshold int `json:"threshold"`
	// Revoked keys may sign nothing any more, whatever they signed before. They are ordered by id.
	Revoked []Revocation `json:"revoked,omitempty"`
}

// Key is one key of a keyring.
type Key struct {
	// ID is the SHA-256 of the key, as signing.PublicKey has it.
	ID string `json:"id"`
	// Name is the id by which a signature inside of a bundle, and OPA's configuration, names the key; for RoleBundle only.
	Name string `json:"name,omitempty"`
	// Public is the key as SubjectPublicKeyInfo, DER in base64.
	Public string `json:"public"`
	Role   Role   `json:"role"`
}

// Revocation takes all trust from a key.
type Revocation struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// maxKeys bounds the lists of a keyring.
const maxKeys = 64

// NewKey makes the entry of a key.
func NewKey(key signing.PublicKey, role Role, name string) Key {
	return Key{ID: key.ID, Name: name, Public: base64.StdEncoding.EncodeToString(key.DER()), Role: role}
}

// Sign signs a keyring; a new version needs the keys of the one before too.
func (k Keyring) Sign(keys ...*signing.PrivateKey) ([]byte, error) {
	slices.SortFunc(k.Keys, func(a, b Key) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(k.Revoked, func(a, b Revocation) int { return strings.Compare(a.ID, b.ID) })
	if _, err := k.load(); err != nil {
		return nil, err
	}
	return seal(KeyringType, k, keys)
}

// keyring is a signed keyring that was read, its signatures verified against its own keys.
type keyring struct {
	Keyring
	text   []byte
	sealed *signing.Sealed
	keys   loadedKeys
}

// loadedKeys are the keys that are not revoked.
type loadedKeys struct {
	release, timestamp map[string]signing.PublicKey
	bundle             signing.BundleKeys
}

// openKeyring reads a keyring and checks that it is signed by its own release keys.
func openKeyring(text []byte) (*keyring, error) {
	sealed, err := signing.ReadEnvelope("keyring", KeyringType, text)
	if err != nil {
		return nil, err
	}
	k := &keyring{text: text, sealed: sealed}
	if err := strictjson.Unmarshal("keyring", sealed.Payload, &k.Keyring); err != nil {
		return nil, err
	}
	if k.keys, err = k.load(); err != nil {
		return nil, err
	}
	return k, k.signs("keyring", sealed)
}

// signs checks that enough release keys of this keyring signed a document.
func (k *keyring) signs(what string, sealed *signing.Sealed) error {
	if err := k.notRevoked(what, sealed); err != nil {
		return err
	}
	signers, err := sealed.Signers(what, k.keys.release)
	if err != nil {
		return err
	}
	if len(signers) < k.Threshold {
		return refusal.New(refusal.Threshold, "%s is signed by %d release keys of the keyring, %d must sign", what, len(signers), k.Threshold)
	}
	return nil
}

// notRevoked refuses a document of which nobody signed but revoked keys, and says so.
func (k *keyring) notRevoked(what string, sealed *signing.Sealed) error {
	for _, id := range sealed.KeyIDs() {
		at := slices.IndexFunc(k.Revoked, func(r Revocation) bool { return r.ID == id })
		if at < 0 {
			return nil
		}
	}
	id := sealed.KeyIDs()[0]
	return refusal.New(refusal.KeyRevoked, "%s is signed by key %s, which is revoked", what, id)
}

// load checks a keyring and reads its keys.
func (k Keyring) load() (loadedKeys, error) {
	if err := k.check(); err != nil {
		return loadedKeys{}, err
	}
	loaded := loadedKeys{release: map[string]signing.PublicKey{}, timestamp: map[string]signing.PublicKey{}, bundle: signing.BundleKeys{}}
	for i, key := range k.Keys {
		if i > 0 && key.ID <= k.Keys[i-1].ID {
			return loadedKeys{}, refusal.New(refusal.Keyring, "keyring: keys are not ordered by different ids")
		}
		public, err := key.public()
		if err != nil {
			return loadedKeys{}, err
		}
		if slices.ContainsFunc(k.Revoked, func(r Revocation) bool { return r.ID == key.ID }) {
			return loadedKeys{}, refusal.New(refusal.Keyring, "keyring: key %s is both trusted and revoked", key.ID)
		}
		if err := loaded.add(key, public); err != nil {
			return loadedKeys{}, err
		}
	}
	if k.Threshold < 1 || k.Threshold > len(loaded.release) {
		return loadedKeys{}, refusal.New(refusal.Keyring, "keyring: threshold %d with %d release keys", k.Threshold, len(loaded.release))
	}
	return loaded, nil
}

func (k Keyring) check() error {
	switch {
	case !bundle.ValidName(k.Name):
		return refusal.New(refusal.Keyring, "keyring: name %.80q is not made of small letters, digits and dashes", k.Name)
	case k.Version == 0 || k.Version > maxVersion:
		return refusal.New(refusal.Keyring, "keyring: version %d is not between 1 and 2^53", k.Version)
	case len(k.Keys) > maxKeys || len(k.Revoked) > maxKeys:
		return refusal.New(refusal.Keyring, "keyring: %d keys and %d revocations, allowed are %d each", len(k.Keys), len(k.Revoked), maxKeys)
	}
	for i, revoked := range k.Revoked {
		if !isHash(revoked.ID) || i > 0 && revoked.ID <= k.Revoked[i-1].ID || strings.TrimSpace(revoked.Reason) == "" {
			return refusal.New(refusal.Keyring, "keyring: revocations are not ordered by different ids, each with a reason")
		}
	}
	return checkLife("keyring", k.Created, k.Expires, MaxKeyringLife)
}

// add puts a key where its role belongs.
func (l loadedKeys) add(key Key, public signing.PublicKey) error {
	if (key.Role == RoleBundle) != (key.Name != "") {
		return refusal.New(refusal.Keyring, "keyring: key %s: a key of bundles has a name, and no other", key.ID)
	}
	switch key.Role {
	case RoleRelease:
		l.release[key.ID] = public
	case RoleTimestamp:
		l.timestamp[key.ID] = public
	case RoleBundle:
		if _, taken := l.bundle[key.Name]; taken || public.Algorithm == signing.EdDSA {
			return refusal.New(refusal.Keyring, "keyring: key %.80q of bundles stands twice, or is Ed25519, which OPA does not read", key.Name)
		}
		l.bundle[key.Name] = public
	default:
		return refusal.New(refusal.Keyring, "keyring: key %s has role %.40q, not bundle, release or timestamp", key.ID, key.Role)
	}
	return nil
}

func (k Key) public() (signing.PublicKey, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(k.Public)
	if err != nil {
		return signing.PublicKey{}, refusal.New(refusal.Keyring, "keyring: key %.80q is no base64", k.ID)
	}
	public, err := signing.ParsePublic(der)
	if err != nil {
		return signing.PublicKey{}, fmt.Errorf("keyring: key %.80q: %w", k.ID, err)
	}
	if public.ID != k.ID {
		return signing.PublicKey{}, refusal.New(refusal.Keyring, "keyring: key %.80q has the id %s", k.ID, public.ID)
	}
	return public, nil
}

// follow takes a newer keyring in place of one that is trusted: enough of the old release keys must have signed it.
func (k *keyring) follow(next *keyring) (*keyring, error) {
	switch {
	case next.Name != k.Name:
		return nil, refusal.New(refusal.WrongName, "the keyring is for %q, trusted is one for %q", next.Name, k.Name)
	case next.Version < k.Version:
		return nil, refusal.New(refusal.KeyringRollback, "the keyring has version %d, version %d is known already", next.Version, k.Version)
	case next.Version == k.Version && hashOf(next.sealed.Payload) != hashOf(k.sealed.Payload):
		return nil, refusal.New(refusal.KeyringEquivocal, "there are two keyrings of version %d", k.Version)
	case next.Version == k.Version:
		return k, nil
	}
	if err := k.signs("keyring", next.sealed); err != nil {
		if refusal.Is(err, refusal.Threshold) {
			return nil, refusal.New(refusal.KeyringChain, "keyring %d is not signed by enough keys of keyring %d, which is trusted", next.Version, k.Version)
		}
		return nil, err
	}
	return next, nil
}

// valid refuses a keyring that expired.
func (k *keyring) valid(now time.Time) error { return checkTime("keyring", k.Created, k.Expires, now) }
