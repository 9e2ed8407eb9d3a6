// Package signing signs and verifies bytes with keys, in the two forms that are published: the signatures inside a bundle,
// which OPA reads too, and envelopes around statements.
//
// It owns keys, their ids, and both forms, bit by bit. It must not know what a statement says, or who may be trusted: a
// caller brings the keys that it trusts. Private keys are never printed, and nothing of them is put into an error.
package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"

	"github.com/onelayer/onelayer/internal/refusal"
)

// Algorithm is how a key signs, by its name in https://www.rfc-editor.org/rfc/rfc7518 and rfc8037.
type Algorithm string

// The algorithms. OPA reads the first two.
const (
	ES256 Algorithm = "ES256"
	RS256 Algorithm = "RS256"
	EdDSA Algorithm = "EdDSA"
)

const (
	minRSABits = 2048
	maxRSABits = 8192
)

// PublicKey verifies. Its algorithm belongs to the key, so that no signature can choose one.
type PublicKey struct {
	// ID is the SHA-256 of the key as SubjectPublicKeyInfo (DER), in hexadecimal.
	ID        string
	Algorithm Algorithm
	key       crypto.PublicKey
	der       []byte
}

// PrivateKey signs.
type PrivateKey struct {
	public PublicKey
	signer crypto.Signer
}

// Public is the part that verifies.
func (k *PrivateKey) Public() PublicKey { return k.public }

// String hides the key.
func (k *PrivateKey) String() string { return "private key of " + k.public.ID }

// GoString hides the key from %#v.
func (k *PrivateKey) GoString() string { return k.String() }

// NewPublicKey takes a key of the standard library. It refuses kinds, curves and sizes that nobody should sign with.
func NewPublicKey(key crypto.PublicKey) (PublicKey, error) {
	algorithm, err := algorithmOf(key)
	if err != nil {
		return PublicKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("encode public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return PublicKey{ID: hex.EncodeToString(sum[:]), Algorithm: algorithm, key: key, der: der}, nil
}

// NewPrivateKey takes a key of the standard library.
func NewPrivateKey(signer crypto.Signer) (*PrivateKey, error) {
	public, err := NewPublicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	return &PrivateKey{public: public, signer: signer}, nil
}

func algorithmOf(key crypto.PublicKey) (Algorithm, error) {
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return "", refusal.New(refusal.KeyUnusable, "an ECDSA key is on curve %s", key.Curve.Params().Name)
		}
		return ES256, nil
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return "", refusal.New(refusal.KeyWeak, "an RSA key has %d bits", bits)
		}
		return RS256, nil
	case ed25519.PublicKey:
		return EdDSA, nil
	default:
		return "", refusal.New(refusal.KeyUnusable, "a key is of the kind %T", key)
	}
}

// DER is the key as SubjectPublicKeyInfo.
func (k PublicKey) DER() []byte { return k.der }

// IsZero tells that there is no key.
func (k PublicKey) IsZero() bool { return k.key == nil }

// ecdsaHalf is the size of each of the two numbers of a signature on P-256.
const ecdsaHalf = 32

// sign signs a message in the form of JWS: for ECDSA both numbers one after the other. The same key and message give the
// same signature (https://www.rfc-editor.org/rfc/rfc6979), so that a signed bundle can be built again.
func (k *PrivateKey) sign(message []byte) ([]byte, error) {
	der, err := k.signDER(message)
	if err != nil || k.public.Algorithm != ES256 {
		return der, err
	}
	r, s, err := parseECDSA(der)
	if err != nil {
		return nil, err
	}
	return append(r.FillBytes(make([]byte, ecdsaHalf)), s.FillBytes(make([]byte, ecdsaHalf))...), nil
}

// signDER is sign with ECDSA in the form of ASN.1, as envelopes carry it.
func (k *PrivateKey) signDER(message []byte) (signature []byte, err error) {
	sum := sha256.Sum256(message)
	switch k.public.Algorithm {
	case ES256:
		signature, err = k.signer.Sign(nil, sum[:], crypto.SHA256)
	case RS256:
		signature, err = k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	default:
		signature, err = k.signer.Sign(rand.Reader, message, crypto.Hash(0))
	}
	if err != nil {
		return nil, fmt.Errorf("sign with key %s: %w", k.public.ID, err)
	}
	return signature, nil
}

// verify checks a signature in the form of JWS.
func (k PublicKey) verify(message, signature []byte) bool {
	key, ok := k.key.(*ecdsa.PublicKey)
	if !ok {
		return k.verifyDER(message, signature)
	}
	if len(signature) != 2*ecdsaHalf {
		return false
	}
	sum := sha256.Sum256(message)
	r, s := new(big.Int).SetBytes(signature[:ecdsaHalf]), new(big.Int).SetBytes(signature[ecdsaHalf:])
	return ecdsa.Verify(key, sum[:], r, s)
}

// verifyDER checks a signature in the form of envelopes.
func (k PublicKey) verifyDER(message, signature []byte) bool {
	sum := sha256.Sum256(message)
	switch key := k.key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum[:], signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	default:
		return false
	}
}
